#include "targets/check.h"

#include <algorithm>
#include <optional>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "ops/op_def.h"
#include "ops/runtime.h"

namespace zeropoint::targets {
namespace {

bool Fits(const TypeSet& set, ElementType type, const ir::Graph& graph, const ir::Node& node) {
  if (set.like_operand < 0) return set.Has(type);
  const ir::ValueId other = node.input(set.like_operand);
  return other != ir::kNoValue && graph.value(other).type == type;
}

bool Fits(const std::vector<TypeSet>& sets, absl::Span<const ir::ValueId> ids, const ir::Graph& graph,
          const ir::Node& node) {
  for (size_t i = 0; i < ids.size(); ++i) {
    if (ids[i] == ir::kNoValue) continue;
    if (sets.empty() || !Fits(sets[std::min(i, sets.size() - 1)], graph.value(ids[i]).type, graph, node)) return false;
  }
  return true;
}

bool Fits(const TypeForm& form, const ir::Graph& graph, const ir::Node& node) {
  return Fits(form.inputs, node.inputs(), graph, node) && Fits(form.outputs, node.outputs(), graph, node);
}

std::string TypesOf(absl::Span<const ir::ValueId> ids, const ir::Graph& graph) {
  return absl::StrJoin(ids, ", ", [&](std::string* out, ir::ValueId id) {
    absl::StrAppend(out, id == ir::kNoValue ? "none" : Name(graph.value(id).type));
  });
}

// "int8, int8, int32 -> int8"
std::string TypesOf(const ir::Graph& graph, const ir::Node& node) {
  return absl::StrCat(TypesOf(node.inputs(), graph), " -> ", TypesOf(node.outputs(), graph));
}

bool HasQuantized(absl::Span<const ir::ValueId> ids, const ir::Graph& graph, ElementType type) {
  return std::any_of(ids.begin(), ids.end(), [&](ir::ValueId id) {
    return id != ir::kNoValue && graph.value(id).type == type && graph.value(id).quant.quantized();
  });
}

bool HasReal(absl::Span<const ir::ValueId> ids, const ir::Graph& graph) {
  return std::any_of(ids.begin(), ids.end(), [&](ir::ValueId id) {
    return id != ir::kNoValue && graph.value(id).type == ElementType::kFloat32;
  });
}

// The form that a node of LiteRT has, by its types.
ops::KernelForm FormOf(const ir::Graph& graph, const ir::Node& node) {
  if (HasQuantized(node.outputs(), graph, ElementType::kInt8)) return ops::KernelForm::kInt8;
  if (HasQuantized(node.outputs(), graph, ElementType::kInt16)) return ops::KernelForm::kInt16;
  const bool real = HasReal(node.outputs(), graph);
  if (HasQuantized(node.inputs(), graph, ElementType::kInt8)) {
    return real ? ops::KernelForm::kHybrid : ops::KernelForm::kInt8;
  }
  if (!real && HasQuantized(node.inputs(), graph, ElementType::kInt16)) return ops::KernelForm::kInt16;
  return ops::KernelForm::kReal;
}

class Checker {
 public:
  Checker(const ir::Model& model, const Target& target) : model_(model), target_(target) {}

  Findings Run() {
    for (const ir::Graph& graph : model_.graphs) {
      for (ir::NodeId id : graph.Order()) CheckNode(graph, graph.node(id));
    }
    if (target_.refuses_float && !quantized_ && findings_.ops > 0) {
      const std::string name = model_.graphs.empty() ? "" : model_.graphs.front().name;
      findings_.refused.push_back({"the model", name,
                                   absl::StrCat(target_.title, ": the compiler takes no float model"),
                                   "mode int8 or int8-only"});
    }
    return std::move(findings_);
  }

 private:
  void CheckNode(const ir::Graph& graph, const ir::Node& node) {
    ++findings_.ops;
    quantized_ = quantized_ || HasQuantized(node.outputs(), graph, ElementType::kInt8) ||
                 HasQuantized(node.outputs(), graph, ElementType::kUInt8);
    const bool custom = absl::StartsWith(node.op(), ops::kCustomPrefix);
    if (!custom) {
      const std::optional<Finding> missing = Lack(target_.kernels(), graph, node);
      if (missing.has_value()) findings_.missing.push_back(*missing);
    }
    if (!target_.accelerates) return;
    const std::optional<Finding> refused = Refusal(graph, node);
    if (refused.has_value()) findings_.refused.push_back(*refused);
    const std::optional<Finding> unmapped = custom ? Found(node, "a custom op", "") : Lack(target_, graph, node);
    if (unmapped.has_value()) findings_.unmapped.push_back(*unmapped);
  }

  static Finding Found(const ir::Node& node, std::string why, std::string mend) {
    return {node.op(), node.info.name, std::move(why), std::move(mend)};
  }

