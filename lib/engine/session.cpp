#include "engine/session.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/evaluate.h"
#include "ops/stored_bytes.h"

namespace zeropoint::engine {

void Family::Leave(SessionImpl* member) {
  members_.erase(std::remove(members_.begin(), members_.end(), member), members_.end());
}

absl::StatusOr<SessionImpl*> Family::Callee(const ProgramImpl& program, int graph) {
  std::unique_ptr<SessionImpl>& callee = callees_[graph];
  if (callee == nullptr) {
    ZP_ASSIGN_OR_RETURN(const ExecutableImpl* executable, program.Find(graph));
    callee = std::make_unique<SessionImpl>(*executable, *this, nullptr);
  }
  return callee.get();
}

void Family::Reset() {
  resources_.clear();
  for (SessionImpl* member : members_) member->ClearStates();
}

size_t Family::CalleeBytes() const {
  size_t bytes = 0;
  for (const auto& [graph, callee] : callees_) bytes += callee == nullptr ? 0 : callee->OwnPeakBytes();
  return bytes;
}

ops::MutableView SessionImpl::MutableViewOf(ir::ValueId id) const {
  ops::MutableView view;
  if (id == ir::kNoValue) return view;
  view.type = facts(id).type;
  view.dims = facts(id).shape.dims();
  view.data = data_[static_cast<size_t>(id)];
  view.quant = &graph_.value(id).quant;
  return view;
}

ops::TensorView SessionImpl::View(ir::ValueId id) const { return MutableViewOf(id).view(); }

absl::Status SessionImpl::CheckInput(size_t i, const ops::TensorView& input) const {
  const ir::Value& value = graph_.value(graph_.inputs[i]);
  ZP_RETURN_IF_ERROR(CheckArgument(i, input));
  bool fits = !value.shape.ranked() || value.shape.rank() == input.rank();
  for (int d = 0; fits && value.shape.ranked() && d < input.rank(); ++d) {
    fits = value.shape[d] == ir::kDynamic || value.shape[d] == input.dim(d);
  }
  if (fits) return absl::OkStatus();
  return Annotate(absl::InvalidArgumentError(absl::StrCat("the input has shape ", value.shape.ToString(), ", not ",
                                                          ir::Shape(input.dims).ToString())),
                  Place::kTensor, value.name);
}

absl::Status SessionImpl::CheckArgument(size_t i, const ops::TensorView& argument) const {
  const ir::Value& value = graph_.value(graph_.inputs[i]);
  if (argument.type == value.type) return absl::OkStatus();
  return Annotate(
      absl::InvalidArgumentError(absl::StrCat("the input has type ", Name(value.type), ", not ", Name(argument.type))),
      Place::kTensor, value.name);
}

absl::Status SessionImpl::AllocateLive(ir::ValueId id, const Facts& live) {
  if (slot(id).home != Home::kHeap) {
    if (live.shape == facts(id).shape) return absl::OkStatus();
    return absl::InvalidArgumentError(
        absl::StrCat("the result has shape ", live.shape.ToString(), ", not ", facts(id).shape.ToString()));
  }
  facts(id).type = live.type;
  facts(id).shape = live.shape;
  data(id) = nullptr;
  if (!live.shape.IsStatic() || !ops::HasFixedSize(live.type)) return absl::OkStatus();  // the op will say
  ZP_ASSIGN_OR_RETURN(const size_t bytes, TensorBytes(live.type, live.shape));
  SetHeap(id, Buffer(bytes));
  data(id) = heap_[static_cast<size_t>(id)].data();
  return absl::OkStatus();
}

// Infers from the operands as they are in this run.
absl::Status SessionImpl::InferLive(const PreparedNode& prepared) {
  const ir::Node& node = graph_.node(prepared.id);
  std::vector<Operand> operands;
  for (ir::ValueId id : node.inputs()) {
    if (id == ir::kNoValue)
      operands.push_back({});
    else
      operands.push_back({true, facts(id).type, &facts(id).shape, data(id)});
  }
  ZP_ASSIGN_OR_RETURN(const std::vector<Facts> results,
                      InferNode(graph_, prepared.id, *prepared.op, operands, executable_.scope()));
  for (size_t i = 0; i < results.size(); ++i) {
    ZP_RETURN_IF_ERROR(AllocateLive(node.output(static_cast<int>(i)), results[i]));
  }
  return absl::OkStatus();
}

absl::Status SessionImpl::CheckAllocated(const ir::Node& node) const {
  for (ir::ValueId id : node.outputs()) {
    if (slot(id).home == Home::kHeap && data_[static_cast<size_t>(id)] == nullptr) {
      const std::string shape = facts(id).shape.ToString();
      return absl::UnimplementedError(absl::StrCat("the shape of the result is not known: ", shape));
    }
  }
  return absl::OkStatus();
}

void SessionImpl::FreeAfter(int step) {
  for (ir::ValueId id : frees_[static_cast<size_t>(step)]) SetHeap(id, Buffer());
}

void SessionImpl::SetHeap(ir::ValueId id, Buffer buffer) {
  Buffer& place = heap_[static_cast<size_t>(id)];
  heap_bytes_ += buffer.size() - place.size();
  most_heap_ = std::max(most_heap_, heap_bytes_);
  place = std::move(buffer);
}

absl::Status SessionImpl::Show(Sight::Kind kind, ir::ValueId id, const ops::TensorView& tensor,
                               const kernels::MinMaxResult* range) const {
  if (observer_ == nullptr) return absl::OkStatus();
  return (*observer_)({kind, executable_.index(), id, tensor, range});
}

absl::Status SessionImpl::ShowResults(const ir::Node& node) const {
  const kernels::MinMaxResult* range = &range_.range();
  for (ir::ValueId id : node.outputs()) {
    const ops::TensorView result = View(id);
    const bool whole =
        range != nullptr && range_.elements() > 0 && range_.elements() == static_cast<size_t>(result.elements());
    ZP_RETURN_IF_ERROR(Show(Sight::kResult, id, result, whole ? range : nullptr));
    range = nullptr;  // kernels take that of the first only
  }
  return absl::OkStatus();
}

absl::Status SessionImpl::ShowStates(const PreparedNode& prepared) {
  if (!prepared.has_states) return absl::OkStatus();
  for (ir::ValueId id : graph_.node(prepared.id).inputs()) {
    if (id == ir::kNoValue || slot(id).home != Home::kState) continue;
    ZP_RETURN_IF_ERROR(Show(Sight::kState, id, View(id)));
  }
  return absl::OkStatus();
}

// A result whose shape is still not known. Some kernels allocate theirs now; for all others it has as many dimensions
// as it should, without elements.
absl::Status SessionImpl::HideUnknown(const PreparedNode& prepared, ir::ValueId id, ops::MutableView& view) const {
  static constexpr int64_t kZeros[16] = {};  // more dimensions than any op takes
  if (slot(id).home != Home::kHeap || view.data != nullptr) return absl::OkStatus();
  if (!facts(id).shape.ranked() && !prepared.op->has_side_effects) return CheckAllocated(graph_.node(prepared.id));
  view.dims = absl::MakeConstSpan(kZeros).first(std::min(view.dims.size(), std::size(kZeros)));
  return absl::OkStatus();
}

absl::Status SessionImpl::Evaluate(const PreparedNode& prepared) {
  const ir::Node& node = graph_.node(prepared.id);
  inputs_.clear();
  outputs_.clear();
  state_views_.clear();
  for (ir::ValueId id : node.inputs()) inputs_.push_back(View(id));
  for (ir::ValueId id : node.outputs()) {
    if (slot(id).home == Home::kView) data(id) = data(slot(id).root);
    outputs_.push_back(MutableViewOf(id));
    ZP_RETURN_IF_ERROR(HideUnknown(prepared, id, outputs_.back()));
  }
  if (prepared.has_states) {
    for (ir::ValueId id : node.inputs()) {
      const bool is_state = id != ir::kNoValue && slot(id).home == Home::kState;
      state_views_.push_back(is_state ? MutableViewOf(id) : ops::MutableView());
    }
  }
  packed_.reset();  // first, so that two packed for a run do not exist together
  ZP_ASSIGN_OR_RETURN(packed_, executable_.PreparedFor(prepared));
  ops::EvalContext context{node.attrs(), inputs_, outputs_, packed_.get(), scratch_, state_views_, this};
  std::function<absl::Status(int, const ops::TensorView&)> intermediate;
  if (observer_ != nullptr && !node.info.intermediates.empty()) {
    intermediate = [&](int i, const ops::TensorView& tensor) {
      const bool listed = i < static_cast<int>(node.info.intermediates.size());
      const ir::ValueId id = listed ? node.info.intermediates[static_cast<size_t>(i)] : ir::kNoValue;
      return id == ir::kNoValue ? absl::OkStatus() : Show(Sight::kIntermediate, id, tensor);
    };
    context.intermediate = &intermediate;
  }
  if (ranges_ && observer_ != nullptr) context.range = &range_;
  running_ = &prepared;
  ZP_RETURN_IF_ERROR(prepared.eval(context));
  return CheckAllocated(node);
}

absl::Status SessionImpl::RunNode(int step) {
  const PreparedNode& prepared = executable_.nodes()[static_cast<size_t>(step)];
  const ir::Node& node = graph_.node(prepared.id);
  const bool known =
      !node.outputs().empty() && std::all_of(node.outputs().begin(), node.outputs().end(),
                                             [&](ir::ValueId id) { return slot(id).home == Home::kKnown; });
  range_ = {};
  if (!known) {
    if (live_shapes_[static_cast<size_t>(step)]) ZP_RETURN_IF_ERROR(InferLive(prepared));
    ZP_RETURN_IF_ERROR(ShowStates(prepared));
    ZP_RETURN_IF_ERROR(Evaluate(prepared));
    ZP_RETURN_IF_ERROR(ShowStates(prepared));
  }
  ZP_RETURN_IF_ERROR(ShowResults(node));
  FreeAfter(step);
  return absl::OkStatus();
}

absl::Status SessionImpl::RunNodes(absl::Span<const ops::TensorView> inputs) {
  bool planned = has_plan_;
  for (size_t i = 0; i < inputs.size(); ++i) planned = planned && planned_[i].dims() == inputs[i].dims;
  if (!planned) ZP_RETURN_IF_ERROR(PlanFor(inputs));
  for (size_t i = 0; i < inputs.size(); ++i) {
    data(graph_.inputs[i]) = const_cast<void*>(inputs[i].data);  // operands only, never written
    ZP_RETURN_IF_ERROR(Show(Sight::kInput, graph_.inputs[i], inputs[i]));
  }
  for (int step = 0; step < static_cast<int>(executable_.nodes().size()); ++step) {
    ZP_RETURN_IF_ERROR(AnnotateNode(RunNode(step), graph_, executable_.nodes()[static_cast<size_t>(step)].id));
  }
  packed_.reset();
  return absl::OkStatus();
}

absl::Status SessionImpl::CheckInputs(absl::Span<const ops::TensorView> inputs) const {
  if (inputs.size() != graph_.inputs.size()) {
    return absl::InvalidArgumentError(
        absl::StrCat("the graph has ", graph_.inputs.size(), " inputs, not ", inputs.size()));
  }
  for (size_t i = 0; i < inputs.size(); ++i) ZP_RETURN_IF_ERROR(CheckInput(i, inputs[i]));
  return absl::OkStatus();
}

absl::Status SessionImpl::Plan(absl::Span<const ops::TensorView> inputs) {
  ZP_RETURN_IF_ERROR(CheckInputs(inputs));
  return PlanFor(inputs);
}

absl::Status SessionImpl::Run(absl::Span<const ops::TensorView> inputs, const Observer* observer, bool ranges) {
  ZP_RETURN_IF_ERROR(CheckInputs(inputs));
  observer_ = observer;
  ranges_ = ranges;
  return RunNodes(inputs);
}

absl::Status SessionImpl::RunCalled(absl::Span<const ops::TensorView> arguments, const Observer* observer,
                                    bool ranges) {
  if (arguments.size() != graph_.inputs.size()) {
    return absl::InvalidArgumentError(absl::StrCat("graph ", graph_.name, " has ", graph_.inputs.size(),
                                                   " inputs, the call ", arguments.size(), " arguments"));
  }
  for (size_t i = 0; i < arguments.size(); ++i) ZP_RETURN_IF_ERROR(CheckArgument(i, arguments[i]));
  observer_ = observer;
  ranges_ = ranges;
  return RunNodes(arguments);
}

// All zero in what the elements stand for; as in LiteRT, that is the zero point for int8 only.
void SessionImpl::ClearState(ir::ValueId id, Buffer& state) {
  const ir::Value& value = graph_.value(id);
  const bool has_zero_point = value.type == ElementType::kInt8 && value.quant.quantized();
  const int zero = has_zero_point ? static_cast<int>(value.quant.zero_point[0]) : 0;
  std::memset(state.data(), zero, state.size());
}

void SessionImpl::ClearStates() {
  for (auto& [id, state] : states_) ClearState(id, state);
}

absl::StatusOr<std::vector<ops::TensorView>> SessionImpl::Call(int graph, absl::Span<const ops::TensorView> arguments) {
  if (executable_.program() == nullptr) {
    return absl::UnimplementedError("a graph that stands alone cannot call others");
  }
  ZP_ASSIGN_OR_RETURN(SessionImpl * callee, family_.Callee(*executable_.program(), graph));
  ZP_RETURN_IF_ERROR(callee->RunCalled(arguments, observer_, ranges_));
  std::vector<ops::TensorView> results;
  for (int i = 0; i < callee->num_outputs(); ++i) results.push_back(callee->output(i));
  return results;
}

absl::StatusOr<ops::MutableView> SessionImpl::Allocate(int i, ElementType type, const ir::Shape& shape, size_t bytes) {
  const ir::ValueId id = graph_.node(running_->id).output(i);
  if (slot(id).home != Home::kHeap) {
    if (type == facts(id).type && shape == facts(id).shape) return MutableViewOf(id);
    return absl::InvalidArgumentError(absl::StrCat("the result is ", Name(type), shape.ToString(), ", not ",
                                                   Name(facts(id).type), facts(id).shape.ToString()));
  }
  facts(id).type = type;
  facts(id).shape = shape;
  SetHeap(id, Buffer(bytes));
  data(id) = heap_[static_cast<size_t>(id)].data();
  return MutableViewOf(id);
}

absl::StatusOr<ops::MutableView> SessionImpl::ResizeOutput(int i, ElementType type, const ir::Shape& shape) {
  ZP_ASSIGN_OR_RETURN(const size_t bytes, TensorBytes(type, shape));
  return Allocate(i, type, shape, bytes);
}

absl::StatusOr<ops::MutableView> SessionImpl::ResizeStrings(int i, const ir::Shape& shape, size_t bytes) {
  return Allocate(i, ElementType::kString, shape, bytes);
}

std::unique_ptr<Session> Session::Create(const Executable& executable, Session* relative) {
  // Executable::Create and Program make nothing else, nor is there another session.
  const std::shared_ptr<Family> family =
      relative == nullptr ? std::make_shared<Family>() : static_cast<SessionImpl*>(relative)->family();
  return std::make_unique<SessionImpl>(static_cast<const ExecutableImpl&>(executable), *family, family);
}

}  // namespace zeropoint::engine
