#include <catch2/catch.hpp>
#include <random>

#include "base/file.h"
#include "formats/tflite/tflite.h"
#include "ir/text.h"
#include "tests/formats/tflite/raw_model.h"

using namespace zeropoint;
using namespace zeropoint::test;
using formats::tflite::Read;

namespace {

ir::Model Reread(const RawModel& raw) {
  auto model = Read(Pack(raw), "raw.tflite");
  INFO(Describe(model.status()));
  REQUIRE(model.ok());
  return *std::move(model);
}

// The error of reading, as one line.
std::string ErrorOf(const Bytes& file, absl::StatusCode code = absl::StatusCode::kInvalidArgument) {
  auto model = Read(file, "raw.tflite");
  REQUIRE_FALSE(model.ok());
  INFO(Describe(model.status()));
  REQUIRE(model.status().code() == code);
  return Describe(model.status());
}

Bytes FromText(absl::string_view text) { return Bytes::Of(absl::Span<const char>(text.data(), text.size())); }

bool Contains(const std::string& text, absl::string_view part) {
  return text.find(std::string(part)) != std::string::npos;
}

}  // namespace

TEST_CASE("a model with a custom op comes through whole") {
  ir::Model model = Reread(CustomModel());
  REQUIRE(ir::ToText(model) ==
          "graph main\n"
          "input %x : float32[?,2]\n"
          "const %w : float32[2] = 1 2\n"
          "temporary %t : float32[0]\n"
          "%y = custom.Mine@3(%x, %w, -) options=0x0102ff mutates=[1] intermediates=(%t)"
          " : int8[1,2] scale=0.5 zero_point=-3 min=-62.5 max=65\n"
          "output %y\n"
          "signature \"serve\" graph=0 inputs \"image\"=%x outputs \"label\"=%y\n"
          "metadata \"about\" bytes=4\n");
  REQUIRE(model.description == "by hand");
  REQUIRE(model.source == "raw.tflite");
  REQUIRE(model.graphs[0].node(0).info.name == "y");
  REQUIRE(std::string(reinterpret_cast<const char*>(model.metadata[0].data.data()), 4) == "note");
}

TEST_CASE("constants are slices of the file") {
  Bytes file = Pack(CustomModel());
  auto model = Read(file, "raw.tflite");
  REQUIRE(model.ok());
  const uint8_t* data = model->graphs[0].value(1).data.data();
  REQUIRE(data > file.data());
  REQUIRE(data < file.data() + file.size());
}

TEST_CASE("a file at an odd address reads the same") {
  Bytes file = Pack(CustomModel());
  std::vector<uint8_t> shifted(1, 0);
  shifted.insert(shifted.end(), file.data(), file.data() + file.size());
  const Bytes whole = Bytes::Own(std::move(shifted));
  auto model = Read(*Slice(whole, 1, file.size()), "odd");
  REQUIRE(model.ok());
  REQUIRE(ir::ToText(*model) == ir::ToText(Reread(CustomModel())));
}

TEST_CASE("a text file named .tflite is told from a model") {
  REQUIRE(ErrorOf(FromText("hello, this is not a model")) ==
          "not a .tflite file: no identifier \"TFL3\" at byte 4; the file begins with \"hello, t\" (file raw.tflite)");
  REQUIRE(Contains(ErrorOf(FromText("")), "not a .tflite file"));
  REQUIRE(Contains(ErrorOf(FromText("aaaaTFL3")), "truncated or corrupt"));
}

