// TF ops that LiteRT says with several of its own, element by element.
//
// Before                          After
// tf.Softplus(x)                  SUB(RELU(x), LOG(LOGISTIC(ABS(x))))
// tf.Softsign(x)                  DIV(x, ADD(ABS(x), 1))
// tf.Log1p(x)                     LOG(ADD(x, 1))
// tf.Expm1(x)                     SUB(EXP(x), 1)
// tf.Selu(x)                      SELECT_V2(GREATER(x, 0), MUL(x, scale), MUL(SUB(EXP(x), 1), scale*alpha))
// tf.Reciprocal(x), tf.Inv(x)     DIV(1, x)
// tf.ClipByValue(x, low, high)    MAXIMUM(MINIMUM(x, high), low)
// tf.IsNan(x)                     NOT_EQUAL(x, x)
// tf.IsInf(x)                     EQUAL(ABS(x), infinity)
// tf.IsFinite(x)                  EQUAL(SUB(x, x), 0)
// tf.Xdivy(x, y)                  SELECT_V2(EQUAL(x, 0), 0, DIV(x, y))
// tf.Xlogy(x, y)                  SELECT_V2(EQUAL(x, 0), 0, MUL(x, LOG(y)))
// tf.Xlog1py(x, y)                SELECT_V2(EQUAL(x, 0), 0, MUL(x, LOG(ADD(y, 1))))
// tf.DivNoNan(x, y)               SELECT_V2(EQUAL(y, 0), 0, DIV(x, y))
// tf.MulNoNan(x, y)               SELECT_V2(EQUAL(y, 0), 0, MUL(x, y))
// tf.TruncateDiv(x, y)            DIV(x, y)
// tf.TruncateMod(x, y), tf.Mod    SUB(x, MUL(DIV(x, y), y))
// tf.OnesLike(x)                  FILL(SHAPE(x), 1)
// tf.InvertPermutation(x)         SCATTER_ND(EXPAND_DIMS(x, 1), RANGE(0, n, 1), SHAPE(x))
// tf.LinSpace(a, b, n)            ADD(a, MUL(CAST(RANGE(0, n, 1)), DIV(SUB(b, a), CAST(MAXIMUM(n - 1, 1)))))
// tf.Size(x)                      REDUCE_PROD(SHAPE(x), 0)
// tf.L2Loss(x)                    MUL(SUM(SQUARE(x), all axes), 0.5); RESHAPE(x, [-1]) first where the rank is not
// known
//
// tf.SoftmaxCrossEntropyWithLogits(x, labels)         -SUM(labels * LOG_SOFTMAX(x), -1), SOFTMAX(x) - labels
// tf.SparseSoftmaxCrossEntropyWithLogits(x, indices)  the same with ONE_HOT(indices)
// tf.Lgamma(x)                    Lanczos' formula, see Lgamma()
//
// Before                          After, x int32 or int64, for which LiteRT's SQUARE has no kernel
// tf.Square(x)                    MUL(x, x)
//
// Before                          After, x int64, for which LiteRT's ABS and SIGN have no kernels
// tf.Abs(x)                       MAXIMUM(x, NEG(x))
// tf.Sign(x)                      MINIMUM(MAXIMUM(x, -1), 1)
//
// Before                          After, x bool
// tf.ZerosLike(x)                 LOGICAL_AND(x, LOGICAL_NOT(x))
// tf.OnesLike(x)                  LOGICAL_OR(x, LOGICAL_NOT(x))
//
// Conditions: float32 (Size: any; ClipByValue, Reciprocal, DivNoNan, OnesLike: float32, int32, int64; TruncateDiv,
// TruncateMod, Mod, InvertPermutation: int32, int64).
// Algebra: the definitions. The forms and the order of operands are those of TensorFlow's converter, but for Softplus,
// whose LOG(ADD(EXP(x), 1)) overflows from x = 89 on: log(1 + e^x) = max(x, 0) + log(1 + e^-|x|), and
// the sigmoid of |x| is 1 / (1 + e^-|x|). It also keeps that sigmoid in [0.5, 1], which integers hold well.
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "passes/legalize/formula.h"
#include "passes/legalize/legalize.h"

