// Which nodes a recipe's rules select.
#include <algorithm>
#include <functional>
#include <map>
#include <regex>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "ops/op_def.h"
#include "pipeline/recipe.h"

namespace zeropoint::pipeline {
namespace {

using plan::NodeChoice;
using plan::Scheme;

using NodeRef = std::pair<int, ir::NodeId>;
using ValueRef = std::pair<int, ir::ValueId>;
using Nodes = std::set<NodeRef>;
using Values = std::set<ValueRef>;

constexpr char kInputs[] = "INPUT", kOutputs[] = "OUTPUT";  // litert-quantizer's names for them

// std::regex needs stack for each character that it looks at; names beyond this are cut.
constexpr size_t kLongestName = 2000;

// '*': any characters, '?': any one.
bool MatchesGlob(absl::string_view pattern, absl::string_view text) {
  size_t p = 0, t = 0, star = absl::string_view::npos, resume = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = t;
    } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == text[t])) {
      ++p;
      ++t;
    } else if (star != absl::string_view::npos) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

using Matcher = std::function<bool(absl::string_view)>;

Matcher GlobMatcher(const std::string& pattern) {
  return [pattern](absl::string_view text) { return MatchesGlob(pattern, text); };
}

// The standard library tells what is wrong with an expression by an exception only.
absl::StatusOr<Matcher> RegexMatcher(const std::string& pattern) {
  try {
    std::regex regex(pattern);
    return Matcher([regex = std::move(regex)](absl::string_view text) {
      text = text.substr(0, kLongestName);
      try {
        return std::regex_search(text.begin(), text.end(), regex);
      } catch (const std::regex_error&) {  // too complex for this name
        return false;
      }
    });
  } catch (const std::regex_error& error) {
    return absl::InvalidArgumentError(absl::StrCat("'", pattern, "' is no regular expression: ", error.what()));
  }
}

// The errors of one recipe.
class Errors {
 public:
  explicit Errors(const Recipe& recipe) : recipe_(recipe) {}

  absl::Status operator()(const Rule& rule, const std::string& key, const std::string& message) const {
    const std::string dot = key.empty() ? "" : ".";
    const absl::Status status =
        absl::InvalidArgumentError(absl::StrCat("recipe: ", rule.path, dot, key, ": ", message));
    return Annotate(Annotate(status, Place::kStage, kOptionsStage), Place::kFile,
                    recipe_.file.empty() ? "<recipe>" : recipe_.file);
  }

 private:
  const Recipe& recipe_;
};

bool IsRuntimeFloat(const ir::Value& value) { return !value.is_constant && value.type == ElementType::kFloat32; }

// The op has a form in the scheme, as far as its record can say.
bool IsPossible(const ir::Graph& graph, ir::NodeId id, const Rule& rule) {
  const ir::Node& node = graph.node(id);
  const ops::OpDef* op = ops::FindOp(node.op());
  if (op == nullptr) return rule.scheme == Scheme::kFloat;
  switch (rule.scheme.value_or(Scheme::kFloat)) {
    case Scheme::kInt8:
      return op->quant.int8;
    case Scheme::kInt16x8:
      return op->quant.int16;
    case Scheme::kDynamicRange:
      return !op->quant.dynamic_range.empty();
    case Scheme::kFloat16:
      for (size_t i = 0; i < node.inputs().size(); ++i) {
        if (op->quant.input(static_cast<int>(i)).role == ops::Role::kWeight) return true;
      }
      return false;
    case Scheme::kFloat:
      break;
  }
  return true;
}

class Selector {
 public:
  Selector(const ir::Model& model, const Recipe& recipe) : model_(model), fail_(recipe) {}

