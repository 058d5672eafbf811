// Functions of real numbers, built only from operations that every instruction set rounds alike: add, multiply, fused
// multiply-add, divide, square root, comparisons and moves of bits. Accurate to about 2 units in the last place.
//
// The polynomials are near-minimax fits of our own (weighted least squares at Chebyshev nodes, reweighted towards the
// largest error), each within 2e-8 of the function it replaces on the interval stated.
#ifndef ZEROPOINT_KERNELS_SIMD_MATH_H_
#define ZEROPOINT_KERNELS_SIMD_MATH_H_

#include <cstddef>
#include <cstdint>

namespace zeropoint::kernels::simd {

template <typename V>
struct Math {
  using F = typename V::Float;
  using I = typename V::Int;

  // ln 2 = kLn2 + kLn2Rest, kLn2 being the nearest float.
  static constexpr float kLn2 = 0.693147182f, kLn2Rest = -1.90465421e-09f, kLog2E = 1.44269502f;
  // Adding and taking away 1.5 * 2^23 rounds to an integer, half to even; the sum's low bits hold that integer.
  static constexpr float kRounder = 12582912.0f;

  template <size_t kTerms>
  static F Polynomial(F x, const float (&c)[kTerms]) {
    F sum = V::Set(c[kTerms - 1]);
    for (size_t i = kTerms - 1; i-- > 0;) sum = V::Fma(sum, x, V::Set(c[i]));
    return sum;
  }

  // 2^n for -126 <= n <= 127.
  static F PowerOfTwo(I n) { return V::FromBits((n + V::SetInt(127)) << 23); }

  // x = n ln 2 + r with |r| <= ln 2 / 2; e^r - 1 = r + r^2 q(r).
  struct Reduced {
    I n;
    F n_real, r, q;
  };
  static Reduced Reduce(F x) {
    static constexpr float kQ[] = {0.5f, 0.166666672f, 0.0416662656f, 0.00833326485f, 0.00139464054f, 0.000199182658f};
    const F shifted = V::Fma(x, V::Set(kLog2E), V::Set(kRounder));
    const F n = shifted - V::Set(kRounder);
    F r = V::Fma(n, V::Set(-kLn2), x);
    r = V::Fma(n, V::Set(-kLn2Rest), r);
    const I integer = V::Bits(shifted) - V::Bits(V::Set(kRounder));
    return {integer, n, r, Polynomial(r, kQ)};
  }

  static F Exp(F x) {
    // Beyond these bounds the result is 0 or infinite anyway; Max and Min keep NaN in their second operand.
    constexpr float kLowest = -104.0f, kHighest = 89.0f;
    const Reduced e = Reduce(V::Min(V::Set(kHighest), V::Max(V::Set(kLowest), x)));
    const F p = V::Fma(e.r * e.r, e.q, e.r) + V::Set(1.0f);
    if constexpr (V::kScales) {
      return V::Scale(p, e.n_real);
    } else {
      // In two steps, as 2^n alone may be beyond the range of floats.
      const I half = e.n >> 1;
      return p * PowerOfTwo(half) * PowerOfTwo(e.n - half);
    }
  }

  // e^x - 1 for x <= 0.
  static F ExpMinusOne(F x) {
    constexpr float kLowest = -30.0f;  // from here on the result rounds to -1
    const Reduced e = Reduce(V::Max(V::Set(kLowest), x));
    const F scale = PowerOfTwo(e.n);
    return V::Fma(V::Fma(e.r * e.r, e.q, e.r), scale, scale - V::Set(1.0f));
  }

  static F Log(F x) {
    // log(1 + f) = f - f^2 / 2 + f^3 p(f) for f in [sqrt(1/2) - 1, sqrt(2) - 1].
    static constexpr float kP[] = {0.333333164f, -0.250008106f, 0.200022861f, -0.166245535f,
                                   0.141811967f, -0.131287679f, 0.128816217f, -0.0785954595f};
    constexpr float kSmallestNormal = 1.17549435e-38f, kSubnormalScale = 16777216.0f;  // 2^24
    constexpr int32_t kSqrtHalf = 0x3f3504f3;
    const auto small = x < V::Set(kSmallestNormal);
    const F scaled = V::Select(small, x * V::Set(kSubnormalScale), x);
    const I from_sqrt_half = V::Bits(scaled) - V::SetInt(kSqrtHalf);
    const I exponent = from_sqrt_half >> 23;
    const F m = V::FromBits((from_sqrt_half & V::SetInt(0x7fffff)) + V::SetInt(kSqrtHalf));
    const F f = m - V::Set(1.0f);
    const F n = ToFloat(exponent) - V::Select(small, V::Set(24.0f), V::Set(0.0f));
    const F f2 = f * f;
    F rest = V::Fma(f2 * f, Polynomial(f, kP), n * V::Set(kLn2Rest));
    rest = V::Fma(f2, V::Set(-0.5f), rest);
    const F y = V::Fma(n, V::Set(kLn2), f + rest);
    const F infinity = V::Set(__builtin_inff());
    F result = V::Select(x < infinity, y, x);  // infinity and NaN
    result = V::Select(x < V::Set(0.0f), V::Set(__builtin_nanf("")), result);
    return V::Select(x == V::Set(0.0f), V::Set(0.0f) - infinity, result);
  }

