#include "evaluate/compare.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/parallel.h"
#include "evaluate/capture.h"
#include "evaluate/local_run.h"
#include "evaluate/part.h"
#include "kernels/encode.h"
#include "kernels/kernel_table.h"
#include "numeric/quantize.h"
#include "ops/op_def.h"

namespace zeropoint::evaluate {
namespace {

constexpr char kStage[] = "debug";
// Samples that may wait to be summed: enough for the threads of any machine that this is made for, few enough to hold.
constexpr size_t kBatch = 16;
// Channels beyond these are no channels that anyone looks at.
constexpr int64_t kMaxChannels = 1 << 16;
constexpr double kHalfStep = 0.5;

bool IsFloat(const ops::TensorView& view) { return view.type == ElementType::kFloat32; }

absl::Status AtSample(absl::Status status, size_t sample) {
  status = Annotate(std::move(status), Place::kStage, kStage);
  return Annotate(std::move(status), Place::kSample, absl::StrCat(sample));
}

absl::Status NanIn(const ir::Graph& graph, ir::ValueId id, absl::string_view model) {
  const std::string& name = graph.value(id).name;
  return Annotate(absl::InvalidArgumentError(absl::StrCat("NaN in '", name, "' of the ", model, " model")),
                  Place::kTensor, name);
}

// The programs of both models, with all graphs prepared that samples run.
struct Programs {
  std::unique_ptr<engine::Program> real, quantized;

