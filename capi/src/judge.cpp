// Judging models: zp_evaluate and zp_recommend.
#include <atomic>
#include <cstddef>
#include <cstring>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "guard.h"
#include "handles.h"
#include "zeropoint/evaluate.h"
#include "zeropoint/recommend.h"

using zeropoint::EvaluateOptions;
using zeropoint::ModelSource;
using zeropoint::RepresentativeDataset;
using zeropoint::SampleView;
using zeropoint::Tensor;
using zeropoint::TensorView;
using zeropoint::Type;
using zeropoint::capi::BadArgument;
using zeropoint::capi::Guard;
using zeropoint::capi::NewBlob;

struct zp_judge {
  EvaluateOptions options;
  std::atomic<bool> cancelled{false};
  int user_value = 0;  // what a callback returned in the current call
};

namespace {

constexpr size_t kFirstSourceSize = offsetof(zp_model_source, size) + sizeof(size_t);
constexpr size_t kFirstRecommendSize = offsetof(zp_recommend_options, target) + sizeof(const char*);

std::string Text(const char* text) { return text != nullptr ? text : ""; }

// Tensors as the host's callbacks see them; valid as long as what it was made from.
class HostViews {
 public:
  void Add(const std::string& name, Type type, const std::vector<int64_t>& shape, const void* data, size_t bytes) {
    views_.push_back({sizeof(zp_tensor_view), name.empty() ? nullptr : name.c_str(), static_cast<zp_type>(type),
                      shape.size(), shape.data(), data, bytes});
  }
  const zp_tensor_view* data() const { return views_.data(); }
  size_t size() const { return views_.size(); }

