// What stands behind zp_converter, and the wall for what converts.
#ifndef ZEROPOINT_CAPI_CONVERTER_HANDLE_H_
#define ZEROPOINT_CAPI_CONVERTER_HANDLE_H_

#include <utility>
#include <vector>

#include "guard.h"
#include "zeropoint/c/zeropoint.h"
#include "zeropoint/converter.h"

struct zp_converter {
  zeropoint::Converter converter;
  // As the model had them when it was opened; the borrowed names point here.
  std::vector<zeropoint::SignatureInputs> signatures;
  zp_env env{};
  int user_value = 0;  // what the dataset callback returned in the current conversion
};

namespace zeropoint::capi {

// Guard() for a conversion: a failure of the host's callback keeps its value.
template <typename Body>
zp_status GuardConversion(zp_converter* converter, zp_error** err, Body&& body) {
  absl::Status failure;
  zp_status code = Guard(err, [&]() -> absl::Status {
    if (converter == nullptr) return BadArgument("converter is NULL");
    converter->user_value = 0;
    absl::Status status = body();
    if (converter->user_value == 0) return status;
    failure = std::move(status);
    return absl::OkStatus();
  });
  return failure.ok() ? code : Fail(failure, converter->user_value, err);
}

}  // namespace zeropoint::capi

#endif  // ZEROPOINT_CAPI_CONVERTER_HANDLE_H_
