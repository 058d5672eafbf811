#include "calibrate/in_place.h"

#include <catch2/catch.hpp>

#include "ir/text.h"

using namespace zeropoint;

namespace {

// Two convolutions' worth of values added and clipped: %a and %b are each read once.
ir::Model Chain(const char* text) {
  ir::Model model;
  model.graphs.push_back(*ir::ParseGraph(text));
  return model;
}

ir::ValueId Named(const ir::Model& model, const std::string& name) {
  for (ir::ValueId id = 0; id < model.graphs[0].num_values(); ++id) {
    if (model.graphs[0].value(id).name == name) return id;
  }
  return ir::kNoValue;
}

ir::Statistics Ranges(const ir::Model& model, std::vector<std::pair<std::string, ir::Range>> ranges) {
  ir::Statistics statistics;
  for (const auto& [name, range] : ranges) statistics.ranges[{0, Named(model, name)}] = range;
  return statistics;
}

}  // namespace

TEST_CASE("the operand that LiteRT overwrites takes in the result's range, the other keeps its own") {
  ir::Model model = Chain(R"(graph main
input %x : float32[1,4]
%a = NEG(%x) : float32[1,4]
%b = ABS(%x) : float32[1,4]
%s = ADD(%a, %b) : float32[1,4]
%y = NEG(%s) : float32[1,4]
output %y
)");
  ir::Statistics widened = calibrate::WidenInPlaceOperands(
      model, Ranges(model, {{"a", {-1, 1}}, {"b", {0, 1}}, {"s", {-2, 3}}, {"y", {-3, 2}}}));
  REQUIRE(widened.Find(0, Named(model, "a"))->min == -2);
  REQUIRE(widened.Find(0, Named(model, "a"))->max == 3);
  REQUIRE(widened.Find(0, Named(model, "b"))->max == 1);
}

TEST_CASE("operands that have another reader, are inputs, or feed an output are left alone") {
  ir::Model model = Chain(R"(graph main
input %x : float32[1,4]
%a = NEG(%x) : float32[1,4]
%s = ADD(%x, %a) : float32[1,4]
%t = ADD(%a, %s) : float32[1,4]
output %t
)");
  ir::Statistics before = Ranges(model, {{"x", {-1, 1}}, {"a", {-1, 1}}, {"s", {-2, 2}}, {"t", {-5, 5}}});
  ir::Statistics after = calibrate::WidenInPlaceOperands(model, before);
  for (const char* name : {"x", "a", "s"}) {
    REQUIRE(after.Find(0, Named(model, name))->max == before.Find(0, Named(model, name))->max);
  }
}

TEST_CASE("a broadcast operand has no room for the result") {
  ir::Model model = Chain(R"(graph main
input %x : float32[1,4]
const %axes : int32[1] = 1
%a = SUM(%x, %axes) {keep_dims=true} : float32[1,1]
%b = NEG(%x) : float32[1,4]
%s = MUL(%a, %b) : float32[1,4]
%y = NEG(%s) : float32[1,4]
output %y
)");
  ir::Statistics widened = calibrate::WidenInPlaceOperands(
      model, Ranges(model, {{"a", {0, 1}}, {"b", {0, 1}}, {"s", {-7, 7}}, {"y", {-7, 7}}}));
  REQUIRE(widened.Find(0, Named(model, "a"))->max == 1);
  REQUIRE(widened.Find(0, Named(model, "b"))->max == 7);
}

TEST_CASE("a mask does not widen the scores that it is added to") {
  ir::Model model = Chain(R"(graph main
input %x : float32[1,4]
%a = NEG(%x) : float32[1,4]
%s = ADD(%a, %x) : float32[1,4]
%y = NEG(%s) : float32[1,4]
output %y
)");
  ir::Statistics widened = calibrate::WidenInPlaceOperands(
      model, Ranges(model, {{"a", {-1, 1}}, {"s", {-1e9f, 2, -1.0f}}, {"y", {-2, 1e9f}}}));
  REQUIRE(widened.Find(0, Named(model, "a"))->min == -1);
}
