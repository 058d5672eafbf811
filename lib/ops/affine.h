// What QUANTIZE and DEQUANTIZE share: elements of a quantized tensor as real numbers.
#ifndef ZEROPOINT_OPS_AFFINE_H_
#define ZEROPOINT_OPS_AFFINE_H_

#include <cstdint>

#include "base/status.h"
#include "ir/graph.h"
#include "numeric/quantize.h"
#include "ops/tensor_view.h"

namespace zeropoint::ops {

// Walks the parameters of a tensor in the order of its elements: element i has those of index (i / inner) % count.
struct ParamsOfElements {
  const ir::QuantParams* params;
  int64_t inner = 1;

  size_t index(int64_t element) const {
    const size_t count = params->scale.size();
    return count == 1 ? 0 : static_cast<size_t>(element / inner) % count;
  }
  // The same of a tensor of so many elements, as kernels want it.
  numeric::ChannelLayout layout(int64_t elements) const {
    const size_t channels = params->scale.size(), all = static_cast<size_t>(elements);
    if (channels == 1) return {1, 1, all};
    const size_t row = channels * static_cast<size_t>(inner);
    return {row == 0 ? 0 : all / row, channels, static_cast<size_t>(inner)};
  }
};
// kInvalidArgument when the tensor has no parameters, or per-axis ones that do not fit its shape.
absl::StatusOr<ParamsOfElements> FindParams(const ir::QuantParams* params, absl::Span<const int64_t> dims);

// Writes the real numbers of an int4, int8, uint8, int16 or int32 tensor with parameters, or of a float16 or float32
// one, as float32. kUnimplemented for other types.
absl::Status ToReal(const TensorView& from, float* to);

}  // namespace zeropoint::ops

#endif  // ZEROPOINT_OPS_AFFINE_H_
