// Evaluate (zeropoint/evaluate.h): pulls samples, runs them on several threads, judges the results in the samples'
// order.
#include "zeropoint/evaluate.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/context.h"
#include "base/parallel.h"
#include "evaluate/judge.h"
#include "evaluate/metrics.h"
#include "nlohmann/json.hpp"
#include "pipeline/recipe.h"
#include "pipeline/samples.h"
#include "pipeline/subject.h"

namespace zeropoint {
namespace {

using evaluate::Judge;
using evaluate::MetricSpec;
using pipeline::kEvaluateStage;
using pipeline::RealTensor;
using pipeline::StoredSample;
using pipeline::Subject;

constexpr char kCustom[] = "custom";
// Sequences that wait for each thread before results are judged: enough to keep threads busy, few enough for memory.
constexpr size_t kSequencesAThread = 8;
// A drop of exactly the bound passes, whatever the rounding of the difference.
constexpr double kGateSlack = 1e-9;

absl::Status BadOptions(const std::string& message) {
  return Annotate(absl::InvalidArgumentError(message), Place::kStage, pipeline::kOptionsStage);
}

absl::Status AtStage(absl::Status status) { return Annotate(std::move(status), Place::kStage, kEvaluateStage); }

// What is asked for, checked before anything runs.
struct Question {
  std::optional<MetricSpec> metric;  // none: the user's own function
  bool by_labels = false;            // judged by labels and not by the float model
  evaluate::Unit unit = evaluate::Unit::kPlain;
  bool higher_is_better = true;
  std::optional<double> max_drop, limit;
};

absl::StatusOr<Question> ReadMetric(const EvaluateOptions& options, bool has_float) {
  Question question;
  if (options.function) {
    if (!options.metric.empty() && options.metric != kCustom)
      return BadOptions("a metric's name beside a function of your own");
    question.by_labels = true;
    question.higher_is_better = options.higher_is_better;
    return question;
  }
  const bool labelled = !options.labels.empty();
  const std::string name = !options.metric.empty() ? options.metric : labelled ? "top1" : "sqnr";
  absl::StatusOr<MetricSpec> spec = evaluate::ParseMetric(name);
  if (!spec.ok()) return BadOptions(std::string(spec.status().message()));
  spec->peak = options.peak;
  if (options.threshold.has_value()) spec->threshold = static_cast<float>(*options.threshold);
  question.metric = *spec;
  question.by_labels = labelled && spec->kind != evaluate::MetricKind::kAgreement;
  question.unit = evaluate::UnitOf(spec->kind);
  question.higher_is_better = evaluate::HigherIsBetter(spec->kind);
  if (evaluate::WantsClasses(spec->kind) && !labelled) {
    return BadOptions(
        absl::StrCat(name, " needs labels; without, agreement compares the top class with the float model's"));
  }
  if (!question.by_labels && !has_float)
    return BadOptions(absl::StrCat(name, " without labels needs the float model to compare with"));
  return question;
}

absl::StatusOr<Question> ReadQuestion(const EvaluateOptions& options, bool has_float) {
  ZP_ASSIGN_OR_RETURN(Question question, ReadMetric(options, has_float));
  auto amount = [&](const std::string& text, absl::string_view option, std::optional<double>& value) -> absl::Status {
    if (text.empty()) return absl::OkStatus();
    absl::StatusOr<double> read = evaluate::ParseAmount(text, question.unit, option);
    if (!read.ok()) return BadOptions(std::string(read.status().message()));
    value = *read;
    return absl::OkStatus();
  };
  ZP_RETURN_IF_ERROR(amount(options.max_drop, "max_drop", question.max_drop));
  ZP_RETURN_IF_ERROR(amount(options.limit, "limit", question.limit));
  if (!question.max_drop.has_value()) return question;
  if (!has_float) return BadOptions("max_drop needs the float model, from whose value the drop is counted");
  if (!question.by_labels && !evaluate::Perfect(question.metric->kind).has_value()) {
    return BadOptions(absl::StrCat("max_drop of ", evaluate::NameOf(*question.metric),
                                   " without labels: the float model's own value is infinite; use limit, 30dB say"));
  }
  return question;
}

// --- running

// Samples that must run one after the other on one thread.
using Sequence = std::vector<StoredSample>;

struct Ran {
  std::vector<RealTensor> model, reference;
};

class Feeder {
 public:
  Feeder(const EvaluateOptions& options, bool one_sequence) : options_(options), one_sequence_(one_sequence) {}

