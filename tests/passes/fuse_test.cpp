#include "tests/passes/support.h"

using namespace zeropoint;
using namespace zeropoint::passes;
using namespace zeropoint::passes::testing;

namespace {

constexpr float kRounding = 1e-6f;

// A 1x1 convolution of 2 channels to 2, followed by `rest`.
std::string Conv(absl::string_view rest) {
  return std::string(R"(graph main
input %x : float32[1,3,3,2]
const %w : float32[2,1,1,2] = 1 2 3 4
const %b : float32[2] = 0.5 -1
const %c : float32[2] = 10 0.25
%conv = CONV_2D(%x, %w, %b) {dilation_h_factor=1, dilation_w_factor=1, fused_activation_function=0, padding=0, stride_h=1, stride_w=1} : float32[1,3,3,2]
)") + std::string(rest);
}

std::string ConvThen(const std::string& op, int activation = 0) {
  return Conv("%y = " + op + "(%conv, %c) {fused_activation_function=" + std::to_string(activation) +
              "} : float32[1,3,3,2]\noutput %y\n");
}

}  // namespace

TEST_CASE("a term after a convolution goes into its bias, with its activation") {
  const std::string text = After(FuseBias, ConvThen("ADD", 1));
  RequireContains(text, "%c : float32[2] = 10.5 -0.75");
  RequireContains(text,
                  "%y = CONV_2D(%x, %w, %c) {dilation_h_factor=1, dilation_w_factor=1, fused_activation_function=1");
  RequireContains(After(FuseBias, ConvThen("SUB")), "= -9.5 -1.25");
  RequireSameResults(FuseBias, ConvThen("SUB"), kRounding);
}

TEST_CASE("a factor after a convolution goes into its filter and bias") {
  const std::string text = After(FuseScale, ConvThen("MUL"));
  RequireContains(text, "%w : float32[2,1,1,2] = 10 20 0.75 1");
  RequireContains(text, "%b : float32[2] = 5 -0.25");
  RequireSameResults(FuseScale, ConvThen("MUL"), kRounding);
}

TEST_CASE("a convolution that something else reads is left alone") {
  const std::string text = Conv(R"(%p = MUL(%conv, %c) {fused_activation_function=0} : float32[1,3,3,2]
%q = RELU(%conv) : float32[1,3,3,2]
%y = ADD(%p, %q) {fused_activation_function=0} : float32[1,3,3,2]
output %y
)");
  RequireUnchanged(FuseScale, text);
  RequireUnchanged(FuseBias, text);
  RequireUnchanged(FuseActivation, text);
}

TEST_CASE("a depthwise filter is scaled along its last dimension") {
  RequireContains(After(FuseScale, R"(graph main
input %x : float32[1,2,2,2]
const %w : float32[1,1,1,2] = 3 5
const %b : float32[2] = 1 1
const %c : float32[2] = 2 -1
%conv = DEPTHWISE_CONV_2D(%x, %w, %b) {depth_multiplier=1, dilation_h_factor=1, dilation_w_factor=1, fused_activation_function=0, padding=0, stride_h=1, stride_w=1} : float32[1,2,2,2]
%y = MUL(%conv, %c) {fused_activation_function=0} : float32[1,2,2,2]
output %y
)"),
                  "%w : float32[1,1,1,2] = 6 -5");
}

TEST_CASE("what comes before a fully connected layer goes into its weights and bias") {
  auto text = [](const std::string& op) {
    return R"(graph main
input %x : float32[3,2]
const %c : float32[2] = 10 0.5
const %w : float32[1,2] = 3 4
const %b : float32[1] = 1
%m = )" + op +
           R"((%x, %c) {fused_activation_function=0} : float32[3,2]
%y = FULLY_CONNECTED(%m, %w, %b) {fused_activation_function=0, keep_num_dims=false} : float32[3,1]
output %y
)";
  };
  RequireContains(After(FuseIntoNext, text("MUL")), "%w : float32[1,2] = 30 2");
  RequireContains(After(FuseIntoNext, text("ADD")), "%b : float32[1] = 33");
  RequireContains(After(FuseIntoNext, text("SUB")), "%b : float32[1] = -31");
  for (const char* op : {"MUL", "ADD", "SUB"}) RequireSameResults(FuseIntoNext, text(op), kRounding);
}

