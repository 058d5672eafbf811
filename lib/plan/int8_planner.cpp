// Static int8: which ops become integer, and the form of each of their operands and results.
// The rules are those of TensorFlow 2.21's quantizer (docs/numerics.md, "Static int8").
#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "plan/forms.h"
#include "plan/masks.h"
#include "plan/planner.h"
#include "plan/recurrent.h"
#include "plan/scale_propagation.h"

namespace zeropoint::plan {
namespace {

class Int8Planner {
 public:
  Int8Planner(const Task& task, const Masks& masks) : task_(task), graph_(task.graph), masks_(masks), scales_(task) {}

  absl::StatusOr<SchemePlan> Run() {
    for (ir::NodeId id : task_.Nodes()) ZP_RETURN_IF_ERROR(PlanNode(id));
    SchemePlan result;
    result.boundary = BoundaryForms(graph_, [this](ir::ValueId id) { return StoredForm(id); });
    result.plan = std::move(plan_);
    return result;
  }

 private:
  // Either every float operand and result has an integer form, or the node stays float for `reason`.
  struct Draft {
    std::map<int, ValuePlan> operands;
    std::map<int, ValuePlan> intermediates;
    std::string reason;
  };

  absl::Status PlanNode(ir::NodeId id) {
    const ir::Node& node = graph_.node(id);
    const ops::QuantSpec& spec = task_.SpecOf(id);
    NodeDecision* decision = EnterNode(task_, id, spec.int8, plan_);
    if (decision == nullptr || PlanVariable(task_, id, *decision, plan_)) return absl::OkStatus();
    Draft draft;
    draft.reason = masks_.FloatReason(id);
    ZP_RETURN_IF_ERROR(DraftOperands(id, spec, *decision, draft));
    if (draft.reason.empty()) {
      draft.intermediates = IntermediateForms(task_, node, spec, StoredForm(node.output()), draft.reason);
    }
    if (draft.reason.empty()) ZP_RETURN_IF_ERROR(DraftBiases(id, spec, draft));
    for (ir::ValueId result : node.outputs()) {
      if (draft.reason.empty() && IsFloat(graph_, result) && !scales_.Stored(result).has_value()) {
        draft.reason = NoRangeReason(task_, result);
      }
    }
    if (draft.reason.empty() && spec.int8_gap != nullptr) {
      draft.reason = std::string(spec.int8_gap(Int8Values(node, draft)));
    }
    decision->reason = draft.reason;
    if (!draft.reason.empty()) return absl::OkStatus();
    decision->quantized = true;
    for (auto& [i, form] : draft.intermediates) {
      plan_.values[node.info.intermediates[static_cast<size_t>(i)]] = std::move(form);
    }
    for (const auto& [i, form] : draft.operands) {
      if (spec.input(i).role == ops::Role::kState) plan_.values[node.input(i)] = form;
    }
    PlanOperands(graph_, id, std::move(draft.operands), plan_);
    for (ir::ValueId result : node.outputs()) {
      if (IsFloat(graph_, result)) plan_.values[result] = *StoredForm(result);
    }
    return absl::OkStatus();
  }

  // Everything but biases, which depend on the others.
  absl::Status DraftOperands(ir::NodeId id, const ops::QuantSpec& spec, const NodeDecision& decision, Draft& draft) {
    const ir::Node& node = graph_.node(id);
    for (int i = 0; i < static_cast<int>(node.inputs().size()) && draft.reason.empty(); ++i) {
      const ir::ValueId value = node.input(i);
      const ops::OperandSpec role = spec.input(i);
      if (IsTableParameter(decision, i)) continue;
      if (IsIntegerWeight(graph_, role, value)) {
        DraftStoredWeight(i, value, role, draft);
        continue;
      }
      if (!IsFloat(graph_, value) || role.role == ops::Role::kBias) continue;
      if (role.role == ops::Role::kState) {
        DraftState(id, i, role, draft);
      } else if (!graph_.value(value).is_constant) {
        const std::optional<numeric::Affine> params = scales_.Read(id, i);
        if (!params.has_value()) {
          draft.reason = NoParamsReason(value);
          continue;
        }
        if (IsFilter(graph_, role, value) && params->zero_point != 0) {
          draft.reason = ComputedWeightReason(graph_, value);
          continue;
        }
        draft.operands[i] = WithRange(Int8Form(*params), value, *params == scales_.Stored(value));
      } else if (role.role == ops::Role::kWeight) {
        ZP_ASSIGN_OR_RETURN(const ir::FloatView elements, WeightElements(graph_, value));
        const int axis = WeightAxis(task_, id, role, value);
        const std::vector<float> trained = TrainedMagnitudes(graph_, value, axis);
        draft.operands[i] = role.int16_steps > 0
                                ? Int16WeightForm(elements, role.int16_steps)
                                : Int8WeightForm({elements, graph_.value(value).shape.dims(), axis, trained});
      } else {
        DraftConstant(id, i, spec, draft);
      }
    }
    return absl::OkStatus();
  }

