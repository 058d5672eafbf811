#include "tests/passes/support.h"

using namespace zeropoint;
using namespace zeropoint::passes;
using namespace zeropoint::passes::testing;

namespace {

constexpr float kRounding = 1e-6f;

// STRIDED_SLICE of %x, with begin, end and strides given as "int32[2] = 1 0".
std::string Slice(const std::string& input, const std::string& begin, const std::string& end,
                  const std::string& strides, const std::string& attrs, const std::string& result) {
  return "graph main\ninput %x : " + input + "\nconst %b : " + begin + "\nconst %e : " + end +
         "\nconst %s : " + strides + "\n%y = STRIDED_SLICE(%x, %b, %e, %s) {" + attrs + "} : " + result +
         "\noutput %y\n";
}

}  // namespace

TEST_CASE("what does nothing goes away") {
  REQUIRE(After(RemoveNoOps, R"(graph main
input %x : float32[2,3]
const %one : float32[] = 1
const %zeros : float32[3] = 0 0 0
const %perm : int32[2] = 0 1
const %shape : int32[2] = 2 3
const %pads : int32[2,2] = 0 0 0 0
%a = MUL(%x, %one) {fused_activation_function=0} : float32[2,3]
%b = ADD(%a, %zeros) {fused_activation_function=0} : float32[2,3]
%c = TRANSPOSE(%b, %perm) : float32[2,3]
%d = RESHAPE(%c, %shape) : float32[2,3]
%e = PAD(%d, %pads) : float32[2,3]
%y = RELU(%e) : float32[2,3]
output %y
)",
                5) == Spelled(R"(graph main
input %x : float32[2,3]
%y = RELU(%x) : float32[2,3]
output %y
)"));
}

TEST_CASE("a neutral constant that widens its operand stays") {
  RequireUnchanged(RemoveNoOps, R"(graph main
input %x : float32[3]
const %zeros : float32[2,3] = 0 0 0 0 0 0
%a = ADD(%x, %zeros) {fused_activation_function=0} : float32[2,3]
%y = RELU(%a) : float32[2,3]
output %y
)");
}

TEST_CASE("an input does not become an output") {
  RequireUnchanged(RemoveNoOps, R"(graph main
input %x : float32[3]
const %zero : float32[] = 0
%y = ADD(%x, %zero) {fused_activation_function=0} : float32[3]
output %y
)");
}

TEST_CASE("constants stand second") {
  RequireContains(After(OrderOperands, R"(graph main
input %x : float32[2]
const %c : float32[] = 2
%y = MUL(%c, %x) {fused_activation_function=0} : float32[2]
output %y
)"),
                  "%y = MUL(%x, %c)");
}

TEST_CASE("a slice without strides or masks is a SLICE") {
  const std::string text = After(SimplifyStridedSlice, Slice("float32[4,8]", "int32[2] = 1 0", "int32[2] = 3 4",
                                                             "int32[2] = 1 1", "begin_mask=0", "float32[2,4]"));
  RequireContains(text, "%y/begin : int32[2] = 1 0");
  RequireContains(text, "%y/size : int32[2] = 2 4");
  RequireContains(text, "%y = SLICE(");
}

TEST_CASE("a slice that ends beyond its operand is still clipped") {
  RequireUnchanged(SimplifyStridedSlice,
                   Slice("float32[8]", "int32[1] = 1", "int32[1] = 30", "int32[1] = 1", "begin_mask=0", "float32[7]"));
}

TEST_CASE("a new axis becomes a reshape before the slice") {
  // x[:, newaxis, 1:3]
  const std::string text =
      After(SimplifyStridedSlice, Slice("float32[4,8]", "int32[3] = 0 0 1", "int32[3] = 0 0 3", "int32[3] = 1 1 1",
                                        "begin_mask=1, end_mask=1, new_axis_mask=2", "float32[4,1,2]"));
  RequireContains(text, "%y/shape : int32[3] = 4 1 8");
  RequireContains(text, "%y/end : int32[3] = 0 0 3");
  RequireContains(text,
                  "{begin_mask=3, ellipsis_mask=0, end_mask=3, new_axis_mask=0, shrink_axis_mask=0} : float32[4,1,2]");
}

