// Bytes of tensors of any type: strings, packed as in the file, and handles of resources too.
#ifndef ZEROPOINT_OPS_STORED_BYTES_H_
#define ZEROPOINT_OPS_STORED_BYTES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "base/status.h"
#include "ir/shape.h"
#include "ops/tensor_view.h"

namespace zeropoint::ops {

// What an element of a resource tensor is while a graph runs: the resource's name, which lives with the executable.
using ResourceHandle = const std::string*;

// False for strings and variants.
inline bool HasFixedSize(ElementType type) { return type == ElementType::kResource || Traits(type).bits != 0; }
// Of `count` elements of a type with a fixed size.
inline size_t StoredBytes(ElementType type, size_t count) {
  return type == ElementType::kResource ? count * sizeof(ResourceHandle) : ByteSize(type, count);
}
// The bytes that the tensor's elements take. Strings must have passed CheckPackedStrings.
size_t StoredBytes(const TensorView& tensor);

// LiteRT's packed strings: int32 count, count + 1 offsets from the beginning of the whole, then the characters.
// kInvalidArgument unless `bytes` are that, with `count` strings.
absl::Status CheckPackedStrings(absl::string_view bytes, int64_t count);
std::string PackStrings(const std::vector<absl::string_view>& strings);
// Of a tensor that has passed CheckPackedStrings.
std::vector<absl::string_view> UnpackStrings(const TensorView& tensor);

// A Runtime may be this too: with it, results may be strings, of which only the op knows how many bytes they take.
class StringAllocator {
 public:
  virtual ~StringAllocator() = default;
  // Allocates result i of the node that is running.
  virtual absl::StatusOr<MutableView> ResizeStrings(int i, const ir::Shape& shape, size_t bytes) = 0;
};

}  // namespace zeropoint::ops

#endif  // ZEROPOINT_OPS_STORED_BYTES_H_