  void DraftState(ir::NodeId id, int operand, const ops::OperandSpec& role, Draft& draft) const {
    const ir::Node& node = graph_.node(id);
    const std::optional<ValuePlan> result =
        role.like_result < 0 ? std::nullopt : StoredForm(node.output(role.like_result));
    FormOrReason state = StateForm(task_, node.input(operand), role, result);
    draft.reason = std::move(state.reason);
    if (state.form.has_value()) draft.operands[operand] = *std::move(state.form);
  }

  void DraftStoredWeight(int operand, ir::ValueId value, const ops::OperandSpec& role, Draft& draft) const {
    std::optional<ValuePlan> form = Int8WeightAsStored(graph_, value);
    if (form.has_value() && role.int16_steps == 0) {
      draft.operands[operand] = *std::move(form);
    } else {
      draft.reason = IntegerWeightReason(graph_, value);
    }
  }

  // A constant in the place of an activation: the op's shared parameters, or those of its own range.
  void DraftConstant(ir::NodeId id, int operand, const ops::QuantSpec& spec, Draft& draft) {
    const ir::ValueId value = graph_.node(id).input(operand);
    const std::optional<ir::FloatView> elements = FiniteElements(graph_, value);
    const std::optional<numeric::Affine> shared = scales_.Read(id, operand);
    if (!elements.has_value()) {
      draft.reason = NoParamsConstantReason(graph_, value);
    } else if (!spec.same_scale) {
      draft.operands[operand] = Int8Form(numeric::ConstantInt8(masks_.RangeWithZero(value, *elements)));
    } else if (shared.has_value()) {
      draft.operands[operand] = Int8Form(*shared);
    } else {
      draft.reason = absl::StrCat("no parameters reach constant '", graph_.value(value).name, "'");
    }
  }

  absl::Status DraftBiases(ir::NodeId id, const ops::QuantSpec& spec, Draft& draft) {
    const ir::Node& node = graph_.node(id);
    for (int i = 0; i < static_cast<int>(node.inputs().size()); ++i) {
      const ir::ValueId value = node.input(i);
      const ops::OperandSpec role = spec.input(i);
      if (!IsFloat(graph_, value) || role.role != ops::Role::kBias) continue;
      if (!graph_.value(value).is_constant) {
        draft.reason = absl::StrCat("the bias '", graph_.value(value).name, "' is computed at run time");
        return absl::OkStatus();
      }
      if (auto norm = draft.operands.find(role.bias_norm); norm != draft.operands.end()) {
        ZP_RETURN_IF_ERROR(WeightElements(graph_, value).status());
        draft.operands[i] = NormBiasForm(norm->second.params.scale[0]);
        continue;
      }
      const bool from_inside = role.bias_intermediate >= 0;
      const std::map<int, ValuePlan>& inputs = from_inside ? draft.intermediates : draft.operands;
      auto input = inputs.find(from_inside ? role.bias_intermediate : role.bias_input);
      auto factor = draft.operands.find(role.bias_weight);
      if (input == inputs.end() || factor == draft.operands.end()) {
        draft.reason = "its bias is float32, but its input or weights are not";
        return absl::OkStatus();
      }
      ZP_ASSIGN_OR_RETURN(const ir::FloatView elements, WeightElements(graph_, value));
      ValuePlan& weights = factor->second;
      const ir::ValueId weight = node.input(role.bias_weight);
      const bool stored = !IsFloat(graph_, weight);
      const bool adjustable = graph_.value(weight).is_constant && !stored && IsPlainBias(role, weights);
      const bool per_channel =
          stored ? weights.params.scale.size() > 1
                 : graph_.value(weight).is_constant && WeightAxis(task_, id, spec.input(role.bias_weight), weight) >= 0;
      if (per_channel && elements.size() != weights.params.scale.size()) {
        draft.reason =
            absl::StrCat("its bias has ", elements.size(), " elements for ", weights.params.scale.size(), " channels");
        return absl::OkStatus();
      }
      draft.operands[i] = Int8BiasForm(elements, graph_.value(value).shape.dims(), input->second.params.scale[0],
                                       per_channel, adjustable, weights);
    }
    return absl::OkStatus();
  }

