// Converters: opening a model, its options, converting.
#include "zeropoint/converter.h"

#include <cstddef>
#include <cstring>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "converter_handle.h"
#include "guard.h"
#include "handles.h"
#include "open_options.h"

using zeropoint::Converter;
using zeropoint::InputInfo;
using zeropoint::RepresentativeDataset;
using zeropoint::SampleView;
using zeropoint::SignatureInputs;
using zeropoint::Type;
using zeropoint::capi::BadArgument;
using zeropoint::capi::Guard;
using zeropoint::capi::GuardConversion;
using zeropoint::capi::NewBlob;

namespace {

void ApplyEnv(const zp_env& env, Converter& converter) {
  converter.threads = static_cast<int>(env.threads);
  if (env.progress != nullptr) {
    converter.progress = [env](const zeropoint::ProgressInfo& now) {
      zp_progress progress{sizeof(zp_progress), now.stage.c_str(), now.done, now.total};
      return env.progress(&progress, env.user) == 0;
    };
  }
  if (env.log != nullptr) {
    converter.log = [env](int severity, absl::string_view text) {
      env.log(severity, std::string(text).c_str(), env.user);
    };
  }
}

absl::Status StoreConverter(absl::StatusOr<Converter> opened, const zp_env& env, zp_converter** out) {
  if (!opened.ok()) return opened.status();
  auto handle = std::make_unique<zp_converter>(zp_converter{*std::move(opened), {}, env, 0});
  handle->signatures = handle->converter.Signatures();
  ApplyEnv(env, handle->converter);
  *out = handle.release();
  return absl::OkStatus();
}

using NextStep = std::function<int(const char**, const zp_tensor_view**, size_t*, int*, void*)>;

// One call of the host's callback.
absl::StatusOr<bool> PullStep(zp_converter& handle, const NextStep& next, void* user, SampleView& sample) {
  const char* signature = nullptr;
  const zp_tensor_view* inputs = nullptr;
  size_t count = 0;
  int continues = 0;
  handle.user_value = next(&signature, &inputs, &count, &continues, user);
  if (handle.user_value != 0) {
    return absl::AbortedError(absl::StrCat("the dataset callback returned ", handle.user_value));
  }
  if (count == 0) return false;
  auto views = zeropoint::capi::ReadViews(inputs, count);
  if (!views.ok()) return views.status();
  sample.signature = signature != nullptr ? signature : "";
  sample.continues = continues != 0;
  sample.tensors = *std::move(views);
  return true;
}

// `next` empty: no data.
absl::Status SetDataset(zp_converter* converter, NextStep next, zp_reset_dataset_fn reset, void* user) {
  if (converter == nullptr) return BadArgument("converter is NULL");
  if (!next) {
    converter->converter.representative_dataset = RepresentativeDataset();
    return absl::OkStatus();
  }
  std::function<void()> restart;
  if (reset != nullptr) restart = [reset, user] { reset(user); };
  converter->converter.representative_dataset =
      RepresentativeDataset::FromFunction([converter, next = std::move(next), user](
                                              SampleView& sample) { return PullStep(*converter, next, user, sample); },
                                          std::move(restart));
  return absl::OkStatus();
}

const SignatureInputs* SignatureAt(const zp_converter* converter, size_t signature) {
  if (converter == nullptr || signature >= converter->signatures.size()) return nullptr;
  return &converter->signatures[signature];
}

const InputInfo* InputAt(const zp_converter* converter, size_t signature, size_t input) {
  const SignatureInputs* inputs = SignatureAt(converter, signature);
  return inputs == nullptr || input >= inputs->inputs.size() ? nullptr : &inputs->inputs[input];
}

}  // namespace

zp_status zp_converter_open(zp_converter** out, const char* path, const zp_open_options* options, const zp_env* env,
                            zp_error** err) {
  return Guard(err, [&]() -> absl::Status {
    if (out == nullptr) return BadArgument("out is NULL");
    *out = nullptr;
    if (path == nullptr) return BadArgument("path is NULL");
    absl::StatusOr<zp_env> host = zeropoint::capi::ReadEnv(env);
    if (!host.ok()) return host.status();
    absl::StatusOr<int> threads = zeropoint::capi::ReadThreads(host->threads);
    if (!threads.ok()) return threads.status();
    zeropoint::SavedModelOptions saved_model;
    if (options != nullptr) saved_model = options->saved_model;
    return StoreConverter(Converter::FromPath(path, saved_model), *host, out);
  });
}

