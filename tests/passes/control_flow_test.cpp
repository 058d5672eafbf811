// The passes about branches and loops.
#include "ir/verifier.h"
#include "passes/pass_manager.h"
#include "tests/passes/support.h"
#include "tests/support/model_of.h"

using namespace zeropoint;
using namespace zeropoint::passes;
using namespace zeropoint::passes::testing;

namespace {

// The model after the pass applied, and `times` times.
ir::Model Applied(WholeModelPassFn pass, const std::vector<std::string>& graphs, int times) {
  ir::Model model = ModelOf(graphs);
  auto applied = pass(model);
  INFO(Describe(applied.status()));
  REQUIRE(applied.ok());
  REQUIRE(*applied == times);
  const absl::Status verified = ir::Verify(model);
  INFO(Describe(verified));
  REQUIRE(verified.ok());
  return model;
}

void RequireGraph(const ir::Graph& graph, absl::string_view text) { REQUIRE(ir::ToText(graph) == Spelled(text)); }

const std::string kLess = R"(graph cond
input %i : int32[]
input %h : float32[2]
input %w : float32[2]
const %three : int32[] = 3
%again = LESS(%i, %three) : bool[]
output %again
)";
const std::string kMultiply = R"(graph body
input %i : int32[]
input %h : float32[2]
input %w : float32[2]
const %one : int32[] = 1
%n = ADD(%i, %one) {fused_activation_function=0} : int32[]
%g = MUL(%h, %w) {fused_activation_function=0} : float32[2]
output %n
output %g
output %w
)";
const std::string kThen =
    "graph then\ninput %a : float32[2]\ninput %w : float32[2]\n"
    "%b = MUL(%a, %w) {fused_activation_function=0} : float32[2]\noutput %b\n";
const std::string kElse = "graph else\ninput %a : float32[2]\ninput %w : float32[2]\noutput %a\n";

}  // namespace

TEST_CASE("a constant that a loop hands through is a constant of its graphs") {
  const ir::Model model = Applied(SinkConstants,
                                  {R"(graph main
input %x : float32[2]
const %zero : int32[] = 0
const %w : float32[2] = 2 3
%i, %h, %v = WHILE(%zero, %x, %w) {body_subgraph_index=2, cond_subgraph_index=1} : int32[], float32[2], float32[2]
%y = ADD(%h, %v) {fused_activation_function=0} : float32[2]
output %y
)",
                                   kLess, kMultiply},
                                  1);
  RequireGraph(model.graphs[0], R"(graph main
input %x : float32[2]
const %zero : int32[] = 0
const %w : float32[2] = 2 3
%i, %h = WHILE(%zero, %x) {body_subgraph_index=2, cond_subgraph_index=1} : int32[], float32[2]
%y = ADD(%h, %w) {fused_activation_function=0} : float32[2]
output %y
)");
  REQUIRE(model.graphs[1].inputs.size() == 2);
  RequireContains(ir::ToText(model.graphs[2]), "const %w : float32[2] = 2 3");
  REQUIRE(model.graphs[2].outputs.size() == 2);
}

TEST_CASE("a constant operand is a constant of both branches") {
  const ir::Model model = Applied(SinkConstants,
                                  {R"(graph main
input %x : float32[2]
input %c : bool[]
const %w : float32[2] = 2 3
%y = IF(%c, %x, %w) {else_subgraph_index=2, then_subgraph_index=1} : float32[2]
output %y
)",
                                   kThen, kElse},
                                  1);
  for (int branch : {1, 2}) REQUIRE(model.graphs[static_cast<size_t>(branch)].inputs.size() == 1);
  REQUIRE(model.graphs[0].node(model.graphs[0].first()).inputs().size() == 2);
}

TEST_CASE("graphs that are called twice keep their arguments") {
  const std::string main = R"(graph main
input %x : float32[2]
input %c : bool[]
const %w : float32[2] = 2 3
%y = IF(%c, %x, %w) {else_subgraph_index=2, then_subgraph_index=1} : float32[2]
%z = IF(%c, %y, %w) {else_subgraph_index=2, then_subgraph_index=1} : float32[2]
output %z
)";
  for (WholeModelPassFn pass : {SinkConstants, PruneCalls, InlineBranches}) Applied(pass, {main, kThen, kElse}, 0);
}

TEST_CASE("of a condition that is known, the branch that is taken becomes part of the graph") {
  for (bool known : {true, false}) {
    ir::Model model = ModelOf({std::string(R"(graph main
input %x : float32[2]
input %w : float32[2]
const %c : bool[] = )") + (known ? "1" : "0") +
                                   R"(
%y = IF(%c, %x, %w) {else_subgraph_index=2, then_subgraph_index=1} : float32[2]
%z = RELU(%y) : float32[2]
output %z
)",
                               kThen, kElse});
    REQUIRE(RunPasses(model, {{"only", {{.name = "inline_branches", .run_on_model = InlineBranches}}}}, {}, {}).ok());
    REQUIRE(model.graphs.size() == 1);
    const std::string text = ir::ToText(model.graphs[0]);
    RequireContains(text, known ? "MUL(%x, %w)" : "RELU(%x)");
  }
}

TEST_CASE("what a branch that is taken calls has one caller, once the branch is part of the graph") {
  ir::Model model = ModelOf({R"(graph main
input %x : float32[2]
input %k : bool[]
const %c : bool[] = 1
%y = IF(%c, %x, %k) {else_subgraph_index=2, then_subgraph_index=1} : float32[2]
output %y
)",
                             R"(graph outer_then
input %a : float32[2]
input %k : bool[]
const %w : float32[2] = 2 3
%b = IF(%k, %a, %w) {else_subgraph_index=4, then_subgraph_index=3} : float32[2]
output %b
)",
                             "graph outer_else\ninput %a : float32[2]\ninput %k : bool[]\noutput %a\n", kThen, kElse});
  REQUIRE(RunPasses(model,
                    {{"only",
                      {{.name = "inline_branches", .run_on_model = InlineBranches},
                       {.name = "sink_constants", .run_on_model = SinkConstants}}}},
                    {}, {})
              .ok());
  REQUIRE(model.graphs.size() == 3);
  for (size_t inner : {1u, 2u}) REQUIRE(model.graphs[inner].inputs.size() == 1);
}

