#include "engine/kernel_choice.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "ir/graph.h"

namespace zeropoint::engine {
namespace {

bool AnyQuantized(absl::Span<const ops::TensorView> tensors) {
  return std::any_of(tensors.begin(), tensors.end(), IsQuantized);
}

bool TakesHybridWeights(const ops::QuantSpec& quant, int operand) {
  if (quant.input(operand).role == ops::Role::kWeight) return true;
  return std::any_of(
      quant.dynamic_range.begin(), quant.dynamic_range.end(),
      [&](const ops::DynamicRangeOperand& weights) { return weights.operand == operand && weights.hybrid; });
}

// Integer weights, every other operand and all results real.
bool IsHybrid(const ops::OpDef& op, absl::Span<const ops::TensorView> inputs,
              absl::Span<const ops::TensorView> outputs) {
  if (op.eval_hybrid == nullptr || AnyQuantized(outputs)) return false;
  for (size_t i = 0; i < inputs.size(); ++i) {
    if (IsQuantized(inputs[i]) && !TakesHybridWeights(op.quant, static_cast<int>(i))) return false;
  }
  return true;
}

// The kernel for real numbers looks at elements without asking what they stand for.
bool TakesIntegersAsTheyAre(const ops::OpDef& op) {
  return op.moves_elements || op.is_view || op.conversion != ops::Conversion::kNone;
}

}  // namespace

bool IsQuantized(const ops::TensorView& tensor) {
  return tensor.quant != nullptr && tensor.quant->quantized() && Traits(tensor.type).is_integer;
}

absl::StatusOr<Kernel> ChooseKernel(const ops::OpDef& op, absl::Span<const ops::TensorView> inputs,
                                    absl::Span<const ops::TensorView> outputs) {
  const Kernel real{op.prepare, op.eval_float};
  if (AnyQuantized(inputs) || AnyQuantized(outputs)) {
    if (IsHybrid(op, inputs, outputs)) return Kernel{op.prepare_hybrid, op.eval_hybrid};
    if (op.eval_quantized != nullptr) return Kernel{op.prepare_quantized, op.eval_quantized};
    if (!TakesIntegersAsTheyAre(op)) {
      return absl::UnimplementedError(absl::StrCat("there is no integer kernel for ", op.name));
    }
  }
  if (real.eval == nullptr) return absl::UnimplementedError(absl::StrCat("there is no float kernel for ", op.name));
  return real;
}

}  // namespace zeropoint::engine
