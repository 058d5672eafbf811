// UNPACK: the slices of a tensor along an axis, without that axis.
#include "absl/strings/str_cat.h"
#include "ops/data_movement.h"
#include "ops/split_common.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops {
namespace {

absl::Status Infer(InferContext& context) {
  const ir::Shape& from = context.input_shape(0);
  ir::Shape to = ir::Shape::Unranked();
  if (from.ranked()) {
    ZP_ASSIGN_OR_RETURN(const int axis, ResolveAxis(context.attrs().Int("axis"), from.rank()));
    if (from[axis] != ir::kDynamic && from[axis] != context.num_outputs()) {
      return absl::InvalidArgumentError(
          absl::StrCat("dimension ", axis, " of ", from.ToString(), " in ", context.num_outputs(), " results"));
    }
    to = ir::Shape();
    for (int i = 0; i < from.rank(); ++i) {
      if (i != axis) to.Append(from[i]);
    }
  }
  for (int i = 0; i < context.num_outputs(); ++i) context.set_output(i, context.input_type(0), to);
  return absl::OkStatus();
}

absl::Status Eval(const EvalContext& context) {
  const TensorView& from = context.inputs[0];
  ZP_ASSIGN_OR_RETURN(const int axis, ResolveAxis(context.attrs.Int("axis"), from.rank()));
  return CopyParts(from, axis, context.outputs);
}

absl::Status ImportTf(ir::Graph& graph, ir::NodeId id) {
  ir::Node& node = graph.node(id);
  ir::Attributes attrs;
  attrs.Set("num", static_cast<int64_t>(node.outputs().size()));
  attrs.Set("axis", node.attrs().Int("axis"));
  node.info.attrs = std::move(attrs);
  return absl::OkStatus();
}

int Version(const VersionContext& context) {
  switch (context.input_type(0)) {
    case ElementType::kFloat16:
    case ElementType::kBFloat16:
      return 5;
    case ElementType::kInt16:
      return 4;
    case ElementType::kBool:
      return 3;
    case ElementType::kInt8:
    case ElementType::kUInt8:
      return 2;
    default:
      return 1;
  }
}

QuantSpec Quantization() {
  QuantSpec spec = MovesData({OperandSpec::Activation()});
  spec.int16_version = 1;  // TensorFlow's 16x8 quantizer leaves it alone
  return spec;
}

}  // namespace

namespace records {

OpDef Unpack() {
  return {.name = "UNPACK",
          .code = schema::BuiltinOperator_UNPACK,
          .inputs = {1, 1},
          .outputs = {1, kMany},
          .options = {schema::BuiltinOptions_UnpackOptions,
                      {{"num", schema::UnpackOptions::VT_NUM, FieldKind::kInt32},
                       {"axis", schema::UnpackOptions::VT_AXIS, FieldKind::kInt32}}},
          .tf = {{"Unpack", ImportTf}},
          .infer = Infer,
          .eval_float = Eval,
          .quant = Quantization(),
          .version = Version,
          .moves_elements = true};
}

}  // namespace records
}  // namespace zeropoint::ops
