#include "evaluate/compare.h"

#include <algorithm>
#include <limits>
#include <memory>
#include <set>
#include <utility>

#include "evaluate/cost.h"
#include "evaluate/spreads.h"
#include "evaluate/workers.h"
#include "ops/op_def.h"

namespace zeropoint::evaluate {
namespace {

constexpr double kHalfStep = 0.5;

// What one sample adds.
struct SampleFigures {
  int graph = 0;
  std::map<ir::ValueId, TensorFigures> tensors;
  std::map<ir::NodeId, NodeFigures> nodes;
  std::vector<Distance> outputs;
};

template <typename T>
void MarkCodes(const ops::TensorView& view, std::vector<bool>& codes) {
  const T* integers = view.As<T>();
  for (int64_t i = 0; i < view.elements(); ++i) {
    codes[static_cast<size_t>(integers[i] - std::numeric_limits<T>::min())] = true;
  }
}

void CountCodes(const ops::TensorView& view, TensorFigures& figures) {
  figures.codes.assign(static_cast<size_t>(CodesOf(view.type)), false);
  if (view.type == ElementType::kInt8) MarkCodes<int8_t>(view, figures.codes);
  if (view.type == ElementType::kUInt8) MarkCodes<uint8_t>(view, figures.codes);
  if (view.type == ElementType::kInt16) MarkCodes<int16_t>(view, figures.codes);
}

uint64_t CountBeyond(absl::Span<const float> values, const ir::Range& range, float step) {
  const double low = range.min - kHalfStep * step, high = range.max + kHalfStep * step;
  return static_cast<uint64_t>(
      std::count_if(values.begin(), values.end(), [&](float x) { return x < low || x > high; }));
}

class SideBySide {
 public:
  SideBySide(const Models& models, const Spreads& spreads, const std::map<NodeRef, LocalNode>& locals,
             const CompareOptions& options)
      : models_(models), spreads_(spreads), locals_(locals), options_(options) {}

  absl::StatusOr<SampleFigures> Run(Worker& worker, const Sample& sample, size_t index) const {
    SampleFigures figures;
    figures.graph = models_.pairing.QuantizedGraphOf(sample.graph);
    ZP_ASSIGN_OR_RETURN(const Capture real, worker.real.Run(sample.graph, sample.inputs, sample.fresh_state));
    ZP_ASSIGN_OR_RETURN(const Capture quantized, RunQuantized(models_, figures.graph, sample, worker));
    ZP_RETURN_IF_ERROR(CompareTensors(real, quantized, figures));
    ZP_RETURN_IF_ERROR(CompareNodes(real, quantized, worker, figures));
    if (options_.layers) {
      ZP_RETURN_IF_ERROR(ShowLayers(quantized, worker, figures.graph, index));
      ZP_RETURN_IF_ERROR(ShowOutputs(real, quantized, figures.graph, index));
    }
    for (ir::ValueId output : GraphOf(figures).outputs) {
      const auto found = figures.tensors.find(output);
      figures.outputs.push_back(found == figures.tensors.end() ? Distance() : found->second.distance);
    }
    return figures;
  }

 private:
  const ir::Graph& GraphOf(const SampleFigures& figures) const {
    return models_.quantized.graphs[static_cast<size_t>(figures.graph)];
  }

  // The float twin's elements; empty: there is none, or no float numbers.
  absl::Span<const float> RealOf(int graph, ir::ValueId id, const Capture& real) const {
    const ir::ValueId pair = models_.pairing.ValueOf(graph, id);
    const auto found = pair == ir::kNoValue ? real.end() : real.find(pair);
    if (found == real.end() || !IsFloat(found->second.view())) return {};
    const ops::TensorView view = found->second.view();
    return {view.As<float>(), static_cast<size_t>(view.elements())};
  }

  absl::Status CompareTensors(const Capture& real, const Capture& quantized, SampleFigures& figures) const {
    const ir::Graph& graph = GraphOf(figures);
    for (const auto& [id, held] : quantized) {
      const absl::Span<const float> wanted = RealOf(figures.graph, id, real);
      const ops::TensorView view = held.view();
      if (wanted.empty() || static_cast<int64_t>(wanted.size()) != view.elements()) continue;
      ZP_ASSIGN_OR_RETURN(const std::vector<float> found, RealValues(view));
      if (FindNan(found).has_value()) return NanIn(graph, id, "quantized");
      TensorFigures& one = figures.tensors[id];
      one.real = models_.pairing.ValueOf(figures.graph, id);
      one.distance.Add(wanted, found);
      const Spread& spread = spreads_.at({models_.pairing.GraphOf(figures.graph), one.real});
      one.histogram.min = spread.range.min;
      one.histogram.max = spread.range.max;
      one.histogram.Add(wanted);
      const std::optional<ir::Range> range = RepresentableRange(graph.value(id));
      if (!range.has_value()) continue;
      CountCodes(view, one);
      one.clipped = CountBeyond(wanted, *range, graph.value(id).quant.scale[0]);
    }
    return absl::OkStatus();
  }

