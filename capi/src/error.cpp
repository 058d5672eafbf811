// Error objects.
#include "zeropoint/error.h"

#include <string>

#include "guard.h"
#include "zeropoint/converter.h"

struct zp_error {
  zp_status code = ZP_OK;
  int user_value = 0;
  std::string message, description;
  zeropoint::ErrorPlace place;
};

namespace zeropoint::capi {
namespace {

constexpr char kNoMemory[] = "out of memory";

// Stands in for an error object when there is no memory for one; only its address is used.
constexpr char kNoMemoryMark = 0;
zp_error* NoMemoryError() { return reinterpret_cast<zp_error*>(const_cast<char*>(&kNoMemoryMark)); }

zp_status CodeOf(const absl::Status& status, int user_value) {
  if (user_value != 0) return ZP_ERR_USER;
  switch (KindOf(status)) {
    case ErrorKind::kNone:
      return ZP_OK;
    case ErrorKind::kOptions:
      return ZP_ERR_ARGUMENT;
    case ErrorKind::kData:
      return ZP_ERR_DATA;
    case ErrorKind::kIo:
      return ZP_ERR_IO;
    case ErrorKind::kModel:
      return ZP_ERR_FORMAT;
    case ErrorKind::kUnsupported:
      return ZP_ERR_UNSUPPORTED;
    case ErrorKind::kQuantization:
      return ZP_ERR_QUANTIZATION;
    case ErrorKind::kMemory:
      return ZP_ERR_MEMORY;
    case ErrorKind::kCancelled:
      return ZP_CANCELLED;
    case ErrorKind::kInternal:
      return ZP_ERR_INTERNAL;
  }
  return ZP_ERR_INTERNAL;
}

// The text of one member, for an error that may be absent or the mark.
template <typename Member>
const char* Text(const zp_error* error, Member member) {
  return error == nullptr || error == NoMemoryError() ? "" : member(*error).c_str();
}

}  // namespace

zp_status Fail(const absl::Status& status, int user_value, zp_error** err) noexcept {
  try {
    zp_status code = CodeOf(status, user_value);
    if (err == nullptr) return code;
    auto error = std::make_unique<zp_error>();
    error->code = code;
    error->user_value = user_value;
    error->message = code == ZP_ERR_MEMORY && status.message().empty() ? kNoMemory : std::string(status.message());
    error->description = status.message().empty() ? error->message : DescribeError(status);
    error->place = PlaceOf(status);
    *err = error.release();
    return code;
  } catch (...) {
    if (err != nullptr) *err = NoMemoryError();
    return ZP_ERR_MEMORY;
  }
}

absl::Status BadArgument(const char* message) { return absl::InvalidArgumentError(message); }

}  // namespace zeropoint::capi

using zeropoint::capi::kNoMemory;
using zeropoint::capi::NoMemoryError;
using zeropoint::capi::Text;

zp_status zp_error_code(const zp_error* error) {
  if (error == nullptr) return ZP_OK;
  return error == NoMemoryError() ? ZP_ERR_MEMORY : error->code;
}

const char* zp_error_message(const zp_error* error) {
  if (error == NoMemoryError()) return kNoMemory;
  return Text(error, [](const zp_error& e) -> const std::string& { return e.message; });
}

const char* zp_error_describe(const zp_error* error) {
  if (error == NoMemoryError()) return kNoMemory;
  return Text(error, [](const zp_error& e) -> const std::string& { return e.description; });
}

const char* zp_error_stage(const zp_error* error) {
  return Text(error, [](const zp_error& e) -> const std::string& { return e.place.stage; });
}

const char* zp_error_file(const zp_error* error) {
  return Text(error, [](const zp_error& e) -> const std::string& { return e.place.file; });
}

const char* zp_error_signature(const zp_error* error) {
  return Text(error, [](const zp_error& e) -> const std::string& { return e.place.signature; });
}

const char* zp_error_node(const zp_error* error) {
  return Text(error, [](const zp_error& e) -> const std::string& { return e.place.node; });
}

const char* zp_error_op(const zp_error* error) {
  return Text(error, [](const zp_error& e) -> const std::string& { return e.place.op; });
}

const char* zp_error_tensor(const zp_error* error) {
  return Text(error, [](const zp_error& e) -> const std::string& { return e.place.tensor; });
}

int64_t zp_error_sample(const zp_error* error) {
  return error == nullptr || error == NoMemoryError() ? -1 : error->place.sample;
}

int zp_error_user_value(const zp_error* error) {
  return error == nullptr || error == NoMemoryError() ? 0 : error->user_value;
}

void zp_error_free(zp_error* error) {
  if (error != NoMemoryError()) delete error;
}
