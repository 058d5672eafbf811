// RFFT2D, complex numbers, random numbers and RANGE of floats, against LiteRT (tests/data/make_signal_golden.py).
#include <catch2/catch.hpp>
#include <cmath>
#include <complex>
#include <cstring>

#include "engine/engine.h"
#include "ops/op_def.h"
#include "tests/support/golden.h"

namespace zeropoint {
namespace {

// One node on the case's operands, its result of unknown shape.
ir::Graph OneNode(const Json& golden, std::vector<ir::Value>& inputs, std::vector<ops::TensorView>& views) {
  ir::Graph graph;
  std::vector<ir::ValueId> operands;
  inputs.reserve(golden["inputs"].size());
  for (const Json& tensor : golden["inputs"]) {
    inputs.push_back(GoldenValue(tensor, "x" + std::to_string(operands.size())));
    ir::Value value = inputs.back();
    if (tensor["constant"].get<bool>()) {
      operands.push_back(graph.AddConstant(value.name, value.type, value.shape, value.data));
      continue;
    }
    views.push_back({{value.type, inputs.back().shape.dims(), inputs.back().data.data()}});
    value.is_constant = false;
    value.data = {};
    operands.push_back(graph.AddValue(std::move(value)));
    graph.inputs.push_back(operands.back());
  }
  const ElementType type = FindTraits(golden["output"]["type"].get<std::string>())->type;
  const ir::ValueId result = graph.AddValue({"y", type, ir::Shape::Unranked()});
  graph.outputs = {result};
  ir::NodeInfo info;
  info.op = golden["op"];
  info.attrs = GoldenAttrs(golden["attrs"]);
  graph.AddNode(std::move(info), operands, {result});
  return graph;
}

// Bounds by op: an FFT's error grows with what it sums; a normal number is a product of a logarithm and a cosine.
double Bound(const std::string& op, double magnitude) {
  if (op == "RFFT2D") return 1e-6 * magnitude;
  if (op == "RANDOM_STANDARD_NORMAL") return 1e-6;
  if (op == "COMPLEX_ABS") return 4e-7;
  return 0;  // the same bits
}

void Check(const Json& golden) {
  const std::string op = golden["op"];
  INFO(op << " " << golden["attrs"].dump() << golden["inputs"].dump());
  std::vector<ir::Value> inputs;
  std::vector<ops::TensorView> views;
  const ir::Graph graph = OneNode(golden, inputs, views);
  const ir::Value want = GoldenValue(golden["output"], "y");
  const auto executable = engine::Executable::Create(graph);
  REQUIRE(executable.ok());
  const auto session = engine::Session::Create(**executable);
  const absl::Status run = session->Run(views, nullptr);
  INFO(Describe(run));
  REQUIRE(run.ok());
  const ops::TensorView got = session->output(0);
  REQUIRE(got.type == want.type);
  REQUIRE(ir::Shape(got.dims) == want.shape);
  if (!Traits(want.type).is_float && want.type != ElementType::kComplex64) {
    REQUIRE(std::memcmp(got.data, want.data.data(), got.bytes()) == 0);
    return;
  }
  const float* a = got.As<float>();
  const float* b = reinterpret_cast<const float*>(want.data.data());
  const size_t n = got.bytes() / sizeof(float);
  double magnitude = 0;
  for (size_t i = 0; i < n; ++i) magnitude = std::max(magnitude, std::fabs(static_cast<double>(b[i])));
  for (size_t i = 0; i < n; ++i) {
    REQUIRE(std::fabs(static_cast<double>(a[i]) - static_cast<double>(b[i])) <= Bound(op, magnitude));
  }
}

}  // namespace

TEST_CASE("signal and random ops compute what LiteRT computed") {
  for (const Json& golden : ReadGolden("signal_golden.json")) Check(golden);
}

TEST_CASE("RFFT2D takes lengths that are no powers of two") {
  ir::Graph graph;
  std::vector<float> elements = {1, -2, 3, 0.5f, 4, -1, 2, 2, 0, 1, 5, -3, 1, 1, 2};
  const ir::ValueId x = graph.AddConstant("x", {3, 5}, absl::MakeConstSpan(elements));
  const ir::ValueId lengths = graph.AddConstant("n", {2}, absl::Span<const int32_t>({3, 5}));
  const ir::ValueId y = graph.AddValue({"y", ElementType::kComplex64, ir::Shape::Unranked()});
  const ir::NodeId node = graph.AddNode({.op = "RFFT2D", .name = "fft"}, {x, lengths}, {y});
  graph.outputs = {y};
  const auto result = engine::EvaluateConstants(graph, node);
  REQUIRE(result.ok());
  REQUIRE((*result)[0].shape == ir::Shape{3, 3});
  const auto* got = reinterpret_cast<const std::complex<float>*>((*result)[0].data.data());
  for (int k = 0; k < 3; ++k) {
    for (int l = 0; l < 3; ++l) {
      std::complex<double> sum = 0;
      for (int r = 0; r < 3; ++r) {
        for (int c = 0; c < 5; ++c) {
          sum += std::polar(static_cast<double>(elements[static_cast<size_t>(r * 5 + c)]),
                            -2 * M_PI * (r * k / 3.0 + c * l / 5.0));
        }
      }
      CHECK(std::abs(std::complex<double>(got[k * 3 + l]) - sum) < 1e-5);
    }
  }
}

TEST_CASE("random ops are neither folded nor merged") {
  for (const char* op : {"RANDOM_UNIFORM", "RANDOM_STANDARD_NORMAL", "MULTINOMIAL"}) {
    CHECK(ops::FindOp(op)->has_side_effects);
  }
}

}  // namespace zeropoint
