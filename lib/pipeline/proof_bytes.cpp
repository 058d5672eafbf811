// CheckBytes: what was written is what was meant, and what any file must keep.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <map>
#include <set>
#include <utility>
#include <variant>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "formats/tflite/tflite.h"
#include "ops/op_def.h"
#include "pipeline/proof.h"
#include "targets/check.h"

namespace zeropoint::pipeline {
namespace {

constexpr char kSource[] = "(result)";

template <typename... Parts>
absl::Status Wrong(const Parts&... parts) {
  return absl::InternalError(absl::StrCat("the file that was written is not what was meant: ", parts...));
}

// --- what any file must keep

struct Limits {
  int64_t low, high;
};

std::optional<Limits> LimitsOf(ElementType type) {
  switch (type) {
    case ElementType::kInt4:
      return Limits{-8, 7};
    case ElementType::kInt8:
      return Limits{std::numeric_limits<int8_t>::min(), std::numeric_limits<int8_t>::max()};
    case ElementType::kUInt8:
      return Limits{0, std::numeric_limits<uint8_t>::max()};
    case ElementType::kInt16:
      return Limits{std::numeric_limits<int16_t>::min(), std::numeric_limits<int16_t>::max()};
    default:
      return std::nullopt;
  }
}

absl::Status CheckQuantization(const ir::Value& value) {
  const ir::QuantParams& quant = value.quant;
  for (float scale : quant.scale) {
    if (!std::isfinite(scale) || scale < 0) return Wrong("scale ", scale);
  }
  const std::optional<Limits> limits = LimitsOf(value.type);
  for (int64_t zero_point : quant.zero_point) {
    if (limits.has_value() && (zero_point < limits->low || zero_point > limits->high)) {
      return Wrong("zero point ", zero_point, " of ", Name(value.type));
    }
  }
  if (quant.scale.size() <= 1) return absl::OkStatus();
  const bool has_axis = quant.axis >= 0 && quant.axis < value.shape.rank();
  if (!has_axis || value.shape[quant.axis] != static_cast<int64_t>(quant.scale.size())) {
    return Wrong(quant.scale.size(), " scales along dimension ", quant.axis, " of ", value.shape.ToString());
  }
  return absl::OkStatus();
}

absl::Status CheckContents(const ir::Value& value) {
  if (!value.is_constant || Traits(value.type).bits == 0) return absl::OkStatus();
  if (!value.shape.IsStatic()) return Wrong("a constant of shape ", value.shape.ToString());
  const size_t wanted = ByteSize(value.type, static_cast<size_t>(value.shape.NumElements()));
  if (value.data.size() == wanted) return absl::OkStatus();
  return Wrong(value.data.size(), " bytes for ", Name(value.type), value.shape.ToString());
}

absl::Status CheckNode(const ir::Node& node) {
  if (absl::StartsWith(node.op(), ops::kCustomPrefix)) return absl::OkStatus();
  const ops::OpDef* op = ops::FindOp(node.op());
  if (op == nullptr) return Wrong("there is no such op");
  auto fits = [](const ops::Arity& arity, size_t count) {
    return static_cast<int>(count) >= arity.min && static_cast<int>(count) <= arity.max;
  };
  if (!fits(op->inputs, node.inputs().size())) return Wrong(node.inputs().size(), " operands");
  if (!fits(op->outputs, node.outputs().size())) return Wrong(node.outputs().size(), " results");
  return absl::OkStatus();
}

// --- what was meant

// Attributes as the file has them: flags are numbers, floats have 32 bits.
using Plain = std::variant<std::vector<double>, std::string, std::vector<std::string>>;

std::optional<Plain> PlainOf(const ir::AttrValue& value) {
  if (const bool* flag = std::get_if<bool>(&value)) return std::vector<double>{*flag ? 1.0 : 0.0};
  if (const int64_t* number = std::get_if<int64_t>(&value)) return std::vector<double>{static_cast<double>(*number)};
  if (const float* number = std::get_if<float>(&value)) return std::vector<double>{*number};
  if (const std::string* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* list = std::get_if<std::vector<int64_t>>(&value))
    return std::vector<double>(list->begin(), list->end());
  if (const auto* list = std::get_if<std::vector<float>>(&value))
    return std::vector<double>(list->begin(), list->end());
  if (const auto* list = std::get_if<std::vector<std::string>>(&value)) return *list;
  return std::nullopt;
}

bool SameNumber(double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }

bool Same(const Plain& a, const Plain& b) {
  const auto* left = std::get_if<std::vector<double>>(&a);
  const auto* right = std::get_if<std::vector<double>>(&b);
  if (left == nullptr || right == nullptr) return a == b;
  return std::equal(left->begin(), left->end(), right->begin(), right->end(), SameNumber);
}

// An empty list or text is written as an absent one, and reads as the default does.
bool IsEmpty(const Plain& value) {
  return std::visit([](const auto& content) { return content.empty(); }, value);
}

absl::Status CompareAttributes(const ir::Node& meant, const ir::Node& read) {
  const ops::OpDef* op = ops::FindOp(meant.op());
  if (op == nullptr) return absl::OkStatus();
  for (const ops::OptionField& field : op->options.fields) {
    const ir::AttrValue* wanted = meant.attrs().Find(field.name);
    const ir::AttrValue* got = read.attrs().Find(field.name);
    const std::optional<Plain> wanted_value = wanted == nullptr ? std::nullopt : PlainOf(*wanted);
    const std::optional<Plain> got_value = got == nullptr ? std::nullopt : PlainOf(*got);
    if (wanted_value.has_value() && got_value.has_value()) {
      if (!Same(*wanted_value, *got_value)) return Wrong("attribute ", field.name, " differs");
    } else if (wanted_value.has_value()) {
      const bool is_default = Same(*wanted_value, std::vector<double>{field.otherwise});
      if (!IsEmpty(*wanted_value) && !is_default) return Wrong("attribute ", field.name, " is missing");
    } else if (got_value.has_value()) {
      const bool is_default = Same(*got_value, std::vector<double>{field.otherwise});
      if (!IsEmpty(*got_value) && !is_default) return Wrong("attribute ", field.name, " was not there");
    }
  }
  return absl::OkStatus();
}

bool SameBytes(const Bytes& a, const Bytes& b) {
  if (a.size() != b.size()) return false;
  return a.empty() || a.data() == b.data() || std::memcmp(a.data(), b.data(), a.size()) == 0;
}

absl::Status CompareValues(const ir::Value& meant, const ir::Value& read) {
  if (meant.name != read.name) return Wrong("its name is '", read.name, "'");
  if (meant.type != read.type) return Wrong("its type is ", Name(read.type), ", not ", Name(meant.type));
  if (meant.shape.ranked() && meant.shape != read.shape) {
    return Wrong("its shape is ", read.shape.ToString(), ", not ", meant.shape.ToString());
  }
  if (meant.is_variable != read.is_variable) return Wrong("it is a variable, or is not");
  if (meant.is_constant && !meant.data.empty() && !read.is_constant) return Wrong("it has lost its contents");
  if (!meant.is_constant && read.is_constant) return Wrong("it has contents");
  if (meant.is_constant && !SameBytes(meant.data, read.data)) return Wrong("its contents differ");
  const ir::QuantParams &wanted = meant.quant, &got = read.quant;
  const bool same = wanted.scale == got.scale && (!wanted.quantized() || wanted.zero_point == got.zero_point) &&
                    (wanted.scale.size() <= 1 || wanted.axis == got.axis);
  return same ? absl::OkStatus() : Wrong("its scales or zero points differ");
}

// One graph that was read beside the one that was meant.
class GraphComparison {
 public:
  GraphComparison(const ir::Graph& meant, const ir::Graph& read) : meant_(meant), read_(read) {}

