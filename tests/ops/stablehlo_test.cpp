// The StableHLO ops: against LiteRT where it has kernels (tests/data/make_stablehlo_golden.py), else against what the
// StableHLO specification says of small cases.
#include <catch2/catch.hpp>
#include <cmath>
#include <cstring>
#include <limits>
#include <set>

#include "engine/buffer.h"
#include "engine/engine.h"
#include "fake_contexts.h"
#include "ops/op_def.h"
#include "schema/schema_generated.h"
#include "tests/support/golden.h"

using namespace zeropoint;
using namespace zeropoint::ops;

namespace {

struct Tensor {
  ElementType type;
  ir::Shape shape;
  std::vector<uint8_t> bytes;

  TensorView view() const { return {{type, shape.dims(), bytes.data()}}; }
  template <typename T>
  std::vector<T> elements() const {
    std::vector<T> copy(bytes.size() / sizeof(T));
    std::memcpy(copy.data(), bytes.data(), bytes.size());
    return copy;
  }
};

template <typename T>
Tensor Make(ElementType type, ir::Shape shape, const std::vector<T>& elements) {
  Tensor tensor{type, std::move(shape), std::vector<uint8_t>(elements.size() * sizeof(T))};
  std::memcpy(tensor.bytes.data(), elements.data(), tensor.bytes.size());
  return tensor;
}

Tensor Floats(ir::Shape shape, const std::vector<float>& elements) {
  return Make(ElementType::kFloat32, std::move(shape), elements);
}
Tensor Ints(ir::Shape shape, const std::vector<int32_t>& elements) {
  return Make(ElementType::kInt32, std::move(shape), elements);
}
Tensor Bools(ir::Shape shape, const std::vector<uint8_t>& elements) {
  return Make(ElementType::kBool, std::move(shape), elements);
}

ir::Attributes Attrs(std::initializer_list<std::pair<const char*, ir::AttrValue>> list) {
  ir::Attributes attrs;
  for (const auto& [name, value] : list) attrs.Set(name, value);
  return attrs;
}
using Longs = std::vector<int64_t>;

absl::StatusOr<std::vector<Tensor>> Evaluate(const OpDef& op, const ir::Attributes& attrs,
                                             const std::vector<Tensor>& inputs, const std::vector<Tensor>& declared,
                                             Runtime* runtime) {
  std::vector<FakeOperand> operands;
  std::vector<TensorView> views;
  for (const Tensor& input : inputs) {
    operands.push_back({input.type, input.shape});
    views.push_back(input.view());
  }
  FakeInfer infer(operands, attrs, static_cast<int>(declared.size()));
  for (size_t i = 0; i < declared.size(); ++i) {
    infer.types[i] = declared[i].type;
    infer.shapes[i] = declared[i].shape;
  }
  ZP_RETURN_IF_ERROR(op.infer(infer));
  std::vector<Tensor> results;
  std::vector<MutableView> outputs;
  for (size_t i = 0; i < declared.size(); ++i) {
    const size_t count = static_cast<size_t>(infer.shapes[i].NumElements());
    results.push_back({infer.types[i], infer.shapes[i], std::vector<uint8_t>(ByteSize(infer.types[i], count))});
  }
  for (Tensor& result : results) outputs.push_back({{result.type, result.shape.dims(), result.bytes.data()}});
  engine::GrowingScratch scratch;
  EvalContext context{attrs, views, outputs, nullptr, scratch};
  context.runtime = runtime;
  ZP_RETURN_IF_ERROR(op.eval_float(context));
  return results;
}

// A model of which every other graph is one op on scalars.
class OneOpGraphs : public Runtime {
 public:
  explicit OneOpGraphs(std::string op, ElementType result) : op_(std::move(op)), result_(result) {}
  absl::StatusOr<std::vector<TensorView>> Call(int graph, absl::Span<const TensorView> arguments) override {
    REQUIRE(graph == 1);
    std::vector<Tensor> inputs;
    for (const TensorView& argument : arguments.first(2)) {
      const auto* bytes = argument.As<uint8_t>();
      inputs.push_back({argument.type, ir::Shape(), std::vector<uint8_t>(bytes, bytes + argument.bytes())});
    }
    ZP_ASSIGN_OR_RETURN(results_, Evaluate(*FindOp(op_), {}, inputs, {{result_, ir::Shape(), {}}}, nullptr));
    return std::vector<TensorView>{results_[0].view()};
  }
  std::shared_ptr<Resource>& resource(absl::string_view) override { return none_; }
  absl::StatusOr<MutableView> ResizeOutput(int, ElementType, const ir::Shape&) override {
    return absl::UnimplementedError("results have their shapes");
  }

