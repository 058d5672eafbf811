// How an op may be quantized in the scheme at hand: what its record says, less what the target cannot run.
// Private to lib/plan.
#ifndef ZEROPOINT_PLAN_OP_FORM_H_
#define ZEROPOINT_PLAN_OP_FORM_H_

#include <string>

#include "ir/graph.h"
#include "ops/op_def.h"
#include "ops/runtime.h"
#include "plan/plan.h"

namespace zeropoint::plan {

// The node's specification. An empty one where the op has no record, and where its record has an integer form for which
// the target has no kernel; that of a table lookup where this stands in for the kernel.
const ops::QuantSpec& SpecOf(const ir::Graph& graph, ir::NodeId id, Scheme scheme, const PlanOptions& options);

// The node becomes a lookup in a table of its function's values: the options allow it, its op is such a function, there
// is no kernel for the form, and all that the function depends on beside operand 0 is known.
bool IsTable(const ir::Graph& graph, ir::NodeId id, Scheme scheme, const PlanOptions& options);

// The target has a kernel of the op in that form.
bool HasKernel(const ops::OpDef& op, ops::KernelForm form, const PlanOptions& options);

// Why the node has no integer form in the scheme, and what would help.
std::string NoFormReason(const ir::Node& node, Scheme scheme, const PlanOptions& options);
// Why the target cannot run the op in that form.
std::string NoKernelReason(const ops::OpDef& op, ops::KernelForm form, const PlanOptions& options);

}  // namespace zeropoint::plan

#endif  // ZEROPOINT_PLAN_OP_FORM_H_
