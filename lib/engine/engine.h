// Runs a graph on real-valued tensors.
//
// An Executable is made once from a graph: shapes are checked, weights packed. It is immutable and shared by any number
// of Sessions; a Session owns the memory of one thread (an arena planned by lifetime) and runs one sample at a time.
#ifndef ZEROPOINT_ENGINE_ENGINE_H_
#define ZEROPOINT_ENGINE_ENGINE_H_

#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "base/status.h"
#include "ir/graph.h"
#include "ops/tensor_view.h"

namespace zeropoint::engine {

class Executable {
 public:
  // `graph` must outlive the executable and its sessions. kUnimplemented names the first op without a float kernel.
  static absl::StatusOr<std::unique_ptr<const Executable>> Create(const ir::Graph& graph);
  virtual ~Executable() = default;
  virtual const ir::Graph& graph() const = 0;
};

// Sees tensors while they are hot: after each node, each of its results; at the start, each graph input.
// The view is valid during the call. An error ends the run and becomes its result.
using Observer = std::function<absl::Status(ir::ValueId, const ops::TensorView&)>;

class Session {
 public:
  static std::unique_ptr<Session> Create(const Executable& executable);
  virtual ~Session() = default;

  // Runs one sample. `inputs` in the order of graph.inputs; shapes may fill in unknown dimensions and may differ from
  // call to call where the graph allows it (kInvalidArgument names the tensor otherwise).
  virtual absl::Status Run(absl::Span<const ops::TensorView> inputs, const Observer* observer) = 0;
  // Result i of the last run, in the order of graph.outputs; valid until the next run.
  virtual ops::TensorView output(int i) const = 0;
  virtual size_t arena_bytes() const = 0;
};

// Evaluates one node on constant operands; for constant folding. Every operand must be constant.
absl::StatusOr<std::vector<ir::Value>> EvaluateConstants(const ir::Graph& graph, ir::NodeId node);

// Types and shapes of every value from those of the graph inputs, in place (no run). A dimension that does not follow
// from those keeps what the graph declares, kDynamic as a rule. Nodes of ops without a record are left as they are.
absl::Status InferShapes(ir::Graph& graph);

// Small values that are no constants but known without a run, from constants and shapes (SHAPE, arithmetic on it), as
// the constants that may take their place. Empty when shapes cannot be inferred.
std::vector<std::pair<ir::ValueId, ir::Value>> KnownValues(const ir::Graph& graph);

}  // namespace zeropoint::engine

#endif  // ZEROPOINT_ENGINE_ENGINE_H_
