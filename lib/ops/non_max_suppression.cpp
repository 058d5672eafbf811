#include "ops/non_max_suppression.h"

#include <algorithm>
#include <cmath>
#include <queue>

#include "absl/strings/str_cat.h"
#include "ops/infer.h"

namespace zeropoint::ops {
namespace {

using Operand = SuppressionOperand;

constexpr int kCorners = 4;

struct Candidate {
  int32_t box;
  float score;
  size_t compared = 0;  // how many selected boxes its score has been lowered for
};

// The best candidate is on top of the queue; of equals the first box.
struct IsWorse {
  bool operator()(const Candidate& a, const Candidate& b) const {
    return a.score != b.score ? a.score < b.score : a.box > b.box;
  }
};

// Area of the intersection over that of the union; 0 where a box has no area.
float Overlap(const float* a, const float* b) {
  const float a_top = std::min(a[0], a[2]), a_left = std::min(a[1], a[3]);
  const float a_bottom = std::max(a[0], a[2]), a_right = std::max(a[1], a[3]);
  const float b_top = std::min(b[0], b[2]), b_left = std::min(b[1], b[3]);
  const float b_bottom = std::max(b[0], b[2]), b_right = std::max(b[1], b[3]);
  const float a_area = (a_bottom - a_top) * (a_right - a_left), b_area = (b_bottom - b_top) * (b_right - b_left);
  if (a_area <= 0 || b_area <= 0) return 0.0f;
  const float height = std::max(std::min(a_bottom, b_bottom) - std::max(a_top, b_top), 0.0f);
  const float width = std::max(std::min(a_right, b_right) - std::max(a_left, b_left), 0.0f);
  const float both = height * width;
  return both / (a_area + b_area - both);
}

struct Limits {
  float overlap, score, sigma;
};

// Lowers the candidate's score for the boxes selected since it was last looked at; false: it is out.
bool Survives(const float* boxes, const std::vector<Selection>& selected, const Limits& limits, Candidate& candidate) {
  const float* box = boxes + candidate.box * kCorners;
  for (size_t j = selected.size(); j-- > candidate.compared;) {
    const float overlap = Overlap(box, boxes + selected[j].box * kCorners);
    if (overlap >= limits.overlap) return false;
    if (limits.sigma > 0) candidate.score *= std::exp(-0.5f / limits.sigma * overlap * overlap);
    if (candidate.score <= limits.score) return false;
  }
  candidate.compared = selected.size();
  return true;
}

absl::Status CheckScalar(const InferContext& context, int i) {
  const int64_t count = context.input_shape(i).NumElements();
  if (count == ir::kDynamic || count == 1) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("operand ", i, " has ", count, " elements, not one"));
}

}  // namespace

absl::Status InferSuppression(InferContext& context, absl::Span<const ElementType> types) {
  ZP_RETURN_IF_ERROR(CheckType(context, Operand::kBoxes, {ElementType::kFloat32}));
  ZP_RETURN_IF_ERROR(CheckType(context, Operand::kScores, {ElementType::kFloat32}));
  ZP_RETURN_IF_ERROR(CheckRank(context, Operand::kBoxes, 2, "boxes"));
  ZP_RETURN_IF_ERROR(CheckRank(context, Operand::kScores, 1, "scores"));
  for (int i = Operand::kMaxOutputs; i < context.num_inputs(); ++i) ZP_RETURN_IF_ERROR(CheckScalar(context, i));
  const ir::Shape& boxes = context.input_shape(Operand::kBoxes);
  const ir::Shape& scores = context.input_shape(Operand::kScores);
  if (boxes.ranked() && (!Compatible(boxes[1], kCorners) || (scores.ranked() && !Compatible(boxes[0], scores[0])))) {
    return absl::InvalidArgumentError(absl::StrCat("boxes ", boxes.ToString(), " with scores ", scores.ToString()));
  }
  int64_t count = ir::kDynamic;
  const auto most = context.input_ints(Operand::kMaxOutputs);
  if (most && context.input_ints_complete(Operand::kMaxOutputs)) {
    count = most->front();
    if (count < 0) return absl::InvalidArgumentError(absl::StrCat("at most ", count, " boxes"));
  }
  const int last = context.num_outputs() - 1;
  for (int i = 0; i < last; ++i) context.set_output(i, types[static_cast<size_t>(i)], {count});
  context.set_output(last, types[static_cast<size_t>(last)], {});
  return absl::OkStatus();
}

absl::StatusOr<float> FloatOperand(const EvalContext& context, int i) {
  const TensorView& operand = context.inputs[static_cast<size_t>(i)];
  if (operand.type != ElementType::kFloat32 || operand.elements() != 1) {
    return absl::InvalidArgumentError(absl::StrCat("operand ", i, " is not one float32"));
  }
  return *operand.As<float>();
}

absl::StatusOr<std::vector<Selection>> SelectBoxes(const EvalContext& context, float soft_sigma) {
  ZP_ASSIGN_OR_RETURN(const float overlap, FloatOperand(context, Operand::kIouThreshold));
  ZP_ASSIGN_OR_RETURN(const float least, FloatOperand(context, Operand::kScoreThreshold));
  if (!(overlap >= 0 && overlap <= 1)) {
    return absl::InvalidArgumentError(absl::StrCat("an overlap threshold of ", overlap, " is outside [0, 1]"));
  }
  if (!(soft_sigma >= 0)) return absl::InvalidArgumentError(absl::StrCat("a soft_nms_sigma of ", soft_sigma));
  const Limits limits{overlap, least, soft_sigma};
  const float* boxes = context.inputs[Operand::kBoxes].As<float>();
  const TensorView& scores = context.inputs[Operand::kScores];
  std::priority_queue<Candidate, std::vector<Candidate>, IsWorse> queue;
  for (int64_t i = 0; i < scores.elements(); ++i) {
    const float score = scores.As<float>()[i];
    if (score > least) queue.push({static_cast<int32_t>(i), score});
  }
  const size_t most = static_cast<size_t>(context.outputs[0].elements());
  std::vector<Selection> selected;
  while (selected.size() < most && !queue.empty()) {
    Candidate candidate = queue.top();
    const float score = candidate.score;
    const bool survives = Survives(boxes, selected, limits, candidate);
    if (survives && candidate.score == score) {
      // It stays in the queue, as in LiteRT's kernel: its overlap with itself takes it out the next time. A box without
      // area overlaps nothing and is chosen again.
      selected.push_back({candidate.box, score});
      continue;
    }
    queue.pop();
    if (survives) queue.push(candidate);  // with a lower score: another one may be better now
  }
  return selected;
}

void WriteBoxes(const std::vector<Selection>& selected, const MutableView& to) {
  int32_t* box = to.As<int32_t>();
  std::fill_n(box, to.elements(), 0);
  for (const Selection& one : selected) *box++ = one.box;
}

absl::Status ImportSuppression(ir::Graph& graph, ir::NodeId node) {
  graph.node(node).info.attrs = {};
  return absl::OkStatus();
}

}  // namespace zeropoint::ops