zp_status zp_converter_open_bytes(zp_converter** out, const void* data, size_t size, const zp_env* env,
                                  zp_error** err) {
  return Guard(err, [&]() -> absl::Status {
    if (out == nullptr) return BadArgument("out is NULL");
    *out = nullptr;
    if (data == nullptr) return BadArgument("data is NULL");
    absl::StatusOr<zp_env> host = zeropoint::capi::ReadEnv(env);
    if (!host.ok()) return host.status();
    absl::StatusOr<int> threads = zeropoint::capi::ReadThreads(host->threads);
    if (!threads.ok()) return threads.status();
    absl::string_view bytes(static_cast<const char*>(data), size);
    return StoreConverter(Converter::FromTfliteBytes(bytes), *host, out);
  });
}

void zp_converter_free(zp_converter* converter) { delete converter; }

size_t zp_converter_signature_count(const zp_converter* converter) {
  return converter == nullptr ? 0 : converter->signatures.size();
}

const char* zp_converter_signature_key(const zp_converter* converter, size_t signature) {
  const SignatureInputs* inputs = SignatureAt(converter, signature);
  return inputs == nullptr ? nullptr : inputs->key.c_str();
}

size_t zp_converter_input_count(const zp_converter* converter, size_t signature) {
  const SignatureInputs* inputs = SignatureAt(converter, signature);
  return inputs == nullptr ? 0 : inputs->inputs.size();
}

const char* zp_converter_input_name(const zp_converter* converter, size_t signature, size_t input) {
  const InputInfo* info = InputAt(converter, signature, input);
  return info == nullptr ? nullptr : info->name.c_str();
}

zp_type zp_converter_input_type(const zp_converter* converter, size_t signature, size_t input) {
  const InputInfo* info = InputAt(converter, signature, input);
  return info == nullptr ? -1 : static_cast<zp_type>(info->type);
}

size_t zp_converter_input_rank(const zp_converter* converter, size_t signature, size_t input) {
  const InputInfo* info = InputAt(converter, signature, input);
  return info == nullptr ? 0 : info->shape.size();
}

const int64_t* zp_converter_input_dims(const zp_converter* converter, size_t signature, size_t input) {
  const InputInfo* info = InputAt(converter, signature, input);
  return info == nullptr ? nullptr : info->shape.data();
}

size_t zp_converter_output_count(const zp_converter* converter, size_t signature) {
  const SignatureInputs* inputs = SignatureAt(converter, signature);
  return inputs == nullptr ? 0 : inputs->outputs.size();
}

const char* zp_converter_output_name(const zp_converter* converter, size_t signature, size_t output) {
  const SignatureInputs* inputs = SignatureAt(converter, signature);
  return inputs == nullptr || output >= inputs->outputs.size() ? nullptr : inputs->outputs[output].c_str();
}

zp_status zp_converter_set_optimizations(zp_converter* converter, uint32_t flags, zp_error** err) {
  return Guard(err, [&]() -> absl::Status {
    if (converter == nullptr) return BadArgument("converter is NULL");
    if ((flags & ~static_cast<uint32_t>(ZP_OPTIMIZE_DEFAULT)) != 0) return BadArgument("unknown optimization flags");
    converter->converter.optimizations.clear();
    if (flags != 0) converter->converter.optimizations.push_back(zeropoint::Optimize::kDefault);
    return absl::OkStatus();
  });
}

zp_status zp_converter_set_supported_ops(zp_converter* converter, uint32_t op_sets, zp_error** err) {
  return Guard(err, [&]() -> absl::Status {
    using zeropoint::OpsSet;
    constexpr std::pair<uint32_t, OpsSet> kSets[] = {{ZP_OPS_TFLITE_BUILTINS, OpsSet::kTfliteBuiltins},
                                                     {ZP_OPS_TFLITE_BUILTINS_INT8, OpsSet::kTfliteBuiltinsInt8},
                                                     {ZP_OPS_INT16X8, OpsSet::kInt16x8}};
    if (converter == nullptr) return BadArgument("converter is NULL");
    std::vector<OpsSet> sets;
    for (auto [flag, set] : kSets) {
      if ((op_sets & flag) != 0) sets.push_back(set);
      op_sets &= ~flag;
    }
    if (op_sets != 0) return BadArgument("unknown op set flags");
    if (sets.empty()) return BadArgument("op_sets is 0; ZP_OPS_TFLITE_BUILTINS is the default");
    converter->converter.target_spec.supported_ops = std::move(sets);
    return absl::OkStatus();
  });
}

