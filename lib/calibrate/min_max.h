// The range of a tensor's elements.
#ifndef ZEROPOINT_CALIBRATE_MIN_MAX_H_
#define ZEROPOINT_CALIBRATE_MIN_MAX_H_

#include <cstddef>

namespace zeropoint::calibrate {

struct FloatRange {
  float min = 0.0f, max = 0.0f;
  bool all_finite = true;  // min and max mean nothing otherwise
};

// Of at least one element.
FloatRange FindRange(const float* elements, size_t count);

}  // namespace zeropoint::calibrate

#endif  // ZEROPOINT_CALIBRATE_MIN_MAX_H_