  // The bias of a layer, whose overflow is cared for; those of recurrent ops are not.
  static bool IsPlainBias(const ops::OperandSpec& role, const ValuePlan& weights) {
    return role.bias_norm < 0 && role.bias_intermediate < 0 && weights.type == ElementType::kInt8;
  }

  // The float operands and results, as the op's kernel would see them.
  std::vector<ops::Int8Value> Int8Values(const ir::Node& node, const Draft& draft) const {
    std::vector<ops::Int8Value> values;
    for (const auto& [i, form] : draft.operands) {
      if (IsFloat(graph_, node.input(i))) values.push_back(Int8ValueOf(node.input(i), form));
    }
    for (ir::ValueId result : node.outputs()) {
      if (IsFloat(graph_, result)) values.push_back(Int8ValueOf(result, *StoredForm(result)));
    }
    return values;
  }

  ops::Int8Value Int8ValueOf(ir::ValueId id, const ValuePlan& form) const {
    ops::Int8Value value;
    value.scale = static_cast<double>(form.params.scale[0]);
    value.zero_point = form.params.zero_point[0];
    const ir::Range* range = task_.RangeOf(id);
    const ir::FloatView elements = ir::FloatView::Of(graph_, id).value_or(ir::FloatView());
    if (!elements.empty()) {
      const auto [least, greatest] = std::minmax_element(elements.begin(), elements.end());
      value.least = static_cast<double>(*least);
      value.greatest = static_cast<double>(*greatest);
    } else if (range != nullptr) {
      value.least = static_cast<double>(range->min);
      value.greatest = static_cast<double>(range->max);
    }
    return value;
  }

  std::optional<ValuePlan> StoredForm(ir::ValueId id) const {
    if (!IsFloat(graph_, id)) return std::nullopt;
    const std::optional<numeric::Affine> params = scales_.Stored(id);
    if (!params.has_value()) return std::nullopt;
    return WithRange(Int8Form(*params), id, true);
  }

  ValuePlan WithRange(ValuePlan form, ir::ValueId id, bool own) const {
    const ir::Range* range = task_.RangeOf(id);
    if (own && range != nullptr) SetRange(form, *range);
    return form;
  }

  std::string NoParamsReason(ir::ValueId id) const {
    if (task_.RangeOf(id) == nullptr) return NoRangeReason(task_, id);
    return absl::StrCat("'", graph_.value(id).name,
                        "' comes from an op that stays float, so it cannot share the scale of this op's result");
  }

  const Task& task_;
  const ir::Graph& graph_;
  const Masks& masks_;
  const ScalePropagation scales_;
  GraphPlan plan_;
};

}  // namespace

absl::StatusOr<SchemePlan> PlanInt8(const Task& task) {
  const ir::Statistics statistics = UniteStateRanges(task);
  const Task united{task.graph, task.index, task.is_entry, statistics, task.options, task.scheme, task.variables};
  constexpr int kLevels = 256;
  const Masks masks(united, kLevels);
  const Task bounded{task.graph,   task.index,  task.is_entry, masks.statistics(),
                     task.options, task.scheme, task.variables};
  return Int8Planner(bounded, masks).Run();
}

}  // namespace zeropoint::plan
