// CUMSUM: running sums along an axis (operand 1), from the front or the back, with or without the element itself.
#include "absl/strings/str_cat.h"
#include "ops/data_movement.h"
#include "ops/split_common.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops {
namespace {

absl::Status Infer(InferContext& context) {
  const ir::Shape& from = context.input_shape(0);
  if (from.ranked()) ZP_RETURN_IF_ERROR(AxisOperand(context, 1, from.rank()).status());
  context.set_output(0, context.input_type(0), from);
  return absl::OkStatus();
}

template <typename T>
void Accumulate(const EvalContext& context, int axis) {
  const TensorView& from = context.inputs[0];
  const bool exclusive = context.attrs.Bool("exclusive"), reverse = context.attrs.Bool("reverse");
  const int64_t outer = Product(from.dims, 0, axis), inner = Product(from.dims, axis + 1, from.rank());
  const int64_t count = from.dim(axis);
  for (int64_t i = 0; i < outer * inner; ++i) {
    const int64_t start = (i / inner) * count * inner + i % inner;
    T sum = 0;
    for (int64_t k = 0; k < count; ++k) {
      const int64_t at = start + (reverse ? count - 1 - k : k) * inner;
      const T next = sum + from.As<T>()[at];
      context.outputs[0].As<T>()[at] = exclusive ? sum : next;
      sum = next;
    }
  }
}

absl::Status Eval(const EvalContext& context) {
  const TensorView& from = context.inputs[0];
  ZP_ASSIGN_OR_RETURN(const int axis, AxisOperand(context.inputs[1], from.rank()));
  switch (from.type) {
    case ElementType::kFloat32:
      Accumulate<float>(context, axis);
      return absl::OkStatus();
    case ElementType::kInt32:
      Accumulate<int32_t>(context, axis);
      return absl::OkStatus();
    case ElementType::kInt64:
      Accumulate<int64_t>(context, axis);
      return absl::OkStatus();
    default:
      return absl::UnimplementedError(absl::StrCat("no kernel for elements of type ", Name(from.type)));
  }
}

absl::Status ImportTf(ir::Graph& graph, ir::NodeId id) {
  const ir::Attributes& from = graph.node(id).attrs();
  ir::Attributes attrs;
  attrs.Set("exclusive", from.Bool("exclusive"));
  attrs.Set("reverse", from.Bool("reverse"));
  graph.node(id).info.attrs = std::move(attrs);
  return absl::OkStatus();
}

}  // namespace

namespace records {

OpDef Cumsum() {
  return {.name = "CUMSUM",
          .code = schema::BuiltinOperator_CUMSUM,
          .inputs = {2, 2},
          .outputs = {1, 1},
          .options = {schema::BuiltinOptions_CumsumOptions,
                      {{"exclusive", schema::CumsumOptions::VT_EXCLUSIVE, FieldKind::kBool},
                       {"reverse", schema::CumsumOptions::VT_REVERSE, FieldKind::kBool}}},
          .tf = {{"Cumsum", ImportTf}},
          .infer = Infer,
          .eval_float = Eval,
          .runtime = {.int8 = kNever, .int16 = kNever, .gap = "its kernel takes float32, int32 and int64 only"}};
}

}  // namespace records
}  // namespace zeropoint::ops