  // The nodes that all of the rule's selectors agree on.
  absl::StatusOr<Nodes> Select(const Rule& rule) const {
    ZP_ASSIGN_OR_RETURN(const std::set<int> graphs, GraphsOf(rule));
    Nodes nodes;
    ForEachNode([&](int g, ir::NodeId id) {
      if (graphs.count(g) > 0) nodes.insert({g, id});
    });
    ZP_RETURN_IF_ERROR(Restrict(rule, "op", rule.ops, Glob, &Selector::OpOf, nodes));
    ZP_RETURN_IF_ERROR(Restrict(rule, "name", rule.names, Glob, &Selector::NameOf, nodes));
    ZP_RETURN_IF_ERROR(Restrict(rule, "regex", rule.regexes, RegexMatcher, &Selector::NameOf, nodes));
    ZP_RETURN_IF_ERROR(Restrict(rule, "regex", rule.scopes, RegexMatcher, &Selector::ScopeOf, nodes));
    if (!rule.tensors.empty()) {
      ZP_ASSIGN_OR_RETURN(const Values values, Tensors(rule, "tensor", rule.tensors, graphs));
      Intersect(NodesAt(values), nodes);
    }
    if (rule.region.has_value()) {
      ZP_ASSIGN_OR_RETURN(const Nodes region, RegionOf(rule, graphs));
      Intersect(region, nodes);
    }
    if (rule.where_possible)
      Filter(nodes, [&](const NodeRef& at) { return IsPossible(GraphAt(at.first), at.second, rule); });
    if (nodes.empty() && !rule.optional) {
      return fail_(rule, "", "no op of the model is selected by all of the rule's selectors");
    }
    return nodes;
  }

  // The run-time float tensors whose ranges the rule states.
  absl::StatusOr<Values> SelectTensors(const Rule& rule) const {
    ZP_ASSIGN_OR_RETURN(const std::set<int> graphs, GraphsOf(rule));
    ZP_ASSIGN_OR_RETURN(Values values, Tensors(rule, "tensor", rule.tensors, graphs));
    Values floats;
    for (const ValueRef& at : values) {
      if (IsRuntimeFloat(GraphAt(at.first).value(at.second))) floats.insert(at);
    }
    if (floats.empty() && !rule.optional) return fail_(rule, "range", "no float activation of the model is selected");
    return floats;
  }

 private:
  using Property = std::string (*)(const ir::Graph& graph, ir::NodeId id);

  static absl::StatusOr<Matcher> Glob(const std::string& pattern) { return GlobMatcher(pattern); }

  static std::string OpOf(const ir::Graph& graph, ir::NodeId id) { return graph.node(id).op(); }
  static std::string NameOf(const ir::Graph& graph, ir::NodeId id) { return graph.node(id).info.name; }
  static std::string ScopeOf(const ir::Graph& graph, ir::NodeId id) {
    std::string scope;
    for (ir::ValueId result : graph.node(id).outputs()) absl::StrAppend(&scope, graph.value(result).name, ";");
    return scope;
  }

  const ir::Graph& GraphAt(int g) const { return model_.graphs[static_cast<size_t>(g)]; }

  template <typename Body>
  void ForEachNode(Body&& body) const {
    for (int g = 0; g < static_cast<int>(model_.graphs.size()); ++g) {
      for (ir::NodeId id : GraphAt(g).Order()) body(g, id);
    }
  }

  template <typename Keep>
  static void Filter(Nodes& nodes, Keep&& keep) {
    for (auto at = nodes.begin(); at != nodes.end();) at = keep(*at) ? std::next(at) : nodes.erase(at);
  }

  static void Intersect(const Nodes& with, Nodes& nodes) {
    Filter(nodes, [&](const NodeRef& at) { return with.count(at) > 0; });
  }

  // Each pattern must match something in the model by itself: one that does not is a typing error.
  absl::Status Unmatched(const Rule& rule, const char* key, const std::string& pattern, const char* what) const {
    if (rule.optional) return absl::OkStatus();
    return fail_(rule, key, absl::StrCat("'", pattern, "' matches no ", what, " of the model"));
  }

  // Keeps the nodes of which some pattern matches the property.
  template <typename Compile>
  absl::Status Restrict(const Rule& rule, const char* key, const std::vector<std::string>& patterns, Compile&& compile,
                        Property property, Nodes& nodes) const {
    if (patterns.empty()) return absl::OkStatus();
    Nodes matching;
    for (const std::string& pattern : patterns) {
      absl::StatusOr<Matcher> matcher = compile(pattern);
      if (!matcher.ok()) return fail_(rule, key, std::string(matcher.status().message()));
      bool any = false;
      ForEachNode([&](int g, ir::NodeId id) {
        if (!(*matcher)(property(GraphAt(g), id))) return;
        matching.insert({g, id});
        any = true;
      });
      if (!any) ZP_RETURN_IF_ERROR(Unmatched(rule, key, pattern, "op"));
    }
    Intersect(matching, nodes);
    return absl::OkStatus();
  }

