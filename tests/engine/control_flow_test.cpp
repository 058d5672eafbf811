// Graphs that call others, variables and resources. What LiteRT's interpreter makes of such models: tests/ops.
#include <catch2/catch.hpp>
#include <cstring>
#include <map>

#include "engine/engine.h"
#include "ir/text.h"
#include "tests/support/model_of.h"

using namespace zeropoint;
using engine::Program;
using engine::Session;
using engine::Sight;

namespace {

ops::TensorView View(const ir::Dims& dims, const std::vector<float>& elements) {
  ops::TensorView view;
  view.dims = dims;
  view.data = elements.data();
  return view;
}

std::vector<float> Floats(const Session& session, int i = 0) {
  const ops::TensorView view = session.output(i);
  REQUIRE(view.type == ElementType::kFloat32);
  return {view.As<float>(), view.As<float>() + view.elements()};
}

struct Runner {
  ir::Model model;
  std::unique_ptr<Program> program;
  std::unique_ptr<Session> session;

  explicit Runner(const std::vector<std::string>& graphs) : model(ModelOf(graphs)), program(Program::Create(model)) {
    session = Make(0);
  }
  std::unique_ptr<Session> Make(int graph, Session* relative = nullptr) {
    auto executable = program->Prepare(graph);
    INFO(Describe(executable.status()));
    REQUIRE(executable.ok());
    return Session::Create(**executable, relative);
  }
  absl::Status Run(const std::vector<float>& x, const engine::Observer* observer = nullptr) {
    const ir::Dims dims = {static_cast<int64_t>(x.size())};
    return session->Run({View(dims, x)}, observer);
  }
};

// y = x < 0 in sum ? -x : x + x
const std::vector<std::string> kBranch = {
    R"(graph main
input %x : float32[?]
const %axis : int32[1] = 0
const %zero : float32[] = 0
%s = SUM(%x, %axis) {keep_dims=false} : float32[]
%c = LESS(%s, %zero) : bool[]
%y = IF(%c, %x) {then_subgraph_index=1, else_subgraph_index=2} : float32[?]
output %y
)",
    "graph negative\ninput %a : float32[?]\n%b = NEG(%a) : float32[?]\noutput %b\n",
    "graph twice\ninput %a : float32[?]\n%b = ADD(%a, %a) {fused_activation_function=0} : float32[?]\noutput %b\n"};

constexpr char kThrice[] = R"(graph condition
input %i : int32[]
input %h : float32[?]
const %n : int32[] = 3
%c = LESS(%i, %n) : bool[]
output %c
)";

}  // namespace

TEST_CASE("IF runs the graph that its condition chooses") {
  Runner runner(kBranch);
  REQUIRE(runner.Run({1, 2, 3}).ok());
  REQUIRE(Floats(*runner.session) == std::vector<float>{2, 4, 6});
  REQUIRE(runner.Run({1, -2}).ok());
  REQUIRE(Floats(*runner.session) == std::vector<float>{-1, 2});
}

TEST_CASE("an observer is told which graph a value belongs to") {
  Runner runner(kBranch);
  std::vector<std::string> seen;
  engine::Observer observer = [&](const Sight& sight) {
    const ir::Graph& graph = runner.model.graphs[static_cast<size_t>(sight.graph)];
    seen.push_back(graph.name + "/" + graph.value(sight.value).name);
    return absl::OkStatus();
  };
  REQUIRE(runner.Run({1, 2}, &observer).ok());
  REQUIRE(seen == std::vector<std::string>{"main/x", "main/s", "main/c", "twice/a", "twice/b", "main/y"});
}

TEST_CASE("WHILE hands the variables of one turn to the next, swapped ones too") {
  Runner runner({R"(graph main
input %x : float32[2]
const %start : int32[] = 0
const %ones : float32[2] = 1 1
%i, %a, %b = WHILE(%start, %x, %ones) {cond_subgraph_index=1, body_subgraph_index=2} : int32[], float32[2], float32[2]
output %a
output %b
)",
                 R"(graph condition
input %i : int32[]
input %a : float32[2]
input %b : float32[2]
const %n : int32[] = 3
%c = LESS(%i, %n) : bool[]
output %c
)",
                 R"(graph body
input %i : int32[]
input %a : float32[2]
input %b : float32[2]
const %one : int32[] = 1
%j = ADD(%i, %one) {fused_activation_function=0} : int32[]
%s = ADD(%a, %b) {fused_activation_function=0} : float32[2]
output %j
output %b
output %s
)"});
  REQUIRE(runner.Run({5, 7}).ok());  // (x, 1) (1, x+1) (x+1, x+2) (x+2, 2x+3)
  REQUIRE(Floats(*runner.session, 0) == std::vector<float>{7, 9});
  REQUIRE(Floats(*runner.session, 1) == std::vector<float>{13, 17});
}

