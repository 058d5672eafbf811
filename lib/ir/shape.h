// Shapes of tensors; a dimension may be unknown until a sample arrives.
#ifndef ZEROPOINT_IR_SHAPE_H_
#define ZEROPOINT_IR_SHAPE_H_

#include <cstdint>
#include <initializer_list>
#include <string>
#include <utility>

#include "absl/container/inlined_vector.h"
#include "absl/types/span.h"

namespace zeropoint::ir {

inline constexpr int64_t kDynamic = -1;

using Dims = absl::InlinedVector<int64_t, 6>;

// A list of dimensions, kDynamic where unknown, or "unranked" when not even their number is known.
// Invariant: every dimension is kDynamic or >= 0; an unranked shape has no dimensions.
class Shape {
 public:
  Shape() = default;  // scalar
  Shape(std::initializer_list<int64_t> dims) : dims_(dims) {}
  explicit Shape(absl::Span<const int64_t> dims) : dims_(dims.begin(), dims.end()) {}
  static Shape Unranked() {
    Shape shape;
    shape.ranked_ = false;
    return shape;
  }

  bool ranked() const { return ranked_; }
  int rank() const { return static_cast<int>(dims_.size()); }
  int64_t operator[](int axis) const { return dims_[static_cast<size_t>(axis)]; }
  void set(int axis, int64_t size) { dims_[static_cast<size_t>(axis)] = size; }
  void Append(int64_t size) { dims_.push_back(size); }
  absl::Span<const int64_t> dims() const { return dims_; }

  bool IsStatic() const;
  // Product of the dimensions; kDynamic unless static. Saturates at INT64_MAX.
  int64_t NumElements() const;
  // "[1,?,3]", "[]" for a scalar, "[*]" when unranked.
  std::string ToString() const;

  friend bool operator==(const Shape& a, const Shape& b) { return a.ranked_ == b.ranked_ && a.dims_ == b.dims_; }
  friend bool operator!=(const Shape& a, const Shape& b) { return !(a == b); }

 private:
  bool ranked_ = true;
  Dims dims_;
};

}  // namespace zeropoint::ir

#endif  // ZEROPOINT_IR_SHAPE_H_
