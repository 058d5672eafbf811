// Files of several schemes: the conversions between them.
#include <catch2/catch.hpp>

#include "ir/text.h"
#include "ir/verifier.h"
#include "rewrite/rewrite.h"
#include "tests/plan/fixture.h"

namespace zeropoint::rewrite {
namespace {

using plan::NodeChoice;
using plan::NodeOf;
using plan::PlanOptions;
using plan::Ranges;
using plan::Scheme;
using plan::With;

std::string Rewritten(ir::Model model, const ir::Statistics& statistics, const PlanOptions& options) {
  absl::StatusOr<plan::Plan> plan = plan::MakePlan(model, statistics, options);
  INFO(plan.status().ToString());
  REQUIRE(plan.ok());
  absl::StatusOr<ir::Model> result = ApplyPlan(std::move(model), *plan, Context());
  INFO(result.status().ToString());
  REQUIRE(result.ok());
  REQUIRE(SetVersions(*result, *plan).ok());
  REQUIRE(ir::Verify(*result).ok());
  for (ir::ValueId id = 0; id < result->graphs[0].num_values(); ++id) {
    result->graphs[0].value(id).quant.min.clear();
    result->graphs[0].value(id).quant.max.clear();
  }
  return ir::ToText(result->graphs[0]);
}

constexpr char kPair[] = R"(graph main
input %x : float32[1,2]
%a = RELU(%x) : float32[1,2]
%b = RELU(%a) : float32[1,2]
output %b
)";

NodeChoice Be(Scheme scheme) {
  NodeChoice choice;
  choice.scheme = scheme;
  return choice;
}

TEST_CASE("int8 goes to int16 and back by one QUANTIZE each") {
  const ir::Model model = plan::ParsedModel(kPair);
  PlanOptions options = With(Scheme::kInt8);
  options.choices[{0, NodeOf(model, "b")}] = Be(Scheme::kInt16x8);
  options.input_type = ElementType::kInt8;
  options.output_type = ElementType::kInt8;
  const std::string text = Rewritten(model, Ranges(model, {{"x", 0, 255}, {"a", 0, 255}, {"b", 0, 32767}}), options);
  CHECK(text.find("%a_int16 = QUANTIZE@2(%a) : int16[1,2]") != std::string::npos);
  CHECK(text.find("%b = QUANTIZE@2(%b_int16) : int8[1,2]") != std::string::npos);
  CHECK(text.find("DEQUANTIZE") == std::string::npos);
}

TEST_CASE("int16 is delivered as uint8 in two steps, since LiteRT has none for it") {
  const ir::Model model = plan::ParsedModel(kPair);
  PlanOptions options = With(Scheme::kInt8);
  options.choices[{0, NodeOf(model, "b")}] = Be(Scheme::kInt16x8);
  options.output_type = ElementType::kUInt8;
  const std::string text = Rewritten(model, Ranges(model, {{"x", 0, 255}, {"a", 0, 255}, {"b", 0, 255}}), options);
  CHECK(text.find("int8[1,2] scale=1 zero_point=-128\n%b = QUANTIZE@2(") != std::string::npos);
  CHECK(text.find(": uint8[1,2] scale=1 zero_point=0\noutput %b") != std::string::npos);
}

TEST_CASE("a constant shared by a float and an int8 node keeps its float form beside the integer one") {
  const ir::Model model = plan::ParsedModel(R"(graph main
input %x : float32[1,2]
const %w : float32[1,2] = 1 255
%a = ADD(%x, %w) : float32[1,2]
%b = ADD(%a, %w) : float32[1,2]
output %b
)");
  PlanOptions options = With(Scheme::kInt8);
  options.choices[{0, NodeOf(model, "b")}] = Be(Scheme::kFloat);
  const std::string text = Rewritten(model, Ranges(model, {{"x", 0, 255}, {"a", 0, 510}, {"b", 0, 510}}), options);
  CHECK(text.find(": float32[1,2] = 1 255") != std::string::npos);
  CHECK(text.find(": int8[1,2] scale=1 zero_point=-128 = -127 127") != std::string::npos);
}

TEST_CASE("the mark for reduced precision is for models that are float16 throughout") {
  const ir::Model model = plan::ParsedModel(kPair);
  PlanOptions options = With(Scheme::kFloat16);
  for (bool mixed : {false, true}) {
    if (mixed) options.choices[{0, NodeOf(model, "b")}] = Be(Scheme::kFloat);
    absl::StatusOr<plan::Plan> plan = plan::MakePlan(model, {}, options);
    REQUIRE(plan.ok());
    absl::StatusOr<ir::Model> result = ApplyPlan(model, *plan, Context());
    REQUIRE(result.ok());
    CHECK(result->metadata.empty() == mixed);
  }
}

}  // namespace
}  // namespace zeropoint::rewrite
