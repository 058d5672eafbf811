// STABLEHLO_CASE: operand 0, an int32, is the index of the graph that runs on the other operands; the last one runs for
// an index that there is not.
#include <algorithm>
#include <vector>

#include "ops/control_flow.h"
#include "ops/data_movement.h"
#include "ops/infer.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops {
namespace {

constexpr int kFirstArgument = 1;

std::vector<int64_t> Branches(const ir::Attributes& attrs) { return attrs.Ints("branch_subgraph_indices"); }

absl::Status Infer(InferContext& context) {
  ZP_RETURN_IF_ERROR(CheckType(context, 0, {ElementType::kInt32}));
  const std::vector<int64_t> branches = Branches(context.attrs());
  if (branches.empty()) return absl::InvalidArgumentError("STABLEHLO_CASE without branches");
  return InferBranches(context, branches, kFirstArgument);
}

absl::Status Eval(const EvalContext& context) {
  ZP_ASSIGN_OR_RETURN(const std::vector<int64_t> index, ReadInts(context.inputs[0]));
  if (index.size() != 1) return absl::InvalidArgumentError("the index of STABLEHLO_CASE is one number");
  const std::vector<int64_t> branches = Branches(context.attrs);
  const auto last = static_cast<int64_t>(branches.size()) - 1;
  const int64_t branch = index[0] < 0 || index[0] > last ? last : index[0];
  return EvalCall(context, static_cast<int>(branches[static_cast<size_t>(branch)]), kFirstArgument);
}

}  // namespace

namespace records {

OpDef StablehloCase() {
  return {.name = "STABLEHLO_CASE",
          .code = schema::BuiltinOperator_STABLEHLO_CASE,
          .inputs = {1, kMany},
          .outputs = {0, kMany},
          .options = {schema::BuiltinOptions2_StablehloCaseOptions,
                      {{"branch_subgraph_indices", schema::StablehloCaseOptions::VT_BRANCH_SUBGRAPH_INDICES,
                        FieldKind::kGraphs}},
                      /*written=*/true,
                      /*second=*/true},
          .infer = Infer,
          .eval_float = Eval,
          .has_side_effects = true};  // those of the graphs, which the record cannot see
}

}  // namespace records
}  // namespace zeropoint::ops
