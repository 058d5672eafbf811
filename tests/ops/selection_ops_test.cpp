// What the golden vectors do not show of ops that select, scatter and sum segments: unknown shapes, refusals, versions,
// TensorFlow forms.
#include <catch2/catch.hpp>

#include "ir/text.h"
#include "ops/op_def.h"
#include "tests/ops/fake_contexts.h"

namespace zeropoint::ops {
namespace {

using Ints = std::vector<int64_t>;

constexpr int64_t kAny = ir::kDynamic;

FakeOperand Data(ir::Shape shape) { return {ElementType::kFloat32, std::move(shape), std::nullopt}; }
FakeOperand Bools(ir::Shape shape) { return {ElementType::kBool, std::move(shape), std::nullopt}; }
FakeOperand Index(Ints elements) {
  const int64_t size = static_cast<int64_t>(elements.size());
  return {ElementType::kInt32, {size}, std::move(elements)};
}
FakeOperand Scalar(int64_t element) { return {ElementType::kInt32, {}, Ints{element}}; }
FakeOperand Unknown(ir::Shape shape) { return {ElementType::kInt32, std::move(shape), std::nullopt}; }

ir::Attributes Attrs(std::vector<std::pair<std::string, ir::AttrValue>> entries) {
  ir::Attributes attrs;
  for (auto& [name, value] : entries) attrs.Set(name, std::move(value));
  return attrs;
}

// The shape of the first result.
std::string Inferred(absl::string_view op, std::vector<FakeOperand> operands, ir::Attributes attrs = {}) {
  FakeInfer context(std::move(operands), std::move(attrs), FindOp(op)->outputs.max);
  const absl::Status status = FindOp(op)->infer(context);
  if (!status.ok()) {
    CHECK(status.code() == absl::StatusCode::kInvalidArgument);
    return "error";
  }
  return context.shapes.front().ToString();
}

int VersionOf(absl::string_view op, std::vector<FakeTensor> inputs, ElementType output, ir::Attributes attrs = {}) {
  const OpDef* record = FindOp(op);
  FakeVersion context(std::move(inputs), {output}, std::move(attrs));
  return record->version == nullptr ? 1 : record->version(context);
}

FakeTensor Typed(ElementType type) { return {type, {}, {2, 2}}; }

// The graph after the TF form of its only node ran, from that node on.
std::string Imported(const std::string& text) {
  auto graph = ir::ParseGraph(text);
  INFO(Describe(graph.status()));
  REQUIRE(graph.ok());
  const ir::NodeId node = graph->first();
  const auto match = FindTfForm(absl::string_view(graph->node(node).op()).substr(kTfPrefix.size()));
  REQUIRE(match);
  REQUIRE(match->form->import != nullptr);
  const absl::Status status = match->form->import(*graph, node);
  if (!status.ok()) return std::string(absl::StatusCodeToString(status.code()));
  graph->node(node).info.op = std::string(match->op->name);
  const std::string printed = ir::ToText(*graph);
  const size_t begin = printed.find("%y");
  return printed.substr(begin, printed.find(" : ", begin) - begin);
}

TEST_CASE("results whose size follows from elements stay open until those are known") {
  CHECK(Inferred("TOPK_V2", {Data({2, 5}), Scalar(3)}) == "[2,3]");
  CHECK(Inferred("TOPK_V2", {Data({2, 5}), Unknown({})}) == "[2,?]");
  CHECK(Inferred("TOPK_V2", {Data(ir::Shape::Unranked()), Scalar(3)}) == "[*]");
  CHECK(Inferred("WHERE", {Bools({2, 5})}) == "[?,2]");
  CHECK(Inferred("WHERE", {{ElementType::kBool, {3}, Ints{1, 0, 1}}}) == "[2,1]");
  CHECK(Inferred("WHERE", {Bools(ir::Shape::Unranked())}) == "[?,?]");
  CHECK(Inferred("UNIQUE", {Data({7})}) == "[?]");
  const auto scalar = Data({});
  CHECK(Inferred("NON_MAX_SUPPRESSION_V4", {Data({9, 4}), Data({9}), Scalar(5), scalar, scalar}) == "[5]");
  CHECK(Inferred("NON_MAX_SUPPRESSION_V5", {Data({9, 4}), Data({9}), Unknown({}), scalar, scalar, scalar}) == "[?]");
  CHECK(Inferred("REDUCE_ALL", {Bools({2, 3, 4}), Index({-1})}, Attrs({{"keep_dims", true}})) == "[2,3,1]");
  CHECK(Inferred("REVERSE_SEQUENCE", {Data({kAny, 3}), Unknown({kAny})}, Attrs({{"seq_dim", int64_t{1}}})) == "[?,3]");
}

TEST_CASE("operands that cannot be are refused") {
  CHECK(Inferred("TOPK_V2", {Data({2, 5}), Scalar(6)}) == "error");
  CHECK(Inferred("TOPK_V2", {Data({2, 5}), Scalar(-1)}) == "error");
  CHECK(Inferred("TOPK_V2", {Data({}), Scalar(1)}) == "error");
  CHECK(Inferred("WHERE", {Bools({})}) == "error");
  CHECK(Inferred("UNIQUE", {Data({2, 3})}) == "error");
  const auto scalar = Data({});
  CHECK(Inferred("NON_MAX_SUPPRESSION_V4", {Data({9, 3}), Data({9}), Scalar(5), scalar, scalar}) == "error");
  CHECK(Inferred("NON_MAX_SUPPRESSION_V4", {Data({9, 4}), Data({8}), Scalar(5), scalar, scalar}) == "error");
  CHECK(Inferred("NON_MAX_SUPPRESSION_V4", {Data({9, 4}), Data({9}), Scalar(-5), scalar, scalar}) == "error");
  CHECK(Inferred("NON_MAX_SUPPRESSION_V4", {Data({9, 4}), Data({9}), Scalar(5), Data({2}), scalar}) == "error");
  CHECK(Inferred("REDUCE_ANY", {Data({2, 3}), Index({0})}) == "error");
  CHECK(Inferred("REVERSE_SEQUENCE", {Data({2, 3}), Unknown({2})}, Attrs({{"seq_dim", int64_t{0}}})) == "error");
  CHECK(Inferred("REVERSE_SEQUENCE", {Data({2, 3}), Unknown({3})}, Attrs({{"seq_dim", int64_t{1}}})) == "error");
  CHECK(Inferred("FAKE_QUANT", {Data({2})}, Attrs({{"min", 1.0f}, {"max", 1.0f}, {"num_bits", int64_t{8}}})) == "error");
  CHECK(Inferred("FAKE_QUANT", {Data({2})}, Attrs({{"min", 0.0f}, {"max", 1.0f}, {"num_bits", int64_t{1}}})) == "error");
}

TEST_CASE("versions of selecting ops follow the types") {
  using enum ElementType;
  CHECK(VersionOf("TOPK_V2", {Typed(kFloat32), Typed(kInt32)}, kInt32) == 1);
  CHECK(VersionOf("TOPK_V2", {Typed(kInt8), Typed(kInt32)}, kInt32) == 2);
  CHECK(VersionOf("TOPK_V2", {Typed(kInt8), Typed(kInt16)}, kInt16) == 3);
  CHECK(VersionOf("WHERE", {Typed(kBool)}, kInt64) == 1);
  CHECK(VersionOf("WHERE", {Typed(kFloat32)}, kInt64) == 2);
  CHECK(VersionOf("FAKE_QUANT", {Typed(kFloat32)}, kFloat32) == 1);
  CHECK(VersionOf("FAKE_QUANT", {Typed(kFloat32)}, kFloat32, Attrs({{"narrow_range", true}})) == 2);
}

TEST_CASE("TensorFlow forms of selecting ops keep what LiteRT has a place for") {
  CHECK(Imported(R"(graph main
  input %x : float32[5]
  %y, %i = tf.Unique(%x) {T=0, out_idx=4} : float32[?], int64[5]
  output %y
)") == "%y, %i = UNIQUE(%x) {idx_out_type=4}");
  CHECK(Imported(R"(graph main
  input %b : float32[5,4]
  input %s : float32[5]
  input %n : int32[]
  input %t : float32[]
  %y = tf.NonMaxSuppressionV3(%b, %s, %n, %t, %t) {T=0} : int32[?]
  output %y
)") == "%y, %y_count = NON_MAX_SUPPRESSION_V4(%b, %s, %n, %t, %t)");
  CHECK(Imported(R"(graph main
  input %x : float32[1,2,2,4]
  %y = tf.LRN(%x) {depth_radius=2, bias=1.0, alpha=0.5, beta=0.75} : float32[1,2,2,4]
  output %y
)") == "%y = LOCAL_RESPONSE_NORMALIZATION(%x) {alpha=0.5, beta=0.75, bias=1.0, radius=2}");
  CHECK(Imported(R"(graph main
  input %x : float32[5]
  const %lo : float32[] = -1
  const %hi : float32[] = 2
  %y = tf.FakeQuantWithMinMaxVars(%x, %lo, %hi) {num_bits=8, narrow_range=false} : float32[5]
  output %y
)") == "%y = FAKE_QUANT(%x) {max=2.0, min=-1.0, narrow_range=false, num_bits=8}");
  CHECK(Imported(R"(graph main
  input %x : float32[5]
  %y, %i = tf.TopKV2(%x, %x) {index_type=4} : float32[?], int64[?]
  output %y
)") == "UNIMPLEMENTED");
}

}  // namespace
}  // namespace zeropoint::ops
