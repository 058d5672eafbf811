// What becomes of TF nodes that have no LiteRT form: the error that lists them, or custom ops.
#include "ir/text.h"
#include "tests/passes/support.h"
#include "tests/support/model_of.h"

using namespace zeropoint;
using namespace zeropoint::passes;
using namespace zeropoint::passes::testing;

namespace {

ir::NodeId LastNode(const ir::Graph& graph) { return graph.Order().back(); }

// The error for one node of that op and name.
std::string ReportOf(const std::string& op, const std::string& name) {
  ir::Model model = ModelOf({"graph main\ninput %x : float32[2]\n%y = tf." + op + "(%x) : float32[2]\noutput %y\n"});
  ir::Graph& graph = model.graphs[0];
  graph.node(LastNode(graph)).info.name = name;
  const absl::Status status = ReportUnsupported(model, graph).status();
  REQUIRE(absl::IsUnimplemented(status));
  return std::string(status.message());
}

}  // namespace

TEST_CASE("every node without a LiteRT form is named, in all graphs at once") {
  ir::Model model = ModelOf({R"(graph main
input %x : float32[2]
%a = tf.Betainc(%x, %x, %x) : float32[2]
%b = RELU(%a) : float32[2]
%y = tf.ResizeBicubic(%b) : float32[2]
output %y
)",
                             R"(graph body
input %x : float32[2]
%y = tf.Zeta(%x, %x) : float32[2]
output %y
)"});
  const absl::Status status = ReportUnsupported(model, model.graphs[0]).status();
  REQUIRE(absl::IsUnimplemented(status));
  const std::string text(status.message());
  RequireContains(text,
                  "no LiteRT form for 3 nodes:\n  tf.Betainc (a)\n  tf.ResizeBicubic (y): tf.image.resize with method "
                  "'bilinear' or 'nearest' has a LiteRT form\n  tf.Zeta (y)\nFlex ops");
  RequireContains(text, "are out of scope; allow_custom_ops (--allow-custom-ops)");
}

TEST_CASE("a type that LiteRT's kernel does not take is named") {
  ir::Model model = ModelOf({R"(graph main
input %x : float64[2,3]
input %i : int64[2,3]
const %axis : int32[] = 1
const %shape : int32[1] = 6
%a = RESHAPE(%x, %shape) : float64[6]
%b = MUL(%a, %a) {fused_activation_function=0} : float64[6]
%c = ARG_MAX(%i, %axis) : int32[2]
%d = ADD(%i, %i) {fused_activation_function=0} : int64[2,3]
output %b
output %c
output %d
)"});
  const absl::Status status = ReportUnsupported(model, model.graphs[0]).status();
  REQUIRE(absl::IsUnimplemented(status));
  const std::string text(status.message());
  RequireContains(text, "no LiteRT form for 2 nodes:");
  RequireContains(text, "MUL (b): LiteRT's kernel does not take float64");
  RequireContains(text, "ARG_MAX (c): LiteRT's kernel does not take int64");
}

TEST_CASE("a model in LiteRT's ops is not refused") {
  ir::Model model = ModelOf({"graph main\ninput %x : float32[2]\n%y = RELU(%x) : float32[2]\noutput %y\n"});
  auto applied = ReportUnsupported(model, model.graphs[0]);
  REQUIRE(applied.ok());
  REQUIRE(*applied == 0);
}

TEST_CASE("the layer is what the name says without calls, models and loops") {
  RequireContains(ReportOf("Zeta", "StatefulPartitionedCall/functional_1/lstm_1/while/cell/Zeta"),
                  "Zeta) of layer 'lstm_1'\n");
  RequireContains(ReportOf("Zeta", "StatefulPartitionedCall_2/PartitionedCall/model/stft/frame/Zeta_3"),
                  "Zeta_3) of layer 'stft/frame'\n");
  RequireContains(ReportOf("Zeta", "bert/encoder/layer_._1/Zeta"), "of layer 'bert/encoder/layer_._1'\n");
  RequireContains(ReportOf("Zeta", "sequential_4/Zeta"), "(sequential_4/Zeta)\n");
  RequireContains(ReportOf("AsString", "head/AsString"), "of layer 'head': leave the output out");
}

TEST_CASE("nodes without a LiteRT form become custom ops, with their attributes") {
  RequireContains(After(WriteCustom, R"(graph main
input %x : float32[2]
%y = tf.Zeta(%x, %x) {T=0, kind="a", wide=-1, wide.tf="half"} : float32[2]
output %y
)"),
                  "%y = custom.Zeta(%x, %x) {T=0, kind=\"a\"} : float32[2]");
}
