// SPLIT: operand 1 in equal parts along an axis, operand 0.
#include "absl/strings/str_cat.h"
#include "ops/data_movement.h"
#include "ops/split_common.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops {
namespace {

absl::Status Infer(InferContext& context) {
  const ir::Shape& from = context.input_shape(1);
  SetUnknownParts(context, 1);
  if (!from.ranked()) return absl::OkStatus();
  ZP_ASSIGN_OR_RETURN(const std::optional<int> axis, AxisOperand(context, 0, from.rank()));
  if (!axis) return absl::OkStatus();
  ir::Shape part = from;
  const int parts = context.num_outputs();
  if (from[*axis] != ir::kDynamic) {
    if (from[*axis] % parts != 0) {
      return absl::InvalidArgumentError(absl::StrCat("cannot split dimension ", *axis, " of ", from.ToString(),
                                                     " in ", parts, " equal parts"));
    }
    part.set(*axis, from[*axis] / parts);
  }
  for (int i = 0; i < parts; ++i) context.set_output(i, context.input_type(1), part);
  return absl::OkStatus();
}

absl::Status Eval(const EvalContext& context) {
  const TensorView& from = context.inputs[1];
  ZP_ASSIGN_OR_RETURN(const int axis, AxisOperand(context.inputs[0], from.rank()));
  return CopyParts(from, axis, context.outputs);
}

absl::Status ImportTf(ir::Graph& graph, ir::NodeId id) {
  ir::Attributes attrs;
  attrs.Set("num_splits", static_cast<int64_t>(graph.node(id).outputs().size()));
  graph.node(id).info.attrs = std::move(attrs);
  return absl::OkStatus();
}

int Version(const VersionContext& context) {
  switch (context.input_type(1)) {
    case ElementType::kInt16: return 4;
    case ElementType::kInt32: return 3;
    case ElementType::kInt8: return 2;
    default: return 1;
  }
}

}  // namespace

namespace records {

OpDef Split() {
  return {.name = "SPLIT",
          .code = schema::BuiltinOperator_SPLIT,
          .inputs = {2, 2},
          .outputs = {1, kMany},
          .options = {schema::BuiltinOptions_SplitOptions,
                      {{"num_splits", schema::SplitOptions::VT_NUM_SPLITS, FieldKind::kInt32}}},
          .tf = {{"Split", ImportTf}},
          .infer = Infer,
          .eval_float = Eval,
          .quant = MovesData({OperandSpec::Other(), OperandSpec::Activation()}, 1),
          .version = Version,
          .moves_elements = true};
}

}  // namespace records
}  // namespace zeropoint::ops
