#include "formats/saved_model/sstable.h"

#include "absl/strings/str_cat.h"
#include "formats/saved_model/crc32c.h"
#include "formats/saved_model/snappy.h"

namespace zeropoint::formats::saved_model {
namespace {

using Span = absl::Span<const uint8_t>;
using Entries = std::vector<std::pair<std::string, std::string>>;

constexpr size_t kFooterSize = 48;  // two block handles, padded to 40 bytes, then the magic number
constexpr size_t kTrailerSize = 5;  // compression and checksum, behind each block
constexpr uint64_t kMagic = 0xdb4775248b80fb57;
constexpr uint8_t kUncompressed = 0, kSnappy = 1;
// Blocks are cut at 256 KiB; a block is larger only by one entry, and entries hold a tensor's shape, not its data.
constexpr size_t kMaxBlockSize = size_t{1} << 28;
// Keys repeat their prefixes for free in the file; a crafted one must not unfold without end.
constexpr size_t kMaxKeyBytes = size_t{1} << 30;

absl::Status Broken(absl::string_view what) {
  return absl::DataLossError(absl::StrCat("the table is cut off or altered: ", what));
}

uint64_t ReadLittleEndian(const uint8_t* bytes, size_t size) {
  uint64_t number = 0;
  for (size_t i = 0; i < size; ++i) number |= uint64_t{bytes[i]} << (8 * i);
  return number;
}

bool TakeVarint(Span& bytes, uint64_t& number) {
  number = 0;
  for (unsigned shift = 0; shift < 64 && !bytes.empty(); shift += 7) {
    uint8_t byte = bytes[0];
    bytes.remove_prefix(1);
    number |= uint64_t{byte & 0x7fu} << shift;
    if (byte < 0x80) return true;
  }
  return false;
}

struct BlockHandle {
  uint64_t offset = 0, size = 0;
};

bool TakeHandle(Span& bytes, BlockHandle& handle) {
  return TakeVarint(bytes, handle.offset) && TakeVarint(bytes, handle.size);
}

bool TakeBytes(Span& bytes, uint64_t size, std::string& taken) {
  if (bytes.size() < size) return false;
  taken.append(reinterpret_cast<const char*>(bytes.data()), size);
  bytes.remove_prefix(size);
  return true;
}

absl::StatusOr<std::vector<uint8_t>> ReadBlock(Span file, const BlockHandle& handle) {
  if (file.size() < kTrailerSize || handle.offset > file.size() - kTrailerSize ||
      handle.size > file.size() - kTrailerSize - handle.offset) {
    return Broken("a block lies outside of it");
  }
  const uint8_t* block = file.data() + handle.offset;
  const uint8_t* trailer = block + handle.size;
  uint32_t expected = static_cast<uint32_t>(ReadLittleEndian(trailer + 1, 4));
  if (MaskCrc(Crc32c(Span(block, handle.size + 1))) != expected) return Broken("a block does not match its checksum");
  if (*trailer == kSnappy) return DecompressSnappy(Span(block, handle.size), kMaxBlockSize);
  if (*trailer != kUncompressed) {
    return absl::UnimplementedError(absl::StrCat("blocks with compression ", *trailer, " are not read"));
  }
  return std::vector<uint8_t>(block, trailer);
}

// Keys share a prefix with the key before them. The restart points behind the entries serve searching; only their
// number matters here, to know where the entries end.
absl::Status ReadEntries(Span block, size_t& key_bytes, Entries& entries) {
  constexpr size_t kWord = sizeof(uint32_t);
  if (block.size() < kWord) return Broken("a block without restart points");
  uint64_t restarts = ReadLittleEndian(block.data() + block.size() - kWord, kWord);
  if (restarts > block.size() / kWord - 1) return Broken("more restart points than a block has room for");
  Span left = block.first(block.size() - (restarts + 1) * kWord);
  std::string key;
  while (!left.empty()) {
    uint64_t shared = 0, unshared = 0, size = 0;
    std::string value;
    if (!TakeVarint(left, shared) || !TakeVarint(left, unshared) || !TakeVarint(left, size) || shared > key.size()) {
      return Broken("an entry");
    }
    key.resize(shared);
    if (!TakeBytes(left, unshared, key) || !TakeBytes(left, size, value)) return Broken("an entry");
    key_bytes += key.size();
    if (key_bytes > kMaxKeyBytes) return Broken("its keys never end");
    entries.emplace_back(key, std::move(value));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Entries> ReadTable(Span file) {
  if (file.size() < kFooterSize) return Broken("it has no footer");
  Span footer = file.last(kFooterSize);
  if (ReadLittleEndian(footer.data() + kFooterSize - sizeof(kMagic), sizeof(kMagic)) != kMagic) {
    return Broken("its footer is missing");
  }
  BlockHandle metaindex, index;
  if (!TakeHandle(footer, metaindex) || !TakeHandle(footer, index)) return Broken("its footer");
  ZP_ASSIGN_OR_RETURN(std::vector<uint8_t> index_block, ReadBlock(file, index));
  Entries blocks, entries;
  size_t key_bytes = 0;
  ZP_RETURN_IF_ERROR(ReadEntries(index_block, key_bytes, blocks));
  for (const auto& [last_key, encoded] : blocks) {
    Span bytes(reinterpret_cast<const uint8_t*>(encoded.data()), encoded.size());
    BlockHandle handle;
    if (!TakeHandle(bytes, handle)) return Broken("its index");
    ZP_ASSIGN_OR_RETURN(std::vector<uint8_t> block, ReadBlock(file, handle));
    ZP_RETURN_IF_ERROR(ReadEntries(block, key_bytes, entries));
  }
  return entries;
}

}  // namespace zeropoint::formats::saved_model
