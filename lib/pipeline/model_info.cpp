// ModelInfo (zeropoint/model.h): what the inspect commands show of a .tflite file.
#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "base/file.h"
#include "formats/tflite/tflite.h"
#include "nlohmann/json.hpp"
#include "zeropoint/model.h"

namespace zeropoint {
namespace {

using Json = nlohmann::ordered_json;

constexpr absl::string_view kInMemory = "(bytes)";  // stands for the file's name in errors
constexpr size_t kShownScales = 1;                  // scales that the table spells out; more are counted

// --- from the graph

TensorInfo Describe(const ir::Value& value) {
  TensorInfo info;
  info.name = value.name;
  info.type = std::string(Name(value.type));
  info.shape.assign(value.shape.dims().begin(), value.shape.dims().end());
  info.scale = value.quant.scale;
  info.zero_point = value.quant.zero_point;
  info.axis = value.quant.axis;
  info.is_constant = value.is_constant;
  info.bytes = value.is_constant ? value.data.size() : 0;
  return info;
}

// Value ids of a graph that was just read are the file's tensor indices.
SubgraphInfo Describe(const ir::Graph& graph) {
  SubgraphInfo info;
  info.name = graph.name;
  for (ir::ValueId id = 0; id < graph.num_values(); ++id) info.tensors.push_back(Describe(graph.value(id)));
  for (ir::NodeId id = graph.first(); id != ir::kNoNode; id = graph.next(id)) {
    const ir::Node& node = graph.node(id);
    info.operators.push_back({node.op(),
                              node.info.version,
                              {node.inputs().begin(), node.inputs().end()},
                              {node.outputs().begin(), node.outputs().end()}});
  }
  info.inputs = graph.inputs;
  info.outputs = graph.outputs;
  return info;
}

SignatureInfo Describe(const ir::Signature& signature) {
  SignatureInfo info;
  info.key = signature.key;
  info.subgraph = signature.graph;
  for (const ir::NamedValue& input : signature.inputs) {
    info.input_names.push_back(input.name);
    info.inputs.push_back(input.value);
  }
  for (const ir::NamedValue& output : signature.outputs) {
    info.output_names.push_back(output.name);
    info.outputs.push_back(output.value);
  }
  return info;
}

absl::StatusOr<ModelInfo> FromTflite(const Bytes& file, const std::string& source) {
  absl::StatusOr<ir::Model> read = formats::tflite::Read(file, source);
  if (!read.ok()) return Annotate(read.status(), Place::kStage, "import");
  const ir::Model& model = *read;
  ModelInfo info;
  info.description = model.description;
  info.bytes = file.size();
  for (const ir::Graph& graph : model.graphs) info.subgraphs.push_back(Describe(graph));
  for (const ir::Signature& signature : model.signatures) info.signatures.push_back(Describe(signature));
  for (const ir::Metadata& metadata : model.metadata) info.metadata.push_back(metadata.name);
  return info;
}

// --- as text

// Rows of cells, printed in columns as wide as their widest cell.
class Table {
 public:
  void Row(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }

  std::string Text(absl::string_view indent) const {
    std::vector<size_t> widths;
    for (const auto& row : rows_) {
      widths.resize(std::max(widths.size(), row.size()), 0);
      for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
    }
    std::string text;
    for (const auto& row : rows_) {
      std::string line(indent);
      for (size_t i = 0; i < row.size(); ++i) {
        absl::StrAppend(&line, row[i], std::string(widths[i] - row[i].size() + 2, ' '));
      }
      line.erase(line.find_last_not_of(' ') + 1);
      absl::StrAppend(&text, line, "\n");
    }
    return text;
  }

