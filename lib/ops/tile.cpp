// TILE: a tensor repeated along each dimension as often as operand 1 says.
#include "absl/strings/str_cat.h"
#include "ops/data_movement.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops {
namespace {

absl::Status Infer(InferContext& context) {
  const ir::Shape& from = context.input_shape(0);
  auto multiples = context.input_ints(1);
  ir::Shape to = UnknownShape(from.ranked() ? from.rank() : VectorLength(context.input_shape(1)));
  if (from.ranked() && multiples) {
    if (multiples->size() != static_cast<size_t>(from.rank())) {
      return absl::InvalidArgumentError(absl::StrCat(multiples->size(), " multiples for ", from.ToString()));
    }
    for (int i = 0; i < from.rank(); ++i) {
      const int64_t times = (*multiples)[static_cast<size_t>(i)];
      if (times < 0 && context.input_ints_complete(1)) {
        return absl::InvalidArgumentError(absl::StrCat("cannot repeat ", times, " times"));
      }
      to.set(i, times < 0 || from[i] == ir::kDynamic ? ir::kDynamic : from[i] * times);
    }
  }
  context.set_output(0, context.input_type(0), std::move(to));
  return absl::OkStatus();
}

absl::Status Eval(const EvalContext& context) {
  const TensorView& from = context.inputs[0];
  const MutableView& to = context.outputs[0];
  if (to.elements() == 0) return absl::OkStatus();
  ZP_ASSIGN_OR_RETURN(const size_t width, ElementBytes(to.type));
  // Each dimension in two: the repetition, which stands still in the operand, and the operand's own.
  const ir::Dims from_strides = RowMajorStrides(from.dims), to_strides = RowMajorStrides(to.dims);
  ir::Dims dims, read, write;
  for (int i = 0; i < from.rank(); ++i) {
    const size_t at = static_cast<size_t>(i);
    dims.insert(dims.end(), {to.dim(i) / from.dim(i), from.dim(i)});
    read.insert(read.end(), {0, from_strides[at]});
    write.insert(write.end(), {from.dim(i) * to_strides[at], to_strides[at]});
  }
  CopyStrided(dims, width, from.data, read, to.data, write);
  return absl::OkStatus();
}

int Version(const VersionContext& context) {
  if (context.input_type(0) == ElementType::kInt8) return 3;
  return context.input_type(0) == ElementType::kString ? 2 : 1;
}

}  // namespace

namespace records {

OpDef Tile() {
  return {.name = "TILE",
          .code = schema::BuiltinOperator_TILE,
          .inputs = {2, 2},
          .outputs = {1, 1},
          .options = {schema::BuiltinOptions_TileOptions, {}, /*written=*/false},
          .tf = {{"Tile"}},
          .infer = Infer,
          .eval_float = Eval,
          .quant = MovesData({OperandSpec::Activation(), OperandSpec::Other()}),
          .version = Version,
          .runtime = {.int16 = {2, 2}, .gap = "before, its kernel took no int16"},
          .moves_elements = true};
}

}  // namespace records
}  // namespace zeropoint::ops
