// .tflite to ir::Model.
//
// flatbuffers' verifier proves that no offset leaves the file; everything else that a file can get wrong (indices,
// codes, lengths) is checked here before it is used, and the graph's own invariants by ir::Verify at the end.
#include <algorithm>
#include <cstdint>
#include <limits>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "formats/tflite/flatbuffer_vectors.h"
#include "formats/tflite/options_codec.h"
#include "formats/tflite/tflite.h"
#include "ir/verifier.h"
#include "ops/op_def.h"
#include "schema/schema_generated.h"

namespace zeropoint::formats::tflite {
namespace {

using flatbuffers::uoffset_t;

constexpr uint32_t kSchemaVersion = 3;
constexpr absl::string_view kDefaultSignatureKey = "serving_default";
// Offset of the identifier, and the smallest size that has one.
constexpr size_t kIdentifierOffset = 4, kSmallestFile = 8;
// flatbuffers reads scalars in place, so the file must start on this boundary (of its widest scalar).
constexpr size_t kFileAlignment = 8;
// A buffer whose offset is above this lies in the file behind the flatbuffer (0: not used, 1: reserved by writers).
constexpr uint64_t kLargestReservedOffset = 1;

template <typename... Parts>
absl::Status Invalid(const Parts&... parts) {
  return absl::InvalidArgumentError(absl::StrCat(parts...));
}

template <typename... Parts>
absl::Status Unsupported(const Parts&... parts) {
  return absl::UnimplementedError(absl::StrCat(parts...));
}

// The same message and annotations as kInvalidArgument: a graph that a file describes wrongly is the file's mistake.
absl::Status BlameFile(const absl::Status& status) {
  if (status.ok()) return status;
  absl::Status blamed = absl::InvalidArgumentError(status.message());
  status.ForEachPayload([&](absl::string_view key, const absl::Cord& value) { blamed.SetPayload(key, value); });
  return blamed;
}

// The part that flatbuffers can address; what lies behind is reached through Buffer.offset.
size_t FlatbufferSize(const Bytes& file) { return std::min<size_t>(file.size(), FLATBUFFERS_MAX_BUFFER_SIZE - 1); }

absl::StatusOr<const schema::Model*> Open(const Bytes& file) {
  if (file.size() < kSmallestFile || !schema::ModelBufferHasIdentifier(file.data())) {
    absl::string_view head(reinterpret_cast<const char*>(file.data()), std::min(file.size(), kSmallestFile));
    return Invalid("not a .tflite file: no identifier \"", schema::ModelIdentifier(), "\" at byte ", kIdentifierOffset,
                   "; the file begins with \"", absl::CHexEscape(head), "\"");
  }
  flatbuffers::Verifier::Options limits;
  // Every table that a vector or field refers to costs the file an offset of four bytes.
  limits.max_tables = static_cast<uoffset_t>(FlatbufferSize(file) / sizeof(uoffset_t));
  flatbuffers::Verifier verifier(file.data(), FlatbufferSize(file), limits);
  if (!schema::VerifyModelBuffer(verifier)) return Invalid("broken .tflite file: truncated or corrupt");
  const schema::Model* model = schema::GetModel(file.data());
  if (model->version() != kSchemaVersion) {
    return Unsupported(".tflite schema version ", model->version(), "; only version ", kSchemaVersion, " can be read");
  }
  return model;
}

// One row of the file's table of op codes.
struct OpCode {
  std::string name;                 // "CONV_2D", "custom.Mine"
  const ops::OpDef* def = nullptr;  // null for custom ops and for builtins without a record
  bool is_custom = false;
  int version = 1;
};

OpCode ReadOpCode(const schema::OperatorCode& row) {
  // Old files have the first field only, new ones both.
  const int32_t code = std::max<int32_t>(row.deprecated_builtin_code(), row.builtin_code());
  OpCode op;
  op.version = row.version();
  if (code == schema::BuiltinOperator_CUSTOM) {
    op.is_custom = true;
    op.name = absl::StrCat(ops::kCustomPrefix, Text(row.custom_code()));
    return op;
  }
  op.def = ops::FindOpByCode(code);
  const bool known = code >= schema::BuiltinOperator_MIN && code <= schema::BuiltinOperator_MAX;
  op.name = known ? schema::EnumNameBuiltinOperator(static_cast<schema::BuiltinOperator>(code))
                  : absl::StrCat("builtin ", code);
  return op;
}

class ModelReader {
 public:
  ModelReader(const Bytes& file, const schema::Model& root) : file_(file), root_(root) {}

