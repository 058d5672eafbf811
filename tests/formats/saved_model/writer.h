// Writes small SavedModels, so that tests need neither TensorFlow nor files that it wrote.
#ifndef ZEROPOINT_TESTS_FORMATS_SAVED_MODEL_WRITER_H_
#define ZEROPOINT_TESTS_FORMATS_SAVED_MODEL_WRITER_H_

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <protozero/pbf_writer.hpp>
#include <string>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "formats/saved_model/crc32c.h"

namespace zeropoint::formats::saved_model::testing {

// TensorFlow's DataType numbers.
inline constexpr int kFloat = 1, kDouble = 2, kInt32 = 3, kString = 7, kInt64 = 9, kBool = 10, kQuint8 = 12,
                     kResource = 20, kFloatRef = 101;

using Shape = std::vector<int64_t>;

// --- files

// A folder that is removed with its contents.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "zeropoint-test-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

inline void WriteFile(const std::string& path, const std::string& contents) {
  std::filesystem::create_directories(std::filesystem::path(path).parent_path());
  std::ofstream(path, std::ios::binary | std::ios::trunc) << contents;
}

inline std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

inline absl::Span<const uint8_t> AsBytes(const std::string& text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

// --- messages

inline std::string Raw(const std::vector<float>& values) {
  return std::string(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float));
}

inline std::string ShapeProto(const Shape& shape) {
  std::string bytes;
  protozero::pbf_writer message(bytes);
  for (int64_t size : shape) protozero::pbf_writer(message, 2).add_int64(1, size);
  return bytes;
}
inline std::string UnknownRank() {
  std::string bytes;
  protozero::pbf_writer(bytes).add_bool(3, true);
  return bytes;
}

inline std::string TensorProto(int type, const Shape& shape, const std::string& content) {
  std::string bytes;
  protozero::pbf_writer message(bytes);
  message.add_enum(1, type);
  message.add_message(2, ShapeProto(shape));
  message.add_bytes(4, content);
  return bytes;
}
inline std::string StringTensor(const Shape& shape, const std::vector<std::string>& strings) {
  std::string bytes;
  protozero::pbf_writer message(bytes);
  message.add_enum(1, kString);
  message.add_message(2, ShapeProto(shape));
  for (const std::string& text : strings) message.add_bytes(8, text);
  return bytes;
}

using Attrs = std::map<std::string, std::string>;  // name -> encoded AttrValue

template <typename Add>
std::string Attr(const Add& add) {
  std::string bytes;
  protozero::pbf_writer message(bytes);
  add(message);
  return bytes;
}
inline std::string Text(const std::string& s) {
  return Attr([&](auto& m) { m.add_bytes(2, s); });
}
inline std::string Int(int64_t i) {
  return Attr([&](auto& m) { m.add_int64(3, i); });
}
inline std::string Float(float f) {
  return Attr([&](auto& m) { m.add_float(4, f); });
}
inline std::string Bool(bool b) {
  return Attr([&](auto& m) { m.add_bool(5, b); });
}
inline std::string Type(int type) {
  return Attr([&](auto& m) { m.add_enum(6, type); });
}
inline std::string ShapeAttr(const Shape& shape) {
  return Attr([&](auto& m) { m.add_message(7, ShapeProto(shape)); });
}
inline std::string Tensor(const std::string& proto) {
  return Attr([&](auto& m) { m.add_message(8, proto); });
}
inline std::string Placeholder(const std::string& name) {
  return Attr([&](auto& m) { m.add_string(9, name); });
}
inline void AddAttrs(protozero::pbf_writer& message, uint32_t field, const Attrs& attrs) {
  for (const auto& [name, value] : attrs) {
    protozero::pbf_writer entry(message, field);
    entry.add_string(1, name);
    entry.add_message(2, value);
  }
}
inline std::string Function(const std::string& name, const Attrs& bindings = {}) {
  return Attr([&](auto& m) {
    protozero::pbf_writer function(m, 10);
    function.add_string(1, name);
    AddAttrs(function, 2, bindings);
  });
}
inline std::string Ints(const std::vector<int64_t>& values) {
  std::string list;
  protozero::pbf_writer(list).add_packed_int64(3, values.begin(), values.end());
  return Attr([&](auto& m) { m.add_message(1, list); });
}
inline std::string Types(const std::vector<int>& types) {
  return Attr([&](auto& m) { protozero::pbf_writer(m, 1).add_packed_enum(6, types.begin(), types.end()); });
}

struct NodeSpec {
  std::string name, op;
  std::vector<std::string> inputs;
  Attrs attrs;
};

inline std::string Encode(const NodeSpec& node) {
  std::string bytes;
  protozero::pbf_writer message(bytes);
  message.add_string(1, node.name);
  message.add_string(2, node.op);
  for (const std::string& input : node.inputs) message.add_string(3, input);
  AddAttrs(message, 5, node.attrs);
  return bytes;
}

struct FunctionSpec {
  std::string name;
  std::vector<std::string> args, outputs;
  std::vector<NodeSpec> nodes;
  std::map<std::string, std::string> returns;
};

inline std::string Encode(const FunctionSpec& function) {
  std::string bytes;
  protozero::pbf_writer message(bytes);
  {
    protozero::pbf_writer signature(message, 1);
    signature.add_string(1, function.name);
    for (const std::string& arg : function.args) protozero::pbf_writer(signature, 2).add_string(1, arg);
    for (const std::string& output : function.outputs) protozero::pbf_writer(signature, 3).add_string(1, output);
  }
  for (const NodeSpec& node : function.nodes) message.add_message(3, Encode(node));
  for (const auto& [output, value] : function.returns) {
    protozero::pbf_writer entry(message, 4);
    entry.add_string(1, output);
    entry.add_string(2, value);
  }
  return bytes;
}

struct TensorSpec {
  std::string name;
  int type = kFloat;
  Shape shape;
};

struct SignatureSpec {
  std::map<std::string, TensorSpec> inputs, outputs;
};

struct ModelSpec {
  std::vector<std::string> tags = {"serve"};
  std::vector<NodeSpec> nodes;
  std::vector<FunctionSpec> functions;
  std::map<std::string, SignatureSpec> signatures;
  std::string restore_op;

