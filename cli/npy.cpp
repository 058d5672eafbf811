#include "npy.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <limits>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace zeropoint::cli {
namespace {

constexpr absl::string_view kNpyMagic("\x93NUMPY", 6);

// A little-endian number of `size` bytes; the caller has checked the range.
uint64_t Number(absl::string_view bytes, size_t offset, size_t size) {
  uint64_t value = 0;
  for (size_t i = 0; i < size; ++i) value |= uint64_t{static_cast<uint8_t>(bytes[offset + i])} << (8 * i);
  return value;
}

bool Fits(absl::string_view bytes, uint64_t offset, uint64_t size) {
  return offset <= bytes.size() && size <= bytes.size() - offset;
}

absl::Status Bad(const std::string& name, absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat(name, ": ", what));
}

// ---- .npy ----

struct Dtype {
  const char* descr;  // without the byte order
  const char* name;
  size_t size;
  std::optional<Type> type;
};

constexpr Dtype kDtypes[] = {
    {"f4", "float32", 4, Type::kFloat32}, {"f2", "float16", 2, Type::kFloat16}, {"i4", "int32", 4, Type::kInt32},
    {"u1", "uint8", 1, Type::kUInt8},     {"i8", "int64", 8, Type::kInt64},     {"b1", "bool", 1, Type::kBool},
    {"i2", "int16", 2, Type::kInt16},     {"i1", "int8", 1, Type::kInt8},       {"f8", "float64", 8, std::nullopt},
    {"u2", "uint16", 2, std::nullopt},    {"u4", "uint32", 4, std::nullopt},    {"u8", "uint64", 8, std::nullopt},
};

struct NpyHeader {
  std::string descr;
  bool fortran_order = false;
  std::vector<int64_t> shape;
  size_t data_offset = 0;
};

// The text after 'key': in the header's dictionary, which Python's repr wrote.
absl::StatusOr<absl::string_view> ValueOf(absl::string_view dictionary, const char* key, const std::string& name) {
  std::string quoted = absl::StrCat("'", key, "':");
  size_t at = dictionary.find(quoted);
  if (at == absl::string_view::npos) return Bad(name, absl::StrCat("the .npy header has no '", key, "'"));
  return absl::StripLeadingAsciiWhitespace(dictionary.substr(at + quoted.size()));
}

absl::StatusOr<std::string> ParseDescr(absl::string_view value, const std::string& name) {
  size_t end = value.size() > 1 && value[0] == '\'' ? value.find('\'', 1) : absl::string_view::npos;
  if (end == absl::string_view::npos) return Bad(name, "a structured dtype; samples are plain arrays");
  return std::string(value.substr(1, end - 1));
}

absl::StatusOr<std::vector<int64_t>> ParseShape(absl::string_view value, const std::string& name) {
  size_t end = value.find(')');
  if (value.empty() || value[0] != '(' || end == absl::string_view::npos)
    return Bad(name, "a .npy header without shape");
  std::vector<int64_t> shape;
  for (absl::string_view part : absl::StrSplit(value.substr(1, end - 1), ',', absl::SkipWhitespace())) {
    int64_t dim = 0;
    if (!absl::SimpleAtoi(part, &dim) || dim < 0) return Bad(name, absl::StrCat("a dimension '", part, "'"));
    shape.push_back(dim);
  }
  return shape;
}

absl::StatusOr<NpyHeader> ParseHeader(absl::string_view bytes, const std::string& name) {
  constexpr size_t kPrefix = 8;  // magic and two bytes of version
  if (!IsNpy(bytes) || bytes.size() < kPrefix) return Bad(name, "not a .npy file");
  int version = static_cast<uint8_t>(bytes[6]);
  if (version < 1 || version > 3) return Bad(name, absl::StrCat(".npy version ", version, "; 1 to 3 are known"));
  size_t length_size = version == 1 ? 2 : 4;
  if (!Fits(bytes, kPrefix, length_size)) return Bad(name, "the .npy header is truncated");
  uint64_t length = Number(bytes, kPrefix, length_size);
  size_t begin = kPrefix + length_size;
  if (!Fits(bytes, begin, length)) return Bad(name, "the .npy header is truncated");
  absl::string_view dictionary = bytes.substr(begin, length);

  NpyHeader header;
  header.data_offset = begin + length;
  auto descr = ValueOf(dictionary, "descr", name);
  if (!descr.ok()) return descr.status();
  auto descr_text = ParseDescr(*descr, name);
  if (!descr_text.ok()) return descr_text.status();
  header.descr = *std::move(descr_text);
  auto order = ValueOf(dictionary, "fortran_order", name);
  if (!order.ok()) return order.status();
  header.fortran_order = absl::StartsWith(*order, "True");
  auto shape = ValueOf(dictionary, "shape", name);
  if (!shape.ok()) return shape.status();
  auto dims = ParseShape(*shape, name);
  if (!dims.ok()) return dims.status();
  header.shape = *std::move(dims);
  return header;
}

