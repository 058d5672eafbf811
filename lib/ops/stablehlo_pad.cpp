// STABLEHLO_PAD: operand 1, one element, before (edge_padding_low), after (edge_padding_high) and between
// (interior_padding) the elements of operand 0 along each dimension. A negative padding before or after takes away.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "ops/data_movement.h"
#include "ops/stablehlo.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {
namespace {

constexpr char kLow[] = "edge_padding_low", kHigh[] = "edge_padding_high", kInterior[] = "interior_padding";
constexpr int64_t kMostPadding = int64_t{1} << 40;  // of one dimension: what the engine can hold

absl::Status Infer(InferContext& context) {
  const ir::Shape& from = context.input_shape(0);
  const std::vector<int64_t> low = context.attrs().Ints(kLow), high = context.attrs().Ints(kHigh),
                             interior = context.attrs().Ints(kInterior);
  if (context.input_type(1) != context.input_type(0)) {
    return absl::InvalidArgumentError("the padding has another type than what it pads");
  }
  if (context.input_shape(1).ranked() && context.input_shape(1).NumElements() != 1) {
    return absl::InvalidArgumentError("the padding is not one element");
  }
  const int rank = from.ranked() ? from.rank() : static_cast<int>(low.size());
  ZP_RETURN_IF_ERROR(stablehlo::CheckLength(low, rank, kLow));
  ZP_RETURN_IF_ERROR(stablehlo::CheckLength(high, rank, kHigh));
  ZP_RETURN_IF_ERROR(stablehlo::CheckLength(interior, rank, kInterior));
  ir::Shape to = UnknownShape(rank);
  for (int i = 0; i < rank; ++i) {
    const size_t at = static_cast<size_t>(i);
    const bool bounded = std::min(low[at], high[at]) >= -kMostPadding && interior[at] >= 0 &&
                         std::max({low[at], high[at], interior[at]}) <= kMostPadding;
    if (!bounded) {
      return absl::InvalidArgumentError(
          absl::StrCat("dimension ", i, " cannot be padded by (", low[at], ",", high[at], ",", interior[at], ")"));
    }
    if (!from.ranked() || from[i] == ir::kDynamic) continue;
    const int64_t gaps = std::max<int64_t>(0, from[i] - 1);
    if (interior[at] != 0 && gaps > kMostPadding / interior[at]) {
      return absl::InvalidArgumentError(absl::StrCat("dimension ", i, " grows too large"));
    }
    to.set(i, std::max<int64_t>(0, low[at] + from[i] + gaps * interior[at] + high[at]));
  }
  context.set_output(0, context.input_type(0), std::move(to));
  return absl::OkStatus();
}

absl::Status Eval(const EvalContext& context) {
  const TensorView& from = context.inputs[0];
  const MutableView& to = context.outputs[0];
  const std::vector<int64_t> low = context.attrs.Ints(kLow), interior = context.attrs.Ints(kInterior);
  ZP_ASSIGN_OR_RETURN(const size_t width, ElementBytes(to.type));
  FillElements(to.data, context.inputs[1].data, width, to.elements());
  // Element k of a dimension goes to low + k * pace; those that fall outside stay away.
  const ir::Dims from_strides = RowMajorStrides(from.dims);
  ir::Dims to_strides = RowMajorStrides(to.dims), counts;
  int64_t from_corner = 0, to_corner = 0;
  for (size_t i = 0; i < to.dims.size(); ++i) {
    const int64_t pace = interior[i] + 1;
    const int64_t first = low[i] < 0 ? (-low[i] + pace - 1) / pace : 0;
    const int64_t room = to.dims[i] - (low[i] + first * pace);  // from the first element's place on
    const int64_t fitting = room <= 0 ? 0 : (room + pace - 1) / pace;
    counts.push_back(std::max<int64_t>(0, std::min(from.dims[i] - first, fitting)));
    if (counts.back() == 0) return absl::OkStatus();
    from_corner += first * from_strides[i];
    to_corner += (low[i] + first * pace) * to_strides[i];
    to_strides[i] *= pace;
  }
  CopyStrided(counts, width, from.As<uint8_t>() + static_cast<size_t>(from_corner) * width, from_strides,
              to.As<uint8_t>() + static_cast<size_t>(to_corner) * width, to_strides);
  return absl::OkStatus();
}

}  // namespace

OpDef StablehloPad() {
  using Options = schema::StablehloPadOptions;
  OpDef def = stablehlo::Movement("STABLEHLO_PAD", schema::BuiltinOperator_STABLEHLO_PAD, {2, 2},
                                  {schema::BuiltinOptions2_StablehloPadOptions,
                                   {{kLow, Options::VT_EDGE_PADDING_LOW, FieldKind::kLongs},
                                    {kHigh, Options::VT_EDGE_PADDING_HIGH, FieldKind::kLongs},
                                    {kInterior, Options::VT_INTERIOR_PADDING, FieldKind::kLongs}}},
                                  Infer, Eval);
  def.quant.inputs = {OperandSpec::Activation()};
  def.runtime = stablehlo::RealKernelOnly();
  return def;
}

}  // namespace zeropoint::ops::records
