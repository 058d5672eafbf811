#include "pipeline/debug.h"

#include <cstring>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "calibrate/binding.h"
#include "calibrate/state.h"
#include "formats/tflite/tflite.h"
#include "pipeline/recipe.h"
#include "pipeline/samples.h"
#include "pipeline/subject.h"

namespace zeropoint::pipeline {
namespace {

constexpr absl::string_view kStage = "debug";
constexpr char kInMemory[] = "(bytes)";
constexpr char kNoSamples[] = "there are no samples to run the models on";

absl::Status AtStage(absl::Status status, const std::string& file) {
  return Annotate(Annotate(std::move(status), Place::kStage, kStage), Place::kFile, file);
}

absl::StatusOr<ir::Model> ReadQuantized(const DebugOptions& debug) {
  const std::string name = debug.quantized_path.empty() ? kInMemory : debug.quantized_path;
  Bytes bytes;
  if (debug.quantized_path.empty()) {
    const auto* data = reinterpret_cast<const uint8_t*>(debug.quantized_bytes.data());
    bytes = Bytes::Own(std::vector<uint8_t>(data, data + debug.quantized_bytes.size()));
  } else {
    absl::StatusOr<Bytes> file = MapFile(debug.quantized_path);
    if (!file.ok()) return AtStage(file.status(), name);
    bytes = *std::move(file);
  }
  absl::StatusOr<ir::Model> model = formats::tflite::Read(bytes, name);
  if (!model.ok()) return AtStage(model.status(), name);
  return model;
}

uint64_t SizeOf(const absl::StatusOr<std::vector<Bytes>>& parts) {
  uint64_t size = 0;
  if (!parts.ok()) return size;
  for (const Bytes& part : *parts) size += part.size();
  return size;
}

// Everything of one call.
class Debugger {
 public:
  Debugger(const ConverterOptions& options, const DebugSource& source, const DebugOptions& debug)
      : options_(options), source_(source), debug_(debug), context_(MakeContext(options, source.cancelled)) {}

  absl::StatusOr<DebugReport> Run() {
    const bool given = !debug_.quantized_path.empty() || !debug_.quantized_bytes.empty();
    ZP_RETURN_IF_ERROR(Prepare());
    if (given)
      ZP_RETURN_IF_ERROR(OpenQuantized());
    else
      ZP_RETURN_IF_ERROR(Quantize());
    ZP_RETURN_IF_ERROR(LoadSamples());
    report_.path = debug_.path.empty() ? source_.model.source : debug_.path;
    report_.quantized_path = debug_.quantized_path;
    report_.float_bytes = SizeOf(WriteModel(prepared_->model));
    report_.quantized_bytes = SizeOf(WriteModel(quantized_.model));
    const evaluate::Models models{prepared_->model, quantized_.model, pairing_, has_state_};
    evaluate::CompareOptions compare;
    compare.costed_nodes = debug_.costed_ops;
    if (debug_.layers) {
      for (size_t g = 0; g < quantized_.model.graphs.size(); ++g)
        tensor_indices_.push_back(formats::tflite::TensorIndices(quantized_.model, static_cast<int>(g)));
      compare.layers = [this, &models](const evaluate::LayerRun& run) { return ShowLayer(models, run); };
    }
    ZP_ASSIGN_OR_RETURN(const evaluate::Comparison comparison,
                        evaluate::Compare(models, samples_->runs(), compare, context_));
    DescribeComparison(models, comparison, given ? nullptr : &quantized_.plan, report_);
    if (!given && debug_.mended > 0) {
      const DebugConversion conversion{options_,         *prepared_, statistics_,
                                       quantized_,       models,     !debug_.evaluation_dataset.empty(),
                                       samples_->runs(), comparison};
      ZP_ASSIGN_OR_RETURN(report_.findings, FindCauses(conversion, debug_.mended, context_));
    }
    return std::move(report_);
  }

 private:
  absl::Status Prepare() {
    Report report;
    absl::StatusOr<PreparedModel> prepared =
        PrepareModel(options_, source_.model, source_.from_tensorflow, context_, report);
    if (!prepared.ok()) return prepared.status();
    prepared_ = std::make_unique<PreparedModel>(*std::move(prepared));
    report_.mode = report.mode;
    report_.warnings = report.warnings;
    return absl::OkStatus();
  }

  absl::Status Quantize() {
    Report report;
    ZP_ASSIGN_OR_RETURN(statistics_, CollectRanges(options_, *prepared_, context_, report));
    report_.calibration_samples = report.samples;
    report_.warnings.insert(report_.warnings.end(), report.warnings.begin(), report.warnings.end());
    ZP_ASSIGN_OR_RETURN(quantized_, QuantizeModel(*prepared_, statistics_, prepared_->mode.plan, context_));
    pairing_ = evaluate::PairByIds(prepared_->model, quantized_.model);
    return absl::OkStatus();
  }

  absl::Status OpenQuantized() {
    report_.mode.clear();
    ZP_ASSIGN_OR_RETURN(quantized_.model, ReadQuantized(debug_));
    pairing_ = evaluate::PairByNames(prepared_->model, quantized_.model);
    return absl::OkStatus();
  }

