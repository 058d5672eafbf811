// What a session decides once for a set of input shapes.
#include <algorithm>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/evaluate.h"
#include "engine/memory_plan.h"
#include "engine/session.h"
#include "ops/stored_bytes.h"

namespace zeropoint::engine {
namespace {

// Bytes are known before the run.
bool IsSized(const Facts& facts) { return facts.shape.IsStatic() && ops::HasFixedSize(facts.type); }

}  // namespace

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

// The operand whose memory the node's result may take over; kNoValue when there is none. `last_reads` holds, for a
// value with memory in the arena, the last step at which it or what shares its memory is read.
ir::ValueId SessionImpl::OverwrittenRoot(const PreparedNode& prepared, int step,
                                         absl::Span<const int> last_reads) const {
  const ir::Node& node = graph_.node(prepared.id);
  if (prepared.eval != prepared.op->eval_float) return ir::kNoValue;
  for (int i = 0; i < prepared.op->overwritable_operands; ++i) {
    const ir::ValueId from = node.input(i), to = node.output();
    const ir::ValueId root = from != ir::kNoValue && slot(from).home == Home::kView ? slot(from).root : from;
    if (root == ir::kNoValue || slot(root).home != Home::kArena) continue;
    const bool fits = facts(from).type == facts(to).type && facts(from).shape == facts(to).shape;
    if (fits && last_reads[static_cast<size_t>(root)] == step) return root;
  }
  return ir::kNoValue;
}

std::vector<int> SessionImpl::LastReads() const {
  std::vector<int> last(facts_.size(), -1);
  int step = 0;
  for (const PreparedNode& prepared : executable_.nodes()) {
    for (ir::ValueId id : graph_.node(prepared.id).inputs()) {
      if (id != ir::kNoValue) last[static_cast<size_t>(id)] = step;
    }
    ++step;
  }
  for (ir::ValueId id : graph_.outputs) last[static_cast<size_t>(id)] = step;
  return last;
}

void SessionImpl::AssignHomes() {
  slots_.assign(facts_.size(), {});
  live_shapes_.clear();
  for (ir::ValueId id = 0; id < graph_.num_values(); ++id) {
    if (graph_.value(id).is_constant) slot(id).home = Home::kConstant;
    if (IsState(graph_, id) && !graph_.uses(id).empty()) slot(id).home = Home::kState;
  }
  for (ir::ValueId id : graph_.inputs) slot(id).home = Home::kInput;
  std::vector<int> last_reads = LastReads();
  int step = -1;
  for (const PreparedNode& prepared : executable_.nodes()) {
    ++step;
    const ir::Node& node = graph_.node(prepared.id);
    bool live = false;
    for (ir::ValueId id : node.inputs()) live = live || (id != ir::kNoValue && slot(id).home == Home::kHeap);
    for (ir::ValueId id : node.outputs()) live = live || !IsSized(facts(id));
    live_shapes_.push_back(live);
    for (ir::ValueId id : node.outputs()) {
      Slot& result = slot(id);
      result.home = facts(id).known() ? Home::kKnown : IsSized(facts(id)) ? Home::kArena : Home::kHeap;
      if (live || result.home != Home::kArena) continue;
      result.root = SharedRoot(prepared);
      if (result.root == ir::kNoValue) result.root = OverwrittenRoot(prepared, step, last_reads);
      if (result.root == ir::kNoValue) continue;
      result.home = Home::kView;
      int& last = last_reads[static_cast<size_t>(result.root)];
      last = std::max(last, last_reads[static_cast<size_t>(id)]);
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

absl::Status SessionImpl::PlanStates() {
  for (ir::ValueId id = 0; id < graph_.num_values(); ++id) {
    if (slot(id).home != Home::kState) continue;
    auto at = states_.find(id);
    if (at == states_.end()) {
      absl::StatusOr<size_t> bytes = TensorBytes(facts(id).type, facts(id).shape);
      if (!bytes.ok()) return Annotate(bytes.status(), Place::kTensor, graph_.value(id).name);
      at = states_.emplace(id, Buffer(*bytes)).first;
      ClearState(id, at->second);
    }
    data(id) = at->second.data();
  }
  return absl::OkStatus();
}

absl::Status SessionImpl::PlanFor(absl::Span<const ops::TensorView> inputs) {
  has_plan_ = false;
  planned_.clear();
  for (const ops::TensorView& input : inputs) planned_.emplace_back(input.dims);
  ZP_ASSIGN_OR_RETURN(facts_, InferGraph(graph_, planned_, executable_.scope()));
  for (ir::ValueId id = 0; id < graph_.num_values(); ++id) {
    if (graph_.value(id).is_constant) facts(id).type = executable_.constant(id).type;
  }
  data_.assign(facts_.size(), nullptr);
  heap_.clear();
  heap_.resize(facts_.size());
  heap_bytes_ = 0;
  AssignHomes();
  ZP_RETURN_IF_ERROR(PlanArena());
  ZP_RETURN_IF_ERROR(PlanStates());
  has_plan_ = true;
  return absl::OkStatus();
}

}  // namespace zeropoint::engine
