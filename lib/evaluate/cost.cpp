#include "evaluate/cost.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <set>
#include <utility>

#include "evaluate/part.h"

namespace zeropoint::evaluate {
namespace {

// The part of the float graph behind a node, to be fed with the node's own error.
struct Suffix {
  const LocalNode* local = nullptr;
  Part part;                               // without nodes where the node computes nothing but outputs
  std::map<ir::ValueId, size_t> injected;  // float value -> which of the node's results
};

absl::StatusOr<Suffix> MakeSuffix(const Models& models, int graph, const LocalNode& local) {
  const ir::Graph& real = models.real.graphs[static_cast<size_t>(models.pairing.GraphOf(graph))];
  Suffix suffix;
  suffix.local = &local;
  std::set<ir::ValueId> values;
  for (size_t i = 0; i < local.results.size(); ++i) {
    const ir::ValueId value = models.pairing.ValueOf(graph, local.results[i]);
    suffix.injected[value] = i;
    values.insert(value);
  }
  const std::vector<ir::NodeId> nodes = DependentsOf(real, values);
  std::set<ir::ValueId> computed;
  for (ir::NodeId node : nodes) computed.insert(real.node(node).outputs().begin(), real.node(node).outputs().end());
  std::vector<ir::ValueId> outputs;
  for (ir::ValueId output : real.outputs) {
    const bool wanted = computed.count(output) > 0 && real.value(output).type == ElementType::kFloat32;
    if (wanted && std::find(outputs.begin(), outputs.end(), output) == outputs.end()) outputs.push_back(output);
  }
  if (outputs.empty()) return suffix;
  ZP_ASSIGN_OR_RETURN(suffix.part, MakePart(real, nodes, outputs, values));
  return suffix;
}

// The float model's outputs when the node alone is quantized.
absl::StatusOr<std::vector<Distance>> RunSuffix(const Models& models, int graph, const Suffix& suffix,
                                                const Capture& real, Worker& worker) {
  const ir::Graph& floats = models.real.graphs[static_cast<size_t>(models.pairing.GraphOf(graph))];
  ZP_ASSIGN_OR_RETURN(const OwnError own, worker.local.Run(graph, *suffix.local, real));
  std::map<ir::ValueId, Held> changed;
  for (const auto& [value, i] : suffix.injected) {
    const auto found = real.find(value);
    Held held = Held::CopyOf(found == real.end() ? ConstantView(floats.value(value)) : found->second.view());
    auto* elements = reinterpret_cast<float*>(held.data.data());
    for (size_t e = 0; e < own.error[i].size(); ++e) elements[e] += own.error[i][e];
    changed.emplace(value, std::move(held));
  }
  std::vector<Held> results;
  if (!suffix.part.outputs.empty()) {
    std::vector<ops::TensorView> inputs;
    for (ir::ValueId input : suffix.part.inputs) {
      const auto injected = changed.find(input);
      const auto found = real.find(input);
      if (injected == changed.end() && found == real.end()) return absl::UnimplementedError("a value was not computed");
      inputs.push_back(injected != changed.end() ? injected->second.view() : found->second.view());
    }
    std::unique_ptr<engine::Session>& session = worker.suffixes[{graph, suffix.local->id}];
    if (session == nullptr) session = engine::Session::Create(*suffix.part.executable);
    ZP_ASSIGN_OR_RETURN(results, RunPart(suffix.part, *session, inputs));
  }
  std::vector<Distance> distances;
  for (ir::ValueId output : floats.outputs) {
    distances.emplace_back();
    const auto wanted = real.find(output);
    if (wanted == real.end() || !IsFloat(wanted->second.view())) continue;
    const ops::TensorView reference = wanted->second.view();
    const auto behind = std::find(suffix.part.outputs.begin(), suffix.part.outputs.end(), output);
    const auto injected = changed.find(output);
    const ops::TensorView test = injected != changed.end() ? injected->second.view()
                                 : behind != suffix.part.outputs.end()
                                     ? results[static_cast<size_t>(behind - suffix.part.outputs.begin())].view()
                                     : reference;
    if (test.elements() != reference.elements()) return absl::UnimplementedError("a shape depends on the values");
    const auto count = static_cast<size_t>(reference.elements());
    distances.back().Add({reference.As<float>(), count}, {test.As<float>(), count});
  }
  return distances;
}

double RelativeNoise(const Distance& distance) {
  if (distance.Noise() == 0.0) return 0.0;
  return distance.Signal() == 0.0 ? std::numeric_limits<double>::infinity() : distance.Noise() / distance.Signal();
}

// The samples that tell which nodes are worth a closer look, and how many nodes are looked at.
constexpr size_t kScreeningSamples = 2, kScreenedNodes = 400;

// What the float model computes for the first samples.
absl::StatusOr<std::vector<std::pair<int, Capture>>> FirstRuns(const CostContext& cost,
                                                               absl::Span<const Sample> samples) {
  std::vector<std::pair<int, Capture>> runs;
  for (const Sample& sample : samples.first(std::min(samples.size(), kScreeningSamples))) {
    ZP_ASSIGN_OR_RETURN(Capture run, cost.workers[0]->real.Run(sample.graph, sample.inputs, sample.fresh_state));
    runs.emplace_back(cost.models.pairing.QuantizedGraphOf(sample.graph), std::move(run));
  }
  return runs;
}

// The cost of one node on those runs; negative where it cannot be measured.
absl::StatusOr<double> ScreenNode(const CostContext& cost, const NodeRef& at,
                                  const std::vector<std::pair<int, Capture>>& runs, Worker& worker) {
  constexpr double kUnknown = -1.0;
  const absl::StatusOr<Suffix> suffix = MakeSuffix(cost.models, at.first, cost.locals.at(at));
  if (!suffix.ok()) return kUnknown;
  std::vector<OutputFigures> outputs;
  for (const auto& [graph, real] : runs) {
    if (graph != at.first) continue;
    absl::StatusOr<std::vector<Distance>> distances = RunSuffix(cost.models, graph, *suffix, real, worker);
    worker.suffixes.erase(at);
    if (absl::IsUnimplemented(distances.status())) return kUnknown;
    ZP_RETURN_IF_ERROR(distances.status());
    MergeOutputs(graph, *std::move(distances), outputs);
  }
  return outputs.empty() ? kUnknown : NoiseOf(outputs);
}

// The nodes that cost most on the first samples, most first.
absl::StatusOr<std::vector<NodeRef>> WorstNodes(const CostContext& cost, absl::Span<const Sample> samples, int count,
                                                const Comparison& comparison) {
  std::vector<std::pair<double, NodeRef>> nodes;
  for (const auto& [at, figures] : comparison.nodes) {
    if (figures.made.has_value() && figures.made->Noise() > 0.0) nodes.push_back({RelativeNoise(*figures.made), at});
  }
  const auto by_noise = [](const auto& a, const auto& b) { return a.first > b.first; };
  std::stable_sort(nodes.begin(), nodes.end(), by_noise);
  nodes.resize(std::min(nodes.size(), kScreenedNodes));
  ZP_ASSIGN_OR_RETURN(const auto runs, FirstRuns(cost, samples));
  ZP_RETURN_IF_ERROR(ParallelFor(static_cast<int>(cost.workers.size()), nodes.size(), [&](int worker, size_t i) {
    absl::StatusOr<double> noise = ScreenNode(cost, nodes[i].second, runs, *cost.workers[static_cast<size_t>(worker)]);
    if (!noise.ok()) return noise.status();
    nodes[i].first = *noise;
    return absl::OkStatus();
  }));
  std::stable_sort(nodes.begin(), nodes.end(), by_noise);
  std::vector<NodeRef> worst;
  for (const auto& [noise, at] : nodes) {
    if (noise > 0.0 && static_cast<int>(worst.size()) < count) worst.push_back(at);
  }
  return worst;
}

}  // namespace

absl::Status MeasureCosts(const CostContext& cost, absl::Span<const Sample> samples, int count,
                          Comparison& comparison) {
  const Models& models = cost.models;
  ZP_ASSIGN_OR_RETURN(const std::vector<NodeRef> worst, WorstNodes(cost, samples, count, comparison));
  for (const NodeRef& at : worst) {
    ZP_ASSIGN_OR_RETURN(const Suffix suffix, MakeSuffix(models, at.first, cost.locals.at(at)));
    std::vector<OutputFigures> outputs;
    const absl::Status status = OverSamples<std::vector<Distance>>(
        samples.size(), models.has_state, cost.context, cost.workers,
        [&](Worker& worker, size_t i) -> absl::StatusOr<std::vector<Distance>> {
          if (models.pairing.QuantizedGraphOf(samples[i].graph) != at.first) return std::vector<Distance>();
          ZP_ASSIGN_OR_RETURN(const Capture real,
                              worker.real.Run(samples[i].graph, samples[i].inputs, samples[i].fresh_state));
          return RunSuffix(models, at.first, suffix, real, worker);
        },
        [&](size_t, std::vector<Distance>&& distances) {
          if (!distances.empty()) MergeOutputs(at.first, std::move(distances), outputs);
        });
    for (const std::unique_ptr<Worker>& worker : cost.workers) worker->suffixes.clear();
    if (absl::IsUnimplemented(status)) continue;
    ZP_RETURN_IF_ERROR(status);
    comparison.nodes.at(at).cost = NoiseOf(outputs);
    comparison.costed.push_back(at);
  }
  return absl::OkStatus();
}

}  // namespace zeropoint::evaluate
