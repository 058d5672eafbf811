// The converter: the only file that knows all stages.
#include "zeropoint/converter.h"

#include <sys/stat.h>

#include <chrono>
#include <functional>
#include <optional>
#include <set>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/context.h"
#include "base/file.h"
#include "calibrate/calibrate.h"
#include "calibrate/in_place.h"
#include "engine/engine.h"
#include "formats/saved_model/saved_model.h"
#include "formats/tflite/tflite.h"
#include "ir/graph.h"
#include "kernels/level.h"
#include "ops/op_def.h"
#include "passes/pass_manager.h"
#include "passes/quantization_aware/absorb.h"
#include "pipeline/debug.h"
#include "pipeline/mode.h"
#include "pipeline/proof.h"
#include "pipeline/recipe.h"
#include "pipeline/report.h"
#include "pipeline/samples.h"
#include "pipeline/stages.h"
#include "plan/plan.h"
#include "rewrite/instrument.h"
#include "rewrite/rewrite.h"
#include "targets/check.h"
#include "targets/target.h"

namespace zeropoint {

// What was read, untouched by conversions, so that one converter can convert many times.
struct Converter::State {
  ir::Model model;
  bool from_tensorflow = false;  // nodes are "tf.*" and go through the import pipeline
  std::atomic<bool> cancelled{false};
};

namespace {

// Behind the name of a mode from which a recipe's rules depart.
constexpr char kWithRecipe[] = "+recipe";
constexpr absl::string_view kDescription = "Zeropoint Converted.";

// Measures the stages of one conversion and announces them.
class StageClock {
 public:
  StageClock(const Context& context, Report& report) : context_(context), report_(report) {}

  absl::Status Start(absl::string_view stage) {
    Stop();
    stage_ = std::string(stage);
    began_ = Clock::now();
    return context_.Report({stage, 0, 0});
  }
  void Stop() {
    if (stage_.empty()) return;
    report_.times.push_back({stage_, std::chrono::duration<double>(Clock::now() - began_).count()});
    stage_.clear();
  }
  const std::string& stage() const { return stage_; }

