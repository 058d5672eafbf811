// Conditions beyond types that a target sets on a node: ranks, sizes, attributes, constants. They are data; this file
// knows how to read, check and word them, and no op.
#ifndef ZEROPOINT_TARGETS_RULE_H_
#define ZEROPOINT_TARGETS_RULE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "ir/graph.h"

namespace zeropoint::targets {

enum class RuleKind : uint8_t {
  kRank,      // number of dimensions between min and max
  kStatic,    // every dimension from `min` on is known
  kConstant,  // known when the model is written
  kNotConstant,
  kScales,            // at most `max` scales (1: per tensor)
  kQuantized,         // has a scale
  kSameQuantization,  // scale and zero point of the first two tensors named
  kSameType,          // of all tensors named
  kSameShape,         // of all tensors named
  kDim,               // size of dimension `axis` (negative: from the end) between min and max
  kDims,              // size of every dimension between min and max
  kInnerDims,         // only the last `max` dimensions may be larger than 1
  kElements,          // number of elements between min and max
  kValues,            // every element of the integer constant is one of `values`, or between min and max
  kNoValues,          // no element of the integer constant is one of `values`
  kAttr,              // attribute `attr` is one of `values`, or between min and max
  kAttrsEqual,        // attributes `attr` and `other` are equal
  kTypes,             // element type is one of `types`
  kNoTypes,           // element type is none of `types`
};

// A tensor of a node: operand or result `index`; -1: all of them.
struct TensorRef {
  bool output = false;
  int index = 0;
};

struct Rule {
  RuleKind kind = RuleKind::kRank;
  std::vector<TensorRef> tensors;
  std::optional<double> min, max;
  std::vector<double> values;
  std::vector<std::string> types;
  int axis = 0;
  std::vector<int> at;  // kValues, kNoValues: only these positions; empty: all
  std::optional<TensorRef>
      axes_of;  // kValues, kNoValues: elements are axes of that tensor; negative ones count from its end
  std::string attr, other;
  // The rule holds only where this element type is what the first operand has; empty: always.
  std::string when_type;
  std::string mend;                 // what helps, in words; may be empty
  bool only_constants = false;      // of the tensors named, only those known when the model is written
  bool only_run_time = false;       // of the tensors named, only those that are not
  std::vector<std::string> except;  // whole-target rules: ops that are exempt
};

// The name that data files use for the kind, and back.
absl::string_view Name(RuleKind kind);
std::optional<RuleKind> FindRuleKind(absl::string_view name);
// "in0", "out1"; "in", "out": all of them.
std::optional<TensorRef> ParseTensorRef(absl::string_view text);

// What the rule asks, in words: "operand 1 is a constant".
std::string Describe(const Rule& rule);
// What is wrong with the node, in words; empty when it keeps the rule. A tensor that the node does not have keeps it.
std::string Violation(const Rule& rule, const ir::Graph& graph, const ir::Node& node);

}  // namespace zeropoint::targets

#endif  // ZEROPOINT_TARGETS_RULE_H_