TEST_CASE("an ellipsis becomes whole dimensions") {
  // x[..., 1]
  const std::string text =
      After(SimplifyStridedSlice, Slice("float32[4,8,3]", "int32[2] = 0 1", "int32[2] = 0 2", "int32[2] = 1 1",
                                        "ellipsis_mask=1, shrink_axis_mask=2", "float32[4,8]"));
  RequireContains(text, "%y/begin : int32[3] = 0 0 1");
  RequireContains(text,
                  "{begin_mask=3, ellipsis_mask=0, end_mask=3, new_axis_mask=0, shrink_axis_mask=4} : float32[4,8]");
}

TEST_CASE("dimensions beyond the entries are taken whole") {
  const std::string text = After(SimplifyStridedSlice, Slice("float32[4,8]", "int32[1] = 1", "int32[1] = 3",
                                                             "int32[1] = 1", "begin_mask=0", "float32[2,8]"));
  RequireContains(text, "%y/end : int32[2] = 3 8");
  RequireContains(text,
                  "{begin_mask=2, ellipsis_mask=0, end_mask=2, new_axis_mask=0, shrink_axis_mask=0} : float32[2,8]");
}

TEST_CASE("two transposes are one") {
  RequireContains(After(MergeMoves, R"(graph main
input %x : float32[2,3,4]
const %p : int32[3] = 2 0 1
const %q : int32[3] = 0 2 1
%a = TRANSPOSE(%x, %p) : float32[4,2,3]
%y = TRANSPOSE(%a, %q) : float32[4,3,2]
output %y
)"),
                  "%y/perm : int32[3] = 2 1 0");
}

TEST_CASE("a transpose of dimensions of size 1 is a reshape") {
  RequireContains(After(MergeMoves, R"(graph main
input %x : float32[1,1,4]
const %p : int32[3] = 0 2 1
%y = TRANSPOSE(%x, %p) : float32[1,4,1]
output %y
)"),
                  "%y = RESHAPE(%x, %y/shape)");
}

TEST_CASE("the last of several reshapes is enough") {
  RequireContains(After(MergeMoves, R"(graph main
input %x : float32[2,6]
const %p : int32[2] = 3 4
const %q : int32[1] = 12
%a = RESHAPE(%x, %p) : float32[3,4]
%y = RESHAPE(%a, %q) : float32[12]
output %y
)"),
                  "%y = RESHAPE(%x, %q)");
}

TEST_CASE("a product with a constant matrix is fully connected") {
  const absl::string_view kText = R"(graph main
input %x : float32[2,3,2]
const %w : float32[2,1] = 1 2
%y = BATCH_MATMUL(%x, %w) {adj_x=false, adj_y=false, asymmetric_quantize_inputs=false} : float32[2,3,1]
output %y
)";
  const std::string text = After(BatchMatMulToFullyConnected, kText);
  RequireContains(text, "%y = FULLY_CONNECTED(%x, %y/transpose, -)");
  RequireContains(text, "keep_num_dims=true");
  RequireSameResults(BatchMatMulToFullyConnected, kText, kRounding);
}

TEST_CASE("a constant matrix on the left is fully connected between transposes") {
  const absl::string_view kText = R"(graph main
input %x : float32[2,3]
const %w : float32[2,2] = 1 2 3 4
%y = BATCH_MATMUL(%w, %x) {adj_x=false, adj_y=false, asymmetric_quantize_inputs=false} : float32[2,3]
output %y
)";
  const std::string text = After(BatchMatMulToFullyConnected, kText);
  RequireContains(text, "%y/fully_connected = FULLY_CONNECTED(%y/transpose, %w, -)");
  RequireContains(text, "%y = TRANSPOSE(%y/fully_connected, ");
  RequireSameResults(BatchMatMulToFullyConnected, kText, kRounding);
}

TEST_CASE("reshapes that only join leading dimensions leave a fully connected layer") {
  RequireContains(After(RemoveReshapesAroundFullyConnected, R"(graph main
input %x : float32[2,3,2]
const %flat : int32[2] = 6 2
const %w : float32[1,2] = 1 2
const %back : int32[3] = 2 3 1
%a = RESHAPE(%x, %flat) : float32[6,2]
%b = FULLY_CONNECTED(%a, %w, -) {fused_activation_function=0, keep_num_dims=false} : float32[6,1]
%y = RESHAPE(%b, %back) : float32[2,3,1]
output %y
)"),
                  "%y = FULLY_CONNECTED(%x, %w, -) {fused_activation_function=0, keep_num_dims=true} : float32[2,3,1]");
}

