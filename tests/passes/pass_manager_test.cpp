#include "passes/pass_manager.h"

#include <atomic>

#include "absl/strings/str_cat.h"
#include "tests/passes/support.h"
#include "tests/support/model_of.h"

using namespace zeropoint;
using namespace zeropoint::passes;
using namespace zeropoint::passes::testing;

namespace {

constexpr absl::string_view kAddZero = R"(graph main
input %x : float32[2]
const %zero : float32[] = 0
%a = RELU(%x) : float32[2]
%y = ADD(%a, %zero) : float32[2]
output %y
)";

ir::Model WithSignature(absl::string_view text) {
  ir::Model model;
  model.graphs.push_back(Parse(text));
  const ir::Graph& graph = model.graphs[0];
  model.signatures.push_back({"serving_default", 0, {{"x", graph.inputs[0]}}, {{"y", graph.outputs[0]}}});
  return model;
}

absl::StatusOr<int> Restless(ir::Graph&) { return 1; }
absl::StatusOr<int> Breaks(ir::Graph& graph) {
  graph.value(graph.inputs[0]).quant.scale = {1.0f};
  return 1;
}

std::vector<Phase> Only(Pass pass, int max_rounds = 50) { return {{"only", {pass}, max_rounds}}; }
constexpr Pass kRemoveNoOps = {"remove_no_ops", RemoveNoOps};

}  // namespace

TEST_CASE("a phase repeats until nothing applies, and signatures follow") {
  ir::Model model = WithSignature(kAddZero);
  std::vector<std::string> dumped;
  PassOptions options;
  options.dump = [&](absl::string_view pass, const ir::Graph&) { dumped.emplace_back(pass); };
  REQUIRE(RunPasses(model, Only(kRemoveNoOps), options, {}).ok());
  REQUIRE(dumped == std::vector<std::string>{"remove_no_ops"});
  const ir::Graph& graph = model.graphs[0];
  REQUIRE(graph.num_nodes() == 1);
  REQUIRE(model.signatures[0].outputs[0].value == graph.outputs[0]);
  REQUIRE(graph.value(graph.outputs[0]).name == "y");
}

TEST_CASE("a disabled pass does not run") {
  ir::Model model = WithSignature(kAddZero);
  PassOptions options;
  options.disabled = {"remove_no_ops"};
  REQUIRE(RunPasses(model, Only(kRemoveNoOps), options, {}).ok());
  REQUIRE(model.graphs[0].num_nodes() == 2);
}

TEST_CASE("a phase that never settles stops at its bound with a warning") {
  ir::Model model = WithSignature(kAddZero);
  int warnings = 0;
  Context context;
  context.log = [&](Severity severity, absl::string_view) { warnings += severity == Severity::kWarning ? 1 : 0; };
  REQUIRE(RunPasses(model, Only({"restless", Restless}, 3), {}, context).ok());
  REQUIRE(warnings == 1);
}

TEST_CASE("passes that see the whole model run once for graphs that stand side by side") {
  const std::string branch = "graph branch\ninput %a : float32[2]\noutput %a\n";
  for (int conditions : {2, 20}) {
    std::string main = "graph main\ninput %c : bool[]\ninput %v0 : float32[2]\n";
    std::vector<std::string> graphs = {""};
    for (int i = 0; i < conditions; ++i) {
      absl::StrAppend(&main, "%v", i + 1, " = IF(%c, %v", i, ") {else_subgraph_index=", 2 * i + 2,
                      ", then_subgraph_index=", 2 * i + 1, "} : float32[2]\n");
      graphs.insert(graphs.end(), {branch, branch});
    }
    absl::StrAppend(&main, "output %v", conditions, "\n");
    graphs[0] = main;
    ir::Model model = ModelOf(graphs);
    int runs = 0;
    Context context;
    context.log = [&](Severity, absl::string_view text) { runs += absl::StrContains(text, "on the model") ? 1 : 0; };
    Pass count = {.name = "count", .run_on_model = [](ir::Model&) -> absl::StatusOr<int> { return 0; }};
    REQUIRE(RunPasses(model, Only(count), {}, context).ok());
    REQUIRE(runs == 2);  // after the graph that calls, and after those that are called
  }
}

TEST_CASE("a pass that breaks the graph is named") {
  ir::Model model = WithSignature(kAddZero);
  absl::Status status = RunPasses(model, Only({"breaks", Breaks}), {}, {});
  REQUIRE(absl::IsInternal(status));
  REQUIRE(Annotation(status, Place::kStage) == "after pass breaks");
}

TEST_CASE("cancelling stops before the next pass") {
  ir::Model model = WithSignature(kAddZero);
  std::atomic<bool> cancel{true};
  Context context;
  context.cancel = &cancel;
  REQUIRE(absl::IsCancelled(RunPasses(model, Only(kRemoveNoOps), {}, context)));
  REQUIRE(model.graphs[0].num_nodes() == 2);
}
