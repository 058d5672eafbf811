// Before: y = tf.Betainc(a, b, x) {T=0}
// After:  y = custom.Betainc(a, b, x) {T=0}
//
// For every TF node that is left when all that has a LiteRT form has it; only where the user allows custom ops. The
// attributes stay, for the writer to spell as the op's options; but for types that LiteRT does not have.
//
// Conditions: an op that has a LiteRT form is not custom only because a custom op before it says nothing of its shape:
// that is an error, which names both.
#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "ops/op_def.h"
#include "passes/edit.h"
#include "passes/passes.h"

namespace zeropoint::passes {
namespace {

bool IsTf(const ir::Node& node) { return absl::StartsWith(node.op(), ops::kTfPrefix); }

// Ops that get a LiteRT form by passes of their own, as soon as the ranks of their operands are known.
constexpr absl::string_view kWaitForRank[] = {
    "AvgPool",
    "AvgPool3D",
    "BatchMatMul",
    "BatchMatMulV2",
    "BatchMatMulV3",
    "BiasAdd",
    "Conv2D",
    "Conv2DBackpropInput",
    "Conv3D",
    "Cumprod",
    "Cumsum",
    "DepthwiseConv2dNative",
    "Einsum",
    "FusedBatchNorm",
    "FusedBatchNormV2",
    "FusedBatchNormV3",
    "MatMul",
    "MatrixBandPart",
    "MatrixDiagPartV3",
    "MatrixDiagV3",
    "MatrixSetDiagV3",
    "MaxPool",
    "MaxPool3D",
    "RFFT",
    "Roll",
    "StridedSlice",
    "TensorScatterUpdate",
};

bool WaitsForRank(absl::string_view op) {
  if (ops::FindTfForm(op).has_value()) return true;
  return std::find(std::begin(kWaitForRank), std::end(kWaitForRank), op) != std::end(kWaitForRank);
}

// The operand without a rank that a TF node of no LiteRT form makes; kNoValue when there is none.
ir::ValueId OperandOfUnknownRank(const ir::Graph& graph, const ir::Node& node) {
  for (ir::ValueId operand : node.inputs()) {
    if (operand == ir::kNoValue || graph.value(operand).shape.ranked()) continue;
    const ir::NodeId producer = graph.producer(operand);
    if (producer == ir::kNoNode) continue;
    const absl::string_view op = graph.node(producer).op();
    if (absl::StartsWith(op, ops::kTfPrefix) || absl::StartsWith(op, ops::kCustomPrefix)) return operand;
  }
  return ir::kNoValue;
}

absl::Status CheckNotWaiting(const ir::Graph& graph, ir::NodeId id) {
  const ir::Node& node = graph.node(id);
  const ir::ValueId operand = OperandOfUnknownRank(graph, node);
  if (operand == ir::kNoValue || !WaitsForRank(absl::StripPrefix(node.op(), ops::kTfPrefix))) return absl::OkStatus();
  return absl::UnimplementedError(
      absl::StrCat("it has a LiteRT form, which needs the rank of its operand '", graph.value(operand).name, "'; ",
                   graph.node(graph.producer(operand)).op(),
                   ", which becomes a custom op, does not tell it: put tf.ensure_shape behind that op"));
}

// Such a type has the code -1, and TensorFlow's name for it in a second attribute (saved_model/node_attributes.h).
void RemoveForeignTypes(ir::Attributes& attrs) {
  constexpr absl::string_view kTfName = ".tf";
  std::vector<std::string> names;
  for (const auto& [name, value] : attrs.all()) {
    if (absl::EndsWith(name, kTfName)) names.emplace_back(absl::StripSuffix(name, kTfName));
  }
  for (const std::string& name : names) {
    attrs.Remove(name);
    attrs.Remove(absl::StrCat(name, kTfName));
  }
}

}  // namespace

absl::StatusOr<int> WriteCustom(ir::Graph& graph) {
  return RewriteEachIf(graph, IsTf, [&](ir::NodeId id) -> absl::StatusOr<bool> {
    ZP_RETURN_IF_ERROR(CheckNotWaiting(graph, id));
    ir::NodeInfo& info = graph.node(id).info;
    info.op = absl::StrCat(ops::kCustomPrefix, absl::StripPrefix(info.op, ops::kTfPrefix));
    RemoveForeignTypes(info.attrs);
    return true;
  });
}

}  // namespace zeropoint::passes
