// What the golden vectors do not show of ops that select, scatter and sum segments: unknown shapes, refusals, versions,
// TensorFlow forms.
#include <catch2/catch.hpp>
#include <cstring>

#include "engine/engine.h"
#include "ir/text.h"
#include "ops/op_def.h"
#include "tests/ops/fake_contexts.h"
#include "tests/support/imported.h"

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

TEST_CASE("scattering, windows and volumes keep what is not known open") {
  CHECK(Inferred("MATRIX_DIAG", {Data({kAny, 3})}) == "[?,3,3]");
  CHECK(Inferred("MATRIX_SET_DIAG", {Data({kAny, 3, 4}), Data({2, kAny})}) == "[?,3,4]");
  CHECK(Inferred("SCATTER_ND", {Unknown({2, 1}), Data({2, 5}), Unknown({2})}) == "[?,?]");
  CHECK(Inferred("SCATTER_ND", {Unknown({kAny, 1}), Data({kAny, 5}), Index({7, 5})}) == "[7,5]");
  CHECK(Inferred("SPARSE_TO_DENSE", {Unknown({2, 2}), Index({3, 4}), Data({2}), Data({})}) == "[3,4]");
  CHECK(Inferred("SEGMENT_SUM", {Data({4, 5}), Index({0, 0, 1, 2})}) == "[3,5]");
  CHECK(Inferred("SEGMENT_SUM", {Data({4, 5}), Unknown({4})}) == "[?,5]");
  CHECK(Inferred("UNSORTED_SEGMENT_SUM", {Data({4, 2, 5}), Unknown({4, 2}), Scalar(3)}) == "[3,5]");
  CHECK(Inferred("UNSORTED_SEGMENT_MAX", {Data({4, 5}), Unknown({4}), Unknown({})}) == "[?,5]");
  CHECK(Inferred("DYNAMIC_UPDATE_SLICE", {Data({kAny, 5}), Data({1, 5}), Unknown({2})}) == "[?,5]");
  CHECK(Inferred("BROADCAST_ARGS", {Unknown({2}), Unknown({3})}) == "[3]");
  CHECK(Inferred("BUCKETIZE", {Data({kAny, 3})}) == "[?,3]");
  CHECK(Inferred("DILATE", {Data({2, kAny}), Index({3, 2}), Data({})}) == "[4,?]");
  const auto longs = [](Ints elements) {
    FakeOperand operand = Index(std::move(elements));
    operand.type = ElementType::kInt64;
    return operand;
  };
  const ir::Attributes add = Attrs({{"reduce_function", int64_t{1}}});
  const auto window = [&](ir::Shape from, Ints size, Ints strides, Ints dilations) {
    return Inferred("REDUCE_WINDOW", {Data(from), Data({}), longs(size), longs(strides), longs(dilations)}, add);
  };
  CHECK(window({5, kAny}, {2, 2}, {2, 1}, {1, 1}) == "[2,?]");
  CHECK(window({5}, {2}, {1}, {int64_t{1} << 62}) == "error");
  const ir::Attributes valid = Attrs({{"padding", int64_t{1}}});
  CHECK(Inferred("CONV_3D", {Data({1, kAny, 5, 6, 3}), Data({2, 3, 2, 3, 4})}, valid) == "[1,?,3,5,4]");
  CHECK(Inferred("CONV_3D_TRANSPOSE", {Unknown({5}), Data({2, 3, 2, 4, 3}), Data({1, 4, 5, 6, 3})}, valid) ==
        "[1,?,?,?,4]");
  CHECK(Inferred("EMBEDDING_LOOKUP_SPARSE", {Unknown({3}), Unknown({3, 2}), Index({4, 2}), Data({3}), Data({9, 5})}) ==
        "[4,5]");
  CHECK(Inferred("HASHTABLE_LOOKUP", {Unknown({kAny}), Unknown({3}), Data({3, 2})}) == "[?,2]");
  CHECK(Inferred("DENSIFY", {Data({3, 2})}) == "[3,2]");
}

