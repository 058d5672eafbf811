// What SOFTMAX and LOG_SOFTMAX of 8 bits share: exponentials in fixed point.
#ifndef ZEROPOINT_OPS_SOFTMAX_COMMON_H_
#define ZEROPOINT_OPS_SOFTMAX_COMMON_H_

#include <array>
#include <cstdint>

#include "numeric/fixed_point.h"

namespace zeropoint::ops {

inline constexpr int kDifferenceBits = 5;  // integer bits of a difference: exp(-16) is nothing
inline constexpr int kSumBits = 12;        // integer bits of a sum of exponentials
inline constexpr int kBits = 31;           // all but the sign

// Operands below the row's maximum, as arguments of the exponential.
struct Differences {
  numeric::Multiplier factor;  // its shift is not negative
  int32_t lowest;              // what is farther below counts as 0

  int32_t Scaled(int32_t difference) const {
    return numeric::DoublingHighMul(numeric::ShiftLeft(difference, factor.shift), factor.value);
  }
};
Differences DifferencesOf(float scale, float beta);

// exp(-scale * d) of the differences d = 0 ... 255, in float32. LiteRT's optimized kernels multiply with them; so do
// ours for rows whose sum of exponentials is beyond what the reference kernels take.
std::array<float, 256> ExponentialTable(float scale);

// log(x) in Q5.26 of an x >= 1 in Q12.19, such a sum of exponentials.
int32_t LogOfSum(int32_t x);

}  // namespace zeropoint::ops

#endif  // ZEROPOINT_OPS_SOFTMAX_COMMON_H_
