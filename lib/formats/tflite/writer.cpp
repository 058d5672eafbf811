// ir::Model to .tflite.
//
// The order in which things enter the builder depends on the model alone, so the same model gives the same bytes.
// Vectors, strings and constants that occur more than once are stored once.
//
// Large constants never enter the builder's memory. It is reserved in one piece, of which the system gives only the
// pages that are written to, and where a large constant belongs nothing is: the file is handed out in parts, from the
// builder and from the constants in turn.
//
// A model that is too large for a flatbuffer has its large constants behind it. Where that is, is known when the
// flatbuffer is complete: until then its tables hold a place for the offset.
#include <algorithm>
#include <limits>
#include <map>
#include <memory>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "base/file.h"
#include "formats/tflite/custom_options.h"
#include "formats/tflite/options_codec.h"
#include "formats/tflite/tflite.h"
#include "ops/op_def.h"
#include "schema/schema_generated.h"

namespace zeropoint::formats::tflite {
namespace {

using flatbuffers::Offset;
template <typename T>
using Vector = flatbuffers::Vector<T>;

constexpr uint32_t kSchemaVersion = 3;
// Kernels read constants in place with wide loads.
constexpr size_t kDataAlignment = 16;
// What deprecated_builtin_code, a byte, says of codes beyond its range.
constexpr int32_t kLargestOldCode = schema::BuiltinOperator_PLACEHOLDER_FOR_GREATER_OP_CODES;
// Any number but the default, which the builder would leave out: the real one takes its place. This one means "none".
constexpr uint64_t kOffsetToCome = 1;
// Constants from this size on are parts of their own; smaller ones would save less than a page each.
constexpr size_t kLeastPart = 16384;
// Generous bounds on the bytes around the data, for the check against the limit of flatbuffers.
constexpr uint64_t kBytesPerTensor = 256, kBytesPerChannel = 24, kBytesPerNode = 256, kBytesPerOperand = 8;

// The values that the file lists: those that something mentions, in the order of their ids.
std::vector<bool> Mentioned(const ir::Model& model, int graph_index) {
  const ir::Graph& graph = model.graphs[static_cast<size_t>(graph_index)];
  std::vector<bool> mentioned(static_cast<size_t>(graph.num_values()), false);
  auto mention = [&](ir::ValueId id) {
    if (id != ir::kNoValue) mentioned[static_cast<size_t>(id)] = true;
  };
  for (ir::ValueId id : graph.inputs) mention(id);
  for (ir::ValueId id : graph.outputs) mention(id);
  for (ir::NodeId id = graph.first(); id != ir::kNoNode; id = graph.next(id)) {
    const ir::Node& node = graph.node(id);
    for (ir::ValueId in : node.inputs()) mention(in);
    for (ir::ValueId out : node.outputs()) mention(out);
    for (ir::ValueId scratch : node.info.intermediates) mention(scratch);
  }
  for (const ir::Signature& signature : model.signatures) {
    if (signature.graph != graph_index) continue;
    for (const ir::NamedValue& named : signature.inputs) mention(named.value);
    for (const ir::NamedValue& named : signature.outputs) mention(named.value);
  }
  return mentioned;
}

struct PooledBuffer {
  Bytes data;
  bool movable = false;  // may lie behind the flatbuffer
};

// Constants by content; index 0 is the empty buffer.
class BufferPool {
 public:
  uint32_t Add(const Bytes& data) {
    if (data.empty()) return 0;
    const std::string_view contents(reinterpret_cast<const char*>(data.data()), data.size());
    auto [at, is_new] = index_.emplace(contents, static_cast<uint32_t>(buffers_.size()));
    if (is_new) Append({data, data.size() >= kLeastPart});
    return at->second;
  }
  // Not shared with an equal constant, since tools replace metadata in place, nor movable, since runtimes look for
  // metadata inside the flatbuffer only.
  uint32_t AddMetadata(const Bytes& data) {
    Append({data, false});
    return static_cast<uint32_t>(buffers_.size() - 1);
  }
  const std::vector<PooledBuffer>& buffers() const { return buffers_; }
  // Bounds on what the contents take in the file.
  uint64_t bytes() const { return bytes_; }
  uint64_t movable_bytes() const { return movable_bytes_; }

