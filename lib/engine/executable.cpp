#include "engine/executable.h"

#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/evaluate.h"
#include "engine/inference.h"
#include "ir/verifier.h"

namespace zeropoint::engine {

void ExecutableImpl::AlignConstants() {
  constants_.assign(static_cast<size_t>(graph_.num_values()), nullptr);
  for (ir::ValueId id = 0; id < graph_.num_values(); ++id) {
    const ir::Value& value = graph_.value(id);
    if (!value.is_constant) continue;
    const uint8_t* data = value.data.data();
    if (!IsAligned(data, value.type)) {
      copies_.emplace_back(value.data.size());
      std::memcpy(copies_.back().data(), data, value.data.size());
      data = copies_.back().data();
    }
    constants_[static_cast<size_t>(id)] = data;
  }
}

absl::Status ExecutableImpl::PrepareNode(ir::NodeId id) {
  const ir::Node& node = graph_.node(id);
  const ops::OpDef* op = ops::FindOp(node.op());
  if (op == nullptr || op->infer == nullptr || op->eval_float == nullptr) {
    return absl::UnimplementedError(absl::StrCat("there is no float kernel for ", node.op()));
  }
  for (ir::ValueId input : node.inputs()) {
    if (input == ir::kNoValue || graph_.value(input).is_constant) continue;
    if (graph_.producer(input) == ir::kNoNode && !graph_.IsGraphInput(input)) {
      return absl::UnimplementedError(absl::StrCat("state that lasts between runs (", graph_.value(input).name,
                                                   ") is not supported"));
    }
  }
  PreparedNode prepared{id, op, nullptr};
  if (op->prepare != nullptr) {
    std::vector<ops::TensorView> inputs;
    for (ir::ValueId input : node.inputs()) {
      ops::TensorView view;
      if (input != ir::kNoValue) {
        const ir::Value& value = graph_.value(input);
        view.type = value.type;
        view.dims = value.shape.dims();
        view.data = constant(input);
        view.quant = &value.quant;
      }
      inputs.push_back(view);
    }
    ZP_ASSIGN_OR_RETURN(prepared.prepared, op->prepare({node.attrs(), inputs}));
  }
  nodes_.push_back(std::move(prepared));
  return absl::OkStatus();
}

absl::Status ExecutableImpl::Prepare() {
  ZP_RETURN_IF_ERROR(ir::Verify(graph_));
  AlignConstants();
  for (ir::NodeId id = graph_.first(); id != ir::kNoNode; id = graph_.next(id)) {
    ZP_RETURN_IF_ERROR(AnnotateNode(PrepareNode(id), graph_, id));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<const Executable>> Executable::Create(const ir::Graph& graph) {
  auto executable = std::make_unique<ExecutableImpl>(graph);
  ZP_RETURN_IF_ERROR(executable->Prepare());
  return std::unique_ptr<const Executable>(std::move(executable));
}

}  // namespace zeropoint::engine