  static std::optional<Finding> Broken(const std::vector<Rule>& rules, const ir::Graph& graph, const ir::Node& node,
                                       const std::string& mend) {
    for (const Rule& rule : rules) {
      std::string why = Violation(rule, graph, node);
      if (!why.empty()) return Found(node, std::move(why), rule.mend.empty() ? mend : rule.mend);
    }
    return std::nullopt;
  }

  // What keeps the node from running on the target's own.
  static std::optional<Finding> Lack(const Target& target, const ir::Graph& graph, const ir::Node& node) {
    const auto at = target.ops.find(node.op());
    const ops::OpDef* op = ops::FindOp(node.op());
    if (at == target.ops.end()) {
      return Found(node, absl::StrCat(target.title, " does not run this op"), Remedy(op));
    }
    const OpEntry& entry = at->second;
    if (entry.max_version > 0 && node.info.version > entry.max_version) {
      return Found(
          node,
          absl::StrCat(target.title, " knows this op up to version ", entry.max_version, ", not ", node.info.version),
          entry.mend);
    }
    if (target.litert.has_value()) return LitertLack(target, op, graph, node);
    const bool fits = std::any_of(entry.forms.begin(), entry.forms.end(),
                                  [&](const TypeForm& form) { return Fits(form, graph, node); });
    if (!fits) {
      return Found(node, absl::StrCat(target.title, " does not run this op on ", TypesOf(graph, node)),
                   entry.mend.empty() ? TypeRemedy(op, entry, graph, node) : entry.mend);
    }
    std::optional<Finding> broken = Broken(entry.rules, graph, node, entry.mend);
    return broken.has_value() ? broken : Broken(target.rules, graph, node, entry.mend);
  }

  static std::optional<Finding> LitertLack(const Target& target, const ops::OpDef* op, const ir::Graph& graph,
                                           const ir::Node& node) {
    if (op == nullptr || op->conversion != ops::Conversion::kNone) return std::nullopt;
    const ops::KernelForm form = FormOf(graph, node);
    if (target.Runs(*op, form)) return std::nullopt;
    const ops::Release since = ops::Since(op->runtime, form);
    std::string mend = since <= ops::kNewestRelease ? absl::StrCat("LiteRT ", ops::ToString(since), " does") : "";
    return Found(node,
                 absl::StrCat(target.title, " does not run ", op->name,
                              form == ops::KernelForm::kReal ? "" : absl::StrCat(" on ", TypesOf(graph, node)),
                              op->runtime.gap.empty() ? "" : ": ", op->runtime.gap),
                 std::move(mend));
  }

  std::optional<Finding> Refusal(const ir::Graph& graph, const ir::Node& node) const {
    const auto readable = target_.readable_versions.find(node.op());
    if (!target_.readable_versions.empty() && !absl::StartsWith(node.op(), ops::kCustomPrefix)) {
      if (readable == target_.readable_versions.end()) {
        return Found(node, absl::StrCat(target_.title, ": the compiler does not know this op"), "");
      }
      if (node.info.version > readable->second) {
        const auto entry = target_.ops.find(node.op());
        return Found(node,
                     absl::StrCat(target_.title, ": the compiler knows this op up to version ", readable->second,
                                  ", not ", node.info.version),
                     entry == target_.ops.end() ? "" : entry->second.mend);
      }
    }
    return Broken(target_.refuses, graph, node, "");
  }

  // What integers would make of an op that the target does not have.
  static std::string Remedy(const ops::OpDef* op) {
    if (op == nullptr) return "";
    if (!op->quant.integer_rewrite.empty())
      return absl::StrCat("integer_only_rewrite makes it ", op->quant.integer_rewrite);
    return op->quant.by_table ? "in an integer mode, integer_only_rewrite makes it a lookup in a table of its values"
                              : "";
  }

  static std::string TypeRemedy(const ops::OpDef* op, const OpEntry& entry, const ir::Graph& graph,
                                const ir::Node& node) {
    if (op == nullptr || FormOf(graph, node) == ops::KernelForm::kInt8) return "";
    const bool int8 = op->quant.int8 || op->quant.int8_by_request;
    if (!int8) return Remedy(op);
    for (const TypeForm& form : entry.forms) {
      for (const TypeSet& set : form.outputs) {
        if (set.Has(ElementType::kInt8) || set.like_operand >= 0) return "int8 is what it runs: mode int8 or int8-only";
      }
    }
    return "";
  }

  const ir::Model& model_;
  const Target& target_;
  Findings findings_;
  bool quantized_ = false;  // some op delivers 8-bit integers
};

}  // namespace

std::string Describe(const Finding& finding) {
  return absl::StrCat(finding.op, " '", finding.name, "': ", finding.why, finding.mend.empty() ? "" : "; ",
                      finding.mend);
}

Findings CheckModel(const ir::Model& model, const Target& target) { return Checker(model, target).Run(); }

}  // namespace zeropoint::targets
