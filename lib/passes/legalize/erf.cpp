// Before: y = tf.Erf(x)
// After:  y = MUL(SIGN(x), SUB(1, q))
//
// Before: y = tf.Erfc(x)
// After:  y = SELECT_V2(LESS(x, 0), SUB(2, q), q)
//
//         q = MUL(p(t), EXP(MUL(MUL(a, a), -1))), a = ABS(x), t = DIV(1, ADD(MUL(a, c), 1)), p a polynomial
//
// Conditions: float32. It runs after FuseGelu, which takes those that are part of a GELU.
// Algebra: formula 7.1.26 of Abramowitz and Stegun, Handbook of Mathematical Functions (1964), after Hastings: q is
// erfc(a) to 1.5e-7. With float32's rounding the results are within 4e-7. Infinities have t = 0 and EXP = 0, zero has
// SIGN = 0. No divisor is near 0 and no middle value is large, so that integers can hold them all; GELU(x) / x would be
// shorter, but LiteRT's int8 DIV refuses the divisors that round to zero.
#include "passes/legalize/formula.h"
#include "passes/legalize/legalize.h"

namespace zeropoint::passes {
namespace {

using ir::ValueId;

constexpr double kC = 0.3275911;
// From the highest power of t, which is 5, to the first.
constexpr double kPolynomial[] = {1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592};

// erfc(|x|)
ValueId Tail(const Formula& f) {
  const ValueId a = f.Op("ABS", {f.x()});
  const ValueId t = f.Op("DIV", {f.Number(1), f.Op("ADD", {f.Op("MUL", {a, f.Number(kC)}), f.Number(1)})});
  ValueId p = f.Op("MUL", {t, f.Number(kPolynomial[0])});
  for (size_t i = 1; i < std::size(kPolynomial); ++i) {
    p = f.Op("MUL", {f.Op("ADD", {p, f.Number(kPolynomial[i])}), t});
  }
  return f.Op("MUL", {p, f.Op("EXP", {f.Op("MUL", {f.Op("MUL", {a, a}), f.Number(-1)})})});
}

void Erf(const Formula& f) { f.Is("MUL", {f.Op("SIGN", {f.x()}), f.Op("SUB", {f.Number(1), Tail(f)})}); }

void Erfc(const Formula& f) {
  const ValueId tail = Tail(f);
  f.Is("SELECT_V2", {f.Test("LESS", {f.x(), f.Number(0)}), f.Op("SUB", {f.Number(2), tail}), tail});
}

constexpr FormulaRow kRows[] = {{"tf.Erf", 1, true, Erf}, {"tf.Erfc", 1, true, Erfc}};

}  // namespace

absl::StatusOr<int> LegalizeErf(ir::Graph& graph) { return WriteFormulas(graph, kRows); }

}  // namespace zeropoint::passes