TEST_CASE("dividing by a constant multiplies by its reciprocal") {
  const std::string text = After(DivideByConstant, R"(graph main
input %x : float32[2]
const %c : float32[2] = 4 3
%y = DIV(%x, %c) {fused_activation_function=0} : float32[2]
output %y
)");
  RequireContains(text, "%c/reciprocal : float32[2] = 0.25 0.33333");
  RequireContains(text, "%y = MUL(%x, %c/reciprocal)");
}

TEST_CASE("constants in a row merge when their shapes agree or one is a scalar") {
  auto text = [](const std::string& b) {
    return R"(graph main
input %x : float32[2]
const %a : float32[] = 1
const %b : )" +
           b + R"(
%s = ADD(%x, %a) {fused_activation_function=0} : float32[2]
%y = ADD(%s, %b) {fused_activation_function=0} : float32[2]
output %y
)";
  };
  RequireContains(After(MergeConstants, text("float32[] = 2")), "float32[] = 3");
  RequireContains(After(MergeConstants, text("float32[2] = 2 3")), "float32[2] = 3 4");
  RequireSameResults(MergeConstants, text("float32[2] = 2 3"), kRounding);
  RequireUnchanged(MergeConstants, R"(graph main
input %x : float32[2,2]
const %a : float32[2] = 1 2
const %b : float32[2,1] = 1 2
%s = ADD(%x, %a) {fused_activation_function=0} : float32[2,2]
%y = ADD(%s, %b) {fused_activation_function=0} : float32[2,2]
output %y
)");
}

TEST_CASE("a range of whole float numbers is one of integers, whose length is known") {
  auto text = [](const std::string& step) {
    return R"(graph main
input %x : float32[4]
const %a : float32[] = 0
const %b : float32[] = 8
const %c : float32[] = )" +
           step + R"(
%r = RANGE(%a, %b, %c) : float32[?]
%y = ADD(%x, %r) {fused_activation_function=0} : float32[4]
output %y
)";
  };
  const std::string after = After(UseCheaperOps, text("2"));
  RequireContains(after, "int32[] = 8");
  RequireContains(after, "%r = CAST(");
  RequireSameResults(UseCheaperOps, text("2"), 0.0f);
  for (const char* step : {"2.5", "0"}) RequireUnchanged(UseCheaperOps, text(step));
}

TEST_CASE("int64 indices become int32") {
  RequireContains(After(NarrowIndices, R"(graph main
input %x : float32[2,3]
const %shape : int64[2] = 3 -1
%y = RESHAPE(%x, %shape) : float32[3,2]
output %y
)"),
                  "%shape : int32[2] = 3 -1");
}

TEST_CASE("int64 indices that are computed go through a CAST where a kernel takes int32 only") {
  const std::string after = After(NarrowIndices, R"(graph main
input %x : float32[4]
input %ids : int64[4]
const %n : int64[] = 3
%y = UNSORTED_SEGMENT_SUM(%x, %ids, %n) : float32[3]
output %y
)");
  RequireContains(after, "%ids_int32 = CAST(%ids) : int32[4]");
  RequireContains(after, "%y = UNSORTED_SEGMENT_SUM(%x, %ids_int32, %n) : float32[3]");
  RequireContains(after, "%n : int32[] = 3");
  RequireUnchanged(NarrowIndices, R"(graph main
input %x : float32[4]
input %shape : int64[2]
%y = RESHAPE(%x, %shape) : float32[?,?]
output %y
)");
}

TEST_CASE("powers with an op of their own use it") {
  RequireContains(After(UseCheaperOps, R"(graph main
input %x : float32[2]
const %two : float32[] = 2
%y = POW(%x, %two) : float32[2]
output %y
)"),
                  "%y = MUL(%x, %x)");
}

TEST_CASE("a choice without broadcasting is a SELECT") {
  RequireContains(After(UseCheaperOps, R"(graph main
input %c : bool[2]
input %a : float32[2]
input %b : float32[2]
%y = SELECT_V2(%c, %a, %b) : float32[2]
output %y
)"),
                  "%y = SELECT(%c, %a, %b)");
}

TEST_CASE("dead ops go, and unknown ones stay") {
  ir::Graph graph = Parse(R"(graph main
input %x : float32[2]
%a = RELU(%x) : float32[2]
%b = TANH(%a) : float32[2]
%c = custom.Log(%x) : float32[2]
%y = RELU(%x) : float32[2]
output %y
)");
  REQUIRE(Apply(RemoveDead, graph) == 2);
  REQUIRE(graph.num_nodes() == 2);
}

