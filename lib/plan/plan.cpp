#include "plan/plan.h"

#include <set>

#include "absl/strings/str_cat.h"
#include "plan/planner.h"

namespace zeropoint::plan {
namespace {

using Planner = absl::StatusOr<GraphPlan> (*)(const Task&);

absl::StatusOr<GraphPlan> PlanFloat(const Task& task) {
  GraphPlan plan;
  for (ir::NodeId id : task.graph.Order()) plan.nodes.emplace(id, UndecidedFor(task.graph.node(id)));
  return plan;
}

struct SchemeTraits {
  Scheme scheme;
  const char* integer;  // the integer form of its activations, for messages; null when activations stay float
  Planner planner;
  std::set<ElementType> io_types;
};

const SchemeTraits& TraitsOf(Scheme scheme) {
  using T = ElementType;
  static const SchemeTraits table[] = {
      {Scheme::kFloat, nullptr, PlanFloat, {T::kFloat32}},
      {Scheme::kDynamicRange, nullptr, PlanDynamicRange, {T::kFloat32}},
      {Scheme::kInt8, "int8", PlanInt8, {T::kFloat32, T::kInt8, T::kUInt8}},
      {Scheme::kFloat16, nullptr, PlanFloat16, {T::kFloat32}},
      {Scheme::kInt16x8, "int16", PlanInt16x8, {T::kFloat32, T::kInt16}},
  };
  for (const SchemeTraits& row : table) {
    if (row.scheme == scheme) return row;
  }
  return table[0];
}

absl::Status CheckIoType(const SchemeTraits& traits, ElementType type, const char* what) {
  if (traits.io_types.count(type) > 0) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(what, " of type ", Name(type), " do not exist in this mode; it has ",
                   traits.integer == nullptr ? "" : absl::StrCat(traits.integer, " and "), "float32"));
}

// Graphs that the user calls; the others are bodies of control-flow ops.
std::set<int> EntryGraphs(const ir::Model& model) {
  std::set<int> entries = {0};
  for (const ir::Signature& signature : model.signatures) entries.insert(signature.graph);
  return entries;
}

absl::Status RefuseFloatNodes(const Plan& plan, const char* integer) {
  std::string offenders;
  int count = 0;
  for (const GraphPlan& graph : plan.graphs) {
    for (const auto& [id, decision] : graph.nodes) {
      if (decision.reason.empty()) continue;
      absl::StrAppend(&offenders, "\n  ", decision.op, " '", decision.name, "': ", decision.reason);
      ++count;
    }
  }
  if (count == 0) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat(count, count == 1 ? " op" : " ops", " cannot be ", integer, ":", offenders));
}

}  // namespace

bool SameForm(const ValuePlan& a, const ValuePlan& b) {
  return a.type == b.type && a.params.scale == b.params.scale && a.params.zero_point == b.params.zero_point &&
         a.params.axis == b.params.axis;
}

absl::StatusOr<Plan> MakePlan(const ir::Model& model, const ir::Statistics& statistics, const PlanOptions& options) {
  const SchemeTraits& traits = TraitsOf(options.scheme);
  ZP_RETURN_IF_ERROR(CheckIoType(traits, options.input_type, "inputs"));
  ZP_RETURN_IF_ERROR(CheckIoType(traits, options.output_type, "outputs"));
  const std::set<int> entries = EntryGraphs(model);
  Plan plan;
  plan.options = options;
  for (int g = 0; g < static_cast<int>(model.graphs.size()); ++g) {
    const Task task{model.graphs[static_cast<size_t>(g)], g, entries.count(g) > 0, statistics, options};
    ZP_ASSIGN_OR_RETURN(GraphPlan graph, traits.planner(task));
    plan.graphs.push_back(std::move(graph));
  }
  if (traits.integer != nullptr && !options.allow_float_fallback) {
    ZP_RETURN_IF_ERROR(RefuseFloatNodes(plan, traits.integer));
  }
  return plan;
}

}  // namespace zeropoint::plan
