// Both models on every thread, and samples over the threads. Private to lib/evaluate.
#ifndef ZEROPOINT_EVALUATE_WORKERS_H_
#define ZEROPOINT_EVALUATE_WORKERS_H_

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "base/context.h"
#include "base/parallel.h"
#include "base/status.h"
#include "evaluate/capture.h"
#include "evaluate/compare.h"
#include "evaluate/local_run.h"

namespace zeropoint::evaluate {

inline constexpr char kDebugStage[] = "debug";
// Samples that may wait to be summed: enough for the threads of any machine that this is made for, few enough to hold.
inline constexpr size_t kBatch = 16;

bool IsFloat(const ops::TensorView& view);
// Adds the place.
absl::Status AtSample(absl::Status status, size_t sample);
absl::Status NanIn(const ir::Graph& graph, ir::ValueId id, absl::string_view model);

// The programs of both models, with all graphs prepared that samples run.
struct Programs {
  std::unique_ptr<engine::Program> real, quantized;

  static absl::StatusOr<Programs> Make(const Models& models, absl::Span<const Sample> samples);
};

// Both models on one thread.
struct Worker {
  Worker(const Models& models, Programs& programs)
      : real(models.real, *programs.real), quantized(models.quantized, *programs.quantized), local(models) {}
  Recorder real, quantized;
  LocalRunner local;
  std::map<NodeRef, std::unique_ptr<engine::Session>> suffixes;
};

// One for each of the context's threads; one alone where samples depend on those before them.
std::vector<std::unique_ptr<Worker>> MakeWorkers(const Models& models, Programs& programs, const Context& context);

// What the quantized graph `graph` computes for a sample of the float one.
absl::StatusOr<Capture> RunQuantized(const Models& models, int graph, const Sample& sample, Worker& worker);

// Runs `body(worker, sample)` for every sample on the context's threads, and `merge(sample, result)` in the order of
// samples.
template <typename Result>
absl::Status OverSamples(size_t count, bool in_order, const Context& context,
                         std::vector<std::unique_ptr<Worker>>& workers,
                         const std::function<absl::StatusOr<Result>(Worker&, size_t)>& body,
                         const std::function<void(size_t, Result&&)>& merge) {
  const int threads = in_order ? 1 : std::min<int>(context.threads, static_cast<int>(workers.size()));
  for (size_t first = 0; first < count; first += kBatch) {
    ZP_RETURN_IF_ERROR(context.Report({kDebugStage, first, count}));
    const size_t size = std::min(kBatch, count - first);
    std::vector<std::optional<Result>> results(size);
    ZP_RETURN_IF_ERROR(ParallelFor(threads, size, [&](int worker, size_t i) -> absl::Status {
      absl::StatusOr<Result> result = body(*workers[static_cast<size_t>(worker)], first + i);
      if (!result.ok()) return AtSample(result.status(), first + i);
      results[i] = *std::move(result);
      return absl::OkStatus();
    }));
    for (size_t i = 0; i < size; ++i) merge(first + i, *std::move(results[i]));
  }
  return absl::OkStatus();
}

}  // namespace zeropoint::evaluate

#endif  // ZEROPOINT_EVALUATE_WORKERS_H_