TEST_CASE("a fully connected layer does not wait for a term that others read too") {
  const std::string text = R"(graph main
input %x : float32[3,2]
const %c : float32[] = 10
const %w : float32[1,2] = 3 4
const %b : float32[1] = 5
%m = ADD(%x, %c) {fused_activation_function=0} : float32[3,2]
%y = FULLY_CONNECTED(%m, %w, %b) {fused_activation_function=0, keep_num_dims=false} : float32[3,1]
output %y
output %m
)";
  const std::string after = After(FuseIntoNext, text);
  RequireContains(after, "FULLY_CONNECTED(%x, ");
  RequireContains(after, "%m = ADD(%x, %c)");
  RequireSameResults(FuseIntoNext, text, kRounding);
}

TEST_CASE("a term before a fully connected layer without bias becomes its bias when it is a scalar") {
  auto text = [](const std::string& constant) {
    return R"(graph main
input %x : float32[3,2]
const %c : )" +
           constant + R"(
const %w : float32[1,2] = 3 4
%m = SUB(%x, %c) {fused_activation_function=0} : float32[3,2]
%y = FULLY_CONNECTED(%m, %w) {fused_activation_function=0, keep_num_dims=false} : float32[3,1]
output %y
)";
  };
  RequireContains(After(FuseIntoNext, text("float32[] = 2")), "float32[1] = -14");
  RequireSameResults(FuseIntoNext, text("float32[] = 2"), kRounding);
  RequireUnchanged(FuseIntoNext, text("float32[2] = 2 3"));
}

TEST_CASE("a scalar term passes a convolution only when nothing is padded") {
  auto text = [](int padding) {
    return R"(graph main
input %x : float32[1,3,3,1]
const %c : float32[] = 2
const %w : float32[1,2,2,1] = 1 2 3 4
const %b : float32[1] = 1
%m = ADD(%x, %c) {fused_activation_function=0} : float32[1,3,3,1]
%y = CONV_2D(%m, %w, %b) {dilation_h_factor=1, dilation_w_factor=1, fused_activation_function=0, padding=)" +
           std::to_string(padding) + ", stride_h=1, stride_w=1} : float32[1,?,?,1]\noutput %y\n";
  };
  RequireContains(After(FuseIntoNext, text(1)), "%b : float32[1] = 21");
  RequireUnchanged(FuseIntoNext, text(0));
  RequireSameResults(FuseIntoNext, text(1), kRounding);
}

TEST_CASE("a vector before a convolution stays") {
  RequireUnchanged(FuseIntoNext, R"(graph main
input %x : float32[1,3,3,2]
const %c : float32[2] = 2 3
const %w : float32[1,1,1,2] = 1 2
const %b : float32[1] = 1
%m = MUL(%x, %c) {fused_activation_function=0} : float32[1,3,3,2]
%y = CONV_2D(%m, %w, %b) {dilation_h_factor=1, dilation_w_factor=1, fused_activation_function=0, padding=1, stride_h=1, stride_w=1} : float32[1,3,3,1]
output %y
)");
}

TEST_CASE("activations fuse into what absorbs them and only there") {
  const std::string fused = After(FuseActivation, Conv("%y = RELU6(%conv) : float32[1,3,3,2]\noutput %y\n"));
  RequireContains(fused, "fused_activation_function=3");
  REQUIRE_FALSE(absl::StrContains(fused, "RELU6"));
  RequireUnchanged(FuseActivation, Conv("%y = TANH(%conv) : float32[1,3,3,2]\noutput %y\n"));
  RequireUnchanged(FuseActivation, Conv("%y = RELU6(%conv) : float32[1,3,3,2]\noutput %y\noutput %conv\n"));
}

TEST_CASE("padding that SAME would do becomes SAME") {
  auto text = [](int after) {
    return R"(graph main
input %x : float32[1,8,8,1]
const %p : int32[4,2] = 0 0 0 )" +
           std::to_string(after) + " 0 " + std::to_string(after) + R"( 0 0
const %w : float32[1,3,3,1] = 1 2 3 4 5 6 7 8 9
const %b : float32[1] = 0
%m = PAD(%x, %p) : float32[1,?,?,1]
%y = CONV_2D(%m, %w, %b) {dilation_h_factor=1, dilation_w_factor=1, fused_activation_function=0, padding=1, stride_h=2, stride_w=2} : float32[1,?,?,1]
output %y
)";
  };
  const std::string same = After(FusePad, text(1));
  RequireContains(same, "CONV_2D(%x, %w, %b)");
  RequireContains(same, "padding=0");
  RequireSameResults(FusePad, text(1), 0.0f);
  RequireUnchanged(FusePad, text(2));
}

