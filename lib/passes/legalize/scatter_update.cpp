// Before: tf.TensorScatterUpdate(x, indices, updates)
// After:  SELECT_V2(mask, SCATTER_ND(indices, updates, SHAPE(x)), x)
//         mask = GREATER(SCATTER_ND(indices, ones, SHAPE(x)), 0), a constant for constant indices
// Before: tf.TensorScatterAdd(x, indices, updates)   After: ADD(x, SCATTER_ND(indices, updates, SHAPE(x)))
// Before: tf.TensorScatterSub(x, indices, updates)   After: SUB(x, SCATTER_ND(indices, updates, SHAPE(x)))
//
// Conditions: float32, int32, int64. Indices of one TensorScatterUpdate name no place twice: then TF takes one of the
// updates, and this takes their sum. Algebra: SCATTER_ND adds up what comes to each place, zero where nothing does.
#include "passes/legalize/formula.h"
#include "passes/legalize/legalize.h"

namespace zeropoint::passes {
namespace {

using ir::ValueId;

ValueId Scattered(const Formula& f) { return f.Op("SCATTER_ND", {f.x(1), f.x(2), f.ShapeOf(f.x())}, {}, f.type()); }

void Update(const Formula& f) {
  const ValueId ones = f.Op("FILL", {f.ShapeOf(f.x(2)), f.Int(1)}, {}, ElementType::kInt32);
  const ValueId hits = f.Op("SCATTER_ND", {f.x(1), ones, f.ShapeOf(f.x())}, {}, ElementType::kInt32);
  f.Is("SELECT_V2", {f.Test("GREATER", {hits, f.Int(0)}), Scattered(f), f.x()});
}
void Add(const Formula& f) { f.Is("ADD", {f.x(), Scattered(f)}); }
void Sub(const Formula& f) { f.Is("SUB", {f.x(), Scattered(f)}); }

constexpr FormulaRow kRows[] = {{"tf.TensorScatterUpdate", 3, false, Update},
                                {"tf.TensorScatterAdd", 3, false, Add},
                                {"tf.TensorScatterSub", 3, false, Sub}};

}  // namespace

absl::StatusOr<int> LegalizeScatterUpdate(ir::Graph& graph) { return WriteFormulas(graph, kRows); }

}  // namespace zeropoint::passes