 private:
  using Clock = std::chrono::steady_clock;
  const Context& context_;
  Report& report_;
  std::string stage_;
  Clock::time_point began_;
};

// Samples of the public API as the calibrator takes them. The calibrator may hold several at once, the user's views
// live until the next call only, so the data is copied. `first` takes the first of them, where it is not null: a
// dataset may be good for one reading only.
calibrate::NextSample Adapt(const RepresentativeDataset& dataset, std::optional<pipeline::FirstRun>* first) {
  return [next = dataset.next(), first](calibrate::Sample& sample) -> absl::StatusOr<bool> {
    SampleView view;
    ZP_ASSIGN_OR_RETURN(bool more, next(view));
    if (!more) return false;
    sample = pipeline::ToSample(view);
    if (first != nullptr && !first->has_value()) *first = pipeline::FirstRun{sample, {}};
    return true;
  };
}

calibrate::Options CalibrationOf(const pipeline::Mode& mode, uint64_t max_memory) {
  const bool resets = mode.sample_state == SampleState::kReset;
  return {resets ? calibrate::State::kReset : calibrate::State::kCarry, max_memory, nullptr};
}

bool IsIntegerActivationType(ElementType type) {
  return type == ElementType::kInt8 || type == ElementType::kUInt8 || type == ElementType::kInt16;
}

// A model whose activations are quantized already has no float ranges left to calibrate. Weights alone may be integers.
absl::Status RefuseQuantized(const ir::Model& model) {
  for (const ir::Graph& graph : model.graphs) {
    for (ir::ValueId id = 0; id < graph.num_values(); ++id) {
      const ir::Value& value = graph.value(id);
      if (value.is_constant || !value.quant.quantized() || !IsIntegerActivationType(value.type)) continue;
      if (passes::IsTrainedPair(graph, id)) continue;
      return Annotate(
          absl::InvalidArgumentError(absl::StrCat("the model is quantized already: tensor '", value.name, "' is ",
                                                  Name(value.type), "; start from its float form")),
          Place::kTensor, value.name);
    }
  }
  return absl::OkStatus();
}

// What training fixed takes the place of what calibration saw.
void PreferTrainedRanges(const ir::Model& model, ir::Statistics& statistics) {
  for (size_t g = 0; g < model.graphs.size(); ++g) {
    const ir::Graph& graph = model.graphs[g];
    for (ir::ValueId id = 0; id < graph.num_values(); ++id) {
      const ir::QuantParams& quant = graph.value(id).quant;
      if (graph.value(id).is_constant || quant.quantized() || quant.min.size() != 1) continue;
      statistics.ranges[{static_cast<int>(g), id}] = {quant.min[0], quant.max[0]};
    }
  }
}

bool ComputesFloats(const ir::Graph& graph) {
  for (ir::NodeId id = graph.first(); id != ir::kNoNode; id = graph.next(id)) {
    for (ir::ValueId result : graph.node(id).outputs()) {
      if (graph.value(result).type == ElementType::kFloat32) return true;
    }
  }
  return false;
}

// A signature that no sample was for stays float, as in TensorFlow; here that is said, and no success in a strict mode.
absl::Status NoteSignaturesWithoutSamples(const ir::Model& model, const ir::Statistics& statistics, bool allow_float,
                                          const Context& context, Report& report) {
  for (const ir::Signature& signature : model.signatures) {
    const auto first = statistics.ranges.lower_bound({signature.graph, ir::ValueId{0}});
    const bool seen = first != statistics.ranges.end() && first->first.first == signature.graph;
    if (seen || !ComputesFloats(model.graphs[static_cast<size_t>(signature.graph)])) continue;
    const std::string text =
        absl::StrCat("the representative_dataset has no sample for signature '", signature.key, "'");
    if (!allow_float) return Annotate(absl::InvalidArgumentError(text), Place::kSignature, signature.key);
    report.warnings.push_back(absl::StrCat(text, "; its ops stay float"));
    context.Log(Severity::kWarning, report.warnings.back());
  }
  return absl::OkStatus();
}

// Without samples, training must have fixed the range of everything that could be an integer.
absl::Status RequireAllRanges(const plan::Plan& plan) {
  for (const plan::GraphPlan& graph : plan.graphs) {
    for (const auto& [id, decision] : graph.nodes) {
      const ops::OpDef* op = ops::FindOp(decision.op);
      const bool has_form = op != nullptr && ((decision.scheme == plan::Scheme::kInt8 && op->quant.int8) ||
                                              (decision.scheme == plan::Scheme::kInt16x8 && op->quant.int16));
      // Variables have no FakeQuant nodes of their own.
      const bool variable = op != nullptr && op->quant.input(0).role == ops::Role::kState;
      if (!has_form || variable || decision.reason.empty()) continue;
      return Annotate(absl::InvalidArgumentError(
                          absl::StrCat("without a representative_dataset, FakeQuant nodes must tell every range, but ",
                                       decision.op, " '", decision.name, "' would stay float: ", decision.reason)),
                      Place::kNode, decision.name);
    }
  }
  return absl::OkStatus();
}

void DropRanges(ir::Model& model) {
  for (ir::Graph& graph : model.graphs) {
    for (ir::ValueId id = 0; id < graph.num_values(); ++id) {
      graph.value(id).quant.min.clear();
      graph.value(id).quant.max.clear();
    }
  }
}

int WorkerThreads(int asked) {
  if (asked > 0) return asked;
  unsigned int cores = std::thread::hardware_concurrency();
  return cores > 0 ? static_cast<int>(cores) : 1;
}

// The passes that integer activations want before those of the input's format.
std::vector<passes::Phase> PreparingPipeline(bool integer_activations) {
  return integer_activations ? passes::InlinePipeline() : std::vector<passes::Phase>();
}

// The passes that the input's format needs. A .tflite that stays float has its form already, float16 weights included.
std::vector<passes::Phase> FormatPipeline(bool from_tensorflow, bool stays_float, const ConverterOptions& options) {
  if (from_tensorflow) {
    return passes::ImportPipeline({.fuse_lstm = options.fuse_lstm, .allow_custom_ops = options.allow_custom_ops});
  }
  if (stays_float) return {};
  return passes::TflitePipeline();
}

// The passes that a scheme wants on top of those of the input's format.
std::vector<passes::Phase> SchemePipeline(const plan::PlanOptions& options) {
  std::vector<passes::Phase> phases;
  auto append = [&](std::vector<passes::Phase> more) { phases.insert(phases.end(), more.begin(), more.end()); };
  const bool int8 = options.scheme == plan::Scheme::kInt8;
  if (int8) append(passes::Int8Pipeline());
  if (options.scheme == plan::Scheme::kFloat16) append(passes::Float16Pipeline());
  if (options.integer_only_rewrite && (int8 || options.scheme == plan::Scheme::kInt16x8)) {
    append(passes::IntegerPipeline(int8 ? ops::KernelForm::kInt8 : ops::KernelForm::kInt16, *options.target));
  }
  return phases;
}

std::string Lines(absl::string_view head, const std::vector<targets::Finding>& findings) {
  std::string text(head);
  for (const targets::Finding& finding : findings) absl::StrAppend(&text, "\n  ", targets::Describe(finding));
  return text;
}

// Holds the result against the target. Where none was named, what LiteRT cannot run is the model's own, and a warning.
absl::Status CheckTarget(const pipeline::Mode& mode, const ir::Model& model, const Context& context, Report& report) {
  const targets::Target& target = *mode.plan.target;
  const targets::Findings findings = targets::CheckModel(model, target);
  if (mode.target_named && !findings.runs()) {
    std::vector<targets::Finding> all = findings.missing;
    all.insert(all.end(), findings.refused.begin(), findings.refused.end());
    return absl::FailedPreconditionError(Lines(
        absl::StrCat("target ", target.name, ": ", all.size(), " of ", findings.ops, " ops cannot run there:"), all));
  }
  auto warn = [&](std::string text) {
    context.Log(Severity::kWarning, text);
    report.warnings.push_back(std::move(text));
  };
  std::set<std::string> missing;
  for (const targets::Finding& finding : findings.missing) missing.insert(finding.why);
  for (const std::string& why : missing) warn(why);
  if (!mode.target_named) return absl::OkStatus();
  report.target = {target.name, static_cast<uint64_t>(findings.ops), static_cast<uint64_t>(findings.mapped()), {}};
  for (const targets::Finding& finding : findings.unmapped) {
    report.target.unmapped.push_back({finding.op, finding.name, finding.why, finding.mend});
  }
  if (!findings.unmapped.empty()) {
    warn(Lines(
        absl::StrCat(findings.mapped(), " of ", findings.ops, " ops map to ", target.title, "; ", target.fallback, ":"),
        findings.unmapped));
  }
  return absl::OkStatus();
}

// What is for us alone does not enter the file.
void Finish(ir::Model& model) {
  DropRanges(model);
  model.description = std::string(kDescription);
}

// Where the target must know every size, a batch that may vary becomes 1; what follows from it is inferred by the
// passes.
void FixBatch(const targets::Target& target, ir::Model& model, const Context& context, Report& report) {
  if (!target.fixes_batch) return;
  for (ir::Graph& graph : model.graphs) {
    for (ir::ValueId id : graph.inputs) {
      ir::Shape& shape = graph.value(id).shape;
      if (!shape.ranked() || shape.rank() == 0 || shape[0] != ir::kDynamic) continue;
      shape.set(0, 1);
      report.warnings.push_back(
          absl::StrCat("target ", target.name, ": the batch of input '", graph.value(id).name, "' is fixed at 1"));
      context.Log(Severity::kWarning, report.warnings.back());
    }
  }
}

}  // namespace

namespace pipeline {

absl::StatusOr<std::vector<Bytes>> WriteModel(ir::Model model) {
  Finish(model);
  return formats::tflite::WriteParts(model);
}

Context MakeContext(const ConverterOptions& options, std::atomic<bool>& cancelled) {
  Context context;
  context.threads = WorkerThreads(options.threads);
  context.cancel = &cancelled;
  if (options.progress) {
    context.progress = [&options](const Progress& now) {
      return options.progress({std::string(now.stage), now.done, now.total});
    };
  }
  if (options.log) {
    context.log = [&options](Severity severity, absl::string_view text) {
      options.log(static_cast<int>(severity), text);
    };
  }
  return context;
}

absl::StatusOr<PreparedModel> PrepareModel(const ConverterOptions& options, ir::Model model, bool from_tensorflow,
                                           const Context& context, Report& report) {
  Recipe recipe;
  if (!options.recipe.empty()) {
    ZP_ASSIGN_OR_RETURN(recipe, ReadRecipe(options.recipe));
  }
  const bool trained = recipe.trained_ranges.value_or(options.trained_ranges) && passes::HasTrainedActivations(model);
  absl::StatusOr<Mode> resolved = ResolveMode(options, trained, recipe);
  if (!resolved.ok()) return Annotate(resolved.status(), Place::kStage, kOptionsStage);
  Mode mode = *std::move(resolved);
  const bool stays_float = mode.plan.scheme == plan::Scheme::kFloat && recipe.rules.empty();
  report.mode = recipe.rules.empty() ? mode.name : mode.name + kWithRecipe;
  report.warnings = mode.warnings;
  for (const std::string& warning : mode.warnings) context.Log(Severity::kWarning, warning);
  if (!stays_float) ZP_RETURN_IF_ERROR(RefuseQuantized(model));

  FixBatch(*mode.plan.target, model, context, report);
  passes::PassOptions pass_options;
  pass_options.disabled = options.disabled_passes;
  ZP_RETURN_IF_ERROR(passes::RunPasses(model, PreparingPipeline(mode.quantizes_activations), pass_options, context));
  ZP_RETURN_IF_ERROR(
      passes::RunPasses(model, FormatPipeline(from_tensorflow, stays_float, options), pass_options, context));
  ZP_RETURN_IF_ERROR(passes::RunPasses(model, SchemePipeline(mode.plan), pass_options, context));
  // Last: until then the nodes keep what lies before them, and has that range, from being fused with what follows.
  if (trained && mode.quantizes_activations) {
    ZP_RETURN_IF_ERROR(passes::RunPasses(model, passes::TrainedRangesPipeline(), pass_options, context));
  }
  ZP_RETURN_IF_ERROR(engine::InferShapes(model));
  // Before calibration, which may take minutes: a rule that fits nothing is a typing error.
  ZP_RETURN_IF_ERROR(ApplyRules(recipe, model, mode.plan));
  plan::AddIntermediates(model, mode.plan);
  return PreparedModel{std::move(model), std::move(mode), std::move(recipe), trained};
}

absl::StatusOr<ir::Statistics> CollectRanges(const ConverterOptions& options, const PreparedModel& prepared,
                                             const Context& context, Report& report, std::optional<FirstRun>* first) {
  const auto& [model, mode, recipe, trained] = prepared;
  ir::Statistics statistics;
  if (mode.calibrates) {
    options.representative_dataset.Reset();
    calibrate::Options calibration = CalibrationOf(mode, options.max_memory);
    if (first != nullptr) {
      calibration.first_outputs = [&](absl::Span<const ops::TensorView> outputs) {
        for (const ops::TensorView& output : outputs) (*first)->outputs.push_back(Reals(output, {}));
      };
    }
    ZP_ASSIGN_OR_RETURN(
        statistics, calibrate::Calibrate(model, Adapt(options.representative_dataset, first), context, calibration));
    if (mode.calibration == Calibration::kTensorFlow) {
      statistics = calibrate::WidenInPlaceOperands(model, std::move(statistics));
    }
    report.samples = statistics.samples;
  }
  PreferTrainedRanges(model, statistics);
  ZP_RETURN_IF_ERROR(ApplyRanges(recipe, model, statistics));
  if (mode.quantizes_activations) {
    ZP_RETURN_IF_ERROR(
        NoteSignaturesWithoutSamples(model, statistics, mode.plan.allow_float_fallback, context, report));
  }
  return statistics;
}

absl::StatusOr<QuantizedModel> QuantizeModel(const PreparedModel& prepared, ir::Statistics statistics,
                                             const plan::PlanOptions& options, const Context& context) {
  const Mode& mode = prepared.mode;
  ZP_ASSIGN_OR_RETURN(plan::Plan plan, plan::MakePlan(prepared.model, statistics, options));
  if (prepared.trained && mode.quantizes_activations && !mode.calibrates) ZP_RETURN_IF_ERROR(RequireAllRanges(plan));
  ZP_ASSIGN_OR_RETURN(ir::Model model, rewrite::ApplyPlan(prepared.model, plan, context));
  ZP_RETURN_IF_ERROR(rewrite::SetVersions(model, plan));
  return QuantizedModel{std::move(model), std::move(plan)};
}

}  // namespace pipeline

namespace {

// A result that nobody has looked at yet.
struct Draft {
  std::vector<Bytes> parts;  // of the file
  ir::Model meant;           // what they were written of; large constants are shared
  const targets::Target* target = nullptr;
  std::optional<pipeline::TrialRun> trial;
};

// Reads the bytes back, and runs them where that was asked for. A failure is ours, unless the numbers overflowed.
absl::Status Prove(const Draft& draft, const Bytes& file, const Context& context, Report& report, StageClock& clock) {
  ZP_RETURN_IF_ERROR(clock.Start("prove"));
  ZP_ASSIGN_OR_RETURN(const ir::Model read, pipeline::CheckBytes(file, draft.meant, *draft.target));
  if (draft.trial.has_value()) {
    ZP_RETURN_IF_ERROR(draft.trial->Compare(read, report.proof));
    if (!report.proof.note.empty()) {
      report.warnings.push_back(absl::StrCat("the result was not run: ", report.proof.note));
      context.Log(Severity::kWarning, report.warnings.back());
    }
  }
  clock.Stop();
  return absl::OkStatus();
}

// Every stage in its order; `clock` knows which one an error came from.
absl::StatusOr<Draft> RunStages(const ConverterOptions& options, ir::Model input, bool from_tensorflow,
                                const Context& context, Report& report, StageClock& clock) {
  ZP_RETURN_IF_ERROR(clock.Start("optimize"));
  ZP_ASSIGN_OR_RETURN(const pipeline::PreparedModel prepared,
                      pipeline::PrepareModel(options, std::move(input), from_tensorflow, context, report));
  if (prepared.mode.calibrates) ZP_RETURN_IF_ERROR(clock.Start("calibrate"));
  std::optional<pipeline::FirstRun> first;
  ZP_ASSIGN_OR_RETURN(ir::Statistics statistics, pipeline::CollectRanges(options, prepared, context, report,
                                                                         options.prove_run ? &first : nullptr));
  Draft draft;
  draft.target = prepared.mode.plan.target;
  if (options.prove_run) {
    ZP_RETURN_IF_ERROR(clock.Start("prove"));
    draft.trial = first.has_value()
                      ? pipeline::TrialRun::OfCalibration(prepared.model, *std::move(first), options.max_memory)
                      : pipeline::TrialRun::OfFloatModel(prepared.model, options.max_memory);
  }

  ZP_RETURN_IF_ERROR(clock.Start("quantize"));
  ZP_ASSIGN_OR_RETURN(pipeline::QuantizedModel quantized,
                      pipeline::QuantizeModel(prepared, std::move(statistics), prepared.mode.plan, context));
  auto& [model, plan] = quantized;
  ZP_RETURN_IF_ERROR(CheckTarget(prepared.mode, model, context, report));

  ZP_RETURN_IF_ERROR(clock.Start("write"));
  pipeline::DescribeResult(model, plan, report);
  if (options.instrument) {
    ZP_ASSIGN_OR_RETURN(model, rewrite::Instrumented(prepared.model, std::move(model)));
    ZP_RETURN_IF_ERROR(rewrite::SetVersions(model, plan));
  }
  Finish(model);
  ZP_ASSIGN_OR_RETURN(draft.parts, formats::tflite::WriteParts(model));
  for (const Bytes& part : draft.parts) report.bytes += part.size();
  clock.Stop();
  draft.meant = std::move(model);
  return draft;
}

bool IsFolder(const std::string& path) {
  struct stat info;
  return ::stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode);
}

}  // namespace