TEST_CASE("squeeze becomes a reshape, with one unknown dimension at most") {
  RequireContains(After(SqueezeToReshape, R"(graph main
input %x : float32[?,1,4]
%y = SQUEEZE(%x) {squeeze_dims=[1]} : float32[?,4]
output %y
)"),
                  "%y/shape : int32[2] = -1 4");
  RequireUnchanged(SqueezeToReshape, R"(graph main
input %x : float32[?,1,?]
%y = SQUEEZE(%x) {squeeze_dims=[1]} : float32[?,?]
output %y
)");
}

TEST_CASE("duplicates merge when operands, attributes and constants are equal") {
  const std::string text = After(MergeDuplicates, R"(graph main
input %x : float32[?,4]
const %a : int32[] = 1
const %b : int32[] = 1
const %c : int32[] = 0
%p = EXPAND_DIMS(%x, %a) : float32[?,1,4]
%q = EXPAND_DIMS(%x, %b) : float32[?,1,4]
%r = EXPAND_DIMS(%x, %c) : float32[1,?,4]
%s = ADD(%p, %q) {fused_activation_function=0} : float32[?,1,4]
%y = ADD(%s, %r) {fused_activation_function=0} : float32[?,?,4]
output %y
)");
  RequireContains(text, "%s = ADD(%p, %p)");
  RequireContains(text, "%y = ADD(%s, %r)");
}

TEST_CASE("two outputs that are equal keep their names") {
  RequireUnchanged(MergeDuplicates, R"(graph main
input %x : float32[4]
%p = RELU(%x) : float32[4]
%q = RELU(%x) : float32[4]
output %p
output %q
)");
}

TEST_CASE("elementwise ops go before the reshape in front of them") {
  const std::string text = After(MoveAfterElementwise, R"(graph main
input %x : float32[?,1,4]
const %shape : int32[2] = -1 4
%m = RESHAPE(%x, %shape) : float32[?,4]
%y = RELU(%m) : float32[?,4]
output %y
)");
  RequireContains(text, "%m = RELU(%x) : float32[?,1,4]");
  RequireContains(text, "%y = RESHAPE(%m, %shape) : float32[?,4]");
}

TEST_CASE("dividing by a root multiplies by the inverse root, and adding what is negated subtracts") {
  RequireContains(After(UseCheaperOps, R"(graph main
input %x : float32[4]
input %v : float32[4]
%s = SQRT(%v) : float32[4]
%y = DIV(%x, %s) {fused_activation_function=0} : float32[4]
output %y
)"),
                  "%y = MUL(%x, %s)");
  RequireContains(After(UseCheaperOps, R"(graph main
input %x : float32[4]
input %v : float32[4]
%n = NEG(%x) : float32[4]
%y = ADD(%n, %v) {fused_activation_function=0} : float32[4]
output %y
)"),
                  "%y = SUB(%v, %x)");
}

