#include <catch2/catch.hpp>

#include "engine/engine.h"
#include "ir/text.h"

using namespace zeropoint;

namespace {

using Floats = std::vector<float>;

// The results of a graph whose first node has weights (operand 1) with these scales.
std::vector<Floats> Run(const std::string& text, const Floats& weight_scales, const ir::Dims& dims, const Floats& x) {
  auto graph = ir::ParseGraph(text);
  INFO(Describe(graph.status()));
  REQUIRE(graph.ok());
  ir::QuantParams& quant = graph->value(graph->node(graph->first()).input(1)).quant;
  quant.scale = weight_scales;
  quant.zero_point.assign(weight_scales.size(), 0);
  auto executable = engine::Executable::Create(*graph);
  INFO(Describe(executable.status()));
  REQUIRE(executable.ok());
  auto session = engine::Session::Create(**executable);
  ops::TensorView view;
  view.dims = dims;
  view.data = x.data();
  const absl::Status status = session->Run({&view, 1}, nullptr);
  INFO(Describe(status));
  REQUIRE(status.ok());
  std::vector<Floats> results;
  for (int i = 0; i < static_cast<int>(graph->outputs.size()); ++i) {
    const ops::TensorView result = session->output(i);
    results.emplace_back(result.As<float>(), result.As<float>() + result.elements());
  }
  return results;
}

}  // namespace

// Expected numbers by hand. Scales are powers of two, so they are exact.

TEST_CASE("activations beside int8 weights are rounded to 8 bits, each entry of a batch apart") {
  const auto results = Run(R"(graph main
input %x : float32[3,1,2,1]
const %w : int8[1,1,1,1] = 4
%y = CONV_2D(%x, %w) {padding=1, stride_w=1, stride_h=1} : float32[3,1,2,1]
%z = NEG(%x) : float32[3,1,2,1]
output %y
output %z
)",
                           {0.25f}, {3, 1, 2, 1}, {127.0f, 9.4f, -254.0f, 3.0f, 0.0f, 0.0f});
  // Scales 1 and 2; 3 / 2 lies halfway between 1 and 2.
  REQUIRE(results[0] == Floats{127, 9, -254, 4, 0, 0});
  // Other readers see what was there.
  REQUIRE(results[1] == Floats{-127.0f, -9.4f, 254.0f, -3.0f, 0, 0});
}

TEST_CASE("a dense layer rounds each row that its int8 weights multiply apart") {
  const auto results = Run(R"(graph main
input %x : float32[1,2,2]
const %w : int8[1,2] = 2 4
%y = FULLY_CONNECTED(%x, %w) : float32[2,1]
output %y
)",
                           {0.5f}, {1, 2, 2}, {127.0f, 9.4f, -254.0f, 3.0f});
  REQUIRE(results[0] == Floats{127 + 2 * 9, -254 + 2 * 4});
}

TEST_CASE("activations are rounded with a zero point where the op's option asks for it") {
  const auto results = Run(R"(graph main
input %x : float32[2,3]
const %w : int8[1,3] = 1 1 1
%y = FULLY_CONNECTED(%x, %w) {asymmetric_quantize_inputs=true} : float32[2,1]
output %y
)",
                           {1.0f}, {2, 3}, {-55.0f, 200.0f, 10.6f, -400.0f, 110.0f, 5.2f});
  // Scale 1, zero point -128 + 55; scale 2, zero point 127 - 55.
  REQUIRE(results[0] == Floats{-55 + 200 + 11, -400 + 110 + 6});
}

TEST_CASE("activations beside int8 weights per channel are rounded with a zero point where there is no such option") {
  const auto results = Run(R"(graph main
input %x : float32[1,1,3,1]
const %w : int8[2,1,1,1] = 1 4
%y = CONV_2D(%x, %w) {padding=1, stride_w=1, stride_h=1} : float32[1,1,3,2]
output %y
)",
                           {1.0f, 0.5f}, {1, 1, 3, 1}, {-55.0f, 200.0f, 10.6f});
  REQUIRE(results[0] == Floats{-55, -110, 200, 400, 11, 22});
}

TEST_CASE("activations beside float weights stay as they are") {
  const auto results = Run(R"(graph main
input %x : float32[1,2]
const %w : float32[1,2] = 1 1
%y = FULLY_CONNECTED(%x, %w) : float32[1,1]
output %y
)",
                           {}, {1, 2}, {127.0f, 9.5f});
  REQUIRE(results[0] == Floats{136.5f});
}
