// SHAPE: the dimensions of a tensor as a vector of int32 or int64.
#include <cstring>

#include "absl/strings/str_cat.h"
#include "ops/data_movement.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops {
namespace {

absl::Status Infer(InferContext& context) {
  const int64_t out_type = context.attrs().Int("out_type", schema::TensorType_INT32);
  if (out_type != schema::TensorType_INT32 && out_type != schema::TensorType_INT64) {
    return absl::InvalidArgumentError(absl::StrCat("out_type ", out_type, " is neither int32 nor int64"));
  }
  const ir::Shape& of = context.input_shape(0);
  context.set_output(0, static_cast<ElementType>(out_type), ir::Shape{of.ranked() ? of.rank() : ir::kDynamic});
  if (of.ranked()) context.set_output_ints(0, std::vector<int64_t>(of.dims().begin(), of.dims().end()));
  return absl::OkStatus();
}

absl::Status Eval(const EvalContext& context) {
  const TensorView& of = context.inputs[0];
  const MutableView& to = context.outputs[0];
  for (size_t i = 0; i < of.dims.size(); ++i) {
    if (to.type == ElementType::kInt64)
      to.As<int64_t>()[i] = of.dims[i];
    else
      to.As<int32_t>()[i] = static_cast<int32_t>(of.dims[i]);
  }
  return absl::OkStatus();
}

absl::Status ImportTf(ir::Graph& graph, ir::NodeId id) {
  ir::Attributes attrs;
  attrs.Set("out_type", graph.node(id).attrs().Int("out_type", schema::TensorType_INT32));
  graph.node(id).info.attrs = std::move(attrs);
  return absl::OkStatus();
}

QuantSpec Quantization() {
  QuantSpec spec;
  spec.inputs = {OperandSpec::Activation()};
  spec.outputs = {OperandSpec::Other()};
  spec.int8 = spec.int16 = true;
  return spec;
}

}  // namespace

namespace records {

OpDef Shape() {
  return {.name = "SHAPE",
          .code = schema::BuiltinOperator_SHAPE,
          .inputs = {1, 1},
          .outputs = {1, 1},
          .options = {schema::BuiltinOptions_ShapeOptions,
                      {{"out_type", schema::ShapeOptions::VT_OUT_TYPE, FieldKind::kInt8}}},
          .tf = {{"Shape", ImportTf}},
          .infer = Infer,
          .eval_float = Eval,
          .eval_quantized = Eval,
          .quant = Quantization()};
}

}  // namespace records
}  // namespace zeropoint::ops
