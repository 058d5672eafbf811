// TF ops that LiteRT has no op for. What they compute is held against TensorFlow by tests/conformance/forms; here: the
// ops that are written, the conditions, and what is an error.
#include <limits>

#include "tests/passes/support.h"

using namespace zeropoint;
using namespace zeropoint::passes;
using namespace zeropoint::passes::testing;

namespace {

// Legalizes and folds, as the pipeline does.
std::string Folded(PassFn pass, absl::string_view text) {
  ir::Graph graph = Parse(text);
  Apply(InferShapes, graph);
  Apply(pass, graph);
  for (int round = 0; round < 2; ++round) {
    Apply(InferShapes, graph);
    Apply(MaterializeShapes, graph);
    Apply(FoldConstants, graph);
  }
  Apply(RemoveDead, graph);
  return ir::ToText(graph);
}

int CountOf(const std::string& text, absl::string_view part) {
  int count = 0;
  for (size_t at = text.find(std::string(part)); at != std::string::npos; at = text.find(std::string(part), at + 1))
    ++count;
  return count;
}

std::vector<float> RunOn(const ir::Graph& graph, const std::vector<float>& x) {
  auto executable = engine::Executable::Create(graph);
  INFO(executable.status().ToString());
  REQUIRE(executable.ok());
  auto session = engine::Session::Create(**executable);
  ops::TensorView view;
  view.dims = graph.value(graph.inputs[0]).shape.dims();
  view.data = x.data();
  const absl::Status ran = session->Run({view}, nullptr);
  INFO(ran.ToString());
  REQUIRE(ran.ok());
  const ops::TensorView out = session->output(0);
  return std::vector<float>(out.As<float>(), out.As<float>() + out.elements());
}

std::vector<float> Computed(PassFn pass, absl::string_view op, const std::vector<float>& x) {
  ir::Graph graph = Parse("graph main\ninput %x : float32[" + std::to_string(x.size()) + "]\n%y = " + std::string(op) +
                          "(%x) : float32[" + std::to_string(x.size()) + "]\noutput %y\n");
  REQUIRE(Apply(pass, graph) == 1);
  Apply(InferShapes, graph);
  return RunOn(graph, x);
}

}  // namespace

TEST_CASE("Erf is within 4e-7, at zero, in denormals and at infinity too") {
  const float inf = std::numeric_limits<float>::infinity();
  const std::vector<float> x = {0.0f, -0.0f, 1e-45f, -1e-42f, 1e-7f, 0.3f, -0.3f, 2.5f, -4.0f, 30.0f, inf, -inf};
  const std::vector<float> erf = Computed(LegalizeErf, "tf.Erf", x);
  for (size_t i = 0; i < x.size(); ++i) CHECK(std::fabs(erf[i] - std::erf(x[i])) <= 4e-7f);
}

TEST_CASE("Erfc is exact to the rounding of 2 and never below zero") {
  const std::vector<float> x = {0.0f, 0.5f, -0.5f, 3.0f, 5.0f, -5.0f, 1e30f, -1e30f};
  const std::vector<float> erfc = Computed(LegalizeErf, "tf.Erfc", x);
  for (size_t i = 0; i < x.size(); ++i) {
    CHECK(std::fabs(erfc[i] - std::erfc(x[i])) <= 5e-7f);
    CHECK(erfc[i] >= 0.0f);
  }
}

TEST_CASE("Softplus of a large number is that number") {
  const std::vector<float> y = Computed(LegalizeComposites, "tf.Softplus", {-200.0f, 0.0f, 200.0f, 1e30f});
  CHECK(y[0] == 0.0f);
  CHECK(y[1] == Approx(0.6931472));
  CHECK(y[2] == 200.0f);
  CHECK(y[3] == 1e30f);
}

TEST_CASE("a roll by nothing disappears, a known one is two slices, an unknown one a gather") {
  const auto rolled = [](absl::string_view shape, absl::string_view shift) {
    return Folded(LegalizeRoll,
                  "graph main\ninput %x : float32[" + std::string(shape) + "]\nconst %s : int32[] = " +
                      std::string(shift) + "\nconst %a : int32[] = 1\n%y = tf.Roll(%x, %s, %a) : float32[" +
                      std::string(shape) + "]\n%z = NEG(%y) : float32[" + std::string(shape) + "]\noutput %z\n");
  };
  CHECK(CountOf(rolled("2,4", "8"), "SLICE") == 0);
  CHECK(CountOf(rolled("2,4", "-1"), " = SLICE") == 2);
  RequireContains(rolled("2,?", "1"), "GATHER");
}

