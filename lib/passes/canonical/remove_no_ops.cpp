// Ops that give what they take.
//
// Before                                          Condition
// RESHAPE(x, shape), SQUEEZE(x), EXPAND_DIMS(x)   the result's shape is x's, and static but for one dimension at most
// TRANSPOSE(x, perm)                              perm is 0, 1, 2, ...
// PAD(x, p), PADV2, MIRROR_PAD                    p is all zero
// SLICE, STRIDED_SLICE, TILE, BROADCAST_TO        the result's shape is x's, static; slice strides positive
// CAST(x)                                         the types are the same
// CONCATENATION(x)                                one operand, no fused activation
// MUL(x, c), DIV(x, c)                            c is all 1, the result's shape is x's
// ADD(x, c), SUB(x, c)                            c is all 0, the result's shape is x's
//
// After: x. Algebra: -0 + 0 is 0, so x + 0 may change the sign of a zero, as TensorFlow's converter allows too.
#include <algorithm>

#include "ir/constants.h"
#include "passes/canonical/canonical.h"
#include "passes/edit.h"

namespace zeropoint::passes {
namespace {

struct Site {
  const ir::Graph& graph;
  const ir::Node& node;
  const ir::Value& in() const { return graph.value(node.input(0)); }
  const ir::Value& out() const { return graph.value(node.output()); }
  std::vector<int64_t> ints(int i) const {
    return ir::IntElements(graph, node.input(i)).value_or(std::vector<int64_t>{});
  }
};

int UnknownDims(const ir::Shape& shape) {
  return static_cast<int>(std::count(shape.dims().begin(), shape.dims().end(), ir::kDynamic));
}

// With at most one unknown dimension, equal lists and equal element counts make equal shapes; with none, equal lists
// do.
bool SameShape(const Site& s, int most_unknown) {
  return s.in().shape.ranked() && s.in().shape == s.out().shape && UnknownDims(s.in().shape) <= most_unknown;
}

bool Unactivated(const Site& s) { return s.node.attrs().Int("fused_activation_function") == 0; }

bool MovesNothing(const Site& s) { return SameShape(s, 1); }
bool CoversAll(const Site& s) { return SameShape(s, 0); }

bool StridedCoversAll(const Site& s) {
  const std::vector<int64_t> strides = s.ints(3);
  return SameShape(s, 0) && !strides.empty() &&
         std::all_of(strides.begin(), strides.end(), [](int64_t stride) { return stride > 0; });
}

bool KeepsOrder(const Site& s) {
  const std::vector<int64_t> perm = s.ints(1);
  for (size_t i = 0; i < perm.size(); ++i) {
    if (perm[i] != static_cast<int64_t>(i)) return false;
  }
  return IsConstant(s.graph, s.node.input(1));
}

bool PadsNothing(const Site& s) { return AllEqual(s.graph, s.node.input(1), 0); }
bool SameType(const Site& s) { return s.in().type == s.out().type; }
bool OneOperand(const Site& s) { return s.node.inputs().size() == 1 && Unactivated(s); }

bool Neutral(const Site& s, double element) {
  if (!AllEqual(s.graph, s.node.input(1), element) || !Unactivated(s)) return false;
  const ir::Shape& in = s.in().shape;
  const ir::Shape& constant = s.graph.value(s.node.input(1)).shape;
  // A constant that broadcasts x to a larger shape is no identity: it must have no more dimensions than x, each of
  // them 1 or x's own.
  if (constant.NumElements() == 1 && constant.rank() == 0) return true;
  if (!in.ranked() || constant.rank() > in.rank()) return false;
  for (int i = 0; i < constant.rank(); ++i) {
    if (constant[i] != 1 && constant[i] != in[in.rank() - constant.rank() + i]) return false;
  }
  return true;
}
bool TimesOne(const Site& s) { return Neutral(s, 1); }
bool PlusZero(const Site& s) { return Neutral(s, 0); }

struct Row {
  absl::string_view op;
  bool (*does_nothing)(const Site&);
};
constexpr Row kRows[] = {
    {"RESHAPE", MovesNothing},
    {"SQUEEZE", MovesNothing},
    {"EXPAND_DIMS", MovesNothing},
    {"TRANSPOSE", KeepsOrder},
    {"PAD", PadsNothing},
    {"PADV2", PadsNothing},
    {"MIRROR_PAD", PadsNothing},
    {"SLICE", CoversAll},
    {"STRIDED_SLICE", StridedCoversAll},
    {"TILE", CoversAll},
    {"BROADCAST_TO", CoversAll},
    {"CAST", SameType},
    {"CONCATENATION", OneOperand},
    {"MUL", TimesOne},
    {"DIV", TimesOne},
    {"ADD", PlusZero},
    {"SUB", PlusZero},
};

const Row* FindRow(absl::string_view op) {
  auto at = std::find_if(std::begin(kRows), std::end(kRows), [op](const Row& row) { return row.op == op; });
  return at == std::end(kRows) ? nullptr : at;
}

}  // namespace

absl::StatusOr<int> RemoveNoOps(ir::Graph& graph) {
  auto wanted = [](const ir::Node& node) { return FindRow(node.op()) != nullptr; };
  return RewriteEachIf(graph, wanted, [&](ir::NodeId id) -> absl::StatusOr<bool> {
    const ir::Node& node = graph.node(id);
    if (node.inputs().empty() || node.outputs().size() != 1) return false;
    // An operand that is a graph input or constant cannot take the name of a graph output: the op stays there, so that
    // inputs and outputs of the file remain different tensors.
    const ir::ValueId x = node.input(0);
    if (graph.IsGraphOutput(node.output()) && (graph.producer(x) == ir::kNoNode || graph.IsGraphOutput(x))) {
      return false;
    }
    if (!FindRow(node.op())->does_nothing(Site{graph, node})) return false;
    Forward(graph, id, {x});
    return true;
  });
}

}  // namespace zeropoint::passes
