#include "formats/saved_model/tensor_bundle.h"

#include <catch2/catch.hpp>
#include <limits>

#include "formats/saved_model/tensor_slice.h"
#include "tests/formats/saved_model/writer.h"

using namespace zeropoint;
using namespace zeropoint::formats::saved_model;
using namespace zeropoint::formats::saved_model::testing;

namespace {

std::string Contents(const ir::TensorLiteral& tensor) {
  return std::string(reinterpret_cast<const char*>(tensor.data.data()), tensor.data.size());
}

// Strings as a checkpoint stores them, and the checksum of their own kind.
struct StoredStrings {
  std::string bytes;
  uint32_t crc = 0;
};
StoredStrings PackForCheckpoint(const std::vector<std::string>& strings) {
  StoredStrings stored;
  std::string fixed, text;
  for (const std::string& s : strings) {
    AppendVarint(stored.bytes, s.size());
    AppendWord(fixed, static_cast<uint32_t>(s.size()));
    text += s;
  }
  std::string checksum;
  AppendWord(checksum, MaskCrc(Crc32c(AsBytes(fixed))));
  stored.bytes += checksum + text;
  stored.crc = MaskCrc(Crc32c(AsBytes(fixed + checksum + text)));
  return stored;
}

// A tensor of 8 x 4 in two halves, as TF1's partitioned variables are.
std::map<std::string, StoredTensor> Halves() {
  std::vector<float> first(16), second(16);
  for (int i = 0; i < 16; ++i) {
    first[static_cast<size_t>(i)] = static_cast<float>(i);
    second[static_cast<size_t>(i)] = static_cast<float>(16 + i);
  }
  return {{"w", {kFloat, {8, 4}, "", {{{0, 4}, {0, kFullExtent}}, {{4, 4}, {0, kFullExtent}}}}},
          {SliceKey("w", {{0, 4}, {}}), {kFloat, {4, 4}, Raw(first)}},
          {SliceKey("w", {{4, 4}, {}}), {kFloat, {4, 4}, Raw(second)}}};
}

}  // namespace

TEST_CASE("the key of a part is the one TensorFlow 2.21 wrote") {
  const std::string expected("\x00\x77\x00\x01\x01\x02\x80\x84\x80\x84", 10);
  REQUIRE(SliceKey("w", {{0, 4}, {0, 4}}) == expected);
}

TEST_CASE("numbers in keys take as many bytes as they need, and sort") {
  // Boundaries of one, two and three bytes: 2^6, 2^13, 2^20.
  auto key = [](int64_t start) { return SliceKey("", {{start, kFullExtent}}); };
  const size_t fixed = key(0).size() - 1;
  REQUIRE(key(63).size() == fixed + 1);
  REQUIRE(key(64).size() == fixed + 2);
  REQUIRE(key(8191).size() == fixed + 2);
  REQUIRE(key(8192).size() == fixed + 3);
  REQUIRE(key(std::numeric_limits<int64_t>::max()).size() == fixed + 10);
  const int64_t rising[] = {
      0, 63, 64, 8191, 8192, 1 << 20, int64_t{1} << 34, int64_t{1} << 62, std::numeric_limits<int64_t>::max()};
  for (size_t i = 1; i < std::size(rising); ++i) REQUIRE(key(rising[i - 1]) < key(rising[i]));
}

TEST_CASE("a checkpoint gives back its tensors, from either kind of block") {
  const bool snappy = GENERATE(false, true);
  TemporaryFolder folder;
  std::map<std::string, StoredTensor> tensors;
  for (int i = 0; i < 20; ++i) {
    tensors["layer/" + std::to_string(i)] = {kFloat, {2}, Raw({static_cast<float>(i), 0.5f})};
  }
  WriteBundle(folder.path() + "/v", tensors, snappy);
  auto bundle = TensorBundle::Open(folder.path() + "/v");
  REQUIRE(bundle.ok());
  for (const auto& [key, stored] : tensors) {
    auto tensor = bundle->Read(key);
    REQUIRE(tensor.ok());
    REQUIRE(tensor->type == ElementType::kFloat32);
    REQUIRE(tensor->shape == ir::Shape{2});
    REQUIRE(Contents(*tensor) == stored.bytes);
  }
  auto missing = bundle->Read("layer/20");
  REQUIRE(missing.status().code() == absl::StatusCode::kNotFound);
  REQUIRE(Annotation(missing.status(), Place::kFile) == folder.path() + "/v.index");
}

