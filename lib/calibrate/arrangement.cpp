#include "calibrate/arrangement.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace zeropoint::calibrate {
namespace {

using engine::Packing;

uint64_t Fixed(const Demand& demand, Packing packing) {
  return packing == Packing::kOnce ? demand.weights.all : demand.weights.always;
}

uint64_t EachThread(const Demand& demand, Packing packing) {
  return demand.thread + (packing == Packing::kOnce ? 0 : demand.weights.largest);
}

}  // namespace

uint64_t PlannedBytes(const Demand& demand, const Arrangement& arrangement) {
  return Fixed(demand, arrangement.packing) +
         static_cast<uint64_t>(arrangement.threads) * EachThread(demand, arrangement.packing);
}

absl::StatusOr<Arrangement> Arrange(const Demand& demand, int threads, uint64_t limit) {
  if (limit == 0) return Arrangement{threads, Packing::kOnce};
  for (const Packing packing : {Packing::kOnce, Packing::kOnDemand}) {
    const uint64_t fixed = Fixed(demand, packing), each = std::max<uint64_t>(EachThread(demand, packing), 1);
    if (fixed + each > limit) continue;
    const uint64_t fitting = (limit - fixed) / each;
    return Arrangement{static_cast<int>(std::min<uint64_t>(fitting, static_cast<uint64_t>(threads))), packing};
  }
  const uint64_t least =
      std::min(PlannedBytes(demand, {1, Packing::kOnce}), PlannedBytes(demand, {1, Packing::kOnDemand}));
  return absl::ResourceExhaustedError(
      absl::StrCat("max_memory is ", limit, " bytes, but calibration takes ", least, " at least: ", demand.thread,
                   " for the activations and samples of one thread, the rest for weights"));
}

}  // namespace zeropoint::calibrate
