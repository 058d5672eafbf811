// A graph as text and back: for dumps, and for tests that say before and after in a few lines.
#ifndef ZEROPOINT_IR_TEXT_H_
#define ZEROPOINT_IR_TEXT_H_

#include <string>

#include "absl/strings/string_view.h"
#include "base/status.h"
#include "ir/graph.h"

namespace zeropoint::ir {

// One line an input, constant, node and the outputs, in order of execution:
//
//   graph main
//   input %x : float32[1,?,3]
//   const %w : float32[2,3] = 1 2 3 4 5 6
//   const %big : float32[100,100] = ...          (more than 64 elements are elided, or kept with a full dump)
//   %y, %z = SPLIT(%axis, %x) {num_splits=2} : float32[1,?,3], float32[1,?,3]
//   %q = QUANTIZE(%y) : int8[1,?,3] scale=0.5 zero_point=-3
//   output %q
//
// An absent operand prints as "-". Names are made unique by a suffix; characters other than letters, digits and
// "_./:;-" become "_".
std::string ToText(const Graph& graph);

// Reads what ToText writes (elided constants are refused). For tests. Attribute kinds are told by their spelling:
// 2 (int), 2.0 (float), true (bool), "a" (string), [1,2] (ints), [1.0,2.0] (floats), ["a"] (strings).
absl::StatusOr<Graph> ParseGraph(absl::string_view text);

}  // namespace zeropoint::ir

#endif  // ZEROPOINT_IR_TEXT_H_
