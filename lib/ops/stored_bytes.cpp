#include "ops/stored_bytes.h"

#include <cstring>

#include "absl/strings/str_cat.h"

namespace zeropoint::ops {
namespace {

// Entry `i` of the packed form's head; it may lie anywhere in memory.
int64_t HeadEntry(const void* packed, int64_t i) {
  int32_t entry;
  std::memcpy(&entry, static_cast<const char*>(packed) + static_cast<size_t>(i) * sizeof(entry), sizeof(entry));
  return entry;
}

size_t HeadBytes(size_t count) { return (count + 2) * sizeof(int32_t); }

}  // namespace

size_t StoredBytes(const TensorView& tensor) {
  if (HasFixedSize(tensor.type)) return StoredBytes(tensor.type, static_cast<size_t>(tensor.elements()));
  if (tensor.type != ElementType::kString || tensor.data == nullptr) return 0;
  return static_cast<size_t>(HeadEntry(tensor.data, HeadEntry(tensor.data, 0) + 1));
}

absl::Status CheckPackedStrings(absl::string_view bytes, int64_t count) {
  const absl::Status broken = absl::InvalidArgumentError("a string tensor's data is broken");
  if (count < 0 || static_cast<uint64_t>(count) > bytes.size() / sizeof(int32_t)) return broken;
  if (bytes.size() < HeadBytes(static_cast<size_t>(count)) || HeadEntry(bytes.data(), 0) != count) return broken;
  int64_t last = static_cast<int64_t>(HeadBytes(static_cast<size_t>(count)));
  for (int64_t i = 0; i <= count; ++i) {
    const int64_t offset = HeadEntry(bytes.data(), i + 1);
    if (offset < last || offset > static_cast<int64_t>(bytes.size())) return broken;
    last = offset;
  }
  return absl::OkStatus();
}

std::string PackStrings(const std::vector<absl::string_view>& strings) {
  std::vector<int32_t> head = {static_cast<int32_t>(strings.size())};
  size_t offset = HeadBytes(strings.size());
  for (absl::string_view string : strings) {
    head.push_back(static_cast<int32_t>(offset));
    offset += string.size();
  }
  head.push_back(static_cast<int32_t>(offset));
  std::string packed(reinterpret_cast<const char*>(head.data()), head.size() * sizeof(int32_t));
  for (absl::string_view string : strings) absl::StrAppend(&packed, string);
  return packed;
}

std::vector<absl::string_view> UnpackStrings(const TensorView& tensor) {
  std::vector<absl::string_view> strings;
  const auto* packed = static_cast<const char*>(tensor.data);
  const int64_t count = tensor.data == nullptr ? 0 : HeadEntry(packed, 0);
  for (int64_t i = 0; i < count; ++i) {
    const int64_t begin = HeadEntry(packed, i + 1), end = HeadEntry(packed, i + 2);
    strings.emplace_back(packed + begin, static_cast<size_t>(end - begin));
  }
  return strings;
}

}  // namespace zeropoint::ops
