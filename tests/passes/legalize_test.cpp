#include <cstring>

#include "tests/passes/support.h"

using namespace zeropoint;
using namespace zeropoint::passes;
using namespace zeropoint::passes::testing;

namespace {

float First(const ir::Graph& graph, ir::ValueId constant) {
  float element;
  std::memcpy(&element, graph.value(constant).data.data(), sizeof(float));
  return element;
}

}  // namespace

TEST_CASE("a convolution gets its filter transposed and a zero bias") {
  REQUIRE(After(LegalizeConv2D, R"(graph main
input %x : float32[1,4,4,1]
const %w : float32[1,1,1,2] = 3 4
%y = tf.Conv2D(%x, %w) {strides=[1,2,3,1], padding="VALID", dilations=[1,1,1,1], data_format="NHWC"} : float32[1,2,2,2]
output %y
)") == Spelled(R"(graph main
input %x : float32[1,4,4,1]
const %w : float32[1,1,1,2] = 3 4
const %y/perm : int32[4] = 3 0 1 2
const %y/bias : float32[2] = 0 0
%y/transpose = TRANSPOSE(%w, %y/perm) : float32[2,1,1,1]
%y = CONV_2D(%x, %y/transpose, %y/bias) {dilation_h_factor=1, dilation_w_factor=1, fused_activation_function=0, padding=1, stride_h=2, stride_w=3} : float32[1,2,2,2]
output %y
)"));
}

TEST_CASE("explicit padding becomes a PAD, and channels first becomes transposes") {
  const std::string text = After(LegalizeConv2D, R"(graph main
input %x : float32[1,1,4,4]
const %w : float32[3,3,1,2] = 1 2 3 4 5 6 7 8 9 1 2 3 4 5 6 7 8 9
%y = tf.Conv2D(%x, %w) {strides=[1,1,1,1], padding="EXPLICIT", explicit_paddings=[0,0,0,0,1,2,0,1], dilations=[1,1,1,1], data_format="NCHW"} : float32[1,2,5,3]
output %y
)");
  RequireContains(text, "int32[4] = 0 2 3 1");
  RequireContains(text, "%y/paddings : int32[4,2] = 0 0 1 2 0 1 0 0");
  RequireContains(text, "%y = TRANSPOSE(%y/conv_2d");
  RequireContains(text, ": float32[1,2,5,3]\noutput %y");
}

TEST_CASE("a depthwise filter is reshaped to one row of output channels") {
  const std::string text = After(LegalizeDepthwiseConv2D, R"(graph main
input %x : float32[1,4,4,2]
const %w : float32[1,1,2,2] = 1 2 3 4
%y = tf.DepthwiseConv2dNative(%x, %w) {strides=[1,1,1,1], padding="SAME", dilations=[1,1,1,1], data_format="NHWC"} : float32[1,4,4,4]
output %y
)");
  RequireContains(text, "%y/shape : int32[4] = 1 1 1 4");
  RequireContains(text, "depth_multiplier=2");
  RequireContains(text, "%y/bias : float32[4] = 0 0 0 0");
}

TEST_CASE("a batch norm folds to one factor and one term in float32") {
  ir::Graph graph = Parse(R"(graph main
input %x : float32[1,2,2,2]
const %scale : float32[2] = 1.5 -0.3
const %offset : float32[2] = 0.1 0.7
const %mean : float32[2] = 0.2 -0.9
const %variance : float32[2] = 0.37 2.11
%y, %m, %v = tf.FusedBatchNormV3(%x, %scale, %offset, %mean, %variance) {epsilon=0.001, is_training=false, data_format="NHWC"} : float32[1,2,2,2], float32[2], float32[2]
output %y
)");
  REQUIRE(Apply(LegalizeBatchNorm, graph) == 1);
  Apply(InferShapes, graph);
  Apply(FoldConstants, graph);
  const ir::Node& add = graph.node(graph.producer(graph.outputs[0]));
  REQUIRE(add.op() == "ADD");
  const ir::Node& mul = graph.node(graph.producer(add.input(0)));
  REQUIRE(mul.op() == "MUL");
  const float inverse = 1.0f / std::sqrt(0.37f + 0.001f);
  const float factor = 1.5f * inverse;
  REQUIRE(First(graph, mul.input(1)) == factor);
  REQUIRE(First(graph, add.input(1)) == 0.1f - 0.2f * factor);
}

TEST_CASE("a batch norm that trains takes the batch's statistics, unless they are results") {
  const std::string graph = R"(graph main
input %x : float32[1,2,2,1]
const %c : float32[1] = 1
%y, %m, %v = tf.FusedBatchNormV3(%x, %c, %c, %c, %c) {epsilon=0.001, is_training=true, data_format="NHWC"} : float32[1,2,2,1], float32[1], float32[1]
output %y
)";
  const std::string text = After(LegalizeBatchNorm, graph);
  RequireContains(text, "= MEAN(%x,");
  RequireContains(text, "= SQUARED_DIFFERENCE(%x,");
  RequireUnchanged(LegalizeBatchNorm, graph + "output %v\n");
}

