// SPLIT_V: operand 0 in parts of the sizes in operand 1 along an axis, operand 2; one size may be -1 and takes the
// rest.
#include <numeric>

#include "absl/strings/str_cat.h"
#include "ops/data_movement.h"
#include "ops/split_common.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops {
namespace {

constexpr int kData = 0, kAxis = 2;

// Replaces a -1 by what is left of `whole`; kDynamic where that is not known.
absl::Status FillRest(int64_t whole, std::vector<int64_t>& sizes) {
  int64_t sum = 0;
  int64_t* rest = nullptr;
  for (int64_t& size : sizes) {
    if (size == -1 && rest == nullptr)
      rest = &size;
    else if (size < 0)
      return absl::InvalidArgumentError(absl::StrCat("a part of size ", size));
    else
      sum += size;
  }
  if (whole == ir::kDynamic) return absl::OkStatus();
  if (rest == nullptr ? sum != whole : sum > whole) {
    return absl::InvalidArgumentError(absl::StrCat("parts of ", sum, " in all of a dimension of size ", whole));
  }
  if (rest != nullptr) *rest = whole - sum;
  return absl::OkStatus();
}

absl::Status Infer(InferContext& context) {
  const ir::Shape& from = context.input_shape(kData);
  ZP_ASSIGN_OR_RETURN(const std::optional<int> axis, InferSplitAxis(context, kData, kAxis));
  if (!axis) return absl::OkStatus();
  auto sizes = context.input_ints(1);
  if (sizes && sizes->size() != static_cast<size_t>(context.num_outputs())) {
    return absl::InvalidArgumentError(absl::StrCat(sizes->size(), " sizes for ", context.num_outputs(), " results"));
  }
  if (sizes && context.input_ints_complete(1)) ZP_RETURN_IF_ERROR(FillRest(from[*axis], *sizes));
  for (int i = 0; i < context.num_outputs(); ++i) {
    ir::Shape part = from;
    part.set(*axis, sizes ? (*sizes)[static_cast<size_t>(i)] : ir::kDynamic);
    context.set_output(i, context.input_type(kData), std::move(part));
  }
  return absl::OkStatus();
}

absl::Status Eval(const EvalContext& context) { return EvalSplit(context, kData, kAxis); }

int Version(const VersionContext& context) { return context.input_type(kData) == ElementType::kInt8 ? 2 : 1; }

}  // namespace

namespace records {

OpDef SplitV() {
  return {.name = "SPLIT_V",
          .code = schema::BuiltinOperator_SPLIT_V,
          .inputs = {3, 3},
          .outputs = {1, kMany},
          .options = {schema::BuiltinOptions_SplitVOptions,
                      {{"num_splits", schema::SplitVOptions::VT_NUM_SPLITS, FieldKind::kInt32}}},
          .tf = {{"SplitV", ImportSplit}},
          .infer = Infer,
          .eval_float = Eval,
          .quant = MovesData({OperandSpec::Activation(), OperandSpec::Other()}),
          .version = Version,
          .moves_elements = true};
}

}  // namespace records
}  // namespace zeropoint::ops