  absl::StatusOr<ir::Model> Run() {
    for (uoffset_t i = 0; i < Length(root_.operator_codes()); ++i) {
      codes_.push_back(ReadOpCode(*root_.operator_codes()->Get(i)));
    }
    ZP_RETURN_IF_ERROR(ReadBuffers());
    if (Length(root_.subgraphs()) == 0) return Invalid("the file has no subgraph");
    tells_rank_ = AnyTensorTellsRank();
    for (uoffset_t i = 0; i < root_.subgraphs()->size(); ++i) {
      ZP_ASSIGN_OR_RETURN(ir::Graph graph, ReadGraph(*root_.subgraphs()->Get(i)));
      model_.graphs.push_back(std::move(graph));
    }
    ZP_RETURN_IF_ERROR(ReadSignatures());
    ZP_RETURN_IF_ERROR(ReadMetadata());
    model_.description = Text(root_.description());
    ZP_RETURN_IF_ERROR(BlameFile(ir::Verify(model_)));
    return std::move(model_);
  }

 private:
  absl::Status ReadBuffers() {
    for (uoffset_t i = 0; i < Length(root_.buffers()); ++i) {
      const schema::Buffer& buffer = *root_.buffers()->Get(i);
      absl::StatusOr<Bytes> data = Bytes();
      if (buffer.offset() > kLargestReservedOffset) {
        data = FileRange(buffer.offset(), buffer.size());
        // The runtime would take the one inside, which whoever wrote the offset cannot have meant.
        if (data.ok() && Length(buffer.data()) > 0) return Invalid("buffer ", i, " has contents in two places");
      } else if (Length(buffer.data()) > 0) {
        data = Slice(file_, static_cast<size_t>(buffer.data()->Data() - file_.data()), buffer.data()->size());
      }
      if (!data.ok()) return Invalid("buffer ", i, " ", data.status().message());
      buffers_.push_back(*std::move(data));
    }
    return absl::OkStatus();
  }

  absl::StatusOr<Bytes> FileRange(uint64_t offset, uint64_t size) const {
    if (offset > file_.size() || size > file_.size() - offset) {
      return Invalid("lies outside the file: ", size, " bytes from byte ", offset, " on, but the file has ",
                     file_.size(), " bytes (cut off?)");
    }
    return Slice(file_, static_cast<size_t>(offset), static_cast<size_t>(size));
  }

  // Files older than the has_rank field never set it: an empty shape is a scalar there, and "rank unknown" otherwise.
  bool AnyTensorTellsRank() const {
    for (uoffset_t g = 0; g < root_.subgraphs()->size(); ++g) {
      const auto* tensors = root_.subgraphs()->Get(g)->tensors();
      for (uoffset_t i = 0; i < Length(tensors); ++i) {
        if (tensors->Get(i)->has_rank()) return true;
      }
    }
    return false;
  }

