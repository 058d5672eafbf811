// BITCAST: the same bytes as elements of another type. Narrower ones get a dimension of their own, the last; wider ones
// take the last dimension together.
#include "absl/strings/str_cat.h"
#include "ops/data_movement.h"
#include "ops/infer.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops {
namespace {

absl::Status Infer(InferContext& context) {
  const ElementType from_type = context.input_type(0), to_type = context.output_type(0);
  ZP_ASSIGN_OR_RETURN(const size_t from_bytes, ElementBytes(from_type));
  ZP_ASSIGN_OR_RETURN(const size_t to_bytes, ElementBytes(to_type));
  const ir::Shape& from = context.input_shape(0);
  ir::Shape to = from;
  if (from.ranked() && from_bytes > to_bytes) to.Append(static_cast<int64_t>(from_bytes / to_bytes));
  if (from.ranked() && from_bytes < to_bytes) {
    const int64_t ratio = static_cast<int64_t>(to_bytes / from_bytes);
    if (from.rank() == 0 || !Compatible(from[from.rank() - 1], ratio)) {
      return absl::InvalidArgumentError(absl::StrCat("elements of shape ", from.ToString(), " and type ",
                                                     Name(from_type), " do not make up ", Name(to_type)));
    }
    to = ir::Shape(from.dims().first(from.dims().size() - 1));
  }
  context.set_output(0, to_type, std::move(to));
  return absl::OkStatus();
}

absl::Status Import(ir::Graph& graph, ir::NodeId id) {
  ir::Node& node = graph.node(id);
  ir::Value& to = graph.value(node.output());
  to.type = static_cast<ElementType>(node.attrs().Int("type", static_cast<int64_t>(to.type)));
  node.info.attrs = {};
  return absl::OkStatus();
}

}  // namespace

namespace records {

OpDef Bitcast() {
  return {.name = "BITCAST",
          .code = schema::BuiltinOperator_BITCAST,
          .inputs = {1, 1},
          .outputs = {1, 1},
          .options = {schema::BuiltinOptions_BitcastOptions, {}, /*written=*/false},
          .tf = {{"Bitcast", Import}},
          .infer = Infer,
          .eval_float = EvalView};
}

}  // namespace records
}  // namespace zeropoint::ops
