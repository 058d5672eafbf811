// TensorFlow's view of operands that are overwritten: a compatibility with its calibrator.
#ifndef ZEROPOINT_CALIBRATE_IN_PLACE_H_
#define ZEROPOINT_CALIBRATE_IN_PLACE_H_

#include "ir/graph.h"
#include "ir/statistics.h"

namespace zeropoint::calibrate {

// TensorFlow's calibrator reads the operands of an op after the op has run. Where LiteRT computes an op in place (the
// result takes the memory of an operand that nobody else reads), it reads the result there, so the operand's recorded
// range is the union of both: wider than what the operand ever held, and its scale coarser. Our ranges are those of the
// operand itself; this adds the widening, for files that shall equal TensorFlow's.
//
// Rule (LiteRT's arena planner, TensorFlow 2.21, confirmed on the reference files of six models): the first of the ops'
// `in_place_operands` that is computed by a node, is read once, is no graph output, and has the result's size of more
// than 4 bytes; the result is no graph output. Needs static or equal symbolic shapes.
ir::Statistics WidenInPlaceOperands(const ir::Model& model, ir::Statistics statistics);

}  // namespace zeropoint::calibrate

#endif  // ZEROPOINT_CALIBRATE_IN_PLACE_H_