 private:
  std::string op_;
  ElementType result_;
  std::vector<Tensor> results_;
  std::shared_ptr<Resource> none_;
};

std::vector<Tensor> Run(const char* op, const ir::Attributes& attrs, const std::vector<Tensor>& inputs,
                        const std::vector<Tensor>& declared = {{ElementType::kFloat32, ir::Shape::Unranked(), {}}},
                        Runtime* runtime = nullptr) {
  INFO(op);
  auto results = Evaluate(*FindOp(op), attrs, inputs, declared, runtime);
  INFO(Describe(results.status()));
  REQUIRE(results.ok());
  return *std::move(results);
}

std::vector<float> RunFloats(const char* op, const ir::Attributes& attrs, const std::vector<Tensor>& inputs) {
  return Run(op, attrs, inputs)[0].elements<float>();
}

Tensor ToTensor(const Json& tensor) {
  const ir::Value value = GoldenValue(tensor, "");
  return {value.type, value.shape, {value.data.data(), value.data.data() + value.data.size()}};
}

}  // namespace

TEST_CASE("StableHLO ops compute what LiteRT's kernels computed") {
  for (const Json& golden : ReadGolden("stablehlo_golden.json")) {
    INFO(golden["op"] << " " << golden["attrs"].dump() << " " << golden["body"]);
    const ir::Attributes attrs = GoldenAttrs(golden["attrs"]);
    std::vector<Tensor> inputs;
    for (const Json& input : golden["inputs"]) inputs.push_back(ToTensor(input));
    const Tensor want = ToTensor(golden["output"]);
    OneOpGraphs graphs(golden["body"], want.type);
    const Tensor got = Run(golden["op"].get<std::string>().c_str(), attrs, inputs,
                           {{want.type, ir::Shape::Unranked(), {}}}, &graphs)[0];
    REQUIRE(got.type == want.type);
    REQUIRE(got.shape == want.shape);
    if (want.type != ElementType::kFloat32) {
      REQUIRE(got.bytes == want.bytes);
      continue;
    }
    const std::vector<float> a = got.elements<float>(), b = want.elements<float>();
    for (size_t i = 0; i < a.size(); ++i) REQUIRE(a[i] == Approx(b[i]).epsilon(1e-6).margin(1e-6));  // order of sums
  }
}

TEST_CASE("StableHLO's unary ops compute what their names say") {
  const std::pair<const char*, double (*)(double)> ops[] = {
      {"STABLEHLO_ABS", [](double x) { return std::fabs(x); }},
      {"STABLEHLO_CBRT", [](double x) { return std::cbrt(x); }},
      {"STABLEHLO_COSINE", [](double x) { return std::cos(x); }},
      {"STABLEHLO_EXPONENTIAL", [](double x) { return std::exp(x); }},
      {"STABLEHLO_FLOOR", [](double x) { return std::floor(x); }},
      {"STABLEHLO_LOG", [](double x) { return std::log(x); }},
      {"STABLEHLO_LOGISTIC", [](double x) { return 1 / (1 + std::exp(-x)); }},
      {"STABLEHLO_NEGATE", [](double x) { return -x; }},
      {"STABLEHLO_RSQRT", [](double x) { return 1 / std::sqrt(x); }},
      {"STABLEHLO_TANH", [](double x) { return std::tanh(x); }}};
  const std::vector<float> x = {0.25f, 0.5f, 1.0f, 1.75f, 3.5f};
  for (const auto& [name, expected] : ops) {
    const std::vector<float> y = RunFloats(name, {}, {Floats({5}, x)});
    for (size_t i = 0; i < x.size(); ++i) CHECK(y[i] == Approx(expected(static_cast<double>(x[i]))).epsilon(1e-6));
  }
}