  // The next sequences, at most `count`. Of the one sequence that carries state, a part.
  absl::StatusOr<std::vector<Sequence>> Next(size_t count) {
    std::vector<Sequence> sequences;
    while (true) {
      if (!held_.has_value()) ZP_RETURN_IF_ERROR(Pull());
      if (!held_.has_value()) return sequences;
      const bool joins = !sequences.empty() && (one_sequence_ || held_->view.continues);
      if (!joins && sequences.size() == count) return sequences;
      if (joins && one_sequence_ && sequences.back().size() >= kSequencesAThread) return sequences;
      if (!joins) sequences.emplace_back();
      sequences.back().push_back(*std::move(held_));
      held_.reset();
    }
  }

 private:
  absl::Status Pull() {
    SampleView view;
    if (ended_) return absl::OkStatus();
    absl::StatusOr<bool> more = options_.data.next()(view);
    if (!more.ok()) return Annotate(more.status(), Place::kSample, absl::StrCat(pulled_));
    ended_ = !*more;
    if (ended_) return absl::OkStatus();
    held_ = pipeline::Store(view);
    ++pulled_;
    return absl::OkStatus();
  }

  const EvaluateOptions& options_;
  const bool one_sequence_;
  std::optional<StoredSample> held_;
  bool ended_ = false;
  uint64_t pulled_ = 0;
};

// --- judging

class Jury {
 public:
  Jury(const EvaluateOptions& options, const Question& question, bool has_float)
      : options_(options),
        question_(question),
        has_float_(has_float),
        labels_(options.labels.shape, options.labels.values) {
    if (!question.metric.has_value()) return;
    model_ = Judge::Create(*question.metric);
    reference_ = Judge::Create(*question.metric);
  }

  absl::Status Add(const std::string& signature, const Ran& ran);
  absl::StatusOr<Evaluation> Verdict() const;

 private:
  absl::StatusOr<bool> IsJudged(const std::string& signature);
  absl::StatusOr<size_t> OutputOf(const std::vector<RealTensor>& results);
  absl::Status AddDistances(const Ran& ran);
  absl::Status AddCustom(const Ran& ran);
  absl::Status AddMetric(const Ran& ran);
  absl::StatusOr<double> CallFunction(const std::vector<RealTensor>& results, absl::Span<const float> label) const;