  static F Logistic(F x) {
    const F one = V::Set(1.0f);
    const F z = Exp(V::Set(0.0f) - V::Abs(x));
    return V::Select(x < V::Set(0.0f), z, one) / (one + z);
  }

  static F Tanh(F x) {
    // tanh(t) = t + t^3 p(t^2) for t <= 0.7.
    static constexpr float kP[] = {-0.333331972f, 0.133292437f, -0.0535669848f, 0.0201116465f, -0.00515510468f};
    constexpr float kSmall = 0.7f;
    const F t = V::Abs(x), t2 = t * t;
    const F near = V::Fma(t * t2, Polynomial(t2, kP), t);
    const F far = V::Set(1.0f) - V::Set(2.0f) / (Exp(t + t) + V::Set(1.0f));
    return V::CopySign(V::Select(t < V::Set(kSmall), near, far), x);
  }

  static F Elu(F x) { return V::Select(x < V::Set(0.0f), ExpMinusOne(V::Min(V::Set(0.0f), x)), x); }

  static F HardSwish(F x) {
    const F gate = V::Min(V::Set(6.0f), V::Max(V::Set(0.0f), x + V::Set(3.0f)));
    return x * gate / V::Set(6.0f);
  }

  // erfc(|x| / sqrt 2), twice the normal distribution's tail, with a small relative error.
  static F TwiceTail(F x) {
    // t = |x| / sqrt 2; exp(t^2) erfc(t) = p(u) / (1 + 2t), u = (t - 2) / (t + 2), for t in [0, 10.1]. Beyond kEnd the
    // tail rounds to 0.
    static constexpr float kP[] = {1.27697837f,     -0.0927639827f, -0.16603142f,   0.164055347f,    -0.0542043f,
                                   -0.00805987604f, 0.00863168482f, 0.00131352537f, -0.00122993079f, -0.000400579593f};
    constexpr float kSqrtHalf = 0.707106769f, kEnd = 14.28f;
    const F two = V::Set(2.0f), one = V::Set(1.0f);
    x = V::Min(V::Set(kEnd), V::Abs(x));
    const F t = x * V::Set(kSqrtHalf);
    const F u = (t - two) / (t + two);
    // t^2 from x, whose rounding it does not suffer from, with what the square was rounded by.
    const F half = x * V::Set(0.5f);
    const F square = half * x;
    const F rest = V::Fma(half, x, V::Set(0.0f) - square);
    const F e = Exp(V::Set(0.0f) - square);
    return V::Fma(V::Set(0.0f) - rest, e, e) * (Polynomial(u, kP) / V::Fma(two, t, one));
  }

  // x Phi(x), without cancellation for x < 0.
  static F Gelu(F x) {
    const F q = TwiceTail(x);
    const F phi = V::Select(x < V::Set(0.0f), q, V::Set(2.0f) - q);
    return V::Set(0.5f) * x * phi;
  }

  // x/2 (1 + tanh(u)) = x logistic(2u), u = sqrt(2 / pi) (x + 0.044715 x^3).
  static F GeluTanh(F x) {
    constexpr float kTwiceSqrtTwoOverPi = 1.59576917f, kCubic = 0.044715f;
    const F u = V::Fma(x * x * x, V::Set(kCubic), x);
    return x * Logistic(u * V::Set(kTwiceSqrtTwoOverPi));
  }

  // Nearest integer, half to even; keeps the sign of zero.
  static F Round(F x) {
    constexpr float kIntegral = 8388608.0f;  // 2^23: floats from here on are integers
    const F t = V::Abs(x);
    const F rounded = V::CopySign((t + V::Set(kIntegral)) - V::Set(kIntegral), x);
    return V::Select(t < V::Set(kIntegral), rounded, x);
  }
  static F Floor(F x) {
    const F r = Round(x);
    return V::Select(r > x, r - V::Set(1.0f), r);
  }
  static F Ceil(F x) {
    const F r = Round(x);
    return V::CopySign(V::Abs(V::Select(r < x, r + V::Set(1.0f), r)), x);
  }

  // |n| < 2^22.
  static F ToFloat(I n) { return V::FromBits(n + V::Bits(V::Set(kRounder))) - V::Set(kRounder); }
};

}  // namespace zeropoint::kernels::simd

#endif  // ZEROPOINT_KERNELS_SIMD_MATH_H_