TEST_CASE("every index, length and code of a file is checked") {
  RawModel raw = CustomModel();
  RawGraph& graph = raw.graphs[0];
  RawOperator& op = graph.operators[0];
  std::string expected;
  SECTION("operand") {
    op.inputs[0] = 4;
    expected = "tensor 4 of 4";
  }
  SECTION("negative operand") {
    op.inputs[0] = -2;
    expected = "tensor -2 of 4";
  }
  SECTION("absent result") {
    op.outputs[0] = -1;
    expected = "tensor -1 of 4";
  }
  SECTION("intermediate") {
    op.intermediates[0] = 9;
    expected = "tensor 9 of 4";
  }
  SECTION("graph input") {
    graph.inputs[0] = 77;
    expected = "tensor 77 of 4";
  }
  SECTION("graph output") {
    graph.outputs[0] = -1;
    expected = "tensor -1 of 4";
  }
  SECTION("op code") {
    op.code = 1;
    expected = "op code 1 of 1";
  }
  SECTION("op version") {
    raw.codes[0].version = 0;
    expected = "op version 0";
  }
  SECTION("buffer") {
    graph.tensors[1].buffer = 3;
    expected = "buffer 3 of 3";
  }
  SECTION("buffer behind the file") {
    raw.buffers[1].offset = 1 << 20;
    expected = "buffer 1 lies outside the file";
  }
  SECTION("buffer that wraps around") {
    raw.buffers[1].offset = 16;
    raw.buffers[1].size = ~uint64_t{0} - 8;
    expected = "buffer 1 lies outside the file";
  }
  SECTION("metadata buffer") {
    raw.metadata[0].second = 3;
    expected = "metadata \"about\" is in buffer 3 of 3";
  }
  SECTION("tensor type") {
    graph.tensors[0].type = 99;
    expected = "unknown tensor type 99";
  }
  SECTION("negative tensor type") {
    graph.tensors[0].type = -1;
    expected = "unknown tensor type -1";
  }
  SECTION("dimension") {
    graph.tensors[0].shape = {-5, 2};
    graph.tensors[0].shape_signature = {};
    expected = "dimension 0 is -5";
  }
  SECTION("shape signature") {
    graph.tensors[0].shape_signature = {-1};
    expected = "shape_signature 1";
  }
  SECTION("size of a constant") {
    graph.tensors[1].shape = {3};
    expected = "constant float32[3] has 8 bytes";
  }
  SECTION("zero points") {
    graph.tensors[2].zero_point = {};
    expected = "1 scales but 0 zero points";
  }
  SECTION("quantized axis") {
    graph.tensors[2].scale = {1, 1};
    graph.tensors[2].zero_point = {0, 0};
    graph.tensors[2].axis = 2;
    expected = "along axis 2";
  }
  SECTION("two producers") {
    graph.operators.push_back(op);
    expected = "two producers";
  }
  SECTION("a result that is a constant") {
    op.outputs = {1};
    graph.outputs = {1};
    expected = "a constant has a producer";
  }
  SECTION("order of execution") {
    op.inputs[0] = 2;
    expected = "read before it is computed";
  }
  SECTION("nothing computes the output") {
    graph.operators.clear();
    expected = "nothing computes";
  }
  SECTION("signature's graph") {
    raw.signatures[0].graph = 1;
    expected = "subgraph 1 of 1 (file raw.tflite, signature serve";
  }
  SECTION("signature's tensor") {
    raw.signatures[0].outputs[0].second = 4;
    expected = "tensor 4 of 4";
  }
  SECTION("no graph") {
    raw.graphs.clear();
    raw.signatures.clear();
    expected = "no subgraph";
  }
  const std::string error = ErrorOf(Pack(raw));
  INFO(error);
  REQUIRE(Contains(error, expected));
  REQUIRE(Contains(error, "file raw.tflite"));
}

TEST_CASE("what cannot be read yet is refused by name") {
  RawModel raw = CustomModel();
  RawTensor& w = raw.graphs[0].tensors[1];
  std::string expected;
  SECTION("sparse tensors") {
    w.sparse = true;
    expected = "sparse tensors cannot be read yet (file raw.tflite, tensor w)";
  }
  SECTION("external buffers") {
    w.external_buffer = 1;
    expected = "tensors in external buffers cannot be read yet (file raw.tflite, tensor w)";
  }
  SECTION("blockwise quantization") {
    w.details = 2;
    expected = "BlockwiseQuantization cannot be read yet (file raw.tflite, tensor w)";
  }
  SECTION("variables with contents") {
    w.is_variable = true;
    expected = "tensor w";
  }
  SECTION("a builtin without a record") {
    raw.codes[0] = {.old_code = 51, .code = 51};
    expected = "op DELEGATE is not supported yet (file raw.tflite, op DELEGATE, node y)";
  }
  SECTION("a builtin from the future") {
    raw.codes[0] = {.old_code = 127, .code = 5000};
    expected = "op builtin 5000";
  }
  SECTION("another schema") {
    raw.version = 2;
    expected = "schema version 2";
  }
  const std::string error = ErrorOf(Pack(raw), absl::StatusCode::kUnimplemented);
  INFO(error);
  REQUIRE(Contains(error, expected));
}

TEST_CASE("a constant without elements has no buffer and is one all the same") {
  RawModel raw = CustomModel();
  raw.graphs[0].tensors.push_back({.name = "nothing", .shape = {0}, .type = schema::TensorType_INT32});
  raw.graphs[0].operators[0].inputs[2] = 4;
  REQUIRE(Reread(raw).graphs[0].value(4).is_constant);
}