  absl::StatusOr<ir::Graph> ReadGraph(const schema::SubGraph& subgraph) {
    ir::Graph graph;
    graph.name = Text(subgraph.name());
    for (uoffset_t i = 0; i < Length(subgraph.tensors()); ++i) {
      const schema::Tensor& tensor = *subgraph.tensors()->Get(i);
      absl::StatusOr<ir::Value> value = ReadTensor(tensor);
      ZP_RETURN_IF_ERROR(Annotate(value.status(), Place::kTensor, Text(tensor.name())));
      graph.AddValue(*std::move(value));
    }
    graph.inputs = Elements(subgraph.inputs());
    graph.outputs = Elements(subgraph.outputs());
    ZP_RETURN_IF_ERROR(CheckTensorIndices(graph, graph.inputs, /*may_be_absent=*/false));
    ZP_RETURN_IF_ERROR(CheckTensorIndices(graph, graph.outputs, /*may_be_absent=*/false));
    for (uoffset_t i = 0; i < Length(subgraph.operators()); ++i) {
      ZP_RETURN_IF_ERROR(ReadOperator(*subgraph.operators()->Get(i), graph));
    }
    MarkEmptyConstants(graph);
    return graph;
  }

  absl::StatusOr<ir::Value> ReadTensor(const schema::Tensor& tensor) const {
    if (tensor.sparsity() != nullptr) return Unsupported("sparse tensors cannot be read yet");
    if (tensor.external_buffer() != 0) return Unsupported("tensors in external buffers cannot be read yet");
    if (Length(tensor.variant_tensors()) > 0) return Unsupported("variant tensors cannot be read yet");
    if (FindTraits(static_cast<int>(tensor.type())) == nullptr) {
      return Invalid("unknown tensor type ", static_cast<int>(tensor.type()));
    }
    if (tensor.buffer() >= buffers_.size() && tensor.buffer() != 0) {
      return Invalid("buffer ", tensor.buffer(), " of ", buffers_.size());
    }
    ir::Value value;
    value.name = Text(tensor.name());
    value.type = static_cast<ElementType>(tensor.type());
    value.is_variable = tensor.is_variable();
    if (tensor.buffer() < buffers_.size()) value.data = buffers_[tensor.buffer()];
    value.is_constant = !value.data.empty();
    if (value.is_constant && value.is_variable) return Unsupported("variable tensors with contents cannot be read yet");
    ZP_ASSIGN_OR_RETURN(value.shape, ReadShape(tensor, value.is_constant));
    if (tensor.quantization() != nullptr) {
      ZP_ASSIGN_OR_RETURN(value.quant, ReadQuantization(*tensor.quantization()));
    }
    return value;
  }

  absl::StatusOr<ir::Shape> ReadShape(const schema::Tensor& tensor, bool is_constant) const {
    const std::vector<int32_t> sizes = Elements(tensor.shape());
    const std::vector<int32_t> signature = Elements(tensor.shape_signature());
    if (sizes.empty() && signature.empty()) {
      const bool scalar = tensor.has_rank() || is_constant || !tells_rank_;
      return scalar ? ir::Shape() : ir::Shape::Unranked();
    }
    if (!signature.empty() && signature.size() != sizes.size()) {
      return Invalid("shape has ", sizes.size(), " dimensions but shape_signature ", signature.size());
    }
    ir::Shape shape;
    for (size_t i = 0; i < sizes.size(); ++i) {
      const bool unknown = !signature.empty() && signature[i] == ir::kDynamic;
      const int64_t size = unknown ? ir::kDynamic : sizes[i];
      if (size < 0 && size != ir::kDynamic) return Invalid("dimension ", i, " is ", size);
      shape.Append(size);
    }
    return shape;
  }

  static absl::StatusOr<ir::QuantParams> ReadQuantization(const schema::QuantizationParameters& table) {
    if (table.details_type() != schema::QuantizationDetails_NONE) {
      const char* name = table.details_type() <= schema::QuantizationDetails_MAX
                             ? schema::EnumNameQuantizationDetails(table.details_type())
                             : "unknown";
      return Unsupported("quantization details ", name, " cannot be read yet");
    }
    ir::QuantParams quant;
    quant.scale = Elements(table.scale());
    if (!quant.quantized()) return quant;  // ranges or zero points alone mean nothing
    quant.zero_point = Elements(table.zero_point());
    quant.axis = table.quantized_dimension();
    quant.min = Elements(table.min());
    quant.max = Elements(table.max());
    for (std::vector<float>* bounds : {&quant.min, &quant.max}) {
      if (bounds->size() != quant.scale.size()) bounds->clear();
    }
    return quant;
  }

