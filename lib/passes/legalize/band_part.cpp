// Before: y = tf.MatrixBandPart(x, lower, upper)
// After:  d = SUB(EXPAND_DIMS(RANGE(0, rows, 1), 1), RANGE(0, columns, 1))
//         y = SELECT_V2(LOGICAL_AND(LESS_EQUAL(d, lower), LESS_EQUAL(NEG(d), upper)), x, 0)
//
// Conditions: x of known rank. A constant bound below 0 is no bound and left out; one that is not constant is replaced
// by the number of rows or columns where it is below 0. With known sizes and bounds the mask folds to a constant.
// Algebra: element (i, j) stays when -upper <= i - j <= lower.
#include "ir/constants.h"
#include "passes/legalize/formula.h"
#include "passes/legalize/legalize.h"

namespace zeropoint::passes {
namespace {

using ir::ValueId;

// Where `distance` is within the bound in operand `operand`; kNoValue when that is everywhere.
ValueId Within(const Formula& f, ValueId distance, int operand, ValueId everything) {
  const std::optional<int64_t> constant = ir::IntScalar(f.graph(), f.x(operand));
  if (constant.has_value() && *constant < 0) return ir::kNoValue;
  if (constant.has_value()) return f.Test("LESS_EQUAL", {distance, f.Int(*constant)});
  const ValueId given = f.Cast(f.x(operand), ElementType::kInt32);
  const ValueId bound = f.Select(f.Test("LESS", {given, f.Int(0)}), everything, given);
  return f.Test("LESS_EQUAL", {distance, bound});
}

absl::StatusOr<bool> BandPart(ir::Graph& graph, ir::NodeId id) {
  const Formula f(graph, id);
  const ir::Shape shape = f.shape();
  if (!shape.ranked()) return false;
  const int rank = shape.rank();
  if (rank < 2) return absl::InvalidArgumentError("the operand has no matrices");
  const ValueId rows = f.Dim(f.x(), rank - 2), columns = f.Dim(f.x(), rank - 1);
  const ValueId row = f.Op("EXPAND_DIMS", {f.Count(rows), f.Int(1)}), column = f.Count(columns);
  const ValueId lower = Within(f, f.Op("SUB", {row, column}), 1, rows);
  const ValueId upper = Within(f, f.Op("SUB", {column, row}), 2, columns);
  if (lower == ir::kNoValue && upper == ir::kNoValue) {
    Forward(graph, id, {f.x()});
    return true;
  }
  const ValueId mask = lower == ir::kNoValue   ? upper
                       : upper == ir::kNoValue ? lower
                                               : f.Test("LOGICAL_AND", {lower, upper});
  if (f.type() == ElementType::kBool) {
    f.Is("LOGICAL_AND", {mask, f.x()});
  } else {
    f.Is("SELECT_V2", {mask, f.x(), f.Zero(f.type())});
  }
  return true;
}

}  // namespace

absl::StatusOr<int> LegalizeBandPart(ir::Graph& graph) {
  return RewriteEach(graph, "tf.MatrixBandPart", [&](ir::NodeId id) { return BandPart(graph, id); });
}

}  // namespace zeropoint::passes
