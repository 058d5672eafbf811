#include "evaluate/pairing.h"

#include <catch2/catch.hpp>
#include <string>

#include "tests/support/model_of.h"

using namespace zeropoint;
using namespace zeropoint::evaluate;

namespace {

constexpr char kReal[] = R"(graph main
input %x : float32[1,2]
const %c : float32[1,2] = 10 20
%s = ADD(%x, %c) : float32[1,2]
%y = RELU(%s) : float32[1,2]
output %y
)";
constexpr char kQuantized[] = R"(graph main
input %image : float32[1,2]
const %c8 : int8[1,2] scale=0.5 zero_point=0 = 20 40
%x8 = QUANTIZE(%image) : int8[1,2] scale=0.5 zero_point=0
%s = ADD(%x8, %c8) : int8[1,2] scale=0.5 zero_point=0
%y8 = RELU(%s) : int8[1,2] scale=0.5 zero_point=0
%result = DEQUANTIZE(%y8) : float32[1,2]
output %result
)";

ir::ValueId Named(const ir::Graph& graph, const std::string& name) {
  for (ir::ValueId id = 0; id < graph.num_values(); ++id) {
    if (graph.value(id).name == name) return id;
  }
  FAIL("there is no " + name);
  return ir::kNoValue;
}

}  // namespace

TEST_CASE("of two files, tensors pair by name, the ends by position, and conversions pass it on") {
  const ir::Model real = ModelOf({kReal}), quantized = ModelOf({kQuantized});
  const Pairing pairing = PairByNames(real, quantized);
  const auto pair = [&](const std::string& name) {
    const ir::ValueId id = pairing.ValueOf(0, Named(quantized.graphs[0], name));
    return id == ir::kNoValue ? std::string("none") : real.graphs[0].value(id).name;
  };
  CHECK(pair("s") == "s");
  CHECK(pair("image") == "x");
  CHECK(pair("x8") == "x");
  CHECK(pair("result") == "y");
  CHECK(pair("y8") == "y");
  CHECK(pair("c8") == "none");
  CHECK(pairing.GraphOf(0) == 0);
  CHECK(pairing.QuantizedGraphOf(0) == 0);
  CHECK(pairing.QuantizedGraphOf(1) == kNoGraph);
}

TEST_CASE("a node's twin computes the same from the same, and QUANTIZE has none") {
  const ir::Model real = ModelOf({kReal}), quantized = ModelOf({kQuantized});
  const Pairing pairing = PairByNames(real, quantized);
  const ir::Graph &floats = real.graphs[0], &integers = quantized.graphs[0];
  const auto twin = [&](const std::string& result) {
    return TwinOf(floats, integers, pairing, 0, integers.producer(Named(integers, result)));
  };
  CHECK(twin("s") == floats.producer(Named(floats, "s")));
  CHECK(twin("y8") == floats.producer(Named(floats, "y")));
  CHECK(twin("x8") == ir::kNoNode);
  CHECK(twin("result") == ir::kNoNode);
}

TEST_CASE("an op that became another has no twin") {
  const ir::Model real = ModelOf({kReal});
  std::string text = kQuantized;
  text.replace(text.find("RELU"), 4, "RELU6");
  const ir::Model quantized = ModelOf({text});
  const ir::Graph& integers = quantized.graphs[0];
  const Pairing pairing = PairByNames(real, quantized);
  CHECK(TwinOf(real.graphs[0], integers, pairing, 0, integers.producer(Named(integers, "y8"))) == ir::kNoNode);
}

TEST_CASE("of a model and what rewrite made of it, ids are the same and new values follow conversions") {
  const ir::Model real = ModelOf({kReal});
  ir::Model quantized = real;
  ir::Graph& graph = quantized.graphs[0];
  const ir::ValueId x = Named(graph, "x"), s = Named(graph, "s");
  ir::Value held = graph.value(x);
  held.type = ElementType::kInt8;
  held.quant = {{0.5f}, {0}, 0, {}, {}};
  const ir::ValueId x8 = graph.AddValue(held);
  ir::NodeInfo info;
  info.op = "QUANTIZE";
  graph.AddNode(info, {x}, {x8}, graph.producer(s));
  graph.SetInput(graph.producer(s), 0, x8);
  const Pairing pairing = PairByIds(real, quantized);
  CHECK(pairing.ValueOf(0, x8) == x);
  CHECK(pairing.ValueOf(0, s) == s);
  CHECK(TwinOf(real.graphs[0], graph, pairing, 0, graph.producer(s)) == real.graphs[0].producer(s));
}

TEST_CASE("graphs pair by the keys of their signatures") {
  ir::Model real = ModelOf({kReal, kReal}), quantized = ModelOf({kQuantized, kQuantized});
  const auto sign = [](ir::Model& model, const std::string& key, int graph) {
    ir::Signature signature;
    signature.key = key;
    signature.graph = graph;
    model.signatures.push_back(signature);
  };
  sign(real, "a", 0);
  sign(real, "b", 1);
  sign(quantized, "b", 0);
  sign(quantized, "c", 1);
  const Pairing pairing = PairByNames(real, quantized);
  CHECK(pairing.GraphOf(0) == 1);
  CHECK(pairing.GraphOf(1) == kNoGraph);
  CHECK(pairing.QuantizedGraphOf(1) == 0);
  CHECK(pairing.ValueOf(1, Named(quantized.graphs[1], "s")) == ir::kNoValue);
}
