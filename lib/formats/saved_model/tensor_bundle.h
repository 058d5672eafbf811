// A checkpoint of named tensors: PREFIX.index and PREFIX.data-SSSSS-of-NNNNN.
#ifndef ZEROPOINT_FORMATS_SAVED_MODEL_TENSOR_BUNDLE_H_
#define ZEROPOINT_FORMATS_SAVED_MODEL_TENSOR_BUNDLE_H_

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "base/bytes.h"
#include "base/status.h"
#include "ir/attributes.h"

namespace zeropoint::formats::saved_model {

// Part of a tensor along one dimension. Invariant: 0 <= start; length is kFullExtent or >= 0.
struct Extent {
  int64_t start = 0;
  int64_t length = -1;
  friend bool operator==(const Extent& a, const Extent& b) { return a.start == b.start && a.length == b.length; }
};
inline constexpr int64_t kFullExtent = -1;
using TensorSlice = std::vector<Extent>;

// Immutable after Open; may be read from several threads.
class TensorBundle {
 public:
  // Maps all files and checks that every tensor lies inside of them. kNotFound without the files.
  static absl::StatusOr<TensorBundle> Open(const std::string& prefix);

  bool Has(absl::string_view key) const { return entries_.count(std::string(key)) != 0; }

  // A tensor, its checksum verified. Numbers are a slice of the mapped file; a tensor that was saved in parts is put
  // together in a buffer. kNotFound without such a tensor, kDataLoss when the checksum does not match.
  absl::StatusOr<ir::TensorLiteral> Read(absl::string_view key) const;

  // The part of a tensor that RestoreV2 asks for by "8 4 0,4:-": the whole shape, then start,length or "-" for each
  // dimension. An empty text asks for all of it.
  absl::StatusOr<ir::TensorLiteral> Read(absl::string_view key, absl::string_view shape_and_slice) const;

  // Where the tensors' names are, for messages.
  const std::string& index_file() const { return index_file_; }

 private:
  struct Entry {
    int data_type = 0;
    ir::Shape shape;
    int shard = 0;
    uint64_t offset = 0, size = 0;
    uint32_t crc = 0;
    std::vector<TensorSlice> slices;
  };
  struct Shard {
    std::string file;
    Bytes bytes;
  };

  static Entry ParseEntry(absl::string_view bytes);
  absl::Status ReadIndex(absl::string_view prefix);
  absl::Status MapShards(absl::string_view prefix, int count);
  absl::Status CheckExtents() const;
  absl::StatusOr<ir::TensorLiteral> ReadWhole(absl::string_view key, const Entry& entry) const;
  absl::StatusOr<ir::TensorLiteral> ReadParts(absl::string_view key, const Entry& entry) const;
  absl::Status ReadStrings(const Entry& entry, size_t count, std::vector<std::string>& strings) const;

  std::string index_file_;
  std::map<std::string, Entry> entries_;
  std::vector<Shard> shards_;
};

}  // namespace zeropoint::formats::saved_model

#endif  // ZEROPOINT_FORMATS_SAVED_MODEL_TENSOR_BUNDLE_H_