  absl::Status LoadSamples() {
    has_state_ = calibrate::HasState(prepared_->model);
    const RepresentativeDataset& dataset =
        debug_.evaluation_dataset.empty() ? options_.representative_dataset : debug_.evaluation_dataset;
    if (dataset.empty()) return Annotate(absl::InvalidArgumentError(kNoSamples), Place::kStage, kOptionsStage);
    ZP_ASSIGN_OR_RETURN(DebugSamples samples,
                        DebugSamples::Load(dataset, prepared_->model, has_state_, prepared_->mode.sample_state,
                                           static_cast<size_t>(std::max(debug_.max_samples, 1))));
    samples_ = std::make_unique<DebugSamples>(std::move(samples));
    report_.samples = samples_->runs().size();
    return absl::OkStatus();
  }

  absl::Status ShowLayer(const evaluate::Models& models, const evaluate::LayerRun& run) const {
    const ir::Graph& graph = models.quantized.graphs[static_cast<size_t>(run.graph)];
    const ir::Graph& real = models.real.graphs[static_cast<size_t>(models.pairing.GraphOf(run.graph))];
    const ir::Value& value = graph.value(run.value);
    LayerSight sight;
    sight.sample = run.sample;
    if (run.output.has_value()) {
      sight.tensor = NameOfOutput(models.quantized, run.graph, run.value).value_or(value.name);
      sight.tensor_index = static_cast<int>(*run.output);
    } else {
      sight.op = graph.node(graph.producer(run.value)).op();
      sight.tensor = real.value(models.pairing.ValueOf(run.graph, run.value)).name;
      sight.tensor_index = tensor_indices_[static_cast<size_t>(run.graph)][static_cast<size_t>(run.value)];
    }
    sight.type = static_cast<Type>(value.type);
    if (value.quant.scale.size() == 1) {
      sight.scale = value.quant.scale[0];
      sight.zero_point = value.quant.zero_point[0];
    }
    sight.shape.assign(run.dims.begin(), run.dims.end());
    sight.real = run.real;
    sight.quantized = run.quantized;
    return debug_.layers(sight);
  }

  const ConverterOptions& options_;
  const DebugSource& source_;
  const DebugOptions& debug_;
  const Context context_;
  std::unique_ptr<PreparedModel> prepared_;
  ir::Statistics statistics_;
  QuantizedModel quantized_;
  evaluate::Pairing pairing_;
  bool has_state_ = false;
  std::vector<std::vector<int32_t>> tensor_indices_;  // in the file, by graph and value; only where layers are shown
  std::unique_ptr<DebugSamples> samples_;
  DebugReport report_;
};

}  // namespace

absl::StatusOr<DebugSamples> DebugSamples::Load(const RepresentativeDataset& dataset, const ir::Model& model,
                                                bool has_state, SampleState state, size_t limit) {
  DebugSamples samples;
  dataset.Reset();
  while (samples.runs_.size() < limit) {
    const std::string index = absl::StrCat(samples.runs_.size());
    SampleView view;
    absl::StatusOr<bool> more = dataset.next()(view);
    if (!more.ok()) return Annotate(more.status(), Place::kSample, index);
    if (!*more) break;
    const calibrate::Sample sample = ToSample(view);
    absl::StatusOr<calibrate::Binding> binding = calibrate::Bind(model, sample);
    if (!binding.ok()) return Annotate(Annotate(binding.status(), Place::kStage, kStage), Place::kSample, index);
    evaluate::Sample run;
    run.graph = binding->graph;
    run.fresh_state = has_state && (samples.runs_.empty() || (state == SampleState::kReset && !sample.continues));
    samples.memory_.emplace_back();
    samples.dims_.emplace_back();
    for (size_t at : binding->tensors) {
      const calibrate::SampleTensor& tensor = sample.tensors[at];
      std::vector<std::max_align_t> memory(tensor.data.size() / sizeof(std::max_align_t) + 1);
      if (tensor.data.size() > 0) std::memcpy(memory.data(), tensor.data.data(), tensor.data.size());
      samples.memory_.back().push_back(std::move(memory));
      samples.dims_.back().emplace_back(tensor.shape.dims().begin(), tensor.shape.dims().end());
      ops::TensorView input;
      input.type = tensor.type;
      run.inputs.push_back(input);
    }
    samples.runs_.push_back(std::move(run));
  }
  if (samples.runs_.empty()) return Annotate(absl::InvalidArgumentError(kNoSamples), Place::kStage, kEvaluateStage);
  // Only now does all memory stay where it is.
  for (size_t s = 0; s < samples.runs_.size(); ++s) {
    for (size_t i = 0; i < samples.runs_[s].inputs.size(); ++i) {
      samples.runs_[s].inputs[i].dims = samples.dims_[s][i];
      samples.runs_[s].inputs[i].data = samples.memory_[s][i].data();
    }
  }
  return samples;
}

absl::StatusOr<DebugReport> RunDebug(const ConverterOptions& options, const DebugSource& source,
                                     const DebugOptions& debug) {
  absl::StatusOr<DebugReport> report = Debugger(options, source, debug).Run();
  if (!report.ok()) return AtStage(report.status(), source.model.source);
  return report;
}

}  // namespace zeropoint::pipeline
