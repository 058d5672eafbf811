// Before: BATCH_TO_SPACE_ND(CONV_2D(SPACE_TO_BATCH_ND(x, block, pads), w, b) {VALID}, block, crops)
//         (and DEPTHWISE_CONV_2D)
// After:  CONV_2D(x, w, b) {dilation = block, padding = SAME or VALID}
//
// Before: BATCH_TO_SPACE_ND(RESHAPE(CONV_2D(RESHAPE(SPACE_TO_BATCH_ND(x, [b], pads)), w, b) {VALID}), [b], crops)
//         x: [batch, steps, channels], which the RESHAPEs give and take one row (or EXPAND_DIMS, SQUEEZE)
// After:  SQUEEZE(CONV_2D(EXPAND_DIMS(x, 1), w, b) {dilation = [1, b], padding = SAME or VALID}, 1)
//
// Conditions: stride 1 and no dilation in the middle, which has one reader each; block, pads and crops constant. VALID:
// nothing is padded but what the blocks need and crops take away again. SAME: rows and columns of x known, and pads
// less crops are what SAME pads.
// Algebra: SPACE_TO_BATCH_ND deals out every block-th pixel to one image; a convolution of those is the dilated one of
// x (the "a trous" algorithm), and BATCH_TO_SPACE_ND deals them back.
#include "ir/constants.h"
#include "passes/edit.h"
#include "passes/fuse/fuse.h"
#include "passes/legalize/layout.h"