TEST_CASE("clips at the usual bounds are activations") {
  RequireContains(After(FuseReluClips, R"(graph main
input %x : float32[4]
const %zero : float32[] = 0
const %six : float32[] = 6
%a = MAXIMUM(%x, %zero) : float32[4]
%y = MINIMUM(%a, %six) : float32[4]
output %y
)",
                        2),
                  "%y = RELU6(%x)");
  RequireContains(After(FuseReluClips, R"(graph main
input %x : float32[4]
const %one : float32[] = 1
const %minus : float32[] = -1
%a = MINIMUM(%x, %one) : float32[4]
%y = MAXIMUM(%a, %minus) : float32[4]
output %y
)"),
                  "%y = RELU_N1_TO_1(%x)");
}

TEST_CASE("hard swish is found however its product is associated") {
  auto text = [](const std::string& product, const std::string& result) {
    return R"(graph main
input %x : float32[64]
const %three : float32[] = 3
const %sixth : float32[] = 0.16666667
%a = ADD(%x, %three) {fused_activation_function=0} : float32[64]
%g = RELU6(%a) : float32[64]
%p = MUL()" +
           product + R"() {fused_activation_function=0} : float32[64]
%y = MUL()" +
           result + ") {fused_activation_function=0} : float32[64]\noutput %y\n";
  };
  for (const std::string& form :
       {text("%x, %g", "%p, %sixth"), text("%x, %sixth", "%g, %p"), text("%g, %sixth", "%x, %p")}) {
    RequireContains(After(FuseHardSwish, form), "%y = HARD_SWISH(%x)");
    RequireSameResults(FuseHardSwish, form, kRounding);
  }
}

TEST_CASE("gelu is found in its exact form") {
  RequireContains(After(FuseGelu, R"(graph main
input %x : float32[4]
const %half : float32[] = 0.5
const %root : float32[] = 0.70710677
%h = MUL(%x, %half) {fused_activation_function=0} : float32[4]
%n = NEG(%x) : float32[4]
%s = MUL(%n, %root) {fused_activation_function=0} : float32[4]
%e = tf.Erfc(%s) : float32[4]
%y = MUL(%h, %e) {fused_activation_function=0} : float32[4]
output %y
)"),
                  "%y = GELU(%x) {approximate=false}");
}

TEST_CASE("gelu is found in its tanh form") {
  constexpr absl::string_view kText = R"(graph main
input %x : float32[64]
const %half : float32[] = 0.5
const %one : float32[] = 1
const %three : float32[] = 3
const %cube_factor : float32[] = 0.044715
const %root : float32[] = 0.7978846
%c = POW(%x, %three) : float32[64]
%m = MUL(%c, %cube_factor) {fused_activation_function=0} : float32[64]
%s = ADD(%x, %m) {fused_activation_function=0} : float32[64]
%r = MUL(%s, %root) {fused_activation_function=0} : float32[64]
%t = TANH(%r) : float32[64]
%g = ADD(%t, %one) {fused_activation_function=0} : float32[64]
%p = MUL(%x, %g) {fused_activation_function=0} : float32[64]
%y = MUL(%p, %half) {fused_activation_function=0} : float32[64]
output %y
)";
  RequireContains(After(FuseGelu, kText), "%y = GELU(%x) {approximate=true}");
  RequireSameResults(FuseGelu, kText, 1e-5f);
}

TEST_CASE("dividing by the norm along the last axis is one op") {
  constexpr absl::string_view kText = R"(graph main
input %x : float32[3,8]
const %axis : int32[1] = -1
const %epsilon : float32[] = 1e-12
%q = SQUARE(%x) : float32[3,8]
%s = SUM(%q, %axis) {keep_dims=true} : float32[3,1]
%m = MAXIMUM(%s, %epsilon) : float32[3,1]
%r = RSQRT(%m) : float32[3,1]
%y = MUL(%x, %r) {fused_activation_function=0} : float32[3,8]
output %y
)";
  RequireContains(After(FuseL2Normalization, kText), "%y = L2_NORMALIZATION(%x)");
  RequireSameResults(FuseL2Normalization, kText, 1e-5f);
}

TEST_CASE("a transpose of the last two dimensions is said by the product") {
  constexpr absl::string_view kText = R"(graph main
input %x : float32[2,3,4]
input %z : float32[2,5,4]
const %perm : int32[3] = 0 2 1
%t = TRANSPOSE(%z, %perm) : float32[2,4,5]
%y = BATCH_MATMUL(%x, %t) {adj_x=false, adj_y=false, asymmetric_quantize_inputs=false} : float32[2,3,5]
output %y
)";
  RequireContains(After(FuseTransposeIntoBatchMatMul, kText), "%y = BATCH_MATMUL(%x, %z) {adj_x=false, adj_y=true");
  RequireSameResults(FuseTransposeIntoBatchMatMul, kText, kRounding);
}

