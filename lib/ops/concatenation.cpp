// CONCATENATION: the operands one after the other along an axis.
#include "ops/data_movement.h"
#include "ops/join_common.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops {
namespace {

absl::Status Infer(InferContext& context) {
  if (context.attrs().Int("fused_activation_function") != schema::ActivationFunctionType_NONE) {
    return absl::UnimplementedError("a fused activation is not supported");
  }
  return InferConcatenated(context, context.attrs().Int("axis"));
}

absl::Status ImportConcatV2(ir::Graph& graph, ir::NodeId id) {
  const int last = static_cast<int>(graph.node(id).inputs().size()) - 1;
  ZP_ASSIGN_OR_RETURN(const int64_t axis, ConstantOperand(graph, graph.node(id), last, "axis"));
  DropLastInput(graph, id);
  ir::Attributes attrs;
  attrs.Set("axis", axis);
  attrs.Set("fused_activation_function", int64_t{schema::ActivationFunctionType_NONE});
  graph.node(id).info.attrs = std::move(attrs);
  return absl::OkStatus();
}

int Version(const VersionContext& context) {
  switch (context.input_type(0)) {
    case ElementType::kFloat16:
      return 6;
    case ElementType::kInt4:
      return 5;
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

OpDef Concatenation() {
  return {.name = "CONCATENATION",
          .code = schema::BuiltinOperator_CONCATENATION,
          .inputs = {1, kMany},
          .outputs = {1, 1},
          .options = {schema::BuiltinOptions_ConcatenationOptions,
                      {{"axis", schema::ConcatenationOptions::VT_AXIS, FieldKind::kInt32},
                       {"fused_activation_function", schema::ConcatenationOptions::VT_FUSED_ACTIVATION_FUNCTION,
                        FieldKind::kInt8}}},
          .tf = {{"ConcatV2", ImportConcatV2}},
          .infer = Infer,
          .eval_float = EvalJoin,
          .quant = JoinQuantization(),
          .version = Version,
          .moves_elements = true};
}

}  // namespace records
}  // namespace zeropoint::ops
