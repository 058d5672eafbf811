// Decides how each value is quantized, from op records, statistics and options. The result is a value; applying it to
// a graph is rewrite's business.
#ifndef ZEROPOINT_PLAN_PLAN_H_
#define ZEROPOINT_PLAN_PLAN_H_

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/status.h"
#include "ir/graph.h"
#include "ir/statistics.h"
#include "numeric/quantize.h"
#include "ops/quant_spec.h"
#include "ops/runtime.h"
#include "targets/target.h"

namespace zeropoint::plan {

enum class Scheme { kFloat, kDynamicRange, kInt8, kFloat16, kInt16x8 };

// What one node is asked to be, where that is not what the whole model is asked to be.
struct NodeChoice {
  Scheme scheme = Scheme::kFloat;
  std::optional<bool> per_channel;  // weights per axis; absent: as the options say
  std::optional<int64_t>
      min_weight_elements;           // kDynamicRange: smaller weights stay float; absent: as TensorFlow has it
  bool explicit_dequantize = false;  // kDynamicRange: a DEQUANTIZE widens the weights, the op computes in float
  bool weights_only = false;         // kFloat16: constants that are no weights stay float32
  int rule = -1;                     // of the recipe that asked for it, for the report
};

struct PlanOptions {
  Scheme scheme = Scheme::kFloat;
  bool allow_float_fallback = true;  // false: an op that cannot be integer is an error that lists all of them
  bool per_channel = true;           // weights per axis
  bool per_channel_dense = true;     // FULLY_CONNECTED weights per axis
  ElementType input_type = ElementType::kFloat32;            // of the graph's float inputs
  ElementType output_type = ElementType::kFloat32;           // of the graph's float outputs
  const targets::Target* target = &targets::NewestLitert();  // what shall run the result
  bool integer_only_rewrite = false;                         // ops without an integer kernel become tables
  bool variable_quantization = false;  // kInt8: resource variables hold int8 (kInt16x8: always int16)
  // Nodes that differ from `scheme` and `per_channel`, by graph of the model and node.
  std::map<std::pair<int, ir::NodeId>, NodeChoice> choices;
};

// The form in which a value is stored, an operand read or a result delivered.
struct ValuePlan {
  ElementType type = ElementType::kFloat32;
  ir::QuantParams params;      // params.min and max: the calibrated range, where there is one
  numeric::Encoding encoding;  // of a constant in integer or float16 form: how its elements get there
};

// Type, scales and zero points are equal: no conversion is needed between the two.
bool SameForm(const ValuePlan& a, const ValuePlan& b);

struct NodeDecision {
  std::string op, name;
  Scheme scheme = Scheme::kFloat;  // what it was asked to be
  bool quantized = false;
  bool by_table = false;  // quantized: rewrite replaces it by a lookup in a table of its values
  std::string reason;     // why it stays float; empty when quantized or when the scheme does not apply to it
  std::vector<ops::AttrOverride> attrs;  // to set on the node
};

// Everything by id of the graph that was planned.
//
// How rewrite reads it. A value that is not a constant is stored as `values` says, else as it is today. A constant with
// an entry in `values` is stored in that form for all its readers; without one it stays, and readers whose entry in
// `operands` is an integer form get a copy in that form. An operand is read as `operands` says, else as stored;
// where the two differ a QUANTIZE or DEQUANTIZE is needed. A constant that schemes want in several forms has one of
// them in `values`; operands that read another one from the file have that in `constants`.
struct GraphPlan {
  std::map<ir::ValueId, ValuePlan> values;
  std::map<std::pair<ir::NodeId, int>, ValuePlan> operands, constants;
  std::map<int, ValuePlan> outputs;  // by position in the graph's outputs; absent: delivered as stored
  std::map<ir::NodeId, NodeDecision> nodes;
};

struct Plan {
  PlanOptions options;
  std::vector<GraphPlan> graphs;
};

// Some node was asked to be something else than options.scheme.
bool IsMixed(const Plan& plan);

// Gives nodes that shall be int8 and lack them the tensors for values inside the op, so that calibration records their
// ranges. To be called before calibration.
void AddIntermediates(ir::Model& model, const PlanOptions& options);

// Errors: kInvalidArgument (a type of inputs or outputs that the scheme does not have; NaN or Inf in a weight, naming
// the tensor), kFailedPrecondition (no float fallback: every op that cannot be integer though it is asked to, one a
// line: op, node, reason).
absl::StatusOr<Plan> MakePlan(const ir::Model& model, const ir::Statistics& statistics, const PlanOptions& options);

}  // namespace zeropoint::plan

#endif  // ZEROPOINT_PLAN_PLAN_H_
