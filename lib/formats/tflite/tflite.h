// The .tflite flatbuffer (schema v3) to and from a model. Knows no op: options go through the op records.
#ifndef ZEROPOINT_FORMATS_TFLITE_TFLITE_H_
#define ZEROPOINT_FORMATS_TFLITE_TFLITE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/status.h"
#include "ir/graph.h"

namespace zeropoint::formats::tflite {

// Verifies, then reads; constants are slices of `file`, not copies. `source` names the file in errors.
// kInvalidArgument: not a .tflite, or a broken one, and what is wrong with it. kUnimplemented: a builtin without a
// record (named with its node), sparsity, external buffers. Custom ops and metadata come through untouched.
absl::StatusOr<ir::Model> Read(const Bytes& file, const std::string& source);

// kInvalidArgument with the line that exports a SavedModel when `path` is named as Keras names its own files; Read()
// asks it. Missing files are the caller's to find first.
absl::Status RefuseKerasFile(const std::string& path);

// Offsets of four bytes reach no further.
constexpr uint64_t kLargestFlatbuffer = (uint64_t{1} << 31) - 1;

struct Layout {
  // A file that might become larger than this has its large constants behind the flatbuffer, which then tells their
  // offset and size (Buffer.offset and Buffer.size of the schema). Other than the default: for tests, as such files
  // are large otherwise.
  uint64_t largest_flatbuffer = kLargestFlatbuffer;
};

// The bytes of the file; the same model gives the same bytes. kResourceExhausted when what cannot lie behind the
// flatbuffer (nodes, names, metadata, small constants) is more than that holds.
absl::StatusOr<std::vector<uint8_t>> Write(const ir::Model& model, const Layout& layout = {});

// The same bytes in parts, one after the other: large constants are not copied but shared with the model, which need
// not outlive them.
absl::StatusOr<std::vector<Bytes>> WriteParts(const ir::Model& model, const Layout& layout = {});

// The place of each value of a graph among the tensors that the file lists for it; kNoValue for what is not written.
std::vector<int32_t> TensorIndices(const ir::Model& model, int graph);

}  // namespace zeropoint::formats::tflite

#endif  // ZEROPOINT_FORMATS_TFLITE_TFLITE_H_
