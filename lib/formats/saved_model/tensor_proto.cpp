// TensorFlow's data types and the elements of a TensorProto.
#include <cstring>
#include <limits>

#include "base/file.h"
#include "formats/saved_model/graph_def.h"
#include "formats/saved_model/wire.h"

namespace zeropoint::formats::saved_model {
namespace {

using T = ElementType;

// The bit TF sets in the type of a reference to a variable (types.proto, kDataTypeRefOffset).
constexpr int kReferenceOffset = 100;
// A constant may repeat one element up to its shape: this much is the most a flatbuffer could hold anyway.
constexpr size_t kMaxConstantBytes = size_t{1} << 31;
// Repeating a string costs far more than its bytes in the file; nobody's vocabulary is one word this many times.
constexpr size_t kMaxRepeatedStrings = size_t{1} << 20;

struct DataTypeRow {
  int number;  // tensorflow.DataType
  absl::string_view name;
  std::optional<ElementType> type;
};

constexpr DataTypeRow kDataTypes[] = {
    {1, "float", T::kFloat32},
    {2, "double", T::kFloat64},
    {3, "int32", T::kInt32},
    {4, "uint8", T::kUInt8},
    {5, "int16", T::kInt16},
    {6, "int8", T::kInt8},
    {7, "string", T::kString},
    {8, "complex64", T::kComplex64},
    {9, "int64", T::kInt64},
    {10, "bool", T::kBool},
    {11, "qint8", std::nullopt},
    {12, "quint8", std::nullopt},
    {13, "qint32", std::nullopt},
    {14, "bfloat16", T::kBFloat16},
    {15, "qint16", std::nullopt},
    {16, "quint16", std::nullopt},
    {17, "uint16", T::kUInt16},
    {18, "complex128", T::kComplex128},
    {19, "half", T::kFloat16},
    {20, "resource", T::kResource},
    {21, "variant", T::kVariant},
    {22, "uint32", T::kUInt32},
    {23, "uint64", T::kUInt64},
    {24, "float8_e5m2", T::kFloat8E5M2},
    {25, "float8_e4m3fn", T::kFloat8E4M3},
    {29, "int4", T::kInt4},
    {30, "uint4", T::kUInt4},
    {31, "int2", T::kInt2},
    {32, "uint2", std::nullopt},
};

const DataTypeRow* FindDataType(int number) {
  for (const DataTypeRow& row : kDataTypes) {
    if (row.number == number) return &row;
  }
  return nullptr;
}

// Field numbers of TensorProto's typed lists.
constexpr uint32_t kFloatVal = 5, kDoubleVal = 6, kIntVal = 7, kStringVal = 8, kComplexFloatVal = 9, kInt64Val = 10,
                   kBoolVal = 11, kComplexDoubleVal = 12, kHalfVal = 13, kUInt32Val = 16, kUInt64Val = 17,
                   kFloat8Val = 18;

struct TensorProto {
  int data_type = kDtInvalid;
  ir::Shape shape;
  absl::string_view content;
};

TensorProto ParseTensorHead(absl::string_view encoded) {
  TensorProto tensor;
  protozero::pbf_reader message = Message(encoded);
  while (message.next()) {
    switch (message.tag_and_type()) {
      case Field(1, kVarint):
        tensor.data_type = message.get_enum();
        break;
      case Field(2, kLength):
        tensor.shape = ParseShape(View(message));
        break;
      case Field(4, kLength):
        tensor.content = View(message);
        break;
      default:
        message.skip();
    }
  }
  return tensor;
}

template <typename Stored>
void Append(std::vector<uint8_t>& bytes, Stored element) {
  size_t at = bytes.size();
  bytes.resize(at + sizeof(element));
  std::memcpy(bytes.data() + at, &element, sizeof(element));
}

// Appends the elements of one field, packed or single, to `bytes` as elements of type Stored.
template <typename Stored, typename Read>
void ReadVarints(absl::string_view encoded, uint32_t field, std::vector<uint8_t>& bytes, const Read& read) {
  protozero::pbf_reader message = Message(encoded);
  while (message.next()) {
    if (message.tag_and_type() == Field(field, kVarint)) {
      Append(bytes, static_cast<Stored>(read(message)));
    } else if (message.tag_and_type() == Field(field, kLength)) {
      absl::string_view packed = View(message);
      const char* at = packed.data();
      while (at != packed.data() + packed.size()) {
        Append(bytes, static_cast<Stored>(protozero::decode_varint(&at, packed.data() + packed.size())));
      }
    } else {
      message.skip();
    }
  }
}

template <typename Stored>
void ReadVarints(absl::string_view encoded, uint32_t field, std::vector<uint8_t>& bytes) {
  ReadVarints<Stored>(encoded, field, bytes, [](protozero::pbf_reader& message) { return message.get_uint64(); });
}

// Likewise for fields whose elements have a fixed size; they are stored as they come.
void ReadFixed(absl::string_view encoded, uint32_t field, std::vector<uint8_t>& bytes) {
  protozero::pbf_reader message = Message(encoded);
  while (message.next()) {
    if (message.tag_and_type() == Field(field, kFixed32)) {
      Append(bytes, message.get_fixed32());
    } else if (message.tag_and_type() == Field(field, kFixed64)) {
      Append(bytes, message.get_fixed64());
    } else if (message.tag_and_type() == Field(field, kLength)) {
      absl::string_view packed = View(message);
      bytes.insert(bytes.end(), packed.begin(), packed.end());
    } else {
      message.skip();
    }
  }
}

// The elements a typed list spells out, which may be fewer than the shape has.
absl::StatusOr<std::vector<uint8_t>> ReadList(ElementType type, absl::string_view encoded) {
  std::vector<uint8_t> bytes;
  switch (type) {
    case T::kFloat32:
      ReadFixed(encoded, kFloatVal, bytes);
      break;
    case T::kFloat64:
      ReadFixed(encoded, kDoubleVal, bytes);
      break;
    case T::kComplex64:
      ReadFixed(encoded, kComplexFloatVal, bytes);
      break;
    case T::kComplex128:
      ReadFixed(encoded, kComplexDoubleVal, bytes);
      break;
    case T::kInt32:
      ReadVarints<uint32_t>(encoded, kIntVal, bytes);
      break;
    case T::kInt16:
    case T::kUInt16:
      ReadVarints<uint16_t>(encoded, kIntVal, bytes);
      break;
    case T::kInt8:
    case T::kUInt8:
      ReadVarints<uint8_t>(encoded, kIntVal, bytes);
      break;
    case T::kFloat16:
    case T::kBFloat16:
      ReadVarints<uint16_t>(encoded, kHalfVal, bytes);
      break;
    case T::kInt64:
      ReadVarints<uint64_t>(encoded, kInt64Val, bytes);
      break;
    case T::kBool:
      ReadVarints<bool>(encoded, kBoolVal, bytes);
      break;
    case T::kUInt32:
      ReadVarints<uint32_t>(encoded, kUInt32Val, bytes);
      break;
    case T::kUInt64:
      ReadVarints<uint64_t>(encoded, kUInt64Val, bytes);
      break;
    case T::kFloat8E4M3:
    case T::kFloat8E5M2:
      ReadFixed(encoded, kFloat8Val, bytes);
      break;
    default:
      return absl::UnimplementedError(absl::StrCat("constants of type ", Name(type), " are not read"));
  }
  return bytes;
}

// TF's rule: a list that is too short repeats its last element; an empty one is zeros.
void RepeatLast(std::vector<uint8_t>& bytes, size_t element_size, size_t size) {
  if (bytes.size() < element_size) bytes.assign(element_size, 0);
  size_t last = bytes.size() / element_size * element_size - element_size;
  std::vector<uint8_t> element(bytes.begin() + static_cast<std::ptrdiff_t>(last),
                               bytes.begin() + static_cast<std::ptrdiff_t>(last + element_size));
  bytes.reserve(size);
  while (bytes.size() < size) bytes.insert(bytes.end(), element.begin(), element.end());
}

std::vector<std::string> ReadStrings(absl::string_view encoded) {
  std::vector<std::string> strings;
  protozero::pbf_reader message = Message(encoded);
  while (message.next()) {
    if (message.tag_and_type() == Field(kStringVal, kLength)) {
      strings.emplace_back(View(message));
    } else {
      message.skip();
    }
  }
  return strings;
}

absl::Status ReadElements(absl::string_view encoded, const TensorProto& proto, const Bytes& file,
                          ir::TensorLiteral& literal) {
  ZP_ASSIGN_OR_RETURN(size_t count, CountElements(literal.shape));
  if (literal.type == T::kString) {
    literal.strings = ReadStrings(encoded);
    if (literal.strings.size() > count) return absl::InvalidArgumentError("more strings than the shape has elements");
    if (literal.strings.size() < count && count > kMaxRepeatedStrings) {
      return absl::InvalidArgumentError(absl::StrCat("a constant repeats a string ", count, " times"));
    }
    std::string last = literal.strings.empty() ? std::string() : literal.strings.back();
    literal.strings.resize(count, last);
    return absl::OkStatus();
  }
  if (Traits(literal.type).bits % 8 != 0) {
    return absl::UnimplementedError(absl::StrCat("constants of type ", Name(literal.type), " are not read"));
  }
  const size_t size = ByteSize(literal.type, count);
  if (size > kMaxConstantBytes) {
    return absl::ResourceExhaustedError(absl::StrCat("a constant of ", size, " bytes is larger than a model may be"));
  }
  if (!proto.content.empty()) {
    if (proto.content.size() != size) {
      return absl::InvalidArgumentError(absl::StrCat("a constant of ", Name(literal.type), literal.shape.ToString(),
                                                     " needs ", size, " bytes and has ", proto.content.size()));
    }
    const auto* first = reinterpret_cast<const uint8_t*>(proto.content.data());
    ZP_ASSIGN_OR_RETURN(literal.data, Slice(file, static_cast<size_t>(first - file.data()), size));
    return absl::OkStatus();
  }
  ZP_ASSIGN_OR_RETURN(std::vector<uint8_t> bytes, ReadList(literal.type, encoded));
  if (bytes.size() > size) return absl::InvalidArgumentError("a constant has more elements than its shape");
  if (size > 0) RepeatLast(bytes, ByteSize(literal.type, 1), size);
  literal.data = Bytes::Own(std::move(bytes));
  return absl::OkStatus();
}

}  // namespace

int WithoutReference(int data_type) { return data_type > kReferenceOffset ? data_type - kReferenceOffset : data_type; }

std::optional<ElementType> ToElementType(int data_type) {
  const DataTypeRow* row = FindDataType(WithoutReference(data_type));
  return row == nullptr ? std::nullopt : row->type;
}

absl::string_view DataTypeName(int data_type) {
  const DataTypeRow* row = FindDataType(WithoutReference(data_type));
  return row == nullptr ? "unknown" : row->name;
}

int DataTypeFromName(absl::string_view name) {
  for (const DataTypeRow& row : kDataTypes) {
    if (row.name == name) return row.number;
  }
  return kDtInvalid;
}

absl::StatusOr<size_t> CountElements(const ir::Shape& shape) {
  // The widest element has 16 bytes; NumElements() saturates, so one comparison catches every overflow.
  if (!shape.IsStatic() || shape.NumElements() > static_cast<int64_t>(kMaxConstantBytes)) {
    return absl::InvalidArgumentError(absl::StrCat("a constant cannot have the shape ", shape.ToString()));
  }
  return static_cast<size_t>(shape.NumElements());
}

absl::StatusOr<ir::TensorLiteral> DecodeTensor(absl::string_view encoded, const Bytes& file) {
  ir::TensorLiteral literal;
  ZP_RETURN_IF_ERROR(Guarded("a constant", [&]() -> absl::Status {
    TensorProto proto = ParseTensorHead(encoded);
    std::optional<ElementType> type = ToElementType(proto.data_type);
    if (!type.has_value()) {
      return absl::UnimplementedError(
          absl::StrCat("constants of type ", DataTypeName(proto.data_type), " are not read"));
    }
    literal.type = *type;
    literal.shape = proto.shape;
    return ReadElements(encoded, proto, file, literal);
  }));
  return literal;
}

absl::StatusOr<Bytes> PackStrings(const std::vector<std::string>& strings) {
  size_t size = (strings.size() + 2) * sizeof(int32_t);
  std::vector<uint8_t> bytes;
  Append(bytes, static_cast<int32_t>(strings.size()));
  for (const std::string& text : strings) {
    Append(bytes, static_cast<int32_t>(size));
    size += text.size();
    if (size > static_cast<size_t>(std::numeric_limits<int32_t>::max())) {
      return absl::ResourceExhaustedError("a string constant is larger than LiteRT's 2 GiB");
    }
  }
  Append(bytes, static_cast<int32_t>(size));
  for (const std::string& text : strings) bytes.insert(bytes.end(), text.begin(), text.end());
  return Bytes::Own(std::move(bytes));
}

}  // namespace zeropoint::formats::saved_model
