#include "ops/table_lookup.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"

namespace zeropoint::ops {
namespace {

class HeapScratch final : public Scratch {
 public:
  void* Get(size_t bytes) override {
    memory_.resize(bytes + kAlignment);
    const auto address = reinterpret_cast<uintptr_t>(memory_.data());
    return memory_.data() + (kAlignment - address % kAlignment) % kAlignment;
  }

 private:
  static constexpr size_t kAlignment = 64;  // that of Scratch::Get
  std::vector<uint8_t> memory_;
};

// The one element of a constant operand, where kernels can read it: data of a file need not be aligned.
struct Parameter {
  std::vector<uint64_t> memory;
  TensorView view;
};

Parameter ReadParameter(const ir::Value& value) {
  Parameter parameter;
  parameter.memory.resize((value.data.size() + sizeof(uint64_t) - 1) / sizeof(uint64_t) + 1);
  std::copy(value.data.data(), value.data.data() + value.data.size(),
            reinterpret_cast<uint8_t*>(parameter.memory.data()));
  parameter.view.type = value.type;
  parameter.view.dims = value.shape.dims();
  parameter.view.data = parameter.memory.data();
  return parameter;
}

void AddLookupNode(ir::Graph& graph, ir::NodeId before, const char* op, ir::Attributes attrs,
                   std::vector<ir::ValueId> inputs, ir::ValueId result) {
  ir::NodeInfo info;
  info.op = op;
  info.name = graph.value(result).name;
  info.attrs = std::move(attrs);
  graph.AddNode(std::move(info), std::move(inputs), {result}, before);
}

}  // namespace

absl::StatusOr<std::vector<float>> FunctionValues(const OpDef& op, const ir::Graph& graph, ir::NodeId node,
                                                  absl::Span<const float> arguments) {
  const ir::Node& function = graph.node(node);
  if (op.eval_float == nullptr || op.prepare != nullptr) {
    return absl::InternalError(absl::StrCat(op.name, " has a table, but no function of its elements"));
  }
  const int64_t dims[] = {static_cast<int64_t>(arguments.size())};
  std::vector<Parameter> parameters;
  for (size_t i = 1; i < function.inputs().size(); ++i) {
    const ir::ValueId id = function.inputs()[i];
    parameters.push_back(id == ir::kNoValue ? Parameter() : ReadParameter(graph.value(id)));
  }
  std::vector<TensorView> inputs(1);
  inputs[0].dims = dims;
  inputs[0].data = arguments.data();
  for (const Parameter& parameter : parameters) inputs.push_back(parameter.view);
  std::vector<float> values(arguments.size());
  MutableView output;
  output.dims = dims;
  output.data = values.data();
  HeapScratch scratch;
  ZP_RETURN_IF_ERROR(op.eval_float({function.attrs(), inputs, {&output, 1}, nullptr, scratch}));
  return values;
}

void BecomeLookup(ir::Graph& graph, ir::NodeId node, const LookupValues& values) {
  AddLookupNode(graph, node, "CAST", {}, {graph.node(node).input(0)}, values.wide);
  AddLookupNode(graph, node, "ADD", {}, {values.wide, values.offset}, values.index);
  ir::Attributes attrs;
  attrs.Set("axis", int64_t{0});
  attrs.Set("batch_dims", int64_t{0});
  graph.node(node).info.op = "GATHER";
  graph.node(node).info.attrs = std::move(attrs);
  graph.SetInputs(node, {values.table, values.index});
}

}  // namespace zeropoint::ops