 private:
  std::vector<std::vector<std::string>> rows_;
};

std::string SpellType(const TensorInfo& tensor) {
  return absl::StrCat(
      tensor.type, "[",
      absl::StrJoin(tensor.shape, ",",
                    [](std::string* out, int64_t dim) { absl::StrAppend(out, dim < 0 ? "?" : absl::StrCat(dim)); }),
      "]");
}

std::string SpellQuantization(const TensorInfo& tensor) {
  if (tensor.scale.empty()) return "";
  if (tensor.scale.size() > kShownScales) {
    return absl::StrCat(tensor.scale.size(), " scales along axis ", tensor.axis);
  }
  return absl::StrFormat("scale %g, zero point %d", tensor.scale[0], tensor.zero_point[0]);
}

std::string SpellIndices(const std::vector<int>& indices) {
  return absl::StrJoin(
      indices, " ", [](std::string* out, int index) { absl::StrAppend(out, index < 0 ? "-" : absl::StrCat(index)); });
}

// "CONV_2D v3"
std::string SpellOp(const OperatorInfo& op) { return absl::StrCat(op.op, " v", op.version); }

void AppendSignatures(const ModelInfo& info, std::string* text) {
  for (const SignatureInfo& signature : info.signatures) {
    absl::StrAppend(text, "\nsignature ", signature.key, " (subgraph ", signature.subgraph, ")\n");
    const SubgraphInfo& graph = info.subgraphs[static_cast<size_t>(signature.subgraph)];
    Table table;
    auto rows = [&](absl::string_view kind, const std::vector<std::string>& names, const std::vector<int>& indices) {
      for (size_t i = 0; i < names.size(); ++i) {
        const TensorInfo& tensor = graph.tensors[static_cast<size_t>(indices[i])];
        table.Row({std::string(kind), names[i], SpellType(tensor), SpellQuantization(tensor)});
      }
    };
    rows("input", signature.input_names, signature.inputs);
    rows("output", signature.output_names, signature.outputs);
    absl::StrAppend(text, table.Text("  "));
  }
}

void AppendSubgraph(const SubgraphInfo& graph, size_t index, std::string* text) {
  absl::StrAppend(text, "\nsubgraph ", index, " ", graph.name, "\n  inputs ", SpellIndices(graph.inputs), ", outputs ",
                  SpellIndices(graph.outputs), "\n\n");
  Table operators;
  operators.Row({"op", "", "inputs", "outputs"});
  for (size_t i = 0; i < graph.operators.size(); ++i) {
    const OperatorInfo& op = graph.operators[i];
    operators.Row({absl::StrCat(i), SpellOp(op), SpellIndices(op.inputs), SpellIndices(op.outputs)});
  }
  Table tensors;
  tensors.Row({"tensor", "type", "quantization", "constant", "name"});
  for (size_t i = 0; i < graph.tensors.size(); ++i) {
    const TensorInfo& tensor = graph.tensors[i];
    tensors.Row({absl::StrCat(i), SpellType(tensor), SpellQuantization(tensor),
                 tensor.is_constant ? absl::StrCat(tensor.bytes, " bytes") : "", tensor.name});
  }
  absl::StrAppend(text, operators.Text("  "), "\n", tensors.Text("  "));
}

struct Total {
  uint64_t count = 0, bytes = 0;
};

void AppendTotals(const ModelInfo& info, std::string* text) {
  std::map<std::string, uint64_t> ops;
  std::map<std::string, Total> constants;
  uint64_t op_count = 0, tensor_count = 0;
  for (const SubgraphInfo& graph : info.subgraphs) {
    op_count += graph.operators.size();
    tensor_count += graph.tensors.size();
    for (const OperatorInfo& op : graph.operators) ++ops[SpellOp(op)];
    for (const TensorInfo& tensor : graph.tensors) {
      if (!tensor.is_constant) continue;
      Total& total = constants[tensor.type];
      ++total.count;
      total.bytes += tensor.bytes;
    }
  }
  Table table;
  for (const auto& [op, count] : ops) table.Row({op, absl::StrCat(count)});
  absl::StrAppend(text, "\n", op_count, " ops, ", tensor_count, " tensors\n", table.Text("  "), "\nconstants\n");
  Table sizes;
  for (const auto& [type, total] : constants) {
    sizes.Row({type, absl::StrCat(total.count, " tensors"), absl::StrCat(total.bytes, " bytes")});
  }
  absl::StrAppend(text, sizes.Text("  "));
}

// --- as JSON

Json ToJsonValue(const TensorInfo& tensor) {
  Json json = {{"name", tensor.name}, {"type", tensor.type}, {"shape", tensor.shape}};
  if (!tensor.scale.empty()) {
    json["scale"] = tensor.scale;
    json["zero_point"] = tensor.zero_point;
    json["axis"] = tensor.axis;
  }
  json["is_constant"] = tensor.is_constant;
  if (tensor.is_constant) json["bytes"] = tensor.bytes;
  return json;
}

Json ToJsonValue(const SubgraphInfo& graph) {
  Json tensors = Json::array(), operators = Json::array();
  for (const TensorInfo& tensor : graph.tensors) tensors.push_back(ToJsonValue(tensor));
  for (const OperatorInfo& op : graph.operators) {
    operators.push_back({{"op", op.op}, {"version", op.version}, {"inputs", op.inputs}, {"outputs", op.outputs}});
  }
  return {{"name", graph.name},
          {"inputs", graph.inputs},
          {"outputs", graph.outputs},
          {"operators", operators},
          {"tensors", std::move(tensors)}};
}

Json ToJsonValue(const std::vector<std::string>& names, const std::vector<int>& indices) {
  Json list = Json::array();
  for (size_t i = 0; i < names.size(); ++i) list.push_back({{"name", names[i]}, {"tensor", indices[i]}});
  return list;
}

}  // namespace

absl::StatusOr<ModelInfo> ModelInfo::FromFile(const std::string& path) {
  absl::StatusOr<Bytes> file = MapFile(path);
  if (!file.ok()) return Annotate(file.status(), Place::kStage, "import");
  return FromTflite(*file, path);
}

absl::StatusOr<ModelInfo> ModelInfo::FromBytes(absl::string_view bytes) {
  return FromTflite(Bytes::Of(absl::Span<const char>(bytes.data(), bytes.size())), std::string(kInMemory));
}

std::string ModelInfo::ToText() const {
  std::string text = absl::StrCat(bytes, " bytes");
  if (!description.empty()) absl::StrAppend(&text, ", \"", description, "\"");
  absl::StrAppend(&text, "\n");
  if (!metadata.empty()) absl::StrAppend(&text, "metadata: ", absl::StrJoin(metadata, ", "), "\n");
  AppendSignatures(*this, &text);
  for (size_t i = 0; i < subgraphs.size(); ++i) AppendSubgraph(subgraphs[i], i, &text);
  AppendTotals(*this, &text);
  return text;
}

std::string ModelInfo::ToJson() const {
  Json graphs = Json::array(), signature_list = Json::array();
  for (const SubgraphInfo& graph : subgraphs) graphs.push_back(ToJsonValue(graph));
  for (const SignatureInfo& signature : signatures) {
    signature_list.push_back({{"key", signature.key},
                              {"subgraph", signature.subgraph},
                              {"inputs", ToJsonValue(signature.input_names, signature.inputs)},
                              {"outputs", ToJsonValue(signature.output_names, signature.outputs)}});
  }
  const Json json = {{"description", description},
                     {"bytes", bytes},
                     {"signatures", std::move(signature_list)},
                     {"metadata", metadata},
                     {"subgraphs", std::move(graphs)}};
  // Names come from the file and may not be UTF-8, on which dump() would throw.
  return json.dump(2, ' ', false, Json::error_handler_t::replace);
}

}  // namespace zeropoint
