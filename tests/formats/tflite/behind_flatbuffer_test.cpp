// Files that are too large for a flatbuffer have their weights behind it. The limit is set low here; the 4 GB case is
// benchmarks/large_model.py.
#include <catch2/catch.hpp>
#include <cstring>
#include <fstream>
#include <iterator>

#include "base/file.h"
#include "formats/tflite/tflite.h"
#include "ir/text.h"
#include "schema/schema_generated.h"

using namespace zeropoint;
using formats::tflite::Layout;
using formats::tflite::Read;
using formats::tflite::Write;

namespace {

constexpr Layout kSmall{.largest_flatbuffer = 4096};
// Of kModel's layout by kSmall. tests/python/test_behind_flatbuffer.py runs it in LiteRT.
constexpr char kGolden[] = ZEROPOINT_SOURCE_DIR "/tests/data/large/behind_flatbuffer.tflite";
constexpr int64_t kInputs = 64, kUnits = 72;

std::vector<float> Pattern(int64_t size, int64_t step) {
  std::vector<float> elements;
  for (int64_t i = 0; i < size; ++i) elements.push_back(static_cast<float>((i * step) % 101 - 50) / 64.0f);
  return elements;
}

// Two dense layers with large weights and small biases, and metadata as large as weights.
ir::Model TestModel() {
  ir::Graph graph;
  graph.name = "main";
  ir::Value x;
  x.name = "x";
  x.shape = ir::Shape{1, kInputs};
  ir::ValueId last = graph.AddValue(x);
  graph.inputs = {last};
  int64_t inputs = kInputs;
  for (int64_t units : {kUnits, kInputs}) {
    const std::string layer = units == kUnits ? "a" : "b";
    const auto weights = graph.AddConstant(layer + "/w", ElementType::kFloat32, ir::Shape{units, inputs},
                                           Bytes::Of(absl::MakeConstSpan(Pattern(units * inputs, 30 + units))));
    const auto bias = graph.AddConstant(layer + "/b", ElementType::kFloat32, ir::Shape{units},
                                        Bytes::Of(absl::MakeConstSpan(Pattern(units, 7))));
    ir::Value y;
    y.name = layer + "/y";
    y.shape = ir::Shape{1, units};
    const ir::ValueId result = graph.AddValue(y);
    ir::NodeInfo info;
    info.op = "FULLY_CONNECTED";
    info.name = layer;
    info.attrs.Set("keep_num_dims", false);
    graph.AddNode(info, {last, weights, bias}, {result});
    last = result;
    inputs = units;
  }
  graph.outputs = {last};
  ir::Model model;
  model.graphs.push_back(std::move(graph));
  return model;
}

std::vector<uint8_t> Written(const ir::Model& model, const Layout& layout) {
  auto file = Write(model, layout);
  INFO(Describe(file.status()));
  REQUIRE(file.ok());
  return *std::move(file);
}

std::string ErrorOf(const std::vector<uint8_t>& file) {
  // A copy of its own size, so that a read beyond the end is seen by the address sanitizer.
  auto model = Read(Bytes::Of(absl::MakeConstSpan(file)), "lying");
  REQUIRE_FALSE(model.ok());
  REQUIRE(model.status().code() == absl::StatusCode::kInvalidArgument);
  return Describe(model.status());
}

// Puts another number into a field of a buffer's table.
void SetField(std::vector<uint8_t>& file, uint32_t buffer, flatbuffers::voffset_t field, uint64_t value) {
  auto* table = const_cast<flatbuffers::Table*>(
      reinterpret_cast<const flatbuffers::Table*>(schema::GetModel(file.data())->buffers()->Get(buffer)));
  REQUIRE(table->SetField<uint64_t>(field, value, 0));
}

bool IsBehind(const schema::Buffer& buffer) { return buffer.offset() > 1; }

// The first buffer behind the flatbuffer.
uint32_t FirstBehind(const std::vector<uint8_t>& file) {
  const auto& buffers = *schema::GetModel(file.data())->buffers();
  for (uint32_t i = 0; i < buffers.size(); ++i) {
    if (IsBehind(*buffers.Get(i))) return i;
  }
  FAIL("no buffer lies behind the flatbuffer");
  return 0;
}

}  // namespace

TEST_CASE("large constants of a large file lie behind the flatbuffer, small ones and metadata inside") {
  ir::Model model = TestModel();
  model.metadata.push_back({"large", Bytes::Own(std::vector<uint8_t>(20000, 7))});
  const std::vector<uint8_t> file = Written(model, kSmall);
  const auto& root = *schema::GetModel(file.data());
  size_t behind = 0, end = 0;
  for (const schema::Buffer* buffer : *root.buffers()) {
    if (!IsBehind(*buffer)) continue;
    ++behind;
    REQUIRE(buffer->data() == nullptr);
    REQUIRE(buffer->size() == static_cast<uint64_t>(kInputs * kUnits) * sizeof(float));
    REQUIRE(buffer->offset() % 16 == 0);
    REQUIRE(buffer->offset() >= end);
    end = buffer->offset() + buffer->size();
  }
  REQUIRE(behind == 2);
  REQUIRE(end == file.size());
  REQUIRE(root.buffers()->Get(root.metadata()->Get(0)->buffer())->data()->size() == 20000);
}

