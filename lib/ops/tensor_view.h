// A tensor's elements as kernels see them.
#ifndef ZEROPOINT_OPS_TENSOR_VIEW_H_
#define ZEROPOINT_OPS_TENSOR_VIEW_H_

#include <cstddef>
#include <cstdint>

#include "absl/types/span.h"
#include "numeric/types.h"

namespace zeropoint::ir {
struct QuantParams;
}  // namespace zeropoint::ir

namespace zeropoint::ops {

// Row-major, packed, aligned for its element type, not owned. data is null for an absent operand, and where a tensor's
// contents are not known yet (PrepareContext); a tensor without elements may have any pointer.
template <typename Pointer>
struct BasicTensorView {
  ElementType type = ElementType::kFloat32;
  absl::Span<const int64_t> dims;
  Pointer data = nullptr;
  const ir::QuantParams* quant = nullptr;  // null or not quantized: the elements are real numbers

  int rank() const { return static_cast<int>(dims.size()); }
  int64_t dim(int axis) const { return dims[static_cast<size_t>(axis)]; }
  int64_t elements() const {
    int64_t n = 1;
    for (int64_t d : dims) n *= d;
    return n;
  }
  size_t bytes() const { return ByteSize(type, static_cast<size_t>(elements())); }
};

struct TensorView : BasicTensorView<const void*> {
  template <typename T>
  const T* As() const {
    return static_cast<const T*>(data);
  }
};

struct MutableView : BasicTensorView<void*> {
  template <typename T>
  T* As() const {
    return static_cast<T*>(data);
  }
  TensorView view() const { return {{type, dims, data, quant}}; }
};

}  // namespace zeropoint::ops

#endif  // ZEROPOINT_OPS_TENSOR_VIEW_H_
