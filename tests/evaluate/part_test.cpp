#include "evaluate/part.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "evaluate/capture.h"
#include "tests/support/model_of.h"

using namespace zeropoint;
using namespace zeropoint::evaluate;

namespace {

constexpr char kText[] = R"(graph main
input %x : float32[1,2]
const %c : float32[1,2] = 10 20
%s = ADD(%x, %c) : float32[1,2]
%n = NEG(%x) : float32[1,2]
%p = MUL(%s, %n) : float32[1,2]
output %p
output %s
)";

struct Whole {
  ir::Model model = ModelOf({kText});
  const ir::Graph& graph = model.graphs[0];
  ir::ValueId Value(const std::string& name) const {
    for (ir::ValueId id = 0; id < graph.num_values(); ++id) {
      if (graph.value(id).name == name) return id;
    }
    FAIL("there is no " + name);
    return ir::kNoValue;
  }
  ir::NodeId Node(const std::string& result) const { return graph.producer(Value(result)); }
};

ops::TensorView View(const std::vector<int64_t>& dims, const std::vector<float>& values) {
  ops::TensorView view;
  view.dims = dims;
  view.data = values.data();
  return view;
}

std::vector<float> RunAlone(const Part& part, const std::vector<std::vector<float>>& inputs) {
  const std::vector<int64_t> dims{1, 2};
  std::vector<ops::TensorView> views;
  for (const std::vector<float>& values : inputs) views.push_back(View(dims, values));
  const auto session = engine::Session::Create(*part.executable);
  const absl::StatusOr<std::vector<Held>> results = RunPart(part, *session, views);
  INFO(Describe(results.status()));
  REQUIRE(results.ok());
  const ops::TensorView first = results->at(0).view();
  return {first.As<float>(), first.As<float>() + first.elements()};
}

}  // namespace

TEST_CASE("a node runs alone on what it reads, its constants inside") {
  const Whole whole;
  const absl::StatusOr<Part> part = MakePart(whole.graph, {whole.Node("s")}, {whole.Value("s")});
  REQUIRE(part.ok());
  CHECK(part->inputs == std::vector<ir::ValueId>{whole.Value("x")});
  CHECK(RunAlone(*part, {{1.0f, 2.0f}}) == std::vector<float>{11.0f, 22.0f});
}

TEST_CASE("a constant that is given takes the place of the graph's own") {
  const Whole whole;
  const absl::StatusOr<Part> part = MakePart(whole.graph, {whole.Node("s")}, {whole.Value("s")}, {whole.Value("c")});
  REQUIRE(part.ok());
  CHECK(part->inputs == std::vector<ir::ValueId>{whole.Value("x"), whole.Value("c")});
  CHECK(RunAlone(*part, {{1.0f, 2.0f}, {3.0f, 4.0f}}) == std::vector<float>{4.0f, 6.0f});
}

TEST_CASE("what depends on a value is all that follows from it, and not what makes it") {
  const Whole whole;
  CHECK(DependentsOf(whole.graph, {whole.Value("s")}) == std::vector<ir::NodeId>{whole.Node("p")});
  CHECK(DependentsOf(whole.graph, {whole.Value("x")}) ==
        std::vector<ir::NodeId>{whole.Node("s"), whole.Node("n"), whole.Node("p")});
  CHECK(DependentsOf(whole.graph, {whole.Value("p")}).empty());
}

TEST_CASE("several nodes run as one part, fed from outside only") {
  const Whole whole;
  const absl::StatusOr<Part> part =
      MakePart(whole.graph, {whole.Node("n"), whole.Node("p")}, {whole.Value("p")}, {whole.Value("s")});
  REQUIRE(part.ok());
  CHECK(part->inputs == std::vector<ir::ValueId>{whole.Value("x"), whole.Value("s")});
  CHECK(RunAlone(*part, {{1.0f, 2.0f}, {5.0f, 7.0f}}) == std::vector<float>{-5.0f, -14.0f});
}

TEST_CASE("what keeps something from run to run does not run alone") {
  const ir::Model model = ModelOf({R"(graph main
input %x : float32[1,2]
variable %state : float32[1,2]
%y = ADD(%x, %state) : float32[1,2]
output %y
)"});
  const ir::Graph& graph = model.graphs[0];
  const absl::StatusOr<Part> part = MakePart(graph, {graph.first()}, {graph.outputs[0]});
  CHECK(part.status().code() == absl::StatusCode::kUnimplemented);
}
