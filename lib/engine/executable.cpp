#include "engine/executable.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/evaluate.h"
#include "engine/inference.h"
#include "ir/verifier.h"
#include "ops/affine.h"
#include "ops/called_graphs.h"
#include "ops/stored_bytes.h"

namespace zeropoint::engine {
namespace {

// Less than this is packed once in any case: what it takes is little, and loops may run its node many times.
constexpr size_t kLeastOnDemand = size_t{1} << 20;

// A value as the graph declares it; a constant with its elements as they are stored.
ops::TensorView DeclaredView(const ir::Graph& graph, ir::ValueId id) {
  if (id == ir::kNoValue) return {};
  const ir::Value& value = graph.value(id);
  ops::TensorView view;
  view.type = value.type;
  view.dims = value.shape.dims();
  view.quant = &value.quant;
  if (value.is_constant) view.data = value.data.data();
  return view;
}

// What packing a node's constants takes. `floats`: by `prepare`, not by that of another kernel.
size_t PreparedBytes(const ops::OpDef& op, bool floats, const ir::Attributes& attrs,
                     absl::Span<const ops::TensorView> inputs) {
  if (floats && op.prepared_bytes != nullptr) return op.prepared_bytes({attrs, inputs});
  size_t bytes = 0;
  for (const ops::TensorView& input : inputs) bytes += input.data == nullptr ? 0 : input.bytes();
  return bytes;
}

}  // namespace

// Integer weights of an op with real activations that has no hybrid kernel: the float kernel takes them as real
// numbers.
bool ExecutableImpl::IsHybridWeight(ir::ValueId id) const {
  const ir::Value& value = graph_.value(id);
  if (!value.is_constant || !value.quant.quantized() || !Traits(value.type).is_integer) return false;
  bool has_hybrid_kernels = true;
  for (const ir::Use& use : graph_.uses(id)) {
    const ir::Node& node = graph_.node(use.node);
    const ops::OpDef* op = ops::FindOp(node.op());
    if (op == nullptr || op->quant.input(use.operand).role != ops::Role::kWeight) return false;
    if (graph_.value(node.output()).type != ElementType::kFloat32) return false;
    has_hybrid_kernels = has_hybrid_kernels && op->eval_hybrid != nullptr;
  }
  return !has_hybrid_kernels && !graph_.uses(id).empty();
}

// A value as the graph declares it; a constant has its elements too.
ops::TensorView ExecutableImpl::Declared(ir::ValueId id) const {
  if (id != ir::kNoValue && graph_.value(id).is_constant) return constant(id);
  return DeclaredView(graph_, id);
}

absl::Status ExecutableImpl::MakeConstants() {
  constants_.assign(static_cast<size_t>(graph_.num_values()), {});
  for (ir::ValueId id = 0; id < graph_.num_values(); ++id) {
    const ir::Value& value = graph_.value(id);
    if (!value.is_constant) continue;
    ops::TensorView& view = constants_[static_cast<size_t>(id)];
    view.type = value.type;
    view.dims = value.shape.dims();
    view.data = value.data.data();
    view.quant = &value.quant;
    if (value.type == ElementType::kString) {
      const absl::string_view packed(reinterpret_cast<const char*>(value.data.data()), value.data.size());
      ZP_RETURN_IF_ERROR(Annotate(ops::CheckPackedStrings(packed, view.elements()), Place::kTensor, value.name));
    }
    if (IsHybridWeight(id)) {
      copies_.push_back(Buffer::ForResult(static_cast<size_t>(view.elements()) * sizeof(float)));
      ZP_RETURN_IF_ERROR(
          Annotate(ops::ToReal(view, reinterpret_cast<float*>(copies_.back().data())), Place::kTensor, value.name));
      view.type = ElementType::kFloat32;
      view.data = copies_.back().data();
      view.quant = nullptr;
    } else if (!IsAligned(view.data, view.type)) {
      copies_.push_back(Buffer::ForResult(value.data.size()));
      std::memcpy(copies_.back().data(), view.data, value.data.size());
      view.data = copies_.back().data();
    }
  }
  return absl::OkStatus();
}

absl::Status ExecutableImpl::PrepareNode(ir::NodeId id) {
  const ir::Node& node = graph_.node(id);
  const ops::OpDef* op = ops::FindOp(node.op());
  if (op == nullptr || op->infer == nullptr) {
    return absl::UnimplementedError(absl::StrCat("there is no float kernel for ", node.op()));
  }
  std::vector<ops::TensorView> inputs, outputs;
  for (ir::ValueId input : node.inputs()) inputs.push_back(Declared(input));
  for (ir::ValueId output : node.outputs()) outputs.push_back(Declared(output));
  ZP_ASSIGN_OR_RETURN(const Kernel kernel, ChooseKernel(*op, inputs, outputs));
  PreparedNode prepared{id, op, kernel.eval};
  for (ir::ValueId input : node.inputs()) {
    prepared.has_states = prepared.has_states || (input != ir::kNoValue && IsState(graph_, input));
  }
  const bool on_demand = program_ != nullptr && program_->packing() == Packing::kOnDemand;
  const bool packs_floats = kernel.prepare == op->prepare;
  if (kernel.prepare == nullptr) {
    // Nothing to pack.
  } else if (on_demand && PreparedBytes(*op, packs_floats, node.attrs(), inputs) >= kLeastOnDemand) {
    if (!op->packs_in_parts) prepared.prepare = kernel.prepare;
  } else {
    ZP_ASSIGN_OR_RETURN(prepared.prepared, CallPrepare(id, kernel.prepare));
  }
  nodes_.push_back(std::move(prepared));
  return absl::OkStatus();
}

absl::StatusOr<std::shared_ptr<const void>> ExecutableImpl::CallPrepare(ir::NodeId id, ops::PrepareFn prepare) const {
  const ir::Node& node = graph_.node(id);
  std::vector<ops::TensorView> inputs, outputs;
  for (ir::ValueId input : node.inputs()) inputs.push_back(Declared(input));
  for (ir::ValueId output : node.outputs()) outputs.push_back(Declared(output));
  std::vector<const ir::QuantParams*> intermediates;
  for (ir::ValueId value : node.info.intermediates) {
    intermediates.push_back(value == ir::kNoValue ? nullptr : &graph_.value(value).quant);
  }
  return prepare({node.attrs(), inputs, outputs, intermediates});
}

absl::StatusOr<std::shared_ptr<const void>> ExecutableImpl::PreparedFor(const PreparedNode& node) const {
  if (node.prepare == nullptr) return node.prepared;
  return CallPrepare(node.id, node.prepare);
}

absl::Status ExecutableImpl::Prepare() {
  ZP_RETURN_IF_ERROR(ir::Verify(graph_));
  ZP_RETURN_IF_ERROR(MakeConstants());
  for (ir::NodeId id = graph_.first(); id != ir::kNoNode; id = graph_.next(id)) {
    ZP_RETURN_IF_ERROR(AnnotateNode(PrepareNode(id), graph_, id));
  }
  return absl::OkStatus();
}

Scope ExecutableImpl::scope() const { return {program_ == nullptr ? nullptr : &program_->model(), index_}; }

absl::StatusOr<std::unique_ptr<const Executable>> Executable::Create(const ir::Graph& graph) {
  auto executable = std::make_unique<ExecutableImpl>(graph);
  ZP_RETURN_IF_ERROR(executable->Prepare());
  return std::unique_ptr<const Executable>(std::move(executable));
}

void ProgramImpl::PrepareWithCallees(int graph) {
  Entry& entry = entries_[static_cast<size_t>(graph)];
  if (entry.executable != nullptr) return;
  const ir::Graph& prepared = model_.graphs[static_cast<size_t>(graph)];
  entry.executable = std::make_unique<ExecutableImpl>(prepared, graph, this);
  entry.status = entry.executable->Prepare();
  if (!entry.status.ok()) return;
  for (ir::NodeId id : prepared.Order()) {
    for (int callee : ops::CalledGraphs(prepared.node(id))) {
      if (callee >= 0 && static_cast<size_t>(callee) < entries_.size()) PrepareWithCallees(callee);
    }
  }
}

absl::StatusOr<const Executable*> ProgramImpl::Prepare(int graph) {
  if (graph < 0 || static_cast<size_t>(graph) >= entries_.size()) {
    return absl::InvalidArgumentError(absl::StrCat("the model has no graph ", graph));
  }
  if (entries_[static_cast<size_t>(graph)].executable == nullptr) {
    // Shapes first: that is where calls without end are found.
    ZP_RETURN_IF_ERROR(InferGraph(model_.graphs[static_cast<size_t>(graph)], {}, {&model_, graph}).status());
    PrepareWithCallees(graph);
  }
  ZP_ASSIGN_OR_RETURN(const ExecutableImpl* executable, Find(graph));
  return executable;
}

absl::StatusOr<const ExecutableImpl*> ProgramImpl::Find(int graph) const {
  if (graph < 0 || static_cast<size_t>(graph) >= entries_.size()) {
    return absl::InvalidArgumentError(absl::StrCat("the model has no graph ", graph));
  }
  const Entry& entry = entries_[static_cast<size_t>(graph)];
  if (entry.executable == nullptr) return absl::InternalError(absl::StrCat("graph ", graph, " was not prepared"));
  ZP_RETURN_IF_ERROR(entry.status);
  return entry.executable.get();
}

PackedWeights MeasurePacking(const ir::Model& model) {
  PackedWeights packed;
  for (const ir::Graph& graph : model.graphs) {
    for (ir::NodeId id = graph.first(); id != ir::kNoNode; id = graph.next(id)) {
      const ir::Node& node = graph.node(id);
      const ops::OpDef* op = ops::FindOp(node.op());
      if (op == nullptr || op->prepare == nullptr) continue;
      std::vector<ops::TensorView> inputs;
      for (ir::ValueId input : node.inputs()) inputs.push_back(DeclaredView(graph, input));
      const size_t bytes = PreparedBytes(*op, /*floats=*/true, node.attrs(), inputs);
      packed.all += bytes;
      if (bytes < kLeastOnDemand) {
        packed.always += bytes;
      } else {
        packed.largest = std::max(packed.largest, op->packs_in_parts ? std::min(bytes, ops::kPackedPartBytes) : bytes);
      }
    }
  }
  return packed;
}

std::unique_ptr<Program> Program::Create(const ir::Model& model, Packing packing) {
  return std::make_unique<ProgramImpl>(model, packing);
}

}  // namespace zeropoint::engine
