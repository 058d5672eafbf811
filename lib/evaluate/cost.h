// What single nodes of the quantized model cost its outputs. Private to lib/evaluate.
#ifndef ZEROPOINT_EVALUATE_COST_H_
#define ZEROPOINT_EVALUATE_COST_H_

#include <map>
#include <memory>
#include <vector>

#include "absl/types/span.h"
#include "base/context.h"
#include "base/status.h"
#include "evaluate/workers.h"

namespace zeropoint::evaluate {

struct CostContext {
  const Models& models;
  const std::map<NodeRef, LocalNode>& locals;
  const Context& context;
  std::vector<std::unique_ptr<Worker>>& workers;
};

// Measures the `count` nodes that cost most, as far as the first samples tell, on all samples. `comparison` has the
// nodes' own errors.
absl::Status MeasureCosts(const CostContext& cost, absl::Span<const Sample> samples, int count, Comparison& comparison);

}  // namespace zeropoint::evaluate

#endif  // ZEROPOINT_EVALUATE_COST_H_