// The number of elements; none when it, times 8 bytes, does not fit into memory.
std::optional<uint64_t> CountElements(const std::vector<int64_t>& shape) {
  constexpr uint64_t kMax = std::numeric_limits<int64_t>::max() / 8;
  uint64_t count = 1;
  for (int64_t dim : shape) {
    if (dim != 0 && count > kMax / static_cast<uint64_t>(dim)) return std::nullopt;
    count *= static_cast<uint64_t>(dim);
  }
  return count;
}

// Column-major to row-major.
Buffer Transposed(absl::string_view data, const std::vector<int64_t>& shape, size_t element_size) {
  auto storage = std::make_shared<std::string>(data.size(), '\0');
  std::vector<size_t> stride(shape.size());  // in elements of the source
  size_t step = 1;
  for (size_t axis = 0; axis < shape.size(); ++axis) {
    stride[axis] = step;
    step *= static_cast<size_t>(shape[axis]);
  }
  std::vector<int64_t> index(shape.size(), 0);
  size_t source = 0;
  for (size_t target = 0; target < data.size(); target += element_size) {
    std::memcpy(storage->data() + target, data.data() + source * element_size, element_size);
    for (size_t axis = shape.size(); axis-- > 0;) {
      source += stride[axis];
      if (++index[axis] < shape[axis]) break;
      source -= stride[axis] * static_cast<size_t>(shape[axis]);
      index[axis] = 0;
    }
  }
  return {storage, *storage};
}

// ---- .npz: PKWARE's APPNOTE.TXT, sections 4.3 and 4.5.3 ----

constexpr absl::string_view kLocalHeader("PK\x03\x04", 4);
constexpr absl::string_view kCentralHeader("PK\x01\x02", 4);
constexpr absl::string_view kEndRecord("PK\x05\x06", 4);
constexpr absl::string_view kZip64Locator("PK\x06\x07", 4);
constexpr absl::string_view kZip64EndRecord("PK\x06\x06", 4);
constexpr size_t kEndRecordSize = 22;
constexpr size_t kZip64LocatorSize = 20;
constexpr size_t kZip64EndRecordSize = 56;
constexpr size_t kCentralHeaderSize = 46;
constexpr size_t kLocalHeaderSize = 30;
constexpr size_t kMaxComment = 65535;
constexpr uint64_t kSeeZip64 = 0xFFFFFFFF;  // the value is in the zip64 extra field
constexpr uint64_t kZip64ExtraId = 1;
constexpr uint64_t kMethodStored = 0;
constexpr uint64_t kMethodDeflated = 8;
constexpr uint64_t kMaxDeflateRatio = 1032;  // zlib's technical notes: no stream expands more

struct ZipEntry {
  std::string name;
  uint64_t flags = 0, method = 0, crc = 0, packed = 0, unpacked = 0, local_header = 0;
};

struct Directory {
  uint64_t offset = 0, count = 0;
};

absl::StatusOr<Directory> FindDirectory(absl::string_view file) {
  size_t window = std::min(file.size(), kEndRecordSize + kMaxComment);
  size_t at = file.substr(file.size() - window).rfind(kEndRecord);
  if (at == absl::string_view::npos) return absl::InvalidArgumentError("the .npz has no directory: truncated");
  at += file.size() - window;
  if (!Fits(file, at, kEndRecordSize)) return absl::InvalidArgumentError("the .npz is truncated");
  Directory directory{Number(file, at + 16, 4), Number(file, at + 10, 2)};
  bool zip64 = at >= kZip64LocatorSize && absl::StartsWith(file.substr(at - kZip64LocatorSize), kZip64Locator);
  if (!zip64) return directory;
  uint64_t record = Number(file, at - kZip64LocatorSize + 8, 8);
  if (!Fits(file, record, kZip64EndRecordSize) || !absl::StartsWith(file.substr(record), kZip64EndRecord)) {
    return absl::InvalidArgumentError("the .npz has a damaged zip64 directory");
  }
  return Directory{Number(file, record + 48, 8), Number(file, record + 32, 8)};
}