 private:
  std::vector<zp_tensor_view> views_;
};

absl::Status UserFailed(zp_judge& judge, int value, const char* what) {
  judge.user_value = value;
  return absl::AbortedError(absl::StrCat("the ", what, " callback returned ", value));
}

absl::StatusOr<bool> PullStep(zp_judge& judge, zp_next_step_fn next, void* user, SampleView& sample) {
  const char* signature = nullptr;
  const zp_tensor_view* inputs = nullptr;
  size_t count = 0;
  int continues = 0;
  const int value = next(&signature, &inputs, &count, &continues, user);
  if (value != 0) return UserFailed(judge, value, "dataset");
  if (count == 0) return false;
  auto views = zeropoint::capi::ReadViews(inputs, count);
  if (!views.ok()) return views.status();
  sample.signature = Text(signature);
  sample.continues = continues != 0;
  sample.tensors = *std::move(views);
  return true;
}

absl::StatusOr<double> CallMetric(zp_judge& judge, zp_metric_fn function, void* user,
                                  const zeropoint::MetricInput& input) {
  HostViews outputs;
  for (const Tensor& tensor : input.outputs) {
    outputs.Add(tensor.name, tensor.type, tensor.shape, tensor.data.data(), tensor.data.size());
  }
  double result = 0.0;
  const int value =
      function(input.sample, outputs.data(), outputs.size(), input.label.data(), input.label.size(), &result, user);
  if (value != 0) return UserFailed(judge, value, "metric");
  return result;
}

absl::StatusOr<zeropoint::RunResult> CallEngine(zp_judge& judge, zp_run_fn run, void* user, uint64_t model,
                                                absl::string_view tflite, const SampleView& sample) {
  HostViews inputs;
  for (const TensorView& tensor : sample.tensors)
    inputs.Add(tensor.name, tensor.type, tensor.shape, tensor.data, tensor.bytes);
  const zp_tensor_view* outputs = nullptr;
  size_t count = 0;
  zeropoint::RunResult result;
  const int value = run(model, tflite.data(), tflite.size(), sample.signature.c_str(), inputs.data(), inputs.size(),
                        sample.continues ? 1 : 0, &outputs, &count, &result.seconds, user);
  if (value != 0) return UserFailed(judge, value, "engine");
  auto views = zeropoint::capi::ReadViews(outputs, count);
  if (!views.ok()) return views.status();
  for (const TensorView& view : *views) {
    Tensor tensor;
    tensor.name = view.name;
    tensor.type = view.type;
    tensor.shape = view.shape;
    const auto* first = static_cast<const uint8_t*>(view.data);
    tensor.data.assign(first, first + view.bytes);
    result.tensors.push_back(std::move(tensor));
  }
  return result;
}

template <typename T>
std::vector<float> Converted(const TensorView& view) {
  std::vector<float> values(view.bytes / sizeof(T));
  for (size_t i = 0; i < values.size(); ++i) {
    T value;
    std::memcpy(&value, static_cast<const char*>(view.data) + i * sizeof(T), sizeof(T));
    values[i] = static_cast<float>(value);
  }
  return values;
}

absl::StatusOr<std::vector<float>> LabelValues(const TensorView& view) {
  switch (view.type) {
    case Type::kFloat32:
      return Converted<float>(view);
    case Type::kInt64:
      return Converted<int64_t>(view);
    case Type::kInt32:
      return Converted<int32_t>(view);
    case Type::kUInt8:
      return Converted<uint8_t>(view);
    case Type::kInt8:
      return Converted<int8_t>(view);
    default:
      return BadArgument("labels are ZP_F32, ZP_I64, ZP_I32, ZP_U8 or ZP_I8");
  }
}

absl::Status SetLabels(zp_judge& judge, const zp_tensor_view* labels) {
  judge.options.labels = {};
  if (labels == nullptr) return absl::OkStatus();
  auto views = zeropoint::capi::ReadViews(labels, 1);
  if (!views.ok()) return views.status();
  const TensorView& view = views->front();
  absl::StatusOr<std::vector<float>> values = LabelValues(view);
  if (!values.ok()) return values.status();
  uint64_t elements = 1;
  for (int64_t dim : view.shape) {
    if (dim < 0 || (dim > 0 && elements > values->size() / static_cast<uint64_t>(dim)))
      return BadArgument("dims of the labels");
    elements *= static_cast<uint64_t>(dim);
  }
  if (view.shape.empty() || elements != values->size())
    return BadArgument("bytes of the labels are not those of their dims");
  judge.options.labels = {view.shape, *std::move(values)};
  return absl::OkStatus();
}

absl::StatusOr<ModelSource> ReadSource(const zp_model_source* source) {
  if (source == nullptr) return ModelSource();
  if (source->struct_size < kFirstSourceSize) return BadArgument("struct_size of zp_model_source");
  if (source->path != nullptr) return ModelSource::Path(source->path);
  if (source->data == nullptr) return BadArgument("a zp_model_source without path and data");
  return ModelSource::Bytes(std::string(static_cast<const char*>(source->data), source->size));
}

absl::StatusOr<zeropoint::RecommendOptions> ReadOptions(const zp_judge& judge, const zp_recommend_options* options) {
  zeropoint::RecommendOptions result;
  result.judge = judge.options;
  if (options == nullptr) return result;
  if (options->struct_size < kFirstRecommendSize) return BadArgument("struct_size of zp_recommend_options");
  for (size_t i = 0; options->modes != nullptr && i < options->mode_count; ++i)
    result.modes.push_back(Text(options->modes[i]));
  if (options->prefer != ZP_PREFER_SIZE && options->prefer != ZP_PREFER_LATENCY)
    return BadArgument("unknown preference");
  result.prefer = static_cast<zeropoint::Prefer>(options->prefer);
  result.convert.target = Text(options->target);
  return result;
}

// Guard() for what changes a judge.
template <typename Body>
zp_status GuardJudge(zp_judge* judge, zp_error** err, Body&& body) {
  return Guard(err, [&]() -> absl::Status {
    if (judge == nullptr) return BadArgument("judge is NULL");
    return body(*judge);
  });
}

// Guard() for what runs models: `body` returns JSON. A failure of the host's callback keeps its value.
template <typename Body>
zp_status GuardRun(zp_judge* judge, const zp_model_source* source, zp_blob** json, zp_error** err, Body&& body) {
  absl::Status failure;
  const zp_status code = GuardJudge(judge, err, [&](zp_judge& handle) -> absl::Status {
    if (json == nullptr) return BadArgument("json is NULL");
    *json = nullptr;
    if (source == nullptr) return BadArgument("model is NULL");
    absl::StatusOr<ModelSource> model = ReadSource(source);
    if (!model.ok()) return model.status();
    handle.user_value = 0;
    handle.cancelled.store(false);
    absl::StatusOr<std::string> text = body(handle, *model);
    if (text.ok()) *json = NewBlob(*std::move(text));
    if (handle.user_value == 0) return text.status();
    failure = text.status();
    return absl::OkStatus();
  });
  return failure.ok() ? code : zeropoint::capi::Fail(failure, judge->user_value, err);
}

}  // namespace