TEST_CASE("ops that are only carried still tell their shapes") {
  CHECK(Inferred("SKIP_GRAM", {{ElementType::kString, {}, std::nullopt}}) == "[?]");
  CHECK(Inferred("LSH_PROJECTION", {Data({4, 8}), Data({5})}, Attrs({{"type", int64_t{1}}})) == "[4]");
  CHECK(Inferred("LSH_PROJECTION", {Data({4, 8}), Data({5})}, Attrs({{"type", int64_t{2}}})) == "[32]");
  CHECK(Inferred("LSH_PROJECTION", {Data({4, 8}), Data({5})}) == "error");
  CHECK(FindOp("CONCAT_EMBEDDINGS")->eval_float == nullptr);
  CHECK(FindOp("CONCAT_EMBEDDINGS")->infer != nullptr);
}

TEST_CASE("operands that do not fit each other are refused") {
  CHECK(Inferred("MATRIX_DIAG", {Data({})}) == "error");
  CHECK(Inferred("MATRIX_SET_DIAG", {Data({3, 4}), Data({4})}) == "error");
  CHECK(Inferred("SCATTER_ND", {Unknown({2, 1}), Data({2, 4}), Index({7, 5})}) == "error");
  CHECK(Inferred("SCATTER_ND", {Unknown({2, 1}), Data({2, 5}), Index({7, -5})}) == "error");
  CHECK(Inferred("SPARSE_TO_DENSE", {Unknown({2, 3}), Index({3, 4}), Data({2}), Data({})}) == "error");
  CHECK(Inferred("SPARSE_TO_DENSE", {Unknown({2, 2}), Index({3, 4}), Data({3}), Data({})}) == "error");
  CHECK(Inferred("SEGMENT_SUM", {Data({3}), Index({0, 2, 1})}) == "error");
  CHECK(Inferred("SEGMENT_SUM", {Data({3}), Index({-1, 0, 1})}) == "error");
  CHECK(Inferred("UNSORTED_SEGMENT_PROD", {Data({3}), Unknown({4}), Scalar(2)}) == "error");
  CHECK(Inferred("UNSORTED_SEGMENT_MIN", {Data({3}), Unknown({3}), Scalar(-2)}) == "error");
  CHECK(Inferred("ATAN2", {Data({3}), Data({1})}) == "error");
  CHECK(Inferred("BITWISE_XOR", {Data({3}), Data({3})}) == "error");
  CHECK(Inferred("RIGHT_SHIFT", {Unknown({3}), Unknown({2})}) == "error");
  CHECK(Inferred("DYNAMIC_UPDATE_SLICE", {Data({2, 5}), Data({3, 5}), Unknown({2})}) == "error");
  CHECK(Inferred("BROADCAST_ARGS", {Index({2, 3}), Index({4, 3})}) == "error");
  CHECK(Inferred("BUCKETIZE", {Data({3})}, Attrs({{"boundaries", std::vector<float>{2, 1}}})) == "error");
  CHECK(Inferred("DILATE", {Data({2, 2}), Index({3, 0}), Data({})}) == "error");
  CHECK(Inferred("REDUCE_WINDOW", {Data({2}), Data({}), Unknown({1}), Unknown({1}), Unknown({1})}) == "error");
  CHECK(Inferred("CONV_3D", {Data({1, 4, 5, 6, 3}), Data({2, 3, 2, 2, 4})}) == "error");
  const auto no_stride = Attrs({{"stride_d", int64_t{0}}});
  CHECK(Inferred("CONV_3D", {Data({1, 4, 5, 6, 3}), Data({2, 3, 2, 3, 4})}, no_stride) == "error");
  const auto volume = Data({1, 4, 5, 6, 3});
  CHECK(Inferred("CONV_3D_TRANSPOSE", {Index({1, 9, 5, 6, 4}), Data({1, 1, 1, 4, 3}), volume}) == "error");
  CHECK(Inferred("HASHTABLE_LOOKUP", {Unknown({2}), Unknown({3}), Data({4, 2})}) == "error");
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
  const auto no_range = Attrs({{"min", 1.0f}, {"max", 1.0f}, {"num_bits", int64_t{8}}});
  CHECK(Inferred("FAKE_QUANT", {Data({2})}, no_range) == "error");
  const auto one_bit = Attrs({{"min", 0.0f}, {"max", 1.0f}, {"num_bits", int64_t{1}}});
  CHECK(Inferred("FAKE_QUANT", {Data({2})}, one_bit) == "error");
}

