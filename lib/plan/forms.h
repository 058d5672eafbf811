// The forms that values take, as parameters and encodings: numeric's formulas applied to ranges and constants.
#ifndef ZEROPOINT_PLAN_FORMS_H_
#define ZEROPOINT_PLAN_FORMS_H_

#include <vector>

#include "absl/types/span.h"
#include "ir/graph.h"
#include "ir/statistics.h"
#include "numeric/quantize.h"
#include "plan/plan.h"

namespace zeropoint::plan {

// One scale and zero point; with an encoding, so that it serves run-time values and constants alike.
ValuePlan Int8Form(const numeric::Affine& params);
ValuePlan Int16Form(float scale);
void SetRange(ValuePlan& form, const ir::Range& range);

// A weight to be quantized; axis -1: per tensor. `trained`: the largest magnitude of each slice, where training fixed
// it; empty: as in `values`.
struct Weights {
  absl::Span<const float> values;
  absl::Span<const int64_t> dims;
  int axis = -1;
  absl::Span<const float> trained = {};

  std::vector<float> Magnitudes() const;
};

// Weights of static int8.
ValuePlan Int8WeightForm(const Weights& weights);
// Its biases, one scale for each scale of the weights. Where a bias would overflow and the weights are `adjustable`,
// raises the scales of both; `weights` is changed then.
ValuePlan Int8BiasForm(absl::Span<const float> values, absl::Span<const int64_t> dims, float input_scale,
                       bool per_channel, bool adjustable, ValuePlan& weights);

// Weights of 16 bits beside int8 activations: the largest magnitude is `steps`.
ValuePlan Int16WeightForm(absl::Span<const float> values, int steps);
// The bias of a sum that is normalized, in units of the coefficients' scale.
ValuePlan NormBiasForm(float coefficient_scale);
// A variable that holds what int8 kernels remember in 16 bits.
ValuePlan Int16StateForm(const ir::Range& range, int steps, bool power_of_two);

// Weights of 16x8; `biases` may be empty.
ValuePlan Int16x8WeightForm(const Weights& weights, float input_scale, absl::Span<const float> biases);
ValuePlan Int64BiasForm(absl::Span<const int64_t> dims, float input_scale, absl::Span<const float> weight_scales);

ValuePlan DynamicRangeForm(const Weights& weights);
ValuePlan Float16Form();

}  // namespace zeropoint::plan

#endif  // ZEROPOINT_PLAN_FORMS_H_
