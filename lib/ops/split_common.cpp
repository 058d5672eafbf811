#include "ops/split_common.h"

#include "absl/strings/str_cat.h"
#include "ops/copy_bytes.h"
#include "ops/data_movement.h"

namespace zeropoint::ops {

absl::Status CopyParts(const TensorView& from, int axis, absl::Span<const MutableView> parts) {
  ZP_ASSIGN_OR_RETURN(const size_t width, ElementBytes(from.type));
  const int64_t outer = Product(from.dims, 0, axis);
  const size_t row = static_cast<size_t>(Product(from.dims, axis, from.rank())) * width;
  const uint8_t* source = from.As<uint8_t>();
  for (const MutableView& part : parts) {
    if (part.bytes() == 0) continue;
    const size_t chunk = part.bytes() / static_cast<size_t>(outer);
    uint8_t* target = part.As<uint8_t>();
    for (int64_t i = 0; i < outer; ++i) {
      CopyBytes(target + static_cast<size_t>(i) * chunk, source + static_cast<size_t>(i) * row, chunk);
    }
    source += chunk;
  }
  return absl::OkStatus();
}

absl::StatusOr<std::optional<int>> AxisOperand(const InferContext& context, int i, int rank) {
  auto axis = context.input_ints(i);
  if (!axis || !context.input_ints_complete(i)) return std::nullopt;
  if (axis->size() != 1) return absl::InvalidArgumentError(absl::StrCat("an axis of ", axis->size(), " elements"));
  ZP_ASSIGN_OR_RETURN(const int resolved, ResolveAxis(axis->front(), rank));
  return std::optional<int>(resolved);
}

absl::StatusOr<int> AxisOperand(const TensorView& axis, int rank) {
  ZP_ASSIGN_OR_RETURN(const std::vector<int64_t> elements, ReadInts(axis));
  if (elements.size() != 1)
    return absl::InvalidArgumentError(absl::StrCat("an axis of ", elements.size(), " elements"));
  return ResolveAxis(elements.front(), rank);
}

absl::StatusOr<std::optional<int>> InferSplitAxis(InferContext& context, int data, int axis) {
  const ir::Shape& from = context.input_shape(data);
  for (int i = 0; i < context.num_outputs(); ++i) {
    context.set_output(i, context.input_type(data), UnknownShape(from.ranked() ? from.rank() : -1));
  }
  if (!from.ranked()) return std::nullopt;
  return AxisOperand(context, axis, from.rank());
}

absl::Status EvalSplit(const EvalContext& context, int data, int axis) {
  const TensorView& from = context.inputs[static_cast<size_t>(data)];
  ZP_ASSIGN_OR_RETURN(const int along, AxisOperand(context.inputs[static_cast<size_t>(axis)], from.rank()));
  return CopyParts(from, along, context.outputs);
}

absl::Status ImportSplit(ir::Graph& graph, ir::NodeId node) {
  ir::Attributes attrs;
  attrs.Set("num_splits", static_cast<int64_t>(graph.node(node).outputs().size()));
  graph.node(node).info.attrs = std::move(attrs);
  return absl::OkStatus();
}

}  // namespace zeropoint::ops
