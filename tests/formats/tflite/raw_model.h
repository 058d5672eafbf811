// Small .tflite files built with the generated schema, independently of our writer: what a test changes in RawModel
// goes into the file as it is, right or wrong.
#ifndef ZEROPOINT_TESTS_FORMATS_TFLITE_RAW_MODEL_H_
#define ZEROPOINT_TESTS_FORMATS_TFLITE_RAW_MODEL_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "schema/schema_generated.h"

namespace zeropoint::test {

struct RawTensor {
  std::string name;
  std::vector<int32_t> shape;
  int type = schema::TensorType_FLOAT32;
  uint32_t buffer = 0;
  std::vector<int32_t> shape_signature;
  std::vector<float> scale, min, max;
  std::vector<int64_t> zero_point;
  int axis = 0;
  int details = 0;
  bool is_variable = false, has_rank = true, sparse = false;
  uint32_t external_buffer = 0;
};

struct RawOperator {
  uint32_t code = 0;
  std::vector<int32_t> inputs, outputs;
  std::vector<uint8_t> custom_options, mutates;
  std::vector<int32_t> intermediates;
};

struct RawCode {
  int old_code = 0, code = 0;
  std::string custom;
  int version = 1;
};

struct RawGraph {
  std::string name = "main";
  std::vector<RawTensor> tensors;
  std::vector<int32_t> inputs, outputs;
  std::vector<RawOperator> operators;
};

struct RawBuffer {
  std::vector<uint8_t> data;
  uint64_t offset = 0, size = 0;
};

struct RawSignature {
  std::string key;
  uint32_t graph = 0;
  std::vector<std::pair<std::string, uint32_t>> inputs, outputs;
};

struct RawModel {
  uint32_t version = 3;
  std::string description;
  std::vector<RawCode> codes;
  std::vector<RawGraph> graphs;
  std::vector<RawBuffer> buffers;
  std::vector<RawSignature> signatures;
  std::vector<std::pair<std::string, uint32_t>> metadata;
};

inline constexpr int kCustomCode = 32;

namespace raw {

template <typename T, typename Item, typename Create>
auto List(flatbuffers::FlatBufferBuilder& b, const std::vector<Item>& items, Create create) {
  std::vector<flatbuffers::Offset<T>> tables;
  for (const Item& item : items) tables.push_back(create(item));
  return b.CreateVector(tables);
}

inline flatbuffers::Offset<schema::Tensor> Tensor(flatbuffers::FlatBufferBuilder& b, const RawTensor& t) {
  auto shape = b.CreateVector(t.shape), signature = b.CreateVector(t.shape_signature);
  auto min = b.CreateVector(t.min), max = b.CreateVector(t.max), scale = b.CreateVector(t.scale);
  auto zero_point = b.CreateVector(t.zero_point);
  auto details = t.details == 0 ? 0 : schema::CreateBlockwiseQuantization(b).Union();
  auto quantization = schema::CreateQuantizationParameters(
      b, min, max, scale, zero_point, static_cast<schema::QuantizationDetails>(t.details), details, t.axis);
  flatbuffers::Offset<schema::SparsityParameters> sparsity;
  if (t.sparse) sparsity = schema::CreateSparsityParameters(b);
  auto name = b.CreateString(t.name);
  return schema::CreateTensor(b, shape, static_cast<schema::TensorType>(t.type), t.buffer, name, quantization,
                              t.is_variable, sparsity, signature, t.has_rank, 0, t.external_buffer);
}

inline flatbuffers::Offset<schema::Operator> Operator(flatbuffers::FlatBufferBuilder& b, const RawOperator& o) {
  auto inputs = b.CreateVector(o.inputs), outputs = b.CreateVector(o.outputs);
  auto options = b.CreateVector(o.custom_options), mutates = b.CreateVector(o.mutates);
  auto intermediates = b.CreateVector(o.intermediates);
  return schema::CreateOperator(b, o.code, inputs, outputs, schema::BuiltinOptions_NONE, 0, options,
                                schema::CustomOptionsFormat_FLEXBUFFERS, mutates, intermediates);
}

inline auto TensorMaps(flatbuffers::FlatBufferBuilder& b, const std::vector<std::pair<std::string, uint32_t>>& list) {
  return List<schema::TensorMap>(b, list, [&](const auto& entry) {
    auto name = b.CreateString(entry.first);
    return schema::CreateTensorMap(b, name, entry.second);
  });
}

}  // namespace raw

inline Bytes Pack(const RawModel& m) {
  flatbuffers::FlatBufferBuilder b;
  auto codes = raw::List<schema::OperatorCode>(b, m.codes, [&](const RawCode& c) {
    auto custom = c.custom.empty() ? 0 : b.CreateString(c.custom);
    return schema::CreateOperatorCode(b, static_cast<int8_t>(c.old_code), custom, c.version,
                                      static_cast<schema::BuiltinOperator>(c.code));
  });
  auto graphs = raw::List<schema::SubGraph>(b, m.graphs, [&](const RawGraph& g) {
    auto tensors = raw::List<schema::Tensor>(b, g.tensors, [&](const RawTensor& t) { return raw::Tensor(b, t); });
    auto operators =
        raw::List<schema::Operator>(b, g.operators, [&](const RawOperator& o) { return raw::Operator(b, o); });
    auto inputs = b.CreateVector(g.inputs), outputs = b.CreateVector(g.outputs);
    auto name = b.CreateString(g.name);
    return schema::CreateSubGraph(b, tensors, inputs, outputs, operators, name);
  });
  auto buffers = raw::List<schema::Buffer>(b, m.buffers, [&](const RawBuffer& buffer) {
    auto data = buffer.data.empty() ? 0 : b.CreateVector(buffer.data);
    return schema::CreateBuffer(b, data, buffer.offset, buffer.size);
  });
  auto signatures = raw::List<schema::SignatureDef>(b, m.signatures, [&](const RawSignature& s) {
    auto inputs = raw::TensorMaps(b, s.inputs), outputs = raw::TensorMaps(b, s.outputs);
    auto key = b.CreateString(s.key);
    return schema::CreateSignatureDef(b, inputs, outputs, key, 0, s.graph);
  });
  auto metadata = raw::List<schema::Metadata>(b, m.metadata, [&](const auto& entry) {
    auto name = b.CreateString(entry.first);
    return schema::CreateMetadata(b, name, entry.second);
  });
  auto description = b.CreateString(m.description);
  schema::FinishModelBuffer(
      b, schema::CreateModel(b, m.version, codes, graphs, description, buffers, 0, metadata, signatures));
  return Bytes::Own({b.GetBufferPointer(), b.GetBufferPointer() + b.GetSize()});
}

// x[?,2] and the constant w[2] through the custom op "Mine" (version 3) to y, which is quantized; a third operand is
// absent. Tensors: x 0, w 1, y 2, an intermediate 3. Buffers: empty 0, w 1, metadata 2.
inline RawModel CustomModel() {
  RawModel model;
  model.description = "by hand";
  model.codes = {{.old_code = kCustomCode, .code = kCustomCode, .custom = "Mine", .version = 3}};
  RawGraph graph;
  graph.tensors = {
      {.name = "x", .shape = {1, 2}, .shape_signature = {-1, 2}},
      {.name = "w", .shape = {2}, .buffer = 1},
      {.name = "y",
       .shape = {1, 2},
       .type = schema::TensorType_INT8,
       .scale = {0.5f},
       .min = {-62.5f},
       .max = {65.0f},
       .zero_point = {-3}},
      {.name = "t", .shape = {0}},
  };
  graph.inputs = {0};
  graph.outputs = {2};
  graph.operators = {{.inputs = {0, 1, -1},
                      .outputs = {2},
                      .custom_options = {1, 2, 255},
                      .mutates = {0, 1, 0},
                      .intermediates = {3}}};
  model.graphs = {graph};
  model.buffers = {{}, {.data = {0, 0, 128, 63, 0, 0, 0, 64}}, {.data = {'n', 'o', 't', 'e'}}};
  model.signatures = {{.key = "serve", .inputs = {{"image", 0}}, .outputs = {{"label", 2}}}};
  model.metadata = {{"about", 2}};
  return model;
}

}  // namespace zeropoint::test

#endif  // ZEROPOINT_TESTS_FORMATS_TFLITE_RAW_MODEL_H_