TEST_CASE("ops that hand their operand on disappear, and the output keeps its name") {
  REQUIRE(After(RemoveForwarders, R"(graph main
input %x : float32[2]
%a = tf.Identity(%x) : float32[2]
%b = RELU(%a) : float32[2]
%c = tf.StopGradient(%b) : float32[2]
%y = tf.Identity(%c) : float32[2]
output %y
)",
                3) == Spelled(R"(graph main
input %x : float32[2]
%y = RELU(%x) : float32[2]
output %y
)"));
}

TEST_CASE("a transposed convolution takes the sizes of its result") {
  RequireContains(After(LegalizeTransposeConv, R"(graph main
input %x : float32[1,2,2,1]
const %sizes : int32[4] = 1 4 4 1
const %w : float32[2,2,1,1] = 1 2 3 4
%y = tf.Conv2DBackpropInput(%sizes, %w, %x) {strides=[1,2,2,1], padding="SAME", dilations=[1,1,1,1], data_format="NHWC"} : float32[1,4,4,1]
output %y
)"),
                  "%y = TRANSPOSE_CONV(%sizes, %y/transpose, %x) {fused_activation_function=0, padding=0, stride_h=2, "
                  "stride_w=2} : float32[1,4,4,1]");
}

TEST_CASE("channels first bias stands in the second dimension") {
  const std::string text = After(LegalizeBiasAdd, R"(graph main
input %x : float32[1,2,3,3]
const %b : float32[2] = 1 2
%y = tf.BiasAdd(%x, %b) {data_format="NCHW"} : float32[1,2,3,3]
output %y
)");
  RequireContains(text, "%y/reshape = RESHAPE(%b, %y/shape) : float32[2,1,1]");
}

TEST_CASE("pools of channels first images stand between transposes") {
  const std::string text = After(LegalizeChannelsFirst, R"(graph main
input %x : float32[1,3,8,8]
%y = tf.MaxPool(%x) {ksize=[1,1,2,2], strides=[1,1,2,2], padding="VALID", data_format="NCHW"} : float32[1,3,4,4]
output %y
)");
  RequireContains(text, "tf.MaxPool(%y/transpose)");
  RequireContains(text, "ksize=[1,2,2,1]");
  RequireContains(text, "%y = TRANSPOSE(");
}

TEST_CASE("softplus takes the logarithm of nothing below one half") {
  const std::string text = After(LegalizeComposites, R"(graph main
input %x : float32[2]
%y = tf.Softplus(%x) : float32[2]
output %y
)");
  RequireContains(text, "%y/logistic = LOGISTIC(%y/abs)");
  RequireContains(text, "%y = SUB(%y/relu, %y/log)");
}

TEST_CASE("clipping takes the upper bound first") {
  const std::string text = After(LegalizeComposites, R"(graph main
input %x : float32[2]
const %low : float32[] = -2
const %high : float32[] = 3
%y = tf.ClipByValue(%x, %low, %high) : float32[2]
output %y
)");
  RequireContains(text, "%y/minimum = MINIMUM(%x, %high)");
  RequireContains(text, "%y = MAXIMUM(%y/minimum, %low)");
}

TEST_CASE("magnitude and sign of wide integers, for which LiteRT has no kernels, are taken of extremes") {
  auto text = [](const std::string& op, const std::string& type) {
    return "graph main\ninput %x : " + type + "\n%y = " + op + "(%x) : " + type + "\noutput %y\n";
  };
  RequireContains(After(LegalizeComposites, text("tf.Abs", "int64[2]")), "%y = MAXIMUM(%x, %y/neg)");
  RequireContains(After(LegalizeComposites, text("tf.Sign", "int64[2]")), "%y = MINIMUM(%y/maximum, ");
  RequireUnchanged(LegalizeComposites, text("tf.Abs", "int32[2]"));
}

TEST_CASE("records turn their TensorFlow forms into their op") {
  RequireContains(After(LegalizeOneToOne, R"(graph main
input %x : float32[2]
%y = tf.Relu6(%x) {T=0} : float32[2]
output %y
)"),
                  "%y = RELU6(%x) : float32[2]");
}
