#include "plan/masks.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "kernels/encode.h"

namespace zeropoint::plan {
namespace {

// Of rows whose length is not known: as long as most models attend.
constexpr double kTypicalRow = 1024.0;

}  // namespace

Masks::Masks(const Task& task, int levels)
    : task_(task),
      graph_(task.graph),
      levels_(levels),
      limits_(static_cast<size_t>(task.graph.num_values())),
      statistics_(task.statistics) {
  for (ir::ValueId id : graph_.outputs) {
    if (id != ir::kNoValue) limits_[static_cast<size_t>(id)] = {true, std::nullopt};
  }
  const std::vector<ir::NodeId> order = graph_.Order();
  std::for_each(order.rbegin(), order.rend(), [this](ir::NodeId id) { Bound(id); });
  for (ir::ValueId id = 0; id < graph_.num_values(); ++id) CutRange(id);
}

void Masks::Bound(ir::NodeId id) {
  const ir::Node& node = graph_.node(id);
  for (int i = 0; i < static_cast<int>(node.inputs().size()); ++i) {
    if (!IsFloat(graph_, node.input(i))) continue;
    Limit& limit = limits_[static_cast<size_t>(node.input(i))];
    const std::optional<double> least = BoundOfUse(id, i);
    const bool bounded = least.has_value() && (!limit.read || limit.least.has_value());
    limit.least = bounded ? std::optional<double>(std::min(*least, limit.least.value_or(*least))) : std::nullopt;
    limit.read = true;
  }
}

std::optional<double> Masks::BoundOfUse(ir::NodeId id, int operand) const {
  const ir::Node& node = graph_.node(id);
  const ops::QuantSpec& spec = task_.SpecOf(id);
  switch (spec.mask_flow) {
    case ops::MaskFlow::kNone:
      return std::nullopt;
    case ops::MaskFlow::kMoves:
      return BoundOfResults(id);
    case ops::MaskFlow::kVanishes: {
      const ir::Range* range = task_.RangeOf(node.input(operand));  // null: too wide, the lowest float stays float
      if (range == nullptr || !range->unmasked_min.has_value()) return std::nullopt;
      return static_cast<double>(*range->unmasked_min) - DistanceToZero(id, operand);
    }
    case ops::MaskFlow::kAdds: {
      std::optional<double> least = BoundOfResults(id);
      for (int i = 0; i < static_cast<int>(node.inputs().size()); ++i) {
        const std::optional<double> other = i == operand ? 0.0 : Greatest(node.input(i));
        if (!least.has_value() || !other.has_value()) return std::nullopt;
        *least -= *other;
      }
      return least;
    }
  }
  return std::nullopt;
}

std::optional<double> Masks::BoundOfResults(ir::NodeId id) const {
  std::optional<double> least;
  for (ir::ValueId result : graph_.node(id).outputs()) {
    const Limit& limit = limits_[static_cast<size_t>(result)];
    if (!limit.read) continue;
    if (!limit.least.has_value()) return std::nullopt;
    least = std::min(*limit.least, least.value_or(*limit.least));
  }
  return least;
}

std::optional<double> Masks::Greatest(ir::ValueId id) const {
  if (graph_.value(id).is_constant) {
    const std::optional<ir::FloatView> elements = FiniteElements(graph_, id);
    if (!elements.has_value()) return std::nullopt;
    return static_cast<double>(*std::max_element(elements->begin(), elements->end()));
  }
  const ir::Range* range = task_.statistics.Find(task_.index, id);
  if (range == nullptr) return std::nullopt;
  return static_cast<double>(range->max);
}

// A row of such elements, and one that is larger by this: all of them together do not reach half a step of the result.
double Masks::DistanceToZero(ir::NodeId id, int operand) const {
  const ir::Node& node = graph_.node(id);
  const ir::Shape& shape = graph_.value(node.input(operand)).shape;
  const bool known = shape.rank() > 0 && shape.dims().back() > 0;
  const double row = known ? static_cast<double>(shape.dims().back()) : kTypicalRow;
  const absl::string_view attr = task_.SpecOf(id).mask_factor;
  const double factor = attr.empty() ? 1.0 : static_cast<double>(node.info.attrs.Float(attr, 1.0f));
  return std::log(2.0 * levels_ * row) / (factor > 0.0 ? factor : 1.0);
}

void Masks::CutRange(ir::ValueId id) {
  const std::optional<double> least = limits_[static_cast<size_t>(id)].least;
  auto range = statistics_.ranges.find({task_.index, id});
  if (!least.has_value() || range == statistics_.ranges.end()) return;
  ir::Range& cut = range->second;
  if (!cut.unmasked_min.has_value() || static_cast<double>(cut.min) >= *least) return;
  cut.min = std::min(static_cast<float>(*least), 0.0f);
  const ir::NodeId producer = graph_.producer(id);
  const ops::MaskFlow flow = producer == ir::kNoNode ? ops::MaskFlow::kNone : task_.SpecOf(producer).mask_flow;
  // LiteRT's QUANTIZE turns what exceeds int32 into its lowest number, to which it adds a zero point; that must not be
  // negative.
  if (flow == ops::MaskFlow::kNone) cut.min = std::min(cut.min, -cut.max);
  cut_.insert(id);
}

numeric::MinMax Masks::RangeWithZero(ir::ValueId constant, absl::Span<const float> elements) const {
  const std::optional<double> least = limits_[static_cast<size_t>(constant)].least;
  if (!least.has_value()) return kernels::RangeWithZero(elements);
  numeric::MinMax range{0.0f, 0.0f};
  for (float element : elements) {
    if (element < ir::kMaskedBelow) element = std::max(element, static_cast<float>(*least));
    range = {std::min(range.min, element), std::max(range.max, element)};
  }
  return range;
}

std::string Masks::FloatReason(ir::NodeId id) const {
  if (task_.SpecOf(id).mask_flow != ops::MaskFlow::kNone) return "";
  for (ir::ValueId result : graph_.node(id).outputs()) {
    if (cut_.count(result) == 0) continue;
    return absl::StrCat("its result '", graph_.value(result).name, "' reaches ",
                        task_.statistics.Find(task_.index, result)->min,
                        " in the place of minus infinity, more than integer kernels can cut off");
  }
  return "";
}

}  // namespace zeropoint::plan
