// What quantization costs and why: zp_debug.
#include "zeropoint/debug.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "converter_handle.h"
#include "guard.h"
#include "handles.h"

using zeropoint::DebugOptions;
using zeropoint::capi::BadArgument;

namespace {

constexpr size_t kFirstDebugSize = offsetof(zp_debug_options, mended) + sizeof(int32_t);
constexpr size_t kSizeWithLayers = offsetof(zp_debug_options, layers_user) + sizeof(void*);
constexpr size_t kFirstSourceSize = offsetof(zp_model_source, size) + sizeof(size_t);

// 0 leaves the default; less is none.
void SetCount(int32_t asked, int& count) {
  if (asked != 0) count = std::max(asked, 0);
}

absl::Status ReadQuantized(const zp_model_source& source, DebugOptions& result) {
  if (source.struct_size < kFirstSourceSize) return BadArgument("struct_size of zp_model_source");
  if (source.path != nullptr) {
    if (*source.path == '\0') return BadArgument("the path of the quantized model is empty");
    result.quantized_path = source.path;
    return absl::OkStatus();
  }
  if (source.data == nullptr || source.size == 0) return BadArgument("a zp_model_source without path and data");
  result.quantized_bytes.assign(static_cast<const char*>(source.data), source.size);
  return absl::OkStatus();
}

// Shows a layer to the host.
absl::Status CallLayer(zp_converter& handle, zp_layer_fn layers, void* user, const zeropoint::LayerSight& sight) {
  zp_layer layer{};
  layer.struct_size = sizeof(layer);
  layer.sample = sight.sample;
  layer.op = sight.op.c_str();
  layer.tensor = sight.tensor.c_str();
  layer.tensor_index = sight.tensor_index;
  layer.type = static_cast<zp_type>(sight.type);
  layer.scale = sight.scale;
  layer.zero_point = sight.zero_point;
  layer.rank = sight.shape.size();
  layer.dims = sight.shape.data();
  layer.real = sight.real.data();
  layer.quantized = sight.quantized.data();
  layer.count = sight.quantized.size();
  handle.user_value = layers(&layer, user);
  if (handle.user_value == 0) return absl::OkStatus();
  return absl::AbortedError(absl::StrCat("the layer callback returned ", handle.user_value));
}

absl::StatusOr<DebugOptions> ReadOptions(zp_converter& handle, const zp_debug_options* options) {
  DebugOptions result;
  if (options == nullptr) return result;
  if (options->struct_size < kFirstDebugSize) return BadArgument("struct_size of zp_debug_options");
  if (options->max_samples < 0) return BadArgument("max_samples is negative");
  SetCount(options->max_samples, result.max_samples);
  SetCount(options->costed_ops, result.costed_ops);
  SetCount(options->mended, result.mended);
  if (options->evaluation != nullptr) result.evaluation_dataset = zeropoint::capi::DatasetOf(*options->evaluation);
  if (options->struct_size >= kSizeWithLayers && options->layers != nullptr) {
    result.layers = [&handle, layers = options->layers, user = options->layers_user](
                        const zeropoint::LayerSight& sight) { return CallLayer(handle, layers, user, sight); };
  }
  if (options->quantized != nullptr) {
    absl::Status read = ReadQuantized(*options->quantized, result);
    if (!read.ok()) return read;
  }
  return result;
}

}  // namespace

zp_status zp_debug(zp_converter* converter, const zp_debug_options* options, zp_blob** json, zp_error** err) {
  if (json != nullptr) *json = nullptr;
  return zeropoint::capi::GuardConversion(converter, err, [&]() -> absl::Status {
    if (json == nullptr) return BadArgument("json is NULL");
    absl::StatusOr<DebugOptions> asked = ReadOptions(*converter, options);
    if (!asked.ok()) return asked.status();
    absl::StatusOr<zeropoint::DebugReport> report = zeropoint::Debug(converter->converter, *asked);
    if (!report.ok()) return report.status();
    *json = zeropoint::capi::NewBlob(report->ToJson());
    return absl::OkStatus();
  });
}
