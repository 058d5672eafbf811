// Logistic function and hyperbolic tangent on fixed-point numbers of 16 bits, as the gates of LiteRT's integer LSTM
// compute them: exponentials by a polynomial and a product of constants, quotients by Newton's iteration, all in 16
// bits.
#ifndef ZEROPOINT_NUMERIC_FIXED_POINT_16_H_
#define ZEROPOINT_NUMERIC_FIXED_POINT_16_H_

#include <cstdint>

namespace zeropoint::numeric {

// 1 / (1 + exp(-x)) in Q0.15 of an x in Q3.12.
int16_t Logistic16(int16_t x);

inline constexpr int kMaxTanhBits = 6;
// tanh(x) in Q0.15 of an x with `integer_bits` before the point, which are from 0 to kMaxTanhBits.
int16_t Tanh16(int16_t x, int integer_bits);

}  // namespace zeropoint::numeric

#endif  // ZEROPOINT_NUMERIC_FIXED_POINT_16_H_
