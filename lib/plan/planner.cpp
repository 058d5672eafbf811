#include "plan/planner.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ops/called_graphs.h"
#include "plan/variables.h"

namespace zeropoint::plan {
namespace {

// LiteRT's ADD and SUB multiply the scale of an int8 result by 2^20 in float32 and abort when that overflows. Attention
// masks hold such values: the lowest float32 stands for minus infinity.
constexpr double kWidestRange = static_cast<double>(std::numeric_limits<float>::max()) / (1 << 20);

// Float inputs and outputs of control-flow bodies stay float: the op that calls them carries float values.
bool TakesIoTypes(const Task& task, ir::ValueId id) { return task.is_entry && IsFloat(task.graph, id); }

// uint8 is int8 shifted by 128: the same scale, the same real values.
ValuePlan AsType(ValuePlan form, ElementType type) {
  constexpr int64_t kUInt8Shift = 128;
  if (type == ElementType::kUInt8 && form.type == ElementType::kInt8) form.params.zero_point[0] += kUInt8Shift;
  form.type = type;
  return form;
}

}  // namespace

const NodeChoice* Task::ChoiceFor(ir::NodeId id) const {
  auto choice = options.choices.find({index, id});
  return choice == options.choices.end() ? nullptr : &choice->second;
}

Scheme Task::SchemeOf(ir::NodeId id) const {
  const NodeChoice* choice = ChoiceFor(id);
  return choice == nullptr ? options.scheme : choice->scheme;
}

std::vector<ir::NodeId> Task::Nodes() const {
  std::vector<ir::NodeId> nodes = graph.Order();
  nodes.erase(std::remove_if(nodes.begin(), nodes.end(), [this](ir::NodeId id) { return !Takes(id); }), nodes.end());
  return nodes;
}

const ir::Range* Task::RangeOf(ir::ValueId id) const {
  const ir::Range* range = statistics.Find(index, id);
  if (range == nullptr) return nullptr;
  return static_cast<double>(range->max) - static_cast<double>(range->min) <= kWidestRange ? range : nullptr;
}

bool Task::IsTooWide(ir::ValueId id) const { return statistics.Find(index, id) != nullptr && RangeOf(id) == nullptr; }

const ops::QuantSpec& Task::SpecOf(ir::NodeId id) const {
  static const ops::QuantSpec none;
  if (!Takes(id)) return none;
  const ops::QuantSpec& spec = plan::SpecOf(graph, id, scheme, options);
  const bool stays_float =
      UsesVariable(graph, graph.node(id)) && (variables == nullptr || !variables->IsInteger(index, id));
  return stays_float ? none : spec;
}

bool IsFloat(const ir::Graph& graph, ir::ValueId id) {
  return id != ir::kNoValue && graph.value(id).type == ElementType::kFloat32;
}

NodeDecision UndecidedFor(const ir::Node& node) {
  NodeDecision decision;
  decision.op = node.op();
  decision.name = node.info.name;
  return decision;
}

namespace {

// Some operand or result is float32: the question whether the op could be integer arises.
bool HasFloat(const ir::Graph& graph, const ir::Node& node) {
  auto is_float = [&](ir::ValueId id) { return IsFloat(graph, id); };
  return std::any_of(node.inputs().begin(), node.inputs().end(), is_float) ||
         std::any_of(node.outputs().begin(), node.outputs().end(), is_float);
}

}  // namespace

NodeDecision* EnterNode(const Task& task, ir::NodeId id, bool has_form, GraphPlan& plan) {
  const ir::Node& node = task.graph.node(id);
  NodeDecision& decision = plan.nodes.emplace(id, UndecidedFor(node)).first->second;
  // What a node does that calls other graphs is decided there; what crosses their borders stays float32.
  if (!HasFloat(task.graph, node) || !ops::CalledGraphs(node).empty()) return nullptr;
  decision.by_table = IsTable(task.graph, id, task.scheme, task.options);
  const ops::OpDef* op = ops::FindOp(node.op());
  const std::string float_variable = task.variables == nullptr ? "" : task.variables->FloatReason(task.index, id);
  if (!has_form && !float_variable.empty()) {
    decision.reason = float_variable;
  } else if (!has_form) {
    decision.reason = NoFormReason(node, task.scheme, task.options);
  } else if (op != nullptr && op->quant.integer_gap != nullptr) {
    decision.reason = std::string(op->quant.integer_gap(task.graph, node));
  }
  return decision.reason.empty() ? &decision : nullptr;
}

bool PlanVariable(const Task& task, ir::NodeId id, NodeDecision& decision, GraphPlan& plan) {
  const ValuePlan* form = task.variables == nullptr ? nullptr : task.variables->FormOf(task.index, id);
  if (form == nullptr) return false;
  const ir::Node& node = task.graph.node(id);
  for (int i = 0; i < static_cast<int>(node.inputs().size()); ++i) {
    if (IsFloat(task.graph, node.input(i))) plan.operands[{id, i}] = *form;
  }
  for (ir::ValueId result : node.outputs()) {
    if (IsFloat(task.graph, result)) plan.values[result] = *form;
  }
  decision.quantized = true;
  return true;
}

void PlanOperands(const ir::Graph& graph, ir::NodeId id, std::map<int, ValuePlan>&& forms, GraphPlan& plan) {
  for (auto& [operand, form] : forms) {
    if (IsFloat(graph, graph.node(id).input(operand))) plan.operands[{id, operand}] = std::move(form);
  }
}

void StoreConstant(ir::ValueId constant, ir::NodeId id, int operand, ValuePlan form, GraphPlan& plan) {
  auto [stored, added] = plan.values.emplace(constant, form);
  const bool same = SameForm(stored->second, form) && stored->second.encoding == form.encoding;
  if (!added && !same) plan.constants.emplace(std::make_pair(id, operand), std::move(form));
}

namespace {

// The target takes but one scale for this operand.
bool WantsOneScale(const Task& task, ir::NodeId id, ir::ValueId weight) {
  const ir::Node& node = task.graph.node(id);
  const auto at = std::find(node.inputs().begin(), node.inputs().end(), weight);
  return at != node.inputs().end() &&
         task.options.target->WantsOneScale(node.op(), static_cast<int>(at - node.inputs().begin()));
}

}  // namespace

int WeightAxis(const Task& task, ir::NodeId id, const ops::OperandSpec& operand, ir::ValueId weight) {
  const ir::QuantParams& trained = task.graph.value(weight).quant;
  if (!trained.quantized() && trained.max.size() == 1) return -1;  // it was trained with one scale
  const NodeChoice* choice = task.ChoiceFor(id);
  const bool by_options = task.options.per_channel && (task.options.per_channel_dense || !task.SpecOf(id).dense);
  const bool by_choice = choice == nullptr ? by_options : choice->per_channel.value_or(by_options);
  const bool per_channel = by_choice && !WantsOneScale(task, id, weight);
  return per_channel && operand.axis < task.graph.value(weight).shape.rank() ? operand.axis : -1;
}

std::vector<float> TrainedMagnitudes(const ir::Graph& graph, ir::ValueId weight, int axis) {
  const ir::QuantParams& trained = graph.value(weight).quant;
  if (trained.quantized() || trained.max.empty()) return {};
  if (axis < 0) return {*std::max_element(trained.max.begin(), trained.max.end())};
  return trained.axis == axis ? trained.max : std::vector<float>();
}

std::optional<ir::FloatView> FiniteElements(const ir::Graph& graph, ir::ValueId id) {
  std::optional<ir::FloatView> elements = ir::FloatView::Of(graph, id);
  if (!elements.has_value() || elements->empty()) return std::nullopt;
  if (!std::all_of(elements->begin(), elements->end(), [](float v) { return std::isfinite(v); })) return std::nullopt;
  return elements;
}

absl::StatusOr<ir::FloatView> WeightElements(const ir::Graph& graph, ir::ValueId id) {
  ir::FloatView elements = ir::FloatView::Of(graph, id).value_or(ir::FloatView());
  for (size_t i = 0; i < elements.size(); ++i) {
    if (!std::isfinite(elements[i])) {
      return Annotate(absl::InvalidArgumentError(
                          absl::StrCat("a weight is ", std::isnan(elements[i]) ? "NaN" : "infinite", " (element ", i,
                                       " of ", elements.size(), "); it cannot be quantized")),
                      Place::kTensor, graph.value(id).name);
    }
  }
  return elements;
}

bool IsIntegerWeight(const ir::Graph& graph, const ops::OperandSpec& operand, ir::ValueId id) {
  return operand.role == ops::Role::kWeight && id != ir::kNoValue && !IsFloat(graph, id);
}

std::optional<ValuePlan> Int8WeightAsStored(const ir::Graph& graph, ir::ValueId id) {
  const ir::Value& value = graph.value(id);
  const std::vector<int64_t>& zero_points = value.quant.zero_point;
  const bool symmetric = std::all_of(zero_points.begin(), zero_points.end(), [](int64_t z) { return z == 0; });
  if (!value.is_constant || value.type != ElementType::kInt8 || !value.quant.quantized() || !symmetric) {
    return std::nullopt;
  }
  ValuePlan form;
  form.type = value.type;
  form.params = value.quant;
  return form;
}

std::string NoRangeReason(const Task& task, ir::ValueId id) {
  const std::string& name = task.graph.value(id).name;
  const ir::Range* range = task.statistics.Find(task.index, id);
  if (range == nullptr) return absl::StrCat("no range was calibrated for '", name, "'");
  return absl::StrCat("the range of '", name, "', ", range->min, " to ", range->max, ", is too wide for integers");
}

bool IsFilter(const ir::Graph& graph, const ops::OperandSpec& operand, ir::ValueId id) {
  constexpr int kMatrixRank = 2;
  const ir::Shape& shape = graph.value(id).shape;
  return operand.role == ops::Role::kWeight && operand.axis >= 0 && shape.ranked() && shape.rank() > kMatrixRank;
}

std::string ComputedWeightReason(const ir::Graph& graph, ir::ValueId id) {
  return absl::StrCat("its weights '", graph.value(id).name, "' are computed at run time");
}

std::string IntegerWeightReason(const ir::Graph& graph, ir::ValueId id) {
  return absl::StrCat("its weights '", graph.value(id).name, "' are ", Name(graph.value(id).type),
                      " already, and not in the form that this mode needs");
}

std::string NoParamsConstantReason(const ir::Graph& graph, ir::ValueId id) {
  return absl::StrCat("constant '", graph.value(id).name, "' is empty or holds NaN or infinity");
}

std::map<ir::ValueId, ValuePlan> BoundaryForms(const ir::Graph& graph, const FormOf& form) {
  std::map<ir::ValueId, ValuePlan> forms;
  for (const std::vector<ir::ValueId>* boundary : {&graph.inputs, &graph.outputs}) {
    for (ir::ValueId id : *boundary) {
      if (!IsFloat(graph, id) || graph.value(id).is_constant) continue;
      if (std::optional<ValuePlan> integer = form(id)) forms.emplace(id, *std::move(integer));
    }
  }
  return forms;
}

void PlanBoundaries(const Task& task, const std::map<ir::ValueId, ValuePlan>& inputs,
                    const std::map<ir::ValueId, ValuePlan>& outputs, GraphPlan& plan) {
  const ir::Graph& graph = task.graph;
  const PlanOptions& options = task.options;
  for (ir::ValueId id : graph.inputs) {
    // What goes straight out again has no QUANTIZE that could be left out.
    if (!TakesIoTypes(task, id) || graph.IsGraphOutput(id)) continue;
    auto integer = inputs.find(id);
    if (integer != inputs.end()) plan.values[id] = AsType(integer->second, options.input_type);
  }
  for (size_t i = 0; i < graph.outputs.size(); ++i) {
    const ir::ValueId id = graph.outputs[i];
    if (id == ir::kNoValue || graph.value(id).is_constant || graph.IsGraphInput(id) || !IsFloat(graph, id)) continue;
    auto integer = outputs.find(id);
    const bool delivers = TakesIoTypes(task, id) && integer != outputs.end();
    plan.outputs[static_cast<int>(i)] = delivers ? AsType(integer->second, options.output_type) : ValuePlan();
  }
  for (ir::NodeId id : graph.Order()) {
    const ir::Node& node = graph.node(id);
    for (int i = 0; i < static_cast<int>(node.inputs().size()); ++i) {
      const ir::ValueId operand = node.input(i);
      if (operand == ir::kNoValue || graph.value(operand).is_constant) continue;
      if (plan.values.count(operand) > 0) plan.operands.emplace(std::make_pair(id, i), ValuePlan());
    }
  }
}

}  // namespace zeropoint::plan
