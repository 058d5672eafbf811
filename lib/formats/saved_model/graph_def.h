// TensorFlow's protobuf messages as far as a reader needs them: views into the mapped saved_model.pb, no copies.
//
// Every view lives as long as the file's mapping. Attributes and tensors stay encoded until somebody asks for them, so
// that a file of two gigabytes of constants costs no more than its nodes. Field numbers are those of TF 2.21's protos.
#ifndef ZEROPOINT_FORMATS_SAVED_MODEL_GRAPH_DEF_H_
#define ZEROPOINT_FORMATS_SAVED_MODEL_GRAPH_DEF_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "base/bytes.h"
#include "base/status.h"
#include "ir/attributes.h"
#include "ir/shape.h"
#include "numeric/types.h"

namespace zeropoint::formats::saved_model {

// TF's DataType numbers that the reader itself speaks about; all of them have a row in graph_def.cpp.
inline constexpr int kDtInvalid = 0;
inline constexpr int kDtString = 7;
inline constexpr int kDtBool = 10;
inline constexpr int kDtResource = 20;
inline constexpr int kDtVariant = 21;

// The type without the reference bit that TF1's variables carry.
int WithoutReference(int data_type);
// LiteRT's type; nothing where it has none.
std::optional<ElementType> ToElementType(int data_type);
// TF's spelling in lower case ("float", "quint8"); "unknown" for a number TF has not.
absl::string_view DataTypeName(int data_type);
// The number of a name as DataTypeName spells it; kDtInvalid when there is none.
int DataTypeFromName(absl::string_view name);

// A name and the undecoded AttrValue.
struct EncodedAttr {
  absl::string_view name;
  absl::string_view value;
};
using EncodedAttrs = std::vector<EncodedAttr>;

// Null when absent.
const EncodedAttr* FindAttr(const EncodedAttrs& attrs, absl::string_view name);

struct NodeDef {
  absl::string_view name;
  absl::string_view op;
  std::vector<absl::string_view> inputs;  // "node", "node:1", "node:output:0" or, last, control edges "^node"
  EncodedAttrs attrs;
};

struct FunctionDef {
  absl::string_view name;
  std::vector<absl::string_view> args;
  std::vector<absl::string_view> outputs;  // in the order of the function's signature
  std::vector<NodeDef> nodes;
  std::vector<std::pair<absl::string_view, absl::string_view>> returns;  // output -> the value it is
  EncodedAttrs attrs;                                                    // what is said of the function as a whole
};

struct TensorInfo {
  std::string key;         // the user's name
  absl::string_view name;  // "node:0"; empty for sparse and composite tensors
  int data_type = kDtInvalid;
  ir::Shape shape = ir::Shape::Unranked();
};

struct SignatureDef {
  std::string key;
  std::vector<TensorInfo> inputs, outputs;  // sorted by key
};

struct MetaGraph {
  std::vector<std::string> tags;
  std::vector<absl::string_view> op_defs;  // encoded: the ops that its nodes are of, as the saving program knew them
  std::vector<NodeDef> nodes;
  std::vector<FunctionDef> functions;
  std::vector<SignatureDef> signatures;                                 // sorted by key
  std::vector<std::pair<absl::string_view, absl::string_view>> assets;  // the tensor that names it -> file in assets/
  absl::string_view restore_op;  // the node that restores the variables; may be empty
};

// kInvalidArgument or kDataLoss for what is no SavedModel or is cut off.
absl::StatusOr<std::vector<MetaGraph>> ParseSavedModel(absl::string_view file);

// A function as an attribute: its name and the attributes it is instantiated with.
struct FunctionRef {
  absl::string_view name;
  EncodedAttrs attrs;
};

// A decoded AttrValue. Which member counts is told by `kind`; a list fills the vector of its elements' kind.
struct AttrValue {
  enum class Kind { kNone, kString, kInt, kFloat, kBool, kType, kShape, kTensor, kPlaceholder, kFunction, kList };
  Kind kind = Kind::kNone;
  absl::string_view text;  // kString, kTensor (encoded), kPlaceholder
  int64_t number = 0;      // kInt, kBool, kType
  float real = 0.0f;
  ir::Shape shape;
  FunctionRef function;
  std::vector<absl::string_view> texts;
  std::vector<int64_t> numbers;  // ints and bools
  std::vector<float> reals;
  std::vector<int> types;
  std::vector<ir::Shape> shapes;
  std::vector<absl::string_view> functions;
};
absl::StatusOr<AttrValue> DecodeAttr(absl::string_view encoded);

// The number of elements; kInvalidArgument for an unknown or an absurd shape.
absl::StatusOr<size_t> CountElements(const ir::Shape& shape);

// Elements of a TensorProto. Raw contents become a slice of `file` (of which `encoded` is a part), lists a buffer.
absl::StatusOr<ir::TensorLiteral> DecodeTensor(absl::string_view encoded, const Bytes& file);

// The layout LiteRT keeps strings in: count, count + 1 offsets from the start, the characters.
absl::StatusOr<Bytes> PackStrings(const std::vector<std::string>& strings);

}  // namespace zeropoint::formats::saved_model

#endif  // ZEROPOINT_FORMATS_SAVED_MODEL_GRAPH_DEF_H_