  const EvaluateOptions& options_;
  const Question& question_;
  const bool has_float_;
  evaluate::LabelReader labels_;
  std::unique_ptr<Judge> model_, reference_;
  double sum_ = 0.0, float_sum_ = 0.0;  // of the user's own metric
  uint64_t samples_ = 0;
  std::string signature_, output_;
  std::vector<std::string> names_;
  std::vector<evaluate::Distance> distances_;
};

// The result of the float model that stands for result `i`: of the same name, else at the same place.
const RealTensor& Counterpart(const Ran& ran, size_t i) {
  for (const RealTensor& tensor : ran.reference) {
    if (tensor.name == ran.model[i].name) return tensor;
  }
  return ran.reference[i];
}

absl::Status CheckCounterparts(const Ran& ran) {
  if (ran.model.size() != ran.reference.size()) {
    return absl::InvalidArgumentError(
        absl::StrCat("the model has ", ran.model.size(), " outputs, the float model ", ran.reference.size()));
  }
  for (size_t i = 0; i < ran.model.size(); ++i) {
    const RealTensor& wanted = Counterpart(ran, i);
    if (wanted.values.size() == ran.model[i].values.size()) continue;
    return Annotate(
        absl::InvalidArgumentError(absl::StrCat("the output has shape [", absl::StrJoin(ran.model[i].shape, ","),
                                                "], the float model's [", absl::StrJoin(wanted.shape, ","), "]")),
        Place::kTensor, ran.model[i].name);
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> Jury::IsJudged(const std::string& signature) {
  if (!options_.signature.empty() && signature != options_.signature) return false;
  if (samples_ > 0 && signature != signature_) {
    return BadOptions(absl::StrCat("the samples are for the signatures '", signature_, "' and '", signature,
                                   "': choose the one to judge"));
  }
  signature_ = signature;
  return true;
}

absl::StatusOr<size_t> Jury::OutputOf(const std::vector<RealTensor>& results) {
  for (size_t i = 0; i < results.size(); ++i) {
    if (!options_.output.empty() && results[i].name != options_.output) continue;
    output_ = results[i].name;
    return i;
  }
  return BadOptions(absl::StrCat("there is no output '", options_.output, "'; the signature has ",
                                 absl::StrJoin(results, ", ", [](std::string* out, const RealTensor& tensor) {
                                   absl::StrAppend(out, tensor.name);
                                 })));
}

absl::Status Jury::AddDistances(const Ran& ran) {
  distances_.resize(ran.model.size());
  names_.resize(ran.model.size());
  for (size_t i = 0; i < ran.model.size(); ++i) {
    names_[i] = ran.model[i].name;
    distances_[i].Add(Counterpart(ran, i).values, ran.model[i].values);
  }
  return absl::OkStatus();
}

Tensor ToTensor(const RealTensor& real) {
  Tensor tensor;
  tensor.name = real.name;
  tensor.shape = real.shape;
  tensor.data.resize(real.values.size() * sizeof(float));
  if (!tensor.data.empty()) std::memcpy(tensor.data.data(), real.values.data(), tensor.data.size());
  return tensor;
}

absl::StatusOr<double> Jury::CallFunction(const std::vector<RealTensor>& results, absl::Span<const float> label) const {
  std::vector<Tensor> tensors;
  for (const RealTensor& result : results) tensors.push_back(ToTensor(result));
  ZP_ASSIGN_OR_RETURN(const double value, options_.function({samples_, tensors, label}));
  if (!std::isnan(value)) return value;
  return absl::InvalidArgumentError("the metric of your own is NaN");
}

absl::Status Jury::AddCustom(const Ran& ran) {
  std::vector<float> label;
  if (!options_.labels.empty()) {
    ZP_ASSIGN_OR_RETURN(label, labels_.NextEntry());
  }
  ZP_ASSIGN_OR_RETURN(const double value, CallFunction(ran.model, label));
  sum_ += value;
  if (!has_float_) return absl::OkStatus();
  ZP_ASSIGN_OR_RETURN(const double float_value, CallFunction(ran.reference, label));
  float_sum_ += float_value;
  return absl::OkStatus();
}

absl::Status Jury::AddMetric(const Ran& ran) {
  ZP_ASSIGN_OR_RETURN(const size_t at, OutputOf(ran.model));
  const RealTensor& found = ran.model[at];
  const evaluate::Output output{found.shape, found.values};
  if (!question_.by_labels) return model_->Add(output, Counterpart(ran, at).values);
  absl::StatusOr<std::vector<float>> label =
      evaluate::WantsClasses(question_.metric->kind) ? labels_.NextClasses(output) : labels_.NextTensor(output);
  if (!label.ok()) return label.status();
  ZP_RETURN_IF_ERROR(model_->Add(output, *label));
  if (!has_float_) return absl::OkStatus();
  const RealTensor& wanted = Counterpart(ran, at);
  return reference_->Add({wanted.shape, wanted.values}, *label);
}

absl::Status Jury::Add(const std::string& signature, const Ran& ran) {
  ZP_ASSIGN_OR_RETURN(const bool judged, IsJudged(signature));
  if (!judged) return absl::OkStatus();
  if (has_float_) {
    ZP_RETURN_IF_ERROR(CheckCounterparts(ran));
    ZP_RETURN_IF_ERROR(AddDistances(ran));
  }
  ZP_RETURN_IF_ERROR(question_.metric.has_value() ? AddMetric(ran) : AddCustom(ran));
  ++samples_;
  return absl::OkStatus();
}

absl::StatusOr<Evaluation> Jury::Verdict() const {
  if (samples_ == 0) {
    return absl::InvalidArgumentError(options_.signature.empty()
                                          ? "there are no samples to judge"
                                          : absl::StrCat("no sample is for signature '", options_.signature, "'"));
  }
  if (question_.by_labels && !options_.labels.empty()) ZP_RETURN_IF_ERROR(labels_.Finish(samples_));
  Evaluation result;
  result.metric = question_.metric.has_value() ? evaluate::NameOf(*question_.metric) : kCustom;
  result.unit = std::string(evaluate::UnitText(question_.unit));
  result.higher_is_better = question_.higher_is_better;
  result.samples = samples_;
  result.signature = signature_;
  result.output = output_;
  result.max_drop = question_.max_drop;
  result.limit = question_.limit;
  const double count = static_cast<double>(samples_);
  if (!question_.metric.has_value()) {
    result.value = sum_ / count;
    if (has_float_) result.float_value = float_sum_ / count;
  } else {
    ZP_ASSIGN_OR_RETURN(result.value, model_->Value());
    if (has_float_ && question_.by_labels) {
      ZP_ASSIGN_OR_RETURN(result.float_value, reference_->Value());
    }
  }
  const std::optional<double> from =
      question_.by_labels ? result.float_value : evaluate::Perfect(question_.metric->kind);
  // Two infinite values are equal.
  if (from.has_value())
    result.drop = *from == result.value ? 0.0 : (*from - result.value) * (result.higher_is_better ? 1 : -1);
  if (result.max_drop.has_value() && *result.drop > *result.max_drop + kGateSlack) result.passed = false;
  if (result.limit.has_value()) {
    const double short_by = (*result.limit - result.value) * (result.higher_is_better ? 1 : -1);
    if (short_by > kGateSlack) result.passed = false;
  }
  for (size_t i = 0; i < distances_.size(); ++i) {
    const evaluate::Distance& distance = distances_[i];
    result.outputs.push_back({names_[i], distance.SqnrDb(), distance.PsnrDb(options_.peak), distance.Cosine(),
                              distance.Mse(), distance.MaxError()});
  }
  return result;
}

// --- both

class Evaluator {
 public:
  Evaluator(const EvaluateOptions& options, const Question& question, Subject model, std::optional<Subject> reference,
            int threads)
      : options_(options),
        model_(std::move(model)),
        reference_(std::move(reference)),
        jury_(options, question, reference_.has_value()) {
    const bool has_state = model_.has_state() || (reference_.has_value() && reference_->has_state());
    carries_ = has_state && options.sample_state == SampleState::kCarry;
    resets_ = has_state && options.sample_state == SampleState::kReset;
    threads_ = carries_ || model_.runs_elsewhere() ? 1 : threads;
    context_.cancel = options.cancel;
    if (options.progress) {
      context_.progress = [&options](const Progress& now) {
        return options.progress({std::string(now.stage), now.done, now.total});
      };
    }
  }

  absl::StatusOr<Evaluation> Run();

 private:
  absl::Status RunSequence(int worker, const Sequence& sequence, uint64_t first, std::vector<Ran>& results);

  const EvaluateOptions& options_;
  Subject model_;
  std::optional<Subject> reference_;
  Jury jury_;
  Context context_;
  bool carries_ = false, resets_ = false;
  int threads_ = 1;
};

absl::Status AtSample(absl::Status status, uint64_t sample) {
  return AtStage(Annotate(std::move(status), Place::kSample, absl::StrCat(sample)));
}

absl::Status Evaluator::RunSequence(int worker, const Sequence& sequence, uint64_t first, std::vector<Ran>& results) {
  for (const StoredSample& sample : sequence) {
    if (resets_ && !sample.view.continues) {
      model_.ResetState(worker);
      if (reference_.has_value()) reference_->ResetState(worker);
    }
    const uint64_t index = first + results.size();
    Ran ran;
    absl::StatusOr<std::vector<RealTensor>> found = model_.Run(worker, sample.view, model_);
    if (!found.ok()) return AtSample(found.status(), index);
    ran.model = *std::move(found);
    if (reference_.has_value()) {
      absl::StatusOr<std::vector<RealTensor>> wanted = reference_->Run(worker, sample.view, model_);
      if (!wanted.ok()) return AtSample(wanted.status(), index);
      ran.reference = *std::move(wanted);
    }
    results.push_back(std::move(ran));
  }
  return absl::OkStatus();
}

absl::StatusOr<Evaluation> Evaluator::Run() {
  options_.data.Reset();
  Feeder feeder(options_, carries_);
  uint64_t done = 0;
  const SignatureInputs* first_signature = model_.FindSignature("");
  while (true) {
    ZP_RETURN_IF_ERROR(context_.Report({kEvaluateStage, done, 0}));
    absl::StatusOr<std::vector<Sequence>> sequences = feeder.Next(static_cast<size_t>(threads_) * kSequencesAThread);
    if (!sequences.ok()) return AtStage(sequences.status());
    if (sequences->empty()) break;
    std::vector<uint64_t> begins;
    uint64_t end = done;
    for (const Sequence& sequence : *sequences) {
      begins.push_back(end);
      end += sequence.size();
    }
    std::vector<std::vector<Ran>> results(sequences->size());
    ZP_RETURN_IF_ERROR(ParallelFor(threads_, sequences->size(), [&](int worker, size_t i) {
      return RunSequence(worker, (*sequences)[i], begins[i], results[i]);
    }));
    for (size_t i = 0; i < results.size(); ++i) {
      for (size_t j = 0; j < results[i].size(); ++j, ++done) {
        const std::string& key = (*sequences)[i][j].view.signature;
        const std::string& signature = key.empty() && first_signature != nullptr ? first_signature->key : key;
        absl::Status added = jury_.Add(signature, results[i][j]);
        if (!added.ok()) return AtSample(std::move(added), done);
      }
    }
  }
  ZP_RETURN_IF_ERROR(context_.Report({kEvaluateStage, done, done}));
  absl::StatusOr<Evaluation> verdict = jury_.Verdict();
  if (!verdict.ok()) return AtStage(verdict.status());
  return verdict;
}

std::vector<std::string> KeysOf(const Subject& model) {
  std::vector<std::string> keys;
  for (const SignatureInputs& signature : model.signatures()) {
    if (!signature.key.empty()) keys.push_back(signature.key);
  }
  return keys;
}

}  // namespace

absl::StatusOr<Evaluation> Evaluate(const ModelSource& source, const EvaluateOptions& options,
                                    const ModelSource& float_source) {
  if (options.data.empty()) return BadOptions("there are no samples to run");
  ZP_ASSIGN_OR_RETURN(const Question question, ReadQuestion(options, !float_source.empty()));
  const int cores = static_cast<int>(std::thread::hardware_concurrency());
  const int threads = std::max(1, options.threads > 0 ? options.threads : cores);
  ZP_ASSIGN_OR_RETURN(Subject model, Subject::Open(source, options.run, threads));
  std::optional<Subject> reference;
  if (!float_source.empty()) {
    ZP_ASSIGN_OR_RETURN(reference, Subject::Open(float_source, options.run, threads, KeysOf(model)));
  }
  return Evaluator(options, question, std::move(model), std::move(reference), threads).Run();
}

namespace {

using Json = nlohmann::ordered_json;

// JSON has no infinity.
Json Number(double value) {
  if (std::isfinite(value)) return value;
  return value > 0 ? "inf" : "-inf";
}

Json Number(const std::optional<double>& value) { return value.has_value() ? Number(*value) : Json(nullptr); }

}  // namespace

std::string Evaluation::ToJson() const {
  Json json = {{"metric", metric},
               {"unit", unit},
               {"higher_is_better", higher_is_better},
               {"value", Number(value)},
               {"float_value", Number(float_value)},
               {"drop", Number(drop)},
               {"max_drop", Number(max_drop)},
               {"limit", Number(limit)},
               {"passed", passed},
               {"samples", samples},
               {"signature", signature},
               {"output", output}};
  json["outputs"] = Json::array();
  for (const OutputDistance& one : outputs) {
    json["outputs"].push_back({{"name", one.name},
                               {"sqnr_db", Number(one.sqnr_db)},
                               {"psnr_db", Number(one.psnr_db)},
                               {"cosine", Number(one.cosine)},
                               {"mse", Number(one.mse)},
                               {"max_error", Number(one.max_error)}});
  }
  // Names come from files and may be no UTF-8: replaced, not thrown over.
  return json.dump(2, ' ', false, Json::error_handler_t::replace);
}

}  // namespace zeropoint
