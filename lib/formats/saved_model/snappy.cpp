#include "formats/saved_model/snappy.h"

namespace zeropoint::formats::saved_model {
namespace {

// Reads little-endian numbers and never beyond the end.
class Cursor {
 public:
  explicit Cursor(absl::Span<const uint8_t> bytes) : bytes_(bytes) {}
  bool done() const { return bytes_.empty(); }
  bool Number(size_t size, size_t& number) {
    if (bytes_.size() < size) return false;
    number = 0;
    for (size_t i = 0; i < size; ++i) number |= size_t{bytes_[i]} << (8 * i);
    bytes_.remove_prefix(size);
    return true;
  }
  bool Varint(size_t& number) {
    number = 0;
    for (unsigned shift = 0; shift < 35; shift += 7) {
      size_t byte = 0;
      if (!Number(1, byte)) return false;
      number |= (byte & 0x7f) << shift;
      if (byte < 0x80) return true;
    }
    return false;
  }
  bool Take(size_t size, absl::Span<const uint8_t>& taken) {
    if (bytes_.size() < size) return false;
    taken = bytes_.first(size);
    bytes_.remove_prefix(size);
    return true;
  }

 private:
  absl::Span<const uint8_t> bytes_;
};

// The element kinds, in the low two bits of a tag.
constexpr size_t kLiteral = 0, kCopy1 = 1, kCopy2 = 2;
// Literals up to this length have it in the tag; longer ones in the 1 to 4 bytes that follow.
constexpr size_t kLongestInTag = 60;

bool AppendLiteral(size_t tag, Cursor& in, size_t size, std::vector<uint8_t>& out) {
  size_t length = tag >> 2;
  if (length >= kLongestInTag && !in.Number(length - kLongestInTag + 1, length)) return false;
  ++length;
  absl::Span<const uint8_t> bytes;
  if (length > size - out.size() || !in.Take(length, bytes)) return false;
  out.insert(out.end(), bytes.begin(), bytes.end());
  return true;
}

bool AppendCopy(size_t tag, Cursor& in, size_t size, std::vector<uint8_t>& out) {
  size_t length = (tag >> 2) + 1, offset = 0;
  if ((tag & 3) == kCopy1) {
    length = ((tag >> 2) & 7) + 4;
    if (!in.Number(1, offset)) return false;
    offset |= (tag >> 5) << 8;
  } else if (!in.Number((tag & 3) == kCopy2 ? 2 : 4, offset)) {
    return false;
  }
  if (offset == 0 || offset > out.size() || length > size - out.size()) return false;
  // Byte by byte: a copy may run into what it writes, to repeat a pattern.
  for (size_t from = out.size() - offset; length > 0; --length, ++from) out.push_back(out[from]);
  return true;
}

}  // namespace

absl::StatusOr<std::vector<uint8_t>> DecompressSnappy(absl::Span<const uint8_t> block, size_t max_size) {
  const absl::Status broken = absl::DataLossError("a Snappy block is broken");
  Cursor in(block);
  size_t size = 0;
  if (!in.Varint(size) || size > max_size) return broken;
  std::vector<uint8_t> out;
  out.reserve(size);
  while (!in.done()) {
    size_t tag = 0;
    in.Number(1, tag);
    bool ok = (tag & 3) == kLiteral ? AppendLiteral(tag, in, size, out) : AppendCopy(tag, in, size, out);
    if (!ok) return broken;
  }
  if (out.size() != size) return broken;
  return out;
}

}  // namespace zeropoint::formats::saved_model
