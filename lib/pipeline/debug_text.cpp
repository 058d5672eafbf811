// DebugReport::ToText: tables for a terminal, and the findings.
#include <algorithm>
#include <cmath>
#include <cstdarg>
#include <cstdio>

#include "absl/strings/str_cat.h"
#include "zeropoint/debug.h"

namespace zeropoint {
namespace {

constexpr double kPercent = 100.0;

// A line of printf's.
[[gnu::format(printf, 1, 2)]] std::string Format(const char* format, ...) {
  va_list arguments, again;
  va_start(arguments, format);
  va_copy(again, arguments);
  std::string text(static_cast<size_t>(std::max(0, std::vsnprintf(nullptr, 0, format, arguments))), ' ');
  std::vsnprintf(text.data(), text.size() + 1, format, again);
  va_end(again);
  va_end(arguments);
  return text;
}

std::string Db(double value) { return std::isfinite(value) ? Format("%.1f", value) : "exact"; }
std::string Db(const std::optional<DebugSplit>& split) { return split.has_value() ? Db(split->sqnr_db) : "-"; }

// The ranked ops, best rank first.
std::vector<const DebugOp*> Ranked(const DebugReport& report, int top) {
  std::vector<const DebugOp*> ops;
  for (const DebugOp& op : report.ops) {
    if (op.rank > 0 && op.rank <= top) ops.push_back(&op);
  }
  std::sort(ops.begin(), ops.end(), [](const DebugOp* a, const DebugOp* b) { return a->rank < b->rank; });
  return ops;
}

std::string Ranking(const std::vector<const DebugOp*>& ops) {
  constexpr double kDecibels = 10.0;
  std::string text = Format("%-5s%-24s%9s%9s%9s%14s%10s  %s\n", "rank", "op", "cost dB", "share", "made dB",
                            "inherited dB", "total dB", "name");
  for (const DebugOp* op : ops) {
    text += Format("%-5d%-24s%9s%8.1f%%%9s%14s%10s  %s\n", op->rank, op->op.c_str(),
                   Db(-kDecibels * std::log10(*op->cost)).c_str(), kPercent * op->share, Db(op->made).c_str(),
                   Db(op->inherited).c_str(), Db(op->total).c_str(), op->name.c_str());
  }
  return text;
}

// What the ranked ops' results are like.
std::string Results(const DebugReport& report, const std::vector<const DebugOp*>& ops) {
  std::string text = Format("%-5s%9s%10s%12s%10s%10s  %-26s%s\n", "rank", "SQNR dB", "cosine", "max error", "clipped",
                            "in use", "range", "result");
  for (const DebugOp* op : ops) {
    for (const DebugTensor& tensor : report.tensors) {
      const bool made = tensor.graph == op->graph && tensor.compared &&
                        std::find(op->outputs.begin(), op->outputs.end(), tensor.name) != op->outputs.end();
      if (!made) continue;
      const auto share = [&](double part) { return tensor.has_range ? Format("%.1f%%", kPercent * part) : "-"; };
      const double used =
          tensor.codes > 0 ? static_cast<double>(tensor.codes_used) / static_cast<double>(tensor.codes) : 0;
      text +=
          Format("%-5d%9s%10.6f%12.4g%10s%10s  %-26s%s\n", op->rank, Db(tensor.error.sqnr_db).c_str(),
                 tensor.error.cosine, tensor.error.max_abs_error, share(tensor.clipped).c_str(), share(used).c_str(),
                 Format("[%.4g, %.4g]", tensor.float_min, tensor.float_max).c_str(), tensor.name.c_str());
    }
  }
  return text;
}

// What the ranked ops' weights are like, and their worst channel.
std::string Weights(const DebugReport& report, const std::vector<const DebugOp*>& ops) {
  std::string text;
  for (const DebugOp* op : ops) {
    for (const DebugWeights& weights : report.weights) {
      const bool read = weights.graph == op->graph && !weights.channels.empty() &&
                        std::find(op->inputs.begin(), op->inputs.end(), weights.name) != op->inputs.end();
      if (!read) continue;
      const auto worst =
          std::min_element(weights.channels.begin(), weights.channels.end(),
                           [](const DebugChannel& a, const DebugChannel& b) { return a.sqnr_db < b.sqnr_db; });
      text += Format("%-5d%9s%10zu%10td%10s  %-26s%s\n", op->rank, Db(weights.sqnr_db).c_str(), weights.channels.size(),
                     worst - weights.channels.begin(), Db(worst->sqnr_db).c_str(),
                     Format("[%.4g, %.4g]", worst->min, worst->max).c_str(), weights.name.c_str());
    }
  }
  if (text.empty()) return text;
  return Format("%-5s%9s%10s%10s%10s  %-26s%s\n", "rank", "SQNR dB", "scales", "worst", "its dB", "its range",
                "weights") +
         text;
}

}  // namespace

std::string DebugReport::ToText(int top) const {
  std::string text;
  for (const DebugOutput& output : outputs) {
    text += Format("output %s: SQNR %s dB, cosine %.6f, largest error %.4g\n", output.name.c_str(),
                   Db(output.error.sqnr_db).c_str(), output.error.cosine, output.error.max_abs_error);
  }
  if (costed_ops > 0) {
    const std::vector<const DebugOp*> ranked = Ranked(*this, top);
    absl::StrAppend(&text, "\n", Ranking(ranked), "\n", Results(*this, ranked));
    const std::string weights_text = Weights(*this, ranked);
    if (!weights_text.empty()) absl::StrAppend(&text, "\n", weights_text);
  }
  if (findings.empty()) absl::StrAppend(&text, "\nno cause found that a change would mend\n");
  for (const DebugFinding& finding : findings) {
    absl::StrAppend(
        &text, "\n", finding.cause, ": ", finding.op, " '", finding.node, "', tensor '", finding.tensor, "'\n  ",
        finding.text, "\n  ",
        finding.fix.kind == DebugFix::Kind::kRecipe ? "recipe rule: " : "change the samples: ", finding.fix.line, "\n");
    if (finding.sqnr_after_db.has_value()) {
      text += Format("  SQNR of the outputs %s dB -> %s dB, %.0f %% of the noise is gone\n",
                     Db(*finding.sqnr_before_db).c_str(), Db(*finding.sqnr_after_db).c_str(),
                     kPercent * finding.recovered.value_or(0.0));
    }
  }
  return text;
}

}  // namespace zeropoint
