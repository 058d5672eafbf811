// STRIDED_SLICE: numpy's x[begin:end:stride, ...]; operands 1 to 3 have an entry for each subscript and the masks a
// bit: begin and end left out, ellipsis, new axis, and an index that drops its dimension.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "ops/data_movement.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops {
namespace {

struct Subscripts {
  std::vector<int64_t> begin, end, stride;
  bool begin_complete = true, end_complete = true;  // false: a -1 may stand for an element that is not known
};

// What happens to one dimension of the operand, or a new dimension of the result.
struct Step {
  bool from_input = true;  // false: a new axis
  bool kept = true;        // false: an index, the dimension is dropped
  int64_t begin = 0, stride = 1;
  int64_t size = 1;  // kDynamic when it is not known yet
};

bool Bit(int64_t mask, size_t i) { return (mask >> i) & 1; }

int64_t FromEnd(int64_t position, int64_t size) { return position < 0 ? position + size : position; }

Step Whole(int64_t size) { return {.size = size}; }

absl::StatusOr<Step> Index(int64_t begin, bool known, int64_t size) {
  Step step{.kept = false};
  if (!known || size == ir::kDynamic) return step;
  step.begin = FromEnd(begin, size);
  if (step.begin < 0 || step.begin >= size) {
    return absl::InvalidArgumentError(absl::StrCat("index ", begin, " is outside a dimension of size ", size));
  }
  return step;
}

absl::StatusOr<Step> Resolve(const ir::Attributes& attrs, const Subscripts& subscripts, size_t i, int64_t size) {
  const int64_t stride = subscripts.stride[i], begin = subscripts.begin[i];
  if (stride == 0) return absl::InvalidArgumentError(absl::StrCat("stride ", i, " is zero"));
  const bool begin_known = subscripts.begin_complete || begin != ir::kDynamic;
  if (Bit(attrs.Int("shrink_axis_mask"), i)) return Index(begin, begin_known, size);
  const bool open_begin = Bit(attrs.Int("begin_mask"), i), open_end = Bit(attrs.Int("end_mask"), i);
  const bool end_known = subscripts.end_complete || subscripts.end[i] != ir::kDynamic;
  Step step{.stride = stride, .size = ir::kDynamic};
  if (size == ir::kDynamic || !(begin_known || open_begin) || !(end_known || open_end)) return step;
  const int64_t lowest = stride > 0 ? 0 : -1, highest = stride > 0 ? size : size - 1;
  const int64_t from = std::clamp(FromEnd(begin, size), lowest, highest);
  const int64_t end =
      attrs.Bool("offset") ? FromEnd(begin, size) + subscripts.end[i] : FromEnd(subscripts.end[i], size);
  const int64_t to = std::clamp(end, lowest, highest);
  step.begin = open_begin ? (stride > 0 ? lowest : highest) : from;
  const int64_t stop = open_end ? (stride > 0 ? highest : lowest) : to;
  const int64_t span = stride > 0 ? stop - step.begin : step.begin - stop, pace = std::abs(stride);
  step.size = std::max<int64_t>(0, (span + pace - 1) / pace);
  return step;
}

absl::StatusOr<std::vector<Step>> Plan(const ir::Attributes& attrs, const Subscripts& subscripts,
                                       absl::Span<const int64_t> dims) {
  const size_t count = subscripts.begin.size();
  if (subscripts.end.size() != count || subscripts.stride.size() != count) {
    return absl::InvalidArgumentError("begin, end and strides differ in length");
  }
  const int64_t new_axes = attrs.Int("new_axis_mask"), ellipsis = attrs.Int("ellipsis_mask");
  size_t used = 0;  // dimensions that a subscript of their own names
  for (size_t i = 0; i < count; ++i) used += !Bit(new_axes, i) && !Bit(ellipsis, i);
  if (used > dims.size()) {
    return absl::InvalidArgumentError(absl::StrCat(used, " subscripts for a tensor of rank ", dims.size()));
  }
  const size_t implied = dims.size() - used;
  std::vector<Step> steps;
  size_t dim = 0;
  bool had_ellipsis = false;
  for (size_t i = 0; i < count; ++i) {
    if (Bit(ellipsis, i)) {
      for (size_t n = 0; !had_ellipsis && n < implied; ++n) steps.push_back(Whole(dims[dim++]));
      had_ellipsis = true;
    } else if (Bit(new_axes, i)) {
      steps.push_back({.from_input = false});
    } else {
      ZP_ASSIGN_OR_RETURN(const Step step, Resolve(attrs, subscripts, i, dims[dim]));
      steps.push_back(step);
      ++dim;
    }
  }
  while (dim < dims.size()) steps.push_back(Whole(dims[dim++]));
  return steps;
}

absl::Status Infer(InferContext& context) {
  const ir::Shape& from = context.input_shape(0);
  auto begin = context.input_ints(1), end = context.input_ints(2), stride = context.input_ints(3);
  const int64_t count = VectorLength(context.input_shape(1));
  if (!from.ranked() || !stride || !context.input_ints_complete(3) || count == ir::kDynamic) {
    context.set_output(0, context.input_type(0), ir::Shape::Unranked());
    return absl::OkStatus();
  }
  Subscripts subscripts{.stride = *stride,
                        .begin_complete = begin && context.input_ints_complete(1),
                        .end_complete = end && context.input_ints_complete(2)};
  const std::vector<int64_t> unknown(static_cast<size_t>(count), ir::kDynamic);
  subscripts.begin = begin.value_or(unknown);
  subscripts.end = end.value_or(unknown);
  ZP_ASSIGN_OR_RETURN(const std::vector<Step> steps, Plan(context.attrs(), subscripts, from.dims()));
  ir::Shape to;
  for (const Step& step : steps) {
    if (step.kept) to.Append(step.size);
  }
  context.set_output(0, context.input_type(0), std::move(to));
  return absl::OkStatus();
}

absl::Status Eval(const EvalContext& context) {
  const TensorView& from = context.inputs[0];
  const MutableView& to = context.outputs[0];
  Subscripts subscripts;
  ZP_ASSIGN_OR_RETURN(subscripts.begin, ReadInts(context.inputs[1]));
  ZP_ASSIGN_OR_RETURN(subscripts.end, ReadInts(context.inputs[2]));
  ZP_ASSIGN_OR_RETURN(subscripts.stride, ReadInts(context.inputs[3]));
  ZP_ASSIGN_OR_RETURN(const std::vector<Step> steps, Plan(context.attrs, subscripts, from.dims));
  ZP_ASSIGN_OR_RETURN(const size_t width, ElementBytes(to.type));
  const ir::Dims input_strides = RowMajorStrides(from.dims);
  int64_t corner = 0;
  ir::Dims strides;  // of the operand, along the result's dimensions
  size_t dim = 0;
  for (const Step& step : steps) {
    const int64_t stride = step.from_input ? input_strides[dim++] : 0;
    corner += step.begin * stride;
    if (step.kept) strides.push_back(stride * step.stride);
  }
  CopyStrided(to.dims, width, from.As<uint8_t>() + corner * static_cast<int64_t>(width), strides, to.data,
              RowMajorStrides(to.dims));
  return absl::OkStatus();
}

constexpr absl::string_view kMasks[] = {"begin_mask", "end_mask", "ellipsis_mask", "new_axis_mask", "shrink_axis_mask"};

absl::Status ImportTf(ir::Graph& graph, ir::NodeId id) {
  const ir::Attributes& from = graph.node(id).attrs();
  if (from.Int("ellipsis_mask") != 0 || from.Int("new_axis_mask") != 0) {
    return absl::UnimplementedError("an ellipsis or a new axis in a strided slice is not lowered yet");
  }
  ir::Attributes attrs;
  for (absl::string_view mask : kMasks) attrs.Set(mask, from.Int(mask));
  attrs.Set("offset", false);
  graph.node(id).info.attrs = std::move(attrs);
  return absl::OkStatus();
}

int Version(const VersionContext& context) {
  const ElementType type = context.input_type(0);
  if (context.attrs().Bool("offset")) return 8;
  if (type == ElementType::kUInt32) return 7;
  if (context.attrs().Int("ellipsis_mask") != 0 || context.attrs().Int("new_axis_mask") != 0) return 6;
  if (type == ElementType::kString) return 5;
  if (context.input_shape(0).rank() > 4) return 4;
  if (type == ElementType::kBool) return 3;
  return type == ElementType::kInt8 ? 2 : 1;
}

}  // namespace

namespace records {

OpDef StridedSlice() {
  using Options = schema::StridedSliceOptions;
  return {.name = "STRIDED_SLICE",
          .code = schema::BuiltinOperator_STRIDED_SLICE,
          .inputs = {4, 4},
          .outputs = {1, 1},
          .options = {schema::BuiltinOptions_StridedSliceOptions,
                      {{"begin_mask", Options::VT_BEGIN_MASK, FieldKind::kInt32},
                       {"end_mask", Options::VT_END_MASK, FieldKind::kInt32},
                       {"ellipsis_mask", Options::VT_ELLIPSIS_MASK, FieldKind::kInt32},
                       {"new_axis_mask", Options::VT_NEW_AXIS_MASK, FieldKind::kInt32},
                       {"shrink_axis_mask", Options::VT_SHRINK_AXIS_MASK, FieldKind::kInt32},
                       {"offset", Options::VT_OFFSET, FieldKind::kBool}}},
          .tf = {{"StridedSlice", ImportTf}},
          .infer = Infer,
          .eval_float = Eval,
          .quant = MovesData({OperandSpec::Activation(), OperandSpec::Other()}),
          .version = Version,
          .moves_elements = true};
}

}  // namespace records
}  // namespace zeropoint::ops
