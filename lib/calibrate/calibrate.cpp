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
#include "absl/strings/str_format.h"
#include "base/own_memory.h"
#include "calibrate/arrangement.h"
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
  Worker(const ir::Model& model, const Context& context, const Options& options, const std::atomic<bool>& dropped)
      : model_(model), context_(context), options_(options), dropped_(dropped) {}

  absl::Status Run(const Job& job);
  void MergeInto(std::map<int, RangeStore>& ranges) const;
  // Gives up the memory of runs; what was seen stays.
  void DropSessions();
  // The most that its runs have taken.
  size_t peak_bytes() const;
  // Looks at the process's memory at every tensor, since what is packed for one run is gone after it.
  void WatchMemory() { watches_ = true; }
  size_t most_seen() const { return most_seen_; }

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
  const Options& options_;
  const std::atomic<bool>& dropped_;
  std::map<int, std::unique_ptr<engine::Session>> sessions_;  // by graph; relatives of each other
  bool watches_ = false;
  size_t most_seen_ = 0;              // of the process's memory
  size_t most_dropped_ = 0;           // peak of those that are gone
  std::map<int, RangeStore> ranges_;  // by graph, of all that ran
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
  if (watches_) most_seen_ = std::max(most_seen_, OwnMemory());
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
  ZP_RETURN_IF_ERROR(session.Run(inputs_, &observer, /*ranges=*/true));
  if (job.index == 0 && options_.first_outputs != nullptr) {
    std::vector<ops::TensorView> outputs;
    for (size_t i = 0; i < job.executable->graph().outputs.size(); ++i) {
      outputs.push_back(session.output(static_cast<int>(i)));
    }
    options_.first_outputs(outputs);
  }
  return absl::OkStatus();
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

void Worker::DropSessions() {
  most_dropped_ = std::max(most_dropped_, peak_bytes());
  sessions_.clear();
  copies_.clear();
}

size_t Worker::peak_bytes() const {
  size_t bytes = 0;
  for (const auto& [graph, session] : sessions_) bytes += session == nullptr ? 0 : session->peak_bytes();
  return std::max(bytes, most_dropped_);
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
  Crew(const ir::Model& model, const Context& context, const Options& options);
  ~Crew() { Finish(); }
  // Waits until few enough jobs wait. False when a sample has failed and no more are wanted.
  bool Push(Job job);
  void Fail(uint64_t sample, absl::Status status);
  // While nothing runs or waits: from now on only so many threads work, and all give up the memory of earlier runs.
  void Limit(size_t threads, bool watch_memory);
  // Waits until another sample is done, all are, or one has failed; returns how many are done.
  uint64_t WaitBeyond(uint64_t done, uint64_t total);
  uint64_t done();
  // Lets the threads end what they have begun. `drop`: leaves the rest undone.
  void Finish(bool drop = false);
  const absl::Status& error() const { return error_.status(); }  // after Finish
  const std::vector<std::unique_ptr<Worker>>& workers() const { return workers_; }

 private:
  void Loop(size_t index);
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
  size_t working_ = 0;                           // threads that may take jobs
  bool closed_ = false;
  uint64_t done_ = 0;
  FirstError error_;
};

