#include <catch2/catch.hpp>
#include <cmath>
#include <cstring>
#include <map>

#include "engine/engine.h"
#include "ir/text.h"
#include "numeric/float16.h"

using namespace zeropoint;
using engine::Executable;
using engine::Session;

namespace {

// A graph with its executable and one session.
struct Runner {
  ir::Graph graph;
  std::unique_ptr<const Executable> executable;
  std::unique_ptr<Session> session;

  explicit Runner(const std::string& text) {
    auto parsed = ir::ParseGraph(text);
    INFO(Describe(parsed.status()));
    REQUIRE(parsed.ok());
    graph = *std::move(parsed);
    auto made = Executable::Create(graph);
    INFO(Describe(made.status()));
    REQUIRE(made.ok());
    executable = *std::move(made);
    session = Session::Create(*executable);
  }

  absl::Status Run(const std::vector<std::pair<ir::Dims, std::vector<float>>>& inputs,
                   const engine::Observer* observer = nullptr) {
    std::vector<ops::TensorView> views;
    for (const auto& [dims, elements] : inputs) {
      ops::TensorView view;
      view.dims = dims;
      view.data = elements.data();
      views.push_back(view);
    }
    return session->Run(views, observer);
  }

  std::vector<float> Floats(int i = 0) const {
    const ops::TensorView view = session->output(i);
    REQUIRE(view.type == ElementType::kFloat32);
    return {view.As<float>(), view.As<float>() + view.elements()};
  }
};

// The elements of a constant, in the text of a graph.
std::string Repeated(int n, const std::string& element) {
  std::string text;
  for (int i = 0; i < n; ++i) text += " " + element;
  return text;
}

}  // namespace

TEST_CASE("a session runs a graph and keeps its results until the next run") {
  Runner runner(R"(graph main
input %x : float32[1,2,2,1]
const %paddings : int32[4,2] = 0 0 1 0 0 1 0 0
const %flat : int32[2] = 1 -1
%p = PAD(%x, %paddings) : float32[1,3,3,1]
%y = RESHAPE(%p, %flat) : float32[1,9]
output %y
output %p
)");
  REQUIRE(runner.Run({{{1, 2, 2, 1}, {1, 2, 3, 4}}}).ok());
  REQUIRE(runner.Floats() == std::vector<float>{0, 0, 0, 1, 2, 0, 3, 4, 0});
  // The view has the memory of what it views.
  REQUIRE(runner.session->output(0).data == runner.session->output(1).data);
  REQUIRE(runner.session->arena_bytes() == 64);
}

TEST_CASE("shapes may change from run to run where the graph allows it") {
  Runner runner(R"(graph main
input %x : float32[?,2]
const %half : int32[1] = 1
const %begin : int32[1] = 0
%s = SHAPE(%x) {out_type=2} : int32[2]
%n = STRIDED_SLICE(%s, %begin, %half, %half) : int32[1]
const %two : int32[1] = 2
%target = CONCATENATION(%two, %n) {axis=0,fused_activation_function=0} : int32[2]
%y = RESHAPE(%x, %target) : float32[2,?]
output %y
)");
  for (int64_t n : {1, 3, 2, 3}) {
    std::vector<float> elements(static_cast<size_t>(2 * n));
    for (size_t i = 0; i < elements.size(); ++i) elements[i] = static_cast<float>(i);
    REQUIRE(runner.Run({{{n, 2}, elements}}).ok());
    REQUIRE(runner.session->output(0).dim(0) == 2);
    REQUIRE(runner.session->output(0).dim(1) == n);
    REQUIRE(runner.Floats() == elements);
  }
}

TEST_CASE("a shape that depends on data is known when the data is") {
  Runner runner(R"(graph main
input %x : float32[4]
input %size : float32[1]
const %begin : int32[1] = 0
%n = CAST(%size) {out_data_type=2} : int32[1]
%y = SLICE(%x, %begin, %n) : float32[?]
%z = CONCATENATION(%y, %y) {axis=0,fused_activation_function=0} : float32[?]
output %z
)");
  REQUIRE(runner.Run({{{4}, {1, 2, 3, 4}}, {{1}, {2}}}).ok());
  REQUIRE(runner.Floats() == std::vector<float>{1, 2, 1, 2});
  REQUIRE(runner.Run({{{4}, {1, 2, 3, 4}}, {{1}, {1}}}).ok());
  REQUIRE(runner.Floats() == std::vector<float>{1, 1});
  const absl::Status beyond = runner.Run({{{4}, {1, 2, 3, 4}}, {{1}, {5}}});
  REQUIRE(beyond.code() == absl::StatusCode::kInvalidArgument);
  REQUIRE(Annotation(beyond, Place::kOp) == "SLICE");
}

