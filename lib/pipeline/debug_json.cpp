// DebugReport::ToJson: docs/debug.schema.json.
#include <cmath>

#include "absl/strings/str_cat.h"
#include "nlohmann/json.hpp"
#include "zeropoint/debug.h"
#include "zeropoint/version.h"

namespace zeropoint {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kFormatVersion = 1;

Json Decibel(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

Json ToJson(const DebugHistogram& histogram) {
  return {{"min", histogram.min}, {"max", histogram.max}, {"counts", histogram.counts}};
}

void AddError(const DebugError& error, Json& json) {
  json["sqnr_db"] = Decibel(error.sqnr_db);
  json["cosine"] = error.cosine;
  json["mse"] = error.mse;
  json["max_abs_error"] = error.max_abs_error;
}

Json ToJson(const DebugOutput& output) {
  Json json = {{"name", output.name}, {"tensor", output.tensor}, {"graph", output.graph}};
  AddError(output.error, json);
  return json;
}

Json ToJson(const DebugTensor& tensor) {
  Json json = {{"name", tensor.name}, {"graph", tensor.graph}, {"op", tensor.op}, {"node", tensor.node}};
  if (tensor.compared) json["float_name"] = tensor.float_name;
  json["type"] = tensor.type;
  json["shape"] = tensor.shape;
  if (!tensor.scale.empty()) {
    json["scale"] = tensor.scale;
    json["zero_point"] = tensor.zero_point;
    if (tensor.scale.size() > 1) json["axis"] = tensor.axis;
  }
  if (!tensor.compared) return json;
  json["float_min"] = tensor.float_min;
  json["float_max"] = tensor.float_max;
  if (tensor.has_range) {
    json["range_min"] = tensor.range_min;
    json["range_max"] = tensor.range_max;
  }
  AddError(tensor.error, json);
  if (tensor.has_range) {
    json["clipped"] = tensor.clipped;
    json["codes_used"] = tensor.codes_used;
    json["codes"] = tensor.codes;
  }
  json["histogram"] = ToJson(tensor.histogram);
  return json;
}

Json ToJson(const DebugWeights& weights) {
  Json json = {
      {"name", weights.name}, {"graph", weights.graph}, {"op", weights.op},     {"node", weights.node},
      {"type", weights.type}, {"shape", weights.shape}, {"axis", weights.axis}, {"sqnr_db", Decibel(weights.sqnr_db)}};
  json["channels"] = Json::array();
  for (const DebugChannel& channel : weights.channels) {
    json["channels"].push_back(
        {{"min", channel.min}, {"max", channel.max}, {"scale", channel.scale}, {"sqnr_db", Decibel(channel.sqnr_db)}});
  }
  json["histogram"] = ToJson(weights.histogram);
  return json;
}

Json ToJson(const DebugOp& op, size_t index) {
  Json json = {{"index", index},        {"graph", op.graph},         {"op", op.op},        {"name", op.name},
               {"version", op.version}, {"quantized", op.quantized}, {"reason", op.reason}};
  json["inputs"] = Json::array();
  for (const std::optional<std::string>& input : op.inputs)
    json["inputs"].push_back(input ? Json(*input) : Json(nullptr));
  json["outputs"] = op.outputs;
  if (op.total.has_value()) {
    Json error = {{"total_mse", op.total->mse}, {"total_sqnr_db", Decibel(op.total->sqnr_db)}};
    if (op.made.has_value()) {
      error["made_mse"] = op.made->mse;
      error["made_sqnr_db"] = Decibel(op.made->sqnr_db);
    }
    if (op.inherited.has_value()) {
      error["inherited_mse"] = op.inherited->mse;
      error["inherited_sqnr_db"] = Decibel(op.inherited->sqnr_db);
    }
    json["error"] = std::move(error);
  }
  if (op.cost.has_value()) {
    constexpr double kDecibels = 10.0;
    json["cost"] = {{"noise", *op.cost}, {"share", op.share}, {"sqnr_db", Decibel(-kDecibels * std::log10(*op.cost))}};
  }
  if (op.rank > 0) json["rank"] = op.rank;
  return json;
}

Json ToJson(const DebugFinding& finding) {
  Json json = {{"cause", finding.cause},
               {"graph", finding.graph},
               {"op", finding.op},
               {"node", finding.node},
               {"tensor", finding.tensor}};
  if (!finding.channels.empty()) json["channels"] = finding.channels;
  json["text"] = finding.text;
  const bool is_recipe = finding.fix.kind == DebugFix::Kind::kRecipe;
  Json fix = {{"kind", is_recipe ? "recipe" : "data"}, {"line", finding.fix.line}};
  // What the library wrote itself parses.
  if (is_recipe) fix["rules"] = Json::parse(absl::StrCat("[", finding.fix.line, "]"));
  if (!finding.fix.input.empty()) fix["input"] = finding.fix.input;
  if (finding.fix.has_scale) {
    fix["scale"] = finding.fix.scale;
    fix["offset"] = finding.fix.offset;
  }
  json["fix"] = std::move(fix);
  if (finding.sqnr_before_db.has_value()) json["sqnr_before_db"] = Decibel(*finding.sqnr_before_db);
  if (finding.sqnr_after_db.has_value()) json["sqnr_after_db"] = Decibel(*finding.sqnr_after_db);
  if (finding.recovered.has_value()) json["recovered"] = *finding.recovered;
  return json;
}

}  // namespace

std::string DebugReport::ToJson() const {
  Json json = {{"schema", "zeropoint.debug"}, {"version", kFormatVersion}};
  Json model = {{"path", path}};
  if (!quantized_path.empty()) model["quantized_path"] = quantized_path;
  model["mode"] = mode;
  model["float_bytes"] = float_bytes;
  model["quantized_bytes"] = quantized_bytes;
  model["samples"] = samples;
  model["calibration_samples"] = calibration_samples;
  model["costed_ops"] = costed_ops;
  model["tool_version"] =
      absl::StrCat(ZEROPOINT_VERSION_MAJOR, ".", ZEROPOINT_VERSION_MINOR, ".", ZEROPOINT_VERSION_PATCH);
  json["model"] = std::move(model);
  for (const char* key : {"outputs", "tensors", "weights", "ops", "findings"}) json[key] = Json::array();
  for (const DebugOutput& output : outputs) json["outputs"].push_back(zeropoint::ToJson(output));
  for (const DebugTensor& tensor : tensors) json["tensors"].push_back(zeropoint::ToJson(tensor));
  for (const DebugWeights& one : weights) json["weights"].push_back(zeropoint::ToJson(one));
  for (size_t i = 0; i < ops.size(); ++i) json["ops"].push_back(zeropoint::ToJson(ops[i], i));
  for (const DebugFinding& finding : findings) json["findings"].push_back(zeropoint::ToJson(finding));
  json["warnings"] = warnings;
  // Names come from files and may be no UTF-8: replaced, not thrown over.
  return json.dump(1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace zeropoint
