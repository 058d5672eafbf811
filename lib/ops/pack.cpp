// PACK: operands of one shape stacked along a new axis.
#include "absl/strings/str_cat.h"
#include "ops/data_movement.h"
#include "ops/join_common.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops {
namespace {

absl::Status Infer(InferContext& context) {
  ir::Shape part = ir::Shape::Unranked();
  for (int i = 0; i < context.num_inputs(); ++i) {
    const ir::Shape& next = context.input_shape(i);
    if (!next.ranked()) continue;
    if (!part.ranked()) part = next;
    if (!MergeShape(next, /*except=*/-1, part)) {
      return absl::InvalidArgumentError(
          absl::StrCat("operand ", i, " of shape ", next.ToString(), " does not stack on ", part.ToString()));
    }
  }
  ir::Shape to = UnknownShape(part.ranked() ? part.rank() + 1 : -1);
  if (part.ranked()) {
    ZP_ASSIGN_OR_RETURN(const int axis, ResolveAxis(context.attrs().Int("axis"), to.rank()));
    for (int i = 0; i < to.rank(); ++i) to.set(i, i == axis ? context.num_inputs() : part[i < axis ? i : i - 1]);
  }
  context.set_output(0, context.input_type(0), std::move(to));
  return absl::OkStatus();
}

absl::Status ImportTf(ir::Graph& graph, ir::NodeId id) {
  ir::Node& node = graph.node(id);
  ir::Attributes attrs;
  attrs.Set("values_count", static_cast<int64_t>(node.inputs().size()));
  attrs.Set("axis", node.attrs().Int("axis"));
  node.info.attrs = std::move(attrs);
  return absl::OkStatus();
}

int Version(const VersionContext& context) {
  switch (context.input_type(0)) {
    case ElementType::kUInt32:
      return 4;
    case ElementType::kInt16:
      return 3;
    case ElementType::kInt8:
      return 2;
    default:
      return 1;
  }
}

}  // namespace

namespace records {

OpDef Pack() {
  return {.name = "PACK",
          .code = schema::BuiltinOperator_PACK,
          .inputs = {1, kMany},
          .outputs = {1, 1},
          .options = {schema::BuiltinOptions_PackOptions,
                      {{"values_count", schema::PackOptions::VT_VALUES_COUNT, FieldKind::kInt32},
                       {"axis", schema::PackOptions::VT_AXIS, FieldKind::kInt32}}},
          .tf = {{"Pack", ImportTf}},
          .infer = Infer,
          .eval_float = EvalJoin,
          .quant = JoinQuantization(),
          .version = Version,
          .moves_elements = true};
}

}  // namespace records
}  // namespace zeropoint::ops
