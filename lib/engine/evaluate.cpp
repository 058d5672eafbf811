#include "engine/evaluate.h"

#include <cstring>
#include <limits>
#include <string>

#include "absl/strings/str_cat.h"
#include "engine/engine.h"
#include "engine/kernel_choice.h"
#include "ops/stored_bytes.h"

namespace zeropoint::engine {
namespace {

constexpr int64_t kMaxElements = int64_t{1} << 40;

// A view whose data is aligned for its type, in `copies` when the operand's own is not.
ops::TensorView AlignedView(const Operand& operand, const ir::QuantParams* quant, std::vector<Buffer>& copies) {
  ops::TensorView view;
  if (!operand.present) return view;
  view.type = operand.type;
  view.dims = operand.shape->dims();
  view.data = operand.elements;
  view.quant = quant;
  if (!IsAligned(view.data, view.type)) {
    Buffer copy = Buffer::ForResult(view.bytes());
    if (copy.size() > 0) std::memcpy(copy.data(), view.data, copy.size());
    view.data = copy.data();
    copies.push_back(std::move(copy));
  }
  return view;
}

}  // namespace

absl::StatusOr<size_t> TensorBytes(ElementType type, const ir::Shape& shape) {
  if (!ops::HasFixedSize(type)) {
    return absl::UnimplementedError(absl::StrCat("results of type ", Name(type), " are not supported"));
  }
  const int64_t elements = shape.NumElements();
  if (elements == ir::kDynamic) {
    return absl::InvalidArgumentError(absl::StrCat("the shape ", shape.ToString(), " is not known"));
  }
  if (elements > kMaxElements) {
    return absl::ResourceExhaustedError(absl::StrCat("a tensor of shape ", shape.ToString(), " is too large"));
  }
  return ops::StoredBytes(type, static_cast<size_t>(elements));
}

bool IsAligned(const void* data, ElementType type) {
  const size_t width = static_cast<size_t>(Traits(type).bits) / 8;
  // complex128 is two numbers of half its width; everything else is one.
  const size_t alignment = width > sizeof(double) ? sizeof(double) : width;
  return alignment <= 1 || reinterpret_cast<uintptr_t>(data) % alignment == 0;
}

absl::StatusOr<std::vector<std::shared_ptr<Buffer>>> EvaluateKnown(const ir::Graph& graph, ir::NodeId id,
                                                                   const ops::OpDef& op,
                                                                   absl::Span<const Operand> operands,
                                                                   absl::Span<const Facts> results) {
  const ir::Node& node = graph.node(id);
  std::vector<Buffer> copies;
  std::vector<ops::TensorView> inputs;
  for (size_t i = 0; i < operands.size(); ++i) {
    const ir::ValueId value = node.input(static_cast<int>(i));
    inputs.push_back(AlignedView(operands[i], value == ir::kNoValue ? nullptr : &graph.value(value).quant, copies));
  }
  std::vector<std::shared_ptr<Buffer>> buffers;
  std::vector<ops::MutableView> outputs;
  for (size_t i = 0; i < results.size(); ++i) {
    if (results[i].type == ElementType::kResource) return absl::UnimplementedError("resources exist in runs only");
    ZP_ASSIGN_OR_RETURN(const size_t bytes, TensorBytes(results[i].type, results[i].shape));
    buffers.push_back(std::make_shared<Buffer>(Buffer::ForResult(bytes)));
    ops::MutableView view;
    view.type = results[i].type;
    view.dims = results[i].shape.dims();
    view.data = buffers.back()->data();
    view.quant = &graph.value(node.output(static_cast<int>(i))).quant;
    outputs.push_back(view);
  }
  std::vector<ops::TensorView> results_as_declared;
  for (const ops::MutableView& output : outputs) results_as_declared.push_back(output.view());
  ZP_ASSIGN_OR_RETURN(const Kernel kernel, ChooseKernel(op, inputs, results_as_declared));
  std::shared_ptr<const void> prepared;
  if (kernel.prepare != nullptr) {
    ZP_ASSIGN_OR_RETURN(prepared, kernel.prepare({node.attrs(), inputs, results_as_declared}));
  }
  GrowingScratch scratch;
  ZP_RETURN_IF_ERROR(kernel.eval({node.attrs(), inputs, outputs, prepared.get(), scratch}));
  return buffers;
}

absl::StatusOr<std::vector<ir::Value>> EvaluateConstants(const ir::Graph& graph, ir::NodeId id) {
  const ir::Node& node = graph.node(id);
  const ops::OpDef* op = ops::FindOp(node.op());
  if (op == nullptr || op->eval_float == nullptr) {
    return AnnotateNode(absl::UnimplementedError(absl::StrCat("no kernel for ", node.op())), graph, id);
  }
  if (op->has_side_effects) {
    return AnnotateNode(absl::InvalidArgumentError(absl::StrCat(node.op(), " is no function of its operands")), graph,
                        id);
  }
  std::vector<Operand> operands;
  for (ir::ValueId input : node.inputs()) {
    if (input == ir::kNoValue) {
      operands.push_back({});
      continue;
    }
    const ir::Value& value = graph.value(input);
    if (!value.is_constant || value.is_variable) {
      return AnnotateNode(absl::InvalidArgumentError(absl::StrCat("operand ", value.name, " is not a constant")), graph,
                          id);
    }
    if (!ops::HasFixedSize(value.type)) {
      const absl::string_view type = Name(value.type);
      return AnnotateNode(absl::UnimplementedError(absl::StrCat("operand ", value.name, " is ", type)), graph, id);
    }
    operands.push_back({true, value.type, &value.shape, value.data.data()});
  }
  ZP_ASSIGN_OR_RETURN(const std::vector<Facts> results, InferNode(graph, id, *op, operands, Scope()));
  auto buffers = EvaluateKnown(graph, id, *op, operands, results);
  if (!buffers.ok()) return AnnotateNode(buffers.status(), graph, id);
  std::vector<ir::Value> values;
  for (size_t i = 0; i < results.size(); ++i) {
    const std::shared_ptr<Buffer>& buffer = (*buffers)[i];
    ir::Value value = graph.value(node.output(static_cast<int>(i)));
    value.type = results[i].type;
    value.shape = results[i].shape;
    value.is_constant = true;
    value.data = Bytes(buffer, buffer->data(), buffer->size());
    values.push_back(std::move(value));
  }
  return values;
}

}  // namespace zeropoint::engine