TEST_CASE("versions of selecting ops follow the types") {
  using enum ElementType;
  CHECK(VersionOf("TOPK_V2", {Typed(kFloat32), Typed(kInt32)}, kInt32) == 1);
  CHECK(VersionOf("TOPK_V2", {Typed(kInt8), Typed(kInt32)}, kInt32) == 2);
  CHECK(VersionOf("TOPK_V2", {Typed(kInt8), Typed(kInt16)}, kInt16) == 3);
  CHECK(VersionOf("WHERE", {Typed(kBool)}, kInt64) == 1);
  CHECK(VersionOf("WHERE", {Typed(kFloat32)}, kInt64) == 2);
  CHECK(VersionOf("SPARSE_TO_DENSE", {Typed(kInt32), Typed(kInt32), Typed(kFloat32)}, kFloat32) == 1);
  CHECK(VersionOf("SPARSE_TO_DENSE", {Typed(kInt32), Typed(kInt32), Typed(kInt64)}, kInt64) == 2);
  CHECK(VersionOf("SPARSE_TO_DENSE", {Typed(kInt32), Typed(kInt32), Typed(kInt8)}, kInt8) == 3);
  CHECK(VersionOf("DYNAMIC_UPDATE_SLICE", {Typed(kFloat32), Typed(kFloat32), Typed(kInt32)}, kFloat32) == 1);
  CHECK(VersionOf("DYNAMIC_UPDATE_SLICE", {Typed(kFloat32), Typed(kFloat32), Typed(kInt64)}, kFloat32) == 2);
  CHECK(VersionOf("FAKE_QUANT", {Typed(kFloat32)}, kFloat32) == 1);
  CHECK(VersionOf("FAKE_QUANT", {Typed(kFloat32)}, kFloat32, Attrs({{"narrow_range", true}})) == 2);
}

