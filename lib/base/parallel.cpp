#include "base/parallel.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>
#include <vector>

namespace zeropoint {

absl::Status ParallelFor(int threads, size_t count, const std::function<absl::Status(int worker, size_t index)>& body) {
  std::atomic<size_t> next{0};
  std::mutex mutex;
  size_t failed_index = count;  // guarded by mutex
  absl::Status failure;         // guarded by mutex

  auto work = [&](int worker) {
    for (size_t index = next.fetch_add(1); index < count; index = next.fetch_add(1)) {
      absl::Status status = body(worker, index);
      if (status.ok()) continue;
      next.store(count);
      std::lock_guard<std::mutex> lock(mutex);
      // Every index below a failed one has been handed out before it, so the lowest failure is always seen.
      if (index < failed_index) {
        failed_index = index;
        failure = std::move(status);
      }
    }
  };

  int extra = static_cast<int>(std::min<size_t>(threads > 1 ? threads : 1, std::max<size_t>(count, 1))) - 1;
  std::vector<std::thread> pool;
  for (int worker = 1; worker <= extra; ++worker) pool.emplace_back(work, worker);
  work(0);
  for (std::thread& thread : pool) thread.join();
  return failure;
}

}  // namespace zeropoint
