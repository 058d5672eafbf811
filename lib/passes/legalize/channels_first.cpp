// Before: y = tf.MaxPool(x) {data_format = "NCHW"}   (and AvgPool, DepthToSpace, SpaceToDepth)
// After:  y = TRANSPOSE(tf.MaxPool(TRANSPOSE(x)) {data_format = "NHWC"})
//
// Conditions: images of rank 4. The TF node in the middle is legalized by its own pass.
// Algebra: the op works on rows and columns wherever they stand; per-dimension attributes follow the dimensions.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "passes/edit.h"
#include "passes/legalize/layout.h"
#include "passes/legalize/legalize.h"

namespace zeropoint::passes {
namespace {

constexpr absl::string_view kOps[] = {"tf.MaxPool", "tf.AvgPool", "tf.DepthToSpace", "tf.SpaceToDepth"};
constexpr absl::string_view kPerDimension[] = {"ksize", "strides"};

absl::StatusOr<bool> MoveChannels(ir::Graph& graph, ir::NodeId id) {
  ir::Attributes attrs = graph.node(id).attrs();
  for (absl::string_view name : kPerDimension) {
    std::vector<int64_t> entries = attrs.Ints(name);
    if (entries.size() == 4) attrs.Set(name, std::vector<int64_t>{entries[0], entries[2], entries[3], entries[1]});
  }
  attrs.Set("data_format", std::string("NHWC"));
  const std::string op = graph.node(id).op();
  ir::ValueId image = ToChannelsLast(graph, id, graph.node(id).input(0));
  BecomeInLayout(graph, id, op, {image}, std::move(attrs), /*channels_first=*/true);
  return true;
}

}  // namespace

absl::StatusOr<int> LegalizeChannelsFirst(ir::Graph& graph) {
  auto wanted = [](const ir::Node& node) {
    return std::find(std::begin(kOps), std::end(kOps), node.op()) != std::end(kOps) && ChannelsFirst(node);
  };
  return RewriteEachIf(graph, wanted, [&](ir::NodeId id) { return MoveChannels(graph, id); });
}

}  // namespace zeropoint::passes
