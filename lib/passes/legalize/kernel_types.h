// Types of plain numbers that LiteRT's kernel of an op does not take, though TensorFlow's does.
#ifndef ZEROPOINT_PASSES_LEGALIZE_KERNEL_TYPES_H_
#define ZEROPOINT_PASSES_LEGALIZE_KERNEL_TYPES_H_

#include "absl/strings/string_view.h"
#include "numeric/types.h"

namespace zeropoint::passes {

// `type` is that of the operand that the op computes with, which has no quantization parameters.
bool LacksKernel(absl::string_view op, ElementType type);

}  // namespace zeropoint::passes

#endif  // ZEROPOINT_PASSES_LEGALIZE_KERNEL_TYPES_H_