// Sizes and offset that do not fit into 32 bits.
void ReadZip64Extra(absl::string_view extra, ZipEntry& entry) {
  while (extra.size() >= 4) {
    uint64_t id = Number(extra, 0, 2);
    absl::string_view body = extra.substr(4, Number(extra, 2, 2));
    extra.remove_prefix(4 + body.size());
    if (id != kZip64ExtraId) continue;
    for (uint64_t* field : {&entry.unpacked, &entry.packed, &entry.local_header}) {
      if (*field != kSeeZip64 || body.size() < 8) continue;
      *field = Number(body, 0, 8);
      body.remove_prefix(8);
    }
  }
}

absl::StatusOr<std::vector<ZipEntry>> ReadDirectory(absl::string_view file) {
  absl::StatusOr<Directory> directory = FindDirectory(file);
  if (!directory.ok()) return directory.status();
  std::vector<ZipEntry> entries;
  uint64_t at = directory->offset;
  for (uint64_t i = 0; i < directory->count; ++i) {
    if (!Fits(file, at, kCentralHeaderSize) || !absl::StartsWith(file.substr(at), kCentralHeader)) {
      return absl::InvalidArgumentError("the .npz has a damaged directory");
    }
    ZipEntry entry;
    entry.flags = Number(file, at + 8, 2);
    entry.method = Number(file, at + 10, 2);
    entry.crc = Number(file, at + 16, 4);
    entry.packed = Number(file, at + 20, 4);
    entry.unpacked = Number(file, at + 24, 4);
    entry.local_header = Number(file, at + 42, 4);
    uint64_t name_size = Number(file, at + 28, 2);
    uint64_t extra_size = Number(file, at + 30, 2);
    uint64_t comment_size = Number(file, at + 32, 2);
    at += kCentralHeaderSize;
    if (!Fits(file, at, name_size + extra_size + comment_size)) {
      return absl::InvalidArgumentError("the .npz has a damaged directory");
    }
    entry.name = std::string(file.substr(at, name_size));
    ReadZip64Extra(file.substr(at + name_size, extra_size), entry);
    at += name_size + extra_size + comment_size;
    entries.push_back(std::move(entry));
  }
  return entries;
}

absl::StatusOr<Buffer> Inflate(absl::string_view packed, const ZipEntry& entry) {
  if (entry.unpacked / kMaxDeflateRatio > packed.size()) return Bad(entry.name, "a size that the data cannot have");
  auto storage = std::make_shared<std::string>(entry.unpacked, '\0');
  z_stream stream{};
  if (inflateInit2(&stream, -MAX_WBITS) != Z_OK) return absl::ResourceExhaustedError("zlib");
  // zlib counts in unsigned int: both sides are handed over in pieces.
  constexpr size_t kPiece = size_t{1} << 30;
  size_t read = 0, written = 0;
  int code = Z_OK;
  while (code == Z_OK) {
    size_t in = std::min(kPiece, packed.size() - read);
    size_t out = std::min(kPiece, storage->size() - written);
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data() + read));
    stream.avail_in = static_cast<uInt>(in);
    stream.next_out = reinterpret_cast<Bytef*>(storage->data() + written);
    stream.avail_out = static_cast<uInt>(out);
    code = inflate(&stream, Z_NO_FLUSH);
    read += in - stream.avail_in;
    written += out - stream.avail_out;
  }
  inflateEnd(&stream);
  if (code != Z_STREAM_END || written != storage->size()) return Bad(entry.name, "damaged compressed data");
  return Buffer{storage, *storage};
}

