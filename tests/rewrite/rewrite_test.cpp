#include "rewrite/rewrite.h"

#include <catch2/catch.hpp>

#include "ir/text.h"
#include "ir/verifier.h"
#include "tests/plan/fixture.h"

namespace zeropoint::rewrite {
namespace {

using plan::ParsedModel;
using plan::Ranges;
using plan::Scheme;
using plan::ValueNamed;
using plan::With;

ir::Model Quantized(ir::Model model, const ir::Statistics& statistics, const plan::PlanOptions& options,
                    int threads = 1) {
  absl::StatusOr<plan::Plan> plan = plan::MakePlan(model, statistics, options);
  INFO(plan.status().ToString());
  REQUIRE(plan.ok());
  Context context;
  context.threads = threads;
  absl::StatusOr<ir::Model> result = ApplyPlan(std::move(model), *plan, context);
  INFO(result.status().ToString());
  REQUIRE(result.ok());
  REQUIRE(SetVersions(*result, *plan).ok());
  const absl::Status valid = ir::Verify(*result);
  INFO(valid.ToString());
  REQUIRE(valid.ok());
  // Ranges are for the report; these tests look at the rest.
  for (ir::ValueId id = 0; id < result->graphs[0].num_values(); ++id) {
    result->graphs[0].value(id).quant.min.clear();
    result->graphs[0].value(id).quant.max.clear();
  }
  return *std::move(result);
}

std::string Text(const ir::Model& model) { return ir::ToText(model.graphs[0]); }

constexpr char kLayer[] = R"(graph main
input %x : float32[1,2]
const %w : float32[2,2] = 127 1 2 -254
const %b : float32[2] = 1 3
%y = FULLY_CONNECTED(%x, %w, %b) : float32[1,2]
output %y
)";

TEST_CASE("int8: constants are encoded, the input is quantized, the output keeps its name") {
  const ir::Model model = ParsedModel(kLayer);
  CHECK(Text(Quantized(model, Ranges(model, {{"x", 0, 255}, {"y", 0, 510}}), With(Scheme::kInt8))) == R"(graph main
input %x : float32[1,2]
const %w : int8[2,2] scale=[1,2] zero_point=[0,0] = 127 1 1 -127
const %b : int32[2] scale=[1,2] zero_point=[0,0] = 1 2
%tfl.quantize = QUANTIZE(%x) : int8[1,2] scale=1 zero_point=-128
%y1 = FULLY_CONNECTED@4(%tfl.quantize, %w, %b) : int8[1,2] scale=2 zero_point=-128
%y = DEQUANTIZE@2(%y1) : float32[1,2]
output %y
)");
}

TEST_CASE("int8 inputs and outputs need no conversions and keep their names") {
  const ir::Model model = ParsedModel(kLayer);
  plan::PlanOptions options = With(Scheme::kInt8);
  options.input_type = options.output_type = ElementType::kInt8;
  CHECK(Text(Quantized(model, Ranges(model, {{"x", 0, 255}, {"y", 0, 510}}), options)) == R"(graph main
input %x : int8[1,2] scale=1 zero_point=-128
const %w : int8[2,2] scale=[1,2] zero_point=[0,0] = 127 1 1 -127
const %b : int32[2] scale=[1,2] zero_point=[0,0] = 1 2
%y = FULLY_CONNECTED@4(%x, %w, %b) : int8[1,2] scale=2 zero_point=-128
output %y
)");
}

TEST_CASE("16x8: names tell the type, a QUANTIZE of inputs only has version 1") {
  const ir::Model model = ParsedModel(kLayer);
  CHECK(Text(Quantized(model, Ranges(model, {{"x", 0, 32767}, {"y", 0, 65534}}), With(Scheme::kInt16x8))) ==
        R"(graph main
input %x : float32[1,2]
const %w : int8[2,2] scale=[1,2] zero_point=[0,0] = 127 1 1 -127
const %b : int64[2] scale=[1,2] zero_point=[0,0] = 1 2
%x_int16 = QUANTIZE(%x) : int16[1,2] scale=1 zero_point=0
%y_int16 = FULLY_CONNECTED@4(%x_int16, %w, %b) {quantized_bias_type=4} : int16[1,2] scale=2 zero_point=0
%y = DEQUANTIZE@2(%y_int16) : float32[1,2]
output %y
)");
}

TEST_CASE("16x8: once a QUANTIZE stands inside the graph, all of them have version 2") {
  const ir::Model model = ParsedModel(R"(graph main
input %x : float32[1,2]
%f = COS(%x) : float32[1,2]
%y = ADD(%f, %x) : float32[1,2]
output %y
)");
  const ir::Model result =
      Quantized(model, Ranges(model, {{"x", -1, 1}, {"f", -1, 1}, {"y", -2, 2}}), With(Scheme::kInt16x8));
  CHECK_THAT(Text(result),
             Catch::Contains("%f_int16 = QUANTIZE@2(%f)") && Catch::Contains("%x_int16 = QUANTIZE@2(%x)"));
  CHECK_THAT(Text(result), Catch::Contains("%f = COS(%x)"));
}

TEST_CASE("16x8: a QUANTIZE between integers stands inside the graph, even when an input feeds it") {
  const ir::Model model = ParsedModel(R"(graph main
input %a : float32[1,2]
input %b : float32[1,2]
%y = CONCATENATION(%a, %b) {axis=0, fused_activation_function=0} : float32[2,2]
output %y
)");
  plan::PlanOptions options = With(Scheme::kInt16x8);
  options.input_type = options.output_type = ElementType::kInt16;
  const ir::Model result = Quantized(model, Ranges(model, {{"a", -1, 1}, {"b", -2, 2}, {"y", -2, 2}}), options);
  CHECK_THAT(Text(result), Catch::Contains("= QUANTIZE@2(%a) : int16"));
}

TEST_CASE("16x8: the version of MUL does not depend on its scales") {
  const ir::Model model = ParsedModel(R"(graph main
input %a : float32[1,2]
input %b : float32[1,2]
%y = MUL(%a, %b) {fused_activation_function=0} : float32[1,2]
output %y
)");
  const ir::Statistics ranges = Ranges(model, {{"a", -1e6f, 1e6f}, {"b", -1e6f, 1e6f}, {"y", -1, 1}});
  CHECK_THAT(Text(Quantized(model, ranges, With(Scheme::kInt16x8))), Catch::Contains("MUL@2("));
  CHECK_THAT(Text(Quantized(model, ranges, With(Scheme::kInt8))), Catch::Contains("MUL@3("));
}

TEST_CASE("16x8: ops that stay float have the versions of TensorFlow's quantizer") {
  const ir::Model model = ParsedModel(R"(graph main
input %x : float32[1,2]
input %z : float32[1,2]
const %axis : int32[] = 1
%s = SQRT(%x) : float32[1,2]
%i = ARG_MIN(%x, %axis) {output_type=2} : int32[1]
%n = NOT_EQUAL(%x, %z) : bool[1,2]
output %s
output %i
output %n
)");
  const std::string text =
      Text(Quantized(model, Ranges(model, {{"x", 0, 1}, {"z", 0, 1}, {"s", 0, 1}}), With(Scheme::kInt16x8)));
  CHECK_THAT(text, Catch::Contains("= SQRT(") && Catch::Contains("= ARG_MIN(") && Catch::Contains("= NOT_EQUAL@2("));
}

TEST_CASE("16x8: PADV2 reads tensor and value with the result's parameters") {
  const ir::Model model = ParsedModel(R"(graph main
input %x : float32[2]
const %p : int32[1,2] = 1 1
const %v : float32[] = 4
%y = PADV2(%x, %p, %v) : float32[4]
output %y
)");
  const std::string text = Text(Quantized(model, Ranges(model, {{"x", -1, 1}, {"y", -1, 4}}), With(Scheme::kInt16x8)));
  CHECK_THAT(text, Catch::Contains("%v : int16[] scale=0.00012207404 zero_point=0 = 32767"));
  CHECK_THAT(text, Catch::Contains("QUANTIZE(%x) : int16[2] scale=0.00012207404"));
}

TEST_CASE("one conversion serves all readers of a form, and the graph's output") {
  const ir::Model model = ParsedModel(R"(graph main
input %x : float32[1,2]
%a = RELU(%x) : float32[1,2]
%f = COS(%a) : float32[1,2]
%g = SIN(%a) : float32[1,2]
output %a
output %f
output %g
)");
  CHECK(Text(Quantized(model, Ranges(model, {{"x", -1, 1}, {"a", 0, 1}}), With(Scheme::kInt8))) == R"(graph main
input %x : float32[1,2]
%tfl.quantize = QUANTIZE(%x) : int8[1,2] scale=0.007843138 zero_point=-1
%a1 = RELU@2(%tfl.quantize) : int8[1,2] scale=0.003921569 zero_point=-128
%a = DEQUANTIZE@2(%a1) : float32[1,2]
%f = COS(%a) : float32[1,2]
%g = SIN(%a) : float32[1,2]
output %a
output %f
output %g
)");
}

TEST_CASE("a constant read in two forms is copied, one read twice in one form is shared") {
  const ir::Model model = ParsedModel(R"(graph main
input %x : float32[1,2]
const %k : float32[2] = 1 2
const %w : float32[2,2] = 127 1 2 -254
%a = FULLY_CONNECTED(%x, %w, %k) : float32[1,2]
%m = MUL(%a, %k) : float32[1,2]
%y = MUL(%m, %k) : float32[1,2]
output %y
)");
  const std::string text = Text(Quantized(
      model, Ranges(model, {{"x", 0, 255}, {"a", 0, 510}, {"m", 0, 255}, {"y", 0, 255}}), With(Scheme::kInt8)));
  CHECK_THAT(text, Catch::Contains("const %k : int32[2] scale=[1,2] zero_point=[0,0] = 1 1"));
  CHECK_THAT(text, Catch::Contains("const %k1 : int8[2] scale=0.007843138 zero_point=-128 = -1 127"));
  CHECK_THAT(text, Catch::Contains("MUL@2(%a, %k1)") && Catch::Contains("MUL@2(%m, %k1)"));
}

TEST_CASE("signatures follow an output to the tensor that delivers it") {
  ir::Model model = ParsedModel(kLayer);
  ir::Signature signature;
  signature.key = "serving_default";
  signature.inputs = {{"in", ValueNamed(model, "x")}};
  signature.outputs = {{"out", ValueNamed(model, "y")}};
  model.signatures.push_back(signature);
  const ir::Statistics statistics = Ranges(model, {{"x", 0, 255}, {"y", 0, 510}});
  const ir::Model result = Quantized(model, statistics, With(Scheme::kInt8));
  const ir::Graph& graph = result.graphs[0];
  CHECK(graph.value(result.signatures[0].outputs[0].value).name == "y");
  CHECK(graph.value(result.signatures[0].outputs[0].value).type == ElementType::kFloat32);
  CHECK(result.signatures[0].outputs[0].value == graph.outputs[0]);
  CHECK(result.signatures[0].inputs[0].value == graph.inputs[0]);
}

TEST_CASE("float16 constants are dequantized before use and the model says what precision suffices") {
  const ir::Model result = Quantized(ParsedModel(kLayer), {}, With(Scheme::kFloat16));
  CHECK(Text(result) == R"(graph main
input %x : float32[1,2]
const %w : float16[2,2] = 0xf057003c0040f0db
const %b : float16[2] = 0x003c0042
%w1 = DEQUANTIZE@3(%w) : float32[2,2]
%b1 = DEQUANTIZE@3(%b) : float32[2]
%y = FULLY_CONNECTED(%x, %w1, %b1) : float32[1,2]
output %y
)");
  REQUIRE(result.metadata.size() == 1);
  CHECK(result.metadata[0].name == "reduced_precision_support");
  CHECK(std::string(result.metadata[0].data.span().begin(), result.metadata[0].data.span().end()) == "fp16accfp32");
}

TEST_CASE("parameters that a file left on a float value are dropped") {
  ir::Model model = ParsedModel(kLayer);
  model.graphs[0].value(ValueNamed(model, "y")).quant = {{0.5f}, {0}, 0, {}, {}};
  CHECK(Text(Quantized(model, {}, With(Scheme::kFloat))) == kLayer);
}

TEST_CASE("a .tflite keeps the versions of its float ops") {
  ir::Model model = ParsedModel(kLayer);
  model.graphs[0].node(plan::NodeOf(model, "y")).info.version = 3;
  CHECK_THAT(Text(Quantized(model, {}, With(Scheme::kFloat))), Catch::Contains("FULLY_CONNECTED@3"));
}

TEST_CASE("the result does not depend on the number of threads") {
  const ir::Model model = ParsedModel(kLayer);
  const ir::Statistics statistics = Ranges(model, {{"x", 0, 255}, {"y", 0, 510}});
  const std::string one = Text(Quantized(model, statistics, With(Scheme::kInt8), 1));
  for (int threads : {2, 3, 8}) CHECK(Text(Quantized(model, statistics, With(Scheme::kInt8), threads)) == one);
}

TEST_CASE("a plan for another model is refused") {
  absl::StatusOr<plan::Plan> plan = plan::MakePlan(ParsedModel(kLayer), {}, With(Scheme::kFloat));
  ir::Model two = ParsedModel(kLayer);
  two.graphs.push_back(two.graphs[0]);
  CHECK(ApplyPlan(two, *plan, Context()).status().code() == absl::StatusCode::kInternal);
}

}  // namespace
}  // namespace zeropoint::rewrite
