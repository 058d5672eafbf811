// What to take from a SavedModel.
#include "open_options.h"

#include "guard.h"

using zeropoint::capi::BadArgument;
using zeropoint::capi::Guard;

zp_status zp_open_options_create(zp_open_options** out, zp_error** err) {
  return Guard(err, [&]() -> absl::Status {
    if (out == nullptr) return BadArgument("out is NULL");
    *out = nullptr;
    *out = new zp_open_options;
    return absl::OkStatus();
  });
}

zp_status zp_open_options_add_signature(zp_open_options* options, const char* key, zp_error** err) {
  return Guard(err, [&]() -> absl::Status {
    if (options == nullptr) return BadArgument("options is NULL");
    if (key == nullptr) return BadArgument("key is NULL");
    options->saved_model.signature_keys.emplace_back(key);
    return absl::OkStatus();
  });
}

zp_status zp_open_options_add_tag(zp_open_options* options, const char* tag, zp_error** err) {
  return Guard(err, [&]() -> absl::Status {
    if (options == nullptr) return BadArgument("options is NULL");
    if (tag == nullptr) return BadArgument("tag is NULL");
    options->saved_model.tags.emplace_back(tag);
    return absl::OkStatus();
  });
}

void zp_open_options_free(zp_open_options* options) { delete options; }
