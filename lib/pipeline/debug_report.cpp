// The debugger's report, from what was compared.
#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ir/constants.h"
#include "numeric/quantize.h"
#include "ops/op_def.h"
#include "pipeline/debug.h"

namespace zeropoint::pipeline {
namespace {

DebugError ErrorOf(const evaluate::Distance& distance) {
  return {distance.SqnrDb(), distance.Cosine(), distance.Mse(), distance.MaxError()};
}

DebugHistogram HistogramOf(const evaluate::Histogram& histogram) {
  return {histogram.min, histogram.max, histogram.counts};
}

DebugSplit SplitOf(const evaluate::Distance& distance) { return {distance.Mse(), distance.SqnrDb()}; }

}  // namespace

std::optional<std::string> NameOfOutput(const ir::Model& model, int graph, ir::ValueId id) {
  for (const ir::Signature& signature : model.signatures) {
    if (signature.graph != graph) continue;
    for (const ir::NamedValue& named : signature.outputs) {
      if (named.value == id) return named.name;
    }
  }
  return std::nullopt;
}

namespace {

class Describer {
 public:
  Describer(const evaluate::Models& models, const evaluate::Comparison& comparison, const plan::Plan* plan,
            DebugReport& report)
      : models_(models), comparison_(comparison), plan_(plan), names_(models.quantized), report_(report) {}

  void Run() {
    report_.costed_ops = static_cast<int>(comparison_.costed.size());
    for (int g = 0; g < static_cast<int>(models_.quantized.graphs.size()); ++g) {
      for (ir::ValueId id : GraphAt(g).inputs) AddTensor(g, id);
      for (ir::NodeId id : GraphAt(g).Order()) AddNode(g, id);
    }
    for (const evaluate::OutputFigures& outputs : comparison_.outputs) AddOutputs(outputs);
    RankOps();
  }

 private:
  const ir::Graph& GraphAt(int g) const { return models_.quantized.graphs[static_cast<size_t>(g)]; }

  void AddTensor(int g, ir::ValueId id) {
    const ir::Graph& graph = GraphAt(g);
    const ir::Value& value = graph.value(id);
    const ir::NodeId producer = graph.producer(id);
    DebugTensor tensor;
    tensor.name = names_.of(g, id);
    tensor.graph = g;
    if (producer != ir::kNoNode) {
      tensor.op = graph.node(producer).op();
      tensor.node = graph.node(producer).info.name;
    }
    tensor.type = std::string(Name(value.type));
    tensor.shape.assign(value.shape.dims().begin(), value.shape.dims().end());
    tensor.scale = value.quant.scale;
    tensor.zero_point = value.quant.zero_point;
    tensor.axis = value.quant.axis;
    if (const auto figures = comparison_.tensors.find({g, id}); figures != comparison_.tensors.end()) {
      AddFigures(g, id, figures->second, tensor);
    }
    report_.tensors.push_back(std::move(tensor));
  }

  void AddFigures(int g, ir::ValueId id, const evaluate::TensorFigures& figures, DebugTensor& tensor) const {
    const int real = models_.pairing.GraphOf(g);
    tensor.compared = true;
    tensor.float_name = models_.real.graphs[static_cast<size_t>(real)].value(figures.real).name;
    const ir::Range& range = comparison_.spreads.at({real, figures.real}).range;
    tensor.float_min = range.min;
    tensor.float_max = range.max;
    tensor.error = ErrorOf(figures.distance);
    tensor.histogram = HistogramOf(figures.histogram);
    const std::optional<ir::Range> held = evaluate::RepresentableRange(GraphAt(g).value(id));
    if (!held.has_value()) return;
    tensor.has_range = true;
    tensor.range_min = held->min;
    tensor.range_max = held->max;
    tensor.clipped = static_cast<double>(figures.clipped) / static_cast<double>(figures.distance.elements());
    tensor.codes_used = figures.CodesUsed();
    tensor.codes = static_cast<uint64_t>(evaluate::CodesOf(GraphAt(g).value(id).type));
  }