TEST_CASE("equal constants become one, others of the same bytes do not") {
  REQUIRE(After(MergeEqualConstants, R"(graph main
input %x : float32[2]
const %a : float32[2] = 1 2
const %b : float32[2] = 1 2
const %c : float32[1,2] = 1 2
%p = ADD(%x, %a) : float32[2]
%q = ADD(%p, %b) : float32[2]
%r = ADD(%q, %c) : float32[1,2]
output %r
)") == Spelled(R"(graph main
input %x : float32[2]
const %a : float32[2] = 1 2
const %c : float32[1,2] = 1 2
%p = ADD(%x, %a) : float32[2]
%q = ADD(%p, %a) : float32[2]
%r = ADD(%q, %c) : float32[1,2]
output %r
)"));
}

TEST_CASE("a PACK of one operand and a RESHAPE without a shape operand become a RESHAPE with one") {
  REQUIRE(After(PackToReshape, R"(graph main
input %x : float32[1,2]
%y = PACK(%x) {axis=0, values_count=1} : float32[1,1,2]
output %y
)") == Spelled(R"(graph main
input %x : float32[1,2]
const %y/shape : int32[3] = 1 1 2
%y = RESHAPE(%x, %y/shape) : float32[1,1,2]
output %y
)"));
  RequireUnchanged(PackToReshape, R"(graph main
input %x : float32[2]
%y = PACK(%x, %x) {axis=0, values_count=2} : float32[2,2]
output %y
)");
  REQUIRE(After(ReshapeByOperand, R"(graph main
input %x : float32[2]
%y = RESHAPE(%x) {new_shape=[1, 2]} : float32[1,2]
output %y
)") == Spelled(R"(graph main
input %x : float32[2]
const %y/shape : int32[2] = 1 2
%y = RESHAPE(%x, %y/shape) : float32[1,2]
output %y
)"));
}

TEST_CASE("the zero state of a first step takes its gate away") {
  REQUIRE(After(UseCheaperOps, R"(graph main
input %x : float32[2,6]
const %dim : int32[] = 1
const %zeros : float32[2,3] = 0 0 0 0 0 0
%gates = LOGISTIC(%x) : float32[2,6]
%a, %b = SPLIT(%dim, %gates) {num_splits=2} : float32[2,3], float32[2,3]
%c = MUL(%a, %zeros) {fused_activation_function=0} : float32[2,3]
%y = ADD(%c, %b) {fused_activation_function=0} : float32[2,3]
output %y
)") == Spelled(R"(graph main
input %x : float32[2,6]
const %dim : int32[] = 1
const %zeros : float32[2,3] = 0 0 0 0 0 0
%gates = LOGISTIC(%x) : float32[2,6]
%a, %b = SPLIT(%dim, %gates) {num_splits=2} : float32[2,3], float32[2,3]
%y = ADD(%zeros, %b) {fused_activation_function=0} : float32[2,3]
output %y
)"));
}

TEST_CASE("what may be infinite times zero stays") {
  RequireUnchanged(UseCheaperOps, R"(graph main
input %x : float32[2]
const %zeros : float32[2] = 0 0
%a = EXP(%x) : float32[2]
%b = MUL(%a, %zeros) {fused_activation_function=0} : float32[2]
%y = RELU(%b) : float32[2]
output %y
)");
}

TEST_CASE("two operands that were reshaped alike are reshaped after their sum") {
  REQUIRE(After(MovePairsAfterElementwise, R"(graph main
input %a : float32[1,2,1,3]
input %b : float32[1,2,1,3]
const %shape : int32[3] = 1 2 3
%c = RESHAPE(%a, %shape) : float32[1,2,3]
%d = RESHAPE(%b, %shape) : float32[1,2,3]
%y = ADD(%c, %d) {fused_activation_function=0} : float32[1,2,3]
output %y
)") == Spelled(R"(graph main
input %a : float32[1,2,1,3]
input %b : float32[1,2,1,3]
const %shape : int32[3] = 1 2 3
%c = ADD(%a, %b) {fused_activation_function=0} : float32[1,2,1,3]
%y = RESHAPE(%c, %shape) : float32[1,2,3]
output %y
)"));
}

TEST_CASE("operands of other shapes than each other keep their reshapes") {
  RequireUnchanged(MovePairsAfterElementwise, R"(graph main
input %a : float32[1,2,1,3]
input %b : float32[2,3]
const %shape : int32[3] = 1 2 3
%c = RESHAPE(%a, %shape) : float32[1,2,3]
%d = RESHAPE(%b, %shape) : float32[1,2,3]
%y = ADD(%c, %d) {fused_activation_function=0} : float32[1,2,3]
output %y
)");
}

TEST_CASE("ones in front of an operand's dimensions are left to broadcasting") {
  REQUIRE(After(DropLeadingOnes, R"(graph main
input %a : float32[2,3]
input %b : float32[4,1,3]
const %shape : int32[3] = 1 2 3
%c = RESHAPE(%a, %shape) : float32[1,2,3]
%y = ADD(%c, %b) {fused_activation_function=0} : float32[4,2,3]
output %y
)") == Spelled(R"(graph main
input %a : float32[2,3]
input %b : float32[4,1,3]
%y = ADD(%a, %b) {fused_activation_function=0} : float32[4,2,3]
output %y
)"));
}

TEST_CASE("ones in front stay where the result would lack them, and so do ones elsewhere") {
  RequireUnchanged(DropLeadingOnes, R"(graph main
input %a : float32[2,3]
input %b : float32[2,3]
const %shape : int32[3] = 1 2 3
%c = RESHAPE(%a, %shape) : float32[1,2,3]
%y = ADD(%c, %b) {fused_activation_function=0} : float32[1,2,3]
output %y
)");
  RequireUnchanged(DropLeadingOnes, R"(graph main
input %a : float32[2,3]
input %b : float32[2,4,3]
const %shape : int32[3] = 2 1 3
%c = RESHAPE(%a, %shape) : float32[2,1,3]
%y = ADD(%c, %b) {fused_activation_function=0} : float32[2,4,3]
output %y
)");
}
