// The calling thread pulls samples and reports progress; workers run them. The queue between them is bounded, so memory
// does not grow with the number of samples.
#include "calibrate/calibrate.h"

#include <condition_variable>
#include <cstring>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "calibrate/binding.h"
#include "calibrate/ranges.h"
#include "engine/engine.h"
#include "kernels/kernel_table.h"

namespace zeropoint::calibrate {
namespace {

constexpr absl::string_view kStage = "calibrate";
constexpr size_t kMaxAlignment = 16;  // of any element type

struct Job {
  uint64_t index = 0;
  Sample sample;
  Binding binding;
  const engine::Executable* executable = nullptr;
};

absl::Status AnnotateSample(absl::Status status, uint64_t index) {
  return Annotate(std::move(status), Place::kSample, absl::StrCat(index));
}

absl::Status NonFinite(absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat("NaN or infinity in ", what));
}

// Runs samples one after the other on one thread.
class Worker {
 public:
  explicit Worker(const ir::Model& model) : model_(model) {}

  absl::Status Run(const Job& job);
  void MergeInto(std::map<int, RangeStore>& ranges) const;

 private:
  struct GraphState {
    std::unique_ptr<engine::Session> session;
    RangeStore ranges;
  };
  GraphState& StateOf(const Job& job);
  absl::Status AddInputs(const ir::Graph& graph, const Job& job, RangeStore& ranges);
  absl::Status AddResult(const ir::Graph& graph, ir::ValueId id, const ops::TensorView& view, RangeStore& ranges) const;

  const ir::Model& model_;
  std::map<int, GraphState> graphs_;
  std::vector<ops::TensorView> inputs_;
  std::vector<std::unique_ptr<std::max_align_t[]>> copies_;  // of inputs whose data is not aligned
};

Worker::GraphState& Worker::StateOf(const Job& job) {
  auto at = graphs_.find(job.binding.graph);
  if (at == graphs_.end()) {
    const int values = job.executable->graph().num_values();
    at = graphs_.emplace(job.binding.graph,
                         GraphState{engine::Session::Create(*job.executable), RangeStore(values)}).first;
  }
  return at->second;
}

absl::Status Worker::AddInputs(const ir::Graph& graph, const Job& job, RangeStore& ranges) {
  inputs_.clear();
  copies_.clear();
  for (size_t i = 0; i < graph.inputs.size(); ++i) {
    const SampleTensor& tensor = job.sample.tensors[job.binding.tensors[i]];
    const ir::ValueId id = graph.inputs[i];
    ops::TensorView view;
    view.type = tensor.type;
    view.dims = tensor.shape.dims();
    view.data = tensor.data.data();
    if (reinterpret_cast<uintptr_t>(view.data) % kMaxAlignment != 0) {
      copies_.push_back(std::make_unique<std::max_align_t[]>(tensor.data.size() / sizeof(std::max_align_t) + 1));
      std::memcpy(copies_.back().get(), view.data, tensor.data.size());
      view.data = copies_.back().get();
    }
    inputs_.push_back(view);
    if (tensor.type != ElementType::kFloat32 || view.elements() == 0) continue;
    const kernels::MinMaxResult range = kernels::MinMax(view.As<float>(), static_cast<size_t>(view.elements()));
    if (!range.all_finite) {
      const std::string name = tensor.name.empty() ? graph.value(id).name : tensor.name;
      return Annotate(NonFinite(absl::StrCat("the data of input '", name, "'")), Place::kTensor, name);
    }
    // An input that nobody reads is no activation.
    if (!graph.uses(id).empty()) ranges.Add(id, range.min, range.max);
  }
  return absl::OkStatus();
}

absl::Status Worker::AddResult(const ir::Graph& graph, ir::ValueId id, const ops::TensorView& view,
                               RangeStore& ranges) const {
  const ir::NodeId producer = graph.producer(id);
  const bool is_input = producer == ir::kNoNode;
  if (is_input || view.type != ElementType::kFloat32 || view.elements() == 0) return absl::OkStatus();
  const kernels::MinMaxResult range = kernels::MinMax(view.As<float>(), static_cast<size_t>(view.elements()));
  if (range.all_finite) {
    ranges.Add(id, range.min, range.max);
    return absl::OkStatus();
  }
  const ir::Node& node = graph.node(producer);
  const std::string& tensor = graph.value(id).name;
  return Annotate(NonFinite(absl::StrCat("the result '", tensor, "' of ", node.op())), Place::kTensor, tensor);
}

absl::Status Worker::Run(const Job& job) {
  GraphState& state = StateOf(job);
  const ir::Graph& graph = job.executable->graph();
  ZP_RETURN_IF_ERROR(AddInputs(graph, job, state.ranges));
  const engine::Observer observer = [&](ir::ValueId id, const ops::TensorView& view) {
    return AddResult(graph, id, view, state.ranges);
  };
  return state.session->Run(inputs_, &observer);
}

void Worker::MergeInto(std::map<int, RangeStore>& ranges) const {
  for (const auto& [graph, state] : graphs_) {
    auto at = ranges.find(graph);
    if (at == ranges.end()) ranges.emplace(graph, state.ranges); else at->second.Merge(state.ranges);
  }
}

// Keeps the error of the lowest sample: every sample below a failed one was pulled before it and is run to its end.
class FirstError {
 public:
  bool any() const { return !status_.ok(); }
  // True: whatever becomes of the sample, it is not the first error.
  bool Before(uint64_t sample) const { return any() && sample_ < sample; }
  void Add(uint64_t sample, absl::Status status) {
    if (status.ok() || Before(sample)) return;
    sample_ = sample;
    status_ = std::move(status);
  }
  const absl::Status& status() const { return status_; }

