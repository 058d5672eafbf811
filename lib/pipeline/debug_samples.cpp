#include "pipeline/debug_samples.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "evaluate/causes.h"

namespace zeropoint::pipeline {
namespace {

using evaluate::OutputFigures;

class SampleJudge {
 public:
  SampleJudge(const DebugView& view, const Measurer& measurer, const Context& context)
      : v_(view), measurer_(measurer), context_(context) {}

  absl::Status Run(std::vector<Measured>& measured) {
    if (!v_.conversion.evaluated_apart || !v_.conversion.prepared.mode.calibrates) return absl::OkStatus();
    bool other_unit = false;
    for (const OutputFigures& ran : v_.conversion.comparison.outputs) {
      for (ir::ValueId input : v_.Real(ran.graph).inputs) {
        const ir::Range* calibrated = v_.conversion.statistics.Find(ran.graph, input);
        const evaluate::Spread* spread = v_.SpreadOf(ran.graph, input);
        if (calibrated == nullptr || spread == nullptr) continue;
        std::optional<evaluate::Diagnosis> found = evaluate::FindUnnormalizedSamples(*calibrated, spread->range);
        if (!found.has_value()) continue;
        other_unit = true;
        ZP_RETURN_IF_ERROR(MeasureNormalized(*found, ran.graph, input, measured));
      }
    }
    return other_unit ? absl::OkStatus() : AddTooFewSamples(measured);
  }

 private:
  // Ranges of the samples as they should have been.
  absl::Status MeasureNormalized(const evaluate::Diagnosis& diagnosis, int g, ir::ValueId input,
                                 std::vector<Measured>& measured) const {
    const std::string& name = v_.Real(g).value(input).name;
    ConverterOptions options = v_.conversion.options;
    options.representative_dataset =
        Mapped(v_.conversion.options.representative_dataset, v_.conversion.prepared.model, g, input, diagnosis);
    Trial trial;
    Report report;
    ZP_ASSIGN_OR_RETURN(trial.statistics, CollectRanges(options, v_.conversion.prepared, context_, report));
    trial.samples.assign(measurer_.samples().begin(), measurer_.samples().end());
    Candidate candidate{diagnosis, g, ir::kNoNode, input, {}, 0.0};
    const std::string line =
        absl::StrCat("x * ", diagnosis.scale, diagnosis.offset < 0.0 ? " - " : " + ", std::abs(diagnosis.offset));
    return measurer_.MeasureSamples(candidate, {&trial, 1}, absl::StrCat("'", name, "': ", line), measured, name, true);
  }

  // The dataset with one float input changed.
  static RepresentativeDataset Mapped(const RepresentativeDataset& dataset, const ir::Model& model, int g,
                                      ir::ValueId input, const evaluate::Diagnosis& diagnosis) {
    std::set<std::string> names{model.graphs[static_cast<size_t>(g)].value(input).name};
    for (const ir::Signature& signature : model.signatures) {
      for (const ir::NamedValue& named : signature.inputs) {
        if (signature.graph == g && named.value == input) names.insert(named.name);
      }
    }
    const auto& inputs = model.graphs[static_cast<size_t>(g)].inputs;
    const auto position = static_cast<size_t>(std::find(inputs.begin(), inputs.end(), input) - inputs.begin());
    auto buffer = std::make_shared<std::vector<float>>();
    return RepresentativeDataset::FromFunction(
        [dataset, names, position, buffer, scale = diagnosis.scale,
         offset = diagnosis.offset](SampleView& sample) -> absl::StatusOr<bool> {
          absl::StatusOr<bool> more = dataset.next()(sample);
          if (!more.ok() || !*more) return more;
          for (size_t i = 0; i < sample.tensors.size(); ++i) {
            TensorView& tensor = sample.tensors[i];
            const bool wanted = tensor.name.empty() ? i == position : names.count(tensor.name) > 0;
            if (!wanted || tensor.type != Type::kFloat32) continue;
            const auto* values = static_cast<const float*>(tensor.data);
            buffer->assign(values, values + tensor.bytes / sizeof(float));
            for (float& x : *buffer) x = static_cast<float>(x * scale + offset);
            tensor.data = buffer->data();
          }
          return true;
        },
        [dataset] { dataset.Reset(); });
  }

