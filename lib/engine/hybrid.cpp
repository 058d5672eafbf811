#include "engine/hybrid.h"

#include <algorithm>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "numeric/types.h"
#include "ops/hybrid.h"

namespace zeropoint::engine {
namespace {

constexpr absl::string_view kAsymmetric = "asymmetric_quantize_inputs";
bool HasOption(const ops::OpDef& op, absl::string_view name) {
  return std::any_of(op.options.fields.begin(), op.options.fields.end(),
                     [&](const ops::OptionField& field) { return field.name == name; });
}

}  // namespace

std::optional<HybridRounding> FindHybridRounding(const ir::Graph& graph, const ir::Node& node, const ops::OpDef& op) {
  for (const ops::DynamicRangeOperand& operand : op.quant.dynamic_range) {
    const ir::ValueId id = node.input(operand.operand);
    if (!operand.hybrid || id == ir::kNoValue || op.quant.input(operand.operand).role != ops::Role::kWeight) continue;
    const ir::Value& weight = graph.value(id);
    const bool is_int8 = weight.type == ElementType::kInt8 || weight.type == ElementType::kInt4;
    if (!weight.is_constant || !is_int8 || !weight.quant.quantized()) continue;
    for (int i = 0; i < static_cast<int>(node.inputs().size()); ++i) {
      if (op.quant.input(i).role != ops::Role::kActivation) continue;
      if (node.input(i) == ir::kNoValue || graph.value(node.input(i)).type != ElementType::kFloat32) continue;
      HybridRounding rounding;
      rounding.activation = i;
      // Kernels that do not have the option round asymmetrically when they have weights per channel.
      rounding.asymmetric = HasOption(op, kAsymmetric) ? node.attrs().Bool(kAsymmetric) : weight.quant.scale.size() > 1;
      // A dense layer's rows are what its weights multiply, whatever the activation's dimensions.
      const bool dense = op.quant.dense && operand.axis < weight.shape.rank() && weight.shape[operand.axis] > 0;
      if (dense) rounding.row = weight.shape.NumElements() / weight.shape[operand.axis];
      // Recurrent ops, which have one scale for a matrix, multiply step by step.
      if (operand.axis < 0 && weight.shape.rank() == 2) rounding.row = weight.shape[1];
      return rounding;
    }
  }
  return std::nullopt;
}

void RoundActivations(const HybridRounding& rounding, const ops::TensorView& from, float* to) {
  const int64_t elements = from.elements();
  if (elements == 0) return;
  int64_t size = rounding.row;
  if (size == 0) size = from.rank() == 0 ? 1 : elements / from.dim(0);
  std::vector<int8_t> rounded;
  for (int64_t begin = 0; begin < elements; begin += size) {
    const int64_t count = std::min(size, elements - begin);
    const absl::Span<const float> row(from.As<float>() + begin, static_cast<size_t>(count));
    rounded.resize(row.size());
    const ops::RowParams params = ops::QuantizeRow(row, rounding.asymmetric, rounded.data());
    for (size_t i = 0; i < row.size(); ++i)
      to[begin + static_cast<int64_t>(i)] = static_cast<float>(rounded[i] - params.zero) * params.scale;
  }
}

}  // namespace zeropoint::engine
