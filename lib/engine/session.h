// The executor. For one set of input shapes it plans once: shapes of all values, what is known without a run, which
// values share memory, and an arena for the rest. Values whose shapes depend on data get memory of their own as it
// runs.
#ifndef ZEROPOINT_ENGINE_SESSION_H_
#define ZEROPOINT_ENGINE_SESSION_H_

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "engine/buffer.h"
#include "engine/engine.h"
#include "engine/executable.h"
#include "engine/inference.h"
#include "kernels/range.h"
#include "ops/op_def.h"
#include "ops/stored_bytes.h"

namespace zeropoint::engine {

// Where the elements of a value are.
enum class Home : uint8_t {
  kNowhere,   // nothing mentions it
  kConstant,  // in the executable
  kInput,     // borrowed from the caller
  kKnown,     // computed when planning
  kArena,
  kView,   // with another value
  kHeap,   // its shape, or the size of its elements, depends on data
  kState,  // lasts from run to run
};

struct Slot {
  Home home = Home::kNowhere;
  ir::ValueId root = ir::kNoValue;  // kView: the value whose memory it shares
  int last_use = -1;                // kHeap: the step after which it is free; -1: never
};

class SessionImpl;

// What the sessions of one thread share: resources by name, and a session for each graph that others call.
class Family {
 public:
  void Join(SessionImpl* member) { members_.push_back(member); }
  void Leave(SessionImpl* member);
  absl::StatusOr<SessionImpl*> Callee(const ProgramImpl& program, int graph);
  std::shared_ptr<ops::Resource>& resource(absl::string_view name) { return resources_[std::string(name)]; }
  void Reset();
  size_t CalleeBytes() const;

 private:
  std::map<std::string, std::shared_ptr<ops::Resource>> resources_;
  std::vector<SessionImpl*> members_;  // those that the user holds, and the callees
  std::map<int, std::unique_ptr<SessionImpl>> callees_;
};

class SessionImpl : public Session, public ops::Runtime, public ops::StringAllocator {
 public:
  // `owned` keeps the family alive for those whom the user holds; null for a member that the family holds itself.
  SessionImpl(const ExecutableImpl& executable, Family& family, std::shared_ptr<Family> owned)
      : owned_(std::move(owned)), family_(family), executable_(executable), graph_(executable.graph()) {
    family_.Join(this);
  }
  ~SessionImpl() override { family_.Leave(this); }

  absl::Status Run(absl::Span<const ops::TensorView> inputs, const Observer* observer, bool ranges) override;
  // As a call by another graph: the shapes of inputs are those of the arguments, whatever the graph declares.
  absl::Status RunCalled(absl::Span<const ops::TensorView> arguments, const Observer* observer, bool ranges);
  ops::TensorView output(int i) const override { return View(graph_.outputs[static_cast<size_t>(i)]); }
  int num_outputs() const { return static_cast<int>(graph_.outputs.size()); }
  void ResetState() override { family_.Reset(); }
  void ClearStates();
  absl::Status Plan(absl::Span<const ops::TensorView> inputs) override;
  size_t arena_bytes() const override { return arena_.size(); }
  size_t peak_bytes() const override { return OwnPeakBytes() + family_.CalleeBytes(); }
  size_t OwnPeakBytes() const { return arena_.size() + scratch_.bytes() + most_heap_; }
  const std::shared_ptr<Family>& family() const { return owned_; }

 private:
  // --- session_plan.cpp: for one set of input shapes
  absl::Status PlanFor(absl::Span<const ops::TensorView> inputs);
  void AssignHomes();
  ir::ValueId SharedRoot(const PreparedNode& node) const;
  ir::ValueId OverwrittenRoot(const PreparedNode& prepared, int step, absl::Span<const int> last_reads) const;
  std::vector<int> LastReads() const;
  absl::Status PlanArena();
  absl::Status PlanStates();
  void ClearState(ir::ValueId id, Buffer& state);

