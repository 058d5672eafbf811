#include "ir/verifier.h"

#include <catch2/catch.hpp>
#include <limits>

#include "ir/text.h"

using namespace zeropoint;
using namespace zeropoint::ir;

namespace {

Graph Parsed(absl::string_view text) {
  auto graph = ParseGraph(text);
  REQUIRE(graph.ok());
  return *std::move(graph);
}

Graph Chain() {
  return Parsed(R"(
    input %x : float32[1,2]
    const %w : float32[2] = 1 2
    %y = ADD(%x, %w) : float32[1,2]
    %z = ABS(%y) : float32[1,2]
    output %z)");
}

ValueId Named(const Graph& graph, absl::string_view name) {
  for (ValueId id = 0; id < graph.num_values(); ++id) {
    if (graph.value(id).name == name) return id;
  }
  return kNoValue;
}

// The description of the error; fails the test when there is none.
std::string Broken(const Graph& graph) {
  absl::Status status = Verify(graph);
  REQUIRE(status.code() == absl::StatusCode::kInternal);
  return Describe(status);
}

bool Contains(const std::string& text, absl::string_view part) {
  return text.find(std::string(part)) != std::string::npos;
}

}  // namespace

TEST_CASE("a sound graph passes") { REQUIRE(Verify(Chain()).ok()); }

TEST_CASE("an operand read before it is computed is named with its node") {
  Graph graph = Chain();
  graph.MoveBefore(graph.next(graph.first()), graph.first());
  const std::string error = Broken(graph);
  REQUIRE(Contains(error, "read before it is computed"));
  REQUIRE(Contains(error, "op ABS"));
  REQUIRE(Contains(error, "node z"));
  REQUIRE(Contains(error, "tensor y"));
}

TEST_CASE("a value has one producer") {
  Graph graph = Chain();
  graph.AddNode({.op = "NEG", .name = "again"}, {Named(graph, "x")}, {Named(graph, "y")});
  REQUIRE(Contains(Broken(graph), "two producers"));
}

TEST_CASE("constants and graph inputs have no producer") {
  Graph graph = Chain();
  graph.AddNode({.op = "NEG"}, {Named(graph, "x")}, {Named(graph, "w")});
  REQUIRE(Contains(Broken(graph), "a constant has a producer"));
  graph = Chain();
  graph.inputs.push_back(Named(graph, "y"));
  REQUIRE(Contains(Broken(graph), "a graph input has a producer"));
}

TEST_CASE("ids stay in range") {
  Graph graph = Chain();
  SECTION("of graph outputs") { graph.outputs.push_back(99); }
  SECTION("of graph inputs") { graph.inputs.push_back(-1); }
  SECTION("of intermediates") { graph.node(graph.first()).info.intermediates = {99}; }
  REQUIRE(Contains(Broken(graph), "does not exist"));
}

TEST_CASE("a constant has the bytes of its shape") {
  Graph graph = Chain();
  Value& w = graph.value(Named(graph, "w"));
  SECTION("too few") { w.shape = {3}; }
  SECTION("unknown shape") { w.shape = {kDynamic}; }
  SECTION("a count of bytes beyond the machine's") {
    w.shape = {std::numeric_limits<int64_t>::max() / 2, std::numeric_limits<int64_t>::max() / 2};
  }
  REQUIRE(Contains(Broken(graph), "constant"));
}

TEST_CASE("sub-byte constants round up to whole bytes") {
  REQUIRE(Verify(Parsed("const %c : int4[3] = 0x2103\noutput %c")).ok());
  REQUIRE_FALSE(Verify(Parsed("const %c : int4[5] = 0x2103\noutput %c")).ok());
}

TEST_CASE("quantization fits the shape") {
  Graph graph = Chain();
  QuantParams& quant = graph.value(Named(graph, "w")).quant;
  SECTION("as many zero points as scales") { quant = {.scale = {1.0f}, .zero_point = {}}; }
  SECTION("an axis the shape has") { quant = {.scale = {1.0f, 1.0f}, .zero_point = {0, 0}, .axis = 1}; }
  SECTION("as many scales as channels") { quant = {.scale = {1.0f, 1.0f, 1.0f}, .zero_point = {0, 0, 0}}; }
  SECTION("as many ranges as scales") { quant = {.scale = {1.0f}, .zero_point = {0}, .min = {0.0f, 1.0f}}; }
  REQUIRE_FALSE(Verify(graph).ok());
}

TEST_CASE("every graph output is computed") {
  Graph graph = Chain();
  graph.outputs = {graph.AddValue({.name = "nothing"})};
  REQUIRE(Contains(Broken(graph), "nothing computes a graph output"));
}

TEST_CASE("signatures name graphs and values that exist") {
  Model model;
  REQUIRE_FALSE(Verify(model).ok());
  model.graphs.push_back(Chain());
  model.signatures = {{"serving_default", 0, {{"x", 0}}, {{"z", 3}}}};
  REQUIRE(Verify(model).ok());
  SECTION("graph") { model.signatures[0].graph = 1; }
  SECTION("value") { model.signatures[0].inputs[0].value = 44; }
  REQUIRE(Contains(Describe(Verify(model)), "signature serving_default"));
}
