// ABS: the absolute value.
#include "ops/elementwise.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {
namespace {

absl::Status Eval(const EvalContext& context) {
  if (context.inputs[0].type == ElementType::kFloat32) return EvalUnaryFloat(context, kernels::Unary::kAbs);
  return EvalUnaryInts(context, [](auto x) { return x < 0 ? WrapSub<decltype(x)>(0, x) : x; });
}

int Version(const VersionContext& context) {
  switch (context.input_type(0)) {
    case ElementType::kInt32: return 5;
    case ElementType::kInt16: return context.input_quant(0).quantized() ? 3 : 4;
    case ElementType::kInt8:
    case ElementType::kUInt8: return 2;
    default: return 1;
  }
}

}  // namespace

OpDef Abs() {
  OpDef def = UnaryRecord("ABS", schema::BuiltinOperator_ABS, "Abs", Eval);
  def.options = {schema::BuiltinOptions_AbsOptions, {}, /*written=*/false};
  def.quant.int8 = def.quant.int16 = true;
  def.version = Version;
  def.quant.by_table = true;
  return def;
}

}  // namespace zeropoint::ops::records
