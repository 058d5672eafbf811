// BUCKETIZE: how many of the boundaries an element is not below.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "ops/elementwise.h"
#include "ops/infer.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops {
namespace {

constexpr char kBoundaries[] = "boundaries";

absl::Status Infer(InferContext& context) {
  ZP_RETURN_IF_ERROR(CheckReal(context, 0));
  const std::vector<float> boundaries = context.attrs().Floats(kBoundaries);
  if (!std::is_sorted(boundaries.begin(), boundaries.end())) {
    return absl::InvalidArgumentError("the boundaries are not sorted");
  }
  context.set_output(0, ElementType::kInt32, context.input_shape(0));
  return absl::OkStatus();
}

template <typename T>
absl::Status FindBuckets(const EvalContext& context) {
  const std::vector<float> boundaries = context.attrs.Floats(kBoundaries);
  MapUnary<T, int32_t>(context, [&](T x) {
    const auto above = std::upper_bound(boundaries.begin(), boundaries.end(), x,
                                        [](T value, float boundary) { return static_cast<double>(value) < boundary; });
    return static_cast<int32_t>(above - boundaries.begin());
  });
  return absl::OkStatus();
}

absl::Status Eval(const EvalContext& context) {
  switch (context.inputs[0].type) {
    case ElementType::kFloat32:
      return FindBuckets<float>(context);
    case ElementType::kFloat64:
      return FindBuckets<double>(context);
    case ElementType::kInt32:
      return FindBuckets<int32_t>(context);
    case ElementType::kInt64:
      return FindBuckets<int64_t>(context);
    default:
      return NoKernelFor(context.inputs[0].type);
  }
}

absl::Status Import(ir::Graph& graph, ir::NodeId id) {
  ir::Attributes attrs;
  attrs.Set(kBoundaries, graph.node(id).attrs().Floats(kBoundaries));
  graph.node(id).info.attrs = std::move(attrs);
  return absl::OkStatus();
}

}  // namespace

namespace records {

OpDef Bucketize() {
  return {
      .name = "BUCKETIZE",
      .code = schema::BuiltinOperator_BUCKETIZE,
      .inputs = {1, 1},
      .outputs = {1, 1},
      .options = {schema::BuiltinOptions_BucketizeOptions,
                  {{kBoundaries, schema::BucketizeOptions::VT_BOUNDARIES, FieldKind::kFloats}}},
      .tf = {{"Bucketize", Import}},
      .infer = Infer,
      .eval_float = Eval,
      .runtime = {.int8 = kNever, .int16 = kNever, .gap = "its kernel takes float32, float64, int32 and int64 only"}};
}

}  // namespace records
}  // namespace zeropoint::ops