zp_status zp_judge_create(zp_judge** out, const zp_env* env, zp_error** err) {
  return Guard(err, [&]() -> absl::Status {
    if (out == nullptr) return BadArgument("out is NULL");
    *out = nullptr;
    absl::StatusOr<zp_env> host = zeropoint::capi::ReadEnv(env);
    if (!host.ok()) return host.status();
    absl::StatusOr<int> threads = zeropoint::capi::ReadThreads(host->threads);
    if (!threads.ok()) return threads.status();
    auto judge = std::make_unique<zp_judge>();
    judge->options.threads = *threads;
    judge->options.cancel = &judge->cancelled;
    if (host->progress != nullptr) {
      judge->options.progress = [env = *host](const zeropoint::ProgressInfo& now) {
        zp_progress progress{sizeof(zp_progress), now.stage.c_str(), now.done, now.total};
        return env.progress(&progress, env.user) == 0;
      };
    }
    *out = judge.release();
    return absl::OkStatus();
  });
}

void zp_judge_free(zp_judge* judge) { delete judge; }

zp_status zp_judge_set_steps(zp_judge* judge, zp_next_step_fn next, zp_reset_dataset_fn reset, void* user,
                             zp_error** err) {
  return GuardJudge(judge, err, [&](zp_judge& handle) {
    handle.options.data = RepresentativeDataset();
    if (next == nullptr) return absl::OkStatus();
    std::function<void()> restart;
    if (reset != nullptr) restart = [reset, user] { reset(user); };
    handle.options.data = RepresentativeDataset::FromFunction(
        [judge, next, user](SampleView& sample) { return PullStep(*judge, next, user, sample); }, std::move(restart));
    return absl::OkStatus();
  });
}

zp_status zp_judge_set_dataset_handle(zp_judge* judge, const zp_dataset* dataset, zp_error** err) {
  return GuardJudge(judge, err, [&](zp_judge& handle) {
    handle.options.data = dataset == nullptr ? RepresentativeDataset() : zeropoint::capi::DatasetOf(*dataset);
    return absl::OkStatus();
  });
}

zp_status zp_judge_set_labels(zp_judge* judge, const zp_tensor_view* labels, zp_error** err) {
  return GuardJudge(judge, err, [&](zp_judge& handle) { return SetLabels(handle, labels); });
}

zp_status zp_judge_set_metric(zp_judge* judge, const char* metric, zp_error** err) {
  return GuardJudge(judge, err, [&](zp_judge& handle) {
    handle.options.metric = Text(metric);
    return absl::OkStatus();
  });
}

