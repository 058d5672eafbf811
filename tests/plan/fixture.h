// Models from text, with the ranges that calibration would have seen.
#ifndef ZEROPOINT_TESTS_PLAN_FIXTURE_H_
#define ZEROPOINT_TESTS_PLAN_FIXTURE_H_

#include <catch2/catch.hpp>
#include <initializer_list>
#include <string>

#include "absl/strings/string_view.h"
#include "ir/text.h"
#include "plan/plan.h"

namespace zeropoint::plan {

inline ir::Model ParsedModel(absl::string_view text) {
  absl::StatusOr<ir::Graph> graph = ir::ParseGraph(text);
  INFO(graph.status().ToString());
  REQUIRE(graph.ok());
  ir::Model model;
  model.graphs.push_back(*std::move(graph));
  return model;
}

inline ir::ValueId ValueNamed(const ir::Model& model, absl::string_view name) {
  const ir::Graph& graph = model.graphs[0];
  for (ir::ValueId id = 0; id < graph.num_values(); ++id) {
    if (graph.value(id).name == name) return id;
  }
  FAIL("no value is named " << name);
  return ir::kNoValue;
}

// The node that produces the value.
inline ir::NodeId NodeOf(const ir::Model& model, absl::string_view result) {
  const ir::NodeId node = model.graphs[0].producer(ValueNamed(model, result));
  REQUIRE(node != ir::kNoNode);
  return node;
}

struct NamedRange {
  const char* value;
  float min, max;
};

inline ir::Statistics Ranges(const ir::Model& model, std::initializer_list<NamedRange> ranges) {
  ir::Statistics statistics;
  for (const NamedRange& range : ranges)
    statistics.ranges[{0, ValueNamed(model, range.value)}] = {range.min, range.max};
  return statistics;
}

inline PlanOptions With(Scheme scheme) {
  PlanOptions options;
  options.scheme = scheme;
  return options;
}

inline GraphPlan Planned(const ir::Model& model, const ir::Statistics& statistics, const PlanOptions& options) {
  absl::StatusOr<Plan> plan = MakePlan(model, statistics, options);
  INFO(plan.status().ToString());
  REQUIRE(plan.ok());
  REQUIRE(plan->graphs.size() == 1);
  return plan->graphs[0];
}

// The scale with which a node's result is stored, or 0 when it stays float.
inline float StoredScale(const ir::Model& model, const GraphPlan& plan, absl::string_view value) {
  auto form = plan.values.find(ValueNamed(model, value));
  return form == plan.values.end() ? 0.0f : form->second.params.scale[0];
}

// The scale with which the producer of `result` reads its operand, or 0 when it reads float32.
inline float ReadScale(const ir::Model& model, const GraphPlan& plan, absl::string_view result, int operand) {
  auto form = plan.operands.find({NodeOf(model, result), operand});
  return form == plan.operands.end() || form->second.params.scale.empty() ? 0.0f : form->second.params.scale[0];
}

inline const NodeDecision& DecisionOn(const ir::Model& model, const GraphPlan& plan, absl::string_view result) {
  return plan.nodes.at(NodeOf(model, result));
}

}  // namespace zeropoint::plan

#endif  // ZEROPOINT_TESTS_PLAN_FIXTURE_H_
