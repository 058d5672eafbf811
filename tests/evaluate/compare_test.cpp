#include "evaluate/compare.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "tests/support/model_of.h"

using namespace zeropoint;
using namespace zeropoint::evaluate;
using Catch::Contains;

namespace {

// Steps of 0.5 hold -64 to 63.5, so everything can be worked out by hand.
constexpr char kReal[] = R"(graph main
input %x : float32[1,2]
const %c : float32[1,2] = 10 20
%s = ADD(%x, %c) : float32[1,2]
output %s
)";
constexpr char kQuantized[] = R"(graph main
input %x : float32[1,2]
const %c8 : int8[1,2] scale=0.5 zero_point=0 = 20 40
%x8 = QUANTIZE(%x) : int8[1,2] scale=0.5 zero_point=0
%s8 = ADD(%x8, %c8) : int8[1,2] scale=0.5 zero_point=0
%s = DEQUANTIZE(%s8) : float32[1,2]
output %s
)";

struct Pair {
  ir::Model real = ModelOf({kReal}), quantized = ModelOf({kQuantized});
  Pairing pairing = PairByNames(real, quantized);
  Models models{real, quantized, pairing};
  std::vector<int64_t> dims{1, 2};
  std::vector<std::vector<float>> values;
  std::vector<Sample> samples;

  explicit Pair(std::vector<std::vector<float>> inputs) : values(std::move(inputs)) {
    for (const std::vector<float>& one : values) {
      Sample sample;
      ops::TensorView view;
      view.dims = dims;
      view.data = one.data();
      sample.inputs.push_back(view);
      samples.push_back(sample);
    }
  }
  ir::ValueId Value(const std::string& name) const {
    const ir::Graph& graph = quantized.graphs[0];
    for (ir::ValueId id = 0; id < graph.num_values(); ++id) {
      if (graph.value(id).name == name) return id;
    }
    FAIL("there is no " + name);
    return ir::kNoValue;
  }
  ir::NodeId Node(const std::string& result) const { return quantized.graphs[0].producer(Value(result)); }
  Comparison Compared(const CompareOptions& options = {}, int threads = 1) const {
    Context context;
    context.threads = threads;
    absl::StatusOr<Comparison> comparison = Compare(models, samples, options, context);
    INFO(Describe(comparison.status()));
    REQUIRE(comparison.ok());
    return *std::move(comparison);
  }
};

const std::vector<float> kSmall{1.2f, 1.3f};    // becomes 1.0 and 1.5
const std::vector<float> kLarge{100.0f, 0.0f};  // 63.5 is the largest there is

}  // namespace

TEST_CASE("an output's noise is what rounding changed in it") {
  const Pair pair({kSmall});
  const Comparison comparison = pair.Compared();
  const Distance& output = comparison.outputs.at(0).outputs.at(0);
  CHECK(output.Noise() == Approx(0.2 * 0.2 + 0.2 * 0.2).epsilon(1e-5));
  CHECK(output.Signal() == Approx(11.2 * 11.2 + 21.3 * 21.3));
  CHECK(NoiseOf(comparison.outputs) == Approx(output.Noise() / output.Signal()));
  CHECK(OutputSqnrDb(comparison.outputs) == Approx(output.SqnrDb()));
}

TEST_CASE("an op inherits the error of its operand, and QUANTIZE makes it and costs it") {
  const Pair pair({kSmall});
  const Comparison comparison = pair.Compared();
  const NodeFigures& add = comparison.nodes.at({0, pair.Node("s8")});
  CHECK(add.made->Noise() == 0.0);
  CHECK(add.inherited->Noise() == Approx(0.08).epsilon(1e-5));
  CHECK(add.total.Noise() == Approx(0.08).epsilon(1e-5));
  const NodeFigures& quantize = comparison.nodes.at({0, pair.Node("x8")});
  CHECK(quantize.made->Noise() == Approx(0.08).epsilon(1e-5));
  REQUIRE(quantize.cost.has_value());
  CHECK(*quantize.cost == Approx(NoiseOf(comparison.outputs)).epsilon(1e-5));
  CHECK_FALSE(add.cost.has_value());  // no error of its own that could cost anything
  CHECK(comparison.costed == std::vector<NodeRef>{{0, pair.Node("x8")}});
}

TEST_CASE("values beyond the range are counted as clipped, and integers that occur as used") {
  const Pair pair({kSmall, kLarge});
  const Comparison comparison = pair.Compared();
  const TensorFigures& input = comparison.tensors.at({0, pair.Value("x8")});
  CHECK(input.clipped == 1);
  CHECK(input.CodesUsed() == 4);  // 2, 3, 127 and 0
  CHECK(input.distance.MaxError() == Approx(36.5));
  CHECK(comparison.tensors.at({0, pair.Value("s8")}).clipped == 1);
  const Spread& spread = comparison.spreads.at({0, 0});
  CHECK(spread.range.max == 100.0f);
  CHECK(spread.samples == 2);
  CHECK_FALSE(spread.same_in_all);
  CHECK(RepresentableRange(pair.quantized.graphs[0].value(pair.Value("x8")))->max == 63.5f);
}

TEST_CASE("any number of threads gives the same bits") {
  std::vector<std::vector<float>> inputs;
  for (int i = 0; i < 40; ++i) inputs.push_back({0.37f * static_cast<float>(i), -0.11f * static_cast<float>(i)});
  const Pair pair(inputs);
  const Comparison one = pair.Compared({}, 1), four = pair.Compared({}, 4);
  CHECK(one.outputs[0].outputs[0].Noise() == four.outputs[0].outputs[0].Noise());
  CHECK(*one.nodes.at({0, pair.Node("x8")}).cost == *four.nodes.at({0, pair.Node("x8")}).cost);
  Context context;
  const auto alone = CompareOutputs(pair.models, pair.samples, context);
  REQUIRE(alone.ok());
  CHECK(NoiseOf(*alone) == NoiseOf(one.outputs));
}

TEST_CASE("a layer is shown beside its float form on operands that were not rounded, and then the output") {
  const Pair pair({kSmall, kLarge});
  std::vector<std::string> seen;
  CompareOptions options;
  options.layers = [&](const LayerRun& run) {
    seen.push_back(std::to_string(run.sample) + (run.output.has_value() ? " output" : " layer"));
    if (run.sample == 0 && !run.output.has_value()) {
      CHECK(run.value == pair.Value("s8"));
      CHECK(run.real[0] == Approx(11.2));
      CHECK(run.quantized[0] == 11.0f);
    }
    return absl::OkStatus();
  };
  pair.Compared(options, 4);
  CHECK(seen == std::vector<std::string>{"0 layer", "0 output", "1 layer", "1 output"});
}

TEST_CASE("who looks at layers can stop the run") {
  const Pair pair({kSmall, kLarge});
  CompareOptions options;
  options.layers = [](const LayerRun&) { return absl::AbortedError("enough"); };
  Context context;
  const absl::StatusOr<Comparison> stopped = Compare(pair.models, pair.samples, options, context);
  CHECK(stopped.status().code() == absl::StatusCode::kAborted);
  CHECK_THAT(Describe(stopped.status()), Contains("enough") && Contains("sample 0"));
}
