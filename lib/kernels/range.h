// Minimum and maximum of a tensor that is made in parts, each taken while it is still in cache.
#ifndef ZEROPOINT_KERNELS_RANGE_H_
#define ZEROPOINT_KERNELS_RANGE_H_

#include <cstddef>

#include "kernels/kernel_table.h"

namespace zeropoint::kernels {

class PartialRange {
 public:
  // Parts may come in any order, each element once.
  void Add(const float* x, size_t n) {
    if (n == 0) return;
    const MinMaxResult part = MinMax(x, n);
    if (elements_ == 0) {
      range_ = part;
    } else if (!part.all_finite || !range_.all_finite) {
      range_ = {0.0f, 0.0f, false};
    } else {
      range_.min = part.min < range_.min ? part.min : range_.min;
      range_.max = part.max > range_.max ? part.max : range_.max;
    }
    elements_ += n;
  }

  size_t elements() const { return elements_; }
  const MinMaxResult& range() const { return range_; }

 private:
  size_t elements_ = 0;
  MinMaxResult range_;
};

}  // namespace zeropoint::kernels

#endif  // ZEROPOINT_KERNELS_RANGE_H_
