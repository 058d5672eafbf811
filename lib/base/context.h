// What a stage may use besides its input: log, progress, cancel, threads.
#ifndef ZEROPOINT_BASE_CONTEXT_H_
#define ZEROPOINT_BASE_CONTEXT_H_

#include <atomic>
#include <cstdint>
#include <functional>

#include "absl/strings/string_view.h"
#include "base/status.h"

namespace zeropoint {

enum class Severity { kDebug = 0, kInfo = 1, kWarning = 2 };

struct Progress {
  absl::string_view stage;  // "import", "calibrate", "write" ...
  uint64_t done = 0;
  uint64_t total = 0;  // 0 when unknown
};

// Passed by reference through every stage of one conversion. The callbacks are called from one thread at a time.
struct Context {
  std::function<void(Severity, absl::string_view)> log;  // may be empty
  std::function<bool(const Progress&)> progress;         // may be empty; false asks to stop
  std::atomic<bool>* cancel = nullptr;                   // may be null; set from any thread
  int threads = 1;                                       // worker threads a stage may use, at least 1

  void Log(Severity severity, absl::string_view text) const {
    if (log) log(severity, text);
  }
  // kCancelled once the user asked to stop.
  absl::Status Report(const Progress& now) const {
    bool go_on = !progress || progress(now);
    if (!go_on || (cancel != nullptr && cancel->load(std::memory_order_relaxed))) {
      return Annotate(absl::CancelledError("cancelled"), Place::kStage, now.stage);
    }
    return absl::OkStatus();
  }
};

}  // namespace zeropoint

#endif  // ZEROPOINT_BASE_CONTEXT_H_