TEST_CASE("strings in a checkpoint are read and their own checksum is verified") {
  TemporaryFolder folder;
  const StoredStrings stored = PackForCheckpoint({"a", "", std::string(300, 'b')});
  std::string entry;
  protozero::pbf_writer message(entry);
  message.add_enum(1, kString);
  message.add_message(2, ShapeProto({3}));
  message.add_int64(5, static_cast<int64_t>(stored.bytes.size()));
  message.add_fixed32(6, stored.crc);
  WriteFile(folder.path() + "/v.index", EncodeTable({{"", BundleHeader(1)}, {"s", entry}}));
  const std::string data = folder.path() + "/v.data-00000-of-00001";
  WriteFile(data, stored.bytes);
  auto read = TensorBundle::Open(folder.path() + "/v")->Read("s");
  REQUIRE(read.ok());
  REQUIRE(read->strings == std::vector<std::string>{"a", "", std::string(300, 'b')});
  for (size_t at = 0; at < stored.bytes.size(); ++at) {
    std::string flipped = stored.bytes;
    flipped[at] = static_cast<char>(flipped[at] ^ 1);
    WriteFile(data, flipped);
    REQUIRE(TensorBundle::Open(folder.path() + "/v")->Read("s").status().code() == absl::StatusCode::kDataLoss);
  }
}

TEST_CASE("a tensor that was saved in parts is put together, and its parts can be asked for") {
  TemporaryFolder folder;
  WriteBundle(folder.path() + "/v", Halves());
  auto bundle = TensorBundle::Open(folder.path() + "/v");
  REQUIRE(bundle.ok());
  std::vector<float> all(32);
  for (size_t i = 0; i < all.size(); ++i) all[i] = static_cast<float>(i);
  REQUIRE(Contents(*bundle->Read("w")) == Raw(all));
  REQUIRE(Contents(*bundle->Read("w", "8 4 4,4:-")) == Halves()[SliceKey("w", {{4, 4}, {}})].bytes);
  auto cut = bundle->Read("w", "8 4 3,2:1,2");  // across both halves
  REQUIRE(cut.ok());
  REQUIRE(cut->shape == ir::Shape{2, 2});
  REQUIRE(Contents(*cut) == Raw({13, 14, 17, 18}));
  for (const char* wrong : {"8 4 3,9:-", "8 4 9,1:-", "9 4 0,1:-", "8 4 -", "8 x -:-", "8 4 1:-", "8 4 -1,2:-", " "}) {
    INFO(wrong);
    REQUIRE(bundle->Read("w", wrong).status().code() == absl::StatusCode::kInvalidArgument);
  }
}

TEST_CASE("parts that are missing or do not fit are an error") {
  TemporaryFolder folder;
  auto tensors = Halves();
  SECTION("missing") { tensors.erase(SliceKey("w", {{4, 4}, {}})); }
  SECTION("of another shape") { tensors[SliceKey("w", {{4, 4}, {}})].shape = {2, 8}; }
  SECTION("outside the whole") {
    tensors["w"].slices[1][0] = {6, 4};
    tensors[SliceKey("w", {{6, 4}, {}})] = {kFloat, {4, 4}, std::string(64, '\0')};
  }
  WriteBundle(folder.path() + "/v", tensors);
  auto bundle = TensorBundle::Open(folder.path() + "/v");
  REQUIRE(bundle.ok());
  REQUIRE_FALSE(bundle->Read("w").ok());
}

TEST_CASE("a checkpoint that is cut off anywhere is an error that names its file") {
  TemporaryFolder folder;
  const std::string prefix = folder.path() + "/v", data = prefix + ".data-00000-of-00001";
  WriteBundle(prefix, DenseVariables());
  const std::string file = GENERATE(true, false) ? prefix + ".index" : data;
  const std::string whole = ReadFile(file);
  REQUIRE_FALSE(whole.empty());
  for (size_t size = 0; size < whole.size(); ++size) {
    WriteFile(file, whole.substr(0, size));
    absl::Status status = TensorBundle::Open(prefix).status();
    REQUIRE(status.code() == absl::StatusCode::kDataLoss);
    REQUIRE(Annotation(status, Place::kFile) == file);
  }
}

