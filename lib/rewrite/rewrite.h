// Applies a plan to a model: quantizes constants, inserts and merges QUANTIZE and DEQUANTIZE, sets I/O types and op
// versions.
#ifndef ZEROPOINT_REWRITE_REWRITE_H_
#define ZEROPOINT_REWRITE_REWRITE_H_

#include "base/context.h"
#include "base/status.h"
#include "ir/graph.h"
#include "plan/plan.h"

namespace zeropoint::rewrite {

absl::StatusOr<ir::Model> ApplyPlan(ir::Model model, const plan::Plan& plan, const Context& context);

// Sets every node's LiteRT version from its record, types and attributes.
absl::Status SetVersions(ir::Model& model, const plan::Plan& plan);

}  // namespace zeropoint::rewrite

#endif  // ZEROPOINT_REWRITE_REWRITE_H_