  absl::StatusOr<std::set<int>> GraphsOf(const Rule& rule) const {
    std::set<int> graphs;
    for (int g = 0; g < static_cast<int>(model_.graphs.size()); ++g) graphs.insert(g);
    const auto restrict_to = [&](const char* key, const std::vector<std::string>& patterns,
                                 const std::vector<std::pair<std::string, int>>& named) -> absl::Status {
      if (patterns.empty()) return absl::OkStatus();
      std::set<int> matching;
      for (const std::string& pattern : patterns) {
        bool any = false;
        for (const auto& [name, g] : named) {
          if (!MatchesGlob(pattern, name)) continue;
          if (graphs.count(g) > 0) matching.insert(g);
          any = true;
        }
        if (!any) ZP_RETURN_IF_ERROR(Unmatched(rule, key, pattern, key));
      }
      graphs = std::move(matching);
      return absl::OkStatus();
    };
    std::vector<std::pair<std::string, int>> by_graph, by_signature;
    for (int g : graphs) by_graph.emplace_back(GraphAt(g).name, g);
    for (const ir::Signature& signature : model_.signatures) by_signature.emplace_back(signature.key, signature.graph);
    ZP_RETURN_IF_ERROR(restrict_to("graph", rule.graphs, by_graph));
    ZP_RETURN_IF_ERROR(restrict_to("signature", rule.signatures, by_signature));
    return graphs;
  }

  absl::StatusOr<Values> Tensors(const Rule& rule, const char* key, const std::vector<std::string>& patterns,
                                 const std::set<int>& graphs) const {
    Values values;
    for (const std::string& pattern : patterns) {
      bool any = false;
      for (int g : graphs) {
        const ir::Graph& graph = GraphAt(g);
        for (ir::ValueId id = 0; id < graph.num_values(); ++id) {
          const bool present = graph.producer(id) != ir::kNoNode || graph.NumUses(id) > 0;
          if (!present || !MatchesGlob(pattern, graph.value(id).name)) continue;
          values.insert({g, id});
          any = true;
        }
      }
      if (!any) ZP_RETURN_IF_ERROR(Unmatched(rule, key, pattern, "tensor"));
    }
    return values;
  }

  // The nodes that compute the values; those that read them, where no node computes them.
  Nodes NodesAt(const Values& values) const {
    Nodes nodes;
    for (const auto& [g, id] : values) {
      const ir::NodeId producer = GraphAt(g).producer(id);
      if (producer != ir::kNoNode) nodes.insert({g, producer});
      if (producer != ir::kNoNode) continue;
      for (const ir::Use& use : GraphAt(g).uses(id)) nodes.insert({g, use.node});
    }
    return nodes;
  }

  Nodes Readers(const Values& values) const {
    Nodes nodes;
    for (const auto& [g, id] : values) {
      for (const ir::Use& use : GraphAt(g).uses(id)) nodes.insert({g, use.node});
    }
    return nodes;
  }

  // `start`, and all that follows from it by `next`.
  template <typename Next>
  static Nodes Closure(Nodes start, Next&& next) {
    std::vector<NodeRef> todo(start.begin(), start.end());
    while (!todo.empty()) {
      const NodeRef at = todo.back();
      todo.pop_back();
      for (const NodeRef& neighbour : next(at)) {
        if (start.insert(neighbour).second) todo.push_back(neighbour);
      }
    }
    return start;
  }

  Nodes Behind(const Nodes& start) const {
    return Closure(start, [this](const NodeRef& at) {
      Values results;
      for (ir::ValueId id : GraphAt(at.first).node(at.second).outputs()) results.insert({at.first, id});
      return Readers(results);
    });
  }

  Nodes Before(const Nodes& start) const {
    return Closure(start, [this](const NodeRef& at) {
      Nodes producers;
      const ir::Graph& graph = GraphAt(at.first);
      for (ir::ValueId id : graph.node(at.second).inputs()) {
        const ir::NodeId producer = id == ir::kNoValue ? ir::kNoNode : graph.producer(id);
        if (producer != ir::kNoNode) producers.insert({at.first, producer});
      }
      return producers;
    });
  }

  absl::StatusOr<Nodes> RegionOf(const Rule& rule, const std::set<int>& graphs) const {
    ZP_ASSIGN_OR_RETURN(const Values from, Tensors(rule, "region.from", rule.region->from, graphs));
    ZP_ASSIGN_OR_RETURN(const Values to, Tensors(rule, "region.to", rule.region->to, graphs));
    Nodes ends;
    for (const auto& [g, id] : to) {
      const ir::NodeId producer = GraphAt(g).producer(id);
      if (producer != ir::kNoNode) ends.insert({g, producer});
    }
    if (rule.region->to.empty()) return Behind(Readers(from));
    Nodes region = Before(ends);
    if (!rule.region->from.empty()) Intersect(Behind(Readers(from)), region);
    return region;
  }

