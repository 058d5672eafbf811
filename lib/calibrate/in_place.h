// Which operand TensorFlow's calibrator finds overwritten.
//
// Its interpreter lets some ops (OpDef::overwrites_operand) write their result over an operand, and it takes the ranges
// of operands before and after an op runs. So the range of, say, a convolution's result that only an ADD reads is that of
// the convolution and of the sum. Files whose scales are to be those of TensorFlow's need the same.
#ifndef ZEROPOINT_CALIBRATE_IN_PLACE_H_
#define ZEROPOINT_CALIBRATE_IN_PLACE_H_

#include <cstddef>

#include "absl/types/span.h"
#include "ir/graph.h"

namespace zeropoint::calibrate {

// The operand that result `id` overwrites; kNoValue when there is none. It is the first that an op computed, that is as
// large as the result and that nobody else reads, neither itself nor under another shape; a result of the graph
// overwrites nothing. `bytes`: by value, the sizes in this run.
ir::ValueId OverwrittenOperand(const ir::Graph& graph, ir::ValueId id, absl::Span<const size_t> bytes);

}  // namespace zeropoint::calibrate

#endif  // ZEROPOINT_CALIBRATE_IN_PLACE_H_
