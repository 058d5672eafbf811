// BITWISE_XOR: the bits that are set in one operand but not in both, numpy broadcasting.
#include "ops/bitwise.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {
namespace {

absl::Status Eval(const EvalContext& context) {
  return EvalBitwise(context, []<typename T>(T a, T b) { return static_cast<T>(a ^ b); });
}

}  // namespace

OpDef BitwiseXor() {
  return BitwiseRecord("BITWISE_XOR", schema::BuiltinOperator_BITWISE_XOR, schema::BuiltinOptions_BitwiseXorOptions,
                       "BitwiseXor", Eval);
}

}  // namespace zeropoint::ops::records