  static absl::Status CheckTensorIndices(const ir::Graph& graph, const std::vector<int32_t>& indices,
                                         bool may_be_absent) {
    for (int32_t index : indices) {
      if (index == ir::kNoValue && may_be_absent) continue;
      if (index < 0 || index >= graph.num_values()) return Invalid("tensor ", index, " of ", graph.num_values());
    }
    return absl::OkStatus();
  }

  absl::Status ReadOperator(const schema::Operator& table, ir::Graph& graph) const {
    std::vector<int32_t> inputs = Elements(table.inputs()), outputs = Elements(table.outputs());
    ir::NodeInfo info;
    info.intermediates = Elements(table.intermediates());
    ZP_RETURN_IF_ERROR(CheckTensorIndices(graph, outputs, /*may_be_absent=*/false));
    ZP_RETURN_IF_ERROR(CheckTensorIndices(graph, inputs, /*may_be_absent=*/true));
    ZP_RETURN_IF_ERROR(CheckTensorIndices(graph, info.intermediates, /*may_be_absent=*/true));
    if (table.opcode_index() >= codes_.size()) return Invalid("op code ", table.opcode_index(), " of ", codes_.size());
    const OpCode& code = codes_[table.opcode_index()];
    info.name = outputs.empty() ? code.name : graph.value(outputs.front()).name;
    absl::Status status = ReadNode(table, code, info);
    if (!status.ok()) return Annotate(Annotate(status, Place::kNode, info.name), Place::kOp, code.name);
    graph.AddNode(std::move(info), std::move(inputs), std::move(outputs));
    return absl::OkStatus();
  }

  absl::Status ReadNode(const schema::Operator& table, const OpCode& code, ir::NodeInfo& info) const {
    if (code.def == nullptr && !code.is_custom) return Unsupported("op ", code.name, " is not supported yet");
    if (code.version < 1) return Invalid("op version ", code.version);
    info.op = code.name;
    info.version = code.version;
    for (uint8_t flag : Elements(table.mutating_variable_inputs())) info.mutates.push_back(flag != 0);
    if (code.is_custom) return ReadCustomOptions(table, info);
    // A table of another type than the op's is ignored, as the runtime does.
    ReadOptions(OptionsTable(table, code.def->options), code.def->options, info.attrs);
    return absl::OkStatus();
  }

  static const flatbuffers::Table* OptionsTable(const schema::Operator& op, const ops::OptionsSpec& spec) {
    const int type =
        spec.second ? static_cast<int>(op.builtin_options_2_type()) : static_cast<int>(op.builtin_options_type());
    if (type != spec.table) return nullptr;
    return static_cast<const flatbuffers::Table*>(spec.second ? op.builtin_options_2() : op.builtin_options());
  }

  absl::Status ReadCustomOptions(const schema::Operator& table, ir::NodeInfo& info) const {
    info.custom_options = Elements(table.custom_options());
    if (table.large_custom_options_offset() <= kLargestReservedOffset) return absl::OkStatus();
    absl::StatusOr<Bytes> behind = FileRange(table.large_custom_options_offset(), table.large_custom_options_size());
    if (!behind.ok()) return Invalid("the region of its custom options ", behind.status().message());
    info.custom_options.assign(behind->data(), behind->data() + behind->size());
    return absl::OkStatus();
  }

  // A constant without elements has no contents to be told by: what nothing computes and has no elements is one.
  static void MarkEmptyConstants(ir::Graph& graph) {
    for (ir::ValueId id = 0; id < graph.num_values(); ++id) {
      ir::Value& value = graph.value(id);
      const bool read = graph.NumUses(id) > 0;
      if (read && graph.producer(id) == ir::kNoNode && !value.is_variable && !graph.IsGraphInput(id) &&
          value.shape.NumElements() == 0) {
        value.is_constant = true;
      }
    }
  }

