// Before: BATCH_TO_SPACE_ND(CONV_2D(SPACE_TO_BATCH_ND(x, block, pads), w, b) {VALID}, block, crops)
//         (and DEPTHWISE_CONV_2D)
// After:  CONV_2D(x, w, b) {dilation = block, padding = SAME or VALID}
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

}  // namespace

absl::StatusOr<int> FuseDilatedConv(ir::Graph& graph) {
  return RewriteEach(graph, "BATCH_TO_SPACE_ND", [&](ir::NodeId id) { return Fuse(graph, id); });
}

}  // namespace zeropoint::passes