TEST_CASE("a loop's variables may change their shapes") {
  const std::vector<std::string> graphs = {
      R"(graph main
input %x : float32[?]
const %start : int32[] = 0
%i, %y = WHILE(%start, %x) {cond_subgraph_index=1, body_subgraph_index=2} : int32[], float32[?]
%z = NEG(%y) : float32[?]
output %z
)",
      kThrice,
      R"(graph body
input %i : int32[]
input %h : float32[?]
const %one : int32[] = 1
%j = ADD(%i, %one) {fused_activation_function=0} : int32[]
%k = CONCATENATION(%h, %h) {axis=0, fused_activation_function=0} : float32[?]
output %j
output %k
)"};
  Runner runner(graphs);
  REQUIRE(runner.Run({1, 2}).ok());
  REQUIRE(runner.session->output(0).dim(0) == 16);
  REQUIRE(Floats(*runner.session)[15] == -2);
  REQUIRE(runner.Run({3}).ok());
  REQUIRE(Floats(*runner.session) == std::vector<float>(8, -3.0f));

  ir::Model model = ModelOf(graphs);
  REQUIRE(engine::InferShapes(model).ok());
  REQUIRE(model.graphs[0].value(model.graphs[0].outputs[0]).shape.ToString() == "[?]");
}

TEST_CASE("shapes of called graphs' results follow from the arguments") {
  ir::Model model = ModelOf({R"(graph main
input %x : float32[4]
input %c : bool[]
%y = IF(%c, %x) {then_subgraph_index=1, else_subgraph_index=2} : float32[?]
output %y
)",
                             kBranch[1], kBranch[2]});
  ir::Graph alone = model.graphs[0];
  REQUIRE(engine::InferShapes(model).ok());
  REQUIRE(model.graphs[0].value(model.graphs[0].outputs[0]).shape.ToString() == "[4]");
  // A graph that stands alone keeps what it declares.
  REQUIRE(engine::InferShapes(alone).ok());
  REQUIRE(alone.value(alone.outputs[0]).shape.ToString() == "[?]");
}

TEST_CASE("graphs that many calls share are inferred once for each kind of arguments") {
  constexpr int kDepth = 60;  // were each call looked at anew, the last graph would be inferred 4^60 times
  std::vector<std::string> graphs;
  for (int i = 0; i < kDepth; ++i) {
    const std::string next = std::to_string(i + 1);
    const std::string call = " {then_subgraph_index=" + next + ", else_subgraph_index=" + next + "} : float32[*]\n";
    graphs.push_back("graph g" + std::to_string(i) + "\ninput %c : bool[]\ninput %x : float32[3]\n%y = IF(%c, %c, %x)" +
                     call + "%z = IF(%c, %c, %y)" + call + "output %z\n");
  }
  graphs.push_back("graph last\ninput %c : bool[]\ninput %x : float32[3]\n%y = RELU(%x) : float32[*]\noutput %y\n");
  ir::Model model = ModelOf(graphs);
  const absl::Status status = engine::InferShapes(model);
  INFO(Describe(status));
  REQUIRE(status.ok());
  for (const ir::Graph& graph : model.graphs) CHECK(graph.value(graph.outputs[0]).shape.ToString() == "[3]");
}

TEST_CASE("calls that cannot be are refused") {
  const std::string main = "graph main\ninput %x : float32[2]\n%y = CALL(%x) {subgraph=1} : float32[2]\noutput %y\n";
  const std::string self = "graph self\ninput %x : float32[2]\n%y = CALL(%x) {subgraph=1} : float32[2]\noutput %y\n";
  const std::string ints = "graph ints\ninput %x : int32[2]\noutput %x\n";
  const std::string two = "graph two\ninput %x : float32[2]\ninput %z : float32[2]\noutput %x\n";
  const std::vector<std::pair<std::vector<std::string>, std::string>> cases = {
      {{main}, "there is no graph 1"},
      {{main, self}, "calls itself"},
      {{main, ints}, "is int32, the argument float32"},
      {{main, two}, "has 2 inputs"}};
  for (const auto& [graphs, words] : cases) {
    ir::Model model = ModelOf(graphs);
    const absl::Status status = Program::Create(model)->Prepare(0).status();
    INFO(Describe(status));
    REQUIRE(status.code() == absl::StatusCode::kInvalidArgument);
    REQUIRE(std::string(status.message()).find(words) != std::string::npos);
    REQUIRE(engine::InferShapes(model).code() == absl::StatusCode::kInvalidArgument);
  }
  REQUIRE_FALSE(Program::Create(ModelOf({main}))->Prepare(7).ok());
}