  const ir::Model& model_;
  const Errors fail_;
};

// A rule that states a scheme states the node's whole treatment; another one adds to what earlier rules said.
void Apply(const Rule& rule, Scheme otherwise, const NodeRef& at, plan::PlanOptions& options) {
  NodeChoice fresh;
  fresh.scheme = otherwise;
  NodeChoice& choice = options.choices.emplace(at, fresh).first->second;
  if (rule.scheme.has_value()) choice = NodeChoice();
  choice.scheme = rule.scheme.value_or(choice.scheme);
  if (rule.per_channel.has_value()) choice.per_channel = rule.per_channel;
  if (rule.min_weight_elements.has_value()) choice.min_weight_elements = rule.min_weight_elements;
  choice.explicit_dequantize = rule.explicit_dequantize.value_or(choice.explicit_dequantize);
  choice.weights_only = rule.weights_only.value_or(choice.weights_only);
  choice.rule = rule.index;
}

// The one type of all inputs (or outputs), by litert-quantizer's rules for them.
absl::StatusOr<ElementType> IoType(const Recipe& recipe, const ir::Model& model, const char* io,
                                   std::vector<ir::ValueId> ir::Graph::*boundary) {
  std::optional<ElementType> type;
  for (const ir::Graph& graph : model.graphs) {
    for (ir::ValueId id : graph.*boundary) {
      if (id == ir::kNoValue || graph.value(id).type != ElementType::kFloat32) continue;
      ElementType wanted = ElementType::kFloat32;
      for (const Rule& rule : recipe.rules) {
        const bool about_io = rule.ops.empty() || rule.ops == std::vector<std::string>{io};
        ZP_ASSIGN_OR_RETURN(const Matcher matches, RegexMatcher(rule.scopes[0]));
        if (!about_io || !matches(graph.value(id).name)) continue;
        if (rule.scheme == Scheme::kInt8) wanted = ElementType::kInt8;
        if (rule.scheme == Scheme::kInt16x8) wanted = ElementType::kInt16;
        if (rule.scheme == Scheme::kFloat) wanted = ElementType::kFloat32;
      }
      if (type.value_or(wanted) != wanted) {
        return absl::UnimplementedError(absl::StrCat("the rules give ", io, "s several types, ", Name(*type), " and ",
                                                     Name(wanted), "; all must have one"));
      }
      type = wanted;
    }
  }
  return type.value_or(ElementType::kFloat32);
}

bool IsAboutIo(const Recipe& recipe, const Rule& rule) {
  return recipe.rules_have_io &&
         (rule.ops == std::vector<std::string>{kInputs} || rule.ops == std::vector<std::string>{kOutputs});
}

}  // namespace

absl::Status ApplyRules(const Recipe& recipe, const ir::Model& model, plan::PlanOptions& options) {
  const Selector selector(model, recipe);
  for (const Rule& rule : recipe.rules) {
    if (rule.range.has_value()) ZP_RETURN_IF_ERROR(selector.SelectTensors(rule).status());
    if (rule.range.has_value() || IsAboutIo(recipe, rule)) continue;
    ZP_ASSIGN_OR_RETURN(const Nodes nodes, selector.Select(rule));
    for (const NodeRef& at : nodes) Apply(rule, options.scheme, at, options);
  }
  if (!recipe.rules_have_io) return absl::OkStatus();
  ZP_ASSIGN_OR_RETURN(options.input_type, IoType(recipe, model, kInputs, &ir::Graph::inputs));
  ZP_ASSIGN_OR_RETURN(options.output_type, IoType(recipe, model, kOutputs, &ir::Graph::outputs));
  return absl::OkStatus();
}

absl::Status ApplyRanges(const Recipe& recipe, const ir::Model& model, ir::Statistics& statistics) {
  const Selector selector(model, recipe);
  for (const Rule& rule : recipe.rules) {
    if (!rule.range.has_value()) continue;
    ZP_ASSIGN_OR_RETURN(const Values values, selector.SelectTensors(rule));
    for (const ValueRef& at : values) statistics.ranges[at] = *rule.range;
  }
  return absl::OkStatus();
}

}  // namespace zeropoint::pipeline
