#include "targets/rule.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "ir/constants.h"
#include "numeric/types.h"

namespace zeropoint::targets {
namespace {

constexpr int kAll = -1;

struct KindName {
  const char* name;
  RuleKind kind;
};
constexpr KindName kKinds[] = {{"rank", RuleKind::kRank},
                               {"static", RuleKind::kStatic},
                               {"constant", RuleKind::kConstant},
                               {"not_constant", RuleKind::kNotConstant},
                               {"scales", RuleKind::kScales},
                               {"quantized", RuleKind::kQuantized},
                               {"same_quantization", RuleKind::kSameQuantization},
                               {"same_type", RuleKind::kSameType},
                               {"same_shape", RuleKind::kSameShape},
                               {"dim", RuleKind::kDim},
                               {"dims", RuleKind::kDims},
                               {"inner_dims", RuleKind::kInnerDims},
                               {"elements", RuleKind::kElements},
                               {"values", RuleKind::kValues},
                               {"no_values", RuleKind::kNoValues},
                               {"attr", RuleKind::kAttr},
                               {"equal_attrs", RuleKind::kAttrsEqual},
                               {"types", RuleKind::kTypes},
                               {"no_types", RuleKind::kNoTypes}};

std::string NameOf(const TensorRef& tensor) {
  if (tensor.index == kAll) return tensor.output ? "every result" : "every operand";
  return absl::StrCat(tensor.output ? "result " : "operand ", tensor.index);
}

std::string NamesOf(const Rule& rule) {
  std::string text = absl::StrJoin(
      rule.tensors, ", ", [](std::string* out, const TensorRef& tensor) { absl::StrAppend(out, NameOf(tensor)); });
  if (rule.only_constants) absl::StrAppend(&text, " (constants)");
  if (rule.only_run_time) absl::StrAppend(&text, " (not constants)");
  return text;
}

std::string Number(double value) {
  return value == std::floor(value) ? absl::StrCat(static_cast<int64_t>(value)) : absl::StrCat(value);
}

std::string Bounds(const Rule& rule) {
  if (rule.min.has_value() && rule.max.has_value()) {
    return *rule.min == *rule.max ? Number(*rule.min) : absl::StrCat(Number(*rule.min), " to ", Number(*rule.max));
  }
  if (rule.max.has_value()) return absl::StrCat("at most ", Number(*rule.max));
  return absl::StrCat("at least ", Number(rule.min.value_or(0)));
}

std::string Numbers(const std::vector<double>& values) {
  return absl::StrJoin(values, " or ", [](std::string* out, double value) { absl::StrAppend(out, Number(value)); });
}

// The bounds, or the values that are listed.
std::string Allowed(const Rule& rule) { return rule.values.empty() ? Bounds(rule) : Numbers(rule.values); }

bool InBounds(const Rule& rule, double value) {
  return (!rule.min.has_value() || value >= *rule.min) && (!rule.max.has_value() || value <= *rule.max);
}

bool Allows(const Rule& rule, double value) {
  if (rule.values.empty()) return InBounds(rule, value);
  return std::find(rule.values.begin(), rule.values.end(), value) != rule.values.end();
}

// The tensors of the node that the rule is about, those that it lacks left out.
struct Tensor {
  std::string place;
  ir::ValueId id;
};

void Append(const Rule& rule, const TensorRef& tensor, const ir::Graph& graph, const ir::Node& node,
            std::vector<Tensor>& list) {
  const absl::Span<const ir::ValueId> ids = tensor.output ? node.outputs() : node.inputs();
  for (size_t i = 0; i < ids.size(); ++i) {
    if (ids[i] == ir::kNoValue || (tensor.index != kAll && tensor.index != static_cast<int>(i))) continue;
    const bool constant = graph.value(ids[i]).is_constant;
    if ((rule.only_constants && !constant) || (rule.only_run_time && constant)) continue;
    list.push_back({NameOf({tensor.output, static_cast<int>(i)}), ids[i]});
  }
}

std::vector<Tensor> TensorsOf(const Rule& rule, const ir::Graph& graph, const ir::Node& node) {
  std::vector<Tensor> list;
  for (const TensorRef& tensor : rule.tensors) Append(rule, tensor, graph, node, list);
  return list;
}

const ir::Value* Find(const TensorRef& tensor, const ir::Graph& graph, const ir::Node& node) {
  const absl::Span<const ir::ValueId> ids = tensor.output ? node.outputs() : node.inputs();
  const bool exists = tensor.index >= 0 && tensor.index < static_cast<int>(ids.size());
  const ir::ValueId id = exists ? ids[static_cast<size_t>(tensor.index)] : ir::kNoValue;
  return id == ir::kNoValue ? nullptr : &graph.value(id);
}

bool IsNamed(const std::vector<std::string>& types, ElementType type) {
  return std::find(types.begin(), types.end(), Name(type)) != types.end();
}

// --- one tensor

std::string CheckDims(const Rule& rule, const ir::Shape& shape, const std::string& place) {
  for (int axis = 0; axis < shape.rank(); ++axis) {
    if (shape[axis] != ir::kDynamic && !InBounds(rule, static_cast<double>(shape[axis]))) {
      return absl::StrCat(place, " has shape ", shape.ToString());
    }
  }
  return "";
}

std::string CheckDim(const Rule& rule, const ir::Shape& shape, const std::string& place) {
  const int axis = rule.axis < 0 ? rule.axis + shape.rank() : rule.axis;
  if (axis < 0 || axis >= shape.rank() || shape[axis] == ir::kDynamic) return "";
  if (Allows(rule, static_cast<double>(shape[axis]))) return "";
  return absl::StrCat("dimension ", axis, " of ", place, " is ", shape[axis]);
}

std::string CheckInnerDims(const Rule& rule, const ir::Shape& shape, const std::string& place) {
  const int outer = shape.rank() - static_cast<int>(rule.max.value_or(0));
  for (int axis = 0; axis < outer; ++axis) {
    if (shape[axis] != 1) return absl::StrCat(place, " has shape ", shape.ToString());
  }
  return "";
}

std::string CheckValues(const Rule& rule, const ir::Graph& graph, const ir::Node& node, const Tensor& tensor) {
  const std::optional<std::vector<int64_t>> elements = ir::IntElements(graph, tensor.id);
  if (!elements.has_value()) return "";
  const ir::Value* axes_of = rule.axes_of.has_value() ? Find(*rule.axes_of, graph, node) : nullptr;
  for (size_t i = 0; i < elements->size(); ++i) {
    if (!rule.at.empty() && std::find(rule.at.begin(), rule.at.end(), static_cast<int>(i)) == rule.at.end()) continue;
    int64_t value = (*elements)[i];
    if (axes_of != nullptr && value < 0) value += axes_of->shape.rank();
    const bool listed =
        std::find(rule.values.begin(), rule.values.end(), static_cast<double>(value)) != rule.values.end();
    const bool keeps = rule.kind == RuleKind::kNoValues ? !listed : Allows(rule, static_cast<double>(value));
    if (!keeps) return absl::StrCat(tensor.place, " holds ", value);
  }
  return "";
}

std::string CheckTensor(const Rule& rule, const ir::Graph& graph, const ir::Node& node, const Tensor& tensor) {
  const ir::Value& value = graph.value(tensor.id);
  const ir::Shape& shape = value.shape;
  switch (rule.kind) {
    case RuleKind::kRank:
      if (!shape.ranked() || InBounds(rule, shape.rank())) return "";
      return absl::StrCat(tensor.place, " has ", shape.rank(), " dimensions");
    case RuleKind::kStatic:
      for (int axis = static_cast<int>(rule.min.value_or(0)); axis < shape.rank(); ++axis) {
        if (shape[axis] == ir::kDynamic) return absl::StrCat(tensor.place, " has shape ", shape.ToString());
      }
      return shape.ranked() ? "" : absl::StrCat(tensor.place, " has shape ", shape.ToString());
    case RuleKind::kConstant:
      return value.is_constant ? "" : absl::StrCat(tensor.place, " is computed at run time");
    case RuleKind::kNotConstant:
      return value.is_constant ? absl::StrCat(tensor.place, " is a constant") : "";
    case RuleKind::kScales:
      if (InBounds(rule, static_cast<double>(value.quant.scale.size()))) return "";
      return absl::StrCat(tensor.place, " has ", value.quant.scale.size(), " scales");
    case RuleKind::kQuantized:
      return value.quant.quantized() ? "" : absl::StrCat(tensor.place, " has no scale");
    case RuleKind::kDim:
      return CheckDim(rule, shape, tensor.place);
    case RuleKind::kDims:
      return CheckDims(rule, shape, tensor.place);
    case RuleKind::kInnerDims:
      return CheckInnerDims(rule, shape, tensor.place);
    case RuleKind::kElements:
      if (!shape.IsStatic() || InBounds(rule, static_cast<double>(shape.NumElements()))) return "";
      return absl::StrCat(tensor.place, " has ", shape.NumElements(), " elements");
    case RuleKind::kValues:
    case RuleKind::kNoValues:
      return CheckValues(rule, graph, node, tensor);
    case RuleKind::kTypes:
      return IsNamed(rule.types, value.type) ? "" : absl::StrCat(tensor.place, " is ", Name(value.type));
    case RuleKind::kNoTypes:
      return IsNamed(rule.types, value.type) ? absl::StrCat(tensor.place, " is ", Name(value.type)) : "";
    default:
      return "";
  }
}

// --- several tensors

std::string CheckSame(const Rule& rule, const ir::Graph& graph, const std::vector<Tensor>& tensors) {
  for (size_t i = 1; i < tensors.size(); ++i) {
    const ir::Value& first = graph.value(tensors[0].id);
    const ir::Value& other = graph.value(tensors[i].id);
    bool same = true;
    if (rule.kind == RuleKind::kSameType) same = first.type == other.type;
    if (rule.kind == RuleKind::kSameShape) same = first.shape == other.shape;
    if (rule.kind == RuleKind::kSameQuantization) {
      same = first.quant.scale == other.quant.scale && first.quant.zero_point == other.quant.zero_point;
    }
    if (!same) return absl::StrCat(tensors[0].place, " and ", tensors[i].place, " differ");
  }
  return "";
}

// --- attributes

std::optional<double> AttrOf(const ir::Node& node, const std::string& name) {
  const ir::AttrValue* value = node.attrs().Find(name);
  if (value == nullptr) return std::nullopt;
  if (const bool* flag = std::get_if<bool>(value)) return *flag ? 1.0 : 0.0;
  if (const int64_t* number = std::get_if<int64_t>(value)) return static_cast<double>(*number);
  if (const float* number = std::get_if<float>(value)) return *number;
  return std::nullopt;
}

// An attribute that the node does not carry has the schema's default, which is 0 or false for those that rules name,
// and so is a value like others.
std::string CheckAttr(const Rule& rule, const ir::Node& node) {
  const double value = AttrOf(node, rule.attr).value_or(0);
  if (rule.kind == RuleKind::kAttr) return Allows(rule, value) ? "" : absl::StrCat(rule.attr, " is ", Number(value));
  const double other = AttrOf(node, rule.other).value_or(0);
  if (value == other) return "";
  return absl::StrCat(rule.attr, " is ", Number(value), " and ", rule.other, " is ", Number(other));
}

std::string DescribeBare(const Rule& rule) {
  const std::string names = NamesOf(rule);
  switch (rule.kind) {
    case RuleKind::kRank:
      return absl::StrCat(names, ": ", Bounds(rule), " dimensions");
    case RuleKind::kStatic:
      return absl::StrCat(names,
                          rule.min.has_value() ? ": sizes known when the model is written, but for the first "
                                               : ": sizes known when the model is written",
                          rule.min.has_value() ? Number(*rule.min) : "");
    case RuleKind::kConstant:
      return absl::StrCat(names, ": a constant");
    case RuleKind::kNotConstant:
      return absl::StrCat(names, ": no constant");
    case RuleKind::kScales:
      return absl::StrCat(names, ": ", Bounds(rule), " scale(s)");
    case RuleKind::kQuantized:
      return absl::StrCat(names, ": has a scale");
    case RuleKind::kSameQuantization:
      return absl::StrCat(names, ": equal scales and zero points");
    case RuleKind::kSameType:
      return absl::StrCat(names, ": equal types");
    case RuleKind::kSameShape:
      return absl::StrCat(names, ": equal shapes");
    case RuleKind::kDim:
      return absl::StrCat(names, ": dimension ", rule.axis, " is ", Allowed(rule));
    case RuleKind::kDims:
      return absl::StrCat(names, ": every dimension ", Bounds(rule));
    case RuleKind::kInnerDims:
      return absl::StrCat(names, ": only the last ", Number(rule.max.value_or(0)), " dimensions are larger than 1");
    case RuleKind::kElements:
      return absl::StrCat(names, ": ", Bounds(rule), " elements");
    case RuleKind::kValues:
      return absl::StrCat(names, rule.at.empty() ? "" : absl::StrCat(" [", absl::StrJoin(rule.at, ", "), "]"),
                          ": values ", Allowed(rule));
    case RuleKind::kNoValues:
      return absl::StrCat(names, ": not ", Numbers(rule.values));
    case RuleKind::kAttr:
      return absl::StrCat(rule.attr, ": ", Allowed(rule));
    case RuleKind::kAttrsEqual:
      return absl::StrCat(rule.attr, " equals ", rule.other);
    case RuleKind::kTypes:
      return absl::StrCat(names, ": ", absl::StrJoin(rule.types, " or "));
    case RuleKind::kNoTypes:
      return absl::StrCat(names, ": not ", absl::StrJoin(rule.types, " or "));
  }
  return "";
}

}  // namespace

absl::string_view Name(RuleKind kind) {
  for (const KindName& entry : kKinds) {
    if (entry.kind == kind) return entry.name;
  }
  return "";
}

std::optional<RuleKind> FindRuleKind(absl::string_view name) {
  for (const KindName& entry : kKinds) {
    if (name == entry.name) return entry.kind;
  }
  return std::nullopt;
}

std::optional<TensorRef> ParseTensorRef(absl::string_view text) {
  TensorRef tensor;
  tensor.output = absl::ConsumePrefix(&text, "out");
  if (!tensor.output && !absl::ConsumePrefix(&text, "in")) return std::nullopt;
  tensor.index = kAll;
  if (text.empty()) return tensor;
  if (!absl::SimpleAtoi(text, &tensor.index) || tensor.index < 0) return std::nullopt;
  return tensor;
}

std::string Describe(const Rule& rule) {
  std::string text = DescribeBare(rule);
  if (!rule.when_type.empty()) absl::StrAppend(&text, ", where operand 0 is ", rule.when_type);
  if (!rule.except.empty()) absl::StrAppend(&text, ", but for ", absl::StrJoin(rule.except, ", "));
  return text;
}

std::string Violation(const Rule& rule, const ir::Graph& graph, const ir::Node& node) {
  if (std::find(rule.except.begin(), rule.except.end(), node.op()) != rule.except.end()) return "";
  if (!rule.when_type.empty()) {
    const ir::ValueId first = node.input(0);
    if (first == ir::kNoValue || Name(graph.value(first).type) != rule.when_type) return "";
  }
  std::string wrong;
  const std::vector<Tensor> tensors = TensorsOf(rule, graph, node);
  switch (rule.kind) {
    case RuleKind::kAttr:
    case RuleKind::kAttrsEqual:
      wrong = CheckAttr(rule, node);
      break;
    case RuleKind::kSameType:
    case RuleKind::kSameShape:
    case RuleKind::kSameQuantization:
      wrong = CheckSame(rule, graph, tensors);
      break;
    default:
      for (const Tensor& tensor : tensors) {
        wrong = CheckTensor(rule, graph, node, tensor);
        if (!wrong.empty()) break;
      }
  }
  return wrong.empty() ? "" : absl::StrCat(wrong, " (wanted: ", DescribeBare(rule), ")");
}

}  // namespace zeropoint::targets
