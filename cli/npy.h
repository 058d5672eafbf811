// Reads NumPy's .npy and .npz files, and writes .npz.
//
// Format of .npy: numpy.lib.format, versions 1 to 3. An .npz is a zip archive of them, stored or deflated, with or
// without zip64 records. Stored arrays are used where the file is mapped; deflated ones are unpacked into memory.
#ifndef ZEROPOINT_CLI_NPY_H_
#define ZEROPOINT_CLI_NPY_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "zeropoint/types.h"

namespace zeropoint::cli {

// Bytes and what keeps them alive.
struct Buffer {
  std::shared_ptr<const void> owner;
  absl::string_view bytes;
};

// A row-major array.
struct Array {
  std::string name;          // in an .npz: the key
  std::string dtype;         // as NumPy names it: "float32"; the descr itself when unknown
  std::optional<Type> type;  // none: a dtype that no model input has
  std::vector<int64_t> shape;
  Buffer data;
};

// Errors: kNotFound, kPermissionDenied, kUnavailable.
absl::StatusOr<Buffer> MapFile(const std::string& path);

bool IsNpy(absl::string_view bytes);
bool IsNpz(absl::string_view bytes);

// kInvalidArgument: not such a file, truncated, a checksum that does not match, a form we do not read.
absl::StatusOr<Array> ReadNpy(const Buffer& file, const std::string& name);
absl::StatusOr<std::vector<Array>> ReadNpz(const Buffer& file);

// An archive of stored arrays, the same bytes for the same arrays. kResourceExhausted beyond 4 GiB.
absl::StatusOr<std::string> WriteNpz(const std::vector<Array>& arrays);

}  // namespace zeropoint::cli

#endif  // ZEROPOINT_CLI_NPY_H_
