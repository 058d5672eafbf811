// ONE_HOT: a new axis of size depth (operand 1), on (operand 2) where it equals the index (operand 0), else off
// (operand 3).

#include "absl/strings/str_cat.h"
#include "ops/copy_bytes.h"
#include "ops/data_movement.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops {
namespace {

// The new axis counts in the result's rank; -1 is the last.
absl::StatusOr<int> NewAxis(const ir::Attributes& attrs, int rank) { return ResolveAxis(attrs.Int("axis", -1), rank); }

absl::Status Infer(InferContext& context) {
  const ir::Shape& from = context.input_shape(0);
  ir::Shape to = UnknownShape(from.ranked() ? from.rank() + 1 : -1);
  if (from.ranked()) {
    ZP_ASSIGN_OR_RETURN(const int axis, NewAxis(context.attrs(), to.rank()));
    for (int i = 0; i < to.rank(); ++i) to.set(i, i == axis ? ir::kDynamic : from[i < axis ? i : i - 1]);
    if (auto depth = context.input_ints(1); depth && depth->size() == 1) {
      if (depth->front() < 0 && context.input_ints_complete(1)) {
        return absl::InvalidArgumentError(absl::StrCat("a depth of ", depth->front()));
      }
      to.set(axis, depth->front());
    }
  }
  context.set_output(0, context.input_type(2), std::move(to));
  return absl::OkStatus();
}

absl::Status Eval(const EvalContext& context) {
  const MutableView& to = context.outputs[0];
  for (int i : {2, 3}) {
    if (context.inputs[static_cast<size_t>(i)].elements() != 1) {
      return absl::InvalidArgumentError("the on and off values are not one element");
    }
  }
  ZP_ASSIGN_OR_RETURN(const std::vector<int64_t> indices, ReadInts(context.inputs[0]));
  ZP_ASSIGN_OR_RETURN(const size_t width, ElementBytes(to.type));
  ZP_ASSIGN_OR_RETURN(const int axis, NewAxis(context.attrs, to.rank()));
  const int64_t inner = Product(to.dims, axis + 1, to.rank()), depth = to.dim(axis);
  FillElements(to.data, context.inputs[3].data, width, to.elements());
  for (size_t i = 0; i < indices.size(); ++i) {
    if (indices[i] < 0 || indices[i] >= depth) continue;  // no element is on
    const int64_t row = static_cast<int64_t>(i) / inner, column = static_cast<int64_t>(i) % inner;
    const int64_t at = (row * depth + indices[i]) * inner + column;
    CopyBytes(to.As<uint8_t>() + static_cast<size_t>(at) * width, context.inputs[2].data, width);
  }
  return absl::OkStatus();
}

absl::Status ImportTf(ir::Graph& graph, ir::NodeId id) {
  ir::Attributes attrs;
  attrs.Set("axis", graph.node(id).attrs().Int("axis", -1));
  graph.node(id).info.attrs = std::move(attrs);
  return absl::OkStatus();
}

// TensorFlow gives the on and off values parameters of their own, which makes other numbers of them in the result; here
// they share the result's.
QuantSpec Quantization() {
  QuantSpec spec;
  spec.inputs = {OperandSpec::Other(), OperandSpec::Other(), OperandSpec::Activation()};
  spec.outputs = {OperandSpec::Activation()};
  spec.int8 = true;
  spec.same_scale = true;
  return spec;
}

}  // namespace

namespace records {

OpDef OneHot() {
  return {
      .name = "ONE_HOT",
      .code = schema::BuiltinOperator_ONE_HOT,
      .inputs = {4, 4},
      .outputs = {1, 1},
      .options = {schema::BuiltinOptions_OneHotOptions, {{"axis", schema::OneHotOptions::VT_AXIS, FieldKind::kInt32}}},
      .tf = {{"OneHot", ImportTf}},
      .infer = Infer,
      .eval_float = Eval,
      .eval_quantized = Eval,
      .quant = Quantization(),
      .runtime = {.int16 = kNever, .gap = "its kernel takes no int16"}};
}

}  // namespace records
}  // namespace zeropoint::ops