  // --- session.cpp
  absl::Status CheckInputs(absl::Span<const ops::TensorView> inputs) const;
  absl::Status CheckInput(size_t i, const ops::TensorView& input) const;
  absl::Status CheckArgument(size_t i, const ops::TensorView& argument) const;
  absl::Status RunNodes(absl::Span<const ops::TensorView> inputs);
  absl::Status RunNode(int step);
  absl::Status Evaluate(const PreparedNode& node);
  absl::Status InferLive(const PreparedNode& node);
  absl::Status AllocateLive(ir::ValueId id, const Facts& live);
  absl::Status CheckAllocated(const ir::Node& node) const;
  absl::Status ShowStates(const PreparedNode& node);
  absl::Status Show(Sight::Kind kind, ir::ValueId id, const ops::TensorView& tensor,
                    const kernels::MinMaxResult* range = nullptr) const;
  absl::Status ShowResults(const ir::Node& node) const;
  void FreeAfter(int step);
  void SetHeap(ir::ValueId id, Buffer buffer);

  // ops::Runtime, for the node that is running
  absl::StatusOr<std::vector<ops::TensorView>> Call(int graph, absl::Span<const ops::TensorView> arguments) override;
  std::shared_ptr<ops::Resource>& resource(absl::string_view name) override { return family_.resource(name); }
  absl::StatusOr<ops::MutableView> ResizeOutput(int i, ElementType type, const ir::Shape& shape) override;
  absl::StatusOr<ops::MutableView> ResizeStrings(int i, const ir::Shape& shape, size_t bytes) override;
  absl::StatusOr<ops::MutableView> Allocate(int i, ElementType type, const ir::Shape& shape, size_t bytes);

  Slot& slot(ir::ValueId id) { return slots_[static_cast<size_t>(id)]; }
  const Slot& slot(ir::ValueId id) const { return slots_[static_cast<size_t>(id)]; }
  Facts& facts(ir::ValueId id) { return facts_[static_cast<size_t>(id)]; }
  const Facts& facts(ir::ValueId id) const { return facts_[static_cast<size_t>(id)]; }
  void*& data(ir::ValueId id) { return data_[static_cast<size_t>(id)]; }

  ops::MutableView MutableViewOf(ir::ValueId id) const;
  absl::Status HideUnknown(const PreparedNode& prepared, ir::ValueId id, ops::MutableView& view) const;
  ops::TensorView View(ir::ValueId id) const;

  const std::shared_ptr<Family> owned_;
  Family& family_;
  const ExecutableImpl& executable_;
  const ir::Graph& graph_;

  std::vector<ir::Shape> planned_;  // the input shapes that the plan is for
  bool has_plan_ = false;
  std::vector<Facts> facts_;                     // by value; shapes of kHeap values are those of the current run
  std::vector<Slot> slots_;                      // by value
  std::vector<bool> live_shapes_;                // by step: shapes are inferred again in each run
  std::vector<std::vector<ir::ValueId>> frees_;  // by step: kHeap values that nobody reads afterwards
  std::vector<void*> data_;                      // by value
  std::vector<Buffer> heap_;                     // by value
  size_t heap_bytes_ = 0, most_heap_ = 0;        // of heap_, now and at most
  std::map<ir::ValueId, Buffer> states_;         // of variable operands; outlive plans
  Buffer arena_;
  GrowingScratch scratch_;

  // Of the current run, or of the node that is running.
  const Observer* observer_ = nullptr;
  bool ranges_ = false;          // wanted of kernels
  kernels::PartialRange range_;  // of the first result of the node that has run
  const PreparedNode* running_ = nullptr;
  std::shared_ptr<const void> packed_;  // what the kernel works with; seen while observers look
  std::vector<ops::TensorView> inputs_;
  std::vector<ops::MutableView> outputs_;
  std::vector<ops::MutableView> state_views_;
};

}  // namespace zeropoint::engine

#endif  // ZEROPOINT_ENGINE_SESSION_H_
