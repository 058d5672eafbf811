// Einsum against its definition, for equations of every kind that models use.
#include <map>

#include "tests/passes/support.h"

using namespace zeropoint;
using namespace zeropoint::passes;
using namespace zeropoint::passes::testing;

namespace {

using Sizes = std::map<char, int64_t>;

ir::Shape ShapeOf(const std::string& labels, const Sizes& sizes) {
  ir::Shape shape;
  for (char label : labels) shape.Append(sizes.at(label));
  return shape;
}

// Where the element with these coordinates lies in a tensor with these labels.
size_t Offset(const std::string& labels, const Sizes& sizes, const Sizes& at) {
  int64_t offset = 0;
  for (char label : labels) offset = offset * sizes.at(label) + at.at(label);
  return static_cast<size_t>(offset);
}

std::vector<float> Expected(const std::string& a, const std::string& b, const std::string& y, const Sizes& sizes) {
  const std::vector<float> left = Numbers(ShapeOf(a, sizes).NumElements(), 1);
  const std::vector<float> right = Numbers(ShapeOf(b, sizes).NumElements(), 2);
  std::vector<float> result(static_cast<size_t>(ShapeOf(y, sizes).NumElements()), 0.0f);
  Sizes at;
  for (const auto& [label, size] : sizes) at[label] = 0;
  for (bool more = true; more;) {
    result[Offset(y, sizes, at)] += left[Offset(a, sizes, at)] * right[Offset(b, sizes, at)];
    more = false;
    for (auto& [label, i] : at) {
      if (++i < sizes.at(label)) {
        more = true;
        break;
      }
      i = 0;
    }
  }
  return result;
}

}  // namespace

TEST_CASE("einsum computes what its equation says") {
  const Sizes all = {{'a', 2}, {'b', 3}, {'c', 4}, {'d', 2}, {'e', 3}};
  const std::string equations[][3] = {
      {"abc", "cde", "abde"},   {"abcd", "cde", "abe"}, {"abc", "adc", "abd"}, {"aecd", "abcd", "acbe"},
      {"acbe", "aecd", "abcd"}, {"ab", "bc", "ac"},     {"ab", "cb", "ca"},    {"ab", "ab", "ab"},
      {"ab", "ab", "a"},        {"a", "b", "ab"},       {"abc", "bcd", "da"},  {"ba", "bc", "ac"},
  };
  for (const auto& [a, b, y] : equations) {
    INFO(a << "," << b << "->" << y);
    Sizes sizes;
    for (char label : a + b) sizes[label] = all.at(label);
    ir::Graph graph;
    for (const auto& [name, labels] : {std::pair("x", a), std::pair("z", b)}) {
      graph.inputs.push_back(graph.AddValue({.name = name, .shape = ShapeOf(labels, sizes)}));
    }
    const ir::ValueId result = graph.AddValue({.name = "y", .shape = ShapeOf(y, sizes)});
    ir::NodeInfo info{.op = "tf.Einsum", .name = "y"};
    info.attrs.Set("equation", a + "," + b + "->" + y);
    graph.AddNode(std::move(info), graph.inputs, {result});
    graph.outputs = {result};
    REQUIRE(Apply(LegalizeEinsum, graph) == 1);
    Apply(InferShapes, graph);
    REQUIRE(graph.value(graph.outputs[0]).shape == ShapeOf(y, sizes));
    const std::vector<float> expected = Expected(a, b, y, sizes), got = Run(graph);
    REQUIRE(got.size() == expected.size());
    for (size_t i = 0; i < got.size(); ++i) REQUIRE(got[i] == Approx(expected[i]).margin(1e-5));
  }
}

TEST_CASE("an ellipsis stands for leading dimensions") {
  ir::Graph graph = Parse(R"(graph main
input %x : float32[2,3,4]
input %z : float32[4,5]
%y = tf.Einsum(%x, %z) {equation="...i,ij->...j"} : float32[2,3,5]
output %y
)");
  REQUIRE(Apply(LegalizeEinsum, graph) == 1);
  Apply(InferShapes, graph);
  REQUIRE(graph.value(graph.outputs[0]).shape == ir::Shape{2, 3, 5});
}

TEST_CASE("several unknown dimensions are read from the shape at run time") {
  const std::string text = After(LegalizeEinsum, R"(graph main
input %x : float32[?,?,4]
input %z : float32[4,2,3]
%y = tf.Einsum(%x, %z) {equation="abc,cde->abde"} : float32[?,?,2,3]
output %y
)");
  RequireContains(text, "SHAPE(%x)");
  RequireContains(text, "CONCATENATION(");
  RequireContains(text, "%y = RESHAPE(%y/batch_matmul, ");
}

TEST_CASE("dimensions that become one are multiplied in the shape at run time") {
  const std::string text = After(LegalizeEinsum, R"(graph main
input %x : float32[?,?,2,4]
input %z : float32[2,4,3]
%y = tf.Einsum(%x, %z) {equation="abcd,cde->abe"} : float32[?,?,3]
output %y
)");
  RequireContains(text, "UNSORTED_SEGMENT_PROD(");
  RequireContains(text, "int32[4] = 0 1 2 2");
}

TEST_CASE("a label that repeats in one operand is left alone") {
  RequireUnchanged(LegalizeEinsum, R"(graph main
input %x : float32[4,4]
input %z : float32[4,2]
%y = tf.Einsum(%x, %z) {equation="aa,ab->b"} : float32[2]
output %y
)");
}
