// What sessions need of executables beyond their public face.
#ifndef ZEROPOINT_ENGINE_EXECUTABLE_H_
#define ZEROPOINT_ENGINE_EXECUTABLE_H_

#include <memory>
#include <vector>

#include "engine/buffer.h"
#include "engine/engine.h"
#include "engine/inference.h"
#include "engine/kernel_choice.h"
#include "ir/graph.h"
#include "ops/op_def.h"
#include "ops/tensor_view.h"

namespace zeropoint::engine {

struct PreparedNode {
  ir::NodeId id = ir::kNoNode;
  const ops::OpDef* op = nullptr;
  ops::EvalFn eval = nullptr;            // the op's kernel for this node
  std::shared_ptr<const void> prepared;  // null when the op prepares nothing, or for each run
  ops::PrepareFn prepare = nullptr;      // to be called for each run; null when that is done, or not needed
  bool has_states = false;               // a variable is among its operands
};

class ProgramImpl;

class ExecutableImpl : public Executable {
 public:
  // `program` is null when the graph stands alone.
  explicit ExecutableImpl(const ir::Graph& graph, int index = 0, const ProgramImpl* program = nullptr)
      : graph_(graph), index_(index), program_(program) {}
  absl::Status Prepare();

  const ir::Graph& graph() const override { return graph_; }
  int index() const { return index_; }
  const ProgramImpl* program() const { return program_; }
  Scope scope() const;
  absl::Span<const PreparedNode> nodes() const { return nodes_; }
  // What the node's kernel works with; null when its op prepares nothing.
  absl::StatusOr<std::shared_ptr<const void>> PreparedFor(const PreparedNode& node) const;
  // A constant as kernels see it; data is null for other values.
  const ops::TensorView& constant(ir::ValueId id) const { return constants_[static_cast<size_t>(id)]; }

 private:
  absl::Status MakeConstants();
  bool IsHybridWeight(ir::ValueId id) const;
  ops::TensorView Declared(ir::ValueId id) const;
  absl::Status PrepareNode(ir::NodeId id);
  absl::StatusOr<std::shared_ptr<const void>> CallPrepare(ir::NodeId id, ops::PrepareFn prepare) const;

  const ir::Graph& graph_;
  const int index_;
  const ProgramImpl* const program_;
  std::vector<PreparedNode> nodes_;         // in order of execution
  std::vector<ops::TensorView> constants_;  // by value
  std::vector<Buffer> copies_;              // of constants that cannot be used where the file has them
};

class ProgramImpl : public Program {
 public:
  ProgramImpl(const ir::Model& model, Packing packing)
      : model_(model), packing_(packing), entries_(model.graphs.size()) {}

  absl::StatusOr<const Executable*> Prepare(int graph) override;
  // Of a graph that was prepared, or why it cannot run.
  absl::StatusOr<const ExecutableImpl*> Find(int graph) const;
  const ir::Model& model() const { return model_; }
  Packing packing() const { return packing_; }

 private:
  struct Entry {
    std::unique_ptr<ExecutableImpl> executable;  // null until prepared
    absl::Status status;
  };
  void PrepareWithCallees(int graph);

  const ir::Model& model_;
  const Packing packing_;
  std::vector<Entry> entries_;  // by graph; never resized, so that threads may read some while others are made
};

// An operand that no node computes and whose memory lasts from run to run.
inline bool IsState(const ir::Graph& graph, ir::ValueId id) {
  const ir::Value& value = graph.value(id);
  return value.is_variable && !value.is_constant && graph.producer(id) == ir::kNoNode && !graph.IsGraphInput(id);
}

}  // namespace zeropoint::engine

#endif  // ZEROPOINT_ENGINE_EXECUTABLE_H_
