// ADD_N: the sum of any number of operands of one shape.
#include "ops/elementwise.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {
namespace {

absl::Status Infer(InferContext& context) {
  ZP_RETURN_IF_ERROR(CheckArity(context, 1, kMany));
  ZP_RETURN_IF_ERROR(CheckReal(context, 0));
  ir::Shape shape = context.input_shape(0);
  for (int i = 1; i < context.num_inputs(); ++i) {
    if (!context.has_input(i)) return absl::InvalidArgumentError(absl::StrCat("operand ", i, " is absent"));
    ZP_RETURN_IF_ERROR(CheckType(context, i, {context.input_type(0)}));
    const ir::Shape& other = context.input_shape(i);
    if (!other.ranked()) continue;
    if (!shape.ranked()) shape = other;
    bool same = shape.rank() == other.rank();
    for (int d = 0; same && d < shape.rank(); ++d) {
      same = Compatible(shape[d], other[d]);
      shape.set(d, Known(shape[d], other[d]));
    }
    if (!same) {
      return absl::InvalidArgumentError(
          absl::StrCat("operands have different shapes: ", shape.ToString(), " and ", other.ToString()));
    }
  }
  context.set_output(0, context.input_type(0), std::move(shape));
  return absl::OkStatus();
}

template <typename T>
void Sum(const EvalContext& context) {
  T* y = context.outputs[0].As<T>();
  const int64_t n = context.outputs[0].elements();
  std::copy_n(context.inputs[0].As<T>(), n, y);
  for (const TensorView& input : context.inputs.subspan(1)) {
    for (int64_t i = 0; i < n; ++i) {
      if constexpr (std::is_integral_v<T>) {
        y[i] = WrapAdd(y[i], input.As<T>()[i]);
      } else {
        y[i] += input.As<T>()[i];
      }
    }
  }
}

absl::Status Eval(const EvalContext& context) {
  switch (context.inputs[0].type) {
    case ElementType::kFloat32:
      Sum<float>(context);
      return absl::OkStatus();
    case ElementType::kInt32:
      Sum<int32_t>(context);
      return absl::OkStatus();
    case ElementType::kInt64:
      Sum<int64_t>(context);
      return absl::OkStatus();
    default:
      return NoKernelFor(context.inputs[0].type);
  }
}

}  // namespace

OpDef AddN() {
  OpDef def = UnaryRecord("ADD_N", schema::BuiltinOperator_ADD_N, "AddN", Eval);
  def.inputs = {1, kMany};
  def.infer = Infer;
  def.options = {schema::BuiltinOptions_AddNOptions, {}, /*written=*/false};
  def.quant.same_scale = true;
  def.quant.integer_rewrite = "a chain of ADD";
  def.runtime = {.int8 = kNever, .int16 = kNever, .gap = "its kernel takes float32 and int32 only"};
  return def;
}

}  // namespace zeropoint::ops::records
