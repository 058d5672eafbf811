#include "ops/broadcast.h"

#include <algorithm>

namespace zeropoint::ops {
namespace {

// Bit k is set when operand k has that dimension (is not stretched along it).
unsigned Pattern(absl::Span<const int64_t> result, std::initializer_list<absl::Span<const int64_t>> operands,
                 size_t axis) {
  unsigned pattern = 0, bit = 1;
  for (absl::Span<const int64_t> dims : operands) {
    const size_t missing = result.size() - dims.size();
    if (axis >= missing && dims[axis - missing] == result[axis]) pattern |= bit;
    bit <<= 1;
  }
  return pattern;
}

}  // namespace

BroadcastRows::BroadcastRows(absl::Span<const int64_t> result,
                             std::initializer_list<absl::Span<const int64_t>> operands) {
  // Neighbouring dimensions with the same pattern merge into one; those of size 1 have no pattern of their own.
  ir::Dims sizes;
  absl::InlinedVector<unsigned, 6> patterns;
  for (size_t axis = 0; axis < result.size(); ++axis) {
    if (result[axis] == 1) continue;
    const unsigned pattern = Pattern(result, operands, axis);
    if (!patterns.empty() && patterns.back() == pattern) {
      sizes.back() *= result[axis];
    } else {
      sizes.push_back(result[axis]);
      patterns.push_back(pattern);
    }
  }
  if (sizes.empty()) {  // one element
    sizes.push_back(1);
    patterns.push_back((1u << kMaxOperands) - 1);
  }
  length_ = sizes.back();
  for (size_t k = 0; k < kMaxOperands; ++k) step_[k] = patterns.back() >> k & 1;
  outer_.assign(sizes.begin(), sizes.end() - 1);
  for (int64_t size : outer_) rows_ *= size;
  if (length_ == 0) rows_ = 0;
  for (size_t k = 0; k < kMaxOperands; ++k) {
    strides_[k].resize(outer_.size());
    int64_t stride = step_[k] ? length_ : 1;
    for (size_t d = outer_.size(); d-- > 0;) {
      const bool walks = patterns[d] >> k & 1;
      strides_[k][d] = walks ? stride : 0;
      if (walks) stride *= outer_[d];
    }
  }
}

}  // namespace zeropoint::ops
