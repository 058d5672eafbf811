// Report::ToJson, and the report of a finished conversion.
#include "pipeline/report.h"

#include <cmath>
#include <map>
#include <utility>
#include <vector>

#include "nlohmann/json.hpp"
#include "pipeline/recipe.h"

namespace zeropoint {
namespace {

using Json = nlohmann::ordered_json;

Json ToJson(const OpReport& op) {
  Json json = {{"op", op.op}, {"name", op.name}, {"version", op.version}, {"quantized", op.quantized}};
  json["graph"] = op.graph;
  json["inputs"] = op.inputs;
  json["outputs"] = op.outputs;
  if (!op.reason.empty()) json["reason"] = op.reason;
  if (!op.scheme.empty()) json["scheme"] = op.scheme;
  if (op.rule >= 0) json["rule"] = op.rule;
  return json;
}

Json ToJson(const TensorReport& tensor) {
  Json json = {{"name", tensor.name}, {"type", tensor.type}, {"shape", tensor.shape}, {"constant", tensor.is_constant}};
  json["graph"] = tensor.graph;
  if (!tensor.scale.empty()) {
    json["scale"] = tensor.scale;
    json["zero_point"] = tensor.zero_point;
    if (tensor.scale.size() > 1) json["axis"] = tensor.axis;
  }
  if (tensor.has_range) {
    json["min"] = tensor.min;
    json["max"] = tensor.max;
  }
  return json;
}

Json ToJson(const TargetReport& target) {
  Json json = {{"name", target.name}, {"ops", target.ops}, {"mapped", target.mapped}, {"unmapped", Json::array()}};
  for (const TargetFinding& finding : target.unmapped) {
    Json one = {{"op", finding.op}, {"name", finding.name}, {"reason", finding.reason}};
    if (!finding.mend.empty()) one["mend"] = finding.mend;
    json["unmapped"].push_back(std::move(one));
  }
  return json;
}

Json ToJson(const ProofReport& proof) {
  Json json = {{"ran", proof.ran}};
  if (!proof.note.empty()) json["note"] = proof.note;
  json["outputs"] = Json::array();
  for (const ProofOutput& output : proof.outputs) {
    Json one = {{"name", output.name}, {"sqnr", nullptr}};  // null: equal to the float model's
    if (std::isfinite(output.sqnr)) one["sqnr"] = output.sqnr;
    json["outputs"].push_back(std::move(one));
  }
  return json;
}

}  // namespace

std::string Report::ToJson(bool with_times) const {
  Json json = {{"mode", mode}, {"samples", samples}, {"bytes", bytes}};
  json["warnings"] = warnings;
  if (!target.name.empty()) json["target"] = zeropoint::ToJson(target);
  if (proof.ran || !proof.note.empty()) json["proof"] = zeropoint::ToJson(proof);
  json["ops"] = Json::array();
  for (const OpReport& op : ops) json["ops"].push_back(zeropoint::ToJson(op));
  json["tensors"] = Json::array();
  for (const TensorReport& tensor : tensors) json["tensors"].push_back(zeropoint::ToJson(tensor));
  if (with_times) {
    json["times"] = Json::array();
    for (const StageTime& time : times) json["times"].push_back({{"stage", time.stage}, {"seconds", time.seconds}});
  }
  // Names come from files and may be no UTF-8: replaced, not thrown over.
  return json.dump(2, ' ', false, Json::error_handler_t::replace);
}

namespace pipeline {
namespace {

bool IsQuantized(const ir::Graph& graph, const ir::Node& node) {
  auto quantized = [&](absl::Span<const ir::ValueId> ids) {
    for (ir::ValueId id : ids) {
      if (id != ir::kNoValue && graph.value(id).quant.quantized()) return true;
    }
    return false;
  };
  return quantized(node.inputs()) || quantized(node.outputs());
}

// What was asked and decided of a node; nothing of one that rewrite added.
void DescribeDecision(const plan::Plan& plan, int graph, ir::NodeId id, OpReport& op) {
  if (graph >= static_cast<int>(plan.graphs.size())) return;
  const std::map<ir::NodeId, plan::NodeDecision>& nodes = plan.graphs[static_cast<size_t>(graph)].nodes;
  auto decision = nodes.find(id);
  if (decision == nodes.end()) return;
  op.reason = decision->second.reason;
  op.scheme = std::string(SchemeName(decision->second.scheme));
  auto choice = plan.options.choices.find({graph, id});
  if (choice != plan.options.choices.end()) op.rule = choice->second.rule;
}

TensorReport Describe(const ir::Value& value) {
  TensorReport report;
  report.name = value.name;
  report.type = std::string(Name(value.type));
  report.shape.assign(value.shape.dims().begin(), value.shape.dims().end());
  report.scale = value.quant.scale;
  report.zero_point = value.quant.zero_point;
  report.axis = value.quant.axis;
  report.is_constant = value.is_constant;
  report.has_range = value.quant.min.size() == 1 && value.quant.max.size() == 1;
  if (report.has_range) {
    report.min = value.quant.min[0];
    report.max = value.quant.max[0];
  }
  return report;
}

// A value that nothing mentions, such as a constant that now has another form, is not in the file.
bool IsMentioned(const ir::Graph& graph, ir::ValueId id) {
  return graph.NumUses(id) > 0 || graph.producer(id) != ir::kNoNode || graph.IsGraphInput(id);
}

// Adds the graph's tensors; the result holds the place of each value in the report, kAbsent for what is not in the
// file.
constexpr int kAbsent = -1;
std::vector<int> DescribeTensors(const ir::Graph& graph, int index, Report& report) {
  std::vector<int> places(static_cast<size_t>(graph.num_values()), kAbsent);
  for (ir::ValueId id = 0; id < graph.num_values(); ++id) {
    if (!IsMentioned(graph, id)) continue;
    places[static_cast<size_t>(id)] = static_cast<int>(report.tensors.size());
    report.tensors.push_back(Describe(graph.value(id)));
    report.tensors.back().graph = index;
  }
  return places;
}

std::vector<int> PlacesOf(absl::Span<const ir::ValueId> ids, const std::vector<int>& places) {
  std::vector<int> result;
  for (ir::ValueId id : ids) result.push_back(id == ir::kNoValue ? kAbsent : places[static_cast<size_t>(id)]);
  return result;
}

}  // namespace

void DescribeResult(const ir::Model& model, const plan::Plan& plan, Report& report) {
  for (size_t g = 0; g < model.graphs.size(); ++g) {
    const ir::Graph& graph = model.graphs[g];
    const std::vector<int> places = DescribeTensors(graph, static_cast<int>(g), report);
    for (ir::NodeId id : graph.Order()) {
      const ir::Node& node = graph.node(id);
      OpReport op;
      op.op = node.op();
      op.name = node.info.name;
      op.version = node.info.version;
      op.quantized = IsQuantized(graph, node);
      op.graph = static_cast<int>(g);
      op.inputs = PlacesOf(node.inputs(), places);
      op.outputs = PlacesOf(node.outputs(), places);
      DescribeDecision(plan, static_cast<int>(g), id, op);
      report.ops.push_back(std::move(op));
    }
  }
}

}  // namespace pipeline
}  // namespace zeropoint
