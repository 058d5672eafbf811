#include <catch2/catch.hpp>
#include <cstring>

#include "absl/strings/escaping.h"
#include "formats/tflite/tflite.h"
#include "ir/text.h"
#include "tests/formats/tflite/raw_model.h"

using namespace zeropoint;
using namespace zeropoint::test;
using formats::tflite::Read;
using formats::tflite::Write;

namespace {

std::vector<uint8_t> Written(const ir::Model& model) {
  auto file = Write(model);
  INFO(Describe(file.status()));
  REQUIRE(file.ok());
  return *std::move(file);
}

ir::Model Reread(const std::vector<uint8_t>& file) {
  auto model = Read(Bytes::Own(file), "written");
  INFO(Describe(model.status()));
  REQUIRE(model.ok());
  return *std::move(model);
}

ir::Model Parsed(absl::string_view text) {
  auto graph = ir::ParseGraph(text);
  INFO(graph.status().ToString());
  REQUIRE(graph.ok());
  ir::Model model;
  model.graphs.push_back(*std::move(graph));
  return model;
}

const schema::Model& Root(const std::vector<uint8_t>& file) { return *schema::GetModel(file.data()); }

}  // namespace

TEST_CASE("what was read is written again, custom options and metadata included") {
  auto model = Read(Pack(CustomModel()), "raw");
  REQUIRE(model.ok());
  const std::vector<uint8_t> file = Written(*model);
  ir::Model again = Reread(file);
  REQUIRE(ir::ToText(again) == ir::ToText(*model));
  REQUIRE(again.description == model->description);
  REQUIRE(Written(again) == file);
  flatbuffers::Verifier verifier(file.data(), file.size());
  REQUIRE(schema::VerifyModelBuffer(verifier));
  const schema::Metadata& metadata = *Root(file).metadata()->Get(0);
  REQUIRE(metadata.buffer() == Root(file).buffers()->size() - 1);
}

TEST_CASE("equal constants share one aligned buffer, across graphs too") {
  ir::Model model = Parsed(R"(
    const %a : float32[2] = 1 2
    const %b : float32[1,2] = 1 2
    const %c : float32[1] = 1
    %y = custom.Op(%a, %b, %c) : float32[2]
    output %y)");
  model.graphs.push_back(model.graphs[0]);
  const std::vector<uint8_t> file = Written(model);
  const auto& buffers = *Root(file).buffers();
  REQUIRE(buffers.size() == 3);
  REQUIRE(buffers.Get(0)->data() == nullptr);
  for (uint32_t i = 1; i < buffers.size(); ++i) REQUIRE((buffers.Get(i)->data()->Data() - file.data()) % 16 == 0);
  for (const schema::SubGraph* graph : *Root(file).subgraphs()) {
    REQUIRE(graph->tensors()->Get(0)->buffer() == 1);
    REQUIRE(graph->tensors()->Get(1)->buffer() == 1);
    REQUIRE(graph->tensors()->Get(2)->buffer() == 2);
  }
}

