// The zeropoint command: options in, a call of the C++ API, an exit status out.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <string>

#include "convert.h"
#include "debug.h"
#include "evaluate.h"
#include "exit_code.h"
#include "inspect.h"
#include "ops.h"
#include "recommend.h"
#include "report.h"
#include "run.h"
#include "targets.h"
#include "zeropoint/version.h"

namespace zeropoint::cli {
namespace {

std::string VersionText() {
  return "zeropoint " + std::to_string(ZEROPOINT_VERSION_MAJOR) + "." + std::to_string(ZEROPOINT_VERSION_MINOR) + "." +
         std::to_string(ZEROPOINT_VERSION_PATCH);
}

// What a conversion is asked for, whatever becomes of its result.
void AddConversion(CLI::App* convert, ConvertOptions& options) {
  convert->add_option("MODEL", options.model, "SavedModel folder or .tflite file")->required();
  convert->add_option("--mode", options.mode, "how to quantize; a --recipe may say it instead")
      ->check(CLI::IsMember(ModeNames()));
  convert
      ->add_option("--data", options.data,
                   "samples that calibrate the integer modes: an .npz with an array per input (first axis: samples; "
                   "'signature/input' for several signatures), an .npy, or a folder of .npy files")
      ->type_name("PATH");
  convert
      ->add_option(
          "--recipe", options.recipe,
          "what parts of the model shall be, as JSON (docs/recipes.md); what it states takes the place of options")
      ->type_name("FILE");
  convert
      ->add_option("--calibration", options.calibration,
                   "whose ranges: what TensorFlow's calibrator records, or exactly what each tensor held")
      ->check(CLI::IsMember(CalibrationNames()))
      ->capture_default_str();
  convert->add_flag("--steps", options.steps,
                    "each sample is a sequence: the second axis of --data's arrays counts its steps");
  convert->add_flag("--reset-state", options.reset_state,
                    "a model's variables start anew with each sample of --data, instead of once as in TensorFlow");
  CLI::Option* target = convert
                            ->add_option("--target", options.target,
                                         "what shall run the result: litert-1.4, tflm ... ('zeropoint targets' lists "
                                         "them); default: the newest LiteRT")
                            ->type_name("TARGET");
  convert
      ->add_option("--litert", options.litert,
                   "the oldest LiteRT that shall run the result: 1.4 is --target litert-1.4")
      ->type_name("RELEASE")
      ->excludes(target);
  convert
      ->add_option(
          "--integer-only", options.integer_only,
          "ops without an integer kernel: 'kernels' leaves them float, 'rewrite' makes tables or integer ops of them")
      ->check(CLI::IsMember(IntegerOnlyNames()))
      ->capture_default_str();
  convert->add_flag(
      "--no-prove", options.no_prove,
      "do not run the result once against the float model; that its bytes are sound is checked in any case");
  convert->add_flag(
      "--fuse-lstm", options.fuse_lstm,
      "every LSTM layer of a fixed batch size becomes one operator, which keeps its state between invocations; "
      "default: those that TensorFlow fuses, others stay loops");
  convert->add_flag(
      "--allow-custom-ops", options.allow_custom_ops,
      "ops of a SavedModel without a LiteRT form become custom ops, for which the application brings kernels; "
      "default: an error that lists them");
  convert->add_option("--input-type", options.input_type, "type of the model's inputs")
      ->check(CLI::IsMember(IoTypeNames()))
      ->capture_default_str();
  convert->add_option("--output-type", options.output_type, "type of the model's outputs")
      ->check(CLI::IsMember(IoTypeNames()))
      ->capture_default_str();
  // One value a time: otherwise `--signature a MODEL` would take the model for a second key.
  convert->add_option("--signature", options.signatures, "signature of the SavedModel; may be repeated")
      ->type_name("KEY")
      ->expected(1)
      ->take_all();
  convert->add_option("--tag", options.tags, "tag of the SavedModel's graph; may be repeated")
      ->type_name("TAG")
      ->expected(1)
      ->take_all();
  convert->add_option("--threads", options.threads, "0: as many as the machine has")
      ->check(CLI::Range(0, 4096))
      ->capture_default_str();
  convert
      ->add_option("--max-memory", options.max_memory,
                   "what calibration may take, in bytes or as 512M, 2G; 0: as much as it does")
      ->transform(CLI::AsSizeValue(/*kb_is_1000=*/false))
      ->type_name("SIZE");
  convert->add_flag("--per-tensor", options.per_tensor, "one scale for each weight tensor, not one a channel");
  convert->add_flag("--variable-quantization", options.variable_quantization,
                    "int8: resource variables hold int8, too (always so in int8-only)");
  convert->add_flag("--per-tensor-dense", options.per_tensor_dense, "the same for FULLY_CONNECTED only");
}

void AddConvert(CLI::App& app, ConvertOptions& options) {
  CLI::App* convert = app.add_subcommand("convert", "Write a LiteRT model from a SavedModel folder or a float .tflite");
  AddConversion(convert, options);
  convert->add_option("-o,--output", options.output, "the .tflite to write")->required()->type_name("OUT");
  convert->add_option("--report", options.report, "write what was decided as JSON; '-': to stdout")->type_name("JSON");
  convert->add_option("--html", options.html, "write the same as one HTML page, which needs no network")
      ->type_name("HTML");
  CLI::Option* quiet = convert->add_flag("-q,--quiet", options.quiet, "errors only");
  convert->add_flag("-v,--verbose", options.verbose, "stage times, operators that stay float; twice: every pass")
      ->excludes(quiet);
}

CLI::App* AddDebug(CLI::App& app, DebugCommand& command) {
  CLI::App* debug = app.add_subcommand("debug", "Tell what quantization costs, op by op, why, and what mends it");
  AddConversion(debug, command.convert);
  debug->add_option("--eval-data", command.evaluation, "samples to measure on, as --data; default: those of --data")
      ->type_name("PATH");
  debug->add_option("--quantized", command.quantized, "a quantized .tflite to look at, instead of converting")
      ->type_name("FILE");
  debug->add_option("--json", command.json, "write all figures (docs/debug.schema.json); '-': to stdout")
      ->type_name("JSON");
  debug->add_option("--html", command.html, "write them as one HTML page, which needs no network")->type_name("HTML");
  debug->add_option("--top", command.top, "ops in the table, and ops whose cost is measured")
      ->check(CLI::Range(0, 10000))
      ->capture_default_str();
  debug->add_option("--samples", command.samples, "samples to measure on at most")
      ->check(CLI::Range(1, 1000000))
      ->capture_default_str();
  debug->add_flag("-q,--quiet", command.convert.quiet, "errors and results only");
  return debug;
}

CLI::App* AddRun(CLI::App& app, RunOptions& options) {
  CLI::App* run =
      app.add_subcommand("run", "Run a .tflite on samples, with the arithmetic of LiteRT's reference kernels");
  run->add_option("MODEL", options.model, "the .tflite")->required();
  run->add_option("--data", options.data, "samples, as for convert")->required()->type_name("PATH");
  run->add_option("-o,--output", options.output,
                  "the .npz to write: an array for each result, its first axis the samples")
      ->required()
      ->type_name("OUT");
  run->add_flag("--tensors", options.tensors, "every tensor that an operator computes, by its name in the file");
  run->add_flag("--steps", options.steps,
                "each sample is a sequence: the second axis of --data's arrays counts its steps");
  run->add_flag("--reset-state", options.reset_state, "a model's variables start anew with each sample of --data");
  return run;
}

void AddJudge(CLI::App& command, JudgeOptions& judge) {
  command.add_option("--data", judge.data, "samples, as for convert")->required()->type_name("PATH");
  command
      .add_option(
          "--labels", judge.labels,
          "what the results should be: an .npy of class numbers or expected tensors, its first axis the samples; or "
          "the name of an array in --data's .npz")
      ->type_name("PATH|NAME");
  command
      .add_option(
          "--metric", judge.metric,
          "top1, top5 (any number), auc, agreement, mse, psnr, sqnr or cosine; default: top1 with labels, sqnr without")
      ->type_name("METRIC");
  command
      .add_option("--max-drop", judge.max_drop,
                  "how much worse than the float model at most: 1% (points of top<k>, auc, agreement, cosine), 1dB, or "
                  "a number")
      ->type_name("DROP");
  command.add_option("--limit", judge.limit, "what the metric itself must reach, like 90% or 30dB (mse: at most)")
      ->type_name("VALUE");
  command.add_option("--output", judge.output, "the signature's output to judge; default: the first")
      ->type_name("NAME");
  command.add_option("--signature", judge.signature, "judge the samples of this signature")->type_name("KEY");
  command.add_option("--threshold", judge.threshold, "of an output with one score: class 1 lies above it")
      ->type_name("SCORE");
  command.add_option("--peak", judge.peak, "of psnr; default: the range of what is expected")->type_name("VALUE");
  command.add_flag("--steps", judge.steps,
                   "each sample is a sequence: the second axis of --data's arrays counts its steps");
  command.add_flag("--reset-state", judge.reset_state, "a model's variables start anew with each sample of --data");
  command.add_option("--threads", judge.threads, "0: as many as the machine has")
      ->check(CLI::Range(0, 4096))
      ->capture_default_str();
  command
      .add_option("--engine", judge.engine,
                  "what runs models: Zeropoint's own, or LiteRT's interpreter (Python package ai-edge-litert)")
      ->check(CLI::IsMember(EngineNames()))
      ->capture_default_str();
  command.add_option("--python", judge.python, "of --engine litert: the Python that has the package")
      ->type_name("PATH")
      ->capture_default_str();
  command.add_flag("--json", judge.json, "as JSON on stdout (docs/accuracy.md)");
  command.add_flag("-q,--quiet", judge.quiet, "errors only, and --json");
}

CLI::App* AddEvaluate(CLI::App& app, EvaluateCommand& options) {
  CLI::App* evaluate =
      app.add_subcommand("evaluate", "Measure how good a .tflite is, and how much worse than its float model");
  evaluate->add_option("MODEL", options.model, "the .tflite")->required();
  evaluate
      ->add_option("--float", options.float_model,
                   "the float model that it was made from: .tflite or SavedModel folder")
      ->type_name("MODEL");
  AddJudge(*evaluate, options.judge);
  return evaluate;
}

CLI::App* AddRecommend(CLI::App& app, RecommendCommand& options) {
  CLI::App* recommend =
      app.add_subcommand("recommend", "Try every mode on samples and say which one to take: size, latency, accuracy");
  recommend->add_option("MODEL", options.model, "SavedModel folder or float .tflite")->required();
  AddJudge(*recommend, options.judge);
  // One value a time: otherwise `--mode int8 MODEL` would take the model for a second one.
  recommend->add_option("--mode", options.modes, "try this mode; may be repeated; default: all")
      ->check(CLI::IsMember(ModeNames()))
      ->expected(1)
      ->take_all();
  recommend->add_option("--prefer", options.prefer, "of the modes that are good enough: the smallest, or the fastest")
      ->check(CLI::IsMember(PreferNames()))
      ->capture_default_str();
  recommend
      ->add_option("--target", options.target,
                   "what shall run the result ('zeropoint targets' lists them); default: the newest LiteRT")
      ->type_name("TARGET");
  return recommend;
}

int Run(int argc, char** argv) {
  CLI::App app("Post-training quantization of TensorFlow and LiteRT models", "zeropoint");
  app.set_version_flag("--version", VersionText());
  app.require_subcommand(1);
  app.footer(kExitCodeHelp);
  ConvertOptions convert;
  AddConvert(app, convert);
  DebugCommand debug;
  const CLI::App* debugs = AddDebug(app, debug);
  RunOptions run;
  const CLI::App* runs = AddRun(app, run);
  EvaluateCommand evaluate;
  const CLI::App* evaluates = AddEvaluate(app, evaluate);
  RecommendCommand recommend;
  const CLI::App* recommends = AddRecommend(app, recommend);
  std::string file;
  bool json = false;
  std::string report_json, report_html;
  CLI::App* report = app.add_subcommand("report", "Show a report as one HTML page, which needs no network");
  report->add_option("REPORT", report_json, "the JSON of convert --report or of debug")->required();
  report->add_option("-o,--output", report_html, "the page to write")->required()->type_name("HTML");
  CLI::App* inspect = app.add_subcommand("inspect", "Show operators, tensors, types, scales and sizes of a .tflite");
  inspect->add_option("FILE", file, "the .tflite")->required();
  inspect->add_flag("--json", json, "as JSON");
  bool markdown = false, ops_json = false;
  CLI::App* ops = app.add_subcommand("ops", "Show every op that is known, by mode and release of LiteRT");
  CLI::Option* as_markdown = ops->add_flag("--markdown", markdown, "as a table in Markdown (the default)");
  ops->add_flag("--json", ops_json, "as JSON")->excludes(as_markdown);
  bool targets_markdown = false;
  CLI::App* targets = app.add_subcommand("targets", "List what --target may be");
  targets->add_flag("--markdown", targets_markdown, "what each one runs, as tables in Markdown");
  for (CLI::App* command : app.get_subcommands(nullptr)) command->footer(kExitCodeHelp);

  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& request) {  // --help and --version
    return app.exit(request);
  } catch (const CLI::ParseError& error) {
    std::fprintf(stderr, "zeropoint: error: %s (see zeropoint --help)\n", error.what());
    return kUsage;
  }
  if (report->parsed()) return RunReport(report_json, report_html);
  if (ops->parsed()) return RunOps(ops_json);
  if (targets->parsed()) return RunTargets(targets_markdown);
  if (runs->parsed()) return RunModel(run);
  if (debugs->parsed()) return RunDebug(debug);
  if (evaluates->parsed()) return RunEvaluate(evaluate);
  if (recommends->parsed()) return RunRecommend(recommend);
  return inspect->parsed() ? RunInspect(file, json) : RunConvert(convert);
}

}  // namespace
}  // namespace zeropoint::cli

int main(int argc, char** argv) {
  try {
    return zeropoint::cli::Run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "zeropoint: error: %s\n", error.what());
    return zeropoint::cli::kInternal;
  }
}