  NodeSpec& node(const std::string& name) {
    for (NodeSpec& node : nodes) {
      if (node.name == name) return node;
    }
    return nodes.emplace_back(NodeSpec{name});
  }
};

inline void AddTensorInfos(protozero::pbf_writer& message, uint32_t field,
                           const std::map<std::string, TensorSpec>& tensors) {
  for (const auto& [key, tensor] : tensors) {
    protozero::pbf_writer entry(message, field);
    entry.add_string(1, key);
    protozero::pbf_writer info(entry, 2);
    info.add_string(1, tensor.name);
    info.add_enum(2, tensor.type);
    info.add_message(3, ShapeProto(tensor.shape));
  }
}

inline std::string Encode(const std::vector<ModelSpec>& graphs) {
  std::string bytes;
  protozero::pbf_writer model(bytes);
  model.add_int64(1, 1);
  for (const ModelSpec& spec : graphs) {
    protozero::pbf_writer graph(model, 2);
    {
      protozero::pbf_writer info(graph, 1);
      for (const std::string& tag : spec.tags) info.add_string(4, tag);
    }
    {
      protozero::pbf_writer nodes(graph, 2);
      for (const NodeSpec& node : spec.nodes) nodes.add_message(1, Encode(node));
      protozero::pbf_writer library(nodes, 2);
      for (const FunctionSpec& function : spec.functions) library.add_message(1, Encode(function));
    }
    if (!spec.restore_op.empty()) protozero::pbf_writer(graph, 3).add_string(3, spec.restore_op);
    for (const auto& [key, signature] : spec.signatures) {
      protozero::pbf_writer entry(graph, 5);
      entry.add_string(1, key);
      protozero::pbf_writer value(entry, 2);
      AddTensorInfos(value, 1, signature.inputs);
      AddTensorInfos(value, 2, signature.outputs);
    }
  }
  return bytes;
}

// --- checkpoints

inline void AppendVarint(std::string& bytes, uint64_t number) {
  for (; number >= 0x80; number >>= 7) bytes.push_back(static_cast<char>(number | 0x80));
  bytes.push_back(static_cast<char>(number));
}
inline void AppendWord(std::string& bytes, uint32_t word) {
  for (int shift = 0; shift < 32; shift += 8) bytes.push_back(static_cast<char>(word >> shift));
}

// A block as Snappy: its length, then all of it as one literal of up to 2^16 bytes.
inline std::string SnappyLiteral(const std::string& block) {
  std::string bytes;
  AppendVarint(bytes, block.size());
  bytes.push_back(static_cast<char>(61 << 2));
  bytes.push_back(static_cast<char>((block.size() - 1) & 0xff));
  bytes.push_back(static_cast<char>((block.size() - 1) >> 8));
  return bytes + block;
}

using Table = std::vector<std::pair<std::string, std::string>>;

// Keys share their prefixes, as in files by LevelDB.
inline std::string TableBlock(const Table& entries) {
  std::string block, last;
  for (const auto& [key, value] : entries) {
    size_t shared = 0;
    while (shared < key.size() && shared < last.size() && key[shared] == last[shared]) ++shared;
    AppendVarint(block, shared);
    AppendVarint(block, key.size() - shared);
    AppendVarint(block, value.size());
    block += key.substr(shared) + value;
    last = key;
  }
  AppendWord(block, 0);
  AppendWord(block, 1);
  return block;
}

inline std::string EncodeTable(const Table& entries, size_t entries_per_block = 3, bool snappy = false) {
  std::string file;
  auto append_block = [&](const std::string& contents) {
    std::string block = snappy ? SnappyLiteral(contents) : contents;
    std::string handle;
    AppendVarint(handle, file.size());
    AppendVarint(handle, block.size());
    block.push_back(snappy ? 1 : 0);
    uint32_t crc = MaskCrc(Crc32c(AsBytes(block)));
    AppendWord(block, crc);
    file += block;
    return handle;
  };
  Table index;
  for (size_t i = 0; i < entries.size(); i += entries_per_block) {
    Table part(entries.begin() + static_cast<std::ptrdiff_t>(i),
               entries.begin() + static_cast<std::ptrdiff_t>(std::min(entries.size(), i + entries_per_block)));
    index.emplace_back(part.back().first, append_block(TableBlock(part)));
  }
  std::string footer = append_block(TableBlock({}));
  footer += append_block(TableBlock(index));
  footer.resize(40);
  AppendWord(footer, 0x8b80fb57);
  AppendWord(footer, 0xdb477524);
  return file + footer;
}

struct StoredTensor {
  int type = kFloat;
  Shape shape;
  std::string bytes;
  std::vector<std::vector<std::pair<int64_t, int64_t>>> slices = {};  // of a tensor that is stored in parts
};

inline std::string EncodeEntry(const StoredTensor& tensor, size_t offset) {
  std::string bytes;
  protozero::pbf_writer entry(bytes);
  entry.add_enum(1, tensor.type);
  entry.add_message(2, ShapeProto(tensor.shape));
  if (tensor.slices.empty()) {
    entry.add_int64(4, static_cast<int64_t>(offset));
    entry.add_int64(5, static_cast<int64_t>(tensor.bytes.size()));
    entry.add_fixed32(6, MaskCrc(Crc32c(AsBytes(tensor.bytes))));
  }
  for (const auto& slice : tensor.slices) {
    std::string part;
    for (const auto& [start, length] : slice) {
      std::string extent;
      if (start != 0) protozero::pbf_writer(extent).add_int64(1, start);
      if (length >= 0) protozero::pbf_writer(extent).add_int64(2, length);
      protozero::pbf_writer(part).add_message(1, extent);
    }
    entry.add_message(7, part);
  }
  return bytes;
}

inline std::string BundleHeader(int shards, int endianness = 0) {
  std::string bytes;
  protozero::pbf_writer header(bytes);
  header.add_int32(1, shards);
  if (endianness != 0) header.add_enum(2, endianness);
  return bytes;
}

// PREFIX.index and PREFIX.data-00000-of-00001.
inline void WriteBundle(const std::string& prefix, const std::map<std::string, StoredTensor>& tensors,
                        bool snappy = false) {
  std::string data;
  Table table = {{"", BundleHeader(1)}};
  for (const auto& [key, tensor] : tensors) {
    table.emplace_back(key, EncodeEntry(tensor, data.size()));
    data += tensor.bytes;
  }
  WriteFile(prefix + ".index", EncodeTable(table, 3, snappy));
  WriteFile(prefix + ".data-00000-of-00001", data);
}

// --- whole models

inline NodeSpec PlaceholderNode(const std::string& name, const Shape& shape) {
  return {name, "Placeholder", {}, {{"dtype", Type(kFloat)}, {"shape", ShapeAttr(shape)}}};
}
inline NodeSpec VariableNode(const std::string& name, const Shape& shape) {
  return {name, "VarHandleOp", {}, {{"dtype", Type(kFloat)}, {"shape", ShapeAttr(shape)}, {"shared_name", Text(name)}}};
}
inline NodeSpec ConstNode(const std::string& name, const std::string& tensor, int type) {
  return {name, "Const", {}, {{"value", Tensor(tensor)}, {"dtype", Type(type)}}};
}
inline NodeSpec CallNode(const std::string& name, const std::string& function, const std::vector<std::string>& inputs,
                         const std::vector<int>& outputs) {
  return {name, "StatefulPartitionedCall", inputs, {{"f", Function(function)}, {"Tout", Types(outputs)}}};
}
inline NodeSpec Unary(const std::string& name, const std::string& op, const std::string& input) {
  return {name, op, {input}, {{"T", Type(kFloat)}}};
}

// y = x * w + b as TensorFlow 2 saves it: a wrapper that calls the function proper, and a function that restores.
inline ModelSpec DenseModel() {
  ModelSpec model;
  model.nodes = {
      PlaceholderNode("serving_default_x", {-1, 2}),
      VariableNode("w", {2, 3}),
      VariableNode("b", {3}),
      CallNode("StatefulPartitionedCall", "__inference_signature_wrapper_1", {"serving_default_x", "w", "b"}, {kFloat}),
      PlaceholderNode("saver_filename", {}),
      CallNode("StatefulPartitionedCall_1", "__inference__traced_restore_1", {"saver_filename", "w", "b"}, {kString}),
  };
  FunctionSpec wrapper{"__inference_signature_wrapper_1", {"x", "w", "b"}, {"identity"}};
  wrapper.nodes = {CallNode("StatefulPartitionedCall", "__inference_dense_1", {"x", "w", "b"}, {kFloat}),
                   Unary("Identity", "Identity", "StatefulPartitionedCall:output:0")};
  wrapper.nodes[1].inputs.push_back("^StatefulPartitionedCall");
  wrapper.returns = {{"identity", "Identity:output:0"}};
  FunctionSpec dense{"__inference_dense_1", {"x", "w", "b"}, {"identity"}};
  dense.nodes = {
      {"ReadW", "ReadVariableOp", {"w"}, {{"dtype", Type(kFloat)}}},
      {"ReadB", "ReadVariableOp", {"b", "^ReadW"}, {{"dtype", Type(kFloat)}}},
      {"Check", "CheckFromNowhere", {"x"}, {}},
      {"MatMul", "MatMul", {"x", "ReadW:value:0", "^Check"}, {{"T", Type(kFloat)}}},
      {"BiasAdd", "BiasAdd", {"MatMul:product:0", "ReadB:value:0"}, {{"T", Type(kFloat)}}},
  };
  dense.returns = {{"identity", "BiasAdd:output:0"}};
  FunctionSpec restore{"__inference__traced_restore_1", {"file_prefix", "w", "b"}, {"identity"}};
  restore.nodes = {
      ConstNode("names", StringTensor({2}, {"layer/bias", "layer/kernel"}), kString),
      ConstNode("slices", StringTensor({2}, {"", ""}), kString),
      {"RestoreV2",
       "RestoreV2",
       {"file_prefix", "names:output:0", "slices:output:0"},
       {{"dtypes", Types({kFloat, kFloat})}}},
      Unary("Kernel", "Identity", "RestoreV2:tensors:1"),
      Unary("Bias", "Identity", "RestoreV2:tensors:0"),
      {"AssignW", "AssignVariableOp", {"w", "Kernel:output:0"}, {{"dtype", Type(kFloat)}}},
      {"AssignB", "AssignVariableOp", {"b", "Bias:output:0"}, {{"dtype", Type(kFloat)}}},
  };
  restore.returns = {{"identity", "file_prefix"}};
  model.functions = {wrapper, dense, restore};
  model.restore_op = "StatefulPartitionedCall_1";
  model.signatures["serving_default"] = {{{"x", {"serving_default_x:0", kFloat, {-1, 2}}}},
                                         {{"y", {"StatefulPartitionedCall:0", kFloat, {-1, 3}}}}};
  model.signatures["__saved_model_init_op"] = {};
  return model;
}

inline std::map<std::string, StoredTensor> DenseVariables() {
  return {{"layer/kernel", {kFloat, {2, 3}, Raw({1, 2, 3, 4, 5, 6})}}, {"layer/bias", {kFloat, {3}, Raw({7, 8, 9})}}};
}

inline void WriteModel(const std::string& folder, const ModelSpec& model,
                       const std::map<std::string, StoredTensor>& variables = {}) {
  WriteFile(folder + "/saved_model.pb", Encode(std::vector<ModelSpec>{model}));
  if (!variables.empty()) WriteBundle(folder + "/variables/variables", variables);
}

}  // namespace zeropoint::formats::saved_model::testing

#endif  // ZEROPOINT_TESTS_FORMATS_SAVED_MODEL_WRITER_H_