  absl::Status ReadSignatures() {
    for (uoffset_t i = 0; i < Length(root_.signature_defs()); ++i) {
      const schema::SignatureDef& def = *root_.signature_defs()->Get(i);
      ir::Signature signature;
      signature.key = def.signature_key() == nullptr ? std::string(kDefaultSignatureKey) : Text(def.signature_key());
      if (def.subgraph_index() >= model_.graphs.size()) {
        return Annotate(Invalid("subgraph ", def.subgraph_index(), " of ", model_.graphs.size()), Place::kSignature,
                        signature.key);
      }
      signature.graph = static_cast<int>(def.subgraph_index());
      absl::Status status = ReadTensorMaps(def.inputs(), signature.graph, signature.inputs);
      status.Update(ReadTensorMaps(def.outputs(), signature.graph, signature.outputs));
      ZP_RETURN_IF_ERROR(Annotate(status, Place::kSignature, signature.key));
      model_.signatures.push_back(std::move(signature));
    }
    return absl::OkStatus();
  }

  using TensorMaps = flatbuffers::Vector<flatbuffers::Offset<schema::TensorMap>>;
  absl::Status ReadTensorMaps(const TensorMaps* maps, int graph, std::vector<ir::NamedValue>& list) const {
    const uint32_t count = static_cast<uint32_t>(model_.graphs[static_cast<size_t>(graph)].num_values());
    for (uoffset_t i = 0; i < Length(maps); ++i) {
      const schema::TensorMap& map = *maps->Get(i);
      if (map.tensor_index() >= count) return Invalid("tensor ", map.tensor_index(), " of ", count);
      list.push_back({Text(map.name()), static_cast<ir::ValueId>(map.tensor_index())});
    }
    return absl::OkStatus();
  }

  absl::Status ReadMetadata() {
    for (uoffset_t i = 0; i < Length(root_.metadata()); ++i) {
      const schema::Metadata& entry = *root_.metadata()->Get(i);
      if (entry.buffer() >= buffers_.size()) {
        return Invalid("metadata \"", Text(entry.name()), "\" is in buffer ", entry.buffer(), " of ", buffers_.size());
      }
      model_.metadata.push_back({Text(entry.name()), buffers_[entry.buffer()]});
    }
    return absl::OkStatus();
  }

  const Bytes& file_;
  const schema::Model& root_;
  std::vector<OpCode> codes_;
  std::vector<Bytes> buffers_;
  bool tells_rank_ = false;
  ir::Model model_;
};

absl::StatusOr<ir::Model> ReadAligned(const Bytes& file) {
  ZP_ASSIGN_OR_RETURN(const schema::Model* root, Open(file));
  return ModelReader(file, *root).Run();
}

}  // namespace

// Keras' own files hold layers in Python's terms, which only Keras can turn into a graph.
absl::Status RefuseKerasFile(const std::string& path) {
  for (absl::string_view suffix : {".keras", ".h5", ".hdf5"}) {
    if (!absl::EndsWithIgnoreCase(path, suffix)) continue;
    return absl::InvalidArgumentError(
        absl::StrCat("a ", suffix, " file needs Keras to become a graph; export it as a SavedModel with: ",
                     "python -c \"import keras; keras.models.load_model('", path, "').export('saved_model')\""));
  }
  return absl::OkStatus();
}

absl::StatusOr<ir::Model> Read(const Bytes& file, const std::string& source) {
  absl::Status keras = RefuseKerasFile(source);
  if (!keras.ok()) return Annotate(keras, Place::kFile, source);
  const bool aligned = reinterpret_cast<uintptr_t>(file.data()) % kFileAlignment == 0;
  absl::StatusOr<ir::Model> model = ReadAligned(aligned ? file : Bytes::Of(file.span()));
  if (!model.ok()) return Annotate(model.status(), Place::kFile, source);
  model->source = source;
  return model;
}

}  // namespace zeropoint::formats::tflite