 private:
  void Append(PooledBuffer buffer) {
    bytes_ += buffer.data.size() + kDataAlignment;
    if (buffer.movable) movable_bytes_ += buffer.data.size();
    buffers_.push_back(std::move(buffer));
  }

  std::vector<PooledBuffer> buffers_ = {PooledBuffer()};
  std::unordered_map<std::string_view, uint32_t> index_;  // only looked up, so its order does not matter
  uint64_t bytes_ = 0, movable_bytes_ = 0;
};

uint64_t PaddingAt(uint64_t position) { return (kDataAlignment - position % kDataAlignment) % kDataAlignment; }

class ModelWriter {
 public:
  ModelWriter(const ir::Model& model, const Layout& layout) : model_(model), layout_(layout) {}

  absl::StatusOr<std::vector<Bytes>> Run() {
    ListTensors();
    ZP_ASSIGN_OR_RETURN(const size_t most_bytes, CheckSize());
    // At once: memory that grows is copied, and what is copied is used.
    builder_ = flatbuffers::FlatBufferBuilder(most_bytes);
    const auto buffers = WriteBuffers();
    std::vector<Offset<schema::SubGraph>> subgraphs;
    for (size_t i = 0; i < model_.graphs.size(); ++i) {
      ZP_ASSIGN_OR_RETURN(Offset<schema::SubGraph> subgraph, WriteGraph(i));
      subgraphs.push_back(subgraph);
    }
    const auto signatures = WriteSignatures();
    const auto metadata = WriteMetadata();
    const auto codes = WriteOpCodes();
    const auto graphs = builder_.CreateVector(subgraphs);
    const auto description = String(model_.description);
    schema::ModelBuilder root(builder_);
    root.add_version(kSchemaVersion);
    root.add_operator_codes(codes);
    root.add_subgraphs(graphs);
    root.add_description(description);
    root.add_buffers(buffers);
    root.add_metadata(metadata);
    root.add_signature_defs(signatures);
    schema::FinishModelBuffer(builder_, root.Finish());
    return moves_out_ ? PartsWithConstantsBehind() : Parts();
  }

 private:
  // Gives every tensor its index and every constant its buffer; metadata come last.
  void ListTensors() {
    for (size_t g = 0; g < model_.graphs.size(); ++g) {
      const ir::Graph& graph = model_.graphs[g];
      tensor_index_.push_back(TensorIndices(model_, static_cast<int>(g)));
      for (ir::ValueId id = 0; id < graph.num_values(); ++id) {
        const bool listed = tensor_index_.back()[static_cast<size_t>(id)] != ir::kNoValue;
        if (listed && graph.value(id).is_constant) (void)pool_.Add(graph.value(id).data);
      }
    }
    for (const ir::Metadata& metadata : model_.metadata) metadata_buffers_.push_back(pool_.AddMetadata(metadata.data));
  }

  // flatbuffers aborts when it runs past its limit, so the size is bounded before building.
  absl::StatusOr<size_t> CheckSize() {
    uint64_t bytes = kLeastPart + pool_.bytes();
    for (const ir::Graph& graph : model_.graphs) {
      for (ir::ValueId id = 0; id < graph.num_values(); ++id) {
        const ir::Value& value = graph.value(id);
        bytes += kBytesPerTensor + value.name.size() + kBytesPerChannel * value.quant.scale.size();
      }
      for (ir::NodeId id = graph.first(); id != ir::kNoNode; id = graph.next(id)) {
        const ir::Node& node = graph.node(id);
        bytes += kBytesPerNode + node.info.custom_options.size() +
                 kBytesPerOperand * (node.inputs().size() + node.outputs().size());
      }
    }
    moves_out_ = bytes > layout_.largest_flatbuffer;
    if (moves_out_) bytes -= pool_.movable_bytes();
    // The builder's own limit, whatever the layout says.
    if (bytes < FLATBUFFERS_MAX_BUFFER_SIZE) return static_cast<size_t>(bytes);
    return absl::ResourceExhaustedError(absl::StrCat("the model needs about ", bytes,
                                                     " bytes without its large constants, more than the ",
                                                     kLargestFlatbuffer, " of a .tflite file"));
  }

