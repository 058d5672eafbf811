#include "kernels/elementwise.h"

#include <algorithm>
#include <cmath>

namespace zeropoint::kernels {
namespace {

float Eval(Unary op, float x, float parameter) {
  switch (op) {
    case Unary::kRelu: return std::max(x, 0.0f);
    case Unary::kRelu6: return std::clamp(x, 0.0f, 6.0f);
    case Unary::kReluN1To1: return std::clamp(x, -1.0f, 1.0f);
    case Unary::kRelu0To1: return std::clamp(x, 0.0f, 1.0f);
    case Unary::kLeakyRelu: return x >= 0 ? x : x * parameter;
    case Unary::kLogistic: return 1.0f / (1.0f + std::exp(-x));
    case Unary::kTanh: return std::tanh(x);
    case Unary::kElu: return x < 0 ? std::expm1(x) : x;
    case Unary::kHardSwish: return x * std::clamp(x + 3.0f, 0.0f, 6.0f) / 6.0f;
    case Unary::kGelu: return 0.5f * x * (1.0f + std::erf(x * 0.70710678f));
    case Unary::kGeluTanh: return 0.5f * x * (1.0f + std::tanh(0.7978846f * (x + 0.044715f * x * x * x)));
    case Unary::kExp: return std::exp(x);
    case Unary::kLog: return std::log(x);
    case Unary::kSqrt: return std::sqrt(x);
    case Unary::kRsqrt: return 1.0f / std::sqrt(x);
    case Unary::kSquare: return x * x;
    case Unary::kAbs: return std::fabs(x);
    case Unary::kNeg: return -x;
    case Unary::kFloor: return std::floor(x);
    case Unary::kCeil: return std::ceil(x);
    case Unary::kRound: return std::nearbyint(x);
    case Unary::kSin: return std::sin(x);
    case Unary::kCos: return std::cos(x);
    case Unary::kCount: break;
  }
  return x;
}

float Eval(Binary op, float a, float b) {
  switch (op) {
    case Binary::kAdd: return a + b;
    case Binary::kSub: return a - b;
    case Binary::kMul: return a * b;
    case Binary::kDiv: return a / b;
    case Binary::kMaximum: return std::max(a, b);
    case Binary::kMinimum: return std::min(a, b);
    case Binary::kSquaredDifference: return (a - b) * (a - b);
    case Binary::kPow: return std::pow(a, b);
    case Binary::kFloorDiv: return std::floor(a / b);
    case Binary::kFloorMod: {
      const float r = std::fmod(a, b);
      return r != 0 && (r < 0) != (b < 0) ? r + b : r;
    }
    case Binary::kPrelu: return a >= 0 ? a : a * b;
    case Binary::kCount: break;
  }
  return a;
}

}  // namespace

void ApplyUnary(Unary op, const float* x, float* y, size_t n, float parameter) {
  for (size_t i = 0; i < n; ++i) y[i] = Eval(op, x[i], parameter);
}

void ApplyBinary(Binary op, const float* a, bool a_walks, const float* b, bool b_walks, float* y, size_t n,
                 Clamp clamp) {
  for (size_t i = 0; i < n; ++i) {
    const float v = Eval(op, a_walks ? a[i] : a[0], b_walks ? b[i] : b[0]);
    y[i] = std::min(clamp.high, std::max(clamp.low, v));
  }
}

}  // namespace zeropoint::kernels
