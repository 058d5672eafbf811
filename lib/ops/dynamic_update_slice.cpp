// DYNAMIC_UPDATE_SLICE: operand 0 with the part that begins at operand 2 replaced by operand 1. A begin at which the
// part would not fit is moved to where it does.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "ops/copy_bytes.h"
#include "ops/data_movement.h"
#include "ops/infer.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops {
namespace {

constexpr int kUpdate = 1, kBegin = 2;

absl::Status Infer(InferContext& context) {
  const ir::Shape &from = context.input_shape(0), &update = context.input_shape(kUpdate);
  if (context.input_type(0) != context.input_type(kUpdate)) {
    return absl::InvalidArgumentError("the operand and its update have different types");
  }
  ZP_RETURN_IF_ERROR(CheckType(context, kBegin, {ElementType::kInt32, ElementType::kInt64}));
  ZP_RETURN_IF_ERROR(CheckRank(context, kBegin, 1, "begin"));
  const ir::Shape& begin = context.input_shape(kBegin);
  if (from.ranked()) {
    bool fits = !begin.ranked() || Compatible(begin[0], from.rank());
    if (update.ranked()) fits = fits && update.rank() == from.rank();
    for (int i = 0; fits && update.ranked() && i < from.rank(); ++i) {
      fits = from[i] == ir::kDynamic || update[i] == ir::kDynamic || update[i] <= from[i];
    }
    if (!fits) {
      return absl::InvalidArgumentError(absl::StrCat("an update ", update.ToString(), " at ", begin.ToString(),
                                                     " does not fit into ", from.ToString()));
    }
  }
  context.set_output(0, context.input_type(0), from);
  return absl::OkStatus();
}

absl::Status Eval(const EvalContext& context) {
  const TensorView &from = context.inputs[0], &update = context.inputs[kUpdate];
  const MutableView& to = context.outputs[0];
  ZP_ASSIGN_OR_RETURN(const size_t width, ElementBytes(from.type));
  ZP_ASSIGN_OR_RETURN(const std::vector<int64_t> begin, ReadInts(context.inputs[kBegin]));
  if (to.elements() == 0) return absl::OkStatus();
  CopyBytes(to.data, from.data, from.bytes());
  const ir::Dims strides = RowMajorStrides(to.dims);
  int64_t corner = 0;
  for (int i = 0; i < to.rank(); ++i) {
    const size_t axis = static_cast<size_t>(i);
    corner += std::clamp<int64_t>(begin[axis], 0, to.dim(i) - update.dim(i)) * strides[axis];
  }
  CopyStrided(update.dims, width, update.data, RowMajorStrides(update.dims),
              to.As<uint8_t>() + static_cast<size_t>(corner) * width, strides);
  return absl::OkStatus();
}

int Version(const VersionContext& context) { return context.input_type(kBegin) == ElementType::kInt64 ? 2 : 1; }

}  // namespace

namespace records {

// Not quantized: TensorFlow's quantizers leave it float, though LiteRT's kernel copies integers too.
OpDef DynamicUpdateSlice() {
  return {.name = "DYNAMIC_UPDATE_SLICE",
          .code = schema::BuiltinOperator_DYNAMIC_UPDATE_SLICE,
          .inputs = {3, 3},
          .outputs = {1, 1},
          .options = {schema::BuiltinOptions_DynamicUpdateSliceOptions, {}, /*written=*/false},
          .tf = {{"XlaDynamicUpdateSlice"}},
          .infer = Infer,
          .eval_float = Eval,
          .eval_quantized = Eval,
          .version = Version,
          .runtime = {.int16 = {1, 3}, .gap = "before, its kernel took no int16"},
          .in_place_operands = 1};
}

}  // namespace records
}  // namespace zeropoint::ops