Converter::Converter(std::unique_ptr<State> state) : state_(std::move(state)) {}
Converter::Converter(Converter&&) noexcept = default;
Converter& Converter::operator=(Converter&&) noexcept = default;
Converter::~Converter() = default;

absl::StatusOr<Converter> Converter::FromSavedModel(const std::string& folder, const SavedModelOptions& options) {
  absl::Status keras = IsFolder(folder) ? absl::OkStatus() : formats::tflite::RefuseKerasFile(folder);
  if (!keras.ok()) return Annotate(Annotate(keras, Place::kStage, "import"), Place::kFile, folder);
  auto state = std::make_unique<State>();
  absl::StatusOr<ir::Model> model = formats::saved_model::Read(folder, {options.signature_keys, options.tags});
  if (!model.ok()) return Annotate(Annotate(model.status(), Place::kStage, "import"), Place::kFile, folder);
  state->model = *std::move(model);
  state->from_tensorflow = true;
  return Converter(std::move(state));
}

absl::StatusOr<Converter> Converter::FromTflite(const std::string& path) {
  absl::StatusOr<Bytes> file = MapFile(path);
  if (!file.ok()) return Annotate(file.status(), Place::kStage, "import");
  auto state = std::make_unique<State>();
  absl::StatusOr<ir::Model> model = formats::tflite::Read(*file, path);
  if (!model.ok()) return Annotate(Annotate(model.status(), Place::kStage, "import"), Place::kFile, path);
  state->model = *std::move(model);
  return Converter(std::move(state));
}

