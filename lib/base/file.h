// Files: mapped for reading, replaced as a whole when written.
#ifndef ZEROPOINT_BASE_FILE_H_
#define ZEROPOINT_BASE_FILE_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "base/bytes.h"
#include "base/status.h"

namespace zeropoint {

// Maps the whole file read-only. The mapping lives as long as the returned bytes or a slice of them.
// Errors: kNotFound (no such file), kPermissionDenied, kFailedPrecondition (a folder), annotated with Place::kFile.
absl::StatusOr<Bytes> MapFile(const std::string& path);

// A slice that shares ownership. The range must lie inside `bytes`; kOutOfRange otherwise.
absl::StatusOr<Bytes> Slice(const Bytes& bytes, size_t offset, size_t size);

// The bytes of all parts, one after the other.
std::vector<uint8_t> Joined(absl::Span<const Bytes> parts);

// Writes to a temporary file in the same folder, then renames it over `path`: readers see the old file or the whole
// new one, never a part. On error nothing is left behind.
absl::Status WriteFileAtomically(const std::string& path, absl::Span<const uint8_t> contents);
// Looks at the temporary file before it takes the place of the other; an error leaves that as it is.
using CheckWritten = std::function<absl::Status(const std::string& temporary)>;
// The same of contents in parts, one after the other.
absl::Status WritePartsAtomically(const std::string& path, absl::Span<const Bytes> parts,
                                  const CheckWritten& check = nullptr);

}  // namespace zeropoint

#endif  // ZEROPOINT_BASE_FILE_H_