TEST_CASE("a variable that nobody needs leaves the loop, and one that never changes is read from before it") {
  const ir::Model model = Applied(PruneCalls,
                                  {R"(graph main
input %x : float32[2]
input %s : float32[2]
const %zero : int32[] = 0
%i, %n, %h, %t = WHILE(%zero, %zero, %x, %s) {body_subgraph_index=2, cond_subgraph_index=1} : int32[], int32[], float32[2], float32[2]
%y = ADD(%h, %t) {fused_activation_function=0} : float32[2]
output %y
)",
                                   R"(graph cond
input %i : int32[]
input %n : int32[]
input %h : float32[2]
input %s : float32[2]
const %three : int32[] = 3
%again = LESS(%i, %three) : bool[]
output %again
)",
                                   R"(graph body
input %i : int32[]
input %n : int32[]
input %h : float32[2]
input %s : float32[2]
const %one : int32[] = 1
%j = ADD(%i, %one) {fused_activation_function=0} : int32[]
%m = ADD(%n, %i) {fused_activation_function=0} : int32[]
%g = NEG(%h) : float32[2]
output %j
output %m
output %g
output %s
)"},
                                  3);
  RequireGraph(model.graphs[0], R"(graph main
input %x : float32[2]
input %s : float32[2]
const %zero : int32[] = 0
%i, %h = WHILE(%zero, %x) {body_subgraph_index=2, cond_subgraph_index=1} : int32[], float32[2]
%y = ADD(%h, %s) {fused_activation_function=0} : float32[2]
output %y
)");
  REQUIRE(model.graphs[2].num_nodes() == 2);
}

TEST_CASE("branches lose operands and results that nobody reads, and a call whose results nobody reads goes") {
  const std::string branch = R"(
input %a : float32[2]
input %b : float32[2]
%c = NEG(%a) : float32[2]
%d = ABS(%a) : float32[2]
output %c
output %d
)";
  const ir::Model model = Applied(PruneCalls,
                                  {R"(graph main
input %x : float32[2]
input %p : bool[]
%y, %z = IF(%p, %x, %x) {else_subgraph_index=2, then_subgraph_index=1} : float32[2], float32[2]
%u = WHILE(%x) {body_subgraph_index=4, cond_subgraph_index=3} : float32[2]
output %z
)",
                                   "graph then" + branch, "graph else" + branch,
                                   "graph cond\ninput %a : float32[2]\nconst %c : bool[] = 0\noutput %c\n",
                                   "graph body\ninput %a : float32[2]\n%b = NEG(%a) : float32[2]\noutput %b\n"},
                                  3);
  RequireGraph(model.graphs[0], R"(graph main
input %x : float32[2]
input %p : bool[]
%z = IF(%p, %x) {else_subgraph_index=2, then_subgraph_index=1} : float32[2]
output %z
)");
}

TEST_CASE("what a loop's variables are, its graphs are told") {
  ir::Model model = ModelOf({R"(graph main
input %x : float32[1,4]
const %zero : int32[] = 0
%i, %h, %s = WHILE(%zero, %x, %x) {body_subgraph_index=2, cond_subgraph_index=1} : int32[], float32[*], float32[*]
output %h
output %s
)",
                             R"(graph cond
input %i : int32[]
input %h : float32[*]
input %s : float32[*]
const %three : int32[] = 3
%again = LESS(%i, %three) : bool[]
output %again
)",
                             R"(graph body
input %i : int32[]
input %h : float32[*]
input %s : float32[*]
const %one : int32[] = 1
%j = ADD(%i, %one) {fused_activation_function=0} : int32[]
%g = CONCATENATION(%h, %h) {axis=0, fused_activation_function=0} : float32[*]
%t = NEG(%s) : float32[*]
output %j
output %g
output %t
)"});
  REQUIRE(
      RunPasses(model, {{"only", {{.name = "infer_called_shapes", .run_on_model = InferCalledShapes}}}}, {}, {}).ok());
  const ir::Graph& body = model.graphs[2];
  REQUIRE(body.value(body.inputs[1]).shape == ir::Shape{ir::kDynamic, 4});
  REQUIRE(body.value(body.inputs[2]).shape == ir::Shape{1, 4});
  REQUIRE(model.graphs[0].value(model.graphs[0].outputs[0]).shape == ir::Shape{ir::kDynamic, 4});
}

TEST_CASE("a loop that changes the rank of a variable is refused") {
  ir::Model model = ModelOf({R"(graph main
input %x : float32[4]
%h = WHILE(%x) {body_subgraph_index=2, cond_subgraph_index=1} : float32[*]
output %h
)",
                             "graph cond\ninput %h : float32[*]\nconst %c : bool[] = 0\noutput %c\n",
                             R"(graph body
input %h : float32[*]
const %shape : int32[2] = 1 -1
%g = RESHAPE(%h, %shape) : float32[1,?]
output %g
)"});
  const absl::Status status =
      RunPasses(model, {{"only", {{.name = "infer_called_shapes", .run_on_model = InferCalledShapes}}}}, {}, {});
  REQUIRE(absl::IsUnimplemented(status));
  RequireContains(Describe(status), "variable 0 of the loop changes from");
}
