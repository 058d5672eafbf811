// Older or wider forms of TF ops, as the forms that are LiteRT ops.
//
// Before                                After
// tf.Concat(axis, x, ...)               CONCATENATION(x, ...) {axis}
// tf.TopK(x) {k}                        TOPK_V2(x, k)
// tf.ShapeN(x, ...)                     SHAPE(x), ...
// tf.UniqueV2(x, axis)                  UNIQUE(x)
// tf.SpaceToBatch(x, paddings) {b}      SPACE_TO_BATCH_ND(x, [b, b], paddings)
// tf.BatchToSpace(x, crops) {b}         BATCH_TO_SPACE_ND(x, [b, b], crops)
// tf.MaxPoolV2(x, ksize, strides)       tf.MaxPool(x) {ksize, strides}
// tf.MaxPool(x) {explicit_paddings}     tf.MaxPool(PADV2(x, paddings, -infinity)) {VALID}
// tf.SegmentMean(x, ids)                DIV(SEGMENT_SUM(x, ids), MAXIMUM(SEGMENT_SUM(ones, ids), 1))
// tf.DenseBincount(x, n, weights),      SUM(ONE_HOT(x, n, 1, 0), axis before the last), or REDUCE_MAX for
// binary_output;
//   tf.Bincount(x, n, weights)          times EXPAND_DIMS(weights, -1) when there are weights
// tf.ResizeBilinear(x), x no float32    tf.ResizeBilinear(CAST(x))
// tf.Cross(x, y)                        SUB(MUL(x', y''), MUL(x'', y')), ' and '' moving the three coordinates on by
// one and two tf.DynamicStitch(i, ..., x, ...)      GATHER(CONCATENATION(x, ...), places), all indices constant
//
// Conditions: the operands that become attributes are constant. UniqueV2: a vector. Bincount: int32 numbers of rank 1
// or 2. DynamicStitch: of rank 1 or 0, no index left out. Algebra: the definitions. A bin counts how often its one-hot
// vector comes; numbers outside the bins have none.
#include <algorithm>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ir/constants.h"
#include "passes/legalize/formula.h"
#include "passes/passes.h"

