#include "plan/forms.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "kernels/encode.h"

namespace zeropoint::plan {
namespace {

using numeric::Encoding;

constexpr int64_t kNarrowInt8 = 127;
constexpr int64_t kInt8Low = -128, kInt8High = 127;
constexpr int64_t kInt16High = 32767;

Encoding Symmetric(Encoding::Rule rule, int64_t limit) {
  Encoding encoding;
  encoding.rule = rule;
  encoding.low = -limit;
  encoding.high = limit;
  return encoding;
}

void AddScale(ValuePlan& form, double scale) {
  form.params.scale.push_back(static_cast<float>(scale));
  form.params.zero_point.push_back(0);
}

// Biases are 1-D, or broadcast along their last dimension.
int BiasAxis(absl::Span<const int64_t> dims) { return std::max(static_cast<int>(dims.size()) - 1, 0); }

float Magnitude(absl::Span<const float> values) {
  float largest = 0.0f;
  for (float v : values) largest = std::max(largest, std::fabs(v));
  return largest;
}

}  // namespace

ValuePlan Int8Form(const numeric::Affine& params) {
  ValuePlan form;
  form.type = ElementType::kInt8;
  form.params.scale = {params.scale};
  form.params.zero_point = {params.zero_point};
  form.encoding.rule = Encoding::Rule::kDivide;
  form.encoding.factors = {static_cast<double>(params.scale)};
  form.encoding.zero_point = params.zero_point;
  form.encoding.low = kInt8Low;
  form.encoding.high = kInt8High;
  return form;
}

ValuePlan Int16Form(float scale) {
  ValuePlan form;
  form.type = ElementType::kInt16;
  AddScale(form, scale);
  form.encoding = Symmetric(Encoding::Rule::kMultiply, kInt16High);
  // Of zeros, the scale is so small that its reciprocal is infinite.
  const double factor = numeric::Reciprocal(scale);
  form.encoding.factors = {std::isfinite(factor) ? factor : 0.0};
  return form;
}

void SetRange(ValuePlan& form, const ir::Range& range) {
  form.params.min = {range.min};
  form.params.max = {range.max};
}

std::vector<float> Weights::Magnitudes() const {
  if (!trained.empty()) return {trained.begin(), trained.end()};
  return kernels::ChannelMagnitudes(values, numeric::LayoutOf(dims, axis));
}

ValuePlan Int8WeightForm(const Weights& weights) {
  ValuePlan form;
  form.type = ElementType::kInt8;
  form.params.axis = std::max(weights.axis, 0);
  form.encoding = Symmetric(Encoding::Rule::kMultiply, kNarrowInt8);
  for (float magnitude : weights.Magnitudes()) {
    const float scale = numeric::WeightInt8Scale(magnitude);
    AddScale(form, scale);
    // Per-tensor weights are made from their range, not from the rounded scale.
    form.encoding.factors.push_back(weights.axis >= 0 ? numeric::Reciprocal(scale)
                                    : magnitude == 0.0f
                                        ? 0.0
                                        : static_cast<double>(static_cast<float>(kNarrowInt8) / magnitude));
  }
  return form;
}

ValuePlan Int8BiasForm(absl::Span<const float> values, absl::Span<const int64_t> dims, float input_scale,
                       bool per_channel, bool adjustable, ValuePlan& weights) {
  ValuePlan form;
  form.type = ElementType::kInt32;
  form.encoding = Symmetric(Encoding::Rule::kMultiply, std::numeric_limits<int32_t>::max());
  std::vector<float>& weight_scales = weights.params.scale;
  form.params.axis = per_channel ? BiasAxis(dims) : 0;
  for (size_t c = 0; c < weight_scales.size(); ++c) {
    double scale = numeric::BiasInt8Scale(input_scale, weight_scales[c]);
    const float largest = per_channel ? std::fabs(values[c]) : Magnitude(values);
    const double safe = numeric::SafeBiasScale(largest, scale, per_channel);
    if (safe > 0.0 && adjustable) {
      scale = safe;
      const double weight_scale = safe / static_cast<double>(input_scale);
      weight_scales[c] = static_cast<float>(weight_scale);
      weights.encoding.factors[c] = numeric::Reciprocal(weight_scale);
    }
    AddScale(form, scale);
    form.encoding.factors.push_back(numeric::Reciprocal(scale));
  }
  return form;
}

ValuePlan Int16WeightForm(absl::Span<const float> values, int steps) {
  ValuePlan form = Int16Form(Magnitude(values) / static_cast<float>(steps));
  form.encoding.low = -steps;
  form.encoding.high = steps;
  return form;
}

ValuePlan NormBiasForm(float coefficient_scale) {
  // The int8 kernel normalizes to 10 bits after the point.
  constexpr double kNormalizedOne = 1024.0;
  const double scale = static_cast<double>(coefficient_scale) / kNormalizedOne;
  ValuePlan form;
  form.type = ElementType::kInt32;
  form.encoding = Symmetric(Encoding::Rule::kMultiply, std::numeric_limits<int32_t>::max());
  AddScale(form, scale);
  form.encoding.factors.push_back(scale == 0.0 ? 0.0 : numeric::Reciprocal(scale));
  return form;
}

ValuePlan Int16StateForm(const ir::Range& range, int steps, bool power_of_two) {
  const float magnitude = std::max(std::fabs(range.min), std::fabs(range.max));
  if (!power_of_two) return Int16Form(magnitude / static_cast<float>(steps));
  // TensorFlow goes below 1 for smaller magnitudes, but LiteRT's kernels have no function for such numbers and leave
  // their result unset.
  constexpr float kSmallestBound = 1.0f, kSteps = 32768.0f;
  float bound = kSmallestBound;
  while (bound < magnitude) bound *= 2.0f;
  return Int16Form(bound / kSteps);
}

ValuePlan Int16x8WeightForm(const Weights& weights, float input_scale, absl::Span<const float> biases) {
  ValuePlan form;
  form.type = ElementType::kInt8;
  form.params.axis = std::max(weights.axis, 0);
  form.encoding = Symmetric(Encoding::Rule::kMultiply, kNarrowInt8);
  const std::vector<float> magnitudes = weights.Magnitudes();
  for (size_t c = 0; c < magnitudes.size(); ++c) {
    float magnitude = magnitudes[c];
    if (magnitudes.size() > 1 && !biases.empty()) {
      magnitude = numeric::SafeWeightMagnitudeInt16x8(biases[c], input_scale, magnitude);
    } else {
      magnitude = numeric::SafeWeightMagnitudeInt16x8(Magnitude(biases), input_scale, magnitude);
    }
    AddScale(form, numeric::WeightInt16x8Scale(magnitude));
    form.encoding.factors.push_back(
        magnitude == 0.0f ? 0.0 : static_cast<double>(static_cast<float>(kNarrowInt8) / magnitude));
  }
  return form;
}

ValuePlan Int64BiasForm(absl::Span<const int64_t> dims, float input_scale, absl::Span<const float> weight_scales) {
  ValuePlan form;
  form.type = ElementType::kInt64;
  form.params.axis = weight_scales.size() > 1 ? BiasAxis(dims) : 0;
  form.encoding = Symmetric(Encoding::Rule::kMultiply, std::numeric_limits<int64_t>::max());
  for (float weight_scale : weight_scales) {
    const float scale = numeric::BiasInt16Scale(input_scale, weight_scale);
    AddScale(form, scale);
    // A channel without weights and bias has scale 0 and values 0.
    form.encoding.factors.push_back(scale == 0.0f ? 0.0 : numeric::Reciprocal(scale));
  }
  return form;
}

ValuePlan DynamicRangeForm(const Weights& weights) {
  ValuePlan form;
  form.type = ElementType::kInt8;
  form.params.axis = std::max(weights.axis, 0);
  form.encoding = Symmetric(Encoding::Rule::kDivide, kNarrowInt8);
  for (float magnitude : weights.Magnitudes()) {
    const double scale = numeric::DynamicWeightInt8Scale(magnitude);
    AddScale(form, scale);
    form.encoding.factors.push_back(scale);
  }
  return form;
}

ValuePlan Float16Form() {
  ValuePlan form;
  form.type = ElementType::kFloat16;
  form.encoding.rule = Encoding::Rule::kFloat16;
  return form;
}

}  // namespace zeropoint::plan
