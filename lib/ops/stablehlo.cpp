#include "ops/stablehlo.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"

namespace zeropoint::ops::stablehlo {

RuntimeForms RealKernelOnly() {
  return {.hybrid = kNever, .int8 = kNever, .int16 = kNever, .gap = "StableHLO ops have no quantized kernels"};
}

RuntimeForms NoKernel() {
  return {.real = kNever,
          .hybrid = kNever,
          .int8 = kNever,
          .int16 = kNever,
          .gap = "LiteRT carries this StableHLO op in files but has no kernel for it"};
}

absl::StatusOr<ir::Shape> MergedShape(const ir::Shape& a, const ir::Shape& b) {
  if (!a.ranked()) return b;
  if (!b.ranked()) return a;
  ir::Shape merged = a;
  bool fits = a.rank() == b.rank();
  for (int i = 0; fits && i < a.rank(); ++i) {
    fits = Compatible(a[i], b[i]);
    merged.set(i, Known(a[i], b[i]));
  }
  if (fits) return merged;
  return absl::InvalidArgumentError(absl::StrCat("shapes ", a.ToString(), " and ", b.ToString(), " differ"));
}

absl::Status InferAlike(InferContext& context) {
  ir::Shape shape = context.input_shape(0);
  for (int i = 1; i < context.num_inputs(); ++i) {
    if (context.input_type(i) != context.input_type(0)) {
      return absl::InvalidArgumentError(absl::StrCat("the operands have different types: ", Name(context.input_type(0)),
                                                     " and ", Name(context.input_type(i))));
    }
    ZP_ASSIGN_OR_RETURN(shape, MergedShape(shape, context.input_shape(i)));
  }
  context.set_output(0, context.input_type(0), std::move(shape));
  return absl::OkStatus();
}

OpDef Elementwise(const OpDef& twin, absl::string_view name, int32_t code) {
  OpDef def = Elementwise(name, code, twin.inputs.min, twin.eval_float);
  def.check = twin.check;
  return def;
}

OpDef Elementwise(absl::string_view name, int32_t code, int operands, EvalFn eval) {
  OpDef def;
  def.name = name;
  def.code = code;
  def.inputs = {operands, operands};
  def.infer = InferAlike;
  def.eval_float = eval;
  def.quant.inputs = {OperandSpec::Activation()};
  def.quant.outputs = {OperandSpec::Activation()};
  def.runtime = NoKernel();
  return def;
}

OpDef Movement(absl::string_view name, int32_t code, Arity inputs, OptionsSpec options, InferFn infer, EvalFn eval) {
  OpDef def;
  def.name = name;
  def.code = code;
  def.inputs = inputs;
  def.options = std::move(options);
  def.options.second = true;
  def.infer = infer;
  def.eval_float = eval;
  def.quant.inputs = {OperandSpec::Activation(), OperandSpec::Other()};
  def.quant.outputs = {OperandSpec::Activation()};
  def.runtime = NoKernel();
  def.moves_elements = true;
  return def;
}

absl::Status CheckLength(absl::Span<const int64_t> entries, int rank, absl::string_view what) {
  if (entries.size() == static_cast<size_t>(rank)) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(what, " has ", entries.size(), " entries for ", rank, " dimensions"));
}

absl::Status CheckDimensions(absl::Span<const int64_t> dimensions, int rank, absl::string_view what) {
  std::vector<bool> seen(static_cast<size_t>(rank));
  for (int64_t dimension : dimensions) {
    if (dimension < 0 || dimension >= rank || seen[static_cast<size_t>(dimension)]) {
      return absl::InvalidArgumentError(
          absl::StrCat(what, " names dimension ", dimension, ", which is not one of ", rank, " or comes twice"));
    }
    seen[static_cast<size_t>(dimension)] = true;
  }
  return absl::OkStatus();
}

}  // namespace zeropoint::ops::stablehlo
