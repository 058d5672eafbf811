#include "ops/choose.h"

#include "ops/elementwise.h"

namespace zeropoint::ops {
namespace {

template <typename T>
void Choose(const EvalContext& context, absl::Span<const int64_t> condition) {
  const bool* which = context.inputs[0].As<bool>();
  const T* a = context.inputs[1].As<T>();
  const T* b = context.inputs[2].As<T>();
  T* y = context.outputs[0].As<T>();
  const BroadcastRows rows(context.outputs[0].dims, {condition, context.inputs[1].dims, context.inputs[2].dims});
  rows.ForEach([&](const BroadcastRows::Offsets& from, int64_t to) {
    for (int64_t i = 0; i < rows.length(); ++i) {
      y[to + i] = which[from[0] + i * rows.step(0)] ? a[from[1] + i * rows.step(1)] : b[from[2] + i * rows.step(2)];
    }
  });
}

}  // namespace

OpDef ChooseRecord(absl::string_view name, int32_t code, absl::string_view tf, InferFn infer, EvalFn eval) {
  OpDef def;
  def.name = name;
  def.code = code;
  def.inputs = {3, 3};
  def.tf = {{tf}};
  def.infer = infer;
  def.eval_float = eval;
  def.eval_quantized = eval;
  def.quant.inputs = {OperandSpec::Other(), OperandSpec::Activation(), OperandSpec::Activation()};
  def.quant.outputs = {OperandSpec::Activation()};
  def.quant.int8 = true;
  def.quant.same_scale = true;
  def.quant.mask_flow = MaskFlow::kMoves;
  return def;
}

absl::Status CheckChoose(const InferContext& context) {
  ZP_RETURN_IF_ERROR(CheckArity(context, 3, 3));
  ZP_RETURN_IF_ERROR(CheckType(context, 0, {ElementType::kBool}));
  return CheckType(context, 2, {context.input_type(1)});
}

absl::Status EvalChoose(const EvalContext& context, absl::Span<const int64_t> condition) {
  switch (context.outputs[0].type) {
    case ElementType::kFloat32:
    case ElementType::kInt32:
      Choose<uint32_t>(context, condition);
      return absl::OkStatus();
    case ElementType::kInt64:
      Choose<uint64_t>(context, condition);
      return absl::OkStatus();
    case ElementType::kInt16:
      Choose<uint16_t>(context, condition);
      return absl::OkStatus();
    case ElementType::kInt8:
    case ElementType::kUInt8:
    case ElementType::kBool:
      Choose<uint8_t>(context, condition);
      return absl::OkStatus();
    default:
      return NoKernelFor(context.outputs[0].type);
  }
}

}  // namespace zeropoint::ops