 private:
  uint64_t sample_ = 0;
  absl::Status status_;
};

// Runs jobs on threads of its own, or, where it has none, at once in Push.
class Crew {
 public:
  Crew(const ir::Model& model, int threads);
  ~Crew() { Finish(); }
  // Waits for room in the queue. False when a sample has failed and no more are wanted.
  bool Push(Job job);
  void Fail(uint64_t sample, absl::Status status);
  // Waits until another sample is done, all are, or one has failed; returns how many are done.
  uint64_t WaitBeyond(uint64_t done, uint64_t total);
  uint64_t done();
  // Lets the threads end what they have begun. `drop`: leaves the queue undone.
  void Finish(bool drop = false);
  const absl::Status& error() const { return error_.status(); }  // after Finish
  const std::vector<std::unique_ptr<Worker>>& workers() const { return workers_; }

 private:
  void Loop(Worker& worker);

  std::vector<std::unique_ptr<Worker>> workers_;
  std::vector<std::thread> threads_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Job> queue_;   // guarded by mutex_, as is what follows
  bool closed_ = false;
  uint64_t done_ = 0;
  FirstError error_;
};

Crew::Crew(const ir::Model& model, int threads) {
  workers_.push_back(std::make_unique<Worker>(model));
  if (threads <= 1) return;
  for (int i = 1; i < threads; ++i) workers_.push_back(std::make_unique<Worker>(model));
  for (const std::unique_ptr<Worker>& worker : workers_) {
    try {
      threads_.emplace_back([this, &worker] { Loop(*worker); });
    } catch (const std::system_error&) {
      break;  // fewer threads, or none, do the same work
    }
  }
}

void Crew::Loop(Worker& worker) {
  std::unique_lock<std::mutex> lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return closed_ || !queue_.empty(); });
    if (queue_.empty()) return;
    std::optional<Job> job = std::move(queue_.front());
    queue_.pop_front();
    changed_.notify_all();
    const uint64_t index = job->index;
    absl::Status status;
    if (!error_.Before(index)) {
      lock.unlock();
      status = AnnotateSample(worker.Run(*job), index);
      job.reset();
      lock.lock();
    }
    error_.Add(index, std::move(status));
    ++done_;
    changed_.notify_all();
  }
}

bool Crew::Push(Job job) {
  if (threads_.empty()) {
    error_.Add(job.index, AnnotateSample(workers_.front()->Run(job), job.index));
    ++done_;
    return !error_.any();
  }
  std::unique_lock<std::mutex> lock(mutex_);
  changed_.wait(lock, [this] { return queue_.size() < threads_.size() || error_.any(); });
  if (error_.any()) return false;
  queue_.push_back(std::move(job));
  changed_.notify_all();
  return true;
}

