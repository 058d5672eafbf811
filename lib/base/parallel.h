// Runs a loop on several threads.
#ifndef ZEROPOINT_BASE_PARALLEL_H_
#define ZEROPOINT_BASE_PARALLEL_H_

#include <cstddef>
#include <functional>

#include "base/status.h"

namespace zeropoint {

// Calls body(worker, index) for every index in [0, count), worker in [0, threads). Each worker runs one call at a time.
// Indices are handed out in order; which worker gets which index is not fixed, so results must not depend on it.
// After an error no further index starts; the error of the lowest failed index is returned, so the outcome is the same
// on any number of threads when bodies fail deterministically.
absl::Status ParallelFor(int threads, size_t count, const std::function<absl::Status(int worker, size_t index)>& body);

}  // namespace zeropoint

#endif  // ZEROPOINT_BASE_PARALLEL_H_
