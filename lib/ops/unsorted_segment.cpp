#include "ops/unsorted_segment.h"

#include "absl/strings/str_cat.h"
#include "ops/data_movement.h"

namespace zeropoint::ops {
namespace {

constexpr int kData = 0, kIds = 1, kCount = 2;

absl::Status Infer(InferContext& context) {
  const ir::Shape &data = context.input_shape(kData), &ids = context.input_shape(kIds);
  ZP_RETURN_IF_ERROR(CheckReal(context, kData));
  ZP_RETURN_IF_ERROR(CheckType(context, kIds, {ElementType::kInt32, ElementType::kInt64}));
  ZP_RETURN_IF_ERROR(CheckType(context, kCount, {ElementType::kInt32, ElementType::kInt64}));
  int64_t count = ir::kDynamic;
  const auto known = context.input_ints(kCount);
  if (known && context.input_ints_complete(kCount)) {
    if (known->size() != 1 || known->front() < 0) return absl::InvalidArgumentError("no number of segments");
    count = known->front();
  }
  ir::Shape to = ir::Shape::Unranked();
  if (data.ranked() && ids.ranked()) {
    bool fits = ids.rank() <= data.rank();
    for (int i = 0; fits && i < ids.rank(); ++i) fits = Compatible(ids[i], data[i]);
    if (!fits) {
      return absl::InvalidArgumentError(absl::StrCat("segment ids ", ids.ToString(), " for data ", data.ToString()));
    }
    to = ir::Shape{count};
    for (int i = ids.rank(); i < data.rank(); ++i) to.Append(data[i]);
  }
  context.set_output(0, context.input_type(kData), std::move(to));
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Segments> SegmentsOf(const EvalContext& context) {
  const TensorView &data = context.inputs[kData], &ids = context.inputs[kIds];
  Segments segments;
  ZP_ASSIGN_OR_RETURN(segments.targets, ReadInts(ids));
  segments.length = Product(data.dims, ids.rank(), data.rank());
  const int64_t count = context.outputs[0].dim(0);
  for (int64_t id : segments.targets) {
    if (id >= count) return absl::OutOfRangeError(absl::StrCat("segment ", id, " of ", count));
  }
  return segments;
}

OpDef UnsortedSegmentRecord(absl::string_view name, int32_t code, int options, absl::string_view tf, EvalFn eval) {
  OpDef def;
  def.name = name;
  def.code = code;
  def.inputs = {3, 3};
  def.options = {options, {}, /*written=*/false};
  def.tf = {{tf}};
  def.infer = Infer;
  def.eval_float = eval;
  def.runtime = {.int8 = kNever, .int16 = kNever, .gap = "its kernel takes float32 and int32 only"};
  return def;
}

}  // namespace zeropoint::ops
