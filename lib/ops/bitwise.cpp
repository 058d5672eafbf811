#include "ops/bitwise.h"

#include "ops/infer.h"

namespace zeropoint::ops {
namespace {

absl::Status Infer(InferContext& context) {
  const TypeTraits& traits = Traits(context.input_type(0));
  if (!traits.is_integer) {
    return absl::InvalidArgumentError(absl::StrCat("operand 0 has type ", traits.name, ", which is no integer"));
  }
  return InferBinary(context);
}

}  // namespace

OpDef BitwiseRecord(absl::string_view name, int32_t code, int options, absl::string_view tf, EvalFn eval) {
  OpDef def = BinaryRecord(name, code, tf, eval);
  def.options = {options, {}, /*written=*/false};
  def.infer = Infer;
  def.quant = {};
  return def;
}

}  // namespace zeropoint::ops
