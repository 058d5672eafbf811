#include "ops/data_movement.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ir/constants.h"
#include "ops/copy_bytes.h"

namespace zeropoint::ops {
namespace {

template <typename T>
std::vector<int64_t> Widen(const TensorView& tensor) {
  const T* first = tensor.As<T>();
  return std::vector<int64_t>(first, first + tensor.elements());
}

struct StridedDim {
  int64_t size, from, to;
};

// Drops dimensions of size 1 and merges neighbours that are dense in both memories, so that inner loops are long.
absl::InlinedVector<StridedDim, 6> Coalesce(absl::Span<const int64_t> dims, absl::Span<const int64_t> from,
                                            absl::Span<const int64_t> to) {
  absl::InlinedVector<StridedDim, 6> merged;
  for (size_t i = 0; i < dims.size(); ++i) {
    if (dims[i] == 1) continue;
    StridedDim now{dims[i], from[i], to[i]};
    if (!merged.empty() && merged.back().from == now.from * now.size && merged.back().to == now.to * now.size) {
      merged.back() = {merged.back().size * now.size, now.from, now.to};
    } else {
      merged.push_back(now);
    }
  }
  return merged;
}

template <typename T>
void CopyRow(const StridedDim& row, const uint8_t* from, uint8_t* to) {
  for (int64_t i = 0; i < row.size; ++i) {
    T element;
    std::memcpy(&element, from + i * row.from * static_cast<int64_t>(sizeof(T)), sizeof(T));
    std::memcpy(to + i * row.to * static_cast<int64_t>(sizeof(T)), &element, sizeof(T));
  }
}

struct Wide {
  uint64_t low, high;
};

using RowFn = void (*)(const StridedDim&, const uint8_t*, uint8_t*);

RowFn ChooseRow(size_t element_bytes) {
  switch (element_bytes) {
    case 1:
      return CopyRow<uint8_t>;
    case 2:
      return CopyRow<uint16_t>;
    case 4:
      return CopyRow<uint32_t>;
    case 8:
      return CopyRow<uint64_t>;
    default:
      return CopyRow<Wide>;  // complex128, the widest type
  }
}

}  // namespace

absl::StatusOr<int> ResolveAxis(int64_t axis, int rank) {
  if (axis < -rank || axis >= rank) {
    return absl::InvalidArgumentError(absl::StrCat("axis ", axis, " is outside a tensor of rank ", rank));
  }
  return static_cast<int>(axis < 0 ? axis + rank : axis);
}

absl::StatusOr<std::vector<int64_t>> ReadInts(const TensorView& tensor) {
  switch (tensor.type) {
    case ElementType::kInt8:
      return Widen<int8_t>(tensor);
    case ElementType::kInt16:
      return Widen<int16_t>(tensor);
    case ElementType::kInt32:
      return Widen<int32_t>(tensor);
    case ElementType::kInt64:
      return Widen<int64_t>(tensor);
    case ElementType::kUInt8:
    case ElementType::kBool:
      return Widen<uint8_t>(tensor);
    case ElementType::kUInt16:
      return Widen<uint16_t>(tensor);
    case ElementType::kUInt32:
      return Widen<uint32_t>(tensor);
    default:
      return absl::InvalidArgumentError(absl::StrCat("an operand of integers has type ", Name(tensor.type)));
  }
}

absl::StatusOr<size_t> ElementBytes(ElementType type) {
  const int bits = Traits(type).bits;
  if (bits < 8) return absl::UnimplementedError(absl::StrCat("no kernel for elements of type ", Name(type)));
  return static_cast<size_t>(bits / 8);
}

ir::Dims RowMajorStrides(absl::Span<const int64_t> dims) {
  ir::Dims strides(dims.size(), 1);
  for (int i = static_cast<int>(dims.size()) - 2; i >= 0; --i) {
    strides[static_cast<size_t>(i)] = strides[static_cast<size_t>(i) + 1] * dims[static_cast<size_t>(i) + 1];
  }
  return strides;
}

int64_t Product(absl::Span<const int64_t> dims, int begin, int end) {
  int64_t product = 1;
  for (int i = begin; i < end; ++i) product *= dims[static_cast<size_t>(i)];
  return product;
}

void CopyStrided(absl::Span<const int64_t> dims, size_t element_bytes, const void* from,
                 absl::Span<const int64_t> from_strides, void* to, absl::Span<const int64_t> to_strides) {
  if (Product(dims, 0, static_cast<int>(dims.size())) == 0) return;
  auto loops = Coalesce(dims, from_strides, to_strides);
  StridedDim row{1, 1, 1};
  if (!loops.empty()) {
    row = loops.back();
    loops.pop_back();
  }
  const int64_t width = static_cast<int64_t>(element_bytes);
  const bool dense = row.from == 1 && row.to == 1;
  const RowFn copy_row = ChooseRow(element_bytes);
  const uint8_t* source = static_cast<const uint8_t*>(from);
  uint8_t* target = static_cast<uint8_t*>(to);
  ir::Dims index(loops.size(), 0);
  for (;;) {
    if (dense)
      CopyBytes(target, source, static_cast<size_t>(row.size * width));
    else
      copy_row(row, source, target);
    int axis = static_cast<int>(loops.size()) - 1;
    for (; axis >= 0; --axis) {
      const StridedDim& loop = loops[static_cast<size_t>(axis)];
      int64_t& at = index[static_cast<size_t>(axis)];
      source += loop.from * width;
      target += loop.to * width;
      if (++at < loop.size) break;
      source -= loop.from * loop.size * width;
      target -= loop.to * loop.size * width;
      at = 0;
    }
    if (axis < 0) return;
  }
}

absl::Status ReadStrided(const TensorView& from, int64_t corner, absl::Span<const int64_t> from_strides,
                         const MutableView& to) {
  ZP_ASSIGN_OR_RETURN(const size_t width, ElementBytes(to.type));
  const uint8_t* first = from.As<uint8_t>() + corner * static_cast<int64_t>(width);
  CopyStrided(to.dims, width, first, from_strides, to.data, RowMajorStrides(to.dims));
  return absl::OkStatus();
}

void FillElements(void* to, const void* element, size_t element_bytes, int64_t count) {
  uint8_t* target = static_cast<uint8_t*>(to);
  const uint8_t* first = static_cast<const uint8_t*>(element);
  if (std::all_of(first, first + element_bytes, [&](uint8_t byte) { return byte == *first; })) {
    if (count > 0) std::memset(to, *first, static_cast<size_t>(count) * element_bytes);  // zeros, as a rule
    return;
  }
  for (int64_t i = 0; i < count; ++i)
    CopyBytes(target + static_cast<size_t>(i) * element_bytes, element, element_bytes);
}

ir::Shape UnknownShape(int64_t rank) {
  if (rank < 0) return ir::Shape::Unranked();
  return ir::Shape(ir::Dims(static_cast<size_t>(rank), ir::kDynamic));
}

int64_t VectorLength(const ir::Shape& shape) {
  if (!shape.ranked()) return ir::kDynamic;
  return shape.rank() == 1 ? shape[0] : 1;
}

absl::StatusOr<ir::Shape> ShapeFromInts(const InferContext& context, int i) {
  if (!Traits(context.input_type(i)).is_integer) {
    return absl::InvalidArgumentError(absl::StrCat("operand ", i, " is a list of ", Name(context.input_type(i))));
  }
  std::optional<std::vector<int64_t>> sizes = context.input_ints(i);
  if (!sizes) return UnknownShape(VectorLength(context.input_shape(i)));
  const bool complete = context.input_ints_complete(i);
  for (int64_t size : *sizes) {
    if (size < ir::kDynamic || (size < 0 && complete)) {
      return absl::InvalidArgumentError(absl::StrCat("operand ", i, " asks for a dimension of size ", size));
    }
  }
  return ir::Shape(*sizes);
}

absl::Status EvalView(const EvalContext& context) {
  const TensorView& from = context.inputs[0];
  const MutableView& to = context.outputs[0];
  if (from.bytes() != to.bytes()) return absl::InvalidArgumentError("the result's shape is not known");
  if (from.data != to.data) CopyBytes(to.data, from.data, from.bytes());
  return absl::OkStatus();
}

QuantSpec MovesData(std::initializer_list<OperandSpec> inputs, int data) {
  QuantSpec spec;
  spec.inputs = inputs;
  spec.outputs = {OperandSpec::Activation()};
  spec.int8 = spec.int16 = true;
  spec.same_scale = true;
  spec.mask_flow = MaskFlow::kMoves;
  spec.int16_result_like_operand = data;
  return spec;
}

absl::StatusOr<int64_t> ConstantOperand(const ir::Graph& graph, const ir::Node& node, int operand,
                                        absl::string_view name) {
  std::optional<int64_t> value = ir::IntScalar(graph, node.input(operand));
  if (!value) return absl::UnimplementedError(absl::StrCat(node.op(), ": operand ", name, " is not a constant"));
  return *value;
}

void DropLastInput(ir::Graph& graph, ir::NodeId node) {
  const auto inputs = graph.node(node).inputs();
  graph.SetInputs(node, std::vector<ir::ValueId>(inputs.begin(), inputs.end() - 1));
}

}  // namespace zeropoint::ops