TEST_CASE("unknown dimensions are 1 in the shape and -1 in the signature, which known shapes go without") {
  const std::vector<uint8_t> file = Written(Parsed(R"(
    input %x : float32[?,2]
    input %n : float32[3]
    input %u : float32[*]
    %y = custom.Op(%x, %n, %u) : float32[]
    output %y)"));
  const auto& tensors = *Root(file).subgraphs()->Get(0)->tensors();
  REQUIRE(tensors.Get(0)->shape()->Get(0) == 1);
  REQUIRE(tensors.Get(0)->shape_signature()->Get(0) == -1);
  REQUIRE(tensors.Get(0)->shape_signature()->Get(1) == 2);
  REQUIRE(tensors.Get(1)->shape_signature() == nullptr);
  REQUIRE(tensors.Get(1)->has_rank());
  REQUIRE_FALSE(tensors.Get(2)->has_rank());
  REQUIRE(tensors.Get(3)->has_rank());
  REQUIRE(ir::ToText(Reread(file).graphs[0]).find("input %u : float32[*]") != std::string::npos);
}

TEST_CASE("op codes are listed once a version, in order of first use") {
  const std::vector<uint8_t> file = Written(Parsed(R"(
    input %x : float32[1]
    %a = custom.B(%x) : float32[1]
    %b = custom.A@2(%a) : float32[1]
    %c = custom.B(%b) : float32[1]
    %d = custom.B@2(%c) : float32[1]
    output %d)"));
  const auto& codes = *Root(file).operator_codes();
  REQUIRE(codes.size() == 3);
  REQUIRE(codes.Get(0)->custom_code()->str() == "B");
  REQUIRE(codes.Get(1)->custom_code()->str() == "A");
  REQUIRE(codes.Get(1)->version() == 2);
  REQUIRE(codes.Get(2)->version() == 2);
  REQUIRE(codes.Get(0)->deprecated_builtin_code() == kCustomCode);
  REQUIRE(Root(file).subgraphs()->Get(0)->operators()->Get(2)->opcode_index() == 0);
}

TEST_CASE("signature entries are sorted by name") {
  ir::Model model =
      Parsed("input %x : float32[1]\ninput %y : float32[1]\n%z = custom.Op(%x, %y) : float32[1]\noutput %z");
  model.signatures = {{"s", 0, {{"b", 0}, {"a", 1}}, {{"z", 2}}}};
  const std::vector<uint8_t> file = Written(model);
  const auto& inputs = *Root(file).signature_defs()->Get(0)->inputs();
  REQUIRE(inputs.Get(0)->name()->str() == "a");
  REQUIRE(inputs.Get(0)->tensor_index() == 1);
  REQUIRE(inputs.Get(1)->name()->str() == "b");
}

// The bytes are those that TensorFlow 2.21 writes with allow_custom_ops for these attributes.
TEST_CASE("attributes of a custom op become TensorFlow's FlexBuffer map") {
  const auto options = [](const ir::Attributes& attrs) {
    ir::Model model = Parsed("input %x : float32[1]\n%y = custom.Op(%x) : float32[1]\noutput %y");
    model.graphs[0].node(model.graphs[0].first()).info.attrs = attrs;
    const ir::Model written = Reread(Written(model));
    const std::vector<uint8_t>& bytes = written.graphs[0].node(written.graphs[0].first()).info.custom_options;
    return absl::BytesToHexString(absl::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
  };
  ir::Attributes attrs;
  REQUIRE(options(attrs).empty());
  attrs.Set("T", int64_t{0});
  REQUIRE(options(attrs) == "540001030101010004022401");

  ir::Attributes patches = attrs;
  patches.Set("ksizes", std::vector<int64_t>{1, 2, 2, 1});
  patches.Set("padding", std::string("SAME"));
  patches.Set("rates", std::vector<int64_t>{1, 1, 1, 1});
  patches.Set("strides", std::vector<int64_t>{1, 1, 1, 1});
  REQUIRE(options(patches) ==
          "54006b73697a657300040102020170616464696e67000453414d45007261746573000401010101737472696465730004010101010535"
          "34291c1205"
          "01050034281d11042c142c2c0a2401");

  ir::Attributes pool = attrs;
  pool.Set("deterministic", false);
  pool.Set("overlapping", false);
  pool.Set("pooling_ratio", std::vector<float>{1.0f, 1.2f, 1.2f, 1.0f});
  pool.Set("pseudo_random", false);
  pool.Set("seed", int64_t{0});
  pool.Set("seed2", int64_t{0});
  REQUIRE(options(pool) ==
          "540064657465726d696e6973746963006f7665726c617070696e6700706f6f6c696e675f726174696f000000040000000000803f9a99"
          "993f9a9999"
          "3f0000803f70736575646f5f72616e646f6d007365656400736565643200075a594c411e110d07010700000037000000046868366804"
          "040e2401");
}

TEST_CASE("values that nothing mentions are not written") {
  ir::Model model = Parsed("input %x : float32[1]\n%y = custom.Op(%x) : float32[1]\noutput %y");
  model.graphs[0].AddConstant<float>("dead", {2}, {1.0f, 2.0f});
  const std::vector<uint8_t> file = Written(model);
  REQUIRE(Root(file).buffers()->size() == 1);
  REQUIRE(Root(file).subgraphs()->Get(0)->tensors()->size() == 2);
}

TEST_CASE("per-axis parameters, variables and empty constants survive") {
  ir::Model model = Parsed(R"(graph main
input %x : float32[1,2]
const %w : int8[2,1] = 3 -4
const %none : int32[0] =
variable %state : float32[1,4]
%y = custom.Op(%x, %w, %none, %state) mutates=[3] : float32[1,2]
output %y
)");
  model.graphs[0].value(1).quant = {.scale = {0.5f, 0.25f}, .zero_point = {0, 0}, .axis = 0};
  const std::string text = ir::ToText(model);
  REQUIRE(ir::ToText(Reread(Written(model))) == text);
}

TEST_CASE("an op without a form in the file is our mistake, and named") {
  auto file = Write(Parsed("input %x : float32[1]\n%y = tf.Relu(%x) : float32[1]\noutput %y"));
  REQUIRE(file.status().code() == absl::StatusCode::kInternal);
  REQUIRE(Describe(file.status()) == "the op has no form in a .tflite file (op tf.Relu, node y)");
}

TEST_CASE("a model beyond two gigabytes is refused before it is built") {
  // 600 MB, four times: not mapped, as nothing reads it.
  const size_t size = 600 << 20;
  static const uint8_t byte = 0;
  ir::Model model = Parsed("input %x : float32[1]\n%y = custom.Op(%x) : float32[1]\noutput %y");
  for (int i = 0; i < 4; ++i) model.metadata.push_back({"big", Bytes(nullptr, &byte, size)});
  auto file = Write(model);
  REQUIRE(file.status().code() == absl::StatusCode::kResourceExhausted);
}
