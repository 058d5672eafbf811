// numpy's broadcasting as loops over rows: the innermost dimensions in which no operand changes its pace are one row.
#ifndef ZEROPOINT_OPS_BROADCAST_H_
#define ZEROPOINT_OPS_BROADCAST_H_

#include <array>
#include <cstdint>
#include <initializer_list>

#include "absl/types/span.h"
#include "ir/shape.h"

namespace zeropoint::ops {

class BroadcastRows {
 public:
  static constexpr size_t kMaxOperands = 3;
  using Offsets = std::array<int64_t, kMaxOperands>;

  // `operands` are the dimensions of up to kMaxOperands tensors that broadcast to `result`.
  BroadcastRows(absl::Span<const int64_t> result, std::initializer_list<absl::Span<const int64_t>> operands);

  int64_t length() const { return length_; }                     // elements of a row
  int64_t step(size_t operand) const { return step_[operand]; }  // 1: walks through the row, 0: stands still

  // Calls row(offsets of the operands' first elements, offset of the result's) for each row in order.
  template <typename Row>
  void ForEach(Row row) const {
    Offsets at{};
    ir::Dims index(outer_.size(), 0);
    for (int64_t done = 0; done < rows_; ++done) {
      row(at, done * length_);
      for (size_t d = outer_.size(); d-- > 0;) {
        for (size_t k = 0; k < kMaxOperands; ++k) at[k] += strides_[k][d];
        if (++index[d] < outer_[d]) break;
        for (size_t k = 0; k < kMaxOperands; ++k) at[k] -= strides_[k][d] * outer_[d];
        index[d] = 0;
      }
    }
  }

 private:
  int64_t rows_ = 1, length_ = 1;
  Offsets step_{};
  ir::Dims outer_;                              // sizes of the dimensions outside the row
  std::array<ir::Dims, kMaxOperands> strides_;  // by operand, along outer_
};

}  // namespace zeropoint::ops

#endif  // ZEROPOINT_OPS_BROADCAST_H_