  absl::Status Run() {
    ZP_RETURN_IF_ERROR(Lists(meant_.inputs, read_.inputs, "inputs"));
    const std::vector<ir::NodeId> wanted = meant_.Order(), got = read_.Order();
    if (wanted.size() != got.size()) return Wrong(got.size(), " ops, not ", wanted.size());
    for (size_t i = 0; i < wanted.size(); ++i) {
      const ir::Node& node = meant_.node(wanted[i]);
      const absl::Status status = Nodes(node, read_.node(got[i]));
      if (!status.ok()) return Annotate(Annotate(status, Place::kNode, node.info.name), Place::kOp, node.op());
    }
    return Lists(meant_.outputs, read_.outputs, "outputs");
  }

  absl::Status Pair(ir::ValueId wanted, ir::ValueId got) {
    if ((wanted == ir::kNoValue) != (got == ir::kNoValue)) return Wrong("an operand is missing, or too many");
    if (wanted == ir::kNoValue) return absl::OkStatus();
    const auto [at, is_new] = pairs_.emplace(wanted, got);
    if (at->second != got) return Wrong("another tensor stands in its place");
    if (!is_new) return absl::OkStatus();
    if (!taken_.insert(got).second) return Wrong("one tensor stands for two");
    const ir::Value& value = meant_.value(wanted);
    absl::Status status = CompareValues(value, read_.value(got));
    if (status.ok()) status = CheckQuantization(read_.value(got));
    if (status.ok()) status = CheckContents(read_.value(got));
    return status.ok() ? status : Annotate(status, Place::kTensor, value.name);
  }

 private:
  absl::Status Lists(absl::Span<const ir::ValueId> wanted, absl::Span<const ir::ValueId> got, absl::string_view what) {
    if (wanted.size() != got.size()) return Wrong(got.size(), " ", what, ", not ", wanted.size());
    for (size_t i = 0; i < wanted.size(); ++i) ZP_RETURN_IF_ERROR(Pair(wanted[i], got[i]));
    return absl::OkStatus();
  }

