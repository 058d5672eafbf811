// RANK: the number of dimensions of a tensor.
#include "ops/data_movement.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops {
namespace {

absl::Status Infer(InferContext& context) {
  const ir::Shape& of = context.input_shape(0);
  context.set_output(0, ElementType::kInt32, ir::Shape());
  if (of.ranked()) context.set_output_ints(0, {of.rank()});
  return absl::OkStatus();
}

absl::Status Eval(const EvalContext& context) {
  context.outputs[0].As<int32_t>()[0] = context.inputs[0].rank();
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

OpDef Rank() {
  return {.name = "RANK",
          .code = schema::BuiltinOperator_RANK,
          .inputs = {1, 1},
          .outputs = {1, 1},
          .options = {schema::BuiltinOptions_RankOptions, {}, /*written=*/false},
          .tf = {{"Rank"}},
          .infer = Infer,
          .eval_float = Eval,
          .eval_quantized = Eval,
          .quant = Quantization()};
}

}  // namespace records
}  // namespace zeropoint::ops
