// The calling thread pulls samples and reports progress; workers run them. A worker runs the steps of a sequence in
// order. What waits for workers is bounded, so memory does not grow with the number of samples.
#include "calibrate/calibrate.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <limits>
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
#include "calibrate/state.h"
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
  bool continues = false;    // belongs to the sequence of the job before
  bool fresh_state = false;  // variables are to be forgotten first
};

absl::Status AnnotateSample(absl::Status status, uint64_t index) {
  return Annotate(std::move(status), Place::kSample, absl::StrCat(index));
}

absl::Status NonFinite(absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat("NaN or infinity in ", what));
}

bool HasNaN(const ops::TensorView& tensor) {
  const float* elements = tensor.As<float>();
  return std::any_of(elements, elements + tensor.elements(), [](float x) { return std::isnan(x); });
}

// The least element that is not below ir::kMaskedBelow; the largest float when all are.
float UnmaskedMin(const ops::TensorView& tensor) {
  const float* elements = tensor.As<float>();
  float least = std::numeric_limits<float>::max();
  for (int64_t i = 0, n = tensor.elements(); i < n; ++i) {
    if (elements[i] >= ir::kMaskedBelow) least = std::min(least, elements[i]);
  }
  return least;
}

std::string WordsFor(const ir::Graph& graph, const engine::Sight& sight, const std::string& name) {
  switch (sight.kind) {
    case engine::Sight::kInput:
      return absl::StrCat("the data of input '", name, "'");
    case engine::Sight::kState:
      return absl::StrCat("the state '", name, "'");
    case engine::Sight::kIntermediate:
      return absl::StrCat("the intermediate '", name, "'");
    case engine::Sight::kResult:
      break;
  }
  return absl::StrCat("the result '", name, "' of ", graph.node(graph.producer(sight.value)).op());
}

// Runs samples one after the other on one thread.
class Worker {
 public:
  // Ends its run when `dropped` is set, or the context's cancel.
  Worker(const ir::Model& model, const Context& context, const std::atomic<bool>& dropped)
      : model_(model), context_(context), dropped_(dropped) {}

  absl::Status Run(const Job& job);
  void MergeInto(std::map<int, RangeStore>& ranges) const;

 private:
  engine::Session& SessionOf(const Job& job);
  void BindInputs(const ir::Graph& graph, const Job& job);
  absl::Status Record(const Job& job, const engine::Sight& sight);
  std::string Describe(const Job& job, const engine::Sight& sight) const;
  bool Stopped() const {
    const bool cancelled = context_.cancel != nullptr && context_.cancel->load(std::memory_order_relaxed);
    return cancelled || dropped_.load(std::memory_order_relaxed);
  }

  const ir::Model& model_;
  const Context& context_;
  const std::atomic<bool>& dropped_;
  std::map<int, std::unique_ptr<engine::Session>> sessions_;  // by graph; relatives of each other
  std::map<int, RangeStore> ranges_;                          // by graph, of all that ran
  std::vector<ops::TensorView> inputs_;
  std::vector<std::unique_ptr<std::max_align_t[]>> copies_;  // of inputs whose data is not aligned
};

engine::Session& Worker::SessionOf(const Job& job) {
  std::unique_ptr<engine::Session>& session = sessions_[job.binding.graph];
  if (session == nullptr) {
    engine::Session* relative = nullptr;
    for (const auto& [graph, other] : sessions_) relative = other == nullptr ? relative : other.get();
    session = engine::Session::Create(*job.executable, relative);
  }
  return *session;
}

void Worker::BindInputs(const ir::Graph& graph, const Job& job) {
  inputs_.clear();
  copies_.clear();
  for (size_t i = 0; i < graph.inputs.size(); ++i) {
    const SampleTensor& tensor = job.sample.tensors[job.binding.tensors[i]];
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
  }
}

// The name that the user has for a sample's tensor; what the model calls others.
std::string Worker::Describe(const Job& job, const engine::Sight& sight) const {
  const ir::Graph& graph = model_.graphs[static_cast<size_t>(sight.graph)];
  if (sight.kind != engine::Sight::kInput || sight.graph != job.binding.graph) return graph.value(sight.value).name;
  for (size_t i = 0; i < graph.inputs.size(); ++i) {
    const std::string& given = job.sample.tensors[job.binding.tensors[i]].name;
    if (graph.inputs[i] == sight.value && !given.empty()) return given;
  }
  return graph.value(sight.value).name;
}

