// SQUEEZE: drops dimensions of size 1: those in squeeze_dims, or all of them when the list is empty.
#include <vector>

#include "absl/strings/str_cat.h"
#include "ops/data_movement.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops {
namespace {

absl::Status Infer(InferContext& context) {
  const ir::Shape& from = context.input_shape(0);
  const std::vector<int64_t> axes = context.attrs().Ints("squeeze_dims");
  // Without a list, an unknown dimension may or may not be dropped.
  if (!from.ranked() || (axes.empty() && !from.IsStatic())) {
    context.set_output(0, context.input_type(0), ir::Shape::Unranked());
    return absl::OkStatus();
  }
  std::vector<bool> drop(static_cast<size_t>(from.rank()));
  for (int i = 0; axes.empty() && i < from.rank(); ++i) drop[static_cast<size_t>(i)] = from[i] == 1;
  for (int64_t listed : axes) {
    ZP_ASSIGN_OR_RETURN(const int axis, ResolveAxis(listed, from.rank()));
    if (from[axis] != 1 && from[axis] != ir::kDynamic) {
      return absl::InvalidArgumentError(absl::StrCat("cannot squeeze dimension ", axis, " of ", from.ToString()));
    }
    drop[static_cast<size_t>(axis)] = true;
  }
  ir::Shape to;
  for (int i = 0; i < from.rank(); ++i) {
    if (!drop[static_cast<size_t>(i)]) to.Append(from[i]);
  }
  context.set_output(0, context.input_type(0), std::move(to));
  return absl::OkStatus();
}

absl::Status ImportTf(ir::Graph& graph, ir::NodeId id) {
  ir::Attributes attrs;
  attrs.Set("squeeze_dims", graph.node(id).attrs().Ints("squeeze_dims"));
  graph.node(id).info.attrs = std::move(attrs);
  return absl::OkStatus();
}

int Version(const VersionContext& context) { return context.input_type(0) == ElementType::kString ? 2 : 1; }

}  // namespace

namespace records {

OpDef Squeeze() {
  return {.name = "SQUEEZE",
          .code = schema::BuiltinOperator_SQUEEZE,
          .inputs = {1, 1},
          .outputs = {1, 1},
          .options = {schema::BuiltinOptions_SqueezeOptions,
                      {{"squeeze_dims", schema::SqueezeOptions::VT_SQUEEZE_DIMS, FieldKind::kInts}}},
          .tf = {{"Squeeze", ImportTf}},
          .infer = Infer,
          .eval_float = EvalView,
          .quant = MovesData({OperandSpec::Activation()}),
          .version = Version,
          .is_view = true,
          .moves_elements = true};
}

}  // namespace records
}  // namespace zeropoint::ops
