// Files: mapped for reading, replaced as a whole when written.
#ifndef ZEROPOINT_BASE_FILE_H_
#define ZEROPOINT_BASE_FILE_H_

#include <string>

#include "absl/types/span.h"
#include "base/bytes.h"
#include "base/status.h"

namespace zeropoint {

// Maps the whole file read-only. The mapping lives as long as the returned bytes or a slice of them.
// Errors: kNotFound (no such file), kPermissionDenied, kFailedPrecondition (a folder), annotated with Place::kFile.
absl::StatusOr<Bytes> MapFile(const std::string& path);

// A slice that shares ownership. The range must lie inside `bytes`; kOutOfRange otherwise.
absl::StatusOr<Bytes> Slice(const Bytes& bytes, size_t offset, size_t size);

// Writes to a temporary file in the same folder, then renames it over `path`: readers see the old file or the whole
// new one, never a part. On error nothing is left behind.
absl::Status WriteFileAtomically(const std::string& path, absl::Span<const uint8_t> contents);

}  // namespace zeropoint

#endif  // ZEROPOINT_BASE_FILE_H_