TEST_CASE("StableHLO's binary ops that LiteRT has no kernels for compute what their names say") {
  const Tensor a = Floats({4}, {7.5f, -7.5f, 2, 9}), b = Floats({4}, {2, 2, -4, 0.5f});
  CHECK(RunFloats("STABLEHLO_SUBTRACT", {}, {a, b}) == std::vector<float>{5.5f, -9.5f, 6, 8.5f});
  CHECK(RunFloats("STABLEHLO_DIVIDE", {}, {a, b}) == std::vector<float>{3.75f, -3.75f, -0.5f, 18});
  CHECK(RunFloats("STABLEHLO_REMAINDER", {}, {a, b}) == std::vector<float>{1.5f, -1.5f, 2, 0});
  CHECK(RunFloats("STABLEHLO_POWER", {}, {Floats({3}, {2, 9, 4}), Floats({3}, {3, 0.5f, -1})}) ==
        std::vector<float>{8, 3, 0.25f});
  const Tensor i = Ints({4}, {7, -7, 7, std::numeric_limits<int32_t>::min()}), j = Ints({4}, {3, 3, -3, -1});
  CHECK(Run("STABLEHLO_REMAINDER", {}, {i, j})[0].elements<int32_t>() == std::vector<int32_t>{1, -1, 1, 0});
  CHECK(Run("STABLEHLO_OR", {}, {Bools({4}, {0, 0, 1, 1}), Bools({4}, {0, 1, 0, 1})})[0].elements<uint8_t>() ==
        std::vector<uint8_t>{0, 1, 1, 1});
  CHECK(Run("STABLEHLO_OR", {}, {Ints({2}, {5, 8}), Ints({2}, {2, 12})})[0].elements<int32_t>() ==
        std::vector<int32_t>{7, 12});
  CHECK_FALSE(
      Evaluate(*FindOp("STABLEHLO_REMAINDER"), {}, {i, Ints({4}, {1, 0, 1, 1})}, {{i.type, {4}, {}}}, nullptr).ok());
}

TEST_CASE("StableHLO's elementwise ops take operands of one shape and type only") {
  auto infer = [](std::vector<FakeOperand> operands) {
    FakeInfer context(std::move(operands));
    return FindOp("STABLEHLO_SUBTRACT")->infer(context);
  };
  CHECK(infer({{ElementType::kFloat32, {2, ir::kDynamic}}, {ElementType::kFloat32, {ir::kDynamic, 3}}}).ok());
  CHECK_FALSE(infer({{ElementType::kFloat32, {2, 3}}, {ElementType::kFloat32, {1, 3}}}).ok());
  CHECK_FALSE(infer({{ElementType::kFloat32, {2}}, {ElementType::kInt32, {2}}}).ok());
}

TEST_CASE("STABLEHLO_COMPARE knows six directions, and a total order of floats") {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const Tensor a = Floats({4}, {1, 2, -0.0f, nan}), b = Floats({4}, {2, 2, 0.0f, nan});
  auto compare = [&](int64_t direction, int64_t type) {
    return Run("STABLEHLO_COMPARE", Attrs({{"comparison_direction", direction}, {"compare_type", type}}), {a, b})[0]
        .elements<uint8_t>();
  };
  using V = std::vector<uint8_t>;
  const V by_value[] = {{0, 1, 1, 0}, {1, 0, 0, 1}, {0, 1, 1, 0}, {0, 0, 0, 0}, {1, 1, 1, 0}, {1, 0, 0, 0}};
  const V total[] = {{0, 1, 0, 1}, {1, 0, 1, 0}, {0, 1, 0, 1}, {0, 0, 0, 0}, {1, 1, 1, 1}, {1, 0, 1, 0}};
  for (int64_t direction = 0; direction < 6; ++direction) {
    CHECK(compare(direction, schema::StablehloComparisonType_STABLEHLO_COMPARISON_TYPE_FLOAT) == by_value[direction]);
    CHECK(compare(direction, schema::StablehloComparisonType_STABLEHLO_COMPARISON_TYPE_FLOAT_TOTAL_ORDER) ==
          total[direction]);
  }
  CHECK_FALSE(Evaluate(*FindOp("STABLEHLO_COMPARE"), Attrs({{"comparison_direction", int64_t{9}}}), {a, b},
                       {{ElementType::kBool, {4}, {}}}, nullptr)
                  .ok());
}

