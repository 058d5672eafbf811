// What sessions need of an executable beyond its public face.
#ifndef ZEROPOINT_ENGINE_EXECUTABLE_H_
#define ZEROPOINT_ENGINE_EXECUTABLE_H_

#include <memory>
#include <vector>

#include "engine/buffer.h"
#include "engine/engine.h"
#include "ir/graph.h"
#include "ops/op_def.h"

namespace zeropoint::engine {

struct PreparedNode {
  ir::NodeId id = ir::kNoNode;
  const ops::OpDef* op = nullptr;
  std::shared_ptr<const void> prepared;  // null when the op prepares nothing
};

class ExecutableImpl : public Executable {
 public:
  explicit ExecutableImpl(const ir::Graph& graph) : graph_(graph) {}
  absl::Status Prepare();

  const ir::Graph& graph() const override { return graph_; }
  absl::Span<const PreparedNode> nodes() const { return nodes_; }
  // Aligned elements of a constant; null for other values.
  const void* constant(ir::ValueId id) const { return constants_[static_cast<size_t>(id)]; }

 private:
  void AlignConstants();
  absl::Status PrepareNode(ir::NodeId id);

  const ir::Graph& graph_;
  std::vector<PreparedNode> nodes_;      // in order of execution
  std::vector<const void*> constants_;   // by value
  std::vector<Buffer> copies_;           // of constants whose bytes are not aligned for their type
};

}  // namespace zeropoint::engine

#endif  // ZEROPOINT_ENGINE_EXECUTABLE_H_