absl::StatusOr<Converter> Converter::FromTfliteBytes(absl::string_view bytes) {
  auto state = std::make_unique<State>();
  const auto* data = reinterpret_cast<const uint8_t*>(bytes.data());
  absl::StatusOr<ir::Model> model =
      formats::tflite::Read(Bytes::Own(std::vector<uint8_t>(data, data + bytes.size())), "<bytes>");
  if (!model.ok()) return Annotate(Annotate(model.status(), Place::kStage, "import"), Place::kFile, "<bytes>");
  state->model = *std::move(model);
  return Converter(std::move(state));
}

absl::StatusOr<Converter> Converter::FromPath(const std::string& path, const SavedModelOptions& options) {
  return IsFolder(path) ? FromSavedModel(path, options) : FromTflite(path);
}

std::vector<SignatureInputs> Converter::Signatures() const { return pipeline::SignaturesOf(state_->model); }

bool Converter::HasTrainedRanges() const { return passes::HasTrainedActivations(state_->model); }

namespace {

// Takes a draft from the stages to where it belongs. The report is filled in even where that stops with an error.
absl::Status ConvertWith(const ConverterOptions& options, const ir::Model& model, bool from_tensorflow,
                         std::atomic<bool>& cancelled, Report& report,
                         const std::function<absl::Status(const Draft&, const Context&, StageClock&)>& deliver) {
  const absl::Status level = kernels::CheckSimdVariable();
  if (!level.ok()) return Annotate(level, Place::kStage, pipeline::kOptionsStage);
  cancelled.store(false);
  Context context = pipeline::MakeContext(options, cancelled);
  StageClock clock(context, report);
  absl::StatusOr<Draft> draft = RunStages(options, model, from_tensorflow, context, report, clock);
  const absl::Status status = draft.ok() ? deliver(*draft, context, clock) : draft.status();
  if (status.ok()) return status;
  return Annotate(Annotate(status, Place::kStage, clock.stage()), Place::kFile, model.source);
}

}  // namespace

