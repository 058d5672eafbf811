// TF ops that LiteRT says with several of its own, element by element.
//
// Before                          After
// tf.Softplus(x)                  LOG(ADD(EXP(x), 1))
// tf.Softsign(x)                  DIV(x, ADD(ABS(x), 1))
// tf.Log1p(x)                     LOG(ADD(x, 1))
// tf.Expm1(x)                     SUB(EXP(x), 1)
// tf.Selu(x)                      SELECT_V2(GREATER(x, 0), MUL(x, scale), MUL(SUB(EXP(x), 1), scale*alpha))
// tf.Reciprocal(x), tf.Inv(x)     DIV(1, x)
// tf.ClipByValue(x, low, high)    MAXIMUM(MINIMUM(x, high), low)
// tf.IsNan(x)                     NOT_EQUAL(x, x)
// tf.Xdivy(x, y)                  SELECT_V2(EQUAL(x, 0), 0, DIV(x, y))
// tf.DivNoNan(x, y)               SELECT_V2(EQUAL(y, 0), 0, DIV(x, y))
// tf.OnesLike(x)                  ADD(ZEROS_LIKE(x), 1)
// tf.Size(x)                      REDUCE_PROD(SHAPE(x), 0)
// tf.L2Loss(x)                    MUL(SUM(SQUARE(RESHAPE(x, [-1])), 0), 0.5)
//
// Conditions: float32 (Size, OnesLike: any; ClipByValue, Reciprocal, DivNoNan: float32, int32, int64).
// Algebra: the definitions. The forms and the order of operands are those of TensorFlow's converter.

#include "absl/strings/str_cat.h"
#include "passes/edit.h"
#include "passes/passes.h"

namespace zeropoint::passes {
namespace {

using ir::ValueId;

// SELU's constants (Klambauer et al., 2017), as TF's kernel spells them.
constexpr double kSeluScale = 1.0507009873554804934193349852946;
constexpr double kSeluScaleAlpha = 1.7580993408473768599402175208123;

// Writes the formula of one node.
class Formula {
 public:
  Formula(ir::Graph& graph, ir::NodeId id) : graph_(graph), id_(id) {}

  ValueId x(int i = 0) const { return graph_.node(id_).input(i); }
  ElementType type() const { return graph_.value(x()).type; }
  ValueId Number(double element) const { return Number(type(), element); }
  ValueId Number(ElementType type, double element) const {
    return AddScalarLike(graph_, absl::StrCat(graph_.node(id_).info.name, "/const"), type, element);
  }
  ValueId Ints(absl::Span<const int64_t> elements) const {
    return AddInts(graph_, absl::StrCat(graph_.node(id_).info.name, "/const"), elements);
  }
  ValueId Op(absl::string_view op, std::vector<ValueId> inputs) const {
    return Emit(graph_, id_, op, std::move(inputs), Defaults(op));
  }
  ValueId Test(absl::string_view op, std::vector<ValueId> inputs) const {
    return Emit(graph_, id_, op, std::move(inputs), {}, ElementType::kBool);
  }
  // The last op of the formula; its result is the node's.
  void Is(absl::string_view op, std::vector<ValueId> inputs, ir::Attributes attrs = {}) const {
    if (attrs.all().empty()) attrs = Defaults(op);
    Become(graph_, id_, op, std::move(inputs), std::move(attrs));
  }
  ir::Graph& graph() const { return graph_; }
  ir::NodeId id() const { return id_; }

 private:
  static ir::Attributes Defaults(absl::string_view op) {
    const ops::OpDef* def = ops::FindOp(op);
    if (def == nullptr || !def->absorbs_activation) return {};
    return Attrs({{"fused_activation_function", int64_t{0}}});
  }