absl::Status Worker::Record(const Job& job, const engine::Sight& sight) {
  if (Stopped()) return absl::CancelledError("cancelled");
  const ops::TensorView& tensor = sight.tensor;
  if (tensor.type != ElementType::kFloat32 || tensor.elements() == 0) return absl::OkStatus();
  const ir::Graph& graph = model_.graphs[static_cast<size_t>(sight.graph)];
  const kernels::MinMaxResult range = sight.range != nullptr
                                          ? *sight.range
                                          : kernels::MinMax(tensor.As<float>(), static_cast<size_t>(tensor.elements()));
  if (!range.all_finite && (sight.kind != engine::Sight::kResult || HasNaN(tensor))) {
    const std::string name = Describe(job, sight);
    return Annotate(NonFinite(WordsFor(graph, sight, name)), Place::kTensor, name);
  }
  // An input that nobody reads is no activation.
  if (sight.kind == engine::Sight::kInput && graph.uses(sight.value).empty()) return absl::OkStatus();
  auto at = ranges_.find(sight.graph);
  if (at == ranges_.end()) at = ranges_.emplace(sight.graph, RangeStore(graph.num_values())).first;
  if (range.all_finite) {
    const float unmasked = range.min < ir::kMaskedBelow ? UnmaskedMin(tensor) : range.min;
    at->second.Add(sight.value, range.min, range.max, unmasked);
  } else {
    // Models compute infinity and select something else later, like LOG(0) in T5. The widest range says: stay float.
    at->second.Add(sight.value, std::numeric_limits<float>::lowest(), std::numeric_limits<float>::max());
  }
  return absl::OkStatus();
}

absl::Status Worker::Run(const Job& job) {
  engine::Session& session = SessionOf(job);
  if (job.fresh_state) session.ResetState();
  BindInputs(job.executable->graph(), job);
  const engine::Observer observer = [&](const engine::Sight& sight) { return Record(job, sight); };
  return session.Run(inputs_, &observer, /*ranges=*/true);
}

