// What quantization costs and why: zp_debug.
#include "zeropoint/debug.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>

#include "converter_handle.h"
#include "guard.h"
#include "handles.h"

using zeropoint::DebugOptions;
using zeropoint::capi::BadArgument;

namespace {

constexpr size_t kFirstDebugSize = offsetof(zp_debug_options, mended) + sizeof(int32_t);
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

absl::StatusOr<DebugOptions> ReadOptions(const zp_debug_options* options) {
  DebugOptions result;
  if (options == nullptr) return result;
  if (options->struct_size < kFirstDebugSize) return BadArgument("struct_size of zp_debug_options");
  if (options->max_samples < 0) return BadArgument("max_samples is negative");
  SetCount(options->max_samples, result.max_samples);
  SetCount(options->costed_ops, result.costed_ops);
  SetCount(options->mended, result.mended);
  if (options->evaluation != nullptr) result.evaluation_dataset = zeropoint::capi::DatasetOf(*options->evaluation);
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
    absl::StatusOr<DebugOptions> asked = ReadOptions(options);
    if (!asked.ok()) return asked.status();
    absl::StatusOr<zeropoint::DebugReport> report = zeropoint::Debug(converter->converter, *asked);
    if (!report.ok()) return report.status();
    *json = zeropoint::capi::NewBlob(report->ToJson());
    return absl::OkStatus();
  });
}