  ir::Graph& graph_;
  ir::NodeId id_;
};

void Softplus(const Formula& f) { f.Is("LOG", {f.Op("ADD", {f.Op("EXP", {f.x()}), f.Number(1)})}); }
void Softsign(const Formula& f) { f.Is("DIV", {f.x(), f.Op("ADD", {f.Op("ABS", {f.x()}), f.Number(1)})}); }
void Log1p(const Formula& f) { f.Is("LOG", {f.Op("ADD", {f.x(), f.Number(1)})}); }
void Expm1(const Formula& f) { f.Is("SUB", {f.Op("EXP", {f.x()}), f.Number(1)}); }
void Reciprocal(const Formula& f) { f.Is("DIV", {f.Number(1), f.x()}); }
void ClipByValue(const Formula& f) { f.Is("MAXIMUM", {f.Op("MINIMUM", {f.x(), f.x(2)}), f.x(1)}); }
void IsNan(const Formula& f) { f.Is("NOT_EQUAL", {f.x(), f.x()}); }
void Xdivy(const Formula& f) {
  f.Is("SELECT_V2", {f.Test("EQUAL", {f.x(), f.Number(0)}), f.Number(0), f.Op("DIV", {f.x(0), f.x(1)})});
}
void DivNoNan(const Formula& f) {
  f.Is("SELECT_V2", {f.Test("EQUAL", {f.x(1), f.Number(0)}), f.Number(0), f.Op("DIV", {f.x(0), f.x(1)})});
}
void OnesLike(const Formula& f) { f.Is("ADD", {f.Op("ZEROS_LIKE", {f.x()}), f.Number(1)}); }
void Selu(const Formula& f) {
  ValueId positive = f.Op("MUL", {f.x(), f.Number(kSeluScale)});
  ValueId negative = f.Op("MUL", {f.Op("SUB", {f.Op("EXP", {f.x()}), f.Number(1)}), f.Number(kSeluScaleAlpha)});
  f.Is("SELECT_V2", {f.Test("GREATER", {f.x(), f.Number(0)}), positive, negative});
}
void Size(const Formula& f) {
  const ElementType type = f.graph().value(f.graph().node(f.id()).output()).type;
  ValueId shape = Emit(f.graph(), f.id(), "SHAPE", {f.x()}, Attrs({{"out_type", static_cast<int64_t>(type)}}), type);
  f.Is("REDUCE_PROD", {shape, f.Ints({0})}, Attrs({{"keep_dims", false}}));
}
void L2Loss(const Formula& f) {
  ValueId flat = f.Op("RESHAPE", {f.x(), f.Ints({-1})});
  ValueId sum = Emit(f.graph(), f.id(), "SUM", {f.Op("SQUARE", {flat}), f.Ints({0})}, Attrs({{"keep_dims", false}}));
  f.Is("MUL", {sum, f.Number(0.5)});
}

using Writer = void (*)(const Formula&);
struct Row {
  absl::string_view op;
  int operands;
  bool float_only;
  Writer write;
};
constexpr Row kRows[] = {
    {"tf.Softplus", 1, true, Softplus},     {"tf.Softsign", 1, true, Softsign}, {"tf.Log1p", 1, true, Log1p},
    {"tf.Expm1", 1, true, Expm1},           {"tf.Selu", 1, true, Selu},         {"tf.Reciprocal", 1, false, Reciprocal},
    {"tf.Inv", 1, false, Reciprocal},       {"tf.ClipByValue", 3, false, ClipByValue},
    {"tf.IsNan", 1, true, IsNan},           {"tf.Xdivy", 2, true, Xdivy},       {"tf.DivNoNan", 2, false, DivNoNan},
    {"tf.OnesLike", 1, false, OnesLike},    {"tf.Size", 1, false, Size},        {"tf.L2Loss", 1, true, L2Loss},
};

const Row* FindRow(absl::string_view op) {
  for (const Row& row : kRows) {
    if (row.op == op) return &row;
  }
  return nullptr;
}

bool HasNumbers(ElementType type) {
  return type == ElementType::kFloat32 || type == ElementType::kInt32 || type == ElementType::kInt64;
}

}  // namespace

absl::StatusOr<int> LegalizeComposites(ir::Graph& graph) {
  auto wanted = [](const ir::Node& node) { return FindRow(node.op()) != nullptr; };
  return RewriteEachIf(graph, wanted, [&](ir::NodeId id) -> absl::StatusOr<bool> {
    const Row& row = *FindRow(graph.node(id).op());
    if (static_cast<int>(graph.node(id).inputs().size()) != row.operands) return false;
    const ElementType type = graph.value(graph.node(id).input(0)).type;
    const bool counts_only = row.write == Size;  // the elements themselves do not matter
    if (!counts_only && (row.float_only ? type != ElementType::kFloat32 : !HasNumbers(type))) return false;
    row.write(Formula(graph, id));
    return true;
  });
}

}  // namespace zeropoint::passes
