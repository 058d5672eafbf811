// The targets as a list and as the tables of docs/targets.md.
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "targets/target.h"
#include "zeropoint/targets.h"

namespace zeropoint {
namespace {

// A vertical bar would end the cell.
std::string Cell(absl::string_view text) { return absl::StrReplaceAll(text, {{"|", " or "}}); }

std::string Rules(const std::vector<targets::Rule>& rules) {
  return absl::StrJoin(rules, "; ", [](std::string* out, const targets::Rule& rule) {
    absl::StrAppend(out, Cell(targets::Describe(rule)));
  });
}

std::string Forms(const targets::OpEntry& entry) {
  return absl::StrJoin(entry.forms, "<br>", [](std::string* out, const targets::TypeForm& form) {
    absl::StrAppend(out, "`", Cell(form.text), "`");
  });
}

void AppendSources(const targets::Target& target, std::string& text) {
  absl::StrAppend(&text, "Sources:\n\n");
  for (const auto& [key, words] : target.sources) absl::StrAppend(&text, "* *", key, "*: ", words, "\n");
  absl::StrAppend(&text, "\n");
}

void AppendOps(const targets::Target& target, std::string& text) {
  absl::StrAppend(&text,
                  "| op | types: operands -> results | conditions | what helps | source |\n|---|---|---|---|---|\n");
  for (const auto& [name, entry] : target.ops) {
    std::string conditions = Rules(entry.rules);
    if (entry.max_version > 0) {
      absl::StrAppend(&conditions, conditions.empty() ? "" : "; ", "version at most ", entry.max_version);
    }
    absl::StrAppend(&text, "| ", name, " | ", Forms(entry), " | ", conditions, " | ", Cell(entry.mend), " | ",
                    absl::StrJoin(entry.sources, ", "), " |\n");
  }
  absl::StrAppend(&text, "\n");
}

void AppendTarget(const targets::Target& target, std::string& text) {
  absl::StrAppend(&text, "## ", target.name, ": ", target.title, "\n\n");
  if (!target.note.empty()) absl::StrAppend(&text, target.note, "\n\n");
  if (target.rest != nullptr) {
    absl::StrAppend(&text, "An accelerator; ", target.fallback, " (`", target.rest->name, "`).\n\n");
  }
  if (target.integer_only_rewrite) {
    absl::StrAppend(&text, "Turns `integer_only_rewrite` on in the integer modes.\n\n");
  }
  if (target.fixes_batch)
    absl::StrAppend(&text, "A batch that may vary (dimension 0 of an input) becomes 1, with a warning.\n\n");
  AppendSources(target, text);
  if (!target.rules.empty()) absl::StrAppend(&text, "Of every op: ", Rules(target.rules), ".\n\n");
  if (!target.refuses.empty()) absl::StrAppend(&text, "An error otherwise: ", Rules(target.refuses), ".\n\n");
  if (target.refuses_float) absl::StrAppend(&text, "An error, too: a model without any 8-bit result.\n\n");
  if (!target.readable_versions.empty()) {
    absl::StrAppend(&text, "An error, too: an op or a version that the compiler cannot read. It reads up to version ",
                    absl::StrJoin(target.readable_versions, ", ",
                                  [](std::string* out, const std::pair<const std::string, int>& op) {
                                    absl::StrAppend(out, op.second, " of ", op.first);
                                  }),
                    ".\n\n");
  }
  AppendOps(target, text);
}

// The releases of LiteRT in one table: what changes is few versions.
void AppendLitert(std::string& text) {
  const targets::Target& newest = targets::NewestLitert();
  absl::StrAppend(&text, "## litert-X.Y: LiteRT by release\n\n", newest.note, "\n\n");
  AppendSources(newest, text);
  std::string head = "| op |", line = "|---|";
  for (const targets::Target* target : targets::AllTargets()) {
    if (!target->litert.has_value()) continue;
    absl::StrAppend(&head, " ", ops::ToString(*target->litert), " |");
    line += "---|";
  }
  absl::StrAppend(&text, "The newest version of each op that has a kernel:\n\n", head, "\n", line, "\n");
  for (const auto& [name, entry] : newest.ops) {
    absl::StrAppend(&text, "| ", name, " |");
    for (const targets::Target* target : targets::AllTargets()) {
      if (!target->litert.has_value()) continue;
      const auto at = target->ops.find(name);
      absl::StrAppend(&text, " ", at == target->ops.end() ? "–" : absl::StrCat(at->second.max_version), " |");
    }
    absl::StrAppend(&text, "\n");
  }
}

}  // namespace

std::vector<TargetSummary> Targets() {
  std::vector<TargetSummary> list;
  for (const targets::Target* target : targets::AllTargets()) {
    list.push_back({target->name, target->title, target->rest == nullptr ? "" : target->rest->name});
  }
  return list;
}

std::string TargetsMarkdown() {
  std::string text =
      "# Targets\n\nWritten by `zeropoint targets --markdown` (`make docs`) from the files of `lib/targets/data`; do "
      "not "
      "edit.\n\n`--target NAME` says what shall run the result. The conversion then uses no form that this lacks, and "
      "holds "
      "the finished model against the tables below before it is written. An op that a runtime cannot run is an error "
      "(6) "
      "that lists all such ops, each with what helps. What an accelerator leaves to the runtime beside it is a warning "
      "with a "
      "count; only what its compiler refuses altogether is an error. Custom ops are the application's and pass.\n\n"
      "In types, `in0` stands for the type of operand 0, and the last operand or result for all beyond it.\n\n";
  for (const targets::Target* target : targets::AllTargets()) {
    if (!target->litert.has_value()) AppendTarget(*target, text);
  }
  AppendLitert(text);
  return text;
}

}  // namespace zeropoint
