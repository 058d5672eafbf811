#include <catch2/catch.hpp>

#include "engine/engine.h"
#include "ir/constants.h"
#include "ir/text.h"

using namespace zeropoint;
using namespace zeropoint::ir;

namespace {

Graph Parse(const std::string& text) {
  auto graph = ParseGraph(text);
  INFO(Describe(graph.status()));
  REQUIRE(graph.ok());
  return *std::move(graph);
}

const Value& Named(const Graph& graph, const std::string& name) {
  for (ValueId id = 0; id < graph.num_values(); ++id) {
    if (graph.value(id).name == name) return graph.value(id);
  }
  FAIL("no value " << name);
  return graph.value(0);
}

std::string InferredShape(const std::string& text, const std::string& name) {
  Graph graph = Parse(text);
  auto status = engine::InferShapes(graph);
  INFO(Describe(status));
  REQUIRE(status.ok());
  return Named(graph, name).shape.ToString();
}

}  // namespace

TEST_CASE("shapes follow from the graph's inputs") {
  REQUIRE(InferredShape(R"(graph main
input %x : float32[1,4,4,3]
const %perm : int32[4] = 0 3 1 2
const %target : int32[2] = -1 16
%t = TRANSPOSE(%x, %perm) : float32[*]
%y = RESHAPE(%t, %target) : float32[*]
output %y
)",
                        "y") == "[3,16]");
}

TEST_CASE("a dimension that is not known flows through SHAPE and what is computed from it") {
  const std::string graph = R"(graph main
input %x : float32[?,8,6,3]
const %begin : int32[1] = 0
const %one : int32[1] = 1
const %three : int32[1] = 3
const %rest : int32[] = 144
%s = SHAPE(%x) {out_type=2} : int32[4]
%hw = STRIDED_SLICE(%s, %one, %three, %one) : int32[2]
%small = RESIZE_BILINEAR(%x, %hw) {align_corners=false,half_pixel_centers=true} : float32[*]
%batch = STRIDED_SLICE(%s, %begin, %one, %one) {shrink_axis_mask=1} : int32[]
%target = PACK(%batch, %rest) {axis=0,values_count=2} : int32[2]
%flat = RESHAPE(%x, %target) : float32[*]
output %small
output %flat
)";
  REQUIRE(InferredShape(graph, "small") == "[?,8,6,3]");
  REQUIRE(InferredShape(graph, "flat") == "[?,144]");
}

TEST_CASE("constants are evaluated, whatever integer type indexes them") {
  Graph graph = Parse(R"(graph main
const %x : float32[2,3] = 1 2 3 4 5 6
const %begin : int64[2] = 0 1
const %size : int64[2] = -1 2
%y = SLICE(%x, %begin, %size) : float32[*]
output %y
)");
  auto values = engine::EvaluateConstants(graph, graph.first());
  INFO(Describe(values.status()));
  REQUIRE(values.ok());
  const ValueId id = graph.AddValue((*values)[0]);
  REQUIRE(*FloatElements(graph, id) == std::vector<float>{2, 3, 5, 6});
  REQUIRE(graph.value(id).shape == Shape{2, 2});
}

TEST_CASE("values that follow from shapes are known without a run") {
  Graph graph = Parse(R"(graph main
input %x : float32[2,5]
%s = SHAPE(%x) {out_type=2} : int32[2]
%y = CAST(%s) {out_data_type=0} : float32[2]
output %y
)");
  auto known = engine::KnownValues(graph);
  REQUIRE(known.size() == 2);
  const ValueId id = graph.AddValue(known[1].second);
  REQUIRE(*FloatElements(graph, id) == std::vector<float>{2, 5});
}

TEST_CASE("an error of inference names node, op and tensor") {
  Graph graph = Parse(R"(graph main
input %x : float32[2,5]
const %target : int32[1] = 7
%y = RESHAPE(%x, %target) : float32[*]
output %y
)");
  auto status = engine::InferShapes(graph);
  REQUIRE(status.code() == absl::StatusCode::kInvalidArgument);
  REQUIRE(Annotation(status, Place::kOp) == "RESHAPE");
  REQUIRE(Annotation(status, Place::kTensor) == "y");
  REQUIRE(std::string(status.message()).find("[2,5]") != std::string::npos);
}