void Worker::MergeInto(std::map<int, RangeStore>& ranges) const {
  for (const auto& [graph, store] : ranges_) {
    auto at = ranges.find(graph);
    if (at == ranges.end())
      ranges.emplace(graph, store);
    else
      at->second.Merge(store);
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

// Jobs that one worker runs, one after the other.
struct Sequence {
  std::deque<Job> jobs;
  bool ended = false;  // no more are coming
};

// Runs jobs on threads of its own, or, where it has none, at once in Push.
class Crew {
 public:
  Crew(const ir::Model& model, const Context& context);
  ~Crew() { Finish(); }
  // Waits until few enough jobs wait. False when a sample has failed and no more are wanted.
  bool Push(Job job);
  void Fail(uint64_t sample, absl::Status status);
  // Waits until another sample is done, all are, or one has failed; returns how many are done.
  uint64_t WaitBeyond(uint64_t done, uint64_t total);
  uint64_t done();
  // Lets the threads end what they have begun. `drop`: leaves the rest undone.
  void Finish(bool drop = false);
  const absl::Status& error() const { return error_.status(); }  // after Finish
  const std::vector<std::unique_ptr<Worker>>& workers() const { return workers_; }

 private:
  void Loop(Worker& worker);
  void RunSequence(Worker& worker, Sequence& sequence, std::unique_lock<std::mutex>& lock);
  void EndCurrent();

  std::atomic<bool> dropped_{false};
  std::vector<std::unique_ptr<Worker>> workers_;
  std::vector<std::thread> threads_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::shared_ptr<Sequence>> queue_;  // guarded by mutex_, as is what follows
  std::shared_ptr<Sequence> current_;            // the one that may go on
  size_t waiting_ = 0;                           // jobs
  bool closed_ = false;
  uint64_t done_ = 0;
  FirstError error_;
};

Crew::Crew(const ir::Model& model, const Context& context) {
  for (int i = 0; i < std::max(1, context.threads); ++i) {
    workers_.push_back(std::make_unique<Worker>(model, context, dropped_));
  }
  if (workers_.size() == 1) return;
  for (const std::unique_ptr<Worker>& worker : workers_) {
    try {
      threads_.emplace_back([this, &worker] { Loop(*worker); });
    } catch (const std::system_error&) {
      break;  // fewer threads, or none, do the same work
    }
  }
}

void Crew::RunSequence(Worker& worker, Sequence& sequence, std::unique_lock<std::mutex>& lock) {
  for (;;) {
    changed_.wait(lock, [&] { return sequence.ended || !sequence.jobs.empty(); });
    if (sequence.jobs.empty()) return;
    std::optional<Job> job = std::move(sequence.jobs.front());
    sequence.jobs.pop_front();
    --waiting_;
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

void Crew::Loop(Worker& worker) {
  std::unique_lock<std::mutex> lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return closed_ || !queue_.empty(); });
    if (queue_.empty()) return;
    const std::shared_ptr<Sequence> sequence = std::move(queue_.front());
    queue_.pop_front();
    RunSequence(worker, *sequence, lock);
  }
}

void Crew::EndCurrent() {
  if (current_ != nullptr) current_->ended = true;
  current_ = nullptr;
}

bool Crew::Push(Job job) {
  if (threads_.empty()) {
    error_.Add(job.index, AnnotateSample(workers_.front()->Run(job), job.index));
    ++done_;
    return !error_.any();
  }
  std::unique_lock<std::mutex> lock(mutex_);
  changed_.wait(lock, [this] { return waiting_ < threads_.size() || error_.any(); });
  if (error_.any()) return false;
  if (current_ == nullptr || !job.continues) {
    EndCurrent();
    current_ = std::make_shared<Sequence>();
    queue_.push_back(current_);
  }
  current_->jobs.push_back(std::move(job));
  ++waiting_;
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
    if (drop) {
      dropped_ = true;
      queue_.clear();
      if (current_ != nullptr) current_->jobs.clear();
    }
    EndCurrent();
    changed_.notify_all();
  }
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

class Calibration {
 public:
  Calibration(const ir::Model& model, const NextSample& next, const Context& context, const Options& options)
      : model_(model),
        next_(next),
        context_(context),
        options_(options),
        has_state_(HasState(model)),
        program_(engine::Program::Create(model)),
        crew_(model, context) {}

  absl::StatusOr<ir::Statistics> Run();

 private:
  // False at the end of the samples.
  absl::StatusOr<bool> Pull(Job& job);
  absl::Status JoinSequence(Job& job) const;
  absl::Status Feed();
  absl::Status Report(uint64_t done, uint64_t total) const { return context_.Report({kStage, done, total}); }

  const ir::Model& model_;
  const NextSample& next_;
  const Context& context_;
  const Options options_;
  const bool has_state_;
  const std::unique_ptr<engine::Program> program_;
  uint64_t pulled_ = 0;
  Crew crew_;  // last: its threads use what stands above
};

// Models without state run every sample wherever there is room.
absl::Status Calibration::JoinSequence(Job& job) const {
  if (job.sample.continues && job.index == 0) {
    return absl::InvalidArgumentError("the first sample continues a sequence that there is not");
  }
  const bool carries = options_.state == State::kCarry;
  job.continues = has_state_ && (carries || job.sample.continues);
  job.fresh_state = has_state_ && !job.continues;
  return absl::OkStatus();
}

absl::StatusOr<bool> Calibration::Pull(Job& job) {
  job.index = pulled_;
  absl::StatusOr<bool> more = next_(job.sample);
  if (!more.ok()) return AnnotateSample(more.status(), job.index);
  if (!*more) return false;
  absl::StatusOr<Binding> binding = Bind(model_, job.sample);
  if (!binding.ok()) return AnnotateSample(binding.status(), job.index);
  job.binding = *std::move(binding);
  ZP_RETURN_IF_ERROR(AnnotateSample(JoinSequence(job), job.index));
  // What fails here is the model's fault, not the sample's.
  ZP_ASSIGN_OR_RETURN(job.executable, program_->Prepare(job.binding.graph));
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

absl::StatusOr<ir::Statistics> Calibrate(const ir::Model& model, const NextSample& next, const Context& context,
                                         const Options& options) {
  return Calibration(model, next, context, options).Run();
}

}  // namespace zeropoint::calibrate
