// 16x8: int16 activations, int8 weights. Parameters flow forward, op by op (docs/numerics.md, "16x8").
#include <algorithm>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "plan/forms.h"
#include "plan/masks.h"
#include "plan/planner.h"

namespace zeropoint::plan {
namespace {

class Int16Planner {
 public:
  Int16Planner(const Task& task, const Masks& masks) : task_(task), graph_(task.graph), masks_(masks) {}

  absl::StatusOr<SchemePlan> Run() {
    for (ir::NodeId id : task_.Nodes()) ZP_RETURN_IF_ERROR(PlanNode(id));
    SchemePlan result;
    result.boundary = BoundaryForms(graph_, [this](ir::ValueId id) { return FormOfValue(id); });
    result.plan = std::move(plan_);
    return result;
  }

 private:
  struct Draft {
    std::map<int, ValuePlan> operands;
    std::vector<std::optional<ValuePlan>> results;  // nothing: not a float result
    std::string reason;
  };

  absl::Status PlanNode(ir::NodeId id) {
    const ir::Node& node = graph_.node(id);
    const ops::QuantSpec& spec = task_.SpecOf(id);
    NodeDecision* decision = EnterNode(task_, id, spec.int16, plan_);
    if (decision == nullptr || PlanVariable(task_, id, *decision, plan_)) return absl::OkStatus();
    Draft draft;
    draft.reason = masks_.FloatReason(id);
    DraftActivations(id, spec, *decision, draft);
    if (draft.reason.empty()) DraftResults(id, spec, draft);
    if (draft.reason.empty()) ZP_RETURN_IF_ERROR(DraftWeights(id, spec, draft));
    decision->reason = draft.reason;
    if (!draft.reason.empty()) return absl::OkStatus();
    decision->quantized = true;
    decision->attrs = spec.int16_attrs;
    PlanOperands(graph_, id, std::move(draft.operands), plan_);
    for (size_t r = 0; r < draft.results.size(); ++r) {
      if (draft.results[r].has_value()) plan_.values[node.outputs()[r]] = *std::move(draft.results[r]);
    }
    return absl::OkStatus();
  }

  bool IsConstantWeight(const ir::Node& node, const ops::QuantSpec& spec, int i) const {
    return spec.input(i).role == ops::Role::kWeight && graph_.value(node.input(i)).is_constant;
  }

  void DraftActivations(ir::NodeId id, const ops::QuantSpec& spec, const NodeDecision& decision, Draft& draft) {
    const ir::Node& node = graph_.node(id);
    for (int i = 0; i < static_cast<int>(node.inputs().size()) && draft.reason.empty(); ++i) {
      const ir::ValueId value = node.input(i);
      if (IsTableParameter(decision, i)) continue;
      if (IsIntegerWeight(graph_, spec.input(i), value) && !Int8WeightAsStored(graph_, value).has_value()) {
        draft.reason = IntegerWeightReason(graph_, value);
      }
      if (!IsFloat(graph_, value) || spec.input(i).role == ops::Role::kBias || IsConstantWeight(node, spec, i)) {
        continue;
      }
      if (IsFilter(graph_, spec.input(i), value)) {
        draft.reason = ComputedWeightReason(graph_, value);
      } else if (std::optional<ValuePlan> form = FormOfValue(value)) {
        draft.operands[i] = *std::move(form);
      } else {
        draft.reason =
            graph_.value(value).is_constant ? NoParamsConstantReason(graph_, value) : NoRangeReason(task_, value);
      }
    }
  }

  void DraftResults(ir::NodeId id, const ops::QuantSpec& spec, Draft& draft) {
    const ir::Node& node = graph_.node(id);
    for (ir::ValueId result : node.outputs()) {
      draft.results.emplace_back();
      if (!IsFloat(graph_, result)) continue;
      auto like = draft.operands.find(spec.int16_result_like_operand);
      if (like != draft.operands.end()) {
        draft.results.back() = like->second;
      } else if (spec.fixed_int16.has_value()) {
        draft.results.back() = Int16Form(spec.fixed_int16->scale);
      } else if (std::optional<ValuePlan> own = FormOfRange(result)) {
        draft.results.back() = *std::move(own);
      } else {
        draft.reason = NoRangeReason(task_, result);
        return;
      }
    }
    if (!spec.int16_operands_like_result || draft.results.empty() || !draft.results[0].has_value()) return;
    for (auto& [operand, form] : draft.operands) form = *draft.results[0];
  }

  struct Bias {
    int operand;
    int weight;  // the operand whose channels it belongs to
    float input_scale;
    ir::FloatView elements;
  };