TEST_CASE("TensorFlow forms of selecting ops keep what LiteRT has a place for") {
  CHECK(ImportedUntyped(R"(graph main
  input %x : float32[5]
  %y, %i = tf.Unique(%x) {T=0, out_idx=4} : float32[?], int64[5]
  output %y
)") == "%y, %i = UNIQUE(%x) {idx_out_type=4}");
  CHECK(ImportedUntyped(R"(graph main
  input %x : float32[1,2,2,4]
  %y = tf.LRN(%x) {depth_radius=2, bias=1.0, alpha=0.5, beta=0.75} : float32[1,2,2,4]
  output %y
)") == "%y = LOCAL_RESPONSE_NORMALIZATION(%x) {alpha=0.5, beta=0.75, bias=1.0, radius=2}");
  CHECK(ImportedUntyped(R"(graph main
  input %x : float32[5]
  const %lo : float32[] = -1
  const %hi : float32[] = 2
  %y = tf.FakeQuantWithMinMaxVars(%x, %lo, %hi) {num_bits=8, narrow_range=false} : float32[5]
  output %y
)") == "%y = FAKE_QUANT(%x) {max=2.0, min=-1.0, narrow_range=false, num_bits=8}");
  CHECK(ImportedUntyped(R"(graph main
  input %x : float32[2,3]
  const %k : int32[] = 0
  const %n : int32[] = -1
  const %p : float32[] = 0
  %y = tf.MatrixDiagV3(%x, %k, %n, %n, %p) {align="RIGHT_LEFT"} : float32[2,3,3]
  output %y
)") == "%y = MATRIX_DIAG(%x)");
  CHECK(ImportedUntyped(R"(graph main
  input %x : float32[2,3]
  const %k : int32[] = 1
  %y = tf.MatrixSetDiagV3(%x, %x, %k) {align="RIGHT_LEFT"} : float32[2,3]
  output %y
)") == "UNIMPLEMENTED");
  CHECK(ImportedUntyped(R"(graph main
  input %x : float32[2,3]
  %y = tf.Bitcast(%x) {type=3} : float32[?]
  output %y
)") == "%y = BITCAST(%x)");
  CHECK(ImportedUntyped(R"(graph main
  input %x : float32[2,3]
  %y = tf.Bucketize(%x) {boundaries=[1.0,2.5]} : int32[2,3]
  output %y
)") == "%y = BUCKETIZE(%x) {boundaries=[1.0,2.5]}");
  CHECK(ImportedUntyped(R"(graph main
  input %x : float32[1,4,5,6,3]
  input %f : float32[2,2,2,3,4]
  %y = tf.Conv3D(%x, %f) {data_format="NDHWC", dilations=[1,1,2,1,1], padding="VALID", strides=[1,1,2,3,1]} : float32[?]
  output %y
)") == "%y = CONV_3D(%x, %f, -) {dilation_d_factor=1, dilation_h_factor=2, dilation_w_factor=1, "
       "fused_activation_function=0, padding=1, stride_d=1, stride_h=2, stride_w=3}");
  CHECK(ImportedUntyped(R"(graph main
  input %x : float32[1,4,5,6,3]
  input %f : float32[2,2,2,3,4]
  %y = tf.Conv3D(%x, %f) {data_format="NCDHW", padding="VALID", strides=[1,1,1,1,1]} : float32[?]
  output %y
)") == "UNIMPLEMENTED");
  CHECK(ImportedUntyped(R"(graph main
  input %x : float32[5]
  input %z : float32[1]
  %y = tf.Atan2(%x, %z) {T=0} : float32[5]
  output %y
)") == "UNIMPLEMENTED");
  CHECK(ImportedUntyped(R"(graph main
  input %x : float32[5]
  %y, %i = tf.TopKV2(%x, %x) {index_type=4} : float32[?], int64[?]
  output %y
)") == "UNIMPLEMENTED");
}

// Evaluates the only node of a graph of constants.
absl::Status Evaluated(const std::string& text) {
  auto graph = ir::ParseGraph(text);
  INFO(Describe(graph.status()));
  REQUIRE(graph.ok());
  return engine::EvaluateConstants(*graph, graph->first()).status();
}

TEST_CASE("indices outside their tensor are errors, not accidents") {
  for (const char* bad : {"7", "-1"}) {
    const std::string index = std::string("graph main\n  const %i : int32[1,1] = ") + bad + "\n";
    CHECK(absl::IsOutOfRange(Evaluated(index + R"(  const %u : float32[1] = 1
  const %s : int32[1] = 4
  %y = SCATTER_ND(%i, %u, %s) : float32[4]
  output %y
)")));
    CHECK(absl::IsOutOfRange(Evaluated(index + R"(  const %v : float32[1] = 1
  const %s : int32[1] = 4
  const %d : float32[] = 0
  %y = SPARSE_TO_DENSE(%i, %s, %v, %d) : float32[4]
  output %y
)")));
  }
  CHECK(absl::IsOutOfRange(Evaluated(R"(graph main
  const %x : float32[2] = 1 2
  const %i : int32[2] = 0 3
  const %n : int32[] = 3
  %y = UNSORTED_SEGMENT_SUM(%x, %i, %n) : float32[3]
  output %y
)")));
  CHECK(absl::IsOutOfRange(Evaluated(R"(graph main
  const %x : float32[1,2] = 1 2
  const %l : int32[1] = 3
  %y = REVERSE_SEQUENCE(%x, %l) {seq_dim=1, batch_dim=0} : float32[1,2]
  output %y
)")));
  CHECK(absl::IsOutOfRange(Evaluated(R"(graph main
  const %r : int32[1] = 9
  const %i : int32[1,1] = 0
  const %s : int32[1] = 1
  const %w : float32[1] = 1
  const %t : float32[2,2] = 1 2 3 4
  %y = EMBEDDING_LOOKUP_SPARSE(%r, %i, %s, %w, %t) {combiner=0} : float32[2]
  output %y
)")));
}

TEST_CASE("a narrow FAKE_QUANT leaves out the lowest value") {
  auto graph = ir::ParseGraph(R"(graph main
  const %x : float32[4] = -9 -0.9 0.3 9
  %y = FAKE_QUANT(%x) {min=-1.0, max=1.0, num_bits=3, narrow_range=true} : float32[4]
  output %y
)");
  REQUIRE(graph.ok());
  auto values = engine::EvaluateConstants(*graph, graph->first());
  INFO(Describe(values.status()));
  REQUIRE(values.ok());
  float got[4];
  std::memcpy(got, values->front().data.data(), sizeof(got));
  const float third = 1.0f / 3;  // six steps of a third from -1 to 1
  const float want[4] = {-1, -1, third, 1};
  for (int i = 0; i < 4; ++i) CHECK(got[i] == Approx(want[i]).epsilon(1e-6));
}

}  // namespace
}  // namespace zeropoint::ops