namespace zeropoint::passes {
namespace {

using ir::ValueId;

absl::StatusOr<bool> Concat(ir::Graph& graph, ir::NodeId id) {
  const Formula f(graph, id);
  const auto axis = ir::IntScalar(graph, f.x(0));
  if (!axis.has_value()) return false;
  std::vector<ValueId> parts(graph.node(id).inputs().begin() + 1, graph.node(id).inputs().end());
  f.Is("CONCATENATION", std::move(parts), Attrs({{"axis", *axis}}));
  return true;
}

absl::StatusOr<bool> TopK(ir::Graph& graph, ir::NodeId id) {
  const Formula f(graph, id);
  f.Is("TOPK_V2", {f.x(), f.Int(f.attrs().Int("k"))});
  return true;
}

absl::StatusOr<bool> ShapeN(ir::Graph& graph, ir::NodeId id) {
  const Formula f(graph, id);
  const ElementType type = f.result_type();
  std::vector<ValueId> shapes;
  for (size_t i = 0; i < graph.node(id).inputs().size(); ++i) {
    shapes.push_back(
        f.Op("SHAPE", {f.x(static_cast<int>(i))}, Attrs({{"out_type", static_cast<int64_t>(type)}}), type));
  }
  Forward(graph, id, shapes);
  return true;
}

absl::StatusOr<bool> UniqueV2(ir::Graph& graph, ir::NodeId id) {
  const Formula f(graph, id);
  if (!f.shape().ranked() || f.shape().rank() != 1) return false;
  f.Is("UNIQUE", {f.x()},
       Attrs({{"idx_out_type", f.attrs().Int("out_idx", static_cast<int64_t>(ElementType::kInt32))}}));
  return true;
}

absl::StatusOr<bool> Blocks(ir::Graph& graph, ir::NodeId id) {
  const Formula f(graph, id);
  const int64_t block = f.attrs().Int("block_size");
  const bool to_batch = graph.node(id).op() == "tf.SpaceToBatch";
  f.Is(to_batch ? "SPACE_TO_BATCH_ND" : "BATCH_TO_SPACE_ND", {f.x(0), f.Ints({block, block}), f.x(1)});
  return true;
}

absl::StatusOr<bool> MaxPoolV2(ir::Graph& graph, ir::NodeId id) {
  const Formula f(graph, id);
  const auto ksize = ir::IntElements(graph, f.x(1)), strides = ir::IntElements(graph, f.x(2));
  if (!ksize || !strides) return false;
  ir::Attributes attrs = f.attrs();
  attrs.Set("ksize", *ksize);
  attrs.Set("strides", *strides);
  f.Is("tf.MaxPool", {f.x()}, std::move(attrs));
  return true;
}

absl::StatusOr<bool> PaddedMaxPool(ir::Graph& graph, ir::NodeId id) {
  const Formula f(graph, id);
  if (f.attrs().String("padding") != "EXPLICIT" || f.type() != ElementType::kFloat32) return false;
  const std::vector<int64_t> pads = f.attrs().Ints("explicit_paddings");
  const int64_t dims = static_cast<int64_t>(pads.size()) / 2;
  const ValueId paddings = EmitReshape(graph, id, f.Ints(pads), {dims, 2});
  const ValueId least = f.Number(-std::numeric_limits<double>::infinity());
  ir::Attributes attrs = f.attrs();
  attrs.Set("padding", std::string("VALID"));
  attrs.Set("explicit_paddings", std::vector<int64_t>{});
  f.Is("tf.MaxPool", {f.Op("PADV2", {f.x(), paddings, least})}, std::move(attrs));
  return true;
}

absl::StatusOr<bool> SegmentMean(ir::Graph& graph, ir::NodeId id) {
  const Formula f(graph, id);
  if (f.type() != ElementType::kFloat32) return false;
  const ValueId ones = f.Op("FILL", {f.ShapeOf(f.x()), f.Number(1)}, {}, f.type());
  const ValueId counts = f.Op("MAXIMUM", {f.Op("SEGMENT_SUM", {ones, f.x(1)}), f.Number(1)});
  f.Is("DIV", {f.Op("SEGMENT_SUM", {f.x(), f.x(1)}), counts});
  return true;
}

absl::StatusOr<bool> Bincount(ir::Graph& graph, ir::NodeId id) {
  const Formula f(graph, id);
  const ir::Shape numbers = f.shape(0), weights = f.shape(2);
  const bool ready = f.type() == ElementType::kInt32 && numbers.ranked() && weights.ranked() && weights.rank() > 0;
  if (!ready || numbers.rank() < 1 || numbers.rank() > 2) return false;
  const bool weighted = weights[0] != 0, binary = f.attrs().Bool("binary_output");
  if (weighted && weights != numbers) return false;
  const ElementType type = f.result_type();
  const ValueId bins = f.Cast(f.x(1), ElementType::kInt32);
  ValueId counts =
      f.Op("ONE_HOT", {f.x(0), bins, f.Number(type, 1), f.Number(type, 0)}, Attrs({{"axis", int64_t{-1}}}), type);
  if (weighted && !binary) counts = f.Op("MUL", {counts, f.Op("EXPAND_DIMS", {f.x(2), f.Int(-1)})});
  f.Is(binary ? "REDUCE_MAX" : "SUM", {counts, f.Ints({numbers.rank() - 1})}, Attrs({{"keep_dims", false}}));
  return true;
}

absl::StatusOr<bool> Cross(ir::Graph& graph, ir::NodeId id) {
  const Formula f(graph, id);
  const ir::Shape shape = f.shape();
  if (!shape.ranked() || shape.rank() == 0 || f.type() != ElementType::kFloat32) return false;
  const auto moved = [&](int operand, std::vector<int64_t> order) {
    return f.Gather(f.x(operand), f.Ints(order), shape.rank() - 1);
  };
  const ValueId plus = f.Op("MUL", {moved(0, {1, 2, 0}), moved(1, {2, 0, 1})});
  f.Is("SUB", {plus, f.Op("MUL", {moved(0, {2, 0, 1}), moved(1, {1, 2, 0})})});
  return true;
}

// Where each row of the result stands among all the data's rows; nothing when one has none.
std::optional<std::vector<int64_t>> StitchedFrom(const std::vector<std::vector<int64_t>>& indices) {
  std::vector<int64_t> from;
  int64_t row = 0;
  for (const std::vector<int64_t>& part : indices) {
    for (int64_t to : part) {
      constexpr int64_t kMostRows = int64_t{1} << 20;
      if (to < 0 || to >= kMostRows) return std::nullopt;
      if (static_cast<size_t>(to) >= from.size()) from.resize(static_cast<size_t>(to) + 1, -1);
      from[static_cast<size_t>(to)] = row++;  // the last one wins
    }
  }
  return std::count(from.begin(), from.end(), -1) > 0 ? std::nullopt : std::optional(from);
}

absl::StatusOr<bool> Stitch(ir::Graph& graph, ir::NodeId id) {
  const Formula f(graph, id);
  const int parts = static_cast<int>(graph.node(id).inputs().size()) / 2;
  std::vector<std::vector<int64_t>> indices;
  std::vector<ValueId> data;
  for (int i = 0; i < parts; ++i) {
    const auto part = ir::IntElements(graph, f.x(i));
    if (!part.has_value() || f.shape(i).rank() > 1 || !f.shape(parts + i).ranked()) return false;
    indices.push_back(*part);
    const bool scalar = f.shape(i).rank() == 0;
    data.push_back(scalar ? f.Op("EXPAND_DIMS", {f.x(parts + i), f.Int(0)}) : f.x(parts + i));
  }
  const auto from = StitchedFrom(indices);
  if (!from.has_value() || data.empty()) return false;
  const ValueId all = data.size() == 1 ? data[0] : f.Op("CONCATENATION", data, Attrs({{"axis", int64_t{0}}}));
  f.Is("GATHER", {all, f.Ints(*from)}, Attrs({{"axis", int64_t{0}}, {"batch_dims", int64_t{0}}}));
  return true;
}

// TensorFlow interpolates integers as reals; LiteRT would give integers.
absl::StatusOr<bool> ResizeAsReals(ir::Graph& graph, ir::NodeId id) {
  const Formula f(graph, id);
  if (f.type() == ElementType::kFloat32) return false;
  graph.SetInput(id, 0, f.Cast(f.x(), ElementType::kFloat32));
  return true;
}

constexpr RewriteRow kRows[] = {
    {"tf.ResizeBilinear", ResizeAsReals},
    {"tf.Concat", Concat},
    {"tf.TopK", TopK},
    {"tf.ShapeN", ShapeN},
    {"tf.UniqueV2", UniqueV2},
    {"tf.SpaceToBatch", Blocks},
    {"tf.BatchToSpace", Blocks},
    {"tf.MaxPoolV2", MaxPoolV2},
    {"tf.MaxPool", PaddedMaxPool},
    {"tf.SegmentMean", SegmentMean},
    {"tf.DenseBincount", Bincount},
    {"tf.Bincount", Bincount},
    {"tf.Cross", Cross},
    {"tf.DynamicStitch", Stitch},
    {"tf.ParallelDynamicStitch", Stitch},
};

}  // namespace

absl::StatusOr<int> LegalizeRenamedForms(ir::Graph& graph) { return RewriteTable(graph, kRows); }

}  // namespace zeropoint::passes
