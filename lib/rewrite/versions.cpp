// The LiteRT version of every op.
#include <algorithm>
#include <map>
#include <string>

#include "ops/op_def.h"
#include "rewrite/rewrite.h"

namespace zeropoint::rewrite {
namespace {

// A node as it stands in the graph.
class NodeView : public ops::VersionContext {
 public:
  NodeView(const ir::Graph& graph, const ir::Node& node) : graph_(graph), node_(node) {}

  const ir::Attributes& attrs() const override { return node_.attrs(); }
  int num_inputs() const override { return static_cast<int>(node_.inputs().size()); }
  bool has_input(int i) const override { return node_.input(i) != ir::kNoValue; }
  ElementType input_type(int i) const override { return Input(i).type; }
  ElementType output_type(int i) const override { return graph_.value(node_.output(i)).type; }
  const ir::Shape& input_shape(int i) const override { return Input(i).shape; }
  const ir::QuantParams& input_quant(int i) const override { return Input(i).quant; }
  const ir::QuantParams& output_quant(int i) const override { return graph_.value(node_.output(i)).quant; }
  bool input_is_constant(int i) const override { return Input(i).is_constant; }

 private:
  const ir::Value& Input(int i) const {
    static const ir::Value absent;
    return has_input(i) ? graph_.value(node_.input(i)) : absent;
  }

  const ir::Graph& graph_;
  const ir::Node& node_;
};

// The node as if its activations were int8: TensorFlow's 16x8 quantizer writes the version that an op has in int8,
// whatever the types of this node are.
class Int8NodeView final : public NodeView {
 public:
  Int8NodeView(const ir::Graph& graph, const ir::Node& node, const ops::OpDef& op)
      : NodeView(graph, node), spec_(op.quant), converts_(op.conversion != ops::Conversion::kNone) {}

  ElementType input_type(int i) const override { return Lowered(spec_.input(i), NodeView::input_type(i)); }
  ElementType output_type(int i) const override { return Lowered(spec_.output(i), NodeView::output_type(i)); }
  // That quantizer has one number an op and does not look at scales.
  const ir::QuantParams& input_quant(int i) const override { return converts_ ? NodeView::input_quant(i) : none_; }
  const ir::QuantParams& output_quant(int i) const override { return converts_ ? NodeView::output_quant(i) : none_; }

 private:
  ElementType Lowered(const ops::OperandSpec& operand, ElementType type) const {
    if (converts_) return type == ElementType::kInt16 ? ElementType::kInt8 : type;
    const bool data = operand.role == ops::Role::kActivation || operand.role == ops::Role::kWeight;
    return data ? ElementType::kInt8 : type;
  }

  const ops::QuantSpec& spec_;
  const bool converts_;
  const ir::QuantParams none_;
};

int VersionOf(const ops::OpDef& op, const ops::VersionContext& context) {
  return op.version == nullptr ? 1 : op.version(context);
}

int Version16x8(const ir::Graph& graph, const ir::Node& node, const ops::OpDef& op) {
  if (op.quant.int16_version != 0) return op.quant.int16_version;
  // A QUANTIZE inside the graph has the version of int16; one that only makes the graph's float inputs integers has
  // not.
  const ir::ValueId source = op.conversion == ops::Conversion::kQuantize ? node.input(0) : ir::kNoValue;
  const bool inner =
      source != ir::kNoValue && !(graph.IsGraphInput(source) && graph.value(source).type == ElementType::kFloat32);
  const bool has_int8_form = op.quant.int8 || op.quant.int16 || op.conversion != ops::Conversion::kNone;
  if (inner || !has_int8_form) return VersionOf(op, NodeView(graph, node));
  return VersionOf(op, Int8NodeView(graph, node, op));
}

// What the node was asked to be. A conversion that rewrite added is as the whole plan; in a mixed plan, nothing
// special.
plan::Scheme SchemeOf(const plan::Plan& plan, int graph, ir::NodeId id) {
  const plan::GraphPlan& decisions = plan.graphs[static_cast<size_t>(graph)];
  auto decision = decisions.nodes.find(id);
  if (decision != decisions.nodes.end()) return decision->second.scheme;
  return plan::IsMixed(plan) ? plan::Scheme::kDynamicRange : plan.options.scheme;
}

int VersionIn(plan::Scheme scheme, const ir::Graph& graph, const ir::Node& node, const ops::OpDef& op) {
  const int version =
      scheme == plan::Scheme::kInt16x8 ? Version16x8(graph, node, op) : VersionOf(op, NodeView(graph, node));
  // These two leave the ops of a .tflite as they are; the others write them anew.
  const bool keeps = scheme == plan::Scheme::kFloat || scheme == plan::Scheme::kInt16x8;
  return keeps ? std::max(version, node.info.version) : version;
}

}  // namespace

absl::Status SetVersions(ir::Model& model, const plan::Plan& plan) {
  // In a file, one op has one version: the highest that any of its nodes needs.
  std::map<std::string, int> versions;
  for (size_t g = 0; g < model.graphs.size(); ++g) {
    const ir::Graph& graph = model.graphs[g];
    for (ir::NodeId id : graph.Order()) {
      const ir::Node& node = graph.node(id);
      const ops::OpDef* op = ops::FindOp(node.op());
      if (op == nullptr) continue;
      int& highest = versions[node.op()];
      highest = std::max(highest, VersionIn(SchemeOf(plan, static_cast<int>(g), id), graph, node, *op));
    }
  }
  for (ir::Graph& graph : model.graphs) {
    for (ir::NodeId id : graph.Order()) {
      auto version = versions.find(graph.node(id).op());
      if (version != versions.end()) graph.node(id).info.version = version->second;
    }
  }
  return absl::OkStatus();
}

}  // namespace zeropoint::rewrite
