// How far the values of a float model reach. Private to lib/evaluate.
#ifndef ZEROPOINT_EVALUATE_SPREADS_H_
#define ZEROPOINT_EVALUATE_SPREADS_H_

#include <map>
#include <memory>
#include <vector>

#include "absl/types/span.h"
#include "base/context.h"
#include "base/status.h"
#include "evaluate/workers.h"

namespace zeropoint::evaluate {

using Spreads = std::map<ValueRef, Spread>;

// Over all samples.
absl::StatusOr<Spreads> SpreadsOver(const ir::Model& real, bool has_state, absl::Span<const Sample> samples,
                                    const Context& context, std::vector<std::unique_ptr<Worker>>& workers);

}  // namespace zeropoint::evaluate

#endif  // ZEROPOINT_EVALUATE_SPREADS_H_
