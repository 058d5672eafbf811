// RIGHT_SHIFT: a shifted right by b bits, copies of the sign moving in, numpy broadcasting. As many bits as the type
// has, or more, leave only the sign.
#include <algorithm>
#include <limits>

#include "ops/bitwise.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {
namespace {

// Amounts are brought into [0, bits - 1], as TensorFlow's kernel does.
template <typename T>
T Shift(T a, T b) {
  constexpr T kLast = static_cast<T>(std::numeric_limits<std::make_unsigned_t<T>>::digits - 1);
  return static_cast<T>(a >> std::clamp(b, T{0}, kLast));
}

absl::Status Eval(const EvalContext& context) {
  return EvalBitwise(context, []<typename T>(T a, T b) { return Shift(a, b); });
}

}  // namespace

OpDef RightShift() {
  return BitwiseRecord("RIGHT_SHIFT", schema::BuiltinOperator_RIGHT_SHIFT, schema::BuiltinOptions_RightShiftOptions,
                       "RightShift", Eval);
}

}  // namespace zeropoint::ops::records