  static absl::StatusOr<Programs> Make(const Models& models, absl::Span<const Sample> samples) {
    Programs programs{engine::Program::Create(models.real), engine::Program::Create(models.quantized)};
    for (size_t i = 0; i < samples.size(); ++i) {
      const int graph = models.pairing.QuantizedGraphOf(samples[i].graph);
      if (graph == kNoGraph) {
        return AtSample(absl::InvalidArgumentError("the quantized model has no signature for it"), i);
      }
      ZP_RETURN_IF_ERROR(programs.real->Prepare(samples[i].graph).status());
      ZP_RETURN_IF_ERROR(programs.quantized->Prepare(graph).status());
    }
    return programs;
  }
};

// Both models on one thread.
struct Worker {
  Worker(const Models& models, Programs& programs)
      : real(models.real, *programs.real), quantized(models.quantized, *programs.quantized), local(models) {}
  Recorder real, quantized;
  LocalRunner local;
  std::map<NodeRef, std::unique_ptr<engine::Session>> suffixes;
};

// What the quantized graph is fed with for a sample of the float one.
absl::StatusOr<std::vector<Held>> QuantizedInputs(const Models& models, int graph, const Sample& sample) {
  const ir::Graph& to = models.quantized.graphs[static_cast<size_t>(graph)];
  const ir::Graph& from = models.real.graphs[static_cast<size_t>(sample.graph)];
  std::vector<Held> inputs;
  for (ir::ValueId id : to.inputs) {
    const ir::ValueId pair = models.pairing.ValueOf(graph, id);
    const auto found = std::find(from.inputs.begin(), from.inputs.end(), pair);
    std::optional<Held> held;
    if (found != from.inputs.end()) {
      held = Rounded(sample.inputs[static_cast<size_t>(found - from.inputs.begin())], to.value(id).type,
                     to.value(id).quant);
    }
    if (!held.has_value()) {
      return Annotate(
          absl::InvalidArgumentError(absl::StrCat("input '", to.value(id).name, "' of the quantized model is ",
                                                  "none of the float model's, or of another type")),
          Place::kTensor, to.value(id).name);
    }
    inputs.push_back(*std::move(held));
  }
  return inputs;
}

absl::StatusOr<Capture> RunQuantized(const Models& models, int graph, const Sample& sample, Worker& worker) {
  ZP_ASSIGN_OR_RETURN(const std::vector<Held> held, QuantizedInputs(models, graph, sample));
  std::vector<ops::TensorView> inputs;
  for (const Held& one : held) inputs.push_back(one.view());
  return worker.quantized.Run(graph, inputs, sample.fresh_state);
}

// Runs `body(worker, sample)` for every sample on the context's threads, and `merge(sample, result)` in the order of
// samples.
template <typename Result>
absl::Status OverSamples(size_t count, bool in_order, const Context& context,
                         std::vector<std::unique_ptr<Worker>>& workers,
                         const std::function<absl::StatusOr<Result>(Worker&, size_t)>& body,
                         const std::function<void(size_t, Result&&)>& merge) {
  const int threads = in_order ? 1 : std::min<int>(context.threads, static_cast<int>(workers.size()));
  for (size_t first = 0; first < count; first += kBatch) {
    ZP_RETURN_IF_ERROR(context.Report({kStage, first, count}));
    const size_t size = std::min(kBatch, count - first);
    std::vector<std::optional<Result>> results(size);
    ZP_RETURN_IF_ERROR(ParallelFor(threads, size, [&](int worker, size_t i) -> absl::Status {
      absl::StatusOr<Result> result = body(*workers[static_cast<size_t>(worker)], first + i);
      if (!result.ok()) return AtSample(result.status(), first + i);
      results[i] = *std::move(result);
      return absl::OkStatus();
    }));
    for (size_t i = 0; i < size; ++i) merge(first + i, *std::move(results[i]));
  }
  return absl::OkStatus();
}

std::vector<std::unique_ptr<Worker>> MakeWorkers(const Models& models, Programs& programs, const Context& context) {
  std::vector<std::unique_ptr<Worker>> workers;
  const int count = models.has_state ? 1 : std::max(1, context.threads);
  for (int i = 0; i < count; ++i) workers.push_back(std::make_unique<Worker>(models, programs));
  return workers;
}

// --- spreads ------------------------------------------------------------------------------------------------------

void Widen(const ir::Range& by, ir::Range& range) {
  range.min = std::min(range.min, by.min);
  range.max = std::max(range.max, by.max);
}

std::vector<ir::Range> ChannelRangesOf(const ops::TensorView& view) {
  if (view.rank() < 2 || view.dim(view.rank() - 1) < 2 || view.dim(view.rank() - 1) > kMaxChannels) return {};
  const numeric::ChannelLayout layout = numeric::LayoutOf(view.dims, view.rank() - 1);
  const absl::Span<const float> values(view.As<float>(), static_cast<size_t>(view.elements()));
  std::vector<ir::Range> channels;
  for (const numeric::MinMax& range : kernels::ChannelRanges(values, layout))
    channels.push_back({range.min, range.max});
  return channels;
}

std::optional<Spread> SpreadOf(const ops::TensorView& view) {
  if (!IsFloat(view) || view.elements() == 0) return std::nullopt;
  Spread spread;
  const float* values = view.As<float>();
  spread.elements = static_cast<uint64_t>(view.elements());
  const kernels::MinMaxResult range = kernels::MinMax(values, spread.elements);
  spread.range = spread.first = {range.min, range.max};
  spread.negative =
      static_cast<uint64_t>(std::count_if(values, values + spread.elements, [](float x) { return x < 0.0f; }));
  spread.channels = ChannelRangesOf(view);
  spread.samples = 1;
  return spread;
}

void Merge(Spread&& next, Spread& spread) {
  spread.same_in_all = spread.same_in_all && next.first.min == spread.first.min && next.first.max == spread.first.max;
  Widen(next.range, spread.range);
  if (spread.channels.size() != next.channels.size()) spread.channels.clear();
  for (size_t c = 0; c < spread.channels.size(); ++c) Widen(next.channels[c], spread.channels[c]);
  spread.elements += next.elements;
  spread.negative += next.negative;
  spread.samples += next.samples;
}

using Spreads = std::map<ValueRef, Spread>;

absl::StatusOr<Spreads> SpreadsOfRun(const ir::Graph& graph, int index, const Capture& capture) {
  Spreads spreads;
  for (const auto& [id, held] : capture) {
    const ops::TensorView view = held.view();
    if (IsFloat(view) && FindNan({view.As<float>(), static_cast<size_t>(view.elements())}).has_value()) {
      return NanIn(graph, id, "float");
    }
    std::optional<Spread> spread = SpreadOf(view);
    if (spread.has_value()) spreads.emplace(ValueRef{index, id}, *std::move(spread));
  }
  return spreads;
}

void MergeAll(Spreads&& next, Spreads& all) {
  for (auto& [at, spread] : next) {
    const auto [known, fresh] = all.emplace(at, spread);
    if (!fresh) Merge(std::move(spread), known->second);
  }
}

// --- figures of tensors and nodes ---------------------------------------------------------------------------------

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

void MergeOutputs(int graph, std::vector<Distance>&& next, std::vector<OutputFigures>& all) {
  for (OutputFigures& known : all) {
    if (known.graph != graph) continue;
    for (size_t i = 0; i < next.size(); ++i) known.outputs[i].Merge(next[i]);
    return;
  }
  all.push_back({graph, std::move(next)});
}

// --- cost ---------------------------------------------------------------------------------------------------------

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

struct CostContext {
  const Models& models;
  const std::map<NodeRef, LocalNode>& locals;
  const Context& context;
  std::vector<std::unique_ptr<Worker>>& workers;
};

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

absl::StatusOr<Spreads> SpreadsOver(const ir::Model& real, bool has_state, absl::Span<const Sample> samples,
                                    const Context& context, std::vector<std::unique_ptr<Worker>>& workers) {
  Spreads spreads;
  ZP_RETURN_IF_ERROR(OverSamples<Spreads>(
      samples.size(), has_state, context, workers,
      [&](Worker& worker, size_t i) -> absl::StatusOr<Spreads> {
        const Sample& sample = samples[i];
        ZP_ASSIGN_OR_RETURN(const Capture run, worker.real.Run(sample.graph, sample.inputs, sample.fresh_state));
        return SpreadsOfRun(real.graphs[static_cast<size_t>(sample.graph)], sample.graph, run);
      },
      [&](size_t, Spreads&& next) { MergeAll(std::move(next), spreads); }));
  return spreads;
}

}  // namespace

void Histogram::Add(absl::Span<const float> values) {
  const double width = (static_cast<double>(max) - min) / kBins;
  for (float value : values) {
    const double bin = width > 0.0 ? (static_cast<double>(value) - min) / width : 0.0;
    if (std::isnan(bin)) continue;
    ++counts[static_cast<size_t>(std::clamp(bin, 0.0, kBins - 1.0))];
  }
}

uint64_t TensorFigures::CodesUsed() const {
  return static_cast<uint64_t>(std::count(codes.begin(), codes.end(), true));
}

int64_t CodesOf(ElementType type) {
  switch (type) {
    case ElementType::kInt8:
    case ElementType::kUInt8:
      return 256;
    case ElementType::kInt16:
      return 65536;
    default:
      return 0;
  }
}

std::optional<ir::Range> RepresentableRange(const ir::Value& value) {
  const int64_t codes = CodesOf(value.type);
  if (codes == 0 || value.quant.scale.size() != 1) return std::nullopt;
  const int64_t lowest = value.type == ElementType::kUInt8 ? 0 : -codes / 2;
  const auto real = [&](int64_t code) {
    return static_cast<float>(code - value.quant.zero_point[0]) * value.quant.scale[0];
  };
  return ir::Range{real(lowest), real(lowest + codes - 1)};
}

void Merge(std::vector<OutputFigures>&& next, std::vector<OutputFigures>& all) {
  for (OutputFigures& one : next) MergeOutputs(one.graph, std::move(one.outputs), all);
}

double NoiseOf(absl::Span<const OutputFigures> outputs) {
  double noise = 0.0;
  for (const OutputFigures& graph : outputs) {
    for (const Distance& one : graph.outputs) {
      if (one.Signal() > 0.0) noise += one.Noise() / one.Signal();
    }
  }
  return noise;
}

double OutputSqnrDb(absl::Span<const OutputFigures> outputs) {
  constexpr double kDecibels = 10.0;
  size_t count = 0;
  for (const OutputFigures& graph : outputs) {
    count += static_cast<size_t>(std::count_if(graph.outputs.begin(), graph.outputs.end(),
                                               [](const Distance& one) { return one.Signal() > 0.0; }));
  }
  const double noise = NoiseOf(outputs);
  if (noise == 0.0) return std::numeric_limits<double>::infinity();
  return -kDecibels * std::log10(noise / static_cast<double>(count));
}

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

absl::StatusOr<std::map<ValueRef, Spread>> MeasureSpreads(const ir::Model& real, bool has_state,
                                                          absl::Span<const Sample> samples, const Context& context) {
  Pairing alone;
  for (size_t g = 0; g < real.graphs.size(); ++g) {
    alone.graphs.push_back(static_cast<int>(g));
    alone.values.emplace_back();
  }
  const Models models{real, real, alone, has_state};
  ZP_ASSIGN_OR_RETURN(Programs programs, Programs::Make(models, samples));
  std::vector<std::unique_ptr<Worker>> workers = MakeWorkers(models, programs, context);
  return SpreadsOver(real, has_state, samples, context, workers);
}

}  // namespace zeropoint::evaluate
