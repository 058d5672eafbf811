// Real numbers that carry the error which a float32 computation may have made so far.
//
// A bound follows from float32 arithmetic alone: each operation adds half a unit in the last place of its result
// (kRound of its magnitude), a sum in any order as many of those as it has terms, of the sum of the terms' magnitudes.
#ifndef ZEROPOINT_TESTS_OPS_REAL_H_
#define ZEROPOINT_TESTS_OPS_REAL_H_

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>

namespace zeropoint {

// Of one float32 operation, relative.
inline constexpr double kRound = 1.0 / (1 << 24);
// Roundings of a function's kernel: a polynomial and its argument's reduction.
inline constexpr double kFunction = 4;

struct Real {
  double value = 0;
  double error = 0;

  Real() = default;
  Real(double v, double e = 0) : value(v), error(e) {}
};

inline Real Rounded(double value, double inherited, double roundings = 1) {
  return {value, inherited + roundings * kRound * std::fabs(value)};
}
inline Real operator+(const Real& a, const Real& b) { return Rounded(a.value + b.value, a.error + b.error); }
inline Real operator-(const Real& a, const Real& b) { return Rounded(a.value - b.value, a.error + b.error); }
inline Real operator-(const Real& a) { return {-a.value, a.error}; }
inline Real operator*(const Real& a, const Real& b) {
  return Rounded(a.value * b.value, std::fabs(a.value) * b.error + std::fabs(b.value) * a.error + a.error * b.error);
}
inline Real operator/(const Real& a, const Real& b) {
  const double value = a.value / b.value;
  return Rounded(value, (a.error + std::fabs(value) * b.error) / (std::fabs(b.value) - b.error));
}
// A function's value and slope there.
inline Real Function(const Real& x, double value, double slope) {
  return Rounded(value, std::fabs(slope) * (x.error + kRound * std::fabs(x.value)), kFunction);
}
inline Real Exp(const Real& x) { return Function(x, std::exp(x.value), std::exp(x.value)); }
inline Real Log(const Real& x) { return Function(x, std::log(x.value), 1 / x.value); }
inline Real Sqrt(const Real& x) { return Function(x, std::sqrt(x.value), x.value > 0 ? 0.5 / std::sqrt(x.value) : 0); }
inline Real Tanh(const Real& x) { return Function(x, std::tanh(x.value), 1 - std::tanh(x.value) * std::tanh(x.value)); }
inline Real Erf(const Real& x) { return Function(x, std::erf(x.value), 1.128379167 * std::exp(-x.value * x.value)); }
inline const Real& Larger(const Real& a, const Real& b) { return a.value < b.value ? b : a; }
inline const Real& Smaller(const Real& a, const Real& b) { return b.value < a.value ? b : a; }

// Of terms added in any order.
class Sum {
 public:
  void Add(const Real& term) {
    value_ += term.value;
    error_ += term.error;
    magnitude_ += std::fabs(term.value);
    ++terms_;
  }
  Real total() const { return {value_, error_ + terms_ * kRound * magnitude_}; }
  double terms() const { return terms_; }

 private:
  double value_ = 0, error_ = 0, magnitude_ = 0, terms_ = 0;
};

inline Real Clamped(const Real& x, double low, double high) { return {std::clamp(x.value, low, high), x.error}; }
inline Real Logistic(const Real& x) { return Real(1) / (Real(1) + Exp(-x)); }

// got, a float32, is as close to `want` as its bound says.
inline void RequireClose(float got, const Real& want) {
  INFO(got << " for " << want.value << " +- " << want.error);
  REQUIRE(std::fabs(static_cast<double>(got) - want.value) <= want.error);
}

}  // namespace zeropoint

#endif  // ZEROPOINT_TESTS_OPS_REAL_H_
