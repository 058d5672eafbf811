// Which of an op's kernels computes a node: on real numbers, on quantized integers, or on both (hybrid).
#ifndef ZEROPOINT_ENGINE_KERNEL_CHOICE_H_
#define ZEROPOINT_ENGINE_KERNEL_CHOICE_H_

#include "absl/types/span.h"
#include "base/status.h"
#include "ops/op_def.h"
#include "ops/tensor_view.h"

namespace zeropoint::engine {

struct Kernel {
  ops::PrepareFn prepare = nullptr;  // null: nothing to prepare
  ops::EvalFn eval = nullptr;
};

// Integers that stand for real numbers.
bool IsQuantized(const ops::TensorView& tensor);

// From types and parameters alone; data may be null. kUnimplemented when the op has no such kernel.
absl::StatusOr<Kernel> ChooseKernel(const ops::OpDef& op, absl::Span<const ops::TensorView> inputs,
                                    absl::Span<const ops::TensorView> outputs);

}  // namespace zeropoint::engine

#endif  // ZEROPOINT_ENGINE_KERNEL_CHOICE_H_
