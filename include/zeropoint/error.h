// What kind of error a status is: what a program does about it, where absl's code says only how it was found.
#ifndef ZEROPOINT_ERROR_H_
#define ZEROPOINT_ERROR_H_

#include "absl/status/status.h"

namespace zeropoint {

// The C ABI's codes, Python's exception classes and the command's exit codes follow this list.
enum class ErrorKind {
  kNone,          // the status is OK
  kOptions,       // options that contradict each other or the model
  kData,          // samples that do not fit the model, NaN in them, none at all
  kIo,            // a file or folder is missing, or cannot be read or written
  kModel,         // not a model, truncated, corrupt, without the signature asked for
  kUnsupported,   // a valid model that asks for something Zeropoint does not have
  kQuantization,  // strict mode, and ops that cannot be integer
  kMemory,
  kCancelled,
  kInternal,  // our mistake
};

// For any status that this library's functions return.
ErrorKind KindOf(const absl::Status& status);

}  // namespace zeropoint

#endif  // ZEROPOINT_ERROR_H_
