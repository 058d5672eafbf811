// The executor. For one set of input shapes it plans once: shapes of all values, what is known without a run, which
// values share memory, and an arena for the rest. Values whose shapes depend on data get memory of their own at run time.
#include <algorithm>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/buffer.h"
#include "engine/engine.h"
#include "engine/evaluate.h"
#include "engine/executable.h"
#include "engine/inference.h"
#include "engine/memory_plan.h"

namespace zeropoint::engine {
namespace {

// Where the elements of a value are.
enum class Home : uint8_t {
  kNowhere,   // nothing mentions it
  kConstant,  // in the executable
  kInput,     // borrowed from the caller
  kKnown,     // computed when planning
  kArena,
  kView,      // with another value
  kHeap,      // its shape depends on data
};

struct Slot {
  Home home = Home::kNowhere;
  ir::ValueId root = ir::kNoValue;  // kView: the value whose memory it shares
  int last_use = -1;                // kHeap: the step after which it is free; -1: never
};

class SessionImpl : public Session {
 public:
  explicit SessionImpl(const ExecutableImpl& executable) : executable_(executable), graph_(executable.graph()) {}

  absl::Status Run(absl::Span<const ops::TensorView> inputs, const Observer* observer) override;
  ops::TensorView output(int i) const override { return View(graph_.outputs[static_cast<size_t>(i)]); }
  size_t arena_bytes() const override { return arena_.size(); }

 private:
  absl::Status CheckInput(size_t i, const ops::TensorView& input) const;
  absl::Status Plan(absl::Span<const ops::TensorView> inputs);
  void AssignHomes();
  ir::ValueId SharedRoot(const PreparedNode& node) const;
  absl::Status PlanArena();
  absl::Status RunNode(int step, const Observer* observer);
  absl::Status InferLive(const PreparedNode& node);
  absl::Status AllocateLive(ir::ValueId id, const Facts& live);
  void RoundOperand(const HybridRounding& rounding);
  void FreeAfter(int step);

  Slot& slot(ir::ValueId id) { return slots_[static_cast<size_t>(id)]; }
  const Slot& slot(ir::ValueId id) const { return slots_[static_cast<size_t>(id)]; }
  Facts& facts(ir::ValueId id) { return facts_[static_cast<size_t>(id)]; }
  const Facts& facts(ir::ValueId id) const { return facts_[static_cast<size_t>(id)]; }
  void*& data(ir::ValueId id) { return data_[static_cast<size_t>(id)]; }

  ops::MutableView MutableViewOf(ir::ValueId id) const;
  ops::TensorView View(ir::ValueId id) const;

  const ExecutableImpl& executable_;
  const ir::Graph& graph_;

