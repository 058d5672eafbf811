// Models whose graphs call each other or keep state against LiteRT's results (tests/data/make_control_flow_golden.py):
// IF, WHILE, STABLEHLO_CASE, STABLEHLO_COMPOSITE, CALL_ONCE, VAR_HANDLE, READ_VARIABLE, ASSIGN_VARIABLE, HASHTABLE,
// HASHTABLE_IMPORT, HASHTABLE_FIND, HASHTABLE_SIZE. LiteRT has no kernels for CALL and STABLEHLO_WHILE.
#include <catch2/catch.hpp>

#include "absl/strings/escaping.h"
#include "engine/engine.h"
#include "formats/tflite/tflite.h"
#include "ir/text.h"
#include "ops/stored_bytes.h"
#include "tests/support/golden.h"

namespace zeropoint {
namespace {

std::vector<uint8_t> PackedStrings(const Json& data) {
  std::vector<int32_t> head = {static_cast<int32_t>(data.size())};
  std::string text;
  for (const Json& string : data) {
    head.push_back(static_cast<int32_t>((data.size() + 2) * sizeof(int32_t) + text.size()));
    text += string.get<std::string>();
  }
  head.push_back(static_cast<int32_t>((data.size() + 2) * sizeof(int32_t) + text.size()));
  const auto* bytes = reinterpret_cast<const uint8_t*>(head.data());
  std::vector<uint8_t> packed(bytes, bytes + head.size() * sizeof(int32_t));
  packed.insert(packed.end(), text.begin(), text.end());
  return packed;
}

struct Tensor {
  ElementType type = ElementType::kFloat32;
  std::vector<int64_t> dims;
  std::vector<uint8_t> bytes;

  explicit Tensor(const Json& json)
      : type(FindTraits(json["type"].get<std::string>())->type), dims(json["shape"].get<std::vector<int64_t>>()) {
    if (type == ElementType::kString) {
      bytes = PackedStrings(json["data"]);
      return;
    }
    const Bytes data = GoldenValue(json, "").data;
    bytes.assign(data.data(), data.data() + data.size());
  }
  ops::TensorView view() const { return {{type, dims, bytes.data()}}; }
};

// The same bytes: these models move elements, negate and add.
void CheckRun(engine::Session& session, const Json& run) {
  std::vector<Tensor> inputs;
  for (const Json& input : run["inputs"]) inputs.emplace_back(input);
  std::vector<ops::TensorView> views;
  for (const Tensor& input : inputs) views.push_back(input.view());
  const absl::Status status = session.Run(views, nullptr);
  INFO(Describe(status));
  REQUIRE(status.ok());
  for (size_t i = 0; i < run["outputs"].size(); ++i) {
    const Tensor want(run["outputs"][i]);
    const ops::TensorView got = session.output(static_cast<int>(i));
    REQUIRE(got.type == want.type);
    REQUIRE(std::vector<int64_t>(got.dims.begin(), got.dims.end()) == want.dims);
    const auto* bytes = static_cast<const uint8_t*>(got.data);
    REQUIRE(std::vector<uint8_t>(bytes, bytes + ops::StoredBytes(got)) == want.bytes);
  }
}

void CheckModel(const Json& golden) {
  INFO(golden["name"].get<std::string>());
  std::string content;
  REQUIRE(absl::Base64Unescape(golden["model"].get<std::string>(), &content));
  auto model = formats::tflite::Read(Bytes::Own({content.begin(), content.end()}), "golden");
  INFO(Describe(model.status()));
  REQUIRE(model.ok());
  REQUIRE(engine::InferShapes(*model).ok());
  auto program = engine::Program::Create(*model);
  auto executable = program->Prepare(0);
  INFO(Describe(executable.status()));
  REQUIRE(executable.ok());
  auto session = engine::Session::Create(**executable);
  for (const Json& run : golden["runs"]) CheckRun(*session, run);
}

}  // namespace

TEST_CASE("models of several graphs do what LiteRT does with them") {
  for (const Json& golden : ReadGolden("control_flow_golden.json")) CheckModel(golden);
}

TEST_CASE("models of several graphs are written as they were read") {
  for (const Json& golden : ReadGolden("control_flow_golden.json")) {
    INFO(golden["name"].get<std::string>());
    std::string content;
    REQUIRE(absl::Base64Unescape(golden["model"].get<std::string>(), &content));
    auto model = formats::tflite::Read(Bytes::Own({content.begin(), content.end()}), "golden");
    REQUIRE(model.ok());
    auto written = formats::tflite::Write(*model);
    INFO(Describe(written.status()));
    REQUIRE(written.ok());
    auto again = formats::tflite::Read(Bytes::Own(*written), "again");
    REQUIRE(again.ok());
    REQUIRE(ir::ToText(*again) == ir::ToText(*model));
  }
}

TEST_CASE("CALL and STABLEHLO_WHILE run graphs as their kin do") {
  ir::Model model;
  for (const char* text : {R"(graph main
input %x : float32[2]
const %start : int32[] = 0
%n, %y = STABLEHLO_WHILE(%start, %x) {cond_subgraph_index=1, body_subgraph_index=2} : int32[], float32[2]
%z = CALL(%y) {subgraph=3} : float32[2]
output %z
)",
                           R"(graph condition
input %i : int32[]
input %x : float32[2]
const %three : int32[] = 3
%again = LESS(%i, %three) : bool[]
output %again
)",
                           R"(graph body
input %i : int32[]
input %x : float32[2]
const %one : int32[] = 1
%j = ADD(%i, %one) {fused_activation_function=0} : int32[]
%y = ADD(%x, %x) {fused_activation_function=0} : float32[2]
output %j
output %y
)",
                           "graph negative\ninput %a : float32[2]\n%b = NEG(%a) : float32[2]\noutput %b\n"}) {
    auto graph = ir::ParseGraph(text);
    REQUIRE(graph.ok());
    model.graphs.push_back(*std::move(graph));
  }
  auto program = engine::Program::Create(model);
  auto executable = program->Prepare(0);
  INFO(Describe(executable.status()));
  REQUIRE(executable.ok());
  auto session = engine::Session::Create(**executable);
  const std::vector<float> x = {1, -2};
  const std::vector<int64_t> dims = {2};
  REQUIRE(session->Run({ops::TensorView{{ElementType::kFloat32, dims, x.data()}}}, nullptr).ok());
  const auto* z = session->output(0).As<float>();
  REQUIRE(std::vector<float>(z, z + 2) == std::vector<float>{-8, 16});
}

}  // namespace zeropoint