namespace zeropoint::passes {
namespace {

using ir::ValueId;

// SELU's constants (Klambauer et al., 2017), as TF's kernel spells them.
constexpr double kSeluScale = 1.0507009873554804934193349852946;
constexpr double kSeluScaleAlpha = 1.7580993408473768599402175208123;

void Softplus(const Formula& f) {
  f.Is("SUB", {f.Op("RELU", {f.x()}), f.Op("LOG", {f.Op("LOGISTIC", {f.Op("ABS", {f.x()})})})});
}
void Softsign(const Formula& f) { f.Is("DIV", {f.x(), f.Op("ADD", {f.Op("ABS", {f.x()}), f.Number(1)})}); }
void Log1p(const Formula& f) { f.Is("LOG", {f.Op("ADD", {f.x(), f.Number(1)})}); }
void Expm1(const Formula& f) { f.Is("SUB", {f.Op("EXP", {f.x()}), f.Number(1)}); }
void Reciprocal(const Formula& f) { f.Is("DIV", {f.Number(1), f.x()}); }
void ClipByValue(const Formula& f) { f.Is("MAXIMUM", {f.Op("MINIMUM", {f.x(), f.x(2)}), f.x(1)}); }
void IsNan(const Formula& f) { f.Is("NOT_EQUAL", {f.x(), f.x()}); }
void IsInf(const Formula& f) {
  f.Is("EQUAL", {f.Op("ABS", {f.x()}), f.Number(std::numeric_limits<double>::infinity())});
}
// inf - inf and NaN - NaN are NaN.
void IsFinite(const Formula& f) { f.Is("EQUAL", {f.Op("SUB", {f.x(), f.x()}), f.Number(0)}); }

// Zero where that operand is zero, whatever the formula says there.
void ZeroWhere(const Formula& f, int operand, ValueId otherwise) {
  f.Is("SELECT_V2", {f.Test("EQUAL", {f.x(operand), f.Number(0)}), f.Number(0), otherwise});
}
void Xdivy(const Formula& f) { ZeroWhere(f, 0, f.Op("DIV", {f.x(0), f.x(1)})); }
void Xlogy(const Formula& f) { ZeroWhere(f, 0, f.Op("MUL", {f.x(0), f.Op("LOG", {f.x(1)})})); }
void Xlog1py(const Formula& f) {
  ZeroWhere(f, 0, f.Op("MUL", {f.x(0), f.Op("LOG", {f.Op("ADD", {f.x(1), f.Number(1)})})}));
}
void DivNoNan(const Formula& f) { ZeroWhere(f, 1, f.Op("DIV", {f.x(0), f.x(1)})); }
void MulNoNan(const Formula& f) { ZeroWhere(f, 1, f.Op("MUL", {f.x(0), f.x(1)})); }

void OnesLike(const Formula& f) { f.Is("FILL", {f.ShapeOf(f.x()), f.Number(1)}); }
void Selu(const Formula& f) {
  ValueId positive = f.Op("MUL", {f.x(), f.Number(kSeluScale)});
  ValueId negative = f.Op("MUL", {f.Op("SUB", {f.Op("EXP", {f.x()}), f.Number(1)}), f.Number(kSeluScaleAlpha)});
  f.Is("SELECT_V2", {f.Test("GREATER", {f.x(), f.Number(0)}), positive, negative});
}
void L2Loss(const Formula& f) {
  const ir::Shape shape = f.shape();
  std::vector<int64_t> axes = {0};
  if (shape.ranked()) axes.resize(static_cast<size_t>(shape.rank()));
  std::iota(axes.begin(), axes.end(), 0);
  const ValueId x = shape.ranked() ? f.x() : f.Reshape(f.x(), {-1});
  f.Is("MUL", {f.Reduce("SUM", f.Op("SQUARE", {x}), axes, /*keep_dims=*/false), f.Number(0.5)});
}
void LinSpace(const Formula& f) {
  const ValueId count = f.Cast(f.x(2), ElementType::kInt32);
  const ValueId steps = f.Op("MAXIMUM", {f.Op("SUB", {count, f.Int(1)}), f.Int(1)});
  const ValueId step = f.Op("DIV", {f.Op("SUB", {f.x(1), f.x(0)}), f.Cast(steps, f.type())});
  f.Is("ADD", {f.x(0), f.Op("MUL", {f.Cast(f.Count(count), f.type()), step})});
}

// ln of the gamma function by Lanczos' approximation with g = 7 and nine terms: of x from 0.5 on
//   ln gamma(z + 1) = ln(2 pi) / 2 + (z + 0.5) ln(t) - t + ln(sum),  z = x - 1,  t = z + g + 0.5,
//   sum = c0 + c1 / (z + 1) + ... + c8 / (z + 8)
// and below by reflection, ln gamma(x) = ln(pi) - ln|sin(pi x)| - ln gamma(1 - x). The fractional part of |x| goes into
// the sine, for large arguments lose it; where that is 0 and x is negative or 0, the result is infinite.
constexpr double kLanczosBase = 0.99999999999980993;
constexpr double kLanczos[] = {676.5203681218851,  -1259.1392167224028,  771.32342877765313,    -176.61502916214059,
                               12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7};
constexpr double kLanczosG = 7.0;
constexpr double kPi = 3.14159265358979323846;

ValueId LogGammaFromHalf(const Formula& f, ValueId z) {
  ValueId sum = f.Number(kLanczosBase);
  double shift = 0.0;
  for (double coefficient : kLanczos) {
    shift += 1.0;
    sum = f.Op("ADD", {f.Op("DIV", {f.Number(coefficient), f.Op("ADD", {z, f.Number(shift)})}), sum});
  }
  const ValueId t = f.Op("ADD", {z, f.Number(kLanczosG + 0.5)});
  const ValueId log_t = f.Op("LOG", {t});
  // (z + 0.5) ln(t) - t as (z + 0.5 - t / ln(t)) ln(t): large terms do not cancel, and infinity stays so.
  const ValueId factor = f.Op("SUB", {f.Op("ADD", {z, f.Number(0.5)}), f.Op("DIV", {t, log_t})});
  const ValueId power = f.Op("MUL", {factor, log_t});
  return f.Op("ADD", {f.Op("ADD", {power, f.Number(0.5 * std::log(2.0 * kPi))}), f.Op("LOG", {sum})});
}

void Lgamma(const Formula& f) {
  const ValueId low = f.Test("LESS", {f.x(), f.Number(0.5)});
  const ValueId z = f.Op("SELECT_V2", {low, f.Op("NEG", {f.x()}), f.Op("SUB", {f.x(), f.Number(1)})});
  const ValueId direct = LogGammaFromHalf(f, z);
  const ValueId size = f.Op("ABS", {f.x()});
  const ValueId fraction = f.Op("SUB", {size, f.Op("FLOOR", {size})});
  const ValueId to_whole = f.Op("MINIMUM", {fraction, f.Op("SUB", {f.Number(1), fraction})});
  const ValueId log_sine = f.Op("LOG", {f.Op("SIN", {f.Op("MUL", {to_whole, f.Number(kPi)})})});
  const ValueId reflected = f.Op("SUB", {f.Op("SUB", {f.Number(std::log(kPi)), log_sine}), direct});
  f.Is("SELECT_V2", {low, reflected, direct});
}

constexpr FormulaRow kRows[] = {
    {"tf.Softplus", 1, true, Softplus},  {"tf.Softsign", 1, true, Softsign},
    {"tf.Log1p", 1, true, Log1p},        {"tf.Expm1", 1, true, Expm1},
    {"tf.Selu", 1, true, Selu},          {"tf.Reciprocal", 1, false, Reciprocal},
    {"tf.Inv", 1, false, Reciprocal},    {"tf.ClipByValue", 3, false, ClipByValue},
    {"tf.IsNan", 1, true, IsNan},        {"tf.IsInf", 1, true, IsInf},
    {"tf.IsFinite", 1, true, IsFinite},  {"tf.Xdivy", 2, true, Xdivy},
    {"tf.Xlogy", 2, true, Xlogy},        {"tf.Xlog1py", 2, true, Xlog1py},
    {"tf.DivNoNan", 2, false, DivNoNan}, {"tf.MulNoNan", 2, true, MulNoNan},
    {"tf.OnesLike", 1, false, OnesLike}, {"tf.L2Loss", 1, true, L2Loss},
    {"tf.LinSpace", 3, true, LinSpace},  {"tf.Lgamma", 1, true, Lgamma},
};

// --- other types

void IntegerQuotient(const Formula& f) { f.Is("DIV", {f.x(0), f.x(1)}); }
void IntegerRemainder(const Formula& f) { f.Is("SUB", {f.x(0), f.Op("MUL", {f.Op("DIV", {f.x(0), f.x(1)}), f.x(1)})}); }
void InvertPermutation(const Formula& f) {
  const ValueId places = f.Op("EXPAND_DIMS", {f.Cast(f.x(), ElementType::kInt32), f.Int(1)});
  const ValueId positions = f.Cast(f.Count(f.Dim(f.x(), 0)), f.type());
  f.Is("SCATTER_ND", {places, positions, f.ShapeOf(f.x())});
}
void AllFalse(const Formula& f) { f.Is("LOGICAL_AND", {f.x(), f.Test("LOGICAL_NOT", {f.x()})}); }
void AllTrue(const Formula& f) { f.Is("LOGICAL_OR", {f.x(), f.Test("LOGICAL_NOT", {f.x()})}); }
void Size(const Formula& f) {
  const ElementType type = f.result_type();
  const ValueId shape = f.Op("SHAPE", {f.x()}, Attrs({{"out_type", static_cast<int64_t>(type)}}), type);
  f.Is("REDUCE_PROD", {shape, f.Ints({0})}, Attrs({{"keep_dims", false}}));
}

bool IsIndex(ElementType type) { return type == ElementType::kInt32 || type == ElementType::kInt64; }
bool IsBool(ElementType type) { return type == ElementType::kBool; }
bool IsAny(ElementType) { return true; }

struct TypedRow {
  absl::string_view op;
  bool (*takes)(ElementType);
  void (*write)(const Formula& f);
};
bool IsInt64(ElementType type) { return type == ElementType::kInt64; }

void WideMagnitude(const Formula& f) { f.Is("MAXIMUM", {f.x(), f.Op("NEG", {f.x()})}); }
void WideSign(const Formula& f) { f.Is("MINIMUM", {f.Op("MAXIMUM", {f.x(), f.Number(-1)}), f.Number(1)}); }

void WholeSquare(const Formula& f) { f.Is("MUL", {f.x(), f.x()}); }

constexpr TypedRow kTypedRows[] = {
    {"tf.Square", IsIndex, WholeSquare},
    {"tf.Abs", IsInt64, WideMagnitude},
    {"tf.Sign", IsInt64, WideSign},
    {"tf.TruncateDiv", IsIndex, IntegerQuotient},
    {"tf.TruncateMod", IsIndex, IntegerRemainder},
    {"tf.Mod", IsIndex, IntegerRemainder},
    {"tf.InvertPermutation", IsIndex, InvertPermutation},
    {"tf.ZerosLike", IsBool, AllFalse},
    {"tf.OnesLike", IsBool, AllTrue},
    {"tf.Size", IsAny, Size},
};

// The loss of each row, and its gradient towards x, which training reads.
bool CrossEntropy(ir::Graph& graph, ir::NodeId id, bool sparse) {
  const Formula f(graph, id);
  const ir::Shape shape = f.shape();
  if (f.type() != ElementType::kFloat32 || !shape.ranked() || shape.rank() != 2) return false;
  const ValueId labels = sparse ? f.Op("ONE_HOT", {f.x(1), f.Dim(f.x(), 1), f.Number(1), f.Number(0)},
                                       Attrs({{"axis", int64_t{-1}}}), ElementType::kFloat32)
                                : f.x(1);
  const ValueId terms = f.Op("MUL", {labels, f.Op("LOG_SOFTMAX", {f.x()})});
  const ValueId loss = f.Op("NEG", {f.Reduce("SUM", terms, {-1}, /*keep_dims=*/false)});
  const ValueId gradient = f.Op("SUB", {f.Op("SOFTMAX", {f.x()}, Attrs({{"beta", 1.0f}})), labels});
  Forward(graph, id, {loss, gradient});
  return true;
}

absl::StatusOr<int> WriteCrossEntropies(ir::Graph& graph) {
  ZP_ASSIGN_OR_RETURN(const int dense, RewriteEach(graph, "tf.SoftmaxCrossEntropyWithLogits",
                                                   [&](ir::NodeId id) -> absl::StatusOr<bool> {
                                                     return CrossEntropy(graph, id, false);
                                                   }));
  ZP_ASSIGN_OR_RETURN(const int sparse, RewriteEach(graph, "tf.SparseSoftmaxCrossEntropyWithLogits",
                                                    [&](ir::NodeId id) -> absl::StatusOr<bool> {
                                                      return CrossEntropy(graph, id, true);
                                                    }));
  return dense + sparse;
}

absl::StatusOr<int> WriteTyped(ir::Graph& graph) {
  int applied = 0;
  for (const TypedRow& row : kTypedRows) {
    ZP_ASSIGN_OR_RETURN(const int some, RewriteEach(graph, row.op, [&](ir::NodeId id) -> absl::StatusOr<bool> {
                          const Formula formula(graph, id);
                          if (!row.takes(formula.type())) return false;
                          row.write(formula);
                          return true;
                        }));
    applied += some;
  }
  return applied;
}

}  // namespace

absl::StatusOr<int> LegalizeComposites(ir::Graph& graph) {
  ZP_ASSIGN_OR_RETURN(const int numbers, WriteFormulas(graph, kRows));
  ZP_ASSIGN_OR_RETURN(const int others, WriteTyped(graph));
  ZP_ASSIGN_OR_RETURN(const int losses, WriteCrossEntropies(graph));
  return numbers + others + losses;
}

}  // namespace zeropoint::passes