  std::vector<ir::Shape> planned_;  // the input shapes that the plan is for
  bool has_plan_ = false;
  std::vector<Facts> facts_;        // by value; shapes of kHeap values are those of the current run
  std::vector<Slot> slots_;         // by value
  std::vector<bool> live_shapes_;   // by step: shapes are inferred again in each run
  std::vector<std::vector<ir::ValueId>> frees_;  // by step: kHeap values that nobody reads afterwards
  std::vector<void*> data_;         // by value
  std::vector<Buffer> heap_;        // by value
  Buffer arena_;
  GrowingScratch scratch_;
  GrowingScratch rounded_;          // the activation of a hybrid kernel
  std::vector<ops::TensorView> inputs_;
  std::vector<ops::MutableView> outputs_;
};

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
  absl::Status status;
  if (input.type != value.type) {
    status = absl::InvalidArgumentError(absl::StrCat("the input has type ", Name(value.type), ", not ",
                                                     Name(input.type)));
  }
  bool fits = !value.shape.ranked() || value.shape.rank() == input.rank();
  for (int d = 0; fits && value.shape.ranked() && d < input.rank(); ++d) {
    fits = value.shape[d] == ir::kDynamic || value.shape[d] == input.dim(d);
  }
  if (!fits) {
    status = absl::InvalidArgumentError(absl::StrCat("the input has shape ", value.shape.ToString(), ", not ",
                                                     ir::Shape(input.dims).ToString()));
  }
  return Annotate(std::move(status), Place::kTensor, value.name);
}

// The value whose memory the node's result may share, following chains of views; kNoValue when there is none.
ir::ValueId SessionImpl::SharedRoot(const PreparedNode& prepared) const {
  if (!prepared.op->is_view) return ir::kNoValue;
  const ir::ValueId from = graph_.node(prepared.id).input(0);
  const ir::ValueId root = slot(from).home == Home::kView ? slot(from).root : from;
  const Home home = slot(root).home;
  // What is borrowed must not leak into results, which outlive the call.
  const bool leaks = home == Home::kInput && graph_.IsGraphOutput(graph_.node(prepared.id).output());
  const bool shareable = home == Home::kArena || home == Home::kConstant || home == Home::kInput;
  return shareable && !leaks ? root : ir::kNoValue;
}

void SessionImpl::AssignHomes() {
  slots_.assign(facts_.size(), {});
  live_shapes_.clear();
  for (ir::ValueId id = 0; id < graph_.num_values(); ++id) {
    if (graph_.value(id).is_constant) slot(id).home = Home::kConstant;
  }
  for (ir::ValueId id : graph_.inputs) slot(id).home = Home::kInput;
  for (const PreparedNode& prepared : executable_.nodes()) {
    const ir::Node& node = graph_.node(prepared.id);
    bool live = false;
    for (ir::ValueId id : node.inputs()) live = live || (id != ir::kNoValue && slot(id).home == Home::kHeap);
    for (ir::ValueId id : node.outputs()) live = live || !facts(id).shape.IsStatic();
    live_shapes_.push_back(live);
    for (ir::ValueId id : node.outputs()) {
      Slot& result = slot(id);
      result.home = facts(id).known() ? Home::kKnown : facts(id).shape.IsStatic() ? Home::kArena : Home::kHeap;
      if (live || result.home != Home::kArena) continue;
      result.root = SharedRoot(prepared);
      if (result.root != ir::kNoValue) result.home = Home::kView;
    }
  }
}

absl::Status SessionImpl::PlanArena() {
  const int steps = static_cast<int>(executable_.nodes().size());
  std::vector<Block> blocks;
  std::vector<int> block_of(facts_.size(), -1);
  auto touch = [&](ir::ValueId id, int step) {
    if (id == ir::kNoValue) return;
    slot(id).last_use = std::max(slot(id).last_use, step);
    const int block = block_of[static_cast<size_t>(slot(id).home == Home::kView ? slot(id).root : id)];
    if (block >= 0) blocks[static_cast<size_t>(block)].last = step;
  };
  for (int step = 0; step < steps; ++step) {
    const ir::Node& node = graph_.node(executable_.nodes()[static_cast<size_t>(step)].id);
    for (ir::ValueId id : node.outputs()) {
      if (slot(id).home == Home::kArena) {
        ZP_ASSIGN_OR_RETURN(const size_t bytes, TensorBytes(facts(id).type, facts(id).shape));
        block_of[static_cast<size_t>(id)] = static_cast<int>(blocks.size());
        blocks.push_back({bytes, step, step});
      }
      touch(id, step);
    }
    for (ir::ValueId id : node.inputs()) touch(id, step);
  }
  for (ir::ValueId id : graph_.outputs) touch(id, steps);
  frees_.assign(static_cast<size_t>(steps), {});
  for (ir::ValueId id = 0; id < graph_.num_values(); ++id) {
    const Slot& now = slot(id);
    if (now.home == Home::kHeap && now.last_use < steps) frees_[static_cast<size_t>(now.last_use)].push_back(id);
  }
  const MemoryPlan plan = PlanMemory(blocks);
  if (arena_.size() < plan.size) {
    arena_ = Buffer();  // first, so that the old and the new one do not exist together
    arena_ = Buffer(plan.size);
  }
  for (ir::ValueId id = 0; id < graph_.num_values(); ++id) {
    const int block = block_of[static_cast<size_t>(id)];
    if (block >= 0) data(id) = arena_.data() + plan.offsets[static_cast<size_t>(block)];
    // Constants and known values are never written: kernels get them as operands only.
    if (slot(id).home == Home::kConstant) data(id) = const_cast<void*>(executable_.constant(id).data);
    if (slot(id).home == Home::kKnown) data(id) = facts(id).elements->data();
  }
  return absl::OkStatus();
}

absl::Status SessionImpl::Plan(absl::Span<const ops::TensorView> inputs) {
  has_plan_ = false;
  planned_.clear();
  for (const ops::TensorView& input : inputs) planned_.emplace_back(input.dims);
  ZP_ASSIGN_OR_RETURN(facts_, InferGraph(graph_, planned_));
  for (ir::ValueId id = 0; id < graph_.num_values(); ++id) {
    if (graph_.value(id).is_constant) facts(id).type = executable_.constant(id).type;
  }
  data_.assign(facts_.size(), nullptr);
  heap_.clear();
  heap_.resize(facts_.size());
  AssignHomes();
  ZP_RETURN_IF_ERROR(PlanArena());
  has_plan_ = true;
  return absl::OkStatus();
}

absl::Status SessionImpl::AllocateLive(ir::ValueId id, const Facts& live) {
  if (slot(id).home != Home::kHeap) {
    if (live.shape == facts(id).shape) return absl::OkStatus();
    return absl::InvalidArgumentError(absl::StrCat("the result has shape ", live.shape.ToString(), ", not ",
                                                   facts(id).shape.ToString()));
  }
  ZP_ASSIGN_OR_RETURN(const size_t bytes, TensorBytes(live.type, live.shape));
  facts(id).type = live.type;
  facts(id).shape = live.shape;
  heap_[static_cast<size_t>(id)] = Buffer(bytes);
  data(id) = heap_[static_cast<size_t>(id)].data();
  return absl::OkStatus();
}

// Infers from the operands as they are in this run.
absl::Status SessionImpl::InferLive(const PreparedNode& prepared) {
  const ir::Node& node = graph_.node(prepared.id);
  std::vector<Operand> operands;
  for (ir::ValueId id : node.inputs()) {
    if (id == ir::kNoValue) operands.push_back({});
    else operands.push_back({true, facts(id).type, &facts(id).shape, data(id)});
  }
  ZP_ASSIGN_OR_RETURN(const std::vector<Facts> results, InferNode(graph_, prepared.id, *prepared.op, operands));
  for (size_t i = 0; i < results.size(); ++i) {
    ZP_RETURN_IF_ERROR(AllocateLive(node.output(static_cast<int>(i)), results[i]));
  }
  return absl::OkStatus();
}

void SessionImpl::FreeAfter(int step) {
  for (ir::ValueId id : frees_[static_cast<size_t>(step)]) heap_[static_cast<size_t>(id)] = Buffer();
}

// The value itself stays as it is: others read it too.
void SessionImpl::RoundOperand(const HybridRounding& rounding) {
  ops::TensorView& operand = inputs_[static_cast<size_t>(rounding.activation)];
  float* rounded = static_cast<float*>(rounded_.Get(operand.bytes()));
  RoundActivations(rounding, operand, rounded);
  operand.data = rounded;
}

absl::Status SessionImpl::RunNode(int step, const Observer* observer) {
  const PreparedNode& prepared = executable_.nodes()[static_cast<size_t>(step)];
  const ir::Node& node = graph_.node(prepared.id);
  const bool known = !node.outputs().empty() &&
                     std::all_of(node.outputs().begin(), node.outputs().end(),
                                 [&](ir::ValueId id) { return slot(id).home == Home::kKnown; });
  if (!known) {
    if (live_shapes_[static_cast<size_t>(step)]) ZP_RETURN_IF_ERROR(InferLive(prepared));
    inputs_.clear();
    outputs_.clear();
    for (ir::ValueId id : node.inputs()) inputs_.push_back(View(id));
    if (prepared.rounding.has_value()) RoundOperand(*prepared.rounding);
    for (ir::ValueId id : node.outputs()) {
      if (slot(id).home == Home::kView) data(id) = data(slot(id).root);
      outputs_.push_back(MutableViewOf(id));
    }
    ZP_RETURN_IF_ERROR(prepared.op->eval_float({node.attrs(), inputs_, outputs_, prepared.prepared.get(), scratch_}));
  }
  for (ir::ValueId id : node.outputs()) {
    if (observer != nullptr) ZP_RETURN_IF_ERROR((*observer)(id, View(id)));
  }
  FreeAfter(step);
  return absl::OkStatus();
}

absl::Status SessionImpl::Run(absl::Span<const ops::TensorView> inputs, const Observer* observer) {
  if (inputs.size() != graph_.inputs.size()) {
    return absl::InvalidArgumentError(absl::StrCat("the graph has ", graph_.inputs.size(), " inputs, not ",
                                                   inputs.size()));
  }
  bool planned = has_plan_;
  for (size_t i = 0; i < inputs.size(); ++i) {
    ZP_RETURN_IF_ERROR(CheckInput(i, inputs[i]));
    planned = planned && planned_[i].dims() == inputs[i].dims;
  }
  if (!planned) ZP_RETURN_IF_ERROR(Plan(inputs));
  for (size_t i = 0; i < inputs.size(); ++i) {
    data(graph_.inputs[i]) = const_cast<void*>(inputs[i].data);  // operands only, never written
    if (observer != nullptr) ZP_RETURN_IF_ERROR((*observer)(graph_.inputs[i], inputs[i]));
  }
  for (int step = 0; step < static_cast<int>(executable_.nodes().size()); ++step) {
    ZP_RETURN_IF_ERROR(
        AnnotateNode(RunNode(step, observer), graph_, executable_.nodes()[static_cast<size_t>(step)].id));
  }
  return absl::OkStatus();
}

}  // namespace

std::unique_ptr<Session> Session::Create(const Executable& executable) {
  // Executable::Create makes nothing else.
  return std::make_unique<SessionImpl>(static_cast<const ExecutableImpl&>(executable));
}

}  // namespace zeropoint::engine
