#include "ir/text.h"

#include <catch2/catch.hpp>
#include <numeric>

#include "ir/verifier.h"

using namespace zeropoint;
using namespace zeropoint::ir;

namespace {

constexpr absl::string_view kEverything = R"(graph main
input %x : float32[1,?,3]
input %anything : float32[*]
const %axis : int32[] = 1
variable %state : float32[1,4]
const %w : float32[2,3] = 1 -2.5 3e-10 4 inf 6
const %h : float16[2] = 0x003c0040
const %flags : bool[3] = 1 0 1
temporary %t : int8[0]
%y, %z:0 = SPLIT(%axis, %x) {axis=-1, list=[1,2], name="a\"b", rates=[0.5,2.0], s=2.0, shape=shape[1,?], words=["a","b"], yes=true} : float32[1,?,3], float32[1,?,3]
%q = QUANTIZE@2(%y) : int8[1,?,3] scale=0.5 zero_point=-3 min=-62.5 max=65
%p = custom.Mine(%q, -, %state, %w, %h, %flags) options=0x0102 mutates=[2] intermediates=(%t) : int8[3] scale=[1,2,3] zero_point=[0,0,0]
%r = CONV_2D@3(%p, %anything) : int8[1,3] scale=[1,2,3] zero_point=[0,0,0] axis=1
SINK(%r)
output %q
output %z:0
)";

std::string RoundTrip(absl::string_view text) {
  auto graph = ParseGraph(text);
  INFO(graph.status().ToString());
  REQUIRE(graph.ok());
  return ToText(*graph);
}

std::string ParseError(absl::string_view text) {
  auto graph = ParseGraph(text);
  REQUIRE_FALSE(graph.ok());
  return std::string(graph.status().message());
}

}  // namespace

TEST_CASE("what the printer writes the parser reads") {
  REQUIRE(RoundTrip(kEverything) == std::string(kEverything));
  REQUIRE(Verify(*ParseGraph(kEverything)).ok());
}

TEST_CASE("constants appear in order of first use, wherever they were made") {
  Graph graph;
  ValueId late = graph.AddConstant<int32_t>("late", {1}, {7});
  ValueId early = graph.AddConstant<float>("early", {}, {0.5f});
  ValueId unused = graph.AddConstant<int64_t>("unused", {}, {1});
  ValueId a = graph.AddValue({.name = "a"}), b = graph.AddValue({.name = "b"});
  graph.AddNode({.op = "A"}, {early}, {a});
  graph.AddNode({.op = "B"}, {a, late}, {b});
  graph.outputs = {b};
  (void)unused;
  REQUIRE(ToText(graph) ==
          "graph main\nconst %early : float32[] = 0.5\nconst %late : int32[1] = 7\n"
          "%a = A(%early) : float32[]\n%b = B(%a, %late) : float32[]\noutput %b\n");
}

TEST_CASE("names are made printable and unique") {
  Graph graph;
  for (const char* name : {"a b", "a_b", ""}) graph.inputs.push_back(graph.AddValue({.name = name}));
  REQUIRE(ToText(graph) == "graph main\ninput %a_b : float32[]\ninput %a_b_1 : float32[]\ninput %_1 : float32[]\n");
}

TEST_CASE("a big constant is elided unless asked for, and the elided form is refused") {
  Graph graph;
  std::vector<int32_t> elements(65);
  std::iota(elements.begin(), elements.end(), 0);
  graph.outputs = {graph.AddConstant<int32_t>("c", {65}, elements)};
  REQUIRE(ToText(graph) == "graph main\nconst %c : int32[65] = ...\noutput %c\n");
  const std::string whole = ToText(graph, {.all_elements = true});
  REQUIRE(whole.find(" 63 64\n") != std::string::npos);
  REQUIRE(RoundTrip(whole) == ToText(graph));
  REQUIRE(ParseError(ToText(graph)).find("line 2: an elided constant") == 0);
}

TEST_CASE("the parser names the line and what it expected") {
  REQUIRE(ParseError("graph g\n%y = ABS(%x) : float32[1]") == "line 2: %x is not defined before \") : float32[1]\"");
  REQUIRE(ParseError("input %x : float31[1]") == "line 1: \"float31\" is not an element type before \"[1]\"");
  REQUIRE(ParseError("input %x : float32[1").find("\",\" expected") != std::string::npos);
  REQUIRE(ParseError("input %x : float32[1] 5").find("end of line expected") != std::string::npos);
  REQUIRE(ParseError("input %x : int8[1]\ninput %x : int8[1]").find("defined twice") != std::string::npos);
  REQUIRE(ParseError("const %c : int8[1] = 1.5").find("not an integer") != std::string::npos);
}

TEST_CASE("a model's text lists its signatures and metadata") {
  Model model;
  model.graphs.push_back(*ParseGraph("input %x : float32[1]\n%y = ABS(%x) : float32[1]\noutput %y"));
  model.signatures.push_back({"serving_default", 0, {{"in", 0}}, {{"out", 1}}});
  model.metadata.push_back({"note", Bytes::Of<char>({'h', 'i'})});
  const std::string text = ToText(model);
  REQUIRE(text.find("signature \"serving_default\" graph=0 inputs \"in\"=%x outputs \"out\"=%y\n") !=
          std::string::npos);
  REQUIRE(text.find("metadata \"note\" bytes=2\n") != std::string::npos);
}
