// Shapes, versions and TensorFlow forms of the ops that compute.
#include <catch2/catch.hpp>

#include "engine/engine.h"
#include "engine/inference.h"
#include "tests/ops/fake_contexts.h"

namespace zeropoint::ops {
namespace {

using ir::kDynamic;
using ir::Shape;

// The shape that `op` infers; the status when it refuses.
absl::StatusOr<Shape> Infer(absl::string_view op, std::vector<FakeOperand> operands, ir::Attributes attrs = {}) {
  const OpDef* def = FindOp(op);
  REQUIRE(def != nullptr);
  FakeInfer context(std::move(operands), std::move(attrs));
  absl::Status status = def->infer(context);
  if (!status.ok()) return status;
  return context.shapes[0];
}

ir::Attributes Attrs(std::vector<std::pair<std::string, int64_t>> ints) {
  ir::Attributes attrs;
  for (const auto& [name, value] : ints) attrs.Set(name, value);
  return attrs;
}

constexpr ElementType kFloat = ElementType::kFloat32;

TEST_CASE("Convolutions infer SAME and VALID, strides and dilations, known or not") {
  const FakeOperand filter{kFloat, Shape{8, 3, 3, 4}}, bias{kFloat, Shape{8}};
  const auto conv = [&](Shape input, ir::Attributes attrs) {
    return Infer("CONV_2D", {{kFloat, input}, filter, bias}, attrs);
  };
  CHECK(*conv(Shape{1, 9, 7, 4}, Attrs({{"padding", 0}, {"stride_h", 2}, {"stride_w", 1}})) == Shape{1, 5, 7, 8});
  CHECK(*conv(Shape{1, 9, 7, 4}, Attrs({{"padding", 1}, {"stride_h", 2}, {"stride_w", 1}})) == Shape{1, 4, 5, 8});
  CHECK(*conv(Shape{1, 9, 7, 4}, Attrs({{"padding", 1}, {"dilation_h_factor", 2}})) == Shape{1, 5, 5, 8});
  CHECK(*conv(Shape{kDynamic, kDynamic, 7, 4}, Attrs({{"padding", 1}})) == Shape{kDynamic, kDynamic, 5, 8});
  CHECK(*conv(Shape::Unranked(), Attrs({})) == Shape{kDynamic, kDynamic, kDynamic, 8});
  CHECK_FALSE(conv(Shape{1, 9, 7, 3}, Attrs({})).ok());
  CHECK_FALSE(conv(Shape{1, 2, 7, 4}, Attrs({{"padding", 1}})).ok());
  CHECK_FALSE(conv(Shape{9, 7, 4}, Attrs({})).ok());
  CHECK_FALSE(conv(Shape{1, 9, 7, 4}, Attrs({{"stride_h", 0}})).ok());
  CHECK_FALSE(Infer("CONV_2D", {{kFloat, Shape{1, 9, 7, 4}}, filter, {kFloat, Shape{7}}}).ok());
}

TEST_CASE("Dense layers flatten, or keep the dimensions") {
  const FakeOperand weights{kFloat, Shape{5, 6}};
  const FakeOperand none{kFloat, Shape{}, {}, false};
  ir::Attributes keep;
  keep.Set("keep_num_dims", true);
  CHECK(*Infer("FULLY_CONNECTED", {{kFloat, Shape{2, 3, 6}}, weights, none}) == Shape{6, 5});
  CHECK(*Infer("FULLY_CONNECTED", {{kFloat, Shape{2, 3, 6}}, weights, none}, keep) == Shape{2, 3, 5});
  CHECK(*Infer("FULLY_CONNECTED", {{kFloat, Shape{kDynamic, 6}}, weights, none}) == Shape{kDynamic, 5});
  CHECK_FALSE(Infer("FULLY_CONNECTED", {{kFloat, Shape{2, 7}}, weights, none}).ok());
}

TEST_CASE("Elementwise ops broadcast as numpy does") {
  const auto add = [](Shape a, Shape b) { return Infer("ADD", {{kFloat, a}, {kFloat, b}}); };
  CHECK(*add(Shape{2, 1, 3}, Shape{4, 1}) == Shape{2, 4, 3});
  CHECK(*add(Shape{}, Shape{3}) == Shape{3});
  CHECK(*add(Shape{kDynamic, 3}, Shape{1}) == Shape{kDynamic, 3});
  CHECK(*add(Shape{kDynamic, 3}, Shape{5, 3}) == Shape{5, 3});
  CHECK_FALSE(add(Shape::Unranked(), Shape{3})->ranked());
  CHECK(*add(Shape{0, 3}, Shape{1, 3}) == Shape{0, 3});
  CHECK_FALSE(add(Shape{2, 3}, Shape{2}).ok());
  CHECK_FALSE(Infer("ADD", {{kFloat, Shape{3}}, {ElementType::kInt32, Shape{3}}}).ok());
}

TEST_CASE("Reductions drop their axes or keep ones, and know what they can without the axes") {
  ir::Attributes keep;
  keep.Set("keep_dims", true);
  const auto mean = [](Shape input, std::optional<std::vector<int64_t>> axes, ir::Attributes attrs = {}) {
    return Infer("MEAN", {{kFloat, input}, {ElementType::kInt32, Shape{2}, axes}}, attrs);
  };
  CHECK(*mean(Shape{2, 3, 4}, {{0, -1}}) == Shape{3});
  CHECK(*mean(Shape{2, kDynamic, 4}, {{0, 2}}, keep) == Shape{1, kDynamic, 1});
  CHECK_FALSE(mean(Shape{2, 3}, std::nullopt)->ranked());
  CHECK(*mean(Shape{2, 3}, std::nullopt, keep) == Shape{kDynamic, kDynamic});
  CHECK_FALSE(mean(Shape{2, 3}, {{2}}).ok());
}

TEST_CASE("Matrix products check their depth and broadcast the rest") {
  ir::Attributes adj;
  adj.Set("adj_y", true);
  CHECK(*Infer("BATCH_MATMUL", {{kFloat, Shape{5, 1, 2, 3}}, {kFloat, Shape{4, 3, 6}}}) == Shape{5, 4, 2, 6});
  CHECK(*Infer("BATCH_MATMUL", {{kFloat, Shape{2, 3}}, {kFloat, Shape{6, 3}}}, adj) == Shape{2, 6});
  CHECK_FALSE(Infer("BATCH_MATMUL", {{kFloat, Shape{2, 3}}, {kFloat, Shape{6, 3}}}).ok());
  CHECK_FALSE(Infer("BATCH_MATMUL", {{kFloat, Shape{3}}, {kFloat, Shape{3, 3}}}).ok());
}

TEST_CASE("Transposed convolutions take the shape they are told, if it fits") {
  const auto conv = [](std::optional<std::vector<int64_t>> shape) {
    return Infer("TRANSPOSE_CONV",
                 {{ElementType::kInt32, Shape{4}, shape}, {kFloat, Shape{6, 3, 3, 2}}, {kFloat, Shape{1, 4, 4, 2}}},
                 Attrs({{"padding", 0}, {"stride_h", 2}, {"stride_w", 2}}));
  };
  CHECK(*conv({{1, 8, 7, 6}}) == Shape{1, 8, 7, 6});
  CHECK(*conv(std::nullopt) == Shape{1, kDynamic, kDynamic, 6});
  CHECK_FALSE(conv({{1, 9, 8, 6}}).ok());
  CHECK_FALSE(conv({{1, 8, 8, 5}}).ok());
}

TEST_CASE("Every op refuses one operand too few or too many") {
  const Shape shape{1, 2, 2, 4};
  for (const OpDef* op : AllOps()) {
    INFO(op->name);
    ir::Graph graph;
    std::vector<ir::ValueId> results;
    for (int i = 0; i < op->outputs.min; ++i) results.push_back(graph.AddValue({"y", kFloat, shape}));
    const ir::ValueId x = graph.AddValue({"x", kFloat, shape});
    for (int n : {op->inputs.min - 1, op->inputs.max + 1}) {
      if (n < 0 || n > kMany) continue;
      const size_t count = static_cast<size_t>(n);
      ir::NodeInfo info;
      info.op = std::string(op->name);
      const ir::NodeId node = graph.AddNode(std::move(info), std::vector<ir::ValueId>(count, x), results);
      const std::vector<engine::Operand> operands(count, {true, kFloat, &shape, nullptr, true});
      CHECK_FALSE(engine::InferNode(graph, node, *op, operands, engine::Scope{}).ok());
      graph.RemoveNode(node);
    }
  }
}

TEST_CASE("Ops of one or two tensors run on tensors without elements") {
  const Shape shape{0, 3};
  int ran = 0;
  for (const OpDef* op : AllOps()) {
    const bool plain = op->inputs.min == op->inputs.max && op->inputs.max <= 2 && op->outputs.max == 1;
    if (!plain || op->eval_float == nullptr) continue;
    INFO(op->name);
    ir::Graph graph;
    std::vector<ir::ValueId> operands;
    for (int i = 0; i < op->inputs.max; ++i) operands.push_back(graph.AddConstant("x", kFloat, shape, Bytes()));
    ir::NodeInfo info;
    info.op = std::string(op->name);
    const ir::NodeId node = graph.AddNode(std::move(info), operands, {graph.AddValue({"y", kFloat, shape})});
    const auto results = engine::EvaluateConstants(graph, node);
    if (!results.ok()) continue;  // ops of other types or ranks
    const ir::Value& y = (*results)[0];
    if (Traits(y.type).bits == 0) continue;  // handles and the like
    CHECK(y.data.size() == ByteSize(y.type, static_cast<size_t>(y.shape.NumElements())));
    ran += y.shape == shape;
  }
  CHECK(ran > 30);
}

// --- versions

int Version(absl::string_view op, std::vector<FakeTensor> inputs, FakeTensor output = {}, ir::Attributes attrs = {}) {
  return FindOp(op)->version(FakeVersion(std::move(inputs), std::move(output), std::move(attrs)));
}

FakeTensor Quantized(ElementType type, std::vector<float> scale, Shape shape = {}) {
  ir::QuantParams quant;
  quant.zero_point.assign(scale.size(), 0);
  quant.scale = std::move(scale);
  return {type, quant, std::move(shape)};
}

TEST_CASE("Versions follow LiteRT's rules") {
  const FakeTensor real{};
  const FakeTensor int8 = Quantized(ElementType::kInt8, {0.5f}),
                   channels = Quantized(ElementType::kInt8, {0.5f, 0.25f});
  const FakeTensor int16 = Quantized(ElementType::kInt16, {0.5f});
  ir::Attributes bias64, asymmetric, keep, general;
  bias64.Set("quantized_bias_type", int64_t{4});
  asymmetric.Set("asymmetric_quantize_inputs", true);
  keep.Set("keep_num_dims", true);
  general.Set("pot_scale_int16", false);

  CHECK(Version("CONV_2D", {real, real, real}) == 1);
  CHECK(Version("CONV_2D", {int8, channels, real}) == 3);
  CHECK(Version("CONV_2D", {real, channels, real}) == 5);
  CHECK(Version("CONV_2D", {real, int8, real}) == 2);
  CHECK(Version("CONV_2D", {int16, channels, real}, int16, bias64) == 8);
  CHECK(Version("CONV_2D", {{kFloat, {}, Shape{1, 4, 4, 8}}, {kFloat, {}, Shape{8, 1, 1, 4}}, real}) == 6);
  CHECK(Version("DEPTHWISE_CONV_2D", {real, channels, real}) == 6);
  CHECK(Version("DEPTHWISE_CONV_2D", {int8, channels, real}) == 3);
  CHECK(Version("DEPTHWISE_CONV_2D", {real, real, real}, real, Attrs({{"dilation_h_factor", 2}})) == 2);
  CHECK(Version("FULLY_CONNECTED", {real, real, real}) == 1);
  CHECK(Version("FULLY_CONNECTED", {int8, channels, real}) == 4);
  CHECK(Version("FULLY_CONNECTED", {int8, channels, real}, int8, keep) == 5);
  CHECK(Version("FULLY_CONNECTED", {real, channels, real}, real, asymmetric) == 12);
  CHECK(Version("FULLY_CONNECTED", {real, int8, real}, real, asymmetric) == 9);
  CHECK(Version("FULLY_CONNECTED", {real, int8, real}) == 3);
  CHECK(Version("FULLY_CONNECTED", {int16, channels, real}, int16, bias64) == 11);
  CHECK(Version("TRANSPOSE_CONV", {real, channels, real}) == 2);
  CHECK(Version("TRANSPOSE_CONV", {real, int8, int8, real}) == 3);
  CHECK(Version("BATCH_MATMUL", {real, int8}, real, asymmetric) == 4);
  CHECK(Version("BATCH_MATMUL", {int8, int8}) == 2);
  CHECK(Version("ADD", {int16, int16}, int16, general) == 3);
  CHECK(Version("ADD", {int8, int8}, int8) == 2);
  CHECK(Version("SUB", {int16, int16}, int16, general) == 5);
  CHECK(Version("MUL", {int8, int8}, Quantized(ElementType::kInt8, {0.5f})) == 2);
  CHECK(Version("MUL", {int8, int8}, Quantized(ElementType::kInt8, {0.25f})) == 3);
  CHECK(Version("DIV", {int8, int8}, int8) == 1);
  CHECK(Version("MEAN", {int8, real}) == 2);
  CHECK(Version("MEAN", {int16, real}) == 3);
  CHECK(Version("SUM", {int16, real}) == 1);
  CHECK(Version("EXP", {int16}) == 2);
  CHECK(Version("SOFTMAX", {int16}) == 3);
  CHECK(Version("LEAKY_RELU", {int8}) == 1);
  CHECK(Version("ABS", {{ElementType::kInt32, {}, {}}}) == 5);
  CHECK(Version("MAXIMUM", {{kFloat, {}, Shape{1, 2, 3, 4, 5}}, {kFloat, {}, Shape{}}}) == 3);
}

// --- TensorFlow forms

// The node of TF op `name` on float operands of the shapes, imported.
absl::StatusOr<ir::Attributes> Import(absl::string_view name, ir::Attributes attrs) {
  ir::Graph graph;
  const ir::ValueId x = graph.AddValue({"x", kFloat, Shape{1, 4, 4, 2}}), y = graph.AddValue({"y", kFloat, Shape{}});
  const std::vector<int64_t> axes = {1, 2};
  const ir::ValueId axis = graph.AddConstant<int64_t>("axes", Shape{2}, axes);
  ir::NodeInfo info;
  info.op = "tf." + std::string(name);
  info.attrs = std::move(attrs);
  const ir::NodeId node = graph.AddNode(std::move(info), {x, axis}, {y});
  const auto match = FindTfForm(name);
  REQUIRE(match.has_value());
  if (match->form->import == nullptr) return absl::InternalError("no import");
  ZP_RETURN_IF_ERROR(match->form->import(graph, node));
  CHECK(graph.value(graph.node(node).input(1)).type ==
        (match->op->name == "MEAN" ? ElementType::kInt32 : ElementType::kInt64));
  return graph.node(node).attrs();
}

TEST_CASE("TensorFlow's pools become LiteRT's when one op can say them") {
  ir::Attributes tf;
  tf.Set("ksize", std::vector<int64_t>{1, 2, 3, 1});
  tf.Set("strides", std::vector<int64_t>{1, 4, 5, 1});
  tf.Set("padding", std::string("VALID"));
  tf.Set("data_format", std::string("NHWC"));
  const auto got = Import("MaxPool", tf);
  REQUIRE(got.ok());
  CHECK(got->Int("filter_height") == 2);
  CHECK(got->Int("filter_width") == 3);
  CHECK(got->Int("stride_h") == 4);
  CHECK(got->Int("stride_w") == 5);
  CHECK(got->Int("padding") == 1);
  CHECK_FALSE(got->Has("ksize"));
  tf.Set("data_format", std::string("NCHW"));
  CHECK(absl::IsUnimplemented(Import("MaxPool", tf).status()));
  tf.Set("data_format", std::string("NHWC"));
  tf.Set("padding", std::string("EXPLICIT"));
  CHECK(absl::IsUnimplemented(Import("AvgPool", tf).status()));
}

TEST_CASE("TensorFlow's reductions keep keep_dims and get axes of int32") {
  ir::Attributes tf;
  tf.Set("keep_dims", true);
  tf.Set("Tidx", int64_t{4});
  const auto got = Import("Mean", tf);
  REQUIRE(got.ok());
  CHECK(got->Bool("keep_dims"));
  CHECK_FALSE(got->Has("Tidx"));
}

TEST_CASE("TensorFlow's softmax has beta 1") {
  const auto got = Import("Softmax", {});
  REQUIRE(got.ok());
  CHECK(got->Float("beta") == 1.0f);
}

}  // namespace
}  // namespace zeropoint::ops
