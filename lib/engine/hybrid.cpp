#include "engine/hybrid.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "numeric/types.h"

namespace zeropoint::engine {
namespace {

constexpr absl::string_view kAsymmetric = "asymmetric_quantize_inputs";
// The 8-bit ranges of LiteRT's hybrid kernels: symmetric rounding leaves -128 out.
constexpr float kSymmetricMax = 127.0f;
constexpr double kInt8Min = -128.0, kInt8Max = 127.0;

bool HasOption(const ops::OpDef& op, absl::string_view name) {
  return std::any_of(op.options.fields.begin(), op.options.fields.end(),
                     [&](const ops::OptionField& field) { return field.name == name; });
}

// The steps and their types (float32, double) are those of LiteRT's kernels. A row of zeros stays as it is.
void RoundSymmetric(absl::Span<const float> row, float* to) {
  float range = 0.0f;
  for (float v : row) range = std::max(range, std::abs(v));
  if (range == 0.0f) {
    std::copy(row.begin(), row.end(), to);
    return;
  }
  const float scale = range / kSymmetricMax, inverse = kSymmetricMax / range;
  for (float v : row) *to++ = std::clamp(std::round(v * inverse), -kSymmetricMax, kSymmetricMax) * scale;
}

void RoundAsymmetric(absl::Span<const float> row, float* to) {
  double min = 0.0, max = 0.0;
  for (float v : row) {
    min = std::min<double>(min, v);
    max = std::max<double>(max, v);
  }
  if (min == max) {
    std::copy(row.begin(), row.end(), to);
    return;
  }
  const double step = (max - min) / (kInt8Max - kInt8Min);
  // From the end of the range that loses fewer digits.
  const bool from_min = -kInt8Min + std::abs(min / step) < kInt8Max + std::abs(max / step);
  const double exact = from_min ? kInt8Min - min / step : kInt8Max - max / step;
  const float zero_point = static_cast<float>(std::round(std::clamp(exact, kInt8Min, kInt8Max)));
  const float scale = static_cast<float>(step), inverse = 1.0f / scale;
  constexpr float kMin = static_cast<float>(kInt8Min), kMax = static_cast<float>(kInt8Max);
  for (float v : row) *to++ = (std::clamp(std::round(zero_point + v * inverse), kMin, kMax) - zero_point) * scale;
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
  for (int64_t begin = 0; begin < elements; begin += size) {
    const int64_t count = std::min(size, elements - begin);
    const absl::Span<const float> row(from.As<float>() + begin, static_cast<size_t>(count));
    if (rounding.asymmetric) RoundAsymmetric(row, to + begin);
    else RoundSymmetric(row, to + begin);
  }
}

}  // namespace zeropoint::engine