TEST_CASE("STABLEHLO_SELECT, STABLEHLO_CLAMP and STABLEHLO_CONVERT work element by element") {
  const Tensor a = Floats({3}, {1, 2, 3}), b = Floats({3}, {-1, -2, -3});
  CHECK(RunFloats("STABLEHLO_SELECT", {}, {Bools({3}, {1, 0, 1}), a, b}) == std::vector<float>{1, -2, 3});
  CHECK(RunFloats("STABLEHLO_SELECT", {}, {Bools({}, {0}), a, b}) == std::vector<float>{-1, -2, -3});
  CHECK(RunFloats("STABLEHLO_CLAMP", {}, {Floats({}, {1.5f}), a, Floats({3}, {9, 1.75f, 2.5f})}) ==
        std::vector<float>{1.5f, 1.75f, 2.5f});
  CHECK(Run("STABLEHLO_CONVERT", {}, {Floats({3}, {1.9f, -1.9f, 0})}, {{ElementType::kInt32, {3}, {}}})[0]
            .elements<int32_t>() == std::vector<int32_t>{1, -1, 0});
}

TEST_CASE("STABLEHLO_RESHAPE, STABLEHLO_IOTA and STABLEHLO_BROADCAST_IN_DIM take the declared shape of their result") {
  const Tensor x = Floats({2, 3}, {1, 2, 3, 4, 5, 6});
  const Tensor flat = Run("STABLEHLO_RESHAPE", {}, {x}, {{ElementType::kFloat32, {ir::kDynamic, 1}, {}}})[0];
  CHECK(flat.shape == ir::Shape{6, 1});
  CHECK(flat.bytes == x.bytes);
  CHECK(Run("STABLEHLO_RESHAPE", {}, {Floats({1, 1}, {7})}, {{ElementType::kFloat32, ir::Shape(), {}}})[0].shape ==
        ir::Shape());
  CHECK_FALSE(Evaluate(*FindOp("STABLEHLO_RESHAPE"), {}, {x}, {{ElementType::kFloat32, {4}, {}}}, nullptr).ok());

  CHECK(Run("STABLEHLO_IOTA", Attrs({{"iota_dimension", int64_t{1}}}), {}, {{ElementType::kFloat32, {2, 3}, {}}})[0]
            .elements<float>() == std::vector<float>{0, 1, 2, 0, 1, 2});
  CHECK(Run("STABLEHLO_IOTA", Attrs({{"iota_dimension", int64_t{0}}}), {}, {{ElementType::kInt32, {2, 3}, {}}})[0]
            .elements<int32_t>() == std::vector<int32_t>{0, 0, 0, 1, 1, 1});

  const ir::Attributes down = Attrs({{"broadcast_dimensions", Longs{2, 0}}});
  CHECK(
      Run("STABLEHLO_BROADCAST_IN_DIM", down, {Floats({1, 3}, {1, 2, 3})}, {{ElementType::kFloat32, {3, 2, 2}, {}}})[0]
          .elements<float>() == std::vector<float>{1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3});
  CHECK_FALSE(
      Evaluate(*FindOp("STABLEHLO_BROADCAST_IN_DIM"), down, {x}, {{ElementType::kFloat32, {2, 2, 2}, {}}}, nullptr)
          .ok());
}

TEST_CASE("STABLEHLO_CONCATENATE, STABLEHLO_SLICE and STABLEHLO_TRANSPOSE move elements by their options") {
  const Tensor x = Floats({2, 3}, {1, 2, 3, 4, 5, 6});
  CHECK(RunFloats("STABLEHLO_CONCATENATE", Attrs({{"dimension", int64_t{1}}}), {x, Floats({2, 1}, {7, 8})}) ==
        std::vector<float>{1, 2, 3, 7, 4, 5, 6, 8});
  const ir::Attributes box =
      Attrs({{"start_indices", Longs{0, 0}}, {"limit_indices", Longs{2, 3}}, {"strides", Longs{1, 2}}});
  CHECK(RunFloats("STABLEHLO_SLICE", box, {x}) == std::vector<float>{1, 3, 4, 6});
  CHECK(RunFloats("STABLEHLO_TRANSPOSE", Attrs({{"permutation", Longs{1, 0}}}), {x}) ==
        std::vector<float>{1, 4, 2, 5, 3, 6});
  FakeInfer outside({{ElementType::kFloat32, {2, 2}}}, box);
  CHECK_FALSE(FindOp("STABLEHLO_SLICE")->infer(outside).ok());
  FakeInfer twice({{ElementType::kFloat32, {2, 2}}}, Attrs({{"permutation", Longs{1, 1}}}));
  CHECK_FALSE(FindOp("STABLEHLO_TRANSPOSE")->infer(twice).ok());
}

