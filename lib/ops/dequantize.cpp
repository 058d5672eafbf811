// DEQUANTIZE: float16 or quantized integers to float32.
#include "ops/affine.h"
#include "ops/op_def.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops {
namespace {

absl::Status Infer(InferContext& context) {
  context.set_output(0, ElementType::kFloat32, context.input_shape(0));
  return absl::OkStatus();
}

absl::Status Eval(const EvalContext& context) { return ToReal(context.inputs[0], context.outputs[0].As<float>()); }

int Version(const VersionContext& context) {
  switch (context.input_type(0)) {
    case ElementType::kFloat8E4M3:
    case ElementType::kFloat8E5M2:
      return 9;
    case ElementType::kUInt4:
      return 8;
    case ElementType::kInt2:
      return 7;
    case ElementType::kInt4:
      return 6;
    case ElementType::kInt16:
    case ElementType::kFloat16:
      return 3;
    case ElementType::kInt8:
      return context.input_quant(0).scale.size() > 1 ? 5 : 2;
    default:
      return 1;
  }
}

}  // namespace

namespace records {

OpDef Dequantize() {
  return {.name = "DEQUANTIZE",
          .code = schema::BuiltinOperator_DEQUANTIZE,
          .inputs = {1, 1},
          .outputs = {1, 1},
          .options = {schema::BuiltinOptions_DequantizeOptions, {}, /*written=*/false},
          .infer = Infer,
          .eval_float = Eval,
          .conversion = Conversion::kDequantize,
          .version = Version};
}

}  // namespace records
}  // namespace zeropoint::ops
