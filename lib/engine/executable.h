// What sessions need of an executable beyond its public face.
#ifndef ZEROPOINT_ENGINE_EXECUTABLE_H_
#define ZEROPOINT_ENGINE_EXECUTABLE_H_

#include <memory>
#include <optional>
#include <vector>

#include "engine/buffer.h"
#include "engine/engine.h"
#include "engine/hybrid.h"
#include "ir/graph.h"
#include "ops/op_def.h"
#include "ops/tensor_view.h"

namespace zeropoint::engine {

struct PreparedNode {
  ir::NodeId id = ir::kNoNode;
  const ops::OpDef* op = nullptr;
  std::shared_ptr<const void> prepared;  // null when the op prepares nothing
  std::optional<HybridRounding> rounding;
};

class ExecutableImpl : public Executable {
 public:
  explicit ExecutableImpl(const ir::Graph& graph) : graph_(graph) {}
  absl::Status Prepare();

  const ir::Graph& graph() const override { return graph_; }
  absl::Span<const PreparedNode> nodes() const { return nodes_; }
  // A constant as kernels see it; data is null for other values.
  const ops::TensorView& constant(ir::ValueId id) const { return constants_[static_cast<size_t>(id)]; }

 private:
  absl::Status MakeConstants();
  bool IsHybridWeight(ir::ValueId id) const;
  absl::Status CheckOperands(const ir::Node& node) const;
  absl::Status PrepareNode(ir::NodeId id);

  const ir::Graph& graph_;
  std::vector<PreparedNode> nodes_;         // in order of execution
  std::vector<ops::TensorView> constants_;  // by value
  std::vector<Buffer> copies_;              // of constants that cannot be used where the file has them
};

}  // namespace zeropoint::engine

#endif  // ZEROPOINT_ENGINE_EXECUTABLE_H_