namespace zeropoint::passes {
namespace {

constexpr const char* kStrides[] = {"stride_h", "stride_w"};
constexpr const char* kDilations[] = {"dilation_h_factor", "dilation_w_factor"};

struct Blocks {
  std::vector<int64_t> block, amounts;  // amounts: before and after, rows then columns
};

std::optional<Blocks> ReadBlocks(const ir::Graph& graph, ir::NodeId id) {
  auto block = ir::IntElements(graph, graph.node(id).input(1)),
       amounts = ir::IntElements(graph, graph.node(id).input(2));
  if (!block.has_value() || !amounts.has_value() || block->size() != 2 || amounts->size() != 4) return std::nullopt;
  return Blocks{*block, *amounts};
}

bool Plain(const ir::Attributes& attrs) {
  for (int i = 0; i < 2; ++i) {
    if (attrs.Int(kStrides[i], 1) != 1 || attrs.Int(kDilations[i], 1) != 1) return false;
  }
  return attrs.Int("padding") == kPaddingValid && attrs.Int("fused_activation_function") == 0;
}

// What one axis pads beyond what is cropped again: nothing, what SAME pads, or something else.
enum class Padding { kNone, kSame, kOther };
Padding PaddingOf(int64_t size, int64_t kernel, int64_t block, const int64_t* pads, const int64_t* crops) {
  const int64_t before = pads[0] - crops[0], after = pads[1] - crops[1];
  if (before == 0 && after == 0) return Padding::kNone;
  const int64_t total = (kernel - 1) * block;  // stride 1: SAME pads all that the kernel reaches beyond its middle
  if (size == ir::kDynamic || kernel == ir::kDynamic) return Padding::kOther;
  return before == total / 2 && after == total - total / 2 ? Padding::kSame : Padding::kOther;
}

absl::StatusOr<bool> Fuse(ir::Graph& graph, ir::NodeId id) {
  const ir::ValueId product = graph.node(id).input(0);
  const ir::NodeId conv = graph.producer(product);
  if (conv == ir::kNoNode || SoleReader(graph, product) == ir::kNoNode) return false;
  const std::string& op = graph.node(conv).op();
  if ((op != "CONV_2D" && op != "DEPTHWISE_CONV_2D") || !Plain(graph.node(conv).attrs())) return false;
  const ir::NodeId deal = SoleProducerOf(graph, graph.node(conv).input(0), "SPACE_TO_BATCH_ND");
  if (deal == ir::kNoNode) return false;
  const auto spread = ReadBlocks(graph, deal), gather = ReadBlocks(graph, id);
  if (!spread.has_value() || !gather.has_value() || spread->block != gather->block) return false;
  const ir::ValueId x = graph.node(deal).input(0);
  const ir::Shape& image = graph.value(x).shape;
  const ir::Shape& filter = graph.value(graph.node(conv).input(1)).shape;
  if (image.rank() != 4 || filter.rank() != 4) return false;

  Padding padding[2];
  for (size_t i = 0; i < 2; ++i) {
    const int axis = 1 + static_cast<int>(i);
    padding[i] =
        PaddingOf(image[axis], filter[axis], spread->block[i], &spread->amounts[2 * i], &gather->amounts[2 * i]);
  }
  // A kernel of one row pads nothing either way.
  for (size_t i = 0; i < 2; ++i) {
    if (padding[i] == Padding::kNone && filter[1 + static_cast<int>(i)] == 1) padding[i] = padding[1 - i];
  }
  if (padding[0] != padding[1] || padding[0] == Padding::kOther) return false;

  ir::Attributes& attrs = graph.node(conv).info.attrs;
  for (size_t i = 0; i < 2; ++i) attrs.Set(kDilations[i], spread->block[i]);
  attrs.Set("padding", padding[0] == Padding::kSame ? kPaddingSame : kPaddingValid);
  const ir::ValueId result = graph.node(id).output();
  graph.SetInput(conv, 0, x);
  graph.RemoveNode(id);
  graph.RemoveNode(deal);
  graph.SetOutputs(conv, {result});
  return true;
}

// The node that makes the value, when one operand of one node is all that reads it.
ir::NodeId SoleMaker(const ir::Graph& graph, ir::ValueId value) {
  return SoleReader(graph, value) == ir::kNoNode ? ir::kNoNode : graph.producer(value);
}

// Whether an image is one row, and the row this sequence.
bool IsRow(const ir::Shape& image, const ir::Shape& sequence) {
  return image.ranked() && sequence.ranked() && image.rank() == 4 && sequence.rank() == 3 && image[1] == 1 &&
         image[0] == sequence[0] && image[2] == sequence[1] && image[3] == sequence[2];
}

// The node that gives or takes the row, when it is one.
bool IsRowChange(const ir::Graph& graph, ir::NodeId id, bool gives) {
  if (id == ir::kNoNode) return false;
  const ir::Node& node = graph.node(id);
  if (node.op() != "RESHAPE" && node.op() != (gives ? "EXPAND_DIMS" : "SQUEEZE")) return false;
  const ir::Shape &from = graph.value(node.input(0)).shape, &to = graph.value(node.output()).shape;
  return gives ? IsRow(to, from) : IsRow(from, to);
}

absl::StatusOr<bool> FuseSequence(ir::Graph& graph, ir::NodeId id) {
  const ir::NodeId take = SoleMaker(graph, graph.node(id).input(0));
  if (!IsRowChange(graph, take, /*gives=*/false)) return false;
  const ir::NodeId conv = SoleMaker(graph, graph.node(take).input(0));
  if (conv == ir::kNoNode || graph.node(conv).op() != "CONV_2D" || !Plain(graph.node(conv).attrs())) return false;
  const ir::NodeId give = SoleMaker(graph, graph.node(conv).input(0));
  if (!IsRowChange(graph, give, /*gives=*/true)) return false;
  const ir::NodeId deal = SoleProducerOf(graph, graph.node(give).input(0), "SPACE_TO_BATCH_ND");
  if (deal == ir::kNoNode) return false;
  const auto ints = [&](ir::NodeId node, int operand) {
    return ir::IntElements(graph, graph.node(node).input(operand));
  };
  const auto block = ints(deal, 1), pads = ints(deal, 2), gathered = ints(id, 1), crops = ints(id, 2);
  if (!block || !pads || !crops || block != gathered) return false;
  if (block->size() != 1 || pads->size() != 2 || crops->size() != 2) return false;
  const ir::ValueId x = graph.node(deal).input(0);
  const ir::Shape& sequence = graph.value(x).shape;
  const ir::Shape& filter = graph.value(graph.node(conv).input(1)).shape;
  if (!sequence.ranked() || sequence.rank() != 3 || !filter.ranked() || filter.rank() != 4 || filter[1] != 1)
    return false;
  const Padding padding = PaddingOf(sequence[1], filter[2], (*block)[0], pads->data(), crops->data());
  if (padding == Padding::kOther) return false;

  const ir::ValueId axis = AddInt(graph, graph.value(x).name + "/row", 1);
  graph.SetInput(conv, 0, Emit(graph, deal, "EXPAND_DIMS", {x, axis}));
  ir::Attributes& attrs = graph.node(conv).info.attrs;
  attrs.Set(kDilations[1], (*block)[0]);
  attrs.Set("padding", padding == Padding::kSame ? kPaddingSame : kPaddingValid);
  const ir::ValueId product = graph.node(conv).output();
  graph.value(product).shape = ir::Shape::Unranked();
  Become(graph, id, "SQUEEZE", {product}, Attrs({{"squeeze_dims", std::vector<int64_t>{1}}}));
  for (ir::NodeId unread : {take, give, deal}) graph.RemoveNode(unread);
  return true;
}

}  // namespace

absl::StatusOr<int> FuseDilatedConv(ir::Graph& graph) {
  return RewriteEach(graph, "BATCH_TO_SPACE_ND", [&](ir::NodeId id) -> absl::StatusOr<bool> {
    ZP_ASSIGN_OR_RETURN(const bool fused, Fuse(graph, id));
    return fused ? true : FuseSequence(graph, id);
  });
}

}  // namespace zeropoint::passes