  absl::Status CompareNodes(const Capture& real, const Capture& quantized, Worker& worker,
                            SampleFigures& figures) const {
    for (const auto& [at, local] : locals_) {
      if (at.first != figures.graph) continue;
      absl::StatusOr<OwnError> own = worker.local.Run(figures.graph, local, real);
      if (absl::IsUnimplemented(own.status())) continue;
      ZP_RETURN_IF_ERROR(own.status());
      NodeFigures& node = figures.nodes[local.id];
      node.made.emplace();
      node.inherited.emplace();
      for (size_t i = 0; i < local.results.size(); ++i) {
        AddSplit(RealOf(figures.graph, local.results[i], real), quantized.at(local.results[i]), own->error[i], node);
      }
    }
    return absl::OkStatus();
  }

  absl::Status ShowLayers(const Capture& quantized, Worker& worker, int graph, size_t sample) const {
    for (ir::NodeId id : models_.quantized.graphs[static_cast<size_t>(graph)].Order()) {
      const auto local = locals_.find({graph, id});
      if (local == locals_.end()) continue;
      absl::StatusOr<std::optional<OwnError>> own = worker.local.RunInPlace(graph, local->second, quantized);
      if (absl::IsUnimplemented(own.status())) continue;
      ZP_RETURN_IF_ERROR(own.status());
      if (!own->has_value()) continue;
      for (size_t i = 0; i < local->second.results.size(); ++i) {
        const Held& held = quantized.at(local->second.results[i]);
        if (held.quant == nullptr || !held.quant->quantized()) continue;
        ZP_ASSIGN_OR_RETURN(const std::vector<float> values, RealValues(held.view()));
        ZP_RETURN_IF_ERROR(options_.layers(
            {sample, graph, local->second.results[i], std::nullopt, held.dims, (*own)->reference[i], values}));
      }
    }
    return absl::OkStatus();
  }

  absl::Status ShowOutputs(const Capture& real, const Capture& quantized, int graph, size_t sample) const {
    const std::vector<ir::ValueId>& outputs = models_.quantized.graphs[static_cast<size_t>(graph)].outputs;
    for (size_t i = 0; i < outputs.size(); ++i) {
      const auto found = quantized.find(outputs[i]);
      const absl::Span<const float> wanted = RealOf(graph, outputs[i], real);
      if (found == quantized.end() || wanted.empty()) continue;
      ZP_ASSIGN_OR_RETURN(const std::vector<float> values, RealValues(found->second.view()));
      if (values.size() != wanted.size()) continue;
      ZP_RETURN_IF_ERROR(options_.layers({sample, graph, outputs[i], i, found->second.dims, wanted, values}));
    }
    return absl::OkStatus();
  }

  // total = made + inherited, element by element.
  static void AddSplit(absl::Span<const float> wanted, const Held& held, const std::vector<float>& own,
                       NodeFigures& node) {
    const absl::StatusOr<std::vector<float>> found = RealValues(held.view());
    if (!found.ok() || found->size() != wanted.size() || own.size() != wanted.size()) return;
    std::vector<float> made(wanted.size()), inherited(wanted.size());
    for (size_t i = 0; i < wanted.size(); ++i) {
      made[i] = wanted[i] + own[i];
      inherited[i] = (*found)[i] - own[i];
    }
    node.total.Add(wanted, *found);
    node.made->Add(wanted, made);
    node.inherited->Add(wanted, inherited);
  }

