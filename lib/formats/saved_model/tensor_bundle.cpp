#include "formats/saved_model/tensor_bundle.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "formats/saved_model/crc32c.h"
#include "formats/saved_model/graph_def.h"
#include "formats/saved_model/sstable.h"
#include "formats/saved_model/tensor_slice.h"
#include "formats/saved_model/wire.h"

namespace zeropoint::formats::saved_model {
namespace {

constexpr int kLittleEndian = 0;  // BundleHeaderProto.Endianness
// TF names shards by five digits.
constexpr int kMaxShards = 99999;

struct Header {
  int shards = 0;
  int endianness = kLittleEndian;
};

Header ParseHeader(absl::string_view bytes) {
  Header header;
  protozero::pbf_reader message = Message(bytes);
  while (message.next()) {
    switch (message.tag_and_type()) {
      case Field(1, kVarint):
        header.shards = message.get_int32();
        break;
      case Field(2, kVarint):
        header.endianness = message.get_enum();
        break;
      default:
        message.skip();
    }
  }
  return header;
}

Extent ParseExtent(absl::string_view bytes) {
  Extent extent;
  protozero::pbf_reader message = Message(bytes);
  while (message.next()) {
    switch (message.tag_and_type()) {
      case Field(1, kVarint):
        extent.start = message.get_int64();
        break;
      case Field(2, kVarint):
        extent.length = message.get_int64();
        break;
      default:
        message.skip();
    }
  }
  return extent;
}

TensorSlice ParseSlice(absl::string_view bytes) {
  TensorSlice slice;
  protozero::pbf_reader message = Message(bytes);
  while (message.next()) {
    if (message.tag_and_type() == Field(1, kLength)) {
      slice.push_back(ParseExtent(View(message)));
    } else {
      message.skip();
    }
  }
  return slice;
}

// A lossy name for messages: the keys of parts are not text.
std::string Printable(absl::string_view key) {
  std::string text(key);
  for (char& c : text) {
    if (c < ' ' || c > '~') c = '?';
  }
  return text;
}

absl::Status Altered(absl::string_view file) {
  return Annotate(absl::DataLossError("the stored elements do not match their checksum"), Place::kFile, file);
}

}  // namespace

TensorBundle::Entry TensorBundle::ParseEntry(absl::string_view bytes) {
  Entry entry;
  protozero::pbf_reader message = Message(bytes);
  while (message.next()) {
    switch (message.tag_and_type()) {
      case Field(1, kVarint):
        entry.data_type = message.get_enum();
        break;
      case Field(2, kLength):
        entry.shape = ParseShape(View(message));
        break;
      case Field(3, kVarint):
        entry.shard = message.get_int32();
        break;
      case Field(4, kVarint):
        entry.offset = message.get_uint64();
        break;
      case Field(5, kVarint):
        entry.size = message.get_uint64();
        break;
      case Field(6, kFixed32):
        entry.crc = message.get_fixed32();
        break;
      case Field(7, kLength):
        entry.slices.push_back(ParseSlice(View(message)));
        break;
      default:
        message.skip();
    }
  }
  return entry;
}

absl::StatusOr<TensorBundle> TensorBundle::Open(const std::string& prefix) {
  TensorBundle bundle;
  bundle.index_file_ = prefix + ".index";
  absl::Status status = Guarded("the checkpoint's index", [&] { return bundle.ReadIndex(prefix); });
  if (!status.ok()) return Annotate(status, Place::kFile, bundle.index_file_);
  return bundle;
}

absl::Status TensorBundle::ReadIndex(absl::string_view prefix) {
  ZP_ASSIGN_OR_RETURN(Bytes index, MapFile(index_file_));
  ZP_ASSIGN_OR_RETURN(auto table, ReadTable(index.span()));
  // The header has the empty key, which sorts first.
  if (table.empty() || !table[0].first.empty()) return absl::DataLossError("the checkpoint's index has no header");
  Header header = ParseHeader(table[0].second);
  if (header.endianness != kLittleEndian) return absl::UnimplementedError("big endian checkpoints are not read");
  for (size_t i = 1; i < table.size(); ++i) {
    if (!entries_.emplace(table[i].first, ParseEntry(table[i].second)).second) {
      return absl::DataLossError(absl::StrCat("the checkpoint has '", Printable(table[i].first), "' twice"));
    }
  }
  ZP_RETURN_IF_ERROR(MapShards(prefix, header.shards));
  return CheckExtents();
}

absl::Status TensorBundle::MapShards(absl::string_view prefix, int count) {
  if (count < 0 || count > kMaxShards) {
    return absl::DataLossError(absl::StrCat("the checkpoint claims to have ", count, " data files"));
  }
  for (int i = 0; i < count; ++i) {
    Shard shard;
    shard.file =
        absl::StrCat(prefix, ".data-", absl::Dec(i, absl::kZeroPad5), "-of-", absl::Dec(count, absl::kZeroPad5));
    ZP_ASSIGN_OR_RETURN(shard.bytes, MapFile(shard.file));
    shards_.push_back(std::move(shard));
  }
  return absl::OkStatus();
}

absl::Status TensorBundle::CheckExtents() const {
  for (const auto& [key, entry] : entries_) {
    if (!entry.slices.empty()) continue;  // its parts have entries of their own
    if (entry.shard < 0 || static_cast<size_t>(entry.shard) >= shards_.size()) {
      absl::Status status = absl::DataLossError(absl::StrCat("the checkpoint has no data file ", entry.shard));
      return Annotate(status, Place::kTensor, Printable(key));
    }
    const Shard& shard = shards_[static_cast<size_t>(entry.shard)];
    if (entry.offset > shard.bytes.size() || entry.size > shard.bytes.size() - entry.offset) {
      absl::Status status =
          absl::DataLossError(absl::StrCat("the file is cut off: a tensor takes bytes ", entry.offset, " to ",
                                           entry.offset, "+", entry.size, ", the file has ", shard.bytes.size()));
      return Annotate(Annotate(status, Place::kFile, shard.file), Place::kTensor, Printable(key));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<ir::TensorLiteral> TensorBundle::Read(absl::string_view key) const {
  auto at = entries_.find(std::string(key));
  absl::Status status;
  if (at == entries_.end()) {
    status = absl::NotFoundError(absl::StrCat("the checkpoint has no tensor '", Printable(key), "'"));
  } else {
    auto read = at->second.slices.empty() ? ReadWhole(key, at->second) : ReadParts(key, at->second);
    if (read.ok()) return read;
    status = read.status();
  }
  return Annotate(Annotate(status, Place::kTensor, Printable(key)), Place::kFile, index_file_);
}

absl::StatusOr<ir::TensorLiteral> TensorBundle::Read(absl::string_view key, absl::string_view shape_and_slice) const {
  if (shape_and_slice.empty()) return Read(key);
  ZP_ASSIGN_OR_RETURN(ShapeAndSlice wanted, ParseShapeAndSlice(shape_and_slice));
  if (std::string part = SliceKey(key, wanted.slice); Has(part)) return Read(part);
  ZP_ASSIGN_OR_RETURN(ir::TensorLiteral whole, Read(key));
  if (whole.shape != wanted.shape || whole.type == ElementType::kString) {
    return absl::InvalidArgumentError(absl::StrCat("the checkpoint has '", key, "' in the shape ",
                                                   whole.shape.ToString(), "; '", shape_and_slice, "' is asked for"));
  }
  ir::TensorLiteral part{.type = whole.type};
  ZP_ASSIGN_OR_RETURN(part.shape, SliceShape(whole.shape, wanted.slice));
  const size_t element_size = ByteSize(whole.type, 1);
  std::vector<uint8_t> bytes(static_cast<size_t>(part.shape.NumElements()) * element_size);
  ExtractSlice(whole.shape, wanted.slice, element_size, whole.data.span(), absl::MakeSpan(bytes));
  part.data = Bytes::Own(std::move(bytes));
  return part;
}

absl::StatusOr<ir::TensorLiteral> TensorBundle::ReadWhole(absl::string_view key, const Entry& entry) const {
  std::optional<ElementType> type = ToElementType(entry.data_type);
  const Shard& shard = shards_[static_cast<size_t>(entry.shard)];
  ZP_ASSIGN_OR_RETURN(size_t count, CountElements(entry.shape));
  if (type == ElementType::kString) {
    ir::TensorLiteral strings{.type = *type, .shape = entry.shape};
    ZP_RETURN_IF_ERROR(Guarded("a string tensor", [&] { return ReadStrings(entry, count, strings.strings); }));
    return strings;
  }
  if (!type.has_value() || Traits(*type).bits == 0 || Traits(*type).bits % 8 != 0) {
    return absl::UnimplementedError(absl::StrCat("variables of type ", DataTypeName(entry.data_type), " are not read"));
  }
  if (entry.size != ByteSize(*type, count)) {
    return absl::DataLossError(absl::StrCat("a tensor ", Name(*type), entry.shape.ToString(), " has ", entry.size,
                                            " bytes for '", Printable(key), "'"));
  }
  ir::TensorLiteral tensor{.type = *type, .shape = entry.shape};
  ZP_ASSIGN_OR_RETURN(tensor.data, Slice(shard.bytes, entry.offset, entry.size));
  if (MaskCrc(Crc32c(tensor.data.span())) != entry.crc) return Altered(shard.file);
  return tensor;
}

absl::StatusOr<ir::TensorLiteral> TensorBundle::ReadParts(absl::string_view key, const Entry& entry) const {
  std::optional<ElementType> type = ToElementType(entry.data_type);
  if (!type.has_value() || Traits(*type).bits == 0 || Traits(*type).bits % 8 != 0) {
    return absl::UnimplementedError(
        absl::StrCat("variables of type ", DataTypeName(entry.data_type), " in parts are not read"));
  }
  ZP_ASSIGN_OR_RETURN(size_t count, CountElements(entry.shape));
  const size_t element_size = ByteSize(*type, 1);
  size_t covered = 0, stored = 0;
  for (const TensorSlice& slice : entry.slices) {
    auto at = entries_.find(SliceKey(key, slice));
    if (at != entries_.end()) stored += at->second.size;
  }
  // Checked before the buffer is made, so that its size is vouched for by bytes that are there.
  if (stored != count * element_size) return absl::DataLossError("the parts of a tensor do not cover it");
  std::vector<uint8_t> bytes(stored);
  for (const TensorSlice& slice : entry.slices) {
    auto at = entries_.find(SliceKey(key, slice));
    if (at == entries_.end() || !at->second.slices.empty()) {
      return absl::DataLossError("a part of a tensor is missing");
    }
    ZP_ASSIGN_OR_RETURN(ir::TensorLiteral part, ReadWhole(key, at->second));
    ZP_ASSIGN_OR_RETURN(ir::Shape shape, SliceShape(entry.shape, slice));
    if (part.type != *type || part.shape != shape) return absl::DataLossError("a part of a tensor has another shape");
    InsertSlice(entry.shape, slice, element_size, part.data.span(), absl::MakeSpan(bytes));
    covered += part.data.size();
  }
  if (covered != bytes.size()) return absl::DataLossError("the parts of a tensor do not cover it");
  return ir::TensorLiteral{.type = *type, .shape = entry.shape, .data = Bytes::Own(std::move(bytes))};
}

// The layout: a varint length for each element, a checksum of the lengths, the characters. The checksums run over the
// lengths as fixed numbers, not as they are stored.
absl::Status TensorBundle::ReadStrings(const Entry& entry, size_t count, std::vector<std::string>& strings) const {
  constexpr size_t kCrcSize = sizeof(uint32_t);
  const Shard& shard = shards_[static_cast<size_t>(entry.shard)];
  ZP_ASSIGN_OR_RETURN(Bytes region, Slice(shard.bytes, entry.offset, entry.size));
  // Each length takes a byte at least.
  if (count > region.size()) return Altered(shard.file);
  const char* at = reinterpret_cast<const char*>(region.data());
  const char* end = at + region.size();
  std::vector<uint64_t> lengths;
  uint32_t crc = 0;
  for (size_t i = 0; i < count; ++i) {
    uint64_t length = protozero::decode_varint(&at, end);
    const bool wide = length > UINT32_MAX;
    uint8_t fixed[sizeof(uint64_t)];
    for (size_t byte = 0; byte < sizeof(fixed); ++byte) fixed[byte] = static_cast<uint8_t>(length >> (8 * byte));
    crc = ExtendCrc32c(crc, absl::MakeConstSpan(fixed, wide ? sizeof(uint64_t) : sizeof(uint32_t)));
    lengths.push_back(length);
  }
  auto left = absl::MakeConstSpan(reinterpret_cast<const uint8_t*>(at), static_cast<size_t>(end - at));
  if (left.size() < kCrcSize) return Altered(shard.file);
  crc = ExtendCrc32c(crc, left.first(kCrcSize));
  left.remove_prefix(kCrcSize);
  if (MaskCrc(ExtendCrc32c(crc, left)) != entry.crc) return Altered(shard.file);
  for (uint64_t length : lengths) {
    if (length > left.size()) return Altered(shard.file);
    strings.emplace_back(reinterpret_cast<const char*>(left.data()), length);
    left.remove_prefix(length);
  }
  return absl::OkStatus();
}

}  // namespace zeropoint::formats::saved_model
