// TRANSPOSE: dimension i of the result is dimension perm[i] (operand 1) of operand 0.
#include <vector>

#include "ops/data_movement.h"
#include "ops/permutation.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops {
namespace {

absl::Status Infer(InferContext& context) {
  auto perm = context.input_ints(1);
  if (perm) return InferPermuted(context, *perm);
  const ir::Shape& from = context.input_shape(0);
  context.set_output(0, context.input_type(0),
                     UnknownShape(from.ranked() ? from.rank() : VectorLength(context.input_shape(1))));
  return absl::OkStatus();
}

absl::Status Eval(const EvalContext& context) {
  ZP_ASSIGN_OR_RETURN(const std::vector<int64_t> perm, ReadInts(context.inputs[1]));
  return EvalPermuted(context, perm);
}

int Version(const VersionContext& context) {
  const ElementType type = context.input_type(0);
  const int rank = context.input_shape(0).rank();
  if (type == ElementType::kFloat16) return 9;
  if (rank > 6 || type == ElementType::kBFloat16) return 8;
  if (type == ElementType::kInt4) return 7;
  if (rank > 5) return 6;
  if (type == ElementType::kInt16) return 5;
  if (rank > 4) return 4;
  if (type == ElementType::kBool) return 3;
  return type == ElementType::kInt8 ? 2 : 1;
}

}  // namespace

namespace records {

OpDef Transpose() {
  return {.name = "TRANSPOSE",
          .code = schema::BuiltinOperator_TRANSPOSE,
          .inputs = {2, 2},
          .outputs = {1, 1},
          .options = {schema::BuiltinOptions_TransposeOptions, {}, /*written=*/false},
          .tf = {{"Transpose"}},
          .infer = Infer,
          .eval_float = Eval,
          .quant = MovesData({OperandSpec::Activation(), OperandSpec::Other()}),
          .version = Version,
          .moves_elements = true};
}

}  // namespace records
}  // namespace zeropoint::ops
