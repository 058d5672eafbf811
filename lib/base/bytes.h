// Immutable bytes with shared ownership: a slice of a mapped file, or a buffer of our own.
#ifndef ZEROPOINT_BASE_BYTES_H_
#define ZEROPOINT_BASE_BYTES_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "absl/types/span.h"

namespace zeropoint {

// Cheap to copy; the owner lives as long as any copy. The data has no particular alignment (files place it freely):
// readers of wider elements copy or use memcpy.
class Bytes {
 public:
  Bytes() = default;
  Bytes(std::shared_ptr<const void> owner, const uint8_t* data, size_t size)
      : owner_(std::move(owner)), data_(data), size_(size) {}

  // Takes over a buffer.
  static Bytes Own(std::vector<uint8_t> buffer) {
    auto held = std::make_shared<const std::vector<uint8_t>>(std::move(buffer));
    return Bytes(held, held->data(), held->size());
  }
  // Copies the elements of `values`.
  template <typename T>
  static Bytes Of(absl::Span<const T> values) {
    const auto* first = reinterpret_cast<const uint8_t*>(values.data());
    return Own(std::vector<uint8_t>(first, first + values.size() * sizeof(T)));
  }

  const uint8_t* data() const { return data_; }
  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  absl::Span<const uint8_t> span() const { return {data_, size_}; }

 private:
  std::shared_ptr<const void> owner_;
  const uint8_t* data_ = nullptr;
  size_t size_ = 0;
};

}  // namespace zeropoint

#endif  // ZEROPOINT_BASE_BYTES_H_