TEST_CASE("every altered bit of a checkpoint's tensors is noticed") {
  TemporaryFolder folder;
  const std::string prefix = folder.path() + "/v", data = prefix + ".data-00000-of-00001";
  WriteBundle(prefix, DenseVariables());
  const std::string whole = ReadFile(data);
  for (size_t bit = 0; bit < 8 * whole.size(); ++bit) {
    std::string altered = whole;
    altered[bit / 8] = static_cast<char>(altered[bit / 8] ^ (1 << (bit % 8)));
    WriteFile(data, altered);
    auto bundle = TensorBundle::Open(prefix);
    REQUIRE(bundle.ok());
    absl::Status bias = bundle->Read("layer/bias").status(), kernel = bundle->Read("layer/kernel").status();
    REQUIRE(bias.ok() != kernel.ok());
    REQUIRE(Annotation(bias.ok() ? kernel : bias, Place::kFile) == data);
  }
}

TEST_CASE("every altered byte of a checkpoint's index is noticed, or does not matter") {
  TemporaryFolder folder;
  const std::string prefix = folder.path() + "/v";
  WriteBundle(prefix, DenseVariables());
  const std::string whole = ReadFile(prefix + ".index");
  for (size_t at = 0; at < whole.size(); ++at) {
    std::string altered = whole;
    altered[at] = static_cast<char>(altered[at] ^ 0x41);
    WriteFile(prefix + ".index", altered);
    auto bundle = TensorBundle::Open(prefix);
    // What may change unnoticed: the empty block that nobody reads, and the footer's padding.
    if (bundle.ok()) REQUIRE(Contents(*bundle->Read("layer/bias")) == Raw({7, 8, 9}));
  }
}

TEST_CASE("crafted indices are refused") {
  TemporaryFolder folder;
  const std::string prefix = folder.path() + "/v";
  WriteFile(prefix + ".data-00000-of-00001", std::string(64, '\0'));
  auto open = [&](const Table& table) {
    WriteFile(prefix + ".index", EncodeTable(table));
    return TensorBundle::Open(prefix).status().code();
  };
  auto entry = [](uint64_t offset, uint64_t size, int shard) {
    std::string bytes;
    protozero::pbf_writer message(bytes);
    message.add_enum(1, kFloat);
    message.add_int32(3, shard);
    message.add_uint64(4, offset);
    message.add_uint64(5, size);
    return bytes;
  };
  using absl::StatusCode;
  CHECK(open({{"", BundleHeader(1)}, {"a", entry(60, 4, 0)}}) == StatusCode::kOk);
  CHECK(open({{"", BundleHeader(1)}, {"a", entry(61, 4, 0)}}) == StatusCode::kDataLoss);
  CHECK(open({{"", BundleHeader(1)}, {"a", entry(4, ~uint64_t{0}, 0)}}) == StatusCode::kDataLoss);
  CHECK(open({{"", BundleHeader(1)}, {"a", entry(~uint64_t{0}, 4, 0)}}) == StatusCode::kDataLoss);
  CHECK(open({{"", BundleHeader(1)}, {"a", entry(0, 4, 1)}}) == StatusCode::kDataLoss);
  CHECK(open({{"", BundleHeader(1)}, {"a", entry(0, 4, -1)}}) == StatusCode::kDataLoss);
  CHECK(open({{"", BundleHeader(1)}, {"a", entry(0, 4, 0)}, {"a", entry(0, 4, 0)}}) == StatusCode::kDataLoss);
  CHECK(open({{"", BundleHeader(1)}, {"a", "\x0a"}}) == StatusCode::kDataLoss);
  CHECK(open({{"", BundleHeader(-1)}}) == StatusCode::kDataLoss);
  CHECK(open({{"", BundleHeader(1 << 30)}}) == StatusCode::kDataLoss);
  CHECK(open({{"", BundleHeader(2)}}) == StatusCode::kNotFound);
  CHECK(open({{"", BundleHeader(1, 1)}}) == StatusCode::kUnimplemented);
  CHECK(open({{"a", entry(0, 4, 0)}}) == StatusCode::kDataLoss);
  CHECK(open({}) == StatusCode::kDataLoss);
}

TEST_CASE("a tensor whose size does not match its shape is an error") {
  TemporaryFolder folder;
  WriteBundle(folder.path() + "/v", {{"short", {kFloat, {3}, Raw({1, 2})}},
                                     {"huge", {kFloat, {int64_t{1} << 40, int64_t{1} << 40}, Raw({1, 2})}},
                                     {"quantized", {kQuint8, {1}, "x"}}});
  auto bundle = TensorBundle::Open(folder.path() + "/v");
  REQUIRE(bundle.ok());
  REQUIRE(bundle->Read("short").status().code() == absl::StatusCode::kDataLoss);
  REQUIRE_FALSE(bundle->Read("huge").ok());
  REQUIRE(bundle->Read("quantized").status().code() == absl::StatusCode::kUnimplemented);
}
