// Before: y = tf.NonMaxSuppression(boxes, scores, most) {iou_threshold}    (V2, V3: thresholds as operands)
// After:  y = SLICE(n, 0, RESHAPE(count, [1])), (n, count) = NON_MAX_SUPPRESSION_V4(boxes, scores, most, iou, score)
//
// Before: tf.CombinedNonMaxSuppression(boxes[b, n, q or 1, 4], scores[b, n, q], per_class, most, iou, score)
// After:  for each image and class: (i, count) = NON_MAX_SUPPRESSION_V4 of its boxes and scores
//             its scores: SELECT_V2(LESS(RANGE(0, per_class, 1), count), GATHER(scores, i), lowest); its boxes:
//             GATHER(boxes, i)
//         for each image: (s, at) = TOPK_V2 of the CONCATENATION of all classes' scores; boxes: GATHER(all boxes, at);
//         class:
//             GATHER(a constant, at); valid = MINIMUM(sum of counts, most); what is not valid is 0
//         the images: PACK
//
// Conditions: Combined: batch, number of boxes and number of classes known, and both limits constant.
// Algebra: the definition. TF sorts an image's detections by score as TOPK_V2 does. TF's first three versions have as
// many results as there are boxes left; LiteRT's op pads, so that the padding is cut off.
#include <algorithm>
#include <limits>

#include "absl/strings/str_cat.h"
#include "ir/constants.h"
#include "passes/legalize/formula.h"
#include "passes/legalize/legalize.h"