Crew::Crew(const ir::Model& model, const Context& context, const Options& options) {
  for (int i = 0; i < std::max(1, context.threads); ++i) {
    workers_.push_back(std::make_unique<Worker>(model, context, options, dropped_));
  }
  working_ = workers_.size();
  if (workers_.size() == 1) return;
  for (size_t i = 0; i < workers_.size(); ++i) {
    try {
      threads_.emplace_back([this, i] { Loop(i); });
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

void Crew::Loop(size_t index) {
  std::unique_lock<std::mutex> lock(mutex_);
  for (;;) {
    changed_.wait(lock, [&] { return closed_ || (!queue_.empty() && index < working_); });
    if (queue_.empty() || index >= working_) return;
    const std::shared_ptr<Sequence> sequence = std::move(queue_.front());
    queue_.pop_front();
    RunSequence(*workers_[index], *sequence, lock);
  }
}

void Crew::Limit(size_t threads, bool watch_memory) {
  std::lock_guard<std::mutex> lock(mutex_);
  working_ = std::max<size_t>(1, std::min(threads, threads_.size()));
  for (const std::unique_ptr<Worker>& worker : workers_) {
    worker->DropSessions();
    if (watch_memory) worker->WatchMemory();
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
  changed_.wait(lock, [this] { return waiting_ < std::min(working_, threads_.size()) || error_.any(); });
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
        weights_(engine::MeasurePacking(model)),
        program_(engine::Program::Create(model)),
        crew_(model, context, options_) {}

  absl::StatusOr<ir::Statistics> Run();

 private:
  // False at the end of the samples.
  absl::StatusOr<bool> Pull(Job& job);
  absl::Status JoinSequence(Job& job) const;
  absl::Status Fit(const Job& job);
  absl::StatusOr<uint64_t> PlanArena(const Job& job) const;
  void Drain();
  size_t WorkerPeak() const;
  absl::Status Feed();
  void LookAtMemory();
  void LogMemory() const;
  absl::Status Report(uint64_t done, uint64_t total) const { return context_.Report({kStage, done, total}); }

  const ir::Model& model_;
  const NextSample& next_;
  const Context& context_;
  const Options options_;
  const bool has_state_;
  const engine::PackedWeights weights_;
  std::unique_ptr<engine::Program> program_;
  uint64_t pulled_ = 0;
  // Of runs within a limit of memory.
  std::map<int, std::vector<std::vector<ir::Shape>>> planned_;  // by graph, shapes of its inputs
  std::map<int, uint64_t> arenas_;                              // by graph, the largest
  uint64_t largest_sample_ = 0, thread_bytes_ = 0;
  std::optional<Arrangement> arrangement_;
  size_t most_memory_ = 0;  // of the process
  Crew crew_;               // last: its threads use what stands above
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
  if (options_.max_memory > 0) ZP_RETURN_IF_ERROR(AnnotateSample(Fit(job), job.index));
  // What fails here is the model's fault, not the sample's.
  ZP_ASSIGN_OR_RETURN(job.executable, program_->Prepare(job.binding.graph));
  return true;
}

// By an executable without packed weights; pages of the arena that nothing is written to take no memory.
absl::StatusOr<uint64_t> Calibration::PlanArena(const Job& job) const {
  const std::unique_ptr<engine::Program> program = engine::Program::Create(model_, engine::Packing::kOnDemand);
  ZP_ASSIGN_OR_RETURN(const engine::Executable* executable, program->Prepare(job.binding.graph));
  const std::unique_ptr<engine::Session> session = engine::Session::Create(*executable);
  std::vector<ops::TensorView> inputs;
  for (size_t tensor : job.binding.tensors) {
    ops::TensorView view;
    view.type = job.sample.tensors[tensor].type;
    view.dims = job.sample.tensors[tensor].shape.dims();
    inputs.push_back(view);
  }
  ZP_RETURN_IF_ERROR(session->Plan(inputs));
  return session->arena_bytes();
}

void Calibration::Drain() {
  for (uint64_t done = crew_.done(); done < pulled_;) done = crew_.WaitBeyond(done, pulled_);
}

size_t Calibration::WorkerPeak() const {
  size_t most = 0;
  for (const auto& worker : crew_.workers()) most = std::max(most, worker->peak_bytes());
  return most;
}

// Before a sample that may take more than those before it, and after the first, whose run tells what plans cannot:
// scratch of kernels, and values whose sizes depend on numbers.
absl::Status Calibration::Fit(const Job& job) {
  std::vector<ir::Shape> shapes;
  uint64_t bytes = 0;
  for (size_t tensor : job.binding.tensors) shapes.push_back(job.sample.tensors[tensor].shape);
  for (const SampleTensor& tensor : job.sample.tensors) bytes += tensor.data.size();
  std::vector<std::vector<ir::Shape>>& known = planned_[job.binding.graph];
  const bool is_new = std::find(known.begin(), known.end(), shapes) == known.end();
  if (!is_new && pulled_ != 1 && bytes <= largest_sample_) return absl::OkStatus();
  if (is_new) {
    ZP_ASSIGN_OR_RETURN(const uint64_t arena, PlanArena(job));
    uint64_t& largest = arenas_[job.binding.graph];
    largest = std::max(largest, arena);
    known.push_back(std::move(shapes));
  }
  largest_sample_ = std::max(largest_sample_, bytes);
  if (pulled_ == 1) Drain();
  uint64_t arenas = 0;
  for (const auto& [graph, arena] : arenas_) arenas += arena;
  const uint64_t measured = pulled_ == 1 ? WorkerPeak() : 0;
  constexpr uint64_t kSamplesOfThread = 2;  // one that runs and one that waits
  const uint64_t needed = std::max(arenas, measured) + kSamplesOfThread * largest_sample_;
  if (pulled_ != 1 && needed <= thread_bytes_) return absl::OkStatus();
  thread_bytes_ = std::max(thread_bytes_, needed);
  // The order of a sequence binds it to one thread anyway, whose sessions hold the state.
  const int threads = has_state_ ? 1 : context_.threads;
  ZP_ASSIGN_OR_RETURN(Arrangement now, Arrange({weights_, thread_bytes_}, threads, options_.max_memory));
  if (arrangement_.has_value() && *arrangement_ == now) return absl::OkStatus();
  const bool repacks = arrangement_.has_value() && arrangement_->packing != now.packing;
  if (has_state_ && repacks) {
    return absl::ResourceExhaustedError(
        absl::StrCat("max_memory is ", options_.max_memory, " bytes, but this sample takes ",
                     PlannedBytes({weights_, thread_bytes_}, *arrangement_), ", and the model's state is in use"));
  }
  if (!has_state_ || pulled_ == 0) {
    Drain();
    crew_.Limit(static_cast<size_t>(now.threads), now.packing == engine::Packing::kOnDemand && context_.log);
    if (repacks || pulled_ == 0) program_ = engine::Program::Create(model_, now.packing);
  }
  arrangement_ = now;
  return absl::OkStatus();
}

void Calibration::LookAtMemory() {
  if (context_.log) most_memory_ = std::max(most_memory_, OwnMemory());
}

void Calibration::LogMemory() const {
  const auto megabytes = [](uint64_t bytes) {
    return absl::StrFormat("%.1f MB", static_cast<double>(bytes) / (1 << 20));
  };
  const Arrangement arrangement = arrangement_.value_or(Arrangement{has_state_ ? 1 : context_.threads});
  const bool once = arrangement.packing == engine::Packing::kOnce;
  size_t most_memory = most_memory_;
  for (const auto& worker : crew_.workers()) most_memory = std::max(most_memory, worker->most_seen());
  const Demand demand{weights_, std::max<uint64_t>(thread_bytes_, WorkerPeak())};
  context_.Log(
      Severity::kInfo,
      absl::StrCat("memory of calibration: planned ", megabytes(PlannedBytes(demand, arrangement)), " (",
                   once ? absl::StrCat("packed weights ", megabytes(weights_.all))
                        : absl::StrCat("weights packed for each run, the largest ", megabytes(weights_.largest)),
                   ", ", arrangement.threads, arrangement.threads == 1 ? " thread" : " threads", " x ",
                   megabytes(demand.thread), "); the process took ", megabytes(most_memory), " at most"));
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
    LookAtMemory();
  }
  for (uint64_t done = crew_.done(); done < pulled_;) {
    const uint64_t now = crew_.WaitBeyond(done, pulled_);
    done = now;
    LookAtMemory();
    ZP_RETURN_IF_ERROR(Report(done, pulled_));
  }
  return absl::OkStatus();
}

absl::StatusOr<ir::Statistics> Calibration::Run() {
  absl::Status status = Feed();
  crew_.Finish(/*drop=*/!status.ok());
  ZP_RETURN_IF_ERROR(status);
  ZP_RETURN_IF_ERROR(crew_.error());
  if (context_.log) LogMemory();
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