  Offset<Vector<Offset<schema::Buffer>>> WriteBuffers() {
    std::vector<Offset<schema::Buffer>> tables;
    for (const auto& [data, movable] : pool_.buffers()) {
      Offset<Vector<uint8_t>> contents;
      if (moves_out_ && movable) {
        tables.push_back(schema::CreateBuffer(builder_, 0, kOffsetToCome, data.size()));
        continue;
      }
      if (!data.empty()) {
        builder_.ForceVectorAlignment(data.size(), sizeof(uint8_t), kDataAlignment);
        contents = data.size() < kLeastPart ? builder_.CreateVector(data.data(), data.size()) : LeaveOut(data);
      }
      tables.push_back(schema::CreateBuffer(builder_, contents));
    }
    return builder_.CreateVector(tables);
  }

  Offset<Vector<uint8_t>> LeaveOut(const Bytes& data) {
    uint8_t* place = nullptr;
    const Offset<Vector<uint8_t>> contents = builder_.CreateUninitializedVector<uint8_t>(data.size(), &place);
    // The builder writes from the end: what it has so far is behind the place.
    left_out_.push_back({data, builder_.GetSize() - sizeof(flatbuffers::uoffset_t)});
    return contents;
  }

  std::vector<Bytes> Parts() {
    const size_t size = builder_.GetSize();
    const auto file = std::make_shared<const flatbuffers::DetachedBuffer>(builder_.Release());
    std::vector<Bytes> parts;
    size_t at = 0;
    for (auto left = left_out_.rbegin(); left != left_out_.rend(); ++left) {
      const size_t begin = size - left->from_end;
      parts.emplace_back(file, file->data() + at, begin - at);
      parts.push_back(left->data);
      at = begin + left->data.size();
    }
    parts.emplace_back(file, file->data() + at, size - at);
    return parts;
  }

  // The flatbuffer, then the constants in the order of their buffers, each on the boundary that kernels want.
  std::vector<Bytes> PartsWithConstantsBehind() {
    uint64_t end = builder_.GetSize();
    auto& tables = *flatbuffers::GetMutableRoot<schema::Model>(builder_.GetBufferPointer())->buffers();
    std::vector<Bytes> behind;
    for (size_t i = 0; i < pool_.buffers().size(); ++i) {
      const auto& [data, movable] = pool_.buffers()[i];
      if (!movable) continue;
      if (const size_t padding = PaddingAt(end); padding > 0) {
        behind.push_back(Bytes::Own(std::vector<uint8_t>(padding)));
        end += padding;
      }
      // The table is the builder's and not const there; the generated accessors only read.
      auto* table = const_cast<flatbuffers::Table*>(
          reinterpret_cast<const flatbuffers::Table*>(tables.Get(static_cast<flatbuffers::uoffset_t>(i))));
      table->SetField<uint64_t>(schema::Buffer::VT_OFFSET, end, 0);
      behind.push_back(data);
      end += data.size();
    }
    std::vector<Bytes> parts = Parts();
    parts.insert(parts.end(), behind.begin(), behind.end());
    return parts;
  }