TEST_CASE("an observer sees inputs first and then each result in order") {
  Runner runner(R"(graph main
input %x : float32[2,3]
const %perm : int32[2] = 1 0
%s = SHAPE(%x) {out_type=2} : int32[2]
%t = TRANSPOSE(%x, %perm) : float32[3,2]
%y = RESHAPE(%t, %s) : float32[2,3]
output %y
)");
  std::vector<std::string> seen;
  engine::Observer observer = [&](const engine::Sight& sight) {
    REQUIRE(sight.tensor.data != nullptr);
    seen.push_back(runner.graph.value(sight.value).name);
    return absl::OkStatus();
  };
  REQUIRE(runner.Run({{{2, 3}, {1, 2, 3, 4, 5, 6}}}, &observer).ok());
  REQUIRE(seen == std::vector<std::string>{"x", "s", "t", "y"});
  REQUIRE(runner.Floats() == std::vector<float>{1, 4, 2, 5, 3, 6});

  engine::Observer stop = [](const engine::Sight&) { return absl::AbortedError("enough"); };
  REQUIRE(runner.Run({{{2, 3}, {1, 2, 3, 4, 5, 6}}}, &stop).code() == absl::StatusCode::kAborted);
}

TEST_CASE("inputs that do not fit the graph are refused by name") {
  Runner runner(R"(graph main
input %x : float32[?,2]
const %perm : int32[2] = 1 0
%y = TRANSPOSE(%x, %perm) : float32[2,?]
output %y
)");
  REQUIRE(runner.Run({}).code() == absl::StatusCode::kInvalidArgument);
  for (const ir::Dims& dims : {ir::Dims{2}, ir::Dims{1, 3}, ir::Dims{1, 2, 1}}) {
    const absl::Status status = runner.Run({{dims, {1, 2, 3}}});
    REQUIRE(status.code() == absl::StatusCode::kInvalidArgument);
    REQUIRE(Annotation(status, Place::kTensor) == "x");
  }
}

TEST_CASE("an op without a kernel is named") {
  auto graph = ir::ParseGraph(R"(graph main
input %x : float32[2]
%y = custom.Mystery(%x) : float32[2]
output %y
)");
  REQUIRE(graph.ok());
  auto executable = Executable::Create(*graph);
  REQUIRE(executable.status().code() == absl::StatusCode::kUnimplemented);
  REQUIRE(Annotation(executable.status(), Place::kOp) == "custom.Mystery");
}

TEST_CASE("constants are read wherever the file put them") {
  auto graph = ir::ParseGraph(R"(graph main
input %x : float32[2]
const %c : float32[2] = 5 6
%y = CONCATENATION(%x, %c) {axis=0,fused_activation_function=0} : float32[4]
output %y
)");
  REQUIRE(graph.ok());
  // The same bytes, one byte further than a float may stand.
  ir::Value& constant = graph->value(graph->node(graph->first()).input(1));
  std::vector<uint8_t> moved(1);
  moved.insert(moved.end(), constant.data.data(), constant.data.data() + constant.data.size());
  const Bytes whole = Bytes::Own(std::move(moved));
  auto held = std::make_shared<Bytes>(whole);
  constant.data = Bytes(held, held->data() + 1, held->size() - 1);

  auto executable = Executable::Create(*graph);
  REQUIRE(executable.ok());
  auto session = Session::Create(**executable);
  const std::vector<float> x = {1, 2};
  const ir::Dims dims = {2};
  ops::TensorView view;
  view.dims = dims;
  view.data = x.data();
  REQUIRE(session->Run({&view, 1}, nullptr).ok());
  REQUIRE(session->output(0).As<float>()[3] == 6.0f);
  REQUIRE(reinterpret_cast<uintptr_t>(session->output(0).data) % 64 == 0);
}

TEST_CASE("integer weights beside real activations are read as real numbers") {
  auto graph = ir::ParseGraph(R"(graph main
input %indices : int32[2]
const %table : int8[3,2] = 1 2 3 4 -5 6
%y = EMBEDDING_LOOKUP(%indices, %table) : float32[2,2]
output %y
)");
  INFO(Describe(graph.status()));
  REQUIRE(graph.ok());
  ir::QuantParams& quant = graph->value(graph->node(graph->first()).input(1)).quant;
  quant.scale = {1.0f, 1.0f, 0.5f};
  quant.zero_point = {0, 0, 0};
  auto executable = Executable::Create(*graph);
  INFO(Describe(executable.status()));
  REQUIRE(executable.ok());
  auto session = Session::Create(**executable);
  const std::vector<int32_t> indices = {2, 0};
  const ir::Dims dims = {2};
  ops::TensorView view;
  view.type = ElementType::kInt32;
  view.dims = dims;
  view.data = indices.data();
  REQUIRE(session->Run({&view, 1}, nullptr).ok());
  const float* y = session->output(0).As<float>();
  REQUIRE(std::vector<float>(y, y + 4) == std::vector<float>{-2.5f, 3.0f, 1.0f, 2.0f});
}