TEST_CASE("what lies behind the flatbuffer reads as what lies inside") {
  const ir::Model model = TestModel();
  const std::vector<uint8_t> file = Written(model, kSmall);
  const Bytes bytes = Bytes::Of(absl::MakeConstSpan(file));
  auto read = Read(bytes, "behind");
  INFO(Describe(read.status()));
  REQUIRE(read.ok());
  auto inside = Read(Bytes::Own(Written(model, {})), "inside");
  REQUIRE(inside.ok());
  const ir::TextOptions whole = {.all_elements = true};
  REQUIRE(ir::ToText(*read, whole) == ir::ToText(*inside, whole));
  REQUIRE(Written(*read, kSmall) == file);
  // In place, not copied.
  const uint8_t* weights = read->graphs[0].value(1).data.data();
  REQUIRE(weights > bytes.data());
  REQUIRE(weights < bytes.data() + bytes.size());
}

TEST_CASE("the file with weights behind the flatbuffer is the one that LiteRT was shown") {
  const std::vector<uint8_t> file = Written(TestModel(), kSmall);
  std::ifstream stream(kGolden, std::ios::binary);
  const std::vector<uint8_t> golden((std::istreambuf_iterator<char>(stream)), {});
  REQUIRE(file == golden);
}

TEST_CASE("parts that are written one after the other are the same file") {
  auto parts = formats::tflite::WriteParts(TestModel(), kSmall);
  REQUIRE(parts.ok());
  REQUIRE(Joined(*parts) == Written(TestModel(), kSmall));
}

TEST_CASE("a file with weights behind the flatbuffer that is cut short anywhere is an error") {
  const std::vector<uint8_t> file = Written(TestModel(), kSmall);
  for (size_t size = 0; size < file.size(); ++size) {
    auto model = Read(Bytes::Of(absl::MakeConstSpan(file).first(size)), "cut");
    INFO("cut at " << size << " of " << file.size());
    REQUIRE_FALSE(model.ok());
  }
}

TEST_CASE("offsets and sizes that lie are errors that tell the region and the file's size") {
  const std::vector<uint8_t> good = Written(TestModel(), kSmall);
  const uint32_t buffer = FirstBehind(good);
  const std::string number = std::to_string(buffer);
  constexpr uint64_t kHuge = std::numeric_limits<uint64_t>::max();
  SECTION("an offset behind the end") {
    std::vector<uint8_t> file = good;
    SetField(file, buffer, schema::Buffer::VT_OFFSET, file.size() + 16);
    const std::string error = ErrorOf(file);
    CHECK(error.find("buffer " + number + " lies outside the file") != std::string::npos);
    CHECK(error.find(std::to_string(file.size() + 16)) != std::string::npos);
    CHECK(error.find("the file has " + std::to_string(file.size()) + " bytes") != std::string::npos);
  }
  SECTION("offset and size whose sum overflows") {
    std::vector<uint8_t> file = good;
    SetField(file, buffer, schema::Buffer::VT_OFFSET, kHuge - 15);
    CHECK(ErrorOf(file).find("lies outside the file") != std::string::npos);
    file = good;
    SetField(file, buffer, schema::Buffer::VT_SIZE, kHuge);
    CHECK(ErrorOf(file).find("lies outside the file") != std::string::npos);
  }
  SECTION("a size that is not the tensor's") {
    for (uint64_t size : {uint64_t{0}, uint64_t{1}, uint64_t{18431}, uint64_t{18433}}) {
      std::vector<uint8_t> file = good;
      SetField(file, buffer, schema::Buffer::VT_SIZE, size);
      INFO("size " << size);
      CHECK_FALSE(ErrorOf(file).empty());
    }
  }
}

TEST_CASE("what cannot lie behind a flatbuffer must fit into one") {
  // 600 MB, four times: not mapped, as nothing reads it.
  const size_t size = 600 << 20;
  static const uint8_t byte = 0;
  ir::Model model = TestModel();
  for (int i = 0; i < 4; ++i) model.metadata.push_back({"big", Bytes(nullptr, &byte, size)});
  auto file = Write(model);
  REQUIRE(file.status().code() == absl::StatusCode::kResourceExhausted);
  REQUIRE(file.status().message().find("without its large constants") != std::string::npos);
}