  void AddNode(int g, ir::NodeId id) {
    const ir::Graph& graph = GraphAt(g);
    const ir::Node& node = graph.node(id);
    DebugOp op;
    op.graph = g;
    op.op = node.op();
    op.name = node.info.name;
    op.version = node.info.version;
    for (ir::ValueId value : node.inputs()) {
      op.quantized = op.quantized || (value != ir::kNoValue && graph.value(value).quant.quantized());
      op.inputs.push_back(value == ir::kNoValue ? std::nullopt : std::make_optional(names_.of(g, value)));
    }
    for (ir::ValueId value : node.outputs()) {
      op.quantized = op.quantized || graph.value(value).quant.quantized();
      op.outputs.push_back(names_.of(g, value));
    }
    op.reason = ReasonOf(g, id);
    if (const auto found = comparison_.nodes.find({g, id}); found != comparison_.nodes.end()) {
      op.total = SplitOf(found->second.total);
      if (found->second.made.has_value()) op.made = SplitOf(*found->second.made);
      if (found->second.inherited.has_value()) op.inherited = SplitOf(*found->second.inherited);
      op.cost = found->second.cost;
      const double noise = evaluate::NoiseOf(comparison_.outputs);
      if (op.cost.has_value() && noise > 0.0) op.share = *op.cost / noise;
    }
    report_.ops.push_back(std::move(op));
    AddWeights(g, id);
    for (ir::ValueId value : node.outputs()) AddTensor(g, value);
  }

  std::string ReasonOf(int g, ir::NodeId id) const {
    if (plan_ == nullptr) return "";
    const auto& nodes = plan_->graphs[static_cast<size_t>(g)].nodes;
    const auto decision = nodes.find(id);
    return decision == nodes.end() ? "" : decision->second.reason;
  }

  // Quantized constants in the place of weights whose float form is known.
  void AddWeights(int g, ir::NodeId id) {
    const ir::Graph& graph = GraphAt(g);
    const int twin_graph = models_.pairing.GraphOf(g);
    if (twin_graph == evaluate::kNoGraph) return;
    const ir::Graph& real = models_.real.graphs[static_cast<size_t>(twin_graph)];
    const ir::NodeId twin = evaluate::TwinOf(real, graph, models_.pairing, g, id);
    const ops::OpDef* op = ops::FindOp(graph.node(id).op());
    if (twin == ir::kNoNode || op == nullptr) return;
    for (int i = 0; i < static_cast<int>(graph.node(id).inputs().size()); ++i) {
      const ir::ValueId value = graph.node(id).input(i);
      if (value == ir::kNoValue || op->quant.input(i).role != ops::Role::kWeight) continue;
      if (!graph.value(value).is_constant || !graph.value(value).quant.quantized() || !seen_.insert({g, value}).second)
        continue;
      const std::optional<std::vector<float>> floats = ir::FloatElements(real, real.node(twin).input(i));
      if (floats.has_value()) AddWeight(g, id, value, *floats);
    }
  }

