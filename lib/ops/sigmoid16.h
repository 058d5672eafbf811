// LOGISTIC and TANH of int16, as LiteRT's kernels interpolate them.
#ifndef ZEROPOINT_OPS_SIGMOID16_H_
#define ZEROPOINT_OPS_SIGMOID16_H_

#include <array>
#include <cstdint>

namespace zeropoint::ops {

// sigmoid(i / 24) as a fraction of 2^16.
using SigmoidTable = std::array<uint16_t, 256>;
const SigmoidTable& Sigmoid16();

// The factor that brings an integer to 1 / (3 * 4096), what the table counts in: x * multiplier / 2^shift, rounded half
// up.
struct SigmoidScale {
  int32_t multiplier, shift;
  int32_t Apply(int16_t x) const {
    const int32_t half = shift > 0 ? 1 << (shift - 1) : 0;
    return (x * multiplier + half) >> shift;
  }
};
// `max_shift`: powers of two up to 2^(max_shift - 12) are exact.
SigmoidScale SigmoidScaleOf(float scale, int max_shift);

}  // namespace zeropoint::ops

#endif  // ZEROPOINT_OPS_SIGMOID16_H_