TEST_CASE("a convolution among dealt out pixels is a dilated one") {
  auto text = [](const std::string& pads, const std::string& crops) {
    return R"(graph main
input %x : float32[1,8,8,1]
const %block : int32[2] = 2 2
const %pads : int32[2,2] = )" +
           pads + R"(
const %crops : int32[2,2] = )" +
           crops + R"(
const %w : float32[1,3,3,1] = 1 2 3 4 5 6 7 8 9
const %b : float32[1] = 0.5
%s = SPACE_TO_BATCH_ND(%x, %block, %pads) : float32[4,?,?,1]
%c = CONV_2D(%s, %w, %b) {dilation_h_factor=1, dilation_w_factor=1, fused_activation_function=0, padding=1, stride_h=1, stride_w=1} : float32[4,?,?,1]
%y = BATCH_TO_SPACE_ND(%c, %block, %crops) : float32[1,?,?,1]
output %y
)";
  };
  const std::string same = After(FuseDilatedConv, text("2 2 2 2", "0 0 0 0"));
  RequireContains(
      same,
      "%y = CONV_2D(%x, %w, %b) {dilation_h_factor=2, dilation_w_factor=2, fused_activation_function=0, padding=0");
  RequireContains(After(FuseDilatedConv, text("0 0 0 0", "0 0 0 0")), "padding=1");
  RequireSameResults(FuseDilatedConv, text("2 2 2 2", "0 0 0 0"), kRounding);
  RequireSameResults(FuseDilatedConv, text("0 0 0 0", "0 0 0 0"), kRounding);
  RequireUnchanged(FuseDilatedConv, text("2 2 0 0", "0 0 0 0"));
}

TEST_CASE("a convolution of dealt out steps of a sequence is a dilated one of one row") {
  auto text = [](const std::string& pads) {
    return R"(graph main
input %x : float32[1,8,1]
const %block : int32[1] = 2
const %pads : int32[1,2] = )" +
           pads + R"(
const %crops : int32[1,2] = 0 0
const %row : int32[4] = 2 1 6 1
const %steps : int32[3] = 2 4 1
const %w : float32[1,1,3,1] = 1 2 3
const %b : float32[1] = 0.5
%s = SPACE_TO_BATCH_ND(%x, %block, %pads) : float32[2,6,1]
%i = RESHAPE(%s, %row) : float32[2,1,6,1]
%c = CONV_2D(%i, %w, %b) {dilation_h_factor=1, dilation_w_factor=1, fused_activation_function=0, padding=1, stride_h=1, stride_w=1} : float32[2,1,4,1]
%o = RESHAPE(%c, %steps) : float32[2,4,1]
%y = BATCH_TO_SPACE_ND(%o, %block, %crops) : float32[1,8,1]
output %y
)";
  };
  RequireContains(After(FuseDilatedConv, text("2 2")),
                  "{dilation_h_factor=1, dilation_w_factor=2, fused_activation_function=0, padding=0");
  RequireSameResults(FuseDilatedConv, text("2 2"), kRounding);
  RequireUnchanged(FuseDilatedConv, text("4 0"));
}

TEST_CASE("a rectified sum with a slope for each channel is a PRELU") {
  constexpr absl::string_view kText = R"(graph main
input %x : float32[1,4,2]
const %c : float32[1,2] = -0.25 0.5
%p = RELU(%x) : float32[1,4,2]
%n = NEG(%x) : float32[1,4,2]
%r = RELU(%n) : float32[1,4,2]
%m = MUL(%r, %c) {fused_activation_function=0} : float32[1,4,2]
%y = ADD(%p, %m) {fused_activation_function=0} : float32[1,4,2]
output %y
)";
  RequireContains(After(FusePrelu, kText), "%c/alpha : float32[1,2] = 0.25 -0.5");
  RequireSameResults(FusePrelu, kText, kRounding);
}

TEST_CASE("a softmax that is written out is one op") {
  constexpr absl::string_view kText = R"(graph main
input %x : float32[3,8]
const %axis : int32[1] = -1
%m = REDUCE_MAX(%x, %axis) {keep_dims=true} : float32[3,1]
%d = SUB(%x, %m) {fused_activation_function=0} : float32[3,8]
%e = EXP(%d) : float32[3,8]
%s = SUM(%e, %axis) {keep_dims=true} : float32[3,1]
%y = DIV(%e, %s) {fused_activation_function=0} : float32[3,8]
output %y
)";
  RequireContains(After(FuseSoftmax, kText), "%y = SOFTMAX(%x) {beta=1.0}");
  RequireSameResults(FuseSoftmax, kText, kRounding);
}
