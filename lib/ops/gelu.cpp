// GELU: y = x/2 * (1 + erf(x / sqrt 2)), or its tanh form when "approximate" is set. A pass recognises it in TF graphs.
#include "ops/elementwise.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {
namespace {

absl::Status Eval(const EvalContext& context) {
  const bool approximate = context.attrs.Bool("approximate");
  return EvalUnaryFloat(context, approximate ? kernels::Unary::kGeluTanh : kernels::Unary::kGelu);
}

int Version(const VersionContext& context) {
  switch (context.input_type(0)) {
    case ElementType::kFloat16: return 3;
    case ElementType::kInt8:
    case ElementType::kUInt8: return 2;
    default: return 1;
  }
}

}  // namespace

OpDef Gelu() {
  OpDef def = UnaryRecord("GELU", schema::BuiltinOperator_GELU, "", Eval);
  def.options = {schema::BuiltinOptions_GeluOptions,
                 {{"approximate", schema::GeluOptions::VT_APPROXIMATE, FieldKind::kBool}}};
  def.quant.int8 = def.quant.int16 = true;
  def.version = Version;
  def.quant.by_table = true;
  def.runtime = {.int16 = {1, 3}, .gap = "before, its kernel took no int16"};
  return def;
}

}  // namespace zeropoint::ops::records