  // A sample as the dataset has it; the views are of the same memory.
  SampleView ViewOf(const evaluate::Sample& sample) const {
    const ir::Model& model = v_.conversion.prepared.model;
    const ir::Graph& graph = v_.Real(sample.graph);
    SampleView view;
    view.continues = v_.conversion.models.has_state && !sample.fresh_state;
    std::vector<std::string> names;
    for (ir::ValueId input : graph.inputs) names.push_back(graph.value(input).name);
    for (const ir::Signature& signature : model.signatures) {
      if (signature.graph != sample.graph || !view.signature.empty()) continue;
      view.signature = signature.key;
      for (const ir::NamedValue& named : signature.inputs) {
        const auto at = std::find(graph.inputs.begin(), graph.inputs.end(), named.value);
        if (at != graph.inputs.end()) names[static_cast<size_t>(at - graph.inputs.begin())] = named.name;
      }
    }
    for (size_t i = 0; i < sample.inputs.size(); ++i) {
      const ops::TensorView& input = sample.inputs[i];
      view.tensors.push_back(
          {names[i], static_cast<Type>(input.type), {input.dims.begin(), input.dims.end()}, input.data, input.bytes()});
    }
    return view;
  }

  // The samples that calibrated, and then `more`.
  RepresentativeDataset CalibrationWith(absl::Span<const evaluate::Sample> more) const {
    auto views = std::make_shared<std::vector<SampleView>>();
    for (const evaluate::Sample& sample : more) views->push_back(ViewOf(sample));
    if (!views->empty()) views->front().continues = false;  // what came before it is not there
    auto at = std::make_shared<size_t>(0);
    auto first_ended = std::make_shared<bool>(false);
    const RepresentativeDataset first = v_.conversion.options.representative_dataset;
    return RepresentativeDataset::FromFunction(
        [=](SampleView& sample) -> absl::StatusOr<bool> {
          if (!*first_ended) {
            absl::StatusOr<bool> more_of_first = first.next()(sample);
            if (!more_of_first.ok() || *more_of_first) return more_of_first;
            *first_ended = true;
          }
          if (*at == views->size()) return false;
          sample = (*views)[(*at)++];
          return true;
        },
        [=] {
          first.Reset();
          *first_ended = false;
          *at = 0;
        });
  }

  // Calibrates with one half of the samples as well and measures on the other, both ways: what is told is a gain on
  // samples that did not calibrate, and no sample decides alone by the half that it is in.
  absl::Status AddTooFewSamples(std::vector<Measured>& measured) {
    if (measurer_.samples().size() < 2) return absl::OkStatus();
    std::vector<evaluate::ClippedTensor> tensors;
    Candidate candidate;
    double worst = 0.0;
    for (const auto& [at, figures] : v_.conversion.comparison.tensors) {
      const ir::Range* calibrated = v_.conversion.statistics.Find(at.first, figures.real);
      const evaluate::Spread* spread = v_.SpreadOf(at.first, figures.real);
      const bool held = evaluate::RepresentableRange(v_.Quantized(at.first).value(at.second)).has_value();
      if (calibrated == nullptr || spread == nullptr || !held || figures.real != at.second) continue;
      // What lies beyond a range that the op fixes is no matter of samples.
      if (v_.RangeIsFixed(at.first, at.second)) continue;
      const double clipped = static_cast<double>(figures.clipped) / static_cast<double>(figures.distance.elements());
      tensors.push_back({v_.Real(at.first).value(figures.real).name, clipped, *calibrated, spread->range});
      if (clipped <= worst) continue;
      worst = clipped;
      candidate.graph = at.first;
      candidate.tensor = at.second;
      candidate.node = v_.Quantized(at.first).producer(at.second);
    }
    std::optional<evaluate::Diagnosis> found = evaluate::FindTooFewSamples(v_.conversion.statistics.samples, tensors);
    if (!found.has_value() || candidate.tensor == ir::kNoValue) return absl::OkStatus();
    candidate.diagnosis = *std::move(found);
    // Every second one, since samples may be sorted; where they are steps of sequences, those that follow each other.
    std::vector<evaluate::Sample> halves[2];
    for (size_t i = 0; i < v_.conversion.samples.size(); ++i) {
      const size_t half = v_.conversion.models.has_state ? 2 * i / v_.conversion.samples.size() : i % 2;
      halves[half].push_back(v_.conversion.samples[i]);
    }
    std::vector<Trial> trials(2);
    for (size_t half = 0; half < trials.size(); ++half) {
      ConverterOptions options = v_.conversion.options;
      options.representative_dataset = CalibrationWith(halves[half]);
      Report report;
      ZP_ASSIGN_OR_RETURN(trials[half].statistics, CollectRanges(options, v_.conversion.prepared, context_, report));
      trials[half].samples = halves[1 - half];
    }
    const std::string line = absl::StrCat("calibrate with more of them: with the ", v_.conversion.samples.size(),
                                          " that are evaluated as well, say");
    return measurer_.MeasureSamples(candidate, trials, line, measured, "", false);
  }

  const DebugView& v_;
  const Measurer& measurer_;
  const Context& context_;
};

}  // namespace

absl::Status AddSampleFindings(const DebugView& view, const Measurer& measurer, const Context& context,
                               std::vector<Measured>& measured) {
  return SampleJudge(view, measurer, context).Run(measured);
}

}  // namespace zeropoint::pipeline