TEST_CASE("an elementwise op takes over the memory of an operand that nobody reads afterwards") {
  Runner runner(R"(graph main
input %x : float32[1,2,2,100]
const %factors : float32[100] =)" +
                Repeated(100, "0.5") + R"(
%a = ABS(%x) : float32[1,2,2,100]
%g = LOGISTIC(%a) : float32[1,2,2,100]
%m = MUL(%a, %g) : float32[1,2,2,100]
%s = MUL(%m, %factors) : float32[1,2,2,100]
%r = RELU(%s) : float32[1,2,2,100]
output %s
output %r
)");
  std::vector<float> x(400);
  for (size_t i = 0; i < x.size(); ++i) x[i] = 0.01f * static_cast<float>(i) - 2.0f;
  std::map<std::string, std::vector<float>> seen;
  const engine::Observer observer = [&](const engine::Sight& sight) {
    const float* first = sight.tensor.As<float>();
    seen[runner.graph.value(sight.value).name].assign(first, first + sight.tensor.elements());
    return absl::OkStatus();
  };
  REQUIRE(runner.Run({{{1, 2, 2, 100}, x}}, &observer).ok());
  // LOGISTIC's operand is read again; the MULs overwrite; RELU's operand is a result of the graph.
  REQUIRE(runner.session->arena_bytes() <= 2 * (400 * sizeof(float) + 64));
  for (size_t i = 0; i < x.size(); ++i) {
    const float a = std::abs(x[i]);
    REQUIRE(seen["a"][i] == a);
    REQUIRE(seen["g"][i] == Approx(1.0 / (1.0 + std::exp(-static_cast<double>(a)))));
    REQUIRE(seen["m"][i] == a * seen["g"][i]);
    REQUIRE(seen["s"][i] == 0.5f * seen["m"][i]);
    REQUIRE(seen["r"][i] == seen["s"][i]);
  }
  REQUIRE(runner.Floats(0) == seen["s"]);
  REQUIRE(runner.Floats(1) == seen["r"]);
}

TEST_CASE("a range that a kernel took is that of its result") {
  Runner runner(R"(graph main
input %x : float32[1,20,20,3]
const %filter : float32[40,3,3,3] =)" +
                Repeated(1080, "0.25") + R"(
const %bias : float32[40] =)" +
                Repeated(40, "0.125") + R"(
const %depthwise : float32[1,3,3,40] =)" +
                Repeated(360, "-0.5") + R"(
const %factors : float32[40] =)" +
                Repeated(40, "1.5") + R"(
const %weights : float32[5,40] =)" +
                Repeated(200, "0.0625") + R"(
const %axes : int32[2] = 1 2
%c = CONV_2D(%x, %filter, %bias) {stride_h=2, stride_w=2, dilation_h_factor=1, dilation_w_factor=1} : float32[1,10,10,40]
%d = DEPTHWISE_CONV_2D(%c, %depthwise, %bias) {stride_h=1, stride_w=1, dilation_h_factor=1, dilation_w_factor=1} : float32[1,10,10,40]
%t = TANH(%d) : float32[1,10,10,40]
%m = MUL(%t, %factors) : float32[1,10,10,40]
%a = ADD(%m, %c) : float32[1,10,10,40]
%p = MEAN(%a, %axes) : float32[1,40]
%y = FULLY_CONNECTED(%p, %weights) : float32[1,5]
output %y
)");
  std::vector<float> x(1200);
  for (size_t i = 0; i < x.size(); ++i) x[i] = std::sin(static_cast<float>(i));
  ops::TensorView view;
  const ir::Dims dims = {1, 20, 20, 3};
  view.dims = dims;
  view.data = x.data();
  int taken = 0;
  const engine::Observer observer = [&](const engine::Sight& sight) {
    if (sight.range == nullptr) return absl::OkStatus();
    const auto expected = kernels::MinMax(sight.tensor.As<float>(), static_cast<size_t>(sight.tensor.elements()));
    CHECK(sight.range->min == expected.min);
    CHECK(sight.range->max == expected.max);
    ++taken;
    return absl::OkStatus();
  };
  REQUIRE(runner.session->Run({view}, &observer).ok());
  REQUIRE(taken == 0);  // nobody asked
  REQUIRE(runner.session->Run({view}, &observer, /*ranges=*/true).ok());
  REQUIRE(taken == 6);  // all but MEAN
}

