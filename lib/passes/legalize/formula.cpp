#include "passes/legalize/formula.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ops/infer.h"
#include "ops/op_def.h"

namespace zeropoint::passes {
namespace {

using ir::ValueId;

ir::Attributes WithDefaults(absl::string_view op, ir::Attributes attrs) {
  const ops::OpDef* def = ops::FindOp(op);
  constexpr char kActivation[] = "fused_activation_function";
  if (def != nullptr && def->absorbs_activation && !attrs.Has(kActivation)) attrs.Set(kActivation, int64_t{0});
  return attrs;
}

bool HasNumbers(ElementType type) {
  return type == ElementType::kFloat32 || type == ElementType::kInt32 || type == ElementType::kInt64;
}

}  // namespace

ValueId Formula::Number(ElementType type, double element) const {
  return AddScalarLike(graph_, absl::StrCat(graph_.node(id_).info.name, "/const"), type, element);
}

ValueId Formula::Ints(absl::Span<const int64_t> elements) const {
  return AddInts(graph_, absl::StrCat(graph_.node(id_).info.name, "/const"), elements);
}

ValueId Formula::Bools(ir::Shape shape, const std::vector<bool>& elements) const {
  const std::vector<uint8_t> bytes(elements.begin(), elements.end());
  return graph_.AddConstant(absl::StrCat(graph_.node(id_).info.name, "/mask"), ElementType::kBool, std::move(shape),
                            Bytes::Of(absl::Span<const uint8_t>(bytes)));
}

ValueId Formula::Zero(ElementType type) const {
  const std::vector<uint8_t> bytes(ByteSize(type, 1), 0);
  return graph_.AddConstant(absl::StrCat(graph_.node(id_).info.name, "/zero"), type, ir::Shape(),
                            Bytes::Of(absl::Span<const uint8_t>(bytes)));
}

ValueId Formula::Op(absl::string_view op, std::vector<ValueId> inputs, ir::Attributes attrs,
                    std::optional<ElementType> type) const {
  return Emit(graph_, id_, op, std::move(inputs), WithDefaults(op, std::move(attrs)), type);
}

ValueId Formula::Select(ValueId condition, ValueId yes, ValueId no) const {
  return Op("SELECT_V2", {condition, yes, no}, {}, graph_.value(yes).type);
}

ValueId Formula::Cast(ValueId x, ElementType type) const {
  return graph_.value(x).type == type ? x : Op("CAST", {x}, {}, type);
}

ValueId Formula::Reduce(absl::string_view op, ValueId x, absl::Span<const int64_t> axes, bool keep_dims) const {
  return Op(op, {x, Ints(axes)}, Attrs({{"keep_dims", keep_dims}}));
}

ValueId Formula::Reshape(ValueId x, absl::Span<const int64_t> dims) const { return EmitReshape(graph_, id_, x, dims); }

ValueId Formula::Gather(ValueId x, ValueId indices, int64_t axis) const {
  return Op("GATHER", {x, indices}, Attrs({{"axis", axis}, {"batch_dims", int64_t{0}}}));
}

ValueId Formula::ShapeOf(ValueId x) const {
  return Op("SHAPE", {x}, Attrs({{"out_type", static_cast<int64_t>(ElementType::kInt32)}}), ElementType::kInt32);
}

ValueId Formula::Dim(ValueId x, int axis) const {
  const ir::Shape& shape = graph_.value(x).shape;
  if (shape.ranked() && shape[axis] != ir::kDynamic) return Int(shape[axis]);
  return Op("STRIDED_SLICE", {ShapeOf(x), Ints({axis}), Ints({axis + 1}), Ints({1})},
            Attrs({{"begin_mask", int64_t{0}},
                   {"end_mask", int64_t{0}},
                   {"ellipsis_mask", int64_t{0}},
                   {"new_axis_mask", int64_t{0}},
                   {"shrink_axis_mask", int64_t{1}},
                   {"offset", false}}));
}

absl::StatusOr<std::pair<ValueId, ValueId>> Formula::Alike(ValueId a, ValueId b) const {
  const ir::Shape first = graph_.value(a).shape, second = graph_.value(b).shape;
  ZP_ASSIGN_OR_RETURN(const ir::Shape both, ops::BroadcastShape(first, second));
  if (first == second) return std::pair(a, b);
  const auto is_one = [](const ir::Shape& shape, const ir::Shape& beside) {
    return shape.IsStatic() && shape.NumElements() == 1 && shape.rank() <= beside.rank();
  };
  if (both.IsStatic()) {
    const ValueId shape = Ints(both.dims());
    return std::pair(first == both ? a : Op("BROADCAST_TO", {a, shape}),
                     second == both ? b : Op("BROADCAST_TO", {b, shape}));
  }
  if (is_one(second, first)) return std::pair(a, Op("BROADCAST_TO", {b, ShapeOf(a)}));
  if (is_one(first, second)) return std::pair(Op("BROADCAST_TO", {a, ShapeOf(b)}), b);
  const ValueId shape = Op("BROADCAST_ARGS", {ShapeOf(a), ShapeOf(b)});
  return std::pair(Op("BROADCAST_TO", {a, shape}), Op("BROADCAST_TO", {b, shape}));
}

ValueId Formula::Count(ValueId count) const { return Op("RANGE", {Int(0), count, Int(1)}); }

void Formula::Is(absl::string_view op, std::vector<ValueId> inputs, ir::Attributes attrs) const {
  Become(graph_, id_, op, std::move(inputs), WithDefaults(op, std::move(attrs)));
}

absl::StatusOr<int> WriteFormulas(ir::Graph& graph, absl::Span<const FormulaRow> rows) {
  const auto find = [rows](absl::string_view op) {
    return std::find_if(rows.begin(), rows.end(), [op](const FormulaRow& row) { return row.op == op; });
  };
  const auto wanted = [&](const ir::Node& node) { return find(node.op()) != rows.end(); };
  return RewriteEachIf(graph, wanted, [&](ir::NodeId id) -> absl::StatusOr<bool> {
    const FormulaRow& row = *find(graph.node(id).op());
    if (static_cast<int>(graph.node(id).inputs().size()) != row.operands) return false;
    const ElementType type = graph.value(graph.node(id).input(0)).type;
    if (row.float_only ? type != ElementType::kFloat32 : !HasNumbers(type)) return false;
    row.write(Formula(graph, id));
    return true;
  });
}

}  // namespace zeropoint::passes
