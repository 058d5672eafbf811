// Before: y = tf.Cumprod(x, axis) {exclusive, reverse}
// After, up to kByMask elements or a number that is not known:
//         y = REDUCE_PROD(SELECT_V2(mask, EXPAND_DIMS(x, axis + 1), 1), axis), mask[i, j] true where element j has
//         factor i
// After, more elements: y = x; for s = 1, 2, 4 ...: y = MUL(y, y moved on by s, 1 before it)
//         where "moved" is PADV2(SLICE(y), 1); exclusive: x moved on by 1 first
//
// Conditions: axis constant, x of known rank (mask: at most 4, because SELECT_V2 broadcasts 5 dimensions); float32,
// int32, int64. Algebra: the definition; and prefix products by doubling: after step s, y[j] is the product of the last
// 2s factors.
#include "ir/constants.h"
#include "ops/infer.h"
#include "passes/legalize/formula.h"
#include "passes/legalize/legalize.h"

namespace zeropoint::passes {
namespace {

using ir::ValueId;

// Up to here the mask's one reduction, which multiplies n times as much, is quicker than log2(n) rounds of three ops.
constexpr int64_t kByMask = 32;
constexpr int kMostRanks = 4;

struct Direction {
  bool exclusive, reverse;
};

ValueId ByMask(const Formula& f, int rank, int axis, Direction direction) {
  const ValueId count = f.Count(f.Dim(f.x(), axis));
  ValueId factor = f.Op("EXPAND_DIMS", {count, f.Int(1)});
  const ValueId inner = direction.reverse ? count : factor, outer = direction.reverse ? factor : count;
  ValueId mask = f.Test(direction.exclusive ? "LESS" : "LESS_EQUAL", {inner, outer});
  for (int i = axis + 1; i < rank; ++i) mask = f.Op("EXPAND_DIMS", {mask, f.Int(-1)});
  const ValueId factors = f.Op("EXPAND_DIMS", {f.x(), f.Int(axis + 1)});
  return f.Reduce("REDUCE_PROD", f.Select(mask, factors, f.Number(1)), {axis}, /*keep_dims=*/false);
}

// Element j becomes element j + by, the free places one.
ValueId Moved(const Formula& f, ValueId y, const ir::Shape& shape, int axis, int64_t by, bool reverse) {
  const auto at = static_cast<size_t>(axis);
  std::vector<int64_t> begin(static_cast<size_t>(shape.rank()), 0), size(begin.size(), -1);
  begin[at] = reverse ? by : 0;
  size[at] = shape[axis] - by;
  const ValueId kept = f.Op("SLICE", {y, f.Ints(begin), f.Ints(size)});
  std::vector<int32_t> paddings(begin.size() * 2, 0);
  paddings[at * 2 + (reverse ? 1 : 0)] = static_cast<int32_t>(by);
  const ValueId amounts = f.graph().AddConstant(f.graph().node(f.id()).info.name + "/paddings",
                                                ir::Shape{shape.rank(), 2}, absl::Span<const int32_t>(paddings));
  return f.Op("PADV2", {kept, amounts, f.Number(1)});
}

ValueId ByDoubling(const Formula& f, const ir::Shape& shape, int axis, Direction direction) {
  ValueId y = f.x();
  if (direction.exclusive) y = Moved(f, y, shape, axis, 1, direction.reverse);
  for (int64_t by = 1; by < shape[axis]; by *= 2) y = f.Op("MUL", {y, Moved(f, y, shape, axis, by, direction.reverse)});
  return y;
}

absl::StatusOr<bool> Cumprod(ir::Graph& graph, ir::NodeId id) {
  const Formula f(graph, id);
  const ir::Shape shape = f.shape();
  const auto given = ir::IntScalar(graph, f.x(1));
  const bool number =
      f.type() == ElementType::kFloat32 || f.type() == ElementType::kInt32 || f.type() == ElementType::kInt64;
  if (!shape.ranked() || !given.has_value() || !number) return false;
  ZP_ASSIGN_OR_RETURN(const int axis, ops::NormalizeAxis(*given, shape.rank()));
  const Direction direction{f.attrs().Bool("exclusive"), f.attrs().Bool("reverse")};
  const bool known = shape[axis] != ir::kDynamic;
  const bool by_mask = shape.rank() <= kMostRanks && (!known || shape[axis] <= kByMask);
  if (!by_mask && !known) return false;
  Forward(graph, id, {by_mask ? ByMask(f, shape.rank(), axis, direction) : ByDoubling(f, shape, axis, direction)});
  return true;
}

}  // namespace

absl::StatusOr<int> LegalizeCumulative(ir::Graph& graph) {
  return RewriteEach(graph, "tf.Cumprod", [&](ir::NodeId id) { return Cumprod(graph, id); });
}

}  // namespace zeropoint::passes
