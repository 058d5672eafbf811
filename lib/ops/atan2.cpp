// ATAN2: the angle of the point (x, y), y being operand 0; the operands have one shape.
#include <cmath>

#include "ops/elementwise.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {
namespace {

bool MaySucceed(const ir::Shape& a, const ir::Shape& b) {
  if (!a.ranked() || !b.ranked()) return true;
  bool same = a.rank() == b.rank();
  for (int i = 0; same && i < a.rank(); ++i) same = Compatible(a[i], b[i]);
  return same;
}

absl::Status Infer(InferContext& context) {
  ZP_RETURN_IF_ERROR(CheckType(
      context, 0, {ElementType::kFloat32, ElementType::kFloat64, ElementType::kFloat16, ElementType::kBFloat16}));
  if (!MaySucceed(context.input_shape(0), context.input_shape(1))) {
    return absl::InvalidArgumentError(absl::StrCat("shapes ", context.input_shape(0).ToString(), " and ",
                                                   context.input_shape(1).ToString(), " differ"));
  }
  return InferBinary(context);
}

absl::Status Eval(const EvalContext& context) {
  switch (context.inputs[0].type) {
    case ElementType::kFloat32:
      MapBinary<float, float>(context, [](float y, float x) { return std::atan2(y, x); });
      return absl::OkStatus();
    case ElementType::kFloat64:
      MapBinary<double, double>(context, [](double y, double x) { return std::atan2(y, x); });
      return absl::OkStatus();
    default:
      return NoKernelFor(context.inputs[0].type);
  }
}

absl::Status Import(ir::Graph& graph, ir::NodeId id) {
  const ir::Node& node = graph.node(id);
  if (!MaySucceed(graph.value(node.input(0)).shape, graph.value(node.input(1)).shape)) {
    return absl::UnimplementedError("Atan2 that broadcasts is not one LiteRT op");
  }
  graph.node(id).info.attrs = {};
  return absl::OkStatus();
}

}  // namespace

OpDef Atan2() {
  OpDef def = BinaryRecord("ATAN2", schema::BuiltinOperator_ATAN2, "", Eval);
  def.options = {schema::BuiltinOptions_ATan2Options, {}, /*written=*/false};
  def.tf = {{"Atan2", Import}};
  def.infer = Infer;
  def.quant = {};
  def.runtime = {.int8 = kNever, .int16 = kNever, .gap = "its kernel takes floats only"};
  return def;
}

}  // namespace zeropoint::ops::records
