// MUL: a * b, numpy broadcasting.
#include "ops/elementwise.h"
#include "ops/quantized.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {
namespace {

absl::Status Eval(const EvalContext& context) {
  const ElementType type = context.inputs[0].type;
  if (type == ElementType::kFloat32 || type == ElementType::kFloat64)
    return EvalBinaryFloat(context, kernels::Binary::kMul);
  return EvalBinaryInts(context, []<typename T>(T a, T b) { return WrapMul(a, b); });
}

constexpr int kShifts = 32;

absl::Status EvalQuantized(const EvalContext& context) {
  ZP_ASSIGN_OR_RETURN(const Params a, ParamsOf(context.inputs[0].quant));
  ZP_ASSIGN_OR_RETURN(const Params b, ParamsOf(context.inputs[1].quant));
  ZP_ASSIGN_OR_RETURN(const Params y, ParamsOf(context.outputs[0].quant));
  ZP_ASSIGN_OR_RETURN(const Limits limits, FusedLimits(context.attrs, context.outputs[0]));
  numeric::Multiplier factor = numeric::ToMultiplier(static_cast<double>(a.scale * b.scale / y.scale));
  // Only a result whose scale is next to nothing has such a factor. LiteRT's kernel shifts all the same; C++ leaves
  // open what that gives, and x86 and ARM processors take the number of bits modulo 32.
  if (factor.shift >= kShifts) factor.shift %= kShifts;
  return ForIntegers(context, 2, [&]<typename T>(T) -> absl::Status {
    MapBinary<T, T>(context, [&](T p, T q) {
      const int32_t product = WrapMul<int32_t>(p - a.zero_point, q - b.zero_point);
      return static_cast<T>(limits.Clamp(WrapAdd(numeric::Rescale(product, factor), y.zero_point)));
    });
    return absl::OkStatus();
  });
}

// The product's scale reaches the result's: LiteRT's kernel then needs a shift to the left.
bool ScalesUp(const VersionContext& context) {
  const ir::QuantParams& a = context.input_quant(0);
  const ir::QuantParams& b = context.input_quant(1);
  const ir::QuantParams& y = context.output_quant(0);
  if (!a.quantized() || !b.quantized() || !y.quantized()) return false;
  return a.scale[0] * b.scale[0] / y.scale[0] >= 1.0f;
}

int Version(const VersionContext& context) {
  switch (context.input_type(0)) {
    case ElementType::kFloat16:
      return 8;
    case ElementType::kUInt32:
      return 7;
    case ElementType::kInt16:
      return context.input_quant(0).quantized() ? 4 : 7;
    case ElementType::kComplex64:
      return 6;
    case ElementType::kInt64:
      return 5;
    default:
      break;
  }
  if (ScalesUp(context)) return 3;
  return VersionInt8Is2(context);
}

}  // namespace

OpDef Mul() {
  OpDef def = BinaryRecord("MUL", schema::BuiltinOperator_MUL, "Mul", Eval);
  def.options = {schema::BuiltinOptions_MulOptions,
                 {{kFusedActivation, schema::MulOptions::VT_FUSED_ACTIVATION_FUNCTION, FieldKind::kInt8}}};
  def.eval_quantized = EvalQuantized;
  def.quant.int8 = def.quant.int16 = true;
  def.version = Version;
  def.absorbs_activation = true;
  def.in_place_operands = 2;
  def.overwritable_operands = 2;
  return def;
}

}  // namespace zeropoint::ops::records