  absl::Status Nodes(const ir::Node& wanted, const ir::Node& got) {
    if (wanted.op() != got.op()) return Wrong("it is ", got.op());
    if (wanted.info.version != got.info.version) return Wrong("its version is ", got.info.version);
    ZP_RETURN_IF_ERROR(CheckNode(got));
    ZP_RETURN_IF_ERROR(Lists(wanted.inputs(), got.inputs(), "operands"));
    ZP_RETURN_IF_ERROR(Lists(wanted.outputs(), got.outputs(), "results"));
    ZP_RETURN_IF_ERROR(Lists(wanted.info.intermediates, got.info.intermediates, "intermediates"));
    if (wanted.info.mutates != got.info.mutates) return Wrong("other operands are variables");
    // Without options of its own, a custom op's are made of its attributes when it is written.
    if (!wanted.info.custom_options.empty() && wanted.info.custom_options != got.info.custom_options) {
      return Wrong("its custom options differ");
    }
    return CompareAttributes(wanted, got);
  }

  const ir::Graph& meant_;
  const ir::Graph& read_;
  std::map<ir::ValueId, ir::ValueId> pairs_;
  std::set<ir::ValueId> taken_;
};

// The file lists them by name.
std::vector<ir::NamedValue> ByName(std::vector<ir::NamedValue> list) {
  std::stable_sort(list.begin(), list.end(),
                   [](const ir::NamedValue& a, const ir::NamedValue& b) { return a.name < b.name; });
  return list;
}

absl::Status CompareNames(GraphComparison& graph, const std::vector<ir::NamedValue>& meant,
                          const std::vector<ir::NamedValue>& read) {
  const std::vector<ir::NamedValue> wanted = ByName(meant), got = ByName(read);
  if (wanted.size() != got.size()) return Wrong(got.size(), " names, not ", wanted.size());
  for (size_t i = 0; i < wanted.size(); ++i) {
    if (wanted[i].name != got[i].name) return Wrong("a name is '", got[i].name, "'");
    ZP_RETURN_IF_ERROR(graph.Pair(wanted[i].value, got[i].value));
  }
  return absl::OkStatus();
}

absl::Status Compare(const ir::Model& meant, const ir::Model& read) {
  if (meant.graphs.size() != read.graphs.size()) return Wrong(read.graphs.size(), " graphs, not ", meant.graphs.size());
  std::vector<GraphComparison> graphs;
  for (size_t g = 0; g < meant.graphs.size(); ++g) {
    graphs.emplace_back(meant.graphs[g], read.graphs[g]);
    if (meant.graphs[g].name != read.graphs[g].name) return Wrong("a graph's name is '", read.graphs[g].name, "'");
    ZP_RETURN_IF_ERROR(graphs.back().Run());
  }
  if (meant.signatures.size() != read.signatures.size()) return Wrong(read.signatures.size(), " signatures");
  for (size_t i = 0; i < meant.signatures.size(); ++i) {
    const ir::Signature &wanted = meant.signatures[i], &got = read.signatures[i];
    if (wanted.key != got.key || wanted.graph != got.graph)
      return Wrong("signature '", wanted.key, "' is '", got.key, "'");
    absl::Status status = CompareNames(graphs[static_cast<size_t>(wanted.graph)], wanted.inputs, got.inputs);
    if (status.ok()) status = CompareNames(graphs[static_cast<size_t>(wanted.graph)], wanted.outputs, got.outputs);
    if (!status.ok()) return Annotate(status, Place::kSignature, wanted.key);
  }
  if (meant.description != read.description) return Wrong("the description differs");
  if (meant.metadata.size() != read.metadata.size()) return Wrong(read.metadata.size(), " metadata");
  for (size_t i = 0; i < meant.metadata.size(); ++i) {
    const bool same =
        meant.metadata[i].name == read.metadata[i].name && SameBytes(meant.metadata[i].data, read.metadata[i].data);
    if (!same) return Wrong("metadata '", meant.metadata[i].name, "' differ");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<ir::Model> CheckBytes(const Bytes& file, const ir::Model& meant, const targets::Target& target) {
  absl::StatusOr<ir::Model> read = formats::tflite::Read(file, kSource);
  if (!read.ok()) return Wrong("it cannot be read: ", read.status().message());
  ZP_RETURN_IF_ERROR(Compare(meant, *read));
  const targets::Findings wanted = targets::CheckModel(meant, target), got = targets::CheckModel(*read, target);
  if (got.missing.size() != wanted.missing.size()) {
    return Wrong(got.missing.empty() ? "" : targets::Describe(got.missing.front()));
  }
  return read;
}

}  // namespace zeropoint::pipeline