absl::StatusOr<Conversion> Converter::Convert() {
  Conversion result;
  auto deliver = [&](const Draft& draft, const Context& context, StageClock& clock) {
    result.model = Joined(draft.parts);
    const Bytes file(nullptr, result.model.data(), result.model.size());
    return Prove(draft, file, context, result.report, clock);
  };
  ZP_RETURN_IF_ERROR(
      ConvertWith(*this, state_->model, state_->from_tensorflow, state_->cancelled, result.report, deliver));
  return result;
}

absl::StatusOr<Report> Converter::ConvertToFile(const std::string& path) {
  Report report;
  // What is proved is what is on the disk, mapped: no second copy in memory.
  auto deliver = [&](const Draft& draft, const Context& context, StageClock& clock) -> absl::Status {
    absl::Status proof;
    const absl::Status written =
        WritePartsAtomically(path, draft.parts, [&](const std::string& temporary) -> absl::Status {
          absl::StatusOr<Bytes> file = MapFile(temporary);
          proof = file.ok() ? Prove(draft, *file, context, report, clock) : file.status();
          return proof;
        });
    if (written.ok() || !proof.ok()) return written;
    return Annotate(written, Place::kStage, "write");
  };
  ZP_RETURN_IF_ERROR(ConvertWith(*this, state_->model, state_->from_tensorflow, state_->cancelled, report, deliver));
  return report;
}

void Converter::Cancel() { state_->cancelled.store(true); }

absl::StatusOr<DebugReport> Debug(Converter& converter, const DebugOptions& options) {
  Converter::State& state = *converter.state_;
  state.cancelled.store(false);
  return pipeline::RunDebug(converter, {state.model, state.from_tensorflow, state.cancelled}, options);
}

}  // namespace zeropoint
