// Before: y = tf.Roll(x, shift, axis)
// After:  for each axis (its shifts added up): y = CONCATENATION(SLICE(x, n - s ..), SLICE(x, .. n - s)), s = shift mod
// n
//         where n or the shift is not known: y = GATHER(x, FLOOR_MOD(SUB(RANGE(0, n, 1), shift), n)) along the axis
//
// Conditions: the axes constant, x of known rank.
// Algebra: y[i] = x[(i - shift) mod n].
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "ir/constants.h"
#include "ops/infer.h"
#include "passes/legalize/formula.h"
#include "passes/legalize/legalize.h"

namespace zeropoint::passes {
namespace {

using ir::ValueId;

struct Turn {
  int axis;
  std::optional<int64_t> shift;  // nothing: element `operand` of the node's shifts
  int operand;
};

// The `count` elements from `begin` on along the axis.
ValueId Part(const Formula& f, ValueId x, int rank, int axis, int64_t begin, int64_t count) {
  std::vector<int64_t> begins(static_cast<size_t>(rank), 0), sizes(static_cast<size_t>(rank), -1);
  begins[static_cast<size_t>(axis)] = begin;
  sizes[static_cast<size_t>(axis)] = count;
  return f.Op("SLICE", {x, f.Ints(begins), f.Ints(sizes)});
}

ValueId RollBySlices(const Formula& f, ValueId x, const ir::Shape& shape, int axis, int64_t shift) {
  const int64_t size = shape[axis];
  const int64_t turn = size == 0 ? 0 : ((shift % size) + size) % size;
  if (turn == 0) return x;
  const ValueId last = Part(f, x, shape.rank(), axis, size - turn, turn);
  const ValueId first = Part(f, x, shape.rank(), axis, 0, size - turn);
  return f.Op("CONCATENATION", {last, first}, Attrs({{"axis", int64_t{axis}}}));
}

ValueId RollByGather(const Formula& f, ValueId x, const Turn& turn) {
  const ValueId size = f.Dim(f.x(), turn.axis);
  ValueId shift = turn.shift.has_value() ? f.Int(*turn.shift) : f.Cast(f.x(1), ElementType::kInt32);
  if (!turn.shift.has_value() && f.shape(1).rank() == 1) shift = f.Gather(shift, f.Int(turn.operand), /*axis=*/0);
  const ValueId places = f.Op("FLOOR_MOD", {f.Op("SUB", {f.Count(size), shift}), size});
  return f.Gather(x, places, turn.axis);
}

absl::StatusOr<bool> Roll(ir::Graph& graph, ir::NodeId id) {
  const Formula f(graph, id);
  const ir::Shape shape = f.shape();
  const auto axes = ir::IntElements(graph, f.x(2)), shifts = ir::IntElements(graph, f.x(1));
  if (!shape.ranked() || !axes.has_value() || !f.shape(1).ranked()) return false;
  if (shifts.has_value() && shifts->size() != axes->size()) {
    return absl::InvalidArgumentError(absl::StrCat(shifts->size(), " shifts along ", axes->size(), " axes"));
  }
  std::vector<Turn> turns;
  for (size_t i = 0; i < axes->size(); ++i) {
    ZP_ASSIGN_OR_RETURN(const int axis, ops::NormalizeAxis((*axes)[i], shape.rank()));
    Turn turn{.axis = axis, .operand = static_cast<int>(i)};
    if (shifts.has_value()) turn.shift = (*shifts)[i];
    const auto same = std::find_if(turns.begin(), turns.end(), [axis](const Turn& t) { return t.axis == axis; });
    if (same != turns.end() && turn.shift.has_value()) {
      same->shift = static_cast<int64_t>(static_cast<uint64_t>(*same->shift) + static_cast<uint64_t>(*turn.shift));
    } else {
      turns.push_back(turn);
    }
  }
  ValueId x = f.x();
  for (const Turn& turn : turns) {
    const bool known = turn.shift.has_value() && shape[turn.axis] != ir::kDynamic;
    x = known ? RollBySlices(f, x, shape, turn.axis, *turn.shift) : RollByGather(f, x, turn);
  }
  Forward(graph, id, {x});
  return true;
}

}  // namespace

absl::StatusOr<int> LegalizeRoll(ir::Graph& graph) {
  return RewriteEach(graph, "tf.Roll", [&](ir::NodeId id) { return Roll(graph, id); });
}

}  // namespace zeropoint::passes
