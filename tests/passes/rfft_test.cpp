#include <cmath>

#include "tests/passes/support.h"

using namespace zeropoint;
using namespace zeropoint::passes;
using namespace zeropoint::passes::testing;

TEST_CASE("a transform of rows is one of matrices of one row") {
  ir::Graph graph = Parse(R"(graph main
input %x : float32[?,8]
const %n : int32[1] = 8
%y = tf.RFFT(%x, %n) {Treal=0, Tcomplex=8} : complex64[?,5]
output %y
)");
  REQUIRE(Apply(LegalizeRfft, graph) == 1);
  Apply(InferShapes, graph);
  const ir::Node& squeeze = graph.node(graph.producer(graph.outputs[0]));
  REQUIRE(squeeze.op() == "SQUEEZE");
  CHECK(squeeze.attrs().Ints("squeeze_dims") == std::vector<int64_t>{-2});
  const ir::Node& transform = graph.node(graph.producer(squeeze.input(0)));
  REQUIRE(transform.op() == "RFFT2D");
  CHECK(graph.value(transform.output()).type == ElementType::kComplex64);
  CHECK(graph.value(transform.output()).shape == ir::Shape{ir::kDynamic, 1, 5});
  CHECK(graph.value(graph.outputs[0]).shape == ir::Shape{ir::kDynamic, 5});

  // A constant has wave 0 only.
  const auto executable = engine::Executable::Create(graph);
  REQUIRE(executable.ok());
  const auto session = engine::Session::Create(**executable);
  const std::vector<float> ones(16, 1.0f);
  const ir::Shape shape{2, 8};
  REQUIRE(session->Run({{{ElementType::kFloat32, shape.dims(), ones.data()}}}, nullptr).ok());
  const float* waves = session->output(0).As<float>();
  CHECK(waves[0] == 8);
  for (int i = 1; i < 10; ++i) CHECK(std::fabs(waves[i]) < 1e-6f);
}

TEST_CASE("a length that is not known is joined to that of the rows") {
  ir::Graph graph = Parse(R"(graph main
input %x : float32[2,8]
input %n : int32[1]
%y = tf.RFFT(%x, %n) {Treal=0, Tcomplex=8} : complex64[2,5]
output %y
)");
  REQUIRE(Apply(LegalizeRfft, graph) == 1);
  const ir::Node& squeeze = graph.node(graph.producer(graph.outputs[0]));
  const ir::Node& transform = graph.node(graph.producer(squeeze.input(0)));
  REQUIRE(transform.op() == "RFFT2D");
  CHECK(graph.node(graph.producer(transform.input(1))).op() == "CONCATENATION");
}

TEST_CASE("random ops with the same seeds are two draws") {
  ir::Graph graph = Parse(R"(graph main
const %n : int32[1] = 8
%a = RANDOM_UNIFORM(%n) {seed=3, seed2=4} : float32[8]
%b = RANDOM_UNIFORM(%n) {seed=3, seed2=4} : float32[8]
%y = SUB(%a, %b) {fused_activation_function=0} : float32[8]
output %y
)");
  CHECK(Apply(MergeDuplicates, graph) == 0);
  CHECK(Apply(FoldConstants, graph) == 0);
}
