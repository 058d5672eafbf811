// A graph as text and back: for dumps, and for tests that say before and after in a few lines.
#ifndef ZEROPOINT_IR_TEXT_H_
#define ZEROPOINT_IR_TEXT_H_

#include <string>

#include "absl/strings/string_view.h"
#include "base/status.h"
#include "ir/graph.h"

namespace zeropoint::ir {

// One line an input, constant, node and the outputs; constants in order of first use, nodes in order of execution:
//
//   graph main
//   input %x : float32[1,?,3]
//   const %w : float32[2,3] = 1 2 3 4 5 6
//   const %h : float16[2] = 0x003c0040           (types without a plain spelling, byte by byte)
//   const %big : float32[100,100] = ...          (more than 64 elements are elided unless asked for)
//   variable %state : float32[1,4]
//   temporary %t : int8[0]                       (an intermediate of a recurrent op)
//   %y, %z = SPLIT(%axis, %x) {num_splits=2} : float32[1,?,3], float32[1,?,3]
//   %q = QUANTIZE@2(%y) : int8[1,?,3] scale=0.5 zero_point=-3 min=-62.5 max=65
//   %p = custom.Mine(%q, -) options=0x0102 mutates=[1] intermediates=(%t) : int8[3] scale=[1,2,3] zero_point=[0,0,0]
//   axis=0 output %q
//
// An absent operand prints as "-"; a version is told when it is not 1. Names are made unique by a suffix; characters
// other than letters, digits and "_./:;-" become "_". Names of nodes are not printed. Attributes that are TensorLiteral
// print their type and shape only.
struct TextOptions {
  bool all_elements = false;  // false: constants of more than 64 elements are elided
};
std::string ToText(const Graph& graph, const TextOptions& options = {});
// All graphs, then signatures ("signature serving_default graph=0 inputs x=%x outputs y=%q"), then metadata names.
std::string ToText(const Model& model, const TextOptions& options = {});

// Reads what ToText writes of a graph (elided constants and tensor literals are refused); a node is named after its
// first result. For tests. Attribute kinds are told by their spelling: 2 (int), 2.0 (float), true (bool), "a" (string),
// [1,2] (ints), [1.0,2.0] (floats), ["a"] (strings), shape[1,?] (shape). "[]" is an empty list of ints.
// kInvalidArgument naming the line.
absl::StatusOr<Graph> ParseGraph(absl::string_view text);

}  // namespace zeropoint::ir

#endif  // ZEROPOINT_IR_TEXT_H_