  // The node's bias; nothing when it has none, or (with draft.reason) when it cannot be an integer.
  absl::StatusOr<std::optional<Bias>> FindBias(const ir::Node& node, const ops::QuantSpec& spec, Draft& draft) const {
    for (int i = 0; i < static_cast<int>(node.inputs().size()); ++i) {
      const ops::OperandSpec role = spec.input(i);
      const ir::ValueId value = node.input(i);
      if (role.role != ops::Role::kBias || !IsFloat(graph_, value)) continue;
      auto input = draft.operands.find(role.bias_input);
      if (input == draft.operands.end()) {
        draft.reason = "its bias is float32, but its input is not";
      } else if (!graph_.value(value).is_constant) {
        draft.reason = absl::StrCat("the bias '", graph_.value(value).name, "' is computed at run time");
      } else {
        ZP_ASSIGN_OR_RETURN(const ir::FloatView elements, WeightElements(graph_, value));
        return Bias{i, role.bias_weight, input->second.params.scale[0], elements};
      }
      break;
    }
    return std::nullopt;
  }

  absl::Status DraftWeights(ir::NodeId id, const ops::QuantSpec& spec, Draft& draft) {
    const ir::Node& node = graph_.node(id);
    ZP_ASSIGN_OR_RETURN(const std::optional<Bias> bias, FindBias(node, spec, draft));
    for (int i = 0; i < static_cast<int>(node.inputs().size()) && draft.reason.empty(); ++i) {
      if (node.input(i) == ir::kNoValue || !IsConstantWeight(node, spec, i)) continue;
      const bool biased = bias.has_value() && bias->weight == i;
      ZP_RETURN_IF_ERROR(DraftWeight(id, i, spec, biased ? &*bias : nullptr, draft));
    }
    if (!bias.has_value() || !draft.reason.empty()) return absl::OkStatus();
    draft.operands[bias->operand] = Int64BiasForm(graph_.value(node.input(bias->operand)).shape.dims(),
                                                  bias->input_scale, draft.operands.at(bias->weight).params.scale);
    return absl::OkStatus();
  }

  absl::Status DraftWeight(ir::NodeId id, int operand, const ops::QuantSpec& spec, const Bias* bias, Draft& draft) {
    const ir::ValueId value = graph_.node(id).input(operand);
    const absl::Span<const int64_t> dims = graph_.value(value).shape.dims();
    const int axis = WeightAxis(task_, id, spec.input(operand), value);
    std::optional<ValuePlan> stored = Int8WeightAsStored(graph_, value);
    const size_t channels = stored.has_value() ? stored->params.scale.size() : numeric::LayoutOf(dims, axis).channels;
    if (bias != nullptr && channels > 1 && channels != bias->elements.size()) {
      draft.reason = absl::StrCat("its bias has ", bias->elements.size(), " elements for ", channels, " channels");
      return absl::OkStatus();
    }
    if (stored.has_value()) {
      draft.operands[operand] = *std::move(stored);
      return absl::OkStatus();
    }
    ZP_ASSIGN_OR_RETURN(const ir::FloatView elements, WeightElements(graph_, value));
    const std::vector<float> trained = TrainedMagnitudes(graph_, value, axis);
    const Weights weights{elements, dims, axis, trained};
    if (bias != nullptr) {
      draft.operands[operand] = Int16x8WeightForm(weights, bias->input_scale, bias->elements);
    } else {
      draft.operands[operand] = Int16x8WeightForm(weights, /*input_scale=*/1.0f, /*biases=*/{});
    }
    return absl::OkStatus();
  }

  // As its producer stores it; what no int16 op produces gets the parameters of its range.
  std::optional<ValuePlan> FormOfValue(ir::ValueId id) const {
    if (!IsFloat(graph_, id)) return std::nullopt;
    auto planned = plan_.values.find(id);
    if (planned != plan_.values.end()) return planned->second;
    if (!graph_.value(id).is_constant) return FormOfRange(id);
    const std::optional<ir::FloatView> elements = FiniteElements(graph_, id);
    if (!elements.has_value()) return std::nullopt;
    // LiteRT aborts on a scale of 0: zeros get the scale of an activation that is always zero.
    const numeric::MinMax range = masks_.RangeWithZero(id, *elements);
    const float max = std::max(range.max, std::numeric_limits<float>::min());
    return Int16Form(numeric::ActivationInt16(range.min, max).scale);
  }

  std::optional<ValuePlan> FormOfRange(ir::ValueId id) const {
    const ir::Range* range = task_.RangeOf(id);
    if (range == nullptr) return std::nullopt;
    ValuePlan form = Int16Form(numeric::ActivationInt16(range->min, range->max).scale);
    SetRange(form, *range);
    return form;
  }

  const Task& task_;
  const ir::Graph& graph_;
  const Masks& masks_;
  GraphPlan plan_;
};

}  // namespace

absl::StatusOr<SchemePlan> PlanInt16x8(const Task& task) {
  constexpr int kLevels = 32768;
  const Masks masks(task, kLevels);
  const Task bounded{task.graph,   task.index,  task.is_entry, masks.statistics(),
                     task.options, task.scheme, task.variables};
  return Int16Planner(bounded, masks).Run();
}

}  // namespace zeropoint::plan