TEST_CASE("what packing takes is known before anything is packed") {
  const auto measured = [](int kernel_w) {
    const std::string filter = "float32[32, 3, " + std::to_string(kernel_w) + ", 32]";
    auto graph =
        ir::ParseGraph("graph main\ninput %x : float32[1, 8, 8, 32]\nconst %w : " + filter + " =" +
                       Repeated(32 * 3 * kernel_w * 32, "1") +
                       "\n%y = CONV_2D(%x, %w) {padding=0, stride_h=1, stride_w=1, dilation_h_factor=1, "
                       "dilation_w_factor=1, fused_activation_function=0} : float32[1, 8, 8, 32]\noutput %y\n");
    INFO(Describe(graph.status()));
    REQUIRE(graph.ok());
    ir::Model model;
    model.graphs.push_back(*std::move(graph));
    return engine::MeasurePacking(model).all;
  };
  CHECK(measured(2) == 32 * 3 * 2 * 32 * sizeof(float));
  CHECK(measured(3) == 32 * 6 * 6 * 32 * sizeof(float));  // as kernels/winograd.h wants it
}

TEST_CASE("a dense layer gives the same bits when its weights are packed a part at a time") {
  constexpr int64_t kUnits = 100, kDepth = 70000, kRows = 2;  // 28 MB of floats: two parts of 16 MB
  const auto run = [&](ElementType type, engine::Packing packing) {
    auto graph = ir::ParseGraph(
        "graph main\ninput %x : float32[2, 70000]\n%y = FULLY_CONNECTED(%x, %x) "
        "{fused_activation_function=0} : float32[2, 100]\noutput %y\n");
    INFO(Describe(graph.status()));
    REQUIRE(graph.ok());
    std::vector<uint8_t> bytes(ByteSize(type, static_cast<size_t>(kUnits * kDepth)));
    for (size_t i = 0; i < static_cast<size_t>(kUnits * kDepth); ++i) {
      const float w = static_cast<float>(static_cast<int>(i * 7 % 211) - 105);
      if (type == ElementType::kFloat32) std::memcpy(&bytes[4 * i], &w, 4);
      if (type == ElementType::kInt8) bytes[i] = static_cast<uint8_t>(static_cast<int8_t>(w));
      if (type == ElementType::kFloat16) {
        const uint16_t half = numeric::FloatToFiniteHalf(w);
        std::memcpy(&bytes[2 * i], &half, 2);
      }
    }
    const ir::ValueId weights =
        graph->AddConstant("w", type, ir::Shape({kUnits, kDepth}), Bytes::Own(std::move(bytes)));
    if (type == ElementType::kInt8)
      graph->value(weights).quant.scale = {0.5f}, graph->value(weights).quant.zero_point = {0};
    graph->SetInput(graph->first(), 1, weights);
    ir::Model model;
    model.graphs.push_back(*std::move(graph));
    const auto program = engine::Program::Create(model, packing);
    auto executable = program->Prepare(0);
    INFO(Describe(executable.status()));
    REQUIRE(executable.ok());
    const auto session = Session::Create(**executable);
    std::vector<float> x(kRows * kDepth);
    for (size_t i = 0; i < x.size(); ++i) x[i] = static_cast<float>(static_cast<int>(i * 13 % 97) - 40) / 64.0f;
    const ir::Dims dims = {kRows, kDepth};
    ops::TensorView view;
    view.dims = dims;
    view.data = x.data();
    const absl::Status status = session->Run({&view, 1}, nullptr);
    INFO(Describe(status));
    REQUIRE(status.ok());
    const ops::TensorView y = session->output(0);
    return std::vector<float>(y.As<float>(), y.As<float>() + y.elements());
  };
  const std::vector<float> whole = run(ElementType::kFloat32, engine::Packing::kOnce);
  CHECK(whole[0] != whole[99]);
  CHECK(run(ElementType::kFloat32, engine::Packing::kOnDemand) == whole);
  CHECK(run(ElementType::kFloat16, engine::Packing::kOnDemand) == whole);  // these weights are whole numbers
  CHECK(run(ElementType::kInt8, engine::Packing::kOnDemand) == run(ElementType::kInt8, engine::Packing::kOnce));
}
