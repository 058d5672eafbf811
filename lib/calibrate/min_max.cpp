#include "calibrate/min_max.h"

#include <algorithm>

namespace zeropoint::calibrate {
namespace {

constexpr size_t kLanes = 16;

}  // namespace

FloatRange FindRange(const float* elements, size_t count) {
  // Independent lanes let the compiler use vector instructions. x - x is 0 unless x is NaN or infinite, when it is NaN,
  // and a sum that has met NaN stays NaN.
  float low[kLanes], high[kLanes], poison[kLanes] = {};
  std::fill_n(low, kLanes, elements[0]);
  std::fill_n(high, kLanes, elements[0]);
  auto see = [&](size_t lane, float x) {
    low[lane] = x < low[lane] ? x : low[lane];
    high[lane] = x > high[lane] ? x : high[lane];
    poison[lane] += x - x;
  };
  size_t i = 0;
  for (; i + kLanes <= count; i += kLanes) {
    for (size_t lane = 0; lane < kLanes; ++lane) see(lane, elements[i + lane]);
  }
  for (; i < count; ++i) see(0, elements[i]);
  FloatRange range{low[0], high[0], true};
  for (size_t lane = 0; lane < kLanes; ++lane) {
    range.min = std::min(range.min, low[lane]);
    range.max = std::max(range.max, high[lane]);
    range.all_finite = range.all_finite && poison[lane] == 0.0f;
  }
  return range;
}

}  // namespace zeropoint::calibrate