TEST_CASE("STABLEHLO_DYNAMIC_SLICE and STABLEHLO_DYNAMIC_UPDATE_SLICE move a corner inside") {
  const Tensor x = Floats({3, 3}, {1, 2, 3, 4, 5, 6, 7, 8, 9});
  const std::vector<Tensor> corner = {Ints({}, {9}), Ints({}, {-4})};
  CHECK(RunFloats("STABLEHLO_DYNAMIC_SLICE", Attrs({{"slice_sizes", Longs{2, 2}}}), {x, corner[0], corner[1]}) ==
        std::vector<float>{4, 5, 7, 8});
  CHECK(RunFloats("STABLEHLO_DYNAMIC_UPDATE_SLICE", {}, {x, Floats({1, 2}, {0, -1}), corner[0], corner[1]}) ==
        std::vector<float>{1, 2, 3, 4, 5, 6, 0, -1, 9});
  FakeInfer large({{ElementType::kFloat32, {3, 3}}, {ElementType::kInt32, {}}, {ElementType::kInt32, {}}},
                  Attrs({{"slice_sizes", Longs{2, 4}}}));
  CHECK_FALSE(FindOp("STABLEHLO_DYNAMIC_SLICE")->infer(large).ok());
}

TEST_CASE("STABLEHLO_DOT_GENERAL sums over the dimensions it is told to") {
  // Batch dimension 1 of the left operand, 0 of the right one; sums over dimension 0 of the left, 2 of the right one.
  std::vector<float> left(2 * 3 * 4), right(3 * 5 * 2);
  for (size_t i = 0; i < left.size(); ++i) left[i] = static_cast<float>(i % 7) - 3;
  for (size_t i = 0; i < right.size(); ++i) right[i] = static_cast<float>(i % 5) - 2;
  const ir::Attributes attrs = Attrs({{"lhs_batching_dimensions", Longs{1}},
                                      {"rhs_batching_dimensions", Longs{0}},
                                      {"lhs_contracting_dimensions", Longs{0}},
                                      {"rhs_contracting_dimensions", Longs{2}}});
  const Tensor y = Run("STABLEHLO_DOT_GENERAL", attrs, {Floats({2, 3, 4}, left), Floats({3, 5, 2}, right)})[0];
  REQUIRE(y.shape == ir::Shape{3, 4, 5});
  const std::vector<float> got = y.elements<float>();
  for (size_t b = 0; b < 3; ++b) {
    for (size_t m = 0; m < 4; ++m) {
      for (size_t n = 0; n < 5; ++n) {
        float sum = 0;
        for (size_t k = 0; k < 2; ++k) sum += left[(k * 3 + b) * 4 + m] * right[(b * 5 + n) * 2 + k];
        CHECK(got[(b * 4 + m) * 5 + n] == sum);
      }
    }
  }
}

TEST_CASE("STABLEHLO_REDUCE calls a graph for every element") {
  const ir::Attributes attrs = Attrs({{"dimensions", Longs{0, 2}}, {"body_subgraph_index", int64_t{1}}});
  OneOpGraphs graphs("STABLEHLO_ADD", ElementType::kFloat32);
  const std::vector<Tensor> inputs = {Floats({2, 2, 2}, {1, 2, 3, 4, 5, 6, 7, 8}), Floats({}, {100})};
  CHECK(Run("STABLEHLO_REDUCE", attrs, inputs, {{ElementType::kFloat32, {2}, {}}}, &graphs)[0].elements<float>() ==
        std::vector<float>{114, 122});
  CHECK_FALSE(Evaluate(*FindOp("STABLEHLO_REDUCE"), attrs, inputs, {{ElementType::kFloat32, {2}, {}}}, nullptr).ok());
}

TEST_CASE("STABLEHLO_SORT moves all operands as its graph orders the first") {
  const ir::Attributes attrs = Attrs({{"dimension", int64_t{0}}, {"comparator_subgraph_index", int64_t{1}}});
  OneOpGraphs graphs("LESS", ElementType::kBool);
  const std::vector<Tensor> sorted =
      Run("STABLEHLO_SORT", attrs, {Floats({4, 2}, {3, 0, 1, 9, 3, 4, 2, 4}), Ints({4, 2}, {0, 1, 2, 3, 4, 5, 6, 7})},
          {{ElementType::kFloat32, {4, 2}, {}}, {ElementType::kInt32, {4, 2}, {}}}, &graphs);
  CHECK(sorted[0].elements<float>() == std::vector<float>{1, 0, 2, 4, 3, 4, 3, 9});
  CHECK(sorted[1].elements<int32_t>() == std::vector<int32_t>{2, 1, 6, 5, 0, 7, 4, 3});
}

