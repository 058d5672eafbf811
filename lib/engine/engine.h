// Runs the graphs of a model on real-valued tensors.
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
#include "kernels/kernel_table.h"
#include "ops/tensor_view.h"

namespace zeropoint::engine {

class Executable {
 public:
  // Of a graph that stands alone; its nodes cannot call others. `graph` must outlive the executable and its sessions.
  // kUnimplemented names the first op without a float kernel.
  static absl::StatusOr<std::unique_ptr<const Executable>> Create(const ir::Graph& graph);
  virtual ~Executable() = default;
  virtual const ir::Graph& graph() const = 0;
};

// When kernels' forms of constant weights are made.
enum class Packing {
  kOnce,      // with the executable, and kept: for many runs
  kOnDemand,  // large ones for each run of their node, and dropped after it: no more than one a thread at a time
};

// Bytes of constants that kernels take in a form of their own, about as many as those forms have.
struct PackedWeights {
  size_t all = 0;      // kept by Packing::kOnce
  size_t always = 0;   // kept by Packing::kOnDemand: too little of each node to matter
  size_t largest = 0;  // of one node, among the others
};
// Of the model's float kernels; nothing is packed.
PackedWeights MeasurePacking(const ir::Model& model);

// The executables of a model's graphs, each made once, when it is first wanted.
class Program {
 public:
  // `model` must outlive the program, and the program its executables' sessions.
  static std::unique_ptr<Program> Create(const ir::Model& model, Packing packing = Packing::kOnce);
  virtual ~Program() = default;
  // Prepares the graph and all that it calls. What stops a called graph from running stops the call, not this: a branch
  // that no sample takes needs no kernels. For one thread; sessions of graphs prepared before may run meanwhile.
  virtual absl::StatusOr<const Executable*> Prepare(int graph) = 0;
};

// One value as it is now, seen where it is hot. The view is valid during the call.
struct Sight {
  enum Kind : uint8_t {
    kInput,         // of a graph, before its nodes run
    kResult,        // of a node that has just run
    kState,         // a variable operand, before its node runs and after
    kIntermediate,  // NodeInfo::intermediates of a node that is running
  };
  Kind kind;
  int graph;  // in the model; 0 when the graph stands alone
  ir::ValueId value;
  const ops::TensorView& tensor;
  const kernels::MinMaxResult* range = nullptr;  // of the tensor, where its kernel took it on request
};
// An error ends the run and becomes its result.
using Observer = std::function<absl::Status(const Sight&)>;

class Session {
 public:
  // `relative`: another session of the same program and thread, with which the new one shares resources (variables and
  // tables by name) and the memory of called graphs. It may end before the new one.
  static std::unique_ptr<Session> Create(const Executable& executable, Session* relative = nullptr);
  virtual ~Session() = default;

  // Runs one sample. `inputs` in the order of graph.inputs; shapes may fill in unknown dimensions and may differ from
  // call to call where the graph allows it (kInvalidArgument names the tensor otherwise).
  // With `ranges`, kernels that can take the range of a result while they make it do so, for Sight::range.
  virtual absl::Status Run(absl::Span<const ops::TensorView> inputs, const Observer* observer, bool ranges = false) = 0;
  // Result i of the last run, in the order of graph.outputs; valid until the next run.
  virtual ops::TensorView output(int i) const = 0;
  // Variable operands become zero and resources are forgotten, here and in all relatives, as if nothing had run.
  virtual void ResetState() = 0;
  // Plans for inputs like these, whose data may be null, without a run: arena_bytes() tells what it comes to.
  virtual absl::Status Plan(absl::Span<const ops::TensorView> inputs) = 0;
  virtual size_t arena_bytes() const = 0;
  // The most that it has had at a time: the arena, scratch of kernels, values whose shapes depend on data, and as much
  // of the graphs that it and its relatives have called.
  virtual size_t peak_bytes() const = 0;
};

// Evaluates one node on constant operands; for constant folding. Every operand must be constant. kInvalidArgument for
// ops with side effects and variable operands.
absl::StatusOr<std::vector<ir::Value>> EvaluateConstants(const ir::Graph& graph, ir::NodeId node);

// Types and shapes of every value from those of the graph inputs, in place (no run). A dimension that does not follow
// from those keeps what the graph declares, kDynamic as a rule. Nodes of ops without a record are left as they are, and
// so are nodes that call other graphs, where the graph stands alone.
absl::Status InferShapes(ir::Graph& graph);
// Of every graph; inputs of graphs that only other graphs call are taken as declared.
absl::Status InferShapes(ir::Model& model);

// Small values that are no constants but known without a run, from constants and shapes (SHAPE, arithmetic on it), as
// the constants that may take their place. Empty when shapes cannot be inferred.
std::vector<std::pair<ir::ValueId, ir::Value>> KnownValues(const ir::Graph& graph);

}  // namespace zeropoint::engine

#endif  // ZEROPOINT_ENGINE_ENGINE_H_