namespace zeropoint::passes {
namespace {

using ir::ValueId;

struct Selected {
  ValueId boxes, count;
};

Selected Suppress(const Formula& f, std::vector<ValueId> operands) {
  ir::Graph& graph = f.graph();
  const std::string name = graph.node(f.id()).info.name;
  const auto result = [&](absl::string_view what) {
    ir::Value value;
    value.name = absl::StrCat(name, "/", what);
    value.type = ElementType::kInt32;
    value.shape = ir::Shape::Unranked();
    return graph.AddValue(std::move(value));
  };
  const Selected selected{result("selected"), result("count")};
  graph.AddNode({.op = "NON_MAX_SUPPRESSION_V4", .name = name}, std::move(operands), {selected.boxes, selected.count},
                f.id());
  return selected;
}

constexpr double kNoThreshold = -std::numeric_limits<float>::max();
constexpr float kDefaultIou = 0.5f;  // of the op's definition

absl::StatusOr<bool> Plain(ir::Graph& graph, ir::NodeId id) {
  const Formula f(graph, id);
  if (f.type() != ElementType::kFloat32) return false;
  const auto real = ElementType::kFloat32;
  const ValueId iou = f.x(3) != ir::kNoValue ? f.x(3) : f.Number(real, f.attrs().Float("iou_threshold", kDefaultIou));
  const ValueId score = f.x(4) != ir::kNoValue ? f.x(4) : f.Number(real, kNoThreshold);
  const Selected selected = Suppress(f, {f.x(0), f.x(1), f.x(2), iou, score});
  f.Is("SLICE", {selected.boxes, f.Ints({0}), f.Reshape(selected.count, {1})});
  return true;
}

// --- combined

struct Problem {
  int64_t images, boxes, classes, box_classes, per_class, most;
  int64_t candidates() const { return classes * per_class; }
  int64_t kept() const { return std::min(most, candidates()); }
};

enum Operand { kBoxes, kScores, kPerClass, kMost, kIou, kScore };

// Sizes beyond which the model would be made of more ops than anybody wants.
constexpr int64_t kMostSuppressions = 4096;

std::optional<Problem> ReadProblem(const Formula& f) {
  const ir::Shape boxes = f.shape(kBoxes), scores = f.shape(kScores);
  const auto per_class = ir::IntScalar(f.graph(), f.x(kPerClass)), most = ir::IntScalar(f.graph(), f.x(kMost));
  if (!boxes.ranked() || !scores.ranked() || !per_class || !most || boxes.rank() != 4 || scores.rank() != 3)
    return std::nullopt;
  if (scores[0] == ir::kDynamic || scores[1] == ir::kDynamic || scores[2] == ir::kDynamic || boxes[2] == ir::kDynamic) {
    return std::nullopt;
  }
  Problem p{scores[0], scores[1], scores[2], boxes[2], std::min(*per_class, scores[1]), *most};
  const bool sensible = p.images > 0 && p.boxes > 0 && p.classes > 0 && p.per_class > 0 && p.most > 0 &&
                        (p.box_classes == 1 || p.box_classes == p.classes) && p.images <= kMostSuppressions / p.classes;
  if (!sensible) return std::nullopt;
  // pad_per_class limits the rows of the results to what the classes can fill.
  if (f.attrs().Bool("pad_per_class")) p.most = std::min(p.most, *per_class * p.classes);
  return p;
}

// A part of the operand, reshaped.
ValueId Cut(const Formula& f, ValueId x, std::vector<int64_t> begin, std::vector<int64_t> size,
            absl::Span<const int64_t> dims) {
  return f.Reshape(f.Op("SLICE", {x, f.Ints(begin), f.Ints(size)}), dims);
}

// The detections of one image, with zeros behind the last.
struct Detections {
  ValueId boxes, scores, classes, count;
};

Detections DetectIn(const Formula& f, const Problem& p, int64_t image) {
  const auto real = ElementType::kFloat32;
  const ValueId lowest = f.Number(real, kNoThreshold), places = f.Count(f.Int(p.per_class));
  std::vector<ValueId> all_scores, all_boxes, counts;
  std::vector<float> all_classes;
  for (int64_t c = 0; c < p.classes; ++c) {
    const int64_t box_class = p.box_classes == 1 ? 0 : c;
    const ValueId boxes = Cut(f, f.x(kBoxes), {image, 0, box_class, 0}, {1, p.boxes, 1, 4}, {p.boxes, 4});
    const ValueId scores = Cut(f, f.x(kScores), {image, 0, c}, {1, p.boxes, 1}, {p.boxes});
    const Selected selected = Suppress(f, {boxes, scores, f.Int(p.per_class), f.x(kIou), f.x(kScore)});
    const ValueId valid = f.Test("LESS", {places, selected.count});
    all_scores.push_back(f.Select(valid, f.Gather(scores, selected.boxes, 0), lowest));
    all_boxes.push_back(f.Gather(boxes, selected.boxes, 0));
    counts.push_back(selected.count);
    all_classes.insert(all_classes.end(), static_cast<size_t>(p.per_class), static_cast<float>(c));
  }
  const auto joined = [&](const std::vector<ValueId>& parts) {
    return parts.size() == 1 ? parts[0] : f.Op("CONCATENATION", parts, Attrs({{"axis", int64_t{0}}}));
  };
  const ValueId candidates = joined(all_scores), boxes = joined(all_boxes);
  const ValueId total = counts.size() == 1 ? counts[0] : f.Op("ADD_N", counts);
  ir::Graph& graph = f.graph();
  const ValueId class_of =
      AddFloats(graph, absl::StrCat(graph.node(f.id()).info.name, "/classes"), ir::Shape{p.candidates()}, all_classes);
  // TOPK_V2 has two results.
  const ValueId best = f.Op("TOPK_V2", {candidates, f.Int(p.kept())});
  ir::Value positions;
  positions.name = absl::StrCat(graph.node(f.id()).info.name, "/positions");
  positions.type = ElementType::kInt32;
  positions.shape = ir::Shape::Unranked();
  const ValueId at = graph.AddValue(std::move(positions));
  graph.SetOutputs(graph.producer(best), {best, at});

  const ValueId count = f.Op("MINIMUM", {total, f.Int(p.kept())});
  const ValueId valid = f.Test("LESS", {f.Count(f.Int(p.kept())), count}), zero = f.Number(real, 0);
  Detections found;
  found.boxes = f.Select(f.Op("EXPAND_DIMS", {valid, f.Int(1)}), f.Gather(boxes, at, 0), zero);
  if (f.attrs().Bool("clip_boxes", true)) {
    found.boxes = f.Op("MAXIMUM", {f.Op("MINIMUM", {found.boxes, f.Number(real, 1)}), zero});
  }
  found.scores = f.Select(valid, best, zero);
  found.classes = f.Select(valid, f.Gather(class_of, at, 0), zero);
  found.count = count;
  return found;
}

// Rows of zeros behind, up to the number that the results shall have.
ValueId Fill(const Formula& f, const Problem& p, ValueId x, int rank) {
  if (p.kept() == p.most) return x;
  std::vector<int32_t> amounts(static_cast<size_t>(rank) * 2, 0);
  amounts[1] = static_cast<int32_t>(p.most - p.kept());
  const ValueId paddings = f.graph().AddConstant(absl::StrCat(f.graph().node(f.id()).info.name, "/paddings"),
                                                 ir::Shape{rank, 2}, absl::Span<const int32_t>(amounts));
  return f.Op("PAD", {x, paddings});
}

ValueId Packed(const Formula& f, const std::vector<ValueId>& images) {
  return f.Op("PACK", images, Attrs({{"axis", int64_t{0}}, {"values_count", static_cast<int64_t>(images.size())}}));
}

absl::StatusOr<bool> Combined(ir::Graph& graph, ir::NodeId id) {
  const Formula f(graph, id);
  const std::optional<Problem> problem = ReadProblem(f);
  if (!problem.has_value() || graph.node(id).outputs().size() != 4 || f.type() != ElementType::kFloat32) return false;
  std::vector<ValueId> boxes, scores, classes, counts;
  for (int64_t image = 0; image < problem->images; ++image) {
    const Detections found = DetectIn(f, *problem, image);
    boxes.push_back(Fill(f, *problem, found.boxes, 2));
    scores.push_back(Fill(f, *problem, found.scores, 1));
    classes.push_back(Fill(f, *problem, found.classes, 1));
    counts.push_back(found.count);
  }
  Forward(graph, id, {Packed(f, boxes), Packed(f, scores), Packed(f, classes), Packed(f, counts)});
  return true;
}

}  // namespace

absl::StatusOr<int> LegalizeSuppression(ir::Graph& graph) {
  int applied = 0;
  for (absl::string_view op : {"tf.NonMaxSuppression", "tf.NonMaxSuppressionV2", "tf.NonMaxSuppressionV3"}) {
    ZP_ASSIGN_OR_RETURN(const int some, RewriteEach(graph, op, [&](ir::NodeId id) { return Plain(graph, id); }));
    applied += some;
  }
  ZP_ASSIGN_OR_RETURN(const int combined, RewriteEach(graph, "tf.CombinedNonMaxSuppression",
                                                      [&](ir::NodeId id) { return Combined(graph, id); }));
  return applied + combined;
}

}  // namespace zeropoint::passes
