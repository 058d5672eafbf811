// Before: y = tf.MaxPool3D(x[n, d, h, w, c]) {ksize, strides, padding}   (and AvgPool3D)
// After:  a = MAX_POOL_2D(RESHAPE(x, [n * d, h, w, c]))      window of rows and columns
//         y = RESHAPE(MAX_POOL_2D(RESHAPE(a, [n, d, h' * w', c])))   window of depths
//         a pooling whose window and stride are 1 is left out
// Before: y = tf.Conv3D(x) {data_format = "NCDHW"}   (and MaxPool3D, AvgPool3D, Conv3DBackpropInputV2)
// After:  y = TRANSPOSE(tf.Conv3D(TRANSPOSE(x)) {data_format = "NDHWC"})
//
// Conditions: pooling: float32, all sizes but the batch known, windows of one element along batch and channels.
// Algebra: the maximum over a box is the maximum over depths of the maxima over rows and columns. So is the mean, with
// padding too: a window holds as many elements as its depths inside the volume times its rows and columns inside.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ir/constants.h"
#include "passes/legalize/formula.h"
#include "passes/legalize/layout.h"
#include "passes/legalize/legalize.h"

namespace zeropoint::passes {
namespace {

using ir::ValueId;

constexpr size_t kVolumeRank = 5;  // batch, depth, rows, columns, channels
constexpr absl::string_view kPools[] = {"tf.MaxPool3D", "tf.AvgPool3D"};
constexpr absl::string_view kConvs[] = {"tf.Conv3D", "tf.Conv3DBackpropInputV2"};
constexpr absl::string_view kPerDimension[] = {"ksize", "strides", "dilations"};

template <size_t n>
bool Among(absl::string_view op, const absl::string_view (&ops)[n]) {
  return std::find(std::begin(ops), std::end(ops), op) != std::end(ops);
}

// --- pooling

struct Extent {
  int64_t window, stride;
  bool trivial() const { return window == 1 && stride == 1; }
};

int64_t Steps(int64_t size, const Extent& extent, bool same) {
  return same ? (size + extent.stride - 1) / extent.stride : (size - extent.window) / extent.stride + 1;
}

ValueId Pool(const Formula& f, ValueId x, const Extent& rows, const Extent& columns, bool same) {
  const bool maximum = f.graph().node(f.id()).op() == "tf.MaxPool3D";
  return f.Op(maximum ? "MAX_POOL_2D" : "AVERAGE_POOL_2D", {x},
              Attrs({{"padding", same ? kPaddingSame : kPaddingValid},
                     {"stride_h", rows.stride},
                     {"stride_w", columns.stride},
                     {"filter_height", rows.window},
                     {"filter_width", columns.window}}));
}

absl::StatusOr<bool> PoolVolume(ir::Graph& graph, ir::NodeId id) {
  const Formula f(graph, id);
  const ir::Shape shape = f.shape();
  const std::vector<int64_t> ksize = f.attrs().Ints("ksize"), strides = f.attrs().Ints("strides");
  const std::string padding = f.attrs().String("padding");
  const bool same = padding == "SAME";
  if (f.type() != ElementType::kFloat32 || !shape.ranked()) return false;
  const bool well_formed = shape.rank() == static_cast<int>(kVolumeRank) && ksize.size() == kVolumeRank &&
                           strides.size() == kVolumeRank && (same || padding == "VALID") &&
                           *std::min_element(ksize.begin(), ksize.end()) > 0 &&
                           *std::min_element(strides.begin(), strides.end()) > 0;
  if (!well_formed) return absl::InvalidArgumentError(absl::StrCat("pooling of a volume of shape ", shape.ToString()));
  const bool inside = ksize[0] == 1 && ksize[4] == 1 && strides[0] == 1 && strides[4] == 1;
  if (!inside || std::count(shape.dims().begin() + 1, shape.dims().end(), ir::kDynamic) > 0) return false;

  const Extent depth{ksize[1], strides[1]}, rows{ksize[2], strides[2]}, columns{ksize[3], strides[3]};
  const int64_t channels = shape[4], depths = shape[1];
  const int64_t height = Steps(shape[2], rows, same), width = Steps(shape[3], columns, same);
  if (depths < 1 || height < 1 || width < 1 || Steps(depths, depth, same) < 1) {
    return absl::InvalidArgumentError("the window is larger than the volume");
  }
  ValueId y = f.x();
  if (!rows.trivial() || !columns.trivial()) {
    y = Pool(f, f.Reshape(y, {-1, shape[2], shape[3], channels}), rows, columns, same);
  }
  if (!depth.trivial()) y = Pool(f, f.Reshape(y, {-1, depths, height * width, channels}), depth, {1, 1}, same);
  f.Is("RESHAPE", {y, f.Ints({-1, Steps(depths, depth, same), height, width, channels})});
  return true;
}

// --- channels

std::vector<int64_t> ChannelsBehind(const std::vector<int64_t>& e) { return {e[0], e[2], e[3], e[4], e[1]}; }

absl::StatusOr<bool> MoveChannels(ir::Graph& graph, ir::NodeId id) {
  ir::Attributes attrs = graph.node(id).attrs();
  for (absl::string_view name : kPerDimension) {
    const std::vector<int64_t> entries = attrs.Ints(name);
    if (entries.size() == kVolumeRank) attrs.Set(name, ChannelsBehind(entries));
  }
  attrs.Set("data_format", std::string("NDHWC"));
  const std::string op = graph.node(id).op();
  const Formula f(graph, id);
  std::vector<ValueId> inputs(graph.node(id).inputs().begin(), graph.node(id).inputs().end());
  const bool backwards = op == "tf.Conv3DBackpropInputV2";  // sizes, filter, volume
  ValueId& volume = inputs[backwards ? 2 : 0];
  volume = EmitTranspose(graph, id, volume, {0, 2, 3, 4, 1});
  if (backwards) inputs[0] = f.Gather(inputs[0], f.Ints({0, 2, 3, 4, 1}), /*axis=*/0);
  const ValueId result = Emit(graph, id, op, std::move(inputs), std::move(attrs), f.result_type());
  f.Is("TRANSPOSE", {result, f.Ints({0, 4, 1, 2, 3})});
  return true;
}

}  // namespace

absl::StatusOr<int> LegalizeVolumes(ir::Graph& graph) {
  const auto channels_first = [](const ir::Node& node) {
    return (Among(node.op(), kPools) || Among(node.op(), kConvs)) && node.attrs().String("data_format") == "NCDHW";
  };
  const auto pool = [](const ir::Node& node) { return Among(node.op(), kPools); };
  ZP_ASSIGN_OR_RETURN(const int moved,
                      RewriteEachIf(graph, channels_first, [&](ir::NodeId id) { return MoveChannels(graph, id); }));
  ZP_ASSIGN_OR_RETURN(const int pooled,
                      RewriteEachIf(graph, pool, [&](ir::NodeId id) { return PoolVolume(graph, id); }));
  return moved + pooled;
}

}  // namespace zeropoint::passes