TEST_CASE("a branch without kernels stops only the sample that takes it") {
  std::vector<std::string> graphs = kBranch;
  graphs[1] = "graph mystery\ninput %a : float32[?]\n%b = custom.Mystery(%a) : float32[?]\noutput %b\n";
  Runner runner(graphs);
  REQUIRE(runner.Run({1, 2}).ok());
  const absl::Status status = runner.Run({-1, -2});
  REQUIRE(status.code() == absl::StatusCode::kUnimplemented);
  REQUIRE(Annotation(status, Place::kOp) == "custom.Mystery");
  REQUIRE(Annotation(status, Place::kNode) == "b");
}

// acc = acc + x, from 10
const std::vector<std::string> kCounter = {
    R"(graph main
input %x : float32[2]
CALL_ONCE() {init_subgraph_index=1}
%v = VAR_HANDLE() {container="", shared_name="acc"} : resource[]
%a = READ_VARIABLE(%v) : float32[2]
%y = ADD(%a, %x) {fused_activation_function=0} : float32[2]
ASSIGN_VARIABLE(%v, %y)
output %y
)",
    R"(graph init
const %ten : float32[2] = 10 10
%v = VAR_HANDLE() {container="", shared_name="acc"} : resource[]
ASSIGN_VARIABLE(%v, %ten)
)",
    R"(graph read
%v = VAR_HANDLE() {container="", shared_name="acc"} : resource[]
%a = READ_VARIABLE(%v) : float32[2]
output %a
)"};

TEST_CASE("a variable operand starts from zero and is seen before and after its op") {
  Runner runner({R"(graph main
input %x : float32[2]
variable %state : float32[2]
%y = ADD(%x, %state) {fused_activation_function=0} : float32[2]
output %y
)"});
  std::vector<Sight::Kind> seen;
  engine::Observer observer = [&](const Sight& sight) {
    seen.push_back(sight.kind);
    return absl::OkStatus();
  };
  REQUIRE(runner.Run({3, 4}, &observer).ok());
  REQUIRE(Floats(*runner.session) == std::vector<float>{3, 4});
  REQUIRE(seen == std::vector<Sight::Kind>{Sight::kInput, Sight::kState, Sight::kState, Sight::kResult});
}

TEST_CASE("a resource variable is set up once and lasts until the state is reset") {
  Runner runner(kCounter);
  REQUIRE(runner.Run({1, 2}).ok());
  REQUIRE(runner.Run({1, 2}).ok());
  REQUIRE(Floats(*runner.session) == std::vector<float>{12, 14});
  runner.session->ResetState();
  REQUIRE(runner.Run({1, 2}).ok());
  REQUIRE(Floats(*runner.session) == std::vector<float>{11, 12});
}

TEST_CASE("relatives share resources, other sessions do not") {
  Runner runner(kCounter);
  REQUIRE(runner.Run({1, 2}).ok());
  auto relative = runner.Make(2, runner.session.get());
  REQUIRE(relative->Run({}, nullptr).ok());
  REQUIRE(Floats(*relative) == std::vector<float>{11, 12});
  auto stranger = runner.Make(2);
  const absl::Status status = stranger->Run({}, nullptr);
  REQUIRE(status.code() == absl::StatusCode::kFailedPrecondition);
  REQUIRE(Annotation(status, Place::kOp) == "READ_VARIABLE");
  relative->ResetState();
  REQUIRE(runner.Run({1, 2}).ok());
  REQUIRE(Floats(*runner.session) == std::vector<float>{11, 12});
}

TEST_CASE("a table gives the values of its keys and the default for others") {
  ir::Model model = ModelOf({R"(graph main
input %q : int64[3]
CALL_ONCE() {init_subgraph_index=1}
const %none : int64[] = -1
%t = HASHTABLE() {table_id=4, key_dtype=4, value_dtype=4} : resource[]
%y = HASHTABLE_FIND(%t, %q, %none) : int64[3]
%n = HASHTABLE_SIZE(%t) : int64[1]
output %y
output %n
)",
                             R"(graph init
const %keys : int64[2] = 7 5
const %values : int64[2] = 70 50
%t = HASHTABLE() {table_id=4, key_dtype=4, value_dtype=4} : resource[]
HASHTABLE_IMPORT(%t, %keys, %values)
)"});
  auto program = Program::Create(model);
  auto executable = program->Prepare(0);
  REQUIRE(executable.ok());
  auto session = Session::Create(**executable);
  const std::vector<int64_t> queries = {5, 6, 7};
  const ir::Dims dims = {3};
  ops::TensorView view;
  view.type = ElementType::kInt64;
  view.dims = dims;
  view.data = queries.data();
  const absl::Status status = session->Run({view}, nullptr);
  INFO(Describe(status));
  REQUIRE(status.ok());
  const auto* found = session->output(0).As<int64_t>();
  REQUIRE(std::vector<int64_t>(found, found + 3) == std::vector<int64_t>{50, -1, 70});
  REQUIRE(*session->output(1).As<int64_t>() == 2);
}