  absl::StatusOr<Offset<schema::SubGraph>> WriteGraph(size_t index) {
    const ir::Graph& graph = model_.graphs[index];
    indices_ = &tensor_index_[index];
    std::vector<Offset<schema::Tensor>> tensors;
    for (ir::ValueId id = 0; id < graph.num_values(); ++id) {
      if ((*indices_)[static_cast<size_t>(id)] == ir::kNoValue) continue;
      absl::StatusOr<Offset<schema::Tensor>> tensor = WriteTensor(graph.value(id));
      ZP_RETURN_IF_ERROR(Annotate(tensor.status(), Place::kTensor, graph.value(id).name));
      tensors.push_back(*tensor);
    }
    std::vector<Offset<schema::Operator>> operators;
    for (ir::NodeId id = graph.first(); id != ir::kNoNode; id = graph.next(id)) {
      const ir::Node& node = graph.node(id);
      absl::StatusOr<Offset<schema::Operator>> op = WriteNode(node);
      if (!op.ok()) return Annotate(Annotate(op.status(), Place::kNode, node.info.name), Place::kOp, node.op());
      operators.push_back(*op);
    }
    const auto tensor_list = builder_.CreateVector(tensors);
    const auto operator_list = builder_.CreateVector(operators);
    const auto inputs = Indices(graph.inputs), outputs = Indices(graph.outputs);
    return schema::CreateSubGraph(builder_, tensor_list, inputs, outputs, operator_list, String(graph.name));
  }

  absl::StatusOr<Offset<schema::Tensor>> WriteTensor(const ir::Value& value) {
    std::vector<int32_t> sizes, signature;
    for (int64_t dim : value.shape.dims()) {
      if (dim > std::numeric_limits<int32_t>::max()) {
        return absl::ResourceExhaustedError(absl::StrCat("dimension ", dim, " does not fit a .tflite file"));
      }
      sizes.push_back(dim == ir::kDynamic ? 1 : static_cast<int32_t>(dim));
      signature.push_back(static_cast<int32_t>(dim));
    }
    const auto shape = Ints(sizes);
    const auto shape_signature = value.shape.ranked() && !value.shape.IsStatic() ? Ints(signature) : 0;
    const auto name = String(value.name);
    const auto quantization = WriteQuantization(value.quant);
    schema::TensorBuilder tensor(builder_);
    tensor.add_shape(shape);
    tensor.add_type(static_cast<schema::TensorType>(value.type));
    tensor.add_buffer(value.is_constant ? pool_.Add(value.data) : 0);
    tensor.add_name(name);
    tensor.add_quantization(quantization);
    tensor.add_is_variable(value.is_variable);
    tensor.add_shape_signature(shape_signature);
    tensor.add_has_rank(value.shape.ranked());
    return tensor.Finish();
  }

  Offset<schema::QuantizationParameters> WriteQuantization(const ir::QuantParams& quant) {
    if (!quant.quantized()) return 0;
    const auto min = Floats(quant.min), max = Floats(quant.max), scale = Floats(quant.scale);
    const auto zero_point = Shared(quant.zero_point, zero_points_);
    const auto key = std::make_tuple(scale.o, zero_point.o, min.o, max.o, quant.axis);
    Offset<schema::QuantizationParameters>& table = quantizations_[key];
    if (table.IsNull()) {
      table = schema::CreateQuantizationParameters(builder_, min, max, scale, zero_point,
                                                   schema::QuantizationDetails_NONE, 0, quant.axis);
    }
    return table;
  }

