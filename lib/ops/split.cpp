// SPLIT: operand 1 in equal parts along an axis, operand 0.
#include "absl/strings/str_cat.h"
#include "ops/data_movement.h"
#include "ops/split_common.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops {
namespace {

constexpr int kData = 1, kAxis = 0;

absl::Status Infer(InferContext& context) {
  const ir::Shape& from = context.input_shape(kData);
  ZP_ASSIGN_OR_RETURN(const std::optional<int> axis, InferSplitAxis(context, kData, kAxis));
  if (!axis) return absl::OkStatus();
  ir::Shape part = from;
  const int parts = context.num_outputs();
  if (from[*axis] != ir::kDynamic) {
    if (from[*axis] % parts != 0) {
      return absl::InvalidArgumentError(
          absl::StrCat("cannot split dimension ", *axis, " of ", from.ToString(), " in ", parts, " equal parts"));
    }
    part.set(*axis, from[*axis] / parts);
  }
  for (int i = 0; i < parts; ++i) context.set_output(i, context.input_type(kData), part);
  return absl::OkStatus();
}

absl::Status Eval(const EvalContext& context) { return EvalSplit(context, kData, kAxis); }

int Version(const VersionContext& context) {
  switch (context.input_type(kData)) {
    case ElementType::kInt16:
      return 4;
    case ElementType::kInt32:
      return 3;
    case ElementType::kInt8:
      return 2;
    default:
      return 1;
  }
}

}  // namespace

namespace records {

OpDef Split() {
  return {.name = "SPLIT",
          .code = schema::BuiltinOperator_SPLIT,
          .inputs = {2, 2},
          .outputs = {1, kMany},
          .options = {schema::BuiltinOptions_SplitOptions,
                      {{"num_splits", schema::SplitOptions::VT_NUM_SPLITS, FieldKind::kInt32}}},
          .tf = {{"Split", ImportSplit}},
          .infer = Infer,
          .eval_float = Eval,
          .quant = MovesData({OperandSpec::Other(), OperandSpec::Activation()}, kData),
          .version = Version,
          .moves_elements = true};
}

}  // namespace records
}  // namespace zeropoint::ops
