// SLICE: a box of a tensor from begin (operand 1) of size (operand 2); size -1 reaches to the end.
#include "absl/strings/str_cat.h"
#include "ops/data_movement.h"
#include "ops/infer.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops {
namespace {

absl::Status Infer(InferContext& context) {
  for (int i : {1, 2}) ZP_RETURN_IF_ERROR(CheckType(context, i, {ElementType::kInt32, ElementType::kInt64}));
  const ir::Shape& from = context.input_shape(0);
  auto begins = context.input_ints(1), sizes = context.input_ints(2);
  if (!from.ranked() || !sizes) {
    const int64_t rank = from.ranked() ? from.rank() : VectorLength(context.input_shape(1));
    context.set_output(0, context.input_type(0), UnknownShape(rank));
    return absl::OkStatus();
  }
  const size_t rank = static_cast<size_t>(from.rank());
  if (sizes->size() != rank || (begins && begins->size() != rank)) {
    return absl::InvalidArgumentError(
        absl::StrCat("begin and size do not have an element for each dimension of ", from.ToString()));
  }
  const bool sizes_known = context.input_ints_complete(2), begins_known = begins && context.input_ints_complete(1);
  ir::Shape to = from;
  for (int i = 0; i < from.rank(); ++i) {
    const size_t at = static_cast<size_t>(i);
    const int64_t begin = begins ? (*begins)[at] : ir::kDynamic;
    int64_t size = (*sizes)[at];
    const bool begin_known = begins_known || begin >= 0;
    if (size == -1 && sizes_known && begin_known && from[i] >= 0) size = from[i] - begin;
    const bool inside = size == ir::kDynamic || !begin_known || from[i] < 0 || begin + size <= from[i];
    if (size < ir::kDynamic || (begin_known && begin < 0) || !inside) {
      return absl::InvalidArgumentError(absl::StrCat("slice from ", begin, " of size ", (*sizes)[at],
                                                     " is outside dimension ", i, " of ", from.ToString()));
    }
    to.set(i, size);
  }
  context.set_output(0, context.input_type(0), std::move(to));
  return absl::OkStatus();
}

absl::Status Eval(const EvalContext& context) {
  const TensorView& from = context.inputs[0];
  ZP_ASSIGN_OR_RETURN(const std::vector<int64_t> begins, ReadInts(context.inputs[1]));
  const ir::Dims strides = RowMajorStrides(from.dims);
  const MutableView& to = context.outputs[0];
  // Where begins are computed, shapes alone could not tell.
  if (begins.size() != from.dims.size() || to.dims.size() != from.dims.size()) {
    return absl::InvalidArgumentError(
        absl::StrCat("a slice from ", begins.size(), " places of a tensor of shape ", ir::Shape(from.dims).ToString()));
  }
  int64_t corner = 0;
  for (size_t i = 0; i < begins.size(); ++i) {
    if (begins[i] < 0 || begins[i] > from.dims[i] - to.dims[i]) {
      return absl::InvalidArgumentError(absl::StrCat("slice from ", begins[i], " of size ", to.dims[i],
                                                     " is outside dimension ", i, " of ",
                                                     ir::Shape(from.dims).ToString()));
    }
    corner += begins[i] * strides[i];
  }
  return ReadStrided(from, corner, strides, to);
}

int Version(const VersionContext& context) {
  const ElementType type = context.input_type(0);
  if (type == ElementType::kFloat16) return 8;
  if (type == ElementType::kInt4) return 7;
  if (type == ElementType::kUInt32) return 6;
  if (context.input_shape(0).rank() > 4) return 5;
  if (type == ElementType::kInt16) return 4;
  if (type == ElementType::kString) return 3;
  return type == ElementType::kInt8 ? 2 : 1;
}

}  // namespace

namespace records {

OpDef Slice() {
  return {.name = "SLICE",
          .code = schema::BuiltinOperator_SLICE,
          .inputs = {3, 3},
          .outputs = {1, 1},
          .options = {schema::BuiltinOptions_SliceOptions, {}, /*written=*/false},
          .tf = {{"Slice"}},
          .infer = Infer,
          .eval_float = Eval,
          .quant = MovesData({OperandSpec::Activation(), OperandSpec::Other()}),
          .version = Version,
          .moves_elements = true};
}

}  // namespace records
}  // namespace zeropoint::ops
