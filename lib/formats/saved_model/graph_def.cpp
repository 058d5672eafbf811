// Reading of the messages that carry a graph: SavedModel, MetaGraphDef, GraphDef, FunctionDef, NodeDef, SignatureDef.
#include "formats/saved_model/graph_def.h"

#include <algorithm>

#include "formats/saved_model/wire.h"

namespace zeropoint::formats::saved_model {
namespace {

// One entry of a map<string, message or string>: {1 key, 2 value}.
struct MapEntry {
  absl::string_view key, value;
};

MapEntry ParseMapEntry(absl::string_view bytes) {
  MapEntry entry;
  protozero::pbf_reader message = Message(bytes);
  while (message.next()) {
    switch (message.tag_and_type()) {
      case Field(1, kLength):
        entry.key = View(message);
        break;
      case Field(2, kLength):
        entry.value = View(message);
        break;
      default:
        message.skip();
    }
  }
  return entry;
}

EncodedAttr ParseAttrEntry(absl::string_view bytes) {
  MapEntry entry = ParseMapEntry(bytes);
  return {entry.key, entry.value};
}

NodeDef ParseNode(absl::string_view bytes) {
  NodeDef node;
  protozero::pbf_reader message = Message(bytes);
  while (message.next()) {
    switch (message.tag_and_type()) {
      case Field(1, kLength):
        node.name = View(message);
        break;
      case Field(2, kLength):
        node.op = View(message);
        break;
      case Field(3, kLength):
        node.inputs.push_back(View(message));
        break;
      case Field(5, kLength):
        node.attrs.push_back(ParseAttrEntry(View(message)));
        break;
      default:
        message.skip();
    }
  }
  return node;
}

// The first field of a message, which is its name in OpDef, ArgDef and NameAttrList.
absl::string_view ParseName(absl::string_view bytes) {
  absl::string_view name;
  protozero::pbf_reader message = Message(bytes);
  while (message.next()) {
    if (message.tag_and_type() == Field(1, kLength)) {
      name = View(message);
    } else {
      message.skip();
    }
  }
  return name;
}

// The OpDef that a function is declared by.
void ParseFunctionSignature(absl::string_view bytes, FunctionDef& function) {
  protozero::pbf_reader message = Message(bytes);
  while (message.next()) {
    switch (message.tag_and_type()) {
      case Field(1, kLength):
        function.name = View(message);
        break;
      case Field(2, kLength):
        function.args.push_back(ParseName(View(message)));
        break;
      case Field(3, kLength):
        function.outputs.push_back(ParseName(View(message)));
        break;
      default:
        message.skip();
    }
  }
}

FunctionDef ParseFunction(absl::string_view bytes) {
  FunctionDef function;
  protozero::pbf_reader message = Message(bytes);
  while (message.next()) {
    switch (message.tag_and_type()) {
      case Field(1, kLength):
        ParseFunctionSignature(View(message), function);
        break;
      case Field(3, kLength):
        function.nodes.push_back(ParseNode(View(message)));
        break;
      case Field(4, kLength): {
        MapEntry entry = ParseMapEntry(View(message));
        function.returns.emplace_back(entry.key, entry.value);
        break;
      }
      case Field(5, kLength):
        function.attrs.push_back(ParseAttrEntry(View(message)));
        break;
      default:
        message.skip();
    }
  }
  return function;
}

void ParseLibrary(absl::string_view bytes, MetaGraph& graph) {
  protozero::pbf_reader message = Message(bytes);
  while (message.next()) {
    if (message.tag_and_type() == Field(1, kLength)) {
      graph.functions.push_back(ParseFunction(View(message)));
    } else {
      message.skip();
    }
  }
}

void ParseGraph(absl::string_view bytes, MetaGraph& graph) {
  protozero::pbf_reader message = Message(bytes);
  while (message.next()) {
    switch (message.tag_and_type()) {
      case Field(1, kLength):
        graph.nodes.push_back(ParseNode(View(message)));
        break;
      case Field(2, kLength):
        ParseLibrary(View(message), graph);
        break;
      default:
        message.skip();
    }
  }
}

TensorInfo ParseTensorInfo(const MapEntry& entry) {
  TensorInfo info;
  info.key = std::string(entry.key);
  protozero::pbf_reader message = Message(entry.value);
  while (message.next()) {
    switch (message.tag_and_type()) {
      case Field(1, kLength):
        info.name = View(message);
        break;
      case Field(2, kVarint):
        info.data_type = message.get_enum();
        break;
      case Field(3, kLength):
        info.shape = ParseShape(View(message));
        break;
      default:
        message.skip();
    }
  }
  return info;
}

template <typename T>
void SortByKey(std::vector<T>& items) {
  std::stable_sort(items.begin(), items.end(), [](const T& a, const T& b) { return a.key < b.key; });
}

SignatureDef ParseSignature(const MapEntry& entry) {
  SignatureDef signature;
  signature.key = std::string(entry.key);
  protozero::pbf_reader message = Message(entry.value);
  while (message.next()) {
    switch (message.tag_and_type()) {
      case Field(1, kLength):
        signature.inputs.push_back(ParseTensorInfo(ParseMapEntry(View(message))));
        break;
      case Field(2, kLength):
        signature.outputs.push_back(ParseTensorInfo(ParseMapEntry(View(message))));
        break;
      default:
        message.skip();
    }
  }
  SortByKey(signature.inputs);
  SortByKey(signature.outputs);
  return signature;
}

void ParseOpList(absl::string_view bytes, MetaGraph& graph) {
  protozero::pbf_reader message = Message(bytes);
  while (message.next()) {
    if (message.tag_and_type() == Field(1, kLength)) {
      graph.op_defs.push_back(View(message));
    } else {
      message.skip();
    }
  }
}

void ParseMetaInfo(absl::string_view bytes, MetaGraph& graph) {
  protozero::pbf_reader message = Message(bytes);
  while (message.next()) {
    switch (message.tag_and_type()) {
      case Field(2, kLength):
        ParseOpList(View(message), graph);
        break;
      case Field(4, kLength):
        graph.tags.emplace_back(View(message));
        break;
      default:
        message.skip();
    }
  }
}

void ParseSaver(absl::string_view bytes, MetaGraph& graph) {
  protozero::pbf_reader message = Message(bytes);
  while (message.next()) {
    if (message.tag_and_type() == Field(3, kLength)) {
      graph.restore_op = View(message);
    } else {
      message.skip();
    }
  }
}

void ParseAsset(absl::string_view bytes, MetaGraph& graph) {
  TensorInfo tensor;
  absl::string_view file;
  protozero::pbf_reader message = Message(bytes);
  while (message.next()) {
    switch (message.tag_and_type()) {
      case Field(1, kLength):
        tensor = ParseTensorInfo({"", View(message)});
        break;
      case Field(2, kLength):
        file = View(message);
        break;
      default:
        message.skip();
    }
  }
  graph.assets.emplace_back(tensor.name, file);
}

// CollectionDef: TensorFlow 1's builder keeps the assets as a list of google.protobuf.Any in a collection.
constexpr absl::string_view kAssetCollection = "saved_model_assets";

void ParseAnyAsset(absl::string_view bytes, MetaGraph& graph) {
  protozero::pbf_reader message = Message(bytes);
  while (message.next()) {
    if (message.tag_and_type() == Field(2, kLength)) {
      ParseAsset(View(message), graph);
    } else {
      message.skip();
    }
  }
}

void ParseAnyList(absl::string_view bytes, MetaGraph& graph) {
  protozero::pbf_reader message = Message(bytes);
  while (message.next()) {
    if (message.tag_and_type() == Field(1, kLength)) {
      ParseAnyAsset(View(message), graph);
    } else {
      message.skip();
    }
  }
}

void ParseCollection(const MapEntry& entry, MetaGraph& graph) {
  if (entry.key != kAssetCollection) return;
  protozero::pbf_reader message = Message(entry.value);
  while (message.next()) {
    if (message.tag_and_type() == Field(5, kLength)) {
      ParseAnyList(View(message), graph);
    } else {
      message.skip();
    }
  }
}

MetaGraph ParseMetaGraph(absl::string_view bytes) {
  MetaGraph graph;
  protozero::pbf_reader message = Message(bytes);
  while (message.next()) {
    switch (message.tag_and_type()) {
      case Field(1, kLength):
        ParseMetaInfo(View(message), graph);
        break;
      case Field(2, kLength):
        ParseGraph(View(message), graph);
        break;
      case Field(3, kLength):
        ParseSaver(View(message), graph);
        break;
      case Field(4, kLength):
        ParseCollection(ParseMapEntry(View(message)), graph);
        break;
      case Field(6, kLength):
        ParseAsset(View(message), graph);
        break;
      case Field(5, kLength):
        graph.signatures.push_back(ParseSignature(ParseMapEntry(View(message))));
        break;
      default:
        message.skip();
    }
  }
  SortByKey(graph.signatures);
  return graph;
}

FunctionRef ParseFunctionRef(absl::string_view bytes) {
  FunctionRef function;
  protozero::pbf_reader message = Message(bytes);
  while (message.next()) {
    switch (message.tag_and_type()) {
      case Field(1, kLength):
        function.name = View(message);
        break;
      case Field(2, kLength):
        function.attrs.push_back(ParseAttrEntry(View(message)));
        break;
      default:
        message.skip();
    }
  }
  return function;
}

// AttrValue.ListValue. Numbers come packed or, from other writers, one by one.
void ParseAttrList(absl::string_view bytes, AttrValue& value) {
  protozero::pbf_reader message = Message(bytes);
  while (message.next()) {
    switch (message.tag_and_type()) {
      case Field(2, kLength):
        value.texts.push_back(View(message));
        break;
      case Field(3, kLength):
        for (int64_t number : message.get_packed_int64()) value.numbers.push_back(number);
        break;
      case Field(3, kVarint):
        value.numbers.push_back(message.get_int64());
        break;
      case Field(4, kLength):
        for (float number : message.get_packed_float()) value.reals.push_back(number);
        break;
      case Field(4, kFixed32):
        value.reals.push_back(message.get_float());
        break;
      case Field(5, kLength):
        for (bool flag : message.get_packed_bool()) value.numbers.push_back(flag);
        break;
      case Field(5, kVarint):
        value.numbers.push_back(message.get_bool());
        break;
      case Field(6, kLength):
        for (int32_t type : message.get_packed_enum()) value.types.push_back(type);
        break;
      case Field(6, kVarint):
        value.types.push_back(message.get_enum());
        break;
      case Field(7, kLength):
        value.shapes.push_back(ParseShape(View(message)));
        break;
      case Field(9, kLength):
        value.functions.push_back(ParseName(View(message)));
        break;
      default:
        message.skip();
    }
  }
}

void ParseAttr(absl::string_view bytes, AttrValue& value) {
  using Kind = AttrValue::Kind;
  protozero::pbf_reader message = Message(bytes);
  while (message.next()) {
    switch (message.tag_and_type()) {
      case Field(1, kLength):
        value.kind = Kind::kList;
        ParseAttrList(View(message), value);
        break;
      case Field(2, kLength):
        value.kind = Kind::kString;
        value.text = View(message);
        break;
      case Field(3, kVarint):
        value.kind = Kind::kInt;
        value.number = message.get_int64();
        break;
      case Field(4, kFixed32):
        value.kind = Kind::kFloat;
        value.real = message.get_float();
        break;
      case Field(5, kVarint):
        value.kind = Kind::kBool;
        value.number = message.get_bool();
        break;
      case Field(6, kVarint):
        value.kind = Kind::kType;
        value.number = message.get_enum();
        break;
      case Field(7, kLength):
        value.kind = Kind::kShape;
        value.shape = ParseShape(View(message));
        break;
      case Field(8, kLength):
        value.kind = Kind::kTensor;
        value.text = View(message);
        break;
      case Field(9, kLength):
        value.kind = Kind::kPlaceholder;
        value.text = View(message);
        break;
      case Field(10, kLength):
        value.kind = Kind::kFunction;
        value.function = ParseFunctionRef(View(message));
        break;
      default:
        message.skip();
    }
  }
}

}  // namespace

const EncodedAttr* FindAttr(const EncodedAttrs& attrs, absl::string_view name) {
  for (const EncodedAttr& attr : attrs) {
    if (attr.name == name) return &attr;
  }
  return nullptr;
}

ir::Shape ParseShape(absl::string_view bytes) {
  ir::Shape shape;
  bool unknown_rank = false;
  protozero::pbf_reader message = Message(bytes);
  while (message.next()) {
    switch (message.tag_and_type()) {
      case Field(2, kLength): {
        int64_t size = 0;
        protozero::pbf_reader dim = Message(View(message));
        while (dim.next()) {
          if (dim.tag_and_type() == Field(1, kVarint)) {
            size = dim.get_int64();
          } else {
            dim.skip();
          }
        }
        shape.Append(size < 0 ? ir::kDynamic : size);
        break;
      }
      case Field(3, kVarint):
        unknown_rank = message.get_bool();
        break;
      default:
        message.skip();
    }
  }
  return unknown_rank ? ir::Shape::Unranked() : shape;
}

absl::StatusOr<std::vector<MetaGraph>> ParseSavedModel(absl::string_view file) {
  std::vector<MetaGraph> graphs;
  ZP_RETURN_IF_ERROR(Guarded("the SavedModel", [&] {
    protozero::pbf_reader message = Message(file);
    while (message.next()) {
      if (message.tag_and_type() == Field(2, kLength)) {
        graphs.push_back(ParseMetaGraph(View(message)));
      } else {
        message.skip();
      }
    }
    return absl::OkStatus();
  }));
  if (graphs.empty()) return absl::InvalidArgumentError("not a SavedModel: the file holds no graph");
  return graphs;
}

absl::StatusOr<AttrValue> DecodeAttr(absl::string_view encoded) {
  AttrValue value;
  ZP_RETURN_IF_ERROR(Guarded("an attribute", [&] {
    ParseAttr(encoded, value);
    return absl::OkStatus();
  }));
  return value;
}

}  // namespace zeropoint::formats::saved_model