TEST_CASE("a roll with more shifts than axes is an error") {
  ir::Graph graph = Parse(R"(graph main
input %x : float32[2,4]
const %s : int32[2] = 1 2
const %a : int32[1] = 1
%y = tf.Roll(%x, %s, %a) : float32[2,4]
output %y
)");
  CHECK(!LegalizeRoll(graph).ok());
}

TEST_CASE("the mask of a band folds where sizes and bounds are known") {
  const std::string text = Folded(LegalizeBandPart, R"(graph main
input %x : float32[?,2,3]
const %l : int64[] = 0
const %u : int64[] = 1
%y = tf.MatrixBandPart(%x, %l, %u) : float32[?,2,3]
output %y
)");
  RequireContains(text, "bool[2,3] = 1 1 0 0 1 1");
  CHECK(CountOf(text, " = SELECT_V2") == 1);
  CHECK(CountOf(text, "LESS") == 0);
}

TEST_CASE("pooling of a volume is two poolings of images") {
  RequireContains(After(LegalizeVolumes, R"(graph main
input %x : float32[?,4,6,6,2]
%y = tf.MaxPool3D(%x) {ksize=[1,2,3,3,1], strides=[1,2,2,2,1], padding="SAME", data_format="NDHWC"} : float32[?,2,3,3,2]
output %y
)"),
                  "filter_height=2, filter_width=1");
  RequireUnchanged(LegalizeVolumes, R"(graph main
input %x : float32[1,4,?,6,2]
%y = tf.MaxPool3D(%x) {ksize=[1,2,2,2,1], strides=[1,2,2,2,1], padding="SAME", data_format="NDHWC"} : float32[1,2,?,3,2]
output %y
)");
}

TEST_CASE("a window larger than the volume is an error") {
  ir::Graph graph = Parse(R"(graph main
input %x : float32[1,1,4,4,2]
%y = tf.MaxPool3D(%x) {ksize=[1,2,2,2,1], strides=[1,1,1,1,1], padding="VALID", data_format="NDHWC"} : float32[?,?,?,?,2]
output %y
)");
  CHECK(!LegalizeVolumes(graph).ok());
}

TEST_CASE("the real part of a complex product is made of real ones") {
  const std::string text = After(SplitComplex, R"(graph main
input %x : float32[1,8]
input %a : float32[5]
input %b : float32[5]
const %n : int32[2] = 1 8
%z = RFFT2D(%x, %n) : complex64[1,5]
%w = tf.Complex(%a, %b) : complex64[5]
%p = tf.Mul(%z, %w) : complex64[1,5]
%y = tf.Real(%p) : float32[1,5]
output %y
)");
  CHECK(CountOf(text, " = MUL") == 2);
  CHECK(CountOf(text, " = SUB") == 1);
  CHECK(CountOf(text, "tf.") == 0);
}

TEST_CASE("diagonals that do not fit the matrix are an error") {
  ir::Graph graph = Parse(R"(graph main
input %x : float32[2,2]
const %k : int32[] = 5
const %p : float32[] = 0
%y = tf.MatrixDiagPartV3(%x, %k, %p) {align="RIGHT_LEFT"} : float32[?]
output %y
)");
  CHECK(!LegalizeDiagonals(graph).ok());
}

TEST_CASE("suppression before version 4 has as many results as boxes are left") {
  const std::string text = After(LegalizeSuppression, R"(graph main
input %b : float32[5,4]
input %s : float32[5]
const %n : int32[] = 3
const %t : float32[] = 0.5
%y = tf.NonMaxSuppressionV3(%b, %s, %n, %t, %t) : int32[?]
output %y
)");
  RequireContains(text, "NON_MAX_SUPPRESSION_V4(%b, %s, %n, %t, %t)");
  RequireContains(text, "%y = SLICE");
}

TEST_CASE("combined suppression waits for the sizes that it needs") {
  RequireUnchanged(LegalizeSuppression, R"(graph main
input %b : float32[?,5,1,4]
input %s : float32[?,5,2]
const %n : int32[] = 3
const %t : float32[] = 0.5
%y, %z, %c, %v = tf.CombinedNonMaxSuppression(%b, %s, %n, %n, %t, %t) : float32[?,3,4], float32[?,3], float32[?,3], int32[?]
output %y
)");
}

TEST_CASE("products of prefixes are one reduction when short and doubled when long") {
  const auto product = [](int length) {
    const std::string n = std::to_string(length);
    return After(LegalizeCumulative, "graph main\ninput %x : float32[2," + n +
                                         "]\nconst %a : int32[] = 1\n%y = tf.Cumprod(%x, %a) " +
                                         "{exclusive=false, reverse=false} : float32[2," + n +
                                         "]\n%z = NEG(%y) : float32[2," + n + "]\noutput %z\n");
  };
  CHECK(CountOf(product(8), "REDUCE_PROD") == 1);
  CHECK(CountOf(product(40), " = MUL") == 6);
}
