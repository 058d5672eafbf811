// Before: tf.LowerBound(sorted[b, n], values[b, m])
// After:  SUM(CAST(LESS(EXPAND_DIMS(sorted, 1), EXPAND_DIMS(values, 2))), 2)
// Before: tf.UpperBound(sorted, values)     After: the same with LESS_EQUAL
//
// Conditions: float32, int32 or int64 elements.
// Algebra: in a sorted row, the first place whose element is not less than the value is the number of elements that are
// less.
#include "passes/legalize/formula.h"
#include "passes/legalize/legalize.h"

namespace zeropoint::passes {
namespace {

void Search(const Formula& f, absl::string_view compare) {
  const ElementType type = f.result_type();
  const ir::ValueId sorted = f.Op("EXPAND_DIMS", {f.x(0), f.Int(1)}), values = f.Op("EXPAND_DIMS", {f.x(1), f.Int(2)});
  const ir::ValueId before = f.Cast(f.Test(compare, {sorted, values}), type);
  f.Is("SUM", {before, f.Ints({2})}, Attrs({{"keep_dims", false}}));
}
void LowerBound(const Formula& f) { Search(f, "LESS"); }
void UpperBound(const Formula& f) { Search(f, "LESS_EQUAL"); }

constexpr FormulaRow kRows[] = {{"tf.LowerBound", 2, false, LowerBound}, {"tf.UpperBound", 2, false, UpperBound}};

}  // namespace

absl::StatusOr<int> LegalizeSearchSorted(ir::Graph& graph) { return WriteFormulas(graph, kRows); }

}  // namespace zeropoint::passes