zp_status zp_converter_set_supported_types(zp_converter* converter, const zp_type* types, size_t count,
                                           zp_error** err) {
  return Guard(err, [&]() -> absl::Status {
    if (converter == nullptr) return BadArgument("converter is NULL");
    if (count > 0 && types == nullptr) return BadArgument("types is NULL");
    std::vector<Type> list;
    for (size_t i = 0; i < count; ++i) {
      absl::StatusOr<Type> type = zeropoint::capi::ReadType(types[i], "a supported type");
      if (!type.ok()) return type.status();
      list.push_back(*type);
    }
    converter->converter.target_spec.supported_types = std::move(list);
    return absl::OkStatus();
  });
}

zp_status zp_converter_set_io_types(zp_converter* converter, zp_type input, zp_type output, zp_error** err) {
  return Guard(err, [&]() -> absl::Status {
    if (converter == nullptr) return BadArgument("converter is NULL");
    absl::StatusOr<Type> input_type = zeropoint::capi::ReadType(input, "input");
    if (!input_type.ok()) return input_type.status();
    absl::StatusOr<Type> output_type = zeropoint::capi::ReadType(output, "output");
    if (!output_type.ok()) return output_type.status();
    converter->converter.inference_input_type = *input_type;
    converter->converter.inference_output_type = *output_type;
    return absl::OkStatus();
  });
}

zp_status zp_converter_set_per_channel(zp_converter* converter, int per_channel, int dense, zp_error** err) {
  return Guard(err, [&]() -> absl::Status {
    if (converter == nullptr) return BadArgument("converter is NULL");
    converter->converter.per_channel = per_channel != 0;
    converter->converter.per_channel_dense = dense != 0;
    return absl::OkStatus();
  });
}

zp_status zp_converter_set_prove_run(zp_converter* converter, int prove, zp_error** err) {
  return Guard(err, [&]() -> absl::Status {
    if (converter == nullptr) return BadArgument("converter is NULL");
    converter->converter.prove_run = prove != 0;
    return absl::OkStatus();
  });
}

zp_status zp_converter_set_instrument(zp_converter* converter, int instrument, zp_error** err) {
  return Guard(err, [&]() -> absl::Status {
    if (converter == nullptr) return BadArgument("converter is NULL");
    converter->converter.instrument = instrument != 0;
    return absl::OkStatus();
  });
}

zp_status zp_converter_set_target(zp_converter* converter, const char* target, zp_error** err) {
  return Guard(err, [&]() -> absl::Status {
    if (converter == nullptr) return BadArgument("converter is NULL");
    converter->converter.target = target == nullptr ? "" : target;
    return absl::OkStatus();
  });
}

zp_status zp_converter_set_target_litert(zp_converter* converter, const char* release, zp_error** err) {
  return Guard(err, [&]() -> absl::Status {
    if (converter == nullptr) return BadArgument("converter is NULL");
    converter->converter.target_litert = release == nullptr ? "" : release;
    return absl::OkStatus();
  });
}

zp_status zp_converter_set_integer_only_rewrite(zp_converter* converter, int rewrite, zp_error** err) {
  return Guard(err, [&]() -> absl::Status {
    if (converter == nullptr) return BadArgument("converter is NULL");
    converter->converter.integer_only_rewrite = rewrite != 0;
    return absl::OkStatus();
  });
}

zp_status zp_converter_set_variable_quantization(zp_converter* converter, int quantize, zp_error** err) {
  return Guard(err, [&]() -> absl::Status {
    if (converter == nullptr) return BadArgument("converter is NULL");
    converter->converter.variable_quantization = quantize != 0;
    return absl::OkStatus();
  });
}

zp_status zp_converter_set_fuse_lstm(zp_converter* converter, int fuse, zp_error** err) {
  return Guard(err, [&]() -> absl::Status {
    if (converter == nullptr) return BadArgument("converter is NULL");
    converter->converter.fuse_lstm = fuse != 0;
    return absl::OkStatus();
  });
}

zp_status zp_converter_set_allow_custom_ops(zp_converter* converter, int allow, zp_error** err) {
  return Guard(err, [&]() -> absl::Status {
    if (converter == nullptr) return BadArgument("converter is NULL");
    converter->converter.allow_custom_ops = allow != 0;
    return absl::OkStatus();
  });
}

