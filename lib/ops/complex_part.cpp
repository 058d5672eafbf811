#include "ops/complex_part.h"

namespace zeropoint::ops {
namespace {

absl::Status Infer(InferContext& context) {
  ZP_RETURN_IF_ERROR(CheckType(context, 0, {ElementType::kComplex64, ElementType::kComplex128}));
  const bool wide = context.input_type(0) == ElementType::kComplex128;
  context.set_output(0, wide ? ElementType::kFloat64 : ElementType::kFloat32, context.input_shape(0));
  return absl::OkStatus();
}

// The types are those of the tensors.
absl::Status ImportTf(ir::Graph& graph, ir::NodeId id) {
  graph.node(id).info.attrs = {};
  return absl::OkStatus();
}

}  // namespace

OpDef ComplexPartRecord(absl::string_view name, int32_t code, absl::string_view tf, EvalFn eval) {
  OpDef def = UnaryRecord(name, code, /*tf=*/"", eval);
  def.tf = {{tf, ImportTf}};
  def.infer = Infer;
  def.quant.inputs = {OperandSpec::Other()};
  def.runtime = {.int8 = kNever, .int16 = kNever, .gap = "complex numbers are not quantized"};
  return def;
}

}  // namespace zeropoint::ops