absl::StatusOr<Buffer> Unpack(const Buffer& file, const ZipEntry& entry) {
  constexpr uint64_t kEncrypted = 1;
  if ((entry.flags & kEncrypted) != 0) return Bad(entry.name, "encrypted");
  if (!Fits(file.bytes, entry.local_header, kLocalHeaderSize) ||
      !absl::StartsWith(file.bytes.substr(entry.local_header), kLocalHeader)) {
    return Bad(entry.name, "a damaged local header");
  }
  uint64_t begin = entry.local_header + kLocalHeaderSize + Number(file.bytes, entry.local_header + 26, 2) +
                   Number(file.bytes, entry.local_header + 28, 2);
  if (!Fits(file.bytes, begin, entry.packed)) return Bad(entry.name, "truncated");
  absl::string_view packed = file.bytes.substr(begin, entry.packed);
  Buffer result;
  if (entry.method == kMethodStored) {
    result = {file.owner, packed};
  } else if (entry.method == kMethodDeflated) {
    absl::StatusOr<Buffer> inflated = Inflate(packed, entry);
    if (!inflated.ok()) return inflated.status();
    result = *std::move(inflated);
  } else {
    return Bad(entry.name, absl::StrCat("compression method ", entry.method, "; stored and deflated are known"));
  }
  if (crc32_z(0, reinterpret_cast<const Bytef*>(result.bytes.data()), result.bytes.size()) != entry.crc) {
    return Bad(entry.name, "the checksum does not match: the file is damaged");
  }
  return result;
}

absl::Status SystemError(int error, const std::string& path) {
  std::string text = absl::StrCat("opening '", path, "': ", std::strerror(error));
  if (error == ENOENT || error == ENOTDIR) return absl::NotFoundError(text);
  return error == EACCES ? absl::PermissionDeniedError(text) : absl::UnavailableError(text);
}

}  // namespace

absl::StatusOr<Buffer> MapFile(const std::string& path) {
  int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return SystemError(errno, path);
  struct stat info;
  int error = ::fstat(fd, &info) != 0 ? errno : S_ISDIR(info.st_mode) ? EISDIR : 0;
  size_t size = error == 0 ? static_cast<size_t>(info.st_size) : 0;
  void* address = nullptr;
  if (size > 0) {
    address = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (address == MAP_FAILED) error = errno;
  }
  ::close(fd);
  if (error != 0) return SystemError(error, path);
  if (size == 0) return Buffer{};
  std::shared_ptr<const void> owner(address, [size](const void* p) { ::munmap(const_cast<void*>(p), size); });
  return Buffer{owner, absl::string_view(static_cast<const char*>(address), size)};
}

bool IsNpy(absl::string_view bytes) { return absl::StartsWith(bytes, kNpyMagic); }

bool IsNpz(absl::string_view bytes) {
  return absl::StartsWith(bytes, kLocalHeader) || absl::StartsWith(bytes, kEndRecord);
}

absl::StatusOr<Array> ReadNpy(const Buffer& file, const std::string& name) {
  absl::StatusOr<NpyHeader> header = ParseHeader(file.bytes, name);
  if (!header.ok()) return header.status();
  Array array;
  array.name = name;
  array.shape = header->shape;
  char order = header->descr.empty() ? '?' : header->descr[0];
  array.dtype = header->descr;
  const Dtype* dtype = std::find_if(std::begin(kDtypes), std::end(kDtypes), [&](const Dtype& row) {
    return header->descr.substr(std::min<size_t>(1, header->descr.size())) == row.descr;
  });
  if (dtype == std::end(kDtypes)) return array;  // the caller says which dtype it wants
  if (order == '>' && dtype->size > 1) return Bad(name, "big-endian; save it in the machine's byte order");
  array.dtype = dtype->name;
  array.type = dtype->type;

  std::optional<uint64_t> count = CountElements(header->shape);
  if (!count.has_value() || !Fits(file.bytes, header->data_offset, *count * dtype->size)) return Bad(name, "truncated");
  absl::string_view data = file.bytes.substr(header->data_offset, *count * dtype->size);
  array.data = header->fortran_order ? Transposed(data, header->shape, dtype->size) : Buffer{file.owner, data};
  return array;
}

