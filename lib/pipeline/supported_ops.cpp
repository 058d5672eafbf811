// The records as a table: which op runs in which mode since when, and why not.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "nlohmann/json.hpp"
#include "ops/op_def.h"
#include "ops/runtime.h"
#include "zeropoint/ops.h"

namespace zeropoint {
namespace {

using Json = nlohmann::ordered_json;
using ops::KernelForm;

constexpr char kByRequest[] = "with integer_only_rewrite";
constexpr char kVariables[] = "with variable_quantization";

std::string SinceText(const ops::Release& release) { return release <= ops::kEver ? "" : ops::ToString(release); }

std::string WithGap(const ops::OpDef& op, std::string text) {
  if (!op.runtime.gap.empty()) absl::StrAppend(&text, ": ", op.runtime.gap);
  return text;
}

// `used`: the mode asks for the form; `on_request`: it does so with integer_only_rewrite.
OpCoverage Kernel(const ops::OpDef& op, KernelForm form, bool used, bool on_request) {
  OpCoverage coverage;
  const ops::Release since = ops::Since(op.runtime, form);
  const bool exists = since <= ops::kNewestRelease;
  coverage.runs = exists && (used || on_request);
  if (coverage.runs) {
    coverage.since = SinceText(since);
    if (!used) coverage.condition = kByRequest;
  } else {
    coverage.reason = exists ? "TensorFlow keeps it float" : WithGap(op, "LiteRT has no such kernel");
  }
  return coverage;
}

OpCoverage Dynamic(const ops::OpDef& op) {
  OpCoverage coverage;
  if (op.quant.dynamic_range.empty()) {
    coverage.reason = "no weights";
    return coverage;
  }
  const bool hybrid = op.quant.dynamic_range[0].hybrid;
  const bool exists = op.runtime.hybrid <= ops::kNewestRelease;
  coverage.runs = true;
  if (hybrid && exists) {
    coverage.since = SinceText(op.runtime.hybrid);
  } else {
    coverage.condition = "weights int8, dequantized before use";
  }
  return coverage;
}

// Every op runs; float constants are stored in half the bytes and widened before use.
OpCoverage Float16(const OpCoverage& float32) { return float32; }

OpSummary Summarize(const ops::OpDef& op) {
  const ops::QuantSpec& spec = op.quant;
  OpSummary summary;
  summary.op = std::string(op.name);
  summary.float32 = Kernel(op, KernelForm::kReal, true, false);
  summary.dynamic = Dynamic(op);
  summary.int8 = Kernel(op, KernelForm::kInt8, spec.int8, spec.int8_by_request);
  if (summary.int8.runs && spec.input(0).role == ops::Role::kState) summary.int8.condition = kVariables;
  summary.int16x8 = Kernel(op, KernelForm::kInt16, spec.int16, spec.int16_by_request);
  summary.float16 = Float16(summary.float32);
  summary.calibrates = op.eval_float != nullptr;
  if (!spec.integer_rewrite.empty()) {
    summary.integer_rewrite = std::string(spec.integer_rewrite);
  } else if (spec.by_table) {
    summary.integer_rewrite = "a lookup in a table of its values";
  }
  return summary;
}

std::string Cell(const OpCoverage& coverage) {
  if (!coverage.runs) return "–";
  std::string text = coverage.since.empty() ? "yes" : absl::StrCat(coverage.since, "+");
  return coverage.condition.empty() ? text : absl::StrCat(text, " (", coverage.condition, ")");
}

// Why the int8 and int16x8 columns are empty, each reason once.
std::string Holes(const OpSummary& op) {
  std::string text;
  if (!op.float32.runs) absl::StrAppend(&text, "float: ", op.float32.reason);
  auto add = [&](absl::string_view mode, const OpCoverage& coverage) {
    if (!coverage.reason.empty()) absl::StrAppend(&text, text.empty() ? "" : "; ", mode, ": ", coverage.reason);
  };
  if (op.int8.reason == op.int16x8.reason) {
    add("integers", op.int8);
  } else {
    add("int8", op.int8);
    add("int16", op.int16x8);
  }
  return text;
}

Json ToJson(const OpCoverage& coverage) {
  Json json = {{"runs", coverage.runs}};
  if (!coverage.since.empty()) json["since"] = coverage.since;
  if (!coverage.condition.empty()) json["condition"] = coverage.condition;
  if (!coverage.reason.empty()) json["reason"] = coverage.reason;
  return json;
}

}  // namespace

std::vector<OpSummary> SupportedOps() {
  std::vector<OpSummary> summaries;
  for (const ops::OpDef* op : ops::AllOps()) summaries.push_back(Summarize(*op));
  std::sort(summaries.begin(), summaries.end(), [](const OpSummary& a, const OpSummary& b) { return a.op < b.op; });
  return summaries;
}

std::string SupportedOpsMarkdown() {
  const std::vector<OpSummary> ops = SupportedOps();
  std::string text = absl::StrCat(
      "# Ops by mode\n\nWritten by `zeropoint ops --markdown` (`make docs`) from the records in `lib/ops`; do not "
      "edit.\n\n"
      "Zeropoint knows ",
      ops.size(),
      " builtin ops. A cell says whether the op runs in the mode's form: `yes` in every "
      "LiteRT from ",
      ops::ToString(ops::KnownReleases().front()), " to ", ops::ToString(ops::kNewestRelease),
      ", `1.4+` from that release on (`--litert` names an older target), `–` not at all: it then stays float, with a "
      "reason in the report. *Calibrates*: the engine runs it, so a model that holds it can be calibrated. *Rewrite*: "
      "what `--integer-only=rewrite` makes of it where the target has no integer kernel. float16 stores constants in "
      "half the bytes for every op that runs in float.\n\n"
      "| op | float, float16 | dynamic | int8 | int16x8 | calibrates | rewrite | why not |\n"
      "|---|---|---|---|---|---|---|---|\n");
  for (const OpSummary& op : ops) {
    absl::StrAppend(&text, "| ", op.op, " | ", Cell(op.float32), " | ", Cell(op.dynamic), " | ", Cell(op.int8), " | ",
                    Cell(op.int16x8), " | ", op.calibrates ? "yes" : "–", " | ", op.integer_rewrite, " | ", Holes(op),
                    " |\n");
  }
  return text;
}

std::string SupportedOpsJson() {
  Json json = Json::array();
  for (const OpSummary& op : SupportedOps()) {
    Json one = {{"op", op.op},
                {"float", ToJson(op.float32)},
                {"dynamic", ToJson(op.dynamic)},
                {"int8", ToJson(op.int8)},
                {"int16x8", ToJson(op.int16x8)},
                {"float16", ToJson(op.float16)},
                {"calibrates", op.calibrates}};
    if (!op.integer_rewrite.empty()) one["integer_rewrite"] = op.integer_rewrite;
    json.push_back(std::move(one));
  }
  return json.dump(2) + "\n";
}

}  // namespace zeropoint
