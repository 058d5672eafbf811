#include "rewrite/instrument.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ops/called_graphs.h"
#include "ops/op_def.h"
#include "rewrite/names.h"

namespace zeropoint::rewrite {
namespace {

// The op and its options are those of TensorFlow's debug models, so that its tools read ours.
constexpr char kVerifier[] = "NumericVerify";
constexpr float kTolerance = 5.0f;  // steps; only looked at where log_if_failed is true

bool Converts(const ir::Node& node) {
  const ops::OpDef* op = ops::FindOp(node.op());
  return op != nullptr && op->conversion != ops::Conversion::kNone;
}

class GraphInstrumenter {
 public:
  GraphInstrumenter(const ir::Graph& real, ir::Graph& graph) : real_(real), graph_(graph), names_(graph) {}

  absl::Status Run() {
    for (ir::NodeId id : graph_.Order()) {
      if (!HasTwin(id)) continue;
      ZP_RETURN_IF_ERROR(AddTwin(id));
    }
    return absl::OkStatus();
  }

 private:
  bool IsVerified(ir::ValueId id) const {
    return id < real_.num_values() && real_.value(id).type == ElementType::kFloat32 &&
           graph_.value(id).quant.scale.size() == 1 && graph_.value(id).type != ElementType::kFloat32;
  }

  bool HasTwin(ir::NodeId id) const {
    if (id >= real_.max_node_id() || !real_.alive(id)) return false;
    const ir::Node &node = graph_.node(id), &twin = real_.node(id);
    const ops::OpDef* op = ops::FindOp(node.op());
    const bool plain = op != nullptr && twin.op() == node.op() && !op->has_side_effects &&
                       ops::CalledGraphs(twin).empty() && twin.info.intermediates.empty() &&
                       twin.info.mutates.empty() && twin.inputs().size() == node.inputs().size() &&
                       twin.outputs() == node.outputs();
    const bool keeps_state = std::any_of(twin.inputs().begin(), twin.inputs().end(), [&](ir::ValueId value) {
      return value != ir::kNoValue && real_.value(value).is_variable;
    });
    return plain && !keeps_state && std::any_of(node.outputs().begin(), node.outputs().end(), [&](ir::ValueId value) {
             return IsVerified(value);
           });
  }

  absl::Status AddTwin(ir::NodeId id) {
    const ir::NodeId before = graph_.next(id);
    const ir::Node& twin = real_.node(id);
    std::vector<ir::ValueId> operands, results;
    for (size_t i = 0; i < twin.inputs().size(); ++i) {
      const ir::ValueId theirs = twin.inputs()[i];
      if (theirs == ir::kNoValue) {
        operands.push_back(theirs);
      } else if (real_.value(theirs).is_constant) {
        operands.push_back(Constant(theirs));
      } else {
        ZP_ASSIGN_OR_RETURN(const ir::ValueId operand, Real(graph_.node(id).inputs()[i], before));
        operands.push_back(operand);
      }
    }
    for (ir::ValueId theirs : twin.outputs()) {
      ir::Value value = real_.value(theirs);
      value.name = names_.Unique(value.name);
      results.push_back(graph_.AddValue(std::move(value)));
    }
    graph_.AddNode(twin.info, std::move(operands), results, before);
    const std::vector<ir::ValueId> verified(graph_.node(id).outputs().begin(), graph_.node(id).outputs().end());
    for (size_t i = 0; i < verified.size(); ++i) {
      if (IsVerified(verified[i])) Verify(verified[i], results[i], before);
    }
    return absl::OkStatus();
  }

  ir::ValueId Constant(ir::ValueId theirs) {
    const auto known = constants_.find(theirs);
    if (known != constants_.end()) return known->second;
    ir::Value value = real_.value(theirs);
    value.name = names_.Unique(value.name);
    return constants_[theirs] = graph_.AddValue(std::move(value));
  }

  // The numbers that a value stands for, as they were before QUANTIZE and its like.
  absl::StatusOr<ir::ValueId> Real(ir::ValueId id, ir::NodeId before) {
    for (ir::NodeId at = graph_.producer(id); at != ir::kNoNode && Converts(graph_.node(at));
         at = graph_.producer(id)) {
      id = graph_.node(at).input(0);
    }
    const ir::Value& value = graph_.value(id);
    if (!value.quant.quantized() || value.type == ElementType::kFloat32) return id;
    const auto known = dequantized_.find(id);
    if (known != dequantized_.end()) return known->second;
    const ops::OpDef* op = ops::FindConversion(ops::Conversion::kDequantize);
    if (op == nullptr) return absl::InternalError("no op record converts integers to float");
    ir::Value result;
    result.name = names_.Unique(value.name);
    result.shape = value.shape;
    ir::NodeInfo info;
    info.op = std::string(op->name);
    info.name = result.name;
    const ir::ValueId added = graph_.AddValue(std::move(result));
    graph_.AddNode(std::move(info), {id}, {added}, before);
    return dequantized_[id] = added;
  }

  void Verify(ir::ValueId quantized, ir::ValueId real, ir::NodeId before) {
    ir::Value difference;
    // TensorFlow's tools take the name apart: they want a number behind the colon, but not a certain one.
    difference.name = names_.Unique(absl::StrCat(kVerifier, "/", graph_.value(quantized).name, ":", quantized));
    difference.shape = graph_.value(quantized).shape;
    ir::NodeInfo info;
    info.op = absl::StrCat(ops::kCustomPrefix, kVerifier);
    info.name = difference.name;
    info.attrs.Set("tolerance", kTolerance);
    info.attrs.Set("log_if_failed", false);
    const ir::ValueId added = graph_.AddValue(std::move(difference));
    graph_.AddNode(std::move(info), {quantized, real}, {added}, before);
  }

  const ir::Graph& real_;
  ir::Graph& graph_;
  Names names_;
  std::map<ir::ValueId, ir::ValueId> constants_;    // the float model's -> its copy
  std::map<ir::ValueId, ir::ValueId> dequantized_;  // quantized -> its real numbers
};

}  // namespace

absl::StatusOr<ir::Model> Instrumented(const ir::Model& real, ir::Model quantized) {
  for (size_t g = 0; g < std::min(real.graphs.size(), quantized.graphs.size()); ++g) {
    ZP_RETURN_IF_ERROR(GraphInstrumenter(real.graphs[g], quantized.graphs[g]).Run());
  }
  return quantized;
}

}  // namespace zeropoint::rewrite