  void AddWeight(int g, ir::NodeId id, ir::ValueId value, const std::vector<float>& floats) {
    const ir::Value& stored = GraphAt(g).value(value);
    std::vector<std::max_align_t> aligned(stored.data.size() / sizeof(std::max_align_t) + 1);
    std::copy_n(stored.data.data(), stored.data.size(), reinterpret_cast<uint8_t*>(aligned.data()));
    ops::TensorView view;
    view.type = stored.type;
    view.dims = stored.shape.dims();
    view.data = aligned.data();
    view.quant = &stored.quant;
    const absl::StatusOr<std::vector<float>> rounded = evaluate::RealValues(view);
    if (!rounded.ok() || rounded->size() != floats.size()) return;
    DebugWeights weights;
    weights.name = names_.of(g, value);
    weights.graph = g;
    weights.op = GraphAt(g).node(id).op();
    weights.node = GraphAt(g).node(id).info.name;
    weights.type = std::string(Name(stored.type));
    weights.shape.assign(view.dims.begin(), view.dims.end());
    weights.axis = stored.quant.scale.size() > 1 ? stored.quant.axis : -1;
    evaluate::Distance all;
    all.Add(floats, *rounded);
    weights.sqnr_db = all.SqnrDb();
    const numeric::ChannelLayout layout = numeric::LayoutOf(view.dims, weights.axis);
    std::vector<evaluate::Distance> channels(layout.channels);
    for (size_t e = 0; e < floats.size(); ++e) {
      channels[e / layout.inner % layout.channels].Add({&floats[e], 1}, {&(*rounded)[e], 1});
    }
    for (size_t c = 0; c < layout.channels; ++c) {
      const bool empty = channels[c].elements() == 0;
      weights.channels.push_back({empty ? 0.0f : channels[c].smallest(), empty ? 0.0f : channels[c].largest(),
                                  stored.quant.scale[c], channels[c].SqnrDb()});
    }
    evaluate::Histogram histogram;
    if (!floats.empty()) {
      histogram.min = *std::min_element(floats.begin(), floats.end());
      histogram.max = *std::max_element(floats.begin(), floats.end());
    }
    histogram.Add(floats);
    weights.histogram = HistogramOf(histogram);
    report_.weights.push_back(std::move(weights));
  }

  void AddOutputs(const evaluate::OutputFigures& figures) {
    const ir::Graph& graph = GraphAt(figures.graph);
    for (size_t i = 0; i < figures.outputs.size(); ++i) {
      if (figures.outputs[i].elements() == 0) continue;
      const ir::ValueId id = graph.outputs[i];
      DebugOutput output;
      output.tensor = names_.of(figures.graph, id);
      output.name = NameOfOutput(models_.quantized, figures.graph, id).value_or(output.tensor);
      output.graph = figures.graph;
      output.error = ErrorOf(figures.outputs[i]);
      report_.outputs.push_back(std::move(output));
    }
  }

  void RankOps() {
    std::vector<DebugOp*> costed;
    for (DebugOp& op : report_.ops) {
      if (op.cost.has_value()) costed.push_back(&op);
    }
    std::stable_sort(costed.begin(), costed.end(),
                     [](const DebugOp* a, const DebugOp* b) { return *a->cost > *b->cost; });
    for (size_t i = 0; i < costed.size(); ++i) costed[i]->rank = static_cast<int>(i) + 1;
  }

  const evaluate::Models& models_;
  const evaluate::Comparison& comparison_;
  const plan::Plan* plan_;
  const DebugNames names_;
  DebugReport& report_;
  std::set<evaluate::ValueRef> seen_;
};

}  // namespace

DebugNames::DebugNames(const ir::Model& model) {
  std::map<std::string, int> seen;
  for (int g = 0; g < static_cast<int>(model.graphs.size()); ++g) {
    const ir::Graph& graph = model.graphs[static_cast<size_t>(g)];
    const auto add = [&](ir::ValueId id) {
      if (id == ir::kNoValue || names_.count({g, id}) > 0) return;
      const int before = seen[graph.value(id).name]++;
      names_[{g, id}] = before == 0 ? graph.value(id).name : absl::StrCat(graph.value(id).name, "#", before);
    };
    for (ir::ValueId id : graph.inputs) add(id);
    for (ir::NodeId id : graph.Order()) {
      for (ir::ValueId value : graph.node(id).outputs()) add(value);
    }
    for (ir::ValueId id = 0; id < graph.num_values(); ++id) add(id);
  }
}

void DescribeComparison(const evaluate::Models& models, const evaluate::Comparison& comparison, const plan::Plan* plan,
                        DebugReport& report) {
  Describer(models, comparison, plan, report).Run();
}

}  // namespace zeropoint::pipeline