void Crew::Fail(uint64_t sample, absl::Status status) {
  std::lock_guard<std::mutex> lock(mutex_);
  error_.Add(sample, std::move(status));
}

uint64_t Crew::WaitBeyond(uint64_t done, uint64_t total) {
  std::unique_lock<std::mutex> lock(mutex_);
  changed_.wait(lock, [&] { return done_ > done || done_ >= total; });
  return done_;
}

uint64_t Crew::done() {
  std::lock_guard<std::mutex> lock(mutex_);
  return done_;
}

void Crew::Finish(bool drop) {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    closed_ = true;
    if (drop) queue_.clear();
    changed_.notify_all();
  }
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

class Calibration {
 public:
  Calibration(const ir::Model& model, const NextSample& next, const Context& context)
      : model_(model), next_(next), context_(context), crew_(model, context.threads) {}

  absl::StatusOr<ir::Statistics> Run();

 private:
  // False at the end of the samples.
  absl::StatusOr<bool> Pull(Job& job);
  absl::StatusOr<const engine::Executable*> ExecutableOf(int graph);
  absl::Status Feed();
  absl::Status Report(uint64_t done, uint64_t total) const { return context_.Report({kStage, done, total}); }

  const ir::Model& model_;
  const NextSample& next_;
  const Context& context_;
  std::map<int, std::unique_ptr<const engine::Executable>> executables_;
  uint64_t pulled_ = 0;
  Crew crew_;  // last: its threads use what stands above
};

absl::StatusOr<const engine::Executable*> Calibration::ExecutableOf(int graph) {
  std::unique_ptr<const engine::Executable>& executable = executables_[graph];
  if (executable == nullptr) {
    ZP_ASSIGN_OR_RETURN(executable, engine::Executable::Create(model_.graphs[static_cast<size_t>(graph)]));
  }
  return executable.get();
}

absl::StatusOr<bool> Calibration::Pull(Job& job) {
  job.index = pulled_;
  absl::StatusOr<bool> more = next_(job.sample);
  if (!more.ok()) return AnnotateSample(more.status(), job.index);
  if (!*more) return false;
  absl::StatusOr<Binding> binding = Bind(model_, job.sample);
  if (!binding.ok()) return AnnotateSample(binding.status(), job.index);
  job.binding = *std::move(binding);
  // What fails here is the model's fault, not the sample's.
  ZP_ASSIGN_OR_RETURN(job.executable, ExecutableOf(job.binding.graph));
  return true;
}

// An error here is one of Report: the user has had enough. Errors of samples are with the crew.
absl::Status Calibration::Feed() {
  for (;;) {
    ZP_RETURN_IF_ERROR(Report(crew_.done(), 0));
    Job job;
    absl::StatusOr<bool> more = Pull(job);
    if (!more.ok()) crew_.Fail(pulled_, more.status());
    if (!more.ok() || !*more) break;
    if (!crew_.Push(std::move(job))) break;
    ++pulled_;
  }
  for (uint64_t done = crew_.done(); done < pulled_;) {
    const uint64_t now = crew_.WaitBeyond(done, pulled_);
    done = now;
    ZP_RETURN_IF_ERROR(Report(done, pulled_));
  }
  return absl::OkStatus();
}

absl::StatusOr<ir::Statistics> Calibration::Run() {
  absl::Status status = Feed();
  crew_.Finish(/*drop=*/!status.ok());
  ZP_RETURN_IF_ERROR(status);
  ZP_RETURN_IF_ERROR(crew_.error());
  if (pulled_ == 0) return absl::InvalidArgumentError("there are no samples to calibrate with");
  std::map<int, RangeStore> ranges;
  for (const auto& worker : crew_.workers()) worker->MergeInto(ranges);
  ir::Statistics statistics;
  statistics.samples = pulled_;
  for (const auto& [graph, store] : ranges) store.Export(graph, statistics);
  return statistics;
}

}  // namespace

absl::StatusOr<ir::Statistics> Calibrate(const ir::Model& model, const NextSample& next, const Context& context) {
  return Calibration(model, next, context).Run();
}

}  // namespace zeropoint::calibrate
