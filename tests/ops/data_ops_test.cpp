// What the golden vectors do not show of ops that move data: unknown shapes, refusals, versions, TensorFlow forms.
#include <catch2/catch.hpp>

#include "ir/text.h"
#include "ops/op_def.h"
#include "tests/ops/fake_contexts.h"
#include "tests/support/imported.h"

namespace zeropoint::ops {
namespace {

using Ints = std::vector<int64_t>;

constexpr int64_t kAny = ir::kDynamic;

FakeOperand Data(ir::Shape shape) { return {ElementType::kFloat32, std::move(shape), std::nullopt}; }
FakeOperand Index(Ints elements) {
  const int64_t size = static_cast<int64_t>(elements.size());
  return {ElementType::kInt32, {size}, std::move(elements)};
}
FakeOperand Unknown(ir::Shape shape) { return {ElementType::kInt32, std::move(shape), std::nullopt}; }

ir::Attributes Attrs(std::vector<std::pair<std::string, ir::AttrValue>> entries) {
  ir::Attributes attrs;
  for (auto& [name, value] : entries) attrs.Set(name, std::move(value));
  return attrs;
}

std::string Inferred(absl::string_view op, std::vector<FakeOperand> operands, ir::Attributes attrs = {},
                     int results = 1) {
  FakeInfer context(std::move(operands), std::move(attrs), results);
  const absl::Status status = FindOp(op)->infer(context);
  if (!status.ok()) {
    CHECK(status.code() == absl::StatusCode::kInvalidArgument);
    return "error";
  }
  return context.shapes.back().ToString();
}

int VersionOf(absl::string_view op, std::vector<FakeTensor> inputs, ElementType output, ir::Attributes attrs = {}) {
  const OpDef* record = FindOp(op);
  FakeVersion context(std::move(inputs), {output}, std::move(attrs));
  return record->version == nullptr ? 1 : record->version(context);
}

FakeTensor Typed(ElementType type, ir::Shape shape = {1, 2, 2, 1}) { return {type, {}, std::move(shape)}; }

}  // namespace

TEST_CASE("shapes of moved data keep what is known of an unknown operand") {
  const FakeOperand image = Data({kAny, 4, 6, 3});
  CHECK(Inferred("RESHAPE", {image, Index({-1, 72})}) == "[?,72]");
  CHECK(Inferred("RESHAPE", {image, Unknown({2})}) == "[?,?]");
  CHECK(Inferred("RESHAPE", {image, Unknown({kAny})}) == "[*]");
  CHECK(Inferred("SQUEEZE", {Data({kAny, 1, 3})}, Attrs({{"squeeze_dims", Ints{1}}})) == "[?,3]");
  CHECK(Inferred("SQUEEZE", {Data({kAny, 1, 3})}, Attrs({{"squeeze_dims", Ints{}}})) == "[*]");
  CHECK(Inferred("EXPAND_DIMS", {image, Index({-1})}) == "[?,4,6,3,1]");
  CHECK(Inferred("CONCATENATION", {image, Data({2, 4, kAny, 3})}, Attrs({{"axis", int64_t{2}}})) == "[2,4,?,3]");
  CHECK(Inferred("PACK", {image, Data({2, 4, 6, 3})}, Attrs({{"axis", int64_t{-1}}})) == "[2,4,6,3,2]");
  CHECK(Inferred("PAD", {image, Index({0, 0, 1, 1, 2, 0, 0, 0})}) == "[?,6,8,3]");
  CHECK(Inferred("PAD", {image, Unknown({4, 2})}) == "[?,?,?,?]");
  CHECK(Inferred("GATHER", {image, Unknown({5, 2})}, Attrs({{"axis", int64_t{1}}})) == "[?,5,2,6,3]");
  CHECK(Inferred("SLICE", {image, Index({0, 1, 0, 0}), Index({-1, 2, -1, 1})}) == "[?,2,6,1]");
  CHECK(Inferred("TRANSPOSE", {image, Index({3, 0, 1, 2})}) == "[3,?,4,6]");
  CHECK(Inferred("TILE", {image, Index({2, 2, 1, 1})}) == "[?,8,6,3]");
  CHECK(Inferred("RESIZE_BILINEAR", {image, Unknown({2})}) == "[?,?,?,3]");
  CHECK(Inferred("FILL", {Index({2, 3}), Data(ir::Shape())}) == "[2,3]");
  CHECK(Inferred("SPLIT", {Index({3}), image}, {}, 3) == "[?,4,6,1]");
  CHECK(Inferred("SPACE_TO_DEPTH", {image}, Attrs({{"block_size", int64_t{2}}})) == "[?,2,3,12]");
  CHECK(Inferred("DEPTH_TO_SPACE", {Data({kAny, 2, 3, 12})}, Attrs({{"block_size", int64_t{2}}})) == "[?,4,6,3]");
  CHECK(Inferred("SPACE_TO_BATCH_ND", {image, Index({2, 2}), Index({0, 0, 1, 1})}) == "[?,2,4,3]");
  CHECK(Inferred("BATCH_TO_SPACE_ND", {Data({8, 2, 4, 3}), Index({2, 2}), Index({0, 0, 1, 1})}) == "[2,4,6,3]");
  CHECK(Inferred("BROADCAST_TO", {Data({3}), Index({2, 3})}) == "[2,3]");
  CHECK(Inferred("ARG_MAX", {image, Index({1})}, Attrs({{"output_type", int64_t{4}}})) == "[?,6,3]");
  CHECK(Inferred("RANGE", {Index({0}), Unknown({}), Index({1})}) == "[?]");
  CHECK(Inferred("UNPACK", {image}, Attrs({{"axis", int64_t{3}}}), 3) == "[?,4,6]");
}

TEST_CASE("what cannot be is refused") {
  const FakeOperand x = Data({2, 4});
  CHECK(Inferred("RESHAPE", {x, Index({3, -1})}) == "error");
  CHECK(Inferred("RESHAPE", {x, Index({9})}) == "error");
  CHECK(Inferred("SQUEEZE", {x}, Attrs({{"squeeze_dims", Ints{0}}})) == "error");
  CHECK(Inferred("CONCATENATION", {x, Data({3, 4})}, Attrs({{"axis", int64_t{1}}})) == "error");
  CHECK(Inferred("CONCATENATION", {x}, Attrs({{"axis", int64_t{2}}})) == "error");
  CHECK(Inferred("PACK", {x, Data({2, 5})}) == "error");
  CHECK(Inferred("PAD", {x, Index({0, 0, -1, 0})}) == "error");
  CHECK(Inferred("PAD", {x, Index({0, 0})}) == "error");
  CHECK(Inferred("MIRROR_PAD", {x, Index({0, 0, 4, 0})}, Attrs({{"mode", int64_t{0}}})) == "error");
  CHECK(Inferred("SLICE", {x, Index({0, 3}), Index({1, 2})}) == "error");
  CHECK(Inferred("STRIDED_SLICE", {x, Index({2}), Index({3}), Index({1})}, Attrs({{"shrink_axis_mask", int64_t{1}}})) ==
        "error");
  CHECK(Inferred("STRIDED_SLICE", {x, Index({0}), Index({1}), Index({0})}) == "error");
  CHECK(Inferred("TRANSPOSE", {x, Index({0, 0})}) == "error");
  CHECK(Inferred("SPLIT", {Index({1}), x}, {}, 3) == "error");
  CHECK(Inferred("SPLIT_V", {x, Index({1, 1}), Index({1})}, {}, 2) == "error");
  CHECK(Inferred("UNPACK", {x}, Attrs({{"axis", int64_t{0}}}), 3) == "error");
  CHECK(Inferred("RESIZE_BILINEAR", {Data({1, 4, 4, 1}), Index({0, 4})}) == "error");
  CHECK(Inferred("SPACE_TO_DEPTH", {Data({1, 3, 4, 1})}, Attrs({{"block_size", int64_t{2}}})) == "error");
  CHECK(Inferred("BROADCAST_TO", {x, Index({3, 4})}) == "error");
  CHECK(Inferred("FILL", {Index({-2}), Data(ir::Shape())}) == "error");
}

TEST_CASE("versions of ops that move data follow types and forms") {
  using T = ElementType;
  for (absl::string_view op :
       {"PAD", "CONCATENATION", "SLICE", "STRIDED_SLICE", "TRANSPOSE", "GATHER", "PACK", "UNPACK", "SPLIT_V",
        "SPACE_TO_DEPTH", "DEPTH_TO_SPACE", "SPACE_TO_BATCH_ND", "BATCH_TO_SPACE_ND", "MIRROR_PAD", "RESIZE_BILINEAR",
        "RESIZE_NEAREST_NEIGHBOR", "ARG_MAX", "PADV2"}) {
    INFO(op);
    CHECK(VersionOf(op, {Typed(T::kFloat32), Typed(T::kInt32)}, T::kFloat32) == 1);
    CHECK(VersionOf(op, {Typed(T::kInt8), Typed(T::kInt32)}, T::kInt8) == 2);
  }
  for (absl::string_view op : {"RESHAPE", "EXPAND_DIMS", "SHAPE", "SQUEEZE", "ONE_HOT", "GATHER_ND"}) {
    INFO(op);
    CHECK(VersionOf(op, {Typed(T::kInt8), Typed(T::kInt32)}, T::kInt8) == 1);
  }
  CHECK(VersionOf("SPLIT", {Typed(T::kInt32), Typed(T::kInt8)}, T::kInt8) == 2);
  CHECK(VersionOf("TILE", {Typed(T::kInt8)}, T::kInt8) == 3);
  CHECK(VersionOf("REVERSE_V2", {Typed(T::kInt8)}, T::kInt8) == 3);
  CHECK(VersionOf("BROADCAST_TO", {Typed(T::kFloat32)}, T::kFloat32) == 2);
  CHECK(VersionOf("BROADCAST_TO", {Typed(T::kInt8)}, T::kInt8) == 3);
  CHECK(VersionOf("SLICE", {Typed(T::kFloat32, {1, 1, 1, 1, 2})}, T::kFloat32) == 5);
  CHECK(VersionOf("RESIZE_BILINEAR", {Typed(T::kInt8)}, T::kInt8, Attrs({{"half_pixel_centers", true}})) == 3);
  CHECK(VersionOf("GATHER", {Typed(T::kInt8), Typed(T::kInt32)}, T::kInt8, Attrs({{"batch_dims", int64_t{1}}})) == 5);
  CHECK(VersionOf("STRIDED_SLICE", {Typed(T::kFloat32)}, T::kFloat32, Attrs({{"new_axis_mask", int64_t{1}}})) == 6);
  CHECK(VersionOf("QUANTIZE", {Typed(T::kFloat32)}, T::kInt8) == 1);
  CHECK(VersionOf("QUANTIZE", {Typed(T::kFloat32)}, T::kInt16) == 2);
  CHECK(VersionOf("DEQUANTIZE", {Typed(T::kInt8)}, T::kFloat32) == 2);
  CHECK(VersionOf("DEQUANTIZE", {Typed(T::kFloat16)}, T::kFloat32) == 3);
  FakeTensor per_axis = Typed(T::kInt8);
  per_axis.quant.scale = {1.0f, 2.0f};
  CHECK(VersionOf("DEQUANTIZE", {per_axis}, T::kFloat32) == 5);
  CHECK(VersionOf("CAST", {Typed(T::kInt32)}, T::kFloat32) == 1);
  CHECK(VersionOf("CAST", {Typed(T::kFloat32)}, T::kInt8) == 3);
}

TEST_CASE("TensorFlow's nodes become these ops in place") {
  CHECK(Imported(R"(graph main
input %a : float32[2,3]
input %b : float32[2,3]
const %axis : int32[] = -1
%y = tf.ConcatV2(%a, %b, %axis) {N=2} : float32[2,6]
output %y
)") == "%y = CONCATENATION(%a, %b) {axis=-1, fused_activation_function=0} : float32[2,6]");
  CHECK(Imported(R"(graph main
input %a : float32[2,3]
input %axis : int32[]
%y = tf.ConcatV2(%a, %a, %axis) {N=2} : float32[*]
output %y
)") == "UNIMPLEMENTED");
  CHECK(Imported(R"(graph main
input %a : float32[2,3]
input %i : int32[2]
const %axis : int32[] = 1
%y = tf.GatherV2(%a, %i, %axis) {batch_dims=0} : float32[2,2]
output %y
)") == "%y = GATHER(%a, %i) {axis=1, batch_dims=0} : float32[2,2]");
  CHECK(Imported(R"(graph main
input %a : float32[2,3]
%y = tf.Pack(%a, %a) {N=2,T=0,axis=1} : float32[2,2,3]
output %y
)") == "%y = PACK(%a, %a) {axis=1, values_count=2} : float32[2,2,3]");
  CHECK(Imported(R"(graph main
input %a : float32[2,3]
%y = tf.Cast(%a) {DstT=2,SrcT=0,Truncate=false} : float32[2,3]
output %y
)") == "%y = CAST(%a) : int32[2,3]");
  CHECK(Imported(R"(graph main
input %a : float32[2,3]
const %b : int32[1] = 0
%y = tf.StridedSlice(%a, %b, %b, %b) {begin_mask=0,ellipsis_mask=1,end_mask=0,new_axis_mask=0,shrink_axis_mask=0} : float32[*]
output %y
)") == "UNIMPLEMENTED");
  CHECK(Imported(R"(graph main
input %a : float32[1,4,4,4]
%y = tf.DepthToSpace(%a) {block_size=2,data_format="NCHW"} : float32[*]
output %y
)") == "UNIMPLEMENTED");
  CHECK(Imported(R"(graph main
input %a : float32[2,3]
const %p : int32[2,2] = 1 1 1 1
%y = tf.MirrorPad(%a, %p) {mode="SYMMETRIC"} : float32[4,5]
output %y
)") == "%y = MIRROR_PAD(%a, %p) {mode=1} : float32[4,5]");
}

TEST_CASE("an index beyond the data is an error, not a read") {
  ir::Dims rows = {3, 2}, picks = {1};
  const std::vector<float> table(6);
  const std::vector<int32_t> index = {3};
  std::vector<float> out(2);
  TensorView params, indices;
  params.dims = rows;
  params.data = table.data();
  indices.type = ElementType::kInt32;
  indices.dims = picks;
  indices.data = index.data();
  ir::Dims result = {1, 2};
  MutableView y;
  y.dims = result;
  y.data = out.data();
  struct NoScratch : Scratch {
    void* Get(size_t) override { return nullptr; }
  } scratch;
  const ir::Attributes attrs;
  const std::vector<TensorView> gather = {params, indices}, lookup = {indices, params};
  CHECK(FindOp("GATHER")->eval_float({attrs, gather, {&y, 1}, nullptr, scratch}).code() ==
        absl::StatusCode::kOutOfRange);
  CHECK(FindOp("EMBEDDING_LOOKUP")->eval_float({attrs, lookup, {&y, 1}, nullptr, scratch}).code() ==
        absl::StatusCode::kOutOfRange);
}

}  // namespace zeropoint::ops
