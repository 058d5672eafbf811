// The wall of the C ABI: statuses and exceptions become codes and error objects.
#ifndef ZEROPOINT_CAPI_GUARD_H_
#define ZEROPOINT_CAPI_GUARD_H_

#include <exception>
#include <new>
#include <utility>

#include "absl/status/status.h"
#include "zeropoint/c/zeropoint.h"

namespace zeropoint::capi {

// Stores an error object for `status` in *err when err is given, and returns its code. user_value is what a callback of
// the host returned, 0 when none failed. Out of memory, *err receives a static object.
zp_status Fail(const absl::Status& status, int user_value, zp_error** err) noexcept;

// For what the C caller did wrong: ZP_ERR_ARGUMENT.
absl::Status BadArgument(const char* message);

// Runs `body`, which returns an absl::Status; no exception leaves. The body of every function that can fail.
template <typename Body>
zp_status Guard(zp_error** err, Body&& body) noexcept {
  if (err != nullptr) *err = nullptr;
  try {
    absl::Status status = std::forward<Body>(body)();
    return status.ok() ? ZP_OK : Fail(status, 0, err);
  } catch (const std::bad_alloc&) {
    return Fail(absl::ResourceExhaustedError(""), 0, err);
  } catch (const std::exception& e) {
    return Fail(absl::InternalError(e.what()), 0, err);
  } catch (...) {
    return Fail(absl::InternalError("an exception of unknown type"), 0, err);
  }
}

}  // namespace zeropoint::capi

#endif  // ZEROPOINT_CAPI_GUARD_H_
