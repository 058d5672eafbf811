#include "formats/saved_model/tensor_slice.h"

#include <cstring>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace zeropoint::formats::saved_model {
namespace {

// The encodings below keep the order of what they encode under comparison of bytes (TF's "ordered code").

// A length byte, then the number without leading zeros, big end first.
void AppendOrderedNumber(uint64_t number, std::string& key) {
  std::string digits;
  for (; number > 0; number >>= 8) digits.insert(digits.begin(), static_cast<char>(number & 0xff));
  key.push_back(static_cast<char>(digits.size()));
  key += digits;
}

// The characters with 0x00 and 0xff escaped, then an end mark.
void AppendOrderedString(absl::string_view text, std::string& key) {
  for (char c : text) {
    key.push_back(c);
    if (c == '\0') key.push_back('\xff');
    if (c == '\xff') key.push_back('\0');
  }
  key.push_back('\0');
  key.push_back('\1');
}

// Two's complement, big end first, in as many bytes as 7 bits in each are enough for. The leading bits tell how many:
// that many times the inverted sign, then once the sign.
void AppendOrderedSigned(int64_t number, std::string& key) {
  constexpr size_t kMaxBytes = 10;
  const uint64_t magnitude = static_cast<uint64_t>(number < 0 ? ~number : number);
  size_t length = 1;
  while (length < kMaxBytes && (magnitude >> (7 * length - 1)) != 0) ++length;
  uint8_t bytes[kMaxBytes];
  for (size_t i = 0; i < length; ++i) {
    size_t shift = 8 * (length - 1 - i);
    // Beyond the 64 bits of the number its sign goes on.
    bytes[i] = shift < 64 ? static_cast<uint8_t>(number >> shift) : (number < 0 ? 0xff : 0x00);
  }
  for (size_t bit = 0; bit < length; ++bit) bytes[bit / 8] ^= static_cast<uint8_t>(0x80 >> (bit % 8));
  key.append(reinterpret_cast<const char*>(bytes), length);
}

int64_t LengthOf(const ir::Shape& whole, const TensorSlice& slice, size_t axis) {
  return slice[axis].length == kFullExtent ? whole[static_cast<int>(axis)] : slice[axis].length;
}

// Calls run(offset in the part, offset in the whole, size), in bytes, for every contiguous run of the innermost axis.
template <typename Run>
void ForEachRun(const ir::Shape& whole, const TensorSlice& slice, size_t element_size, const Run& run) {
  const size_t rank = slice.size();
  if (rank == 0) return run(size_t{0}, size_t{0}, element_size);
  size_t runs = 1;
  for (size_t axis = 0; axis + 1 < rank; ++axis) runs *= static_cast<size_t>(LengthOf(whole, slice, axis));
  const size_t run_size = static_cast<size_t>(LengthOf(whole, slice, rank - 1)) * element_size;
  std::vector<int64_t> at(rank, 0);
  for (size_t i = 0; i < runs && run_size > 0; ++i) {
    size_t offset = 0;
    for (size_t axis = 0; axis < rank; ++axis) {
      offset = offset * static_cast<size_t>(whole[static_cast<int>(axis)]) +
               static_cast<size_t>(slice[axis].start + at[axis]);
    }
    run(i * run_size, offset * element_size, run_size);
    for (size_t axis = rank - 1; axis-- > 0;) {
      if (++at[axis] < LengthOf(whole, slice, axis)) break;
      at[axis] = 0;
    }
  }
}

}  // namespace

std::string SliceKey(absl::string_view name, const TensorSlice& slice) {
  std::string key;
  AppendOrderedNumber(0, key);
  AppendOrderedString(name, key);
  AppendOrderedNumber(slice.size(), key);
  for (const Extent& extent : slice) {
    AppendOrderedSigned(extent.start, key);
    AppendOrderedSigned(extent.length, key);
  }
  return key;
}

absl::StatusOr<ShapeAndSlice> ParseShapeAndSlice(absl::string_view text) {
  const absl::Status broken = absl::InvalidArgumentError(absl::StrCat("'", text, "' does not name a part of a tensor"));
  ShapeAndSlice parsed;
  std::vector<absl::string_view> words = absl::StrSplit(text, ' ');
  for (size_t i = 0; i + 1 < words.size(); ++i) {
    int64_t size = 0;
    if (!absl::SimpleAtoi(words[i], &size) || size < 0) return broken;
    parsed.shape.Append(size);
  }
  for (absl::string_view part : absl::StrSplit(words.back(), ':', absl::SkipEmpty())) {
    Extent extent;
    if (part != "-") {
      std::vector<absl::string_view> numbers = absl::StrSplit(part, ',');
      if (numbers.size() != 2 || !absl::SimpleAtoi(numbers[0], &extent.start) ||
          !absl::SimpleAtoi(numbers[1], &extent.length) || extent.start < 0 || extent.length < 0) {
        return broken;
      }
    }
    parsed.slice.push_back(extent);
  }
  if (parsed.slice.size() != static_cast<size_t>(parsed.shape.rank())) return broken;
  return parsed;
}

absl::StatusOr<ir::Shape> SliceShape(const ir::Shape& whole, const TensorSlice& slice) {
  const absl::Status outside =
      absl::InvalidArgumentError(absl::StrCat("a part does not lie inside a tensor of shape ", whole.ToString()));
  if (slice.size() != static_cast<size_t>(whole.rank())) return outside;
  ir::Shape shape;
  for (size_t axis = 0; axis < slice.size(); ++axis) {
    int64_t size = whole[static_cast<int>(axis)], length = LengthOf(whole, slice, axis);
    if (size < 0 || slice[axis].start < 0 || slice[axis].start > size || length < 0 ||
        length > size - slice[axis].start) {
      return outside;
    }
    shape.Append(length);
  }
  return shape;
}

void InsertSlice(const ir::Shape& whole, const TensorSlice& slice, size_t element_size, absl::Span<const uint8_t> part,
                 absl::Span<uint8_t> into) {
  ForEachRun(whole, slice, element_size,
             [&](size_t at, size_t offset, size_t size) { std::memcpy(into.data() + offset, part.data() + at, size); });
}

void ExtractSlice(const ir::Shape& whole, const TensorSlice& slice, size_t element_size, absl::Span<const uint8_t> from,
                  absl::Span<uint8_t> part) {
  ForEachRun(whole, slice, element_size,
             [&](size_t at, size_t offset, size_t size) { std::memcpy(part.data() + at, from.data() + offset, size); });
}

}  // namespace zeropoint::formats::saved_model
