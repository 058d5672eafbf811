// Version, and the names of the status values.
#include "zeropoint/version.h"

#include "zeropoint/c/zeropoint.h"

#define ZP_TEXT_(x) #x
#define ZP_TEXT(x) ZP_TEXT_(x)

uint32_t zp_version(void) {
  return static_cast<uint32_t>(ZEROPOINT_VERSION_MAJOR) << 16 | static_cast<uint32_t>(ZEROPOINT_VERSION_MINOR) << 8 |
         static_cast<uint32_t>(ZEROPOINT_VERSION_PATCH);
}

const char* zp_version_string(void) {
  return ZP_TEXT(ZEROPOINT_VERSION_MAJOR) "." ZP_TEXT(ZEROPOINT_VERSION_MINOR) "." ZP_TEXT(ZEROPOINT_VERSION_PATCH);
}

const char* zp_status_name(zp_status status) {
  switch (status) {
    case ZP_OK:
      return "ZP_OK";
    case ZP_ERR_ARGUMENT:
      return "ZP_ERR_ARGUMENT";
    case ZP_ERR_DATA:
      return "ZP_ERR_DATA";
    case ZP_ERR_IO:
      return "ZP_ERR_IO";
    case ZP_ERR_FORMAT:
      return "ZP_ERR_FORMAT";
    case ZP_ERR_UNSUPPORTED:
      return "ZP_ERR_UNSUPPORTED";
    case ZP_ERR_QUANTIZATION:
      return "ZP_ERR_QUANTIZATION";
    case ZP_ERR_MEMORY:
      return "ZP_ERR_MEMORY";
    case ZP_CANCELLED:
      return "ZP_CANCELLED";
    case ZP_ERR_USER:
      return "ZP_ERR_USER";
    case ZP_ERR_INTERNAL:
      return "ZP_ERR_INTERNAL";
    default:
      return "unknown";
  }
}
