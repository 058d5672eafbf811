#include "plan/variables.h"

#include <algorithm>
#include <limits>
#include <optional>

#include "absl/strings/str_cat.h"
#include "kernels/encode.h"
#include "ops/op_def.h"
#include "plan/forms.h"
#include "plan/planner.h"
#include "plan/recurrent.h"
#include "plan/scale_propagation.h"

namespace zeropoint::plan {
namespace {

// The strings among the options of the op that makes the handle, which are the variable's name for all graphs. Nothing
// when the handle is not made in this graph.
std::optional<std::string> NameOf(const ir::Graph& graph, ir::ValueId handle) {
  const ir::NodeId producer = graph.producer(handle);
  const ops::OpDef* op = producer == ir::kNoNode ? nullptr : ops::FindOp(graph.node(producer).op());
  if (op == nullptr || op->quant.output(0).role != ops::Role::kState) return std::nullopt;
  std::string name;
  for (const ops::OptionField& field : op->options.fields) {
    if (field.kind == ops::FieldKind::kString) {
      absl::StrAppend(&name, name.empty() ? "" : "/", graph.node(producer).attrs().String(field.name));
    }
  }
  return name;
}

// Every value in the range has a number that is at most one step away from it.
bool Covers(const ValuePlan& form, const ir::Range& range) {
  const float scale = form.params.scale[0];
  const auto zero_point = form.params.zero_point[0];
  const float low = scale * static_cast<float>(std::numeric_limits<int8_t>::min() - 1 - zero_point);
  const float high = scale * static_cast<float>(std::numeric_limits<int8_t>::max() + 1 - zero_point);
  return low <= range.min && range.max <= high;
}

ValuePlan WithRange(ValuePlan form, const ir::Range& range) {
  SetRange(form, range);
  return form;
}

}  // namespace

bool UsesVariable(const ir::Graph& graph, const ir::Node& node) {
  const ops::OpDef* op = ops::FindOp(node.op());
  const ir::ValueId handle = node.input(0);
  return op != nullptr && op->quant.input(0).role == ops::Role::kState && handle != ir::kNoValue &&
         graph.value(handle).type == ElementType::kResource;
}

Variables::Variables(const ir::Model& model, const ir::Statistics& statistics, const PlanOptions& options)
    : model_(model), options_(options), statistics_(statistics) {
  Collect();
  for (auto& [name, variable] : variables_) {
    Decide(variable);
    if (!variable.reason.empty()) variable.reason = absl::StrCat("variable '", name, "' ", variable.reason);
    auto& nodes = variable.reason.empty() ? integer_ : float_;
    for (const Access& access : variable.accesses) nodes[{access.graph, access.node}] = &variable;
    if (variable.reason.empty()) SpreadRange(variable);
  }
  for (const auto& [name, variable] : variables_) {
    if (variable.reason.empty()) forms_.merge(Forms(variable));
  }
}

const ValuePlan* Variables::FormOf(int graph, ir::NodeId node) const {
  auto form = forms_.find({graph, node});
  return form == forms_.end() ? nullptr : &form->second;
}

std::string Variables::FloatReason(int graph, ir::NodeId node) const {
  auto variable = float_.find({graph, node});
  return variable == float_.end() ? "" : variable->second->reason;
}

void Variables::Collect() {
  for (int g = 0; g < static_cast<int>(model_.graphs.size()); ++g) {
    for (ir::NodeId id : graph(g).Order()) AddAccess(g, id);
  }
}

void Variables::AddAccess(int index, ir::NodeId id) {
  const ir::Node& node = graph(index).node(id);
  if (!UsesVariable(graph(index), node)) return;
  const bool reads = !node.outputs().empty();
  const ir::ValueId value = reads ? node.output() : node.input(1);
  if (!IsFloat(graph(index), value)) return;
  const std::optional<std::string> name = NameOf(graph(index), node.input(0));
  has_unknown_ = has_unknown_ || !name.has_value();
  // Those whose names cannot be seen share an entry, and a reason to stay float.
  variables_[name.value_or("")].accesses.push_back({index, id, value, reads});
}

void Variables::Decide(Variable& variable) const {
  const Access& first = variable.accesses.front();
  const auto scheme_of = [this](const Access& access) {
    const Task task{graph(access.graph), access.graph, /*is_entry=*/false, statistics_, options_, options_.scheme};
    return task.SchemeOf(access.node);
  };
  variable.scheme = scheme_of(first);
  const bool alike = std::all_of(variable.accesses.begin(), variable.accesses.end(),
                                 [&](const Access& access) { return scheme_of(access) == variable.scheme; });
  const bool has_form = std::all_of(variable.accesses.begin(), variable.accesses.end(), [&](const Access& access) {
    const ops::QuantSpec& spec = SpecOf(graph(access.graph), access.node, variable.scheme, options_);
    return variable.scheme == Scheme::kInt8 ? spec.int8 : variable.scheme == Scheme::kInt16x8 && spec.int16;
  });
  if (has_unknown_) {
    variable.reason = "stays float: which variable some op of the model reads or assigns is known at run time only";
  } else if (!alike) {
    variable.reason = "stays float: not all that read and assign it are asked to be the same";
  } else if (!has_form) {
    variable.reason = "stays float: there is no integer form of what reads and assigns it";
  } else if (variable.scheme == Scheme::kInt8 && !options_.variable_quantization) {
    variable.reason = "stays float; variable_quantization makes it int8";
  } else if (!FindRange(variable)) {
    variable.reason = "stays float: no range was calibrated for it, or it is too wide for integers";
  }
}

// False when there is none that parameters can be made of.
bool Variables::FindRange(Variable& variable) const {
  bool found = false;
  for (const Access& access : variable.accesses) {
    const Task task{graph(access.graph), access.graph, /*is_entry=*/false, statistics_, options_, variable.scheme};
    ir::Range range;
    if (graph(access.graph).value(access.value).is_constant) {
      const std::optional<ir::FloatView> elements = FiniteElements(graph(access.graph), access.value);
      if (!elements.has_value()) return false;
      const numeric::MinMax limits = kernels::RangeWithZero(*elements);
      range = {limits.min, limits.max};
    } else if (const ir::Range* seen = task.RangeOf(access.value)) {
      range = *seen;
    } else if (statistics_.Find(access.graph, access.value) != nullptr) {
      return false;
    } else {
      continue;  // in a graph that no sample ran
    }
    variable.range =
        found ? ir::Range{std::min(variable.range.min, range.min), std::max(variable.range.max, range.max)} : range;
    found = true;
  }
  return found;
}

void Variables::SpreadRange(const Variable& variable) {
  for (const Access& access : variable.accesses) {
    const bool constant = graph(access.graph).value(access.value).is_constant;
    if (constant || (!access.reads && variable.scheme == Scheme::kInt8)) continue;
    statistics_.ranges[{access.graph, access.value}] = variable.range;
  }
}

std::map<std::pair<int, ir::NodeId>, ValuePlan> Variables::Forms(const Variable& variable) const {
  const ir::Range& range = variable.range;
  const ValuePlan form = variable.scheme == Scheme::kInt8
                             ? Int8FormOf(variable)
                             : Int16Form(numeric::ActivationInt16(range.min, range.max).scale);
  std::map<std::pair<int, ir::NodeId>, ValuePlan> forms;
  for (const Access& access : variable.accesses) forms[{access.graph, access.node}] = WithRange(form, range);
  return forms;
}

// TensorFlow's choice: what the first read gets, else what the first assignment is given, by the rules for other
// activations, so that no requantization is needed there. But a reader that wants a part of the variable may want
// parameters that the rest does not fit into.
ValuePlan Variables::Int8FormOf(const Variable& variable) const {
  for (bool reads : {true, false}) {
    for (const Access& access : variable.accesses) {
      const ir::Graph& own = graph(access.graph);
      if (access.reads != reads || own.value(access.value).is_constant) continue;
      const Task task{own, access.graph, /*is_entry=*/false, statistics_, options_, variable.scheme, this};
      const ir::Statistics united = UniteStateRanges(task);
      const Task with_states{own, access.graph, /*is_entry=*/false, united, options_, variable.scheme, this};
      const ScalePropagation scales(with_states);
      const std::optional<numeric::Affine> params =
          reads ? scales.Stored(access.value) : scales.Read(access.node, /*operand=*/1);
      if (params.has_value() && Covers(Int8Form(*params), variable.range)) return Int8Form(*params);
    }
  }
  return Int8Form(numeric::ActivationInt8(variable.range.min, variable.range.max));
}

}  // namespace zeropoint::plan
