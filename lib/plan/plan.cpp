#include "plan/plan.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "plan/planner.h"
#include "plan/variables.h"

namespace zeropoint::plan {
namespace {

using Planner = absl::StatusOr<SchemePlan> (*)(const Task&);

absl::StatusOr<SchemePlan> PlanFloat(const Task& task) {
  SchemePlan result;
  for (ir::NodeId id : task.Nodes()) result.plan.nodes.emplace(id, UndecidedFor(task.graph.node(id)));
  return result;
}

struct SchemeTraits {
  Scheme scheme;
  const char* integer;  // the integer form of its activations, for messages; null when activations stay float
  Planner planner;
  std::set<ElementType> io_types;
};

const std::vector<SchemeTraits>& AllTraits() {
  using T = ElementType;
  static const std::vector<SchemeTraits> table = {
      {Scheme::kFloat, nullptr, PlanFloat, {T::kFloat32}},
      {Scheme::kDynamicRange, nullptr, PlanDynamicRange, {T::kFloat32}},
      {Scheme::kInt8, "int8", PlanInt8, {T::kFloat32, T::kInt8, T::kUInt8}},
      {Scheme::kFloat16, nullptr, PlanFloat16, {T::kFloat32}},
      {Scheme::kInt16x8, "int16", PlanInt16x8, {T::kFloat32, T::kInt16}},
  };
  return table;
}

// The schemes that some node is asked to have, and the mode's own.
std::vector<const SchemeTraits*> TraitsOf(const PlanOptions& options) {
  std::set<Scheme> schemes = {options.scheme};
  for (const auto& [node, choice] : options.choices) schemes.insert(choice.scheme);
  std::vector<const SchemeTraits*> present;
  for (const SchemeTraits& row : AllTraits()) {
    if (schemes.count(row.scheme) > 0) present.push_back(&row);
  }
  return present;
}

absl::Status CheckIoType(const std::vector<const SchemeTraits*>& schemes, ElementType type, const char* what) {
  std::string integers;
  for (const SchemeTraits* traits : schemes) {
    if (traits->io_types.count(type) > 0) return absl::OkStatus();
    if (traits->integer != nullptr) absl::StrAppend(&integers, traits->integer, " and ");
  }
  return absl::InvalidArgumentError(
      absl::StrCat(what, " of type ", Name(type), " do not exist in this mode; it has ", integers, "float32"));
}

// Graphs that the user calls; the others are bodies of control-flow ops.
std::set<int> EntryGraphs(const ir::Model& model) {
  std::set<int> entries = {0};
  for (const ir::Signature& signature : model.signatures) entries.insert(signature.graph);
  return entries;
}

// Nodes that are asked to be integer and cannot be; those that are asked to be float are none.
absl::Status RefuseFloatNodes(const Plan& plan, const std::vector<const SchemeTraits*>& schemes) {
  std::set<std::string> forms;
  for (const SchemeTraits* traits : schemes) {
    if (traits->integer != nullptr) forms.insert(traits->integer);
  }
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
      absl::StrCat(count, count == 1 ? " op" : " ops", " cannot be ", absl::StrJoin(forms, " or "), ":", offenders));
}

// Adds what another scheme's planner decided on its nodes. The two share nothing but constants.
void Merge(const ir::Graph& graph, GraphPlan&& from, GraphPlan& into) {
  for (auto& [value, form] : from.values) {
    if (!graph.value(value).is_constant) {
      into.values.emplace(value, std::move(form));
      continue;
    }
    for (const ir::Use& use : graph.uses(value)) {
      if (from.operands.count({use.node, use.operand}) > 0) StoreConstant(value, use.node, use.operand, form, into);
    }
  }
  // A constant form that is an operand's own already stays so.
  for (auto& [operand, form] : from.constants) into.constants.insert_or_assign(operand, std::move(form));
  into.operands.merge(std::move(from.operands));
  into.nodes.merge(std::move(from.nodes));
}

absl::StatusOr<GraphPlan> PlanGraph(Task task, const std::vector<const SchemeTraits*>& schemes) {
  GraphPlan plan;
  std::map<ir::ValueId, ValuePlan> inputs, outputs;
  for (const SchemeTraits* traits : schemes) {
    task.scheme = traits->scheme;
    ZP_ASSIGN_OR_RETURN(SchemePlan part, traits->planner(task));
    for (auto& [id, decision] : part.plan.nodes) decision.scheme = traits->scheme;
    Merge(task.graph, std::move(part.plan), plan);
    if (traits->integer == nullptr) continue;
    const auto takes = [&](ElementType type) {
      return type != ElementType::kFloat32 && traits->io_types.count(type) > 0;
    };
    if (takes(task.options.input_type)) inputs = part.boundary;
    if (takes(task.options.output_type)) outputs = std::move(part.boundary);
  }
  PlanBoundaries(task, inputs, outputs, plan);
  return plan;
}

}  // namespace

bool SameForm(const ValuePlan& a, const ValuePlan& b) {
  return a.type == b.type && a.params.scale == b.params.scale && a.params.zero_point == b.params.zero_point &&
         a.params.axis == b.params.axis;
}

bool IsMixed(const Plan& plan) {
  return std::any_of(plan.options.choices.begin(), plan.options.choices.end(),
                     [&](const auto& entry) { return entry.second.scheme != plan.options.scheme; });
}

absl::StatusOr<Plan> MakePlan(const ir::Model& model, const ir::Statistics& statistics, const PlanOptions& options) {
  const std::vector<const SchemeTraits*> schemes = TraitsOf(options);
  ZP_RETURN_IF_ERROR(CheckIoType(schemes, options.input_type, "inputs"));
  ZP_RETURN_IF_ERROR(CheckIoType(schemes, options.output_type, "outputs"));
  const std::set<int> entries = EntryGraphs(model);
  const Variables variables(model, statistics, options);
  Plan plan;
  plan.options = options;
  for (int g = 0; g < static_cast<int>(model.graphs.size()); ++g) {
    const Task task{model.graphs[static_cast<size_t>(g)],
                    g,
                    entries.count(g) > 0,
                    variables.statistics(),
                    options,
                    options.scheme,
                    &variables};
    ZP_ASSIGN_OR_RETURN(GraphPlan graph, PlanGraph(task, schemes));
    plan.graphs.push_back(std::move(graph));
  }
  if (!options.allow_float_fallback) ZP_RETURN_IF_ERROR(RefuseFloatNodes(plan, schemes));
  return plan;
}

}  // namespace zeropoint::plan
