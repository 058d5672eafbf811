#include "ops/arg_common.h"

#include "absl/strings/str_cat.h"
#include "ops/data_movement.h"
#include "ops/split_common.h"

namespace zeropoint::ops {
namespace {

template <typename T, typename Index>
void FindExtremes(const TensorView& from, int axis, bool largest, Index* to) {
  const int64_t outer = Product(from.dims, 0, axis), inner = Product(from.dims, axis + 1, from.rank());
  const int64_t count = from.dim(axis);
  for (int64_t i = 0; i < outer * inner; ++i) {
    const T* row = from.As<T>() + (i / inner) * count * inner + i % inner;
    int64_t best = 0;
    for (int64_t k = 1; k < count; ++k) {
      const T now = row[k * inner], held = row[best * inner];
      if (largest ? now > held : now < held) best = k;
    }
    to[i] = static_cast<Index>(best);
  }
}

template <typename T>
void FindExtremes(const TensorView& from, int axis, bool largest, const MutableView& to) {
  if (to.type == ElementType::kInt64)
    FindExtremes<T>(from, axis, largest, to.As<int64_t>());
  else
    FindExtremes<T>(from, axis, largest, to.As<int32_t>());
}

absl::Status Infer(InferContext& context) {
  const int64_t output_type = context.attrs().Int("output_type", static_cast<int64_t>(ElementType::kInt64));
  const ElementType type = static_cast<ElementType>(output_type);
  if (type != ElementType::kInt32 && type != ElementType::kInt64) {
    return absl::InvalidArgumentError(absl::StrCat("output_type ", output_type, " is neither int32 nor int64"));
  }
  const ir::Shape& from = context.input_shape(0);
  ir::Shape to = UnknownShape(from.ranked() ? from.rank() - 1 : -1);
  if (from.ranked()) {
    ZP_ASSIGN_OR_RETURN(const std::optional<int> axis, AxisOperand(context, 1, from.rank()));
    for (int i = 0; axis && i < to.rank(); ++i) to.set(i, from[i < *axis ? i : i + 1]);
    if (axis && from[*axis] == 0) return absl::InvalidArgumentError("the axis is empty");
  }
  context.set_output(0, type, std::move(to));
  return absl::OkStatus();
}

absl::Status ImportTf(ir::Graph& graph, ir::NodeId id) {
  ir::Attributes attrs;
  attrs.Set("output_type", graph.node(id).attrs().Int("output_type", static_cast<int64_t>(ElementType::kInt64)));
  graph.node(id).info.attrs = std::move(attrs);
  return absl::OkStatus();
}

QuantSpec Quantization() {
  QuantSpec spec;
  spec.inputs = {OperandSpec::Activation(), OperandSpec::Other()};
  spec.outputs = {OperandSpec::Other()};
  spec.int8 = true;
  return spec;
}

int Version(const VersionContext& context) {
  if (context.input_type(0) == ElementType::kBool) return 3;
  return context.input_type(0) == ElementType::kInt8 ? 2 : 1;
}

}  // namespace

OpDef ArgRecord(absl::string_view name, int32_t code, absl::string_view tf, EvalFn eval) {
  OpDef def;
  def.name = name;
  def.code = code;
  def.inputs = {2, 2};
  def.tf = {{tf, ImportTf}};
  def.infer = Infer;
  def.eval_float = eval;
  def.eval_quantized = eval;
  def.quant = Quantization();
  def.version = Version;
  return def;
}

absl::Status EvalArg(const EvalContext& context, bool largest) {
  const TensorView& from = context.inputs[0];
  const MutableView& to = context.outputs[0];
  ZP_ASSIGN_OR_RETURN(const int axis, AxisOperand(context.inputs[1], from.rank()));
  switch (from.type) {
    case ElementType::kFloat32:
      FindExtremes<float>(from, axis, largest, to);
      return absl::OkStatus();
    case ElementType::kInt32:
      FindExtremes<int32_t>(from, axis, largest, to);
      return absl::OkStatus();
    case ElementType::kInt64:
      FindExtremes<int64_t>(from, axis, largest, to);
      return absl::OkStatus();
    case ElementType::kInt8:
      FindExtremes<int8_t>(from, axis, largest, to);
      return absl::OkStatus();
    case ElementType::kUInt8:
    case ElementType::kBool:
      FindExtremes<uint8_t>(from, axis, largest, to);
      return absl::OkStatus();
    default:
      return absl::UnimplementedError(absl::StrCat("no kernel for elements of type ", Name(from.type)));
  }
}

}  // namespace zeropoint::ops
