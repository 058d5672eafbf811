#include "evaluate/workers.h"

#include "absl/strings/str_cat.h"

namespace zeropoint::evaluate {

bool IsFloat(const ops::TensorView& view) { return view.type == ElementType::kFloat32; }

absl::Status AtSample(absl::Status status, size_t sample) {
  status = Annotate(std::move(status), Place::kStage, kDebugStage);
  return Annotate(std::move(status), Place::kSample, absl::StrCat(sample));
}

absl::Status NanIn(const ir::Graph& graph, ir::ValueId id, absl::string_view model) {
  const std::string& name = graph.value(id).name;
  return Annotate(absl::InvalidArgumentError(absl::StrCat("NaN in '", name, "' of the ", model, " model")),
                  Place::kTensor, name);
}

absl::StatusOr<Programs> Programs::Make(const Models& models, absl::Span<const Sample> samples) {
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

std::vector<std::unique_ptr<Worker>> MakeWorkers(const Models& models, Programs& programs, const Context& context) {
  std::vector<std::unique_ptr<Worker>> workers;
  const int count = models.has_state ? 1 : std::max(1, context.threads);
  for (int i = 0; i < count; ++i) workers.push_back(std::make_unique<Worker>(models, programs));
  return workers;
}

namespace {

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

}  // namespace

absl::StatusOr<Capture> RunQuantized(const Models& models, int graph, const Sample& sample, Worker& worker) {
  ZP_ASSIGN_OR_RETURN(const std::vector<Held> held, QuantizedInputs(models, graph, sample));
  std::vector<ops::TensorView> inputs;
  for (const Held& one : held) inputs.push_back(one.view());
  return worker.quantized.Run(graph, inputs, sample.fresh_state);
}

}  // namespace zeropoint::evaluate
