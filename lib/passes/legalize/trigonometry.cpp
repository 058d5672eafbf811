// Circular and hyperbolic functions that LiteRT has no op for.
//
// Before          After                                               error
// tf.Tan(x)       DIV(SIN(x), COS(x))
// tf.Atan(x)      ATAN2(x, FILL(SHAPE(x), 1))
// tf.Asin(x)      ATAN2(x, SQRT(MUL(SUB(1, x), ADD(x, 1))))
// tf.Acos(x)      ATAN2(SQRT(MUL(SUB(1, x), ADD(x, 1))), x)
// tf.Atan2(y, x)  ATAN2 of both, each BROADCAST_TO the shape of y + x
// tf.Sinh(x)      MUL(SUB(EXP(x), EXP(NEG(x))), 0.5)                  of the size of 1 ulp of 1 near 0
// tf.Cosh(x)      MUL(ADD(EXP(x), EXP(NEG(x))), 0.5)
// tf.Asinh(x)     MUL(SIGN(x), LOG(ADD(a, SQRT(ADD(MUL(a, a), 1))))), a = ABS(x)   the same
// tf.Acosh(x)     LOG(ADD(x, MUL(SQRT(SUB(x, 1)), SQRT(ADD(x, 1)))))  the same near 1
// tf.Atanh(x)     MUL(LOG(DIV(ADD(x, 1), SUB(1, x))), 0.5)            the same near 0
//
// Conditions: float32. Atan2 only where the operands' shapes are known to differ: where they are equal, it is an op.
// Algebra: the definitions; sin^2 + cos^2 = 1 with (1 - x)(1 + x), which keeps its precision near 1 and is NaN beyond
// it, as TF's results are. Where "error" is empty, results are as exact as LiteRT's ops. Sinh and Cosh overflow
// from 88.8 on, 0.7 before TF's do, and Asinh from 1.8e19 on.
#include "passes/legalize/formula.h"
#include "passes/legalize/legalize.h"

namespace zeropoint::passes {
namespace {

using ir::ValueId;

ValueId Plus(const Formula& f, ValueId x, double term) { return f.Op("ADD", {x, f.Number(term)}); }
ValueId OneMinus(const Formula& f, ValueId x) { return f.Op("SUB", {f.Number(1), x}); }
ValueId Ones(const Formula& f) { return f.Op("FILL", {f.ShapeOf(f.x()), f.Number(1)}, {}, f.type()); }
// The other leg of the right triangle with hypotenuse 1.
ValueId Leg(const Formula& f) { return f.Op("SQRT", {f.Op("MUL", {OneMinus(f, f.x()), Plus(f, f.x(), 1)})}); }

void Tan(const Formula& f) { f.Is("DIV", {f.Op("SIN", {f.x()}), f.Op("COS", {f.x()})}); }
void Atan(const Formula& f) { f.Is("ATAN2", {f.x(), Ones(f)}); }
void Asin(const Formula& f) { f.Is("ATAN2", {f.x(), Leg(f)}); }
void Acos(const Formula& f) { f.Is("ATAN2", {Leg(f), f.x()}); }

void HalfOfPowers(const Formula& f, absl::string_view op) {
  const ValueId rising = f.Op("EXP", {f.x()}), falling = f.Op("EXP", {f.Op("NEG", {f.x()})});
  f.Is("MUL", {f.Op(op, {rising, falling}), f.Number(0.5)});
}
void Sinh(const Formula& f) { HalfOfPowers(f, "SUB"); }
void Cosh(const Formula& f) { HalfOfPowers(f, "ADD"); }

void Asinh(const Formula& f) {
  const ValueId a = f.Op("ABS", {f.x()});
  const ValueId root = f.Op("SQRT", {Plus(f, f.Op("MUL", {a, a}), 1)});
  f.Is("MUL", {f.Op("SIGN", {f.x()}), f.Op("LOG", {f.Op("ADD", {a, root})})});
}
void Acosh(const Formula& f) {
  const ValueId low = f.Op("SQRT", {Plus(f, f.x(), -1)}), high = f.Op("SQRT", {Plus(f, f.x(), 1)});
  f.Is("LOG", {f.Op("ADD", {f.x(), f.Op("MUL", {low, high})})});
}
void Atanh(const Formula& f) {
  f.Is("MUL", {f.Op("LOG", {f.Op("DIV", {Plus(f, f.x(), 1), OneMinus(f, f.x())})}), f.Number(0.5)});
}

constexpr FormulaRow kRows[] = {
    {"tf.Tan", 1, true, Tan},     {"tf.Atan", 1, true, Atan},   {"tf.Asin", 1, true, Asin},
    {"tf.Acos", 1, true, Acos},   {"tf.Sinh", 1, true, Sinh},   {"tf.Cosh", 1, true, Cosh},
    {"tf.Asinh", 1, true, Asinh}, {"tf.Acosh", 1, true, Acosh}, {"tf.Atanh", 1, true, Atanh},
};

absl::StatusOr<bool> BroadcastAtan2(ir::Graph& graph, ir::NodeId id) {
  const Formula f(graph, id);
  const ir::Shape a = f.shape(0), b = f.shape(1);
  if (f.type() != ElementType::kFloat32 || !a.ranked() || !b.ranked() || a == b) return false;
  ZP_ASSIGN_OR_RETURN(const auto alike, f.Alike(f.x(0), f.x(1)));
  f.Is("ATAN2", {alike.first, alike.second});
  return true;
}

}  // namespace

absl::StatusOr<int> LegalizeTrigonometry(ir::Graph& graph) {
  ZP_ASSIGN_OR_RETURN(const int functions, WriteFormulas(graph, kRows));
  ZP_ASSIGN_OR_RETURN(const int angles,
                      RewriteEach(graph, "tf.Atan2", [&](ir::NodeId id) { return BroadcastAtan2(graph, id); }));
  return functions + angles;
}

}  // namespace zeropoint::passes