TEST_CASE("the shapes of what is carried through only are inferred: STABLEHLO_CONVOLUTION, STABLEHLO_CUSTOM_CALL") {
  const ir::Attributes conv = Attrs({{"window_strides", Longs{2, 1}},
                                     {"padding", Longs{1, 1, 0, 0}},
                                     {"input_batch_dimension", int64_t{0}},
                                     {"input_feature_dimension", int64_t{3}},
                                     {"input_spatial_dimensions", Longs{1, 2}},
                                     {"kernel_input_feature_dimension", int64_t{2}},
                                     {"kernel_output_feature_dimension", int64_t{3}},
                                     {"kernel_spatial_dimensions", Longs{0, 1}},
                                     {"output_batch_dimension", int64_t{0}},
                                     {"output_feature_dimension", int64_t{1}},
                                     {"output_spatial_dimensions", Longs{2, 3}},
                                     {"feature_group_count", int64_t{2}},
                                     {"batch_group_count", int64_t{1}}});
  FakeInfer context({{ElementType::kFloat32, {ir::kDynamic, 8, 9, 6}}, {ElementType::kFloat32, {3, 3, 3, 10}}}, conv);
  REQUIRE(FindOp("STABLEHLO_CONVOLUTION")->infer(context).ok());
  CHECK(context.shapes[0] == ir::Shape{ir::kDynamic, 10, 4, 7});
  FakeInfer unfit({{ElementType::kFloat32, {1, 8, 9, 5}}, {ElementType::kFloat32, {3, 3, 3, 10}}}, conv);
  CHECK_FALSE(FindOp("STABLEHLO_CONVOLUTION")->infer(unfit).ok());

  FakeInfer call({}, {}, 2);
  call.types = {ElementType::kInt32, ElementType::kFloat32};
  call.shapes = {{3}, {ir::kDynamic}};
  REQUIRE(FindOp("STABLEHLO_CUSTOM_CALL")->infer(call).ok());
  CHECK(call.types[0] == ElementType::kInt32);
  CHECK(call.shapes[1] == ir::Shape{ir::kDynamic});
}

TEST_CASE("STABLEHLO_RNG_BIT_GENERATOR hands its state on, and the engine says by name that it cannot run it") {
  ir::Graph graph;
  const ir::ValueId state = graph.AddValue({"state", ElementType::kUInt64, {2}});
  const ir::ValueId next = graph.AddValue({"next", ElementType::kUInt64, ir::Shape::Unranked()});
  const ir::ValueId bits = graph.AddValue({"bits", ElementType::kUInt32, {4, 3}});
  graph.inputs = {state};
  graph.outputs = {next, bits};
  graph.AddNode({.op = "STABLEHLO_RNG_BIT_GENERATOR", .name = "bits"}, {state}, {next, bits});
  REQUIRE(engine::InferShapes(graph).ok());
  CHECK(graph.value(next).shape == ir::Shape{2});
  CHECK(graph.value(bits).shape == ir::Shape{4, 3});
  const auto executable = engine::Executable::Create(graph);
  REQUIRE_FALSE(executable.ok());
  CHECK(std::string(executable.status().message()).find("STABLEHLO_RNG_BIT_GENERATOR") != std::string::npos);
}

TEST_CASE("records of StableHLO ops say which of them LiteRT has no kernels for") {
  const std::set<std::string> with_kernel = {"STABLEHLO_ADD",
                                             "STABLEHLO_MULTIPLY",
                                             "STABLEHLO_MAXIMUM",
                                             "STABLEHLO_MINIMUM",
                                             "STABLEHLO_AND",
                                             "STABLEHLO_SHIFT_LEFT",
                                             "STABLEHLO_PAD",
                                             "STABLEHLO_GATHER",
                                             "STABLEHLO_SCATTER",
                                             "STABLEHLO_REDUCE_WINDOW",
                                             "STABLEHLO_RNG_BIT_GENERATOR",
                                             "STABLEHLO_COMPOSITE",
                                             "STABLEHLO_CASE"};
  for (const OpDef* op : AllOps()) {
    const std::string name(op->name);
    if (name.rfind("STABLEHLO_", 0) != 0) continue;
    INFO(name);
    CHECK((kNever <= op->runtime.real) == (with_kernel.count(name) == 0));
    CHECK((op->runtime.real <= kEver || !op->runtime.gap.empty()));
  }
}