zp_status zp_converter_set_calibration(zp_converter* converter, int32_t calibration, zp_error** err) {
  return Guard(err, [&]() -> absl::Status {
    if (converter == nullptr) return BadArgument("converter is NULL");
    if (calibration != ZP_CALIBRATION_TENSORFLOW && calibration != ZP_CALIBRATION_EXACT) {
      return BadArgument("unknown calibration");
    }
    converter->converter.calibration = static_cast<zeropoint::Calibration>(calibration);
    return absl::OkStatus();
  });
}

zp_status zp_converter_set_sample_state(zp_converter* converter, int32_t state, zp_error** err) {
  return Guard(err, [&]() -> absl::Status {
    if (converter == nullptr) return BadArgument("converter is NULL");
    if (state != ZP_STATE_CARRY && state != ZP_STATE_RESET) return BadArgument("unknown sample state");
    converter->converter.sample_state = static_cast<zeropoint::SampleState>(state);
    return absl::OkStatus();
  });
}

zp_status zp_converter_set_recipe_json(zp_converter* converter, const char* recipe, zp_error** err) {
  return Guard(err, [&]() -> absl::Status {
    if (converter == nullptr) return BadArgument("converter is NULL");
    converter->converter.recipe = recipe != nullptr ? recipe : "";
    return absl::OkStatus();
  });
}

zp_status zp_converter_set_threads(zp_converter* converter, uint32_t threads, zp_error** err) {
  return Guard(err, [&]() -> absl::Status {
    if (converter == nullptr) return BadArgument("converter is NULL");
    absl::StatusOr<int> count = zeropoint::capi::ReadThreads(threads);
    if (!count.ok()) return count.status();
    converter->converter.threads = *count;
    return absl::OkStatus();
  });
}

zp_status zp_converter_set_max_memory(zp_converter* converter, uint64_t bytes, zp_error** err) {
  return Guard(err, [&]() -> absl::Status {
    if (converter == nullptr) return BadArgument("converter is NULL");
    converter->converter.max_memory = bytes;
    return absl::OkStatus();
  });
}

zp_status zp_converter_set_dataset(zp_converter* converter, zp_next_sample_fn next, zp_reset_dataset_fn reset,
                                   void* user, zp_error** err) {
  return Guard(err, [&]() -> absl::Status {
    NextStep step;
    if (next != nullptr) {
      step = [next](const char** signature, const zp_tensor_view** inputs, size_t* count, int*, void* data) {
        return next(signature, inputs, count, data);
      };
    }
    return SetDataset(converter, std::move(step), reset, user);
  });
}

zp_status zp_converter_set_steps(zp_converter* converter, zp_next_step_fn next, zp_reset_dataset_fn reset, void* user,
                                 zp_error** err) {
  return Guard(err, [&] { return SetDataset(converter, next, reset, user); });
}

zp_status zp_converter_set_dataset_handle(zp_converter* converter, const zp_dataset* dataset, zp_error** err) {
  return Guard(err, [&]() -> absl::Status {
    if (converter == nullptr) return BadArgument("converter is NULL");
    if (dataset == nullptr) {
      converter->converter.representative_dataset = RepresentativeDataset();
      return absl::OkStatus();
    }
    converter->converter.representative_dataset = zeropoint::capi::DatasetOf(*dataset);
    return absl::OkStatus();
  });
}

zp_status zp_converter_convert(zp_converter* converter, zp_blob** model, zp_report** report, zp_error** err) {
  if (model != nullptr) *model = nullptr;
  if (report != nullptr) *report = nullptr;
  return GuardConversion(converter, err, [&]() -> absl::Status {
    absl::StatusOr<zeropoint::Conversion> result = converter->converter.Convert();
    if (!result.ok()) return result.status();
    auto holder = std::make_unique<zp_report>(zp_report{std::move(result->report)});
    if (model != nullptr) *model = NewBlob(std::move(result->model));
    if (report != nullptr) *report = holder.release();
    return absl::OkStatus();
  });
}

zp_status zp_converter_convert_to_file(zp_converter* converter, const char* path, zp_report** report, zp_error** err) {
  if (report != nullptr) *report = nullptr;
  return GuardConversion(converter, err, [&]() -> absl::Status {
    if (path == nullptr) return BadArgument("path is NULL");
    auto holder = std::make_unique<zp_report>();  // before the file is written: afterwards nothing may fail
    absl::StatusOr<zeropoint::Report> result = converter->converter.ConvertToFile(path);
    if (!result.ok()) return result.status();
    holder->report = *std::move(result);
    if (report != nullptr) *report = holder.release();
    return absl::OkStatus();
  });
}

void zp_converter_cancel(zp_converter* converter) {
  if (converter != nullptr) converter->converter.Cancel();
}
