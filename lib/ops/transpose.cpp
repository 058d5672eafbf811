// TRANSPOSE: dimension i of the result is dimension perm[i] (operand 1) of operand 0.
#include <vector>

#include "absl/strings/str_cat.h"
#include "ops/data_movement.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops {
namespace {

absl::Status CheckPermutation(const std::vector<int64_t>& perm, int rank) {
  std::vector<bool> seen(static_cast<size_t>(rank));
  bool good = perm.size() == seen.size();
  for (size_t i = 0; good && i < perm.size(); ++i) {
    good = perm[i] >= 0 && perm[i] < rank && !seen[static_cast<size_t>(perm[i])];
    if (good) seen[static_cast<size_t>(perm[i])] = true;
  }
  if (good) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("operand 1 is not a permutation of ", rank, " dimensions"));
}

absl::Status Infer(InferContext& context) {
  const ir::Shape& from = context.input_shape(0);
  auto perm = context.input_ints(1);
  ir::Shape to = UnknownShape(from.ranked() ? from.rank() : VectorLength(context.input_shape(1)));
  if (from.ranked() && perm) {
    ZP_RETURN_IF_ERROR(CheckPermutation(*perm, from.rank()));
    for (int i = 0; i < to.rank(); ++i) to.set(i, from[static_cast<int>((*perm)[static_cast<size_t>(i)])]);
  }
  context.set_output(0, context.input_type(0), std::move(to));
  return absl::OkStatus();
}

absl::Status Eval(const EvalContext& context) {
  const TensorView& from = context.inputs[0];
  ZP_ASSIGN_OR_RETURN(const std::vector<int64_t> perm, ReadInts(context.inputs[1]));
  ZP_RETURN_IF_ERROR(CheckPermutation(perm, from.rank()));
  const ir::Dims strides = RowMajorStrides(from.dims);
  ir::Dims permuted;
  for (int64_t axis : perm) permuted.push_back(strides[static_cast<size_t>(axis)]);
  return ReadStrided(from, /*corner=*/0, permuted, context.outputs[0]);
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
