// Elementwise float32 kernels.
#ifndef ZEROPOINT_KERNELS_ELEMENTWISE_H_
#define ZEROPOINT_KERNELS_ELEMENTWISE_H_

#include <cstddef>
#include <cstdint>

#include "kernels/clamp.h"

namespace zeropoint::kernels {

enum class Unary : uint8_t {
  kRelu,
  kRelu6,
  kReluN1To1,
  kRelu0To1,
  kLeakyRelu,  // the parameter is the slope below zero
  kLogistic,
  kTanh,
  kElu,
  kHardSwish,
  kGelu,
  kGeluTanh,
  kExp,
  kLog,
  kSqrt,
  kRsqrt,
  kSquare,
  kAbs,
  kNeg,
  kFloor,
  kCeil,
  kRound,  // half to even
  kSin,
  kCos,
  kCount,
};

enum class Binary : uint8_t {
  kAdd,
  kSub,
  kMul,
  kDiv,
  kMaximum,
  kMinimum,
  kSquaredDifference,
  kPow,
  kFloorDiv,
  kFloorMod,
  kPrelu,  // a where a >= 0, else a * b
  kCount,
};

// y[i] = op(x[i]); x and y may be the same.
void ApplyUnary(Unary op, const float* x, float* y, size_t n, float parameter);

// y[i] = clamp(op(a[i], b[i])); an operand that does not walk is one element. y may be an operand that walks.
void ApplyBinary(Binary op, const float* a, bool a_walks, const float* b, bool b_walks, float* y, size_t n,
                 Clamp clamp);

}  // namespace zeropoint::kernels

#endif  // ZEROPOINT_KERNELS_ELEMENTWISE_H_
