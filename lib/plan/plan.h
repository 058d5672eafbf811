// Decides how each value is quantized, from op records, statistics and options. The result is a value; applying it to
// a graph is rewrite's business.
#ifndef ZEROPOINT_PLAN_PLAN_H_
#define ZEROPOINT_PLAN_PLAN_H_

#include <map>
#include <string>
#include <vector>

#include "base/status.h"
#include "ir/graph.h"
#include "ir/statistics.h"

namespace zeropoint::plan {

enum class Scheme { kFloat, kDynamicRange, kInt8, kFloat16, kInt16x8 };

struct PlanOptions {
  Scheme scheme = Scheme::kFloat;
  bool allow_float_fallback = true;  // false: an op that cannot be integer is an error that lists all of them
  bool per_channel = true;           // weights per axis
  bool per_channel_dense = true;     // FULLY_CONNECTED weights per axis
  ElementType input_type = ElementType::kFloat32;   // of the graph's float inputs
  ElementType output_type = ElementType::kFloat32;  // of the graph's float outputs
};

// How one operand is read or one result written.
struct ValuePlan {
  ElementType type = ElementType::kFloat32;
  ir::QuantParams params;
};

struct NodeDecision {
  std::string op, name;
  bool quantized = false;
  std::string reason;  // why it stays float; empty when quantized or when the scheme does not apply to it
};

// Everything by id of the graph that was planned.
struct GraphPlan {
  std::map<ir::ValueId, ValuePlan> values;                            // the stored form of a value (absent: float)
  std::map<std::pair<ir::NodeId, int>, ValuePlan> operands;           // an operand read in another form than stored
  std::map<ir::NodeId, NodeDecision> nodes;
};

struct Plan {
  PlanOptions options;
  std::vector<GraphPlan> graphs;
};

absl::StatusOr<Plan> MakePlan(const ir::Model& model, const ir::Statistics& statistics, const PlanOptions& options);

}  // namespace zeropoint::plan

#endif  // ZEROPOINT_PLAN_PLAN_H_