  absl::StatusOr<Offset<schema::Operator>> WriteNode(const ir::Node& node) {
    const ir::NodeInfo& info = node.info;
    const bool is_custom = absl::StartsWith(info.op, ops::kCustomPrefix);
    const ops::OpDef* def = ops::FindOp(info.op);
    if (def == nullptr && !is_custom) return absl::InternalError("the op has no form in a .tflite file");

    const auto inputs = Indices(node.inputs()), outputs = Indices(node.outputs());
    const auto intermediates = info.intermediates.empty() ? 0 : Indices(info.intermediates);
    Offset<Vector<uint8_t>> custom_options, mutates;
    if (!info.custom_options.empty()) {
      custom_options = builder_.CreateVector(info.custom_options);
    } else if (is_custom && !info.attrs.all().empty()) {
      custom_options = builder_.CreateVector(CustomOptions(info.attrs));
    }
    if (!info.mutates.empty()) {
      mutates = builder_.CreateVector(std::vector<uint8_t>(info.mutates.begin(), info.mutates.end()));
    }
    Offset<void> options;
    if (def != nullptr) {
      ZP_ASSIGN_OR_RETURN(options, WriteOptions(info.attrs, def->options, builder_));
    }
    schema::OperatorBuilder op(builder_);
    op.add_opcode_index(OpCode(info, def));
    op.add_inputs(inputs);
    op.add_outputs(outputs);
    if (!options.IsNull() && def->options.second) {
      op.add_builtin_options_2_type(static_cast<schema::BuiltinOptions2>(def->options.table));
      op.add_builtin_options_2(options);
    } else if (!options.IsNull()) {
      op.add_builtin_options_type(static_cast<schema::BuiltinOptions>(def->options.table));
      op.add_builtin_options(options);
    }
    op.add_custom_options(custom_options);
    op.add_mutating_variable_inputs(mutates);
    op.add_intermediates(intermediates);
    return op.Finish();
  }

  struct OpCodeRow {
    int32_t code;
    std::string custom;
    int version;
  };

  uint32_t OpCode(const ir::NodeInfo& info, const ops::OpDef* def) {
    auto [at, is_new] =
        code_index_.emplace(std::make_pair(info.op, info.version), static_cast<uint32_t>(codes_.size()));
    if (is_new && def != nullptr) codes_.push_back({def->code, "", info.version});
    if (is_new && def == nullptr) {
      absl::string_view custom = absl::StripPrefix(info.op, ops::kCustomPrefix);
      codes_.push_back({schema::BuiltinOperator_CUSTOM, std::string(custom), info.version});
    }
    return at->second;
  }

  Offset<Vector<Offset<schema::OperatorCode>>> WriteOpCodes() {
    std::vector<Offset<schema::OperatorCode>> tables;
    for (const OpCodeRow& row : codes_) {
      tables.push_back(schema::CreateOperatorCode(builder_, static_cast<int8_t>(std::min(row.code, kLargestOldCode)),
                                                  String(row.custom), row.version,
                                                  static_cast<schema::BuiltinOperator>(row.code)));
    }
    return builder_.CreateVector(tables);
  }

  Offset<Vector<Offset<schema::SignatureDef>>> WriteSignatures() {
    std::vector<Offset<schema::SignatureDef>> tables;
    for (const ir::Signature& signature : model_.signatures) {
      indices_ = &tensor_index_[static_cast<size_t>(signature.graph)];
      const auto inputs = TensorMaps(signature.inputs), outputs = TensorMaps(signature.outputs);
      tables.push_back(schema::CreateSignatureDef(builder_, inputs, outputs, String(signature.key), 0,
                                                  static_cast<uint32_t>(signature.graph)));
    }
    return tables.empty() ? 0 : builder_.CreateVector(tables);
  }

  Offset<Vector<Offset<schema::TensorMap>>> TensorMaps(std::vector<ir::NamedValue> list) {
    std::stable_sort(list.begin(), list.end(),
                     [](const ir::NamedValue& a, const ir::NamedValue& b) { return a.name < b.name; });
    std::vector<Offset<schema::TensorMap>> tables;
    for (const ir::NamedValue& named : list) {
      tables.push_back(
          schema::CreateTensorMap(builder_, String(named.name), static_cast<uint32_t>(Index(named.value))));
    }
    return builder_.CreateVector(tables);
  }

