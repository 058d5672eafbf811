#include "ops/extremum.h"

#include "ops/elementwise.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops {
namespace {

int Version(const VersionContext& context) {
  if (context.input_type(0) == ElementType::kInt16) return 4;
  if (IsWideBroadcast(context)) return 3;
  return VersionInt8Is2(context);
}

}  // namespace

OpDef ExtremumRecord(absl::string_view name, int32_t code, absl::string_view tf, EvalFn eval) {
  OpDef def = BinaryRecord(name, code, tf, eval);
  def.options = {schema::BuiltinOptions_MaximumMinimumOptions, {}, /*written=*/false};
  def.quant.int8 = def.quant.int16 = true;
  def.quant.same_scale = true;
  def.quant.mask_flow = MaskFlow::kMoves;
  def.quant.int16_operands_like_result = true;
  def.version = Version;
  return def;
}

}  // namespace zeropoint::ops