  const Models& models_;
  const Spreads& spreads_;
  const std::map<NodeRef, LocalNode>& locals_;
  const CompareOptions& options_;
};

void MergeFigures(SampleFigures&& next, Comparison& all) {
  for (auto& [id, figures] : next.tensors) {
    const auto [known, fresh] = all.tensors.emplace(ValueRef{next.graph, id}, figures);
    if (fresh) continue;
    TensorFigures& sum = known->second;
    sum.distance.Merge(figures.distance);
    for (size_t b = 0; b < sum.histogram.counts.size(); ++b) sum.histogram.counts[b] += figures.histogram.counts[b];
    sum.clipped += figures.clipped;
    for (size_t c = 0; c < std::min(sum.codes.size(), figures.codes.size()); ++c) {
      if (figures.codes[c]) sum.codes[c] = true;
    }
  }
  for (auto& [id, figures] : next.nodes) {
    const auto [known, fresh] = all.nodes.emplace(NodeRef{next.graph, id}, figures);
    if (fresh) continue;
    known->second.total.Merge(figures.total);
    known->second.made->Merge(*figures.made);
    known->second.inherited->Merge(*figures.inherited);
  }
}

std::map<NodeRef, LocalNode> MakeLocals(const Models& models, absl::Span<const Sample> samples) {
  std::set<int> graphs;
  for (const Sample& sample : samples) graphs.insert(models.pairing.QuantizedGraphOf(sample.graph));
  std::map<NodeRef, LocalNode> locals;
  for (int graph : graphs) {
    for (ir::NodeId id : models.quantized.graphs[static_cast<size_t>(graph)].Order()) {
      absl::StatusOr<LocalNode> local = MakeLocalNode(models, graph, id);
      if (local.ok()) locals.emplace(NodeRef{graph, id}, *std::move(local));
    }
  }
  return locals;
}

}  // namespace

absl::StatusOr<Comparison> Compare(const Models& models, absl::Span<const Sample> samples,
                                   const CompareOptions& options, const Context& context) {
  ZP_ASSIGN_OR_RETURN(Programs programs, Programs::Make(models, samples));
  std::vector<std::unique_ptr<Worker>> workers = MakeWorkers(models, programs, context);
  Comparison comparison;
  comparison.samples = samples.size();
  ZP_ASSIGN_OR_RETURN(comparison.spreads, SpreadsOver(models.real, models.has_state, samples, context, workers));
  const std::map<NodeRef, LocalNode> locals = MakeLocals(models, samples);
  const SideBySide side_by_side(models, comparison.spreads, locals, options);
  ZP_RETURN_IF_ERROR(OverSamples<SampleFigures>(
      samples.size(), models.has_state || options.layers != nullptr, context, workers,
      [&](Worker& worker, size_t i) { return side_by_side.Run(worker, samples[i], i); },
      [&](size_t, SampleFigures&& next) {
        MergeOutputs(next.graph, std::move(next.outputs), comparison.outputs);
        MergeFigures(std::move(next), comparison);
      }));
  ZP_RETURN_IF_ERROR(MeasureCosts({models, locals, context, workers}, samples, options.costed_nodes, comparison));
  return comparison;
}

absl::StatusOr<std::vector<OutputFigures>> CompareOutputs(const Models& models, absl::Span<const Sample> samples,
                                                          const Context& context) {
  ZP_ASSIGN_OR_RETURN(Programs programs, Programs::Make(models, samples));
  std::vector<std::unique_ptr<Worker>> workers = MakeWorkers(models, programs, context);
  std::vector<OutputFigures> outputs;
  const auto run = [&](Worker& worker, size_t i) -> absl::StatusOr<std::vector<Distance>> {
    const int graph = models.pairing.QuantizedGraphOf(samples[i].graph);
    ZP_ASSIGN_OR_RETURN(const Capture real,
                        worker.real.Run(samples[i].graph, samples[i].inputs, samples[i].fresh_state));
    ZP_ASSIGN_OR_RETURN(const Capture quantized, RunQuantized(models, graph, samples[i], worker));
    std::vector<Distance> distances;
    for (ir::ValueId output : models.quantized.graphs[static_cast<size_t>(graph)].outputs) {
      distances.emplace_back();
      const auto wanted = real.find(models.pairing.ValueOf(graph, output));
      const auto found = quantized.find(output);
      if (wanted == real.end() || found == quantized.end() || !IsFloat(wanted->second.view())) continue;
      const ops::TensorView reference = wanted->second.view();
      ZP_ASSIGN_OR_RETURN(const std::vector<float> values, RealValues(found->second.view()));
      if (FindNan(values).has_value()) {
        return NanIn(models.quantized.graphs[static_cast<size_t>(graph)], output, "quantized");
      }
      if (static_cast<int64_t>(values.size()) != reference.elements()) continue;
      distances.back().Add({reference.As<float>(), values.size()}, values);
    }
    return distances;
  };
  ZP_RETURN_IF_ERROR(OverSamples<std::vector<Distance>>(
      samples.size(), models.has_state, context, workers, run, [&](size_t i, std::vector<Distance>&& next) {
        MergeOutputs(models.pairing.QuantizedGraphOf(samples[i].graph), std::move(next), outputs);
      }));
  return outputs;
}

}  // namespace zeropoint::evaluate
