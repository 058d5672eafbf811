// STABLEHLO_CUSTOM_CALL: a call of what only call_target_name tells. It is carried through as it is.
#include "ops/stablehlo.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {
namespace {

using Options = schema::StablehloCustomCallOptions;

absl::Status Infer(InferContext& context) {
  for (int i = 0; i < context.num_outputs(); ++i) {
    context.set_output(i, context.output_type(i), context.output_shape(i));
  }
  return absl::OkStatus();
}

}  // namespace

OpDef StablehloCustomCall() {
  OpDef def = stablehlo::Movement("STABLEHLO_CUSTOM_CALL", schema::BuiltinOperator_STABLEHLO_CUSTOM_CALL, {0, kMany},
                                  {schema::BuiltinOptions2_StablehloCustomCallOptions,
                                   {{"call_target_name", Options::VT_CALL_TARGET_NAME, FieldKind::kString},
                                    {"has_side_effect", Options::VT_HAS_SIDE_EFFECT, FieldKind::kBool},
                                    {"backend_config", Options::VT_BACKEND_CONFIG, FieldKind::kString},
                                    {"api_version", Options::VT_API_VERSION, FieldKind::kInt32},
                                    {"called_computations", Options::VT_CALLED_COMPUTATIONS, FieldKind::kGraphs},
                                    {"custom_attributes", Options::VT_CUSTOM_ATTRIBUTES, FieldKind::kBytes}}},
                                  Infer, /*eval=*/nullptr);
  def.outputs = {0, kMany};
  def.quant = {};
  def.moves_elements = false;
  def.has_side_effects = true;  // the attribute says so of one call; none may be merged or dropped
  return def;
}

}  // namespace zeropoint::ops::records
