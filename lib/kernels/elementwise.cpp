#include "kernels/elementwise.h"

#include <algorithm>
#include <cmath>

#include "kernels/kernel_table.h"

namespace zeropoint::kernels {
namespace {

// The rare functions have no vector form. They are computed in double by the C library, whose results are so close that
// the float nearest to them is the same with every library of less than 1 ulp error, but in about one case of 2^28.
float Scalar(Unary op, float x) {
  return static_cast<float>(op == Unary::kSin ? std::sin(static_cast<double>(x)) : std::cos(static_cast<double>(x)));
}

float Scalar(Binary op, float a, float b) {
  if (op == Binary::kPow) return static_cast<float>(std::pow(static_cast<double>(a), static_cast<double>(b)));
  const float r = std::fmod(a, b);  // exact
  return r != 0.0f && (r < 0.0f) != (b < 0.0f) ? r + b : r;
}

}  // namespace

void ApplyUnary(Unary op, const float* x, float* y, size_t n, float parameter) {
  if (const auto kernel = BestKernels().unary[static_cast<size_t>(op)]) return kernel(x, y, n, parameter);
  for (size_t i = 0; i < n; ++i) y[i] = Scalar(op, x[i]);
}

void ApplyBinary(Binary op, const float* a, bool a_walks, const float* b, bool b_walks, float* y, size_t n,
                 Clamp clamp) {
  if (const auto kernel = BestKernels().binary[static_cast<size_t>(op)]) {
    return kernel(a, a_walks, b, b_walks, y, n, clamp);
  }
  for (size_t i = 0; i < n; ++i) {
    const float v = Scalar(op, a_walks ? a[i] : a[0], b_walks ? b[i] : b[0]);
    y[i] = std::min(std::max(v, clamp.low), clamp.high);  // in this order NaN stays
  }
}

}  // namespace zeropoint::kernels
