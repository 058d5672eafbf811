// Before: y = tf.FusedBatchNorm*(x, scale, offset, mean, variance) {epsilon, is_training = false}
// After:  m = MUL(scale, RSQRT(ADD(variance, epsilon)))
//         y = ADD(MUL(x, m), SUB(offset, MUL(mean, m)))
//         data_format NCHW: between TRANSPOSEs.
// Before: the same {is_training = true}
// After:  the same with mean = MEAN(x, [0, 1, 2]), variance = MEAN(SQUARED_DIFFERENCE(x, mean), [0, 1, 2])
//
// Conditions: epsilon representable as the float TF stores; in training, nothing reads the statistics.
// Algebra: (x - mean) / sqrt(variance + epsilon) * scale + offset, with the constant parts collected. With constant
// parameters, folding computes m and the sum in float32 in this very order, as TensorFlow's converter does, so that
// what is later multiplied into a convolution's filter is bit-equal.
#include "absl/strings/str_cat.h"
#include "passes/edit.h"
#include "passes/legalize/layout.h"
#include "passes/legalize/legalize.h"

namespace zeropoint::passes {
namespace {

// TF's default, of the op's definition.
constexpr float kDefaultEpsilon = 1e-4f;

bool ReadsStatistics(const ir::Graph& graph, const ir::Node& node) {
  for (size_t i = 1; i < node.outputs().size(); ++i) {
    if (graph.NumUses(node.outputs()[i]) > 0) return true;
  }
  return false;
}

ir::ValueId MeanOfPixels(ir::Graph& graph, ir::NodeId id, ir::ValueId image) {
  const ir::ValueId axes = AddInts(graph, absl::StrCat(graph.node(id).info.name, "/axes"), {0, 1, 2});
  return Emit(graph, id, "MEAN", {image, axes}, Attrs({{"keep_dims", false}}));
}

absl::StatusOr<bool> BatchNorm(ir::Graph& graph, ir::NodeId id) {
  const ir::Attributes& attrs = graph.node(id).attrs();
  const bool training = attrs.Bool("is_training", true);
  if (training && ReadsStatistics(graph, graph.node(id))) return false;
  const float epsilon = attrs.Float("epsilon", kDefaultEpsilon);
  const bool channels_first = ChannelsFirst(graph.node(id));
  const ir::ValueId scale = graph.node(id).input(1), offset = graph.node(id).input(2);
  ir::ValueId mean = graph.node(id).input(3), variance = graph.node(id).input(4);
  const ir::Attributes no_activation = Attrs({{"fused_activation_function", int64_t{0}}});

  ir::ValueId image = ToChannelsLast(graph, id, graph.node(id).input(0));
  if (training) {
    mean = MeanOfPixels(graph, id, image);
    variance = MeanOfPixels(graph, id, Emit(graph, id, "SQUARED_DIFFERENCE", {image, mean}));
  }
  ir::ValueId eps = AddFloat(graph, absl::StrCat(graph.node(id).info.name, "/epsilon"), epsilon);
  ir::ValueId inverse = Emit(graph, id, "RSQRT", {Emit(graph, id, "ADD", {variance, eps}, no_activation)});
  ir::ValueId factor = Emit(graph, id, "MUL", {scale, inverse}, no_activation);
  ir::ValueId shift =
      Emit(graph, id, "SUB", {offset, Emit(graph, id, "MUL", {mean, factor}, no_activation)}, no_activation);
  ir::ValueId scaled = Emit(graph, id, "MUL", {image, factor}, no_activation);

  // The statistics that the node passes through, for whoever reads them.
  std::vector<ir::ValueId> results(graph.node(id).outputs().begin(), graph.node(id).outputs().end());
  for (size_t i = 1; i < results.size(); ++i) graph.ReplaceUses(results[i], i % 2 == 1 ? mean : variance);
  graph.SetOutputs(id, {results[0]});
  BecomeInLayout(graph, id, "ADD", {scaled, shift}, no_activation, channels_first);
  return true;
}

}  // namespace

absl::StatusOr<int> LegalizeBatchNorm(ir::Graph& graph) {
  auto wanted = [](const ir::Node& node) {
    return node.op() == "tf.FusedBatchNorm" || node.op() == "tf.FusedBatchNormV2" || node.op() == "tf.FusedBatchNormV3";
  };
  return RewriteEachIf(graph, wanted, [&](ir::NodeId id) { return BatchNorm(graph, id); });
}

}  // namespace zeropoint::passes