TEST_CASE("an empty shape is a scalar unless the file tells ranks and this tensor has none") {
  RawModel raw = CustomModel();
  raw.graphs[0].tensors[2] = {.name = "y", .shape = {}};
  REQUIRE(Reread(raw).graphs[0].value(2).shape == ir::Shape());
  raw.graphs[0].tensors[2].has_rank = false;
  REQUIRE_FALSE(Reread(raw).graphs[0].value(2).shape.ranked());
  for (RawTensor& tensor : raw.graphs[0].tensors) tensor.has_rank = false;
  REQUIRE(Reread(raw).graphs[0].value(2).shape == ir::Shape());
}

TEST_CASE("ranges without scales are dropped") {
  RawModel raw = CustomModel();
  raw.graphs[0].tensors[2].scale = {};
  raw.graphs[0].tensors[2].zero_point = {};
  REQUIRE(Reread(raw).graphs[0].value(2).quant.min.empty());
}

TEST_CASE("data behind the flatbuffer is read through the buffer's offset") {
  RawModel raw = CustomModel();
  raw.buffers[1] = {.offset = 1, .size = 1};
  const size_t flatbuffer = Pack(raw).size();  // the numbers below do not change the size
  raw.buffers[1] = {.offset = flatbuffer, .size = 8};
  Bytes head = Pack(raw);
  REQUIRE(head.size() == flatbuffer);
  std::vector<uint8_t> file(head.data(), head.data() + head.size());
  for (uint8_t byte : {0, 0, 128, 63, 0, 0, 0, 64}) file.push_back(byte);
  auto model = Read(Bytes::Own(file), "big");
  INFO(Describe(model.status()));
  REQUIRE(model.ok());
  REQUIRE(Contains(ir::ToText(model->graphs[0]), "const %w : float32[2] = 1 2\n"));
  file.pop_back();
  REQUIRE(Contains(ErrorOf(Bytes::Own(file)), "buffer 1 lies outside the file"));
}

TEST_CASE("a model cut short anywhere is an error") {
  const RawModel raw = CustomModel();
  const Bytes file = Pack(raw);
  const std::string whole = ir::ToText(Reread(raw));
  constexpr size_t kMostPadding = 15;
  for (size_t size = 0; size < file.size(); ++size) {
    // A copy of its own, so that a read beyond the end is seen by the address sanitizer.
    auto model = Read(Bytes::Of(file.span().first(size)), "cut");
    INFO("cut at " << size << " of " << file.size());
    // Padding at the end says nothing and is not missed.
    const bool only_padding = size + kMostPadding >= file.size() && model.ok() && ir::ToText(*model) == whole;
    REQUIRE((!model.ok() || only_padding));
  }
}

namespace {

// A model of builtin ops with options of every kind, through our writer.
Bytes BuiltinModel() {
  auto graph = ir::ParseGraph(R"(graph main
input %x : float32[1,4,4,1]
const %w : float32[2,1,1,1] = 1 2
const %b : float32[2] = 0.5 -0.5
const %shape : int32[2] = 1 32
%c = CONV_2D(%x, %w, %b) {fused_activation_function=1, padding=1, stride_h=1, stride_w=1} : float32[1,4,4,2]
%r = RESHAPE(%c, %shape) {new_shape=[1,32]} : float32[1,32]
%s = SOFTMAX(%r) {beta=2.0} : float32[1,32]
%l = LEAKY_RELU(%s) {alpha=0.25} : float32[1,32]
output %l
)");
  REQUIRE(graph.ok());
  ir::Model model;
  model.graphs.push_back(*std::move(graph));
  auto file = formats::tflite::Write(model);
  REQUIRE(file.ok());
  return Bytes::Own(*std::move(file));
}

}  // namespace

TEST_CASE("no change of bytes makes the reader crash") {
  const Bytes file = GENERATE(Pack(CustomModel()), BuiltinModel());
  constexpr int kRounds = 4000, kMostChanges = 4;
  std::mt19937 random(20240607);
  int readable = 0;
  for (int round = 0; round < kRounds; ++round) {
    std::vector<uint8_t> bytes(file.data(), file.data() + file.size());
    for (int changes = 1 + static_cast<int>(random() % kMostChanges); changes > 0; --changes) {
      bytes[random() % bytes.size()] = static_cast<uint8_t>(random());
    }
    auto model = Read(Bytes::Own(std::move(bytes)), "changed");
    if (!model.ok()) continue;
    ++readable;
    // What was accepted can be printed and written.
    REQUIRE_FALSE(ir::ToText(*model).empty());
    REQUIRE(formats::tflite::Write(*model).ok());
  }
  REQUIRE(readable > 0);
  REQUIRE(readable < kRounds);
}
