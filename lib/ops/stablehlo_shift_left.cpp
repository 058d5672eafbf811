// STABLEHLO_SHIFT_LEFT: the bits of a moved b places up; 0 where b is negative or not below the number of bits.
#include <limits>
#include <type_traits>

#include "ops/stablehlo.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {
namespace {

template <typename T>
T Shifted(T a, T places) {
  using U = std::make_unsigned_t<T>;
  const bool inside = places >= 0 && static_cast<U>(places) < std::numeric_limits<U>::digits;
  return inside ? static_cast<T>(static_cast<U>(static_cast<U>(a) << places)) : T{0};
}

absl::Status Eval(const EvalContext& context) {
  if (context.inputs[0].type == ElementType::kBool) return NoKernelFor(ElementType::kBool);
  return stablehlo::EvalBinaryBits(context, []<typename T>(T a, T b) {
    if constexpr (std::is_same_v<T, bool>)
      return a;
    else
      return Shifted(a, b);
  });
}

}  // namespace

OpDef StablehloShiftLeft() {
  OpDef def = stablehlo::Elementwise("STABLEHLO_SHIFT_LEFT", schema::BuiltinOperator_STABLEHLO_SHIFT_LEFT, 2, Eval);
  def.options = {.table = schema::BuiltinOptions2_StablehloShiftLeftOptions, .fields = {}, .second = true};
  def.quant.inputs = def.quant.outputs = {OperandSpec::Other()};
  def.runtime = stablehlo::RealKernelOnly();
  return def;
}

}  // namespace zeropoint::ops::records