  Offset<Vector<Offset<schema::Metadata>>> WriteMetadata() {
    std::vector<Offset<schema::Metadata>> tables;
    for (size_t i = 0; i < model_.metadata.size(); ++i) {
      tables.push_back(schema::CreateMetadata(builder_, String(model_.metadata[i].name), metadata_buffers_[i]));
    }
    return tables.empty() ? 0 : builder_.CreateVector(tables);
  }

  int32_t Index(ir::ValueId id) const {
    return id == ir::kNoValue ? ir::kNoValue : (*indices_)[static_cast<size_t>(id)];
  }

  Offset<Vector<int32_t>> Indices(absl::Span<const ir::ValueId> ids) {
    std::vector<int32_t> indices;
    for (ir::ValueId id : ids) indices.push_back(Index(id));
    return Shared(indices, ints_);
  }

  // Empty strings and vectors are not written: absent means the same.
  Offset<flatbuffers::String> String(const std::string& text) {
    return text.empty() ? Offset<flatbuffers::String>() : builder_.CreateSharedString(text);
  }
  Offset<Vector<int32_t>> Ints(const std::vector<int32_t>& list) {
    return list.empty() ? Offset<Vector<int32_t>>() : Shared(list, ints_);
  }
  Offset<Vector<float>> Floats(const std::vector<float>& list) {
    if (list.empty()) return 0;
    // By bit pattern, so that zeros of both signs and NaN keep theirs.
    const absl::string_view bits(reinterpret_cast<const char*>(list.data()), list.size() * sizeof(float));
    Offset<Vector<float>>& at = floats_[std::string(bits)];
    if (at.IsNull()) at = builder_.CreateVector(list);
    return at;
  }
  template <typename T>
  Offset<Vector<T>> Shared(const std::vector<T>& list, std::map<std::vector<T>, Offset<Vector<T>>>& known) {
    Offset<Vector<T>>& at = known[list];
    if (at.IsNull()) at = builder_.CreateVector(list);
    return at;
  }

  // A large constant, and how far its first byte is from the end of the file.
  struct LeftOut {
    Bytes data;
    size_t from_end;
  };

  const ir::Model& model_;
  const Layout layout_;
  flatbuffers::FlatBufferBuilder builder_;
  bool moves_out_ = false;         // large constants lie behind the flatbuffer
  std::vector<LeftOut> left_out_;  // the last in the file first
  BufferPool pool_;
  std::vector<std::vector<int32_t>> tensor_index_;  // by graph and value; kNoValue when not written
  const std::vector<int32_t>* indices_ = nullptr;   // of the graph being written
  std::vector<uint32_t> metadata_buffers_;
  std::vector<OpCodeRow> codes_;  // in order of first use
  std::map<std::pair<std::string, int>, uint32_t> code_index_;
  std::map<std::vector<int32_t>, Offset<Vector<int32_t>>> ints_;
  std::map<std::vector<int64_t>, Offset<Vector<int64_t>>> zero_points_;
  std::map<std::string, Offset<Vector<float>>> floats_;
  using QuantKey = std::tuple<uint32_t, uint32_t, uint32_t, uint32_t, int>;
  std::map<QuantKey, Offset<schema::QuantizationParameters>> quantizations_;
};

}  // namespace

std::vector<int32_t> TensorIndices(const ir::Model& model, int graph) {
  const std::vector<bool> mentioned = Mentioned(model, graph);
  std::vector<int32_t> index(mentioned.size(), ir::kNoValue);
  int32_t count = 0;
  for (size_t id = 0; id < mentioned.size(); ++id) {
    if (mentioned[id]) index[id] = count++;
  }
  return index;
}

absl::StatusOr<std::vector<Bytes>> WriteParts(const ir::Model& model, const Layout& layout) {
  return ModelWriter(model, layout).Run();
}

absl::StatusOr<std::vector<uint8_t>> Write(const ir::Model& model, const Layout& layout) {
  ZP_ASSIGN_OR_RETURN(const std::vector<Bytes> parts, WriteParts(model, layout));
  return Joined(parts);
}

}  // namespace zeropoint::formats::tflite