zp_status zp_judge_set_function(zp_judge* judge, zp_metric_fn function, int higher_is_better, void* user,
                                zp_error** err) {
  return GuardJudge(judge, err, [&](zp_judge& handle) {
    handle.options.function = nullptr;
    handle.options.higher_is_better = higher_is_better != 0;
    if (function == nullptr) return absl::OkStatus();
    handle.options.function = [judge, function, user](const zeropoint::MetricInput& input) {
      return CallMetric(*judge, function, user, input);
    };
    return absl::OkStatus();
  });
}

zp_status zp_judge_set_bounds(zp_judge* judge, const char* max_drop, const char* limit, zp_error** err) {
  return GuardJudge(judge, err, [&](zp_judge& handle) {
    handle.options.max_drop = Text(max_drop);
    handle.options.limit = Text(limit);
    return absl::OkStatus();
  });
}

zp_status zp_judge_set_output(zp_judge* judge, const char* signature, const char* output, zp_error** err) {
  return GuardJudge(judge, err, [&](zp_judge& handle) {
    handle.options.signature = Text(signature);
    handle.options.output = Text(output);
    return absl::OkStatus();
  });
}

zp_status zp_judge_set_threshold(zp_judge* judge, double threshold, zp_error** err) {
  return GuardJudge(judge, err, [&](zp_judge& handle) {
    handle.options.threshold = threshold;
    return absl::OkStatus();
  });
}

zp_status zp_judge_set_peak(zp_judge* judge, double peak, zp_error** err) {
  return GuardJudge(judge, err, [&](zp_judge& handle) -> absl::Status {
    if (!(peak >= 0.0)) return BadArgument("peak is negative");
    handle.options.peak = peak;
    return absl::OkStatus();
  });
}

zp_status zp_judge_set_sample_state(zp_judge* judge, int32_t state, zp_error** err) {
  return GuardJudge(judge, err, [&](zp_judge& handle) -> absl::Status {
    if (state != ZP_STATE_CARRY && state != ZP_STATE_RESET) return BadArgument("unknown sample state");
    handle.options.sample_state = static_cast<zeropoint::SampleState>(state);
    return absl::OkStatus();
  });
}

zp_status zp_judge_set_engine(zp_judge* judge, zp_run_fn run, const char* name, void* user, zp_error** err) {
  return GuardJudge(judge, err, [&](zp_judge& handle) {
    handle.options.run = nullptr;
    handle.options.engine = Text(name);
    if (run == nullptr) return absl::OkStatus();
    handle.options.run = [judge, run, user](uint64_t model, absl::string_view tflite, const SampleView& sample) {
      return CallEngine(*judge, run, user, model, tflite, sample);
    };
    return absl::OkStatus();
  });
}

void zp_judge_cancel(zp_judge* judge) {
  if (judge != nullptr) judge->cancelled.store(true);
}

zp_status zp_evaluate(zp_judge* judge, const zp_model_source* model, const zp_model_source* float_model, zp_blob** json,
                      zp_error** err) {
  return GuardRun(
      judge, model, json, err, [&](zp_judge& handle, const ModelSource& source) -> absl::StatusOr<std::string> {
        absl::StatusOr<ModelSource> reference = ReadSource(float_model);
        if (!reference.ok()) return reference.status();
        absl::StatusOr<zeropoint::Evaluation> result = zeropoint::Evaluate(source, handle.options, *reference);
        if (!result.ok()) return result.status();
        return result->ToJson();
      });
}

zp_status zp_recommend(zp_judge* judge, const zp_model_source* model, const zp_recommend_options* options,
                       zp_blob** json, zp_error** err) {
  return GuardRun(judge, model, json, err,
                  [&](zp_judge& handle, const ModelSource& source) -> absl::StatusOr<std::string> {
                    absl::StatusOr<zeropoint::RecommendOptions> asked = ReadOptions(handle, options);
                    if (!asked.ok()) return asked.status();
                    absl::StatusOr<zeropoint::Recommendation> advice = zeropoint::Recommend(source, *asked);
                    if (!advice.ok()) return advice.status();
                    return advice->ToJson();
                  });
}