absl::StatusOr<std::vector<Array>> ReadNpz(const Buffer& file) {
  absl::StatusOr<std::vector<ZipEntry>> entries = ReadDirectory(file.bytes);
  if (!entries.ok()) return entries.status();
  std::vector<Array> arrays;
  for (const ZipEntry& entry : *entries) {
    absl::string_view name = entry.name;
    if (!absl::ConsumeSuffix(&name, ".npy")) continue;
    absl::StatusOr<Buffer> bytes = Unpack(file, entry);
    if (!bytes.ok()) return bytes.status();
    absl::StatusOr<Array> array = ReadNpy(*bytes, std::string(name));
    if (!array.ok()) return array.status();
    arrays.push_back(*std::move(array));
  }
  return arrays;
}

namespace {

// The reverse of Number.
void Append(uint64_t value, size_t size, std::string* to) {
  for (size_t i = 0; i < size; ++i) to->push_back(static_cast<char>(value >> (8 * i) & 0xff));
}

std::string NpyHeaderOf(const Array& array, const Dtype& dtype) {
  constexpr size_t kFixed = 10, kAlignment = 64;  // magic, version, length; the data starts at a multiple
  std::string shape;
  for (int64_t size : array.shape) absl::StrAppend(&shape, size, ",", array.shape.size() > 1 ? " " : "");
  const char* order = dtype.size == 1 ? "|" : "<";
  std::string text =
      absl::StrCat("{'descr': '", order, dtype.descr, "', 'fortran_order': False, 'shape': (", shape, "), }");
  while ((kFixed + text.size() + 1) % kAlignment != 0) text.push_back(' ');
  text.push_back('\n');
  std::string header(kNpyMagic);
  header.append("\x01\x00", 2);
  Append(text.size(), 2, &header);
  return header + text;
}

}  // namespace

absl::StatusOr<std::string> WriteNpz(const std::vector<Array>& arrays) {
  constexpr uint32_t kLocal = 0x04034b50, kCentral = 0x02014b50, kEnd = 0x06054b50;
  constexpr uint64_t kVersion = 20, kDate = 0x21;  // 1 January 1980: files do not tell when they were written
  constexpr uint64_t kMax = std::numeric_limits<uint32_t>::max();
  std::string file, directory;
  for (const Array& array : arrays) {
    const Dtype* dtype = nullptr;
    for (const Dtype& known : kDtypes) {
      if (known.type.has_value() && known.type == array.type) dtype = &known;
    }
    if (dtype == nullptr) return Bad(array.name, "a type that .npy does not have");
    const std::string name = array.name + ".npy";
    const std::string header = NpyHeaderOf(array, *dtype);
    const uint64_t size = header.size() + array.data.bytes.size();
    const uint64_t offset = file.size();
    if (offset + size + directory.size() > kMax) return absl::ResourceExhaustedError("more than 4 GiB in one .npz");
    uLong checksum = crc32_z(0, reinterpret_cast<const Bytef*>(header.data()), header.size());
    checksum = crc32_z(checksum, reinterpret_cast<const Bytef*>(array.data.bytes.data()), array.data.bytes.size());
    std::string common;  // what local and central header share
    Append(kVersion, 2, &common);
    Append(0, 2, &common);  // flags
    Append(0, 2, &common);  // stored
    Append(0, 2, &common);  // time
    Append(kDate, 2, &common);
    Append(checksum, 4, &common);
    Append(size, 4, &common);
    Append(size, 4, &common);
    Append(name.size(), 2, &common);
    Append(0, 2, &common);  // no extra field
    Append(kLocal, 4, &file);
    absl::StrAppend(&file, common, name, header, array.data.bytes);
    Append(kCentral, 4, &directory);
    Append(kVersion, 2, &directory);
    directory += common;
    Append(0, 2, &directory);  // no comment
    Append(0, 2, &directory);  // disk
    Append(0, 2, &directory);  // attributes
    Append(0, 4, &directory);
    Append(offset, 4, &directory);
    directory += name;
  }
  const uint64_t start = file.size();
  file += directory;
  Append(kEnd, 4, &file);
  Append(0, 4, &file);  // disks
  Append(arrays.size(), 2, &file);
  Append(arrays.size(), 2, &file);
  Append(directory.size(), 4, &file);
  Append(start, 4, &file);
  Append(0, 2, &file);  // no comment
  return file;
}

}  // namespace zeropoint::cli
