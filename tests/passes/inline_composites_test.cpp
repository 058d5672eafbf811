#include <catch2/catch.hpp>

#include "ir/text.h"
#include "ir/verifier.h"
#include "passes/pass_manager.h"
#include "passes/passes.h"
#include "tests/passes/support.h"
#include "tests/support/model_of.h"

using namespace zeropoint;

namespace {

ir::Model Inlined(ir::Model model) {
  absl::Status status = passes::RunPasses(model, passes::InlinePipeline(), {}, {});
  INFO(status.ToString());
  REQUIRE(status.ok());
  REQUIRE(ir::Verify(model).ok());
  return model;
}

const std::string kBranch = "graph branch\ninput %a : float32[2]\noutput %a\n";
const std::string kBody = R"(graph body
input %a : float32[2]
const %two : float32[] = 2
%b = MUL(%a, %two) {fused_activation_function=0} : float32[2]
%n = NEG(%b) : float32[2]
output %n
)";

}  // namespace

TEST_CASE("composites become their graph's nodes, and graphs that nobody calls go") {
  const ir::Model model = Inlined(ModelOf({R"(graph main
input %x : float32[2]
input %c : bool[]
%h = ABS(%x) : float32[2]
%y = STABLEHLO_COMPOSITE(%h) {decomposition_subgraph_index=1, name="a"} : float32[2]
%i = IF(%c, %y) {else_subgraph_index=2, then_subgraph_index=2} : float32[2]
output %i
)",
                                           kBody, kBranch}));
  REQUIRE(model.graphs.size() == 2);
  REQUIRE(ir::ToText(model.graphs[0]) == passes::testing::Spelled(R"(graph main
input %x : float32[2]
input %c : bool[]
const %two : float32[] = 2
%h = ABS(%x) : float32[2]
%b = MUL(%h, %two) {fused_activation_function=0} : float32[2]
%y = NEG(%b) : float32[2]
%i = IF(%c, %y) {else_subgraph_index=1, then_subgraph_index=1} : float32[2]
output %i
)"));
}

TEST_CASE("composites within composites are taken apart to the last") {
  const std::string middle = R"(graph middle
input %a : float32[2]
%m = STABLEHLO_COMPOSITE(%a) {decomposition_subgraph_index=2, name="b"} : float32[2]
output %m
)";
  const ir::Model model = Inlined(ModelOf({R"(graph main
input %x : float32[2]
%y = STABLEHLO_COMPOSITE(%x) {decomposition_subgraph_index=1, name="a"} : float32[2]
output %y
)",
                                           middle, kBody}));
  REQUIRE(model.graphs.size() == 1);
  REQUIRE(model.graphs[0].num_nodes() == 2);
}

TEST_CASE("composites stay that call themselves, hand an operand through, or whose graph is still called") {
  const std::string main = R"(graph main
input %x : float32[2]
%y = STABLEHLO_COMPOSITE(%x) {decomposition_subgraph_index=1, name="a"} : float32[2]
output %y
)";
  const std::string self = R"(graph self
input %x : float32[2]
%y = STABLEHLO_COMPOSITE(%x) {decomposition_subgraph_index=1, name="a"} : float32[2]
output %y
)";
  for (const std::string& callee : {self, kBranch}) {
    const ir::Model before = ModelOf({main, callee});
    REQUIRE(ir::ToText(Inlined(before)) == ir::ToText(before));
  }
  const ir::Model model = Inlined(ModelOf({R"(graph main
input %x : float32[2]
input %c : bool[]
%y = STABLEHLO_COMPOSITE(%x) {decomposition_subgraph_index=1, name="a"} : float32[2]
%i = IF(%c, %y) {else_subgraph_index=1, then_subgraph_index=1} : float32[2]
output %i
)",
                                           kBody}));
  REQUIRE(model.graphs.size() == 2);
  REQUIRE(model.graphs[0].num_nodes() == 3);
}

TEST_CASE("what a node of a composite keeps beside its results goes with it") {
  ir::Model model = ModelOf({R"(graph main
input %x : float32[2]
%h = ABS(%x) : float32[2]
%y = STABLEHLO_COMPOSITE(%h) {decomposition_subgraph_index=1, name="a"} : float32[2]
output %y
)",
                             kBody});
  ir::Graph& body = model.graphs[1];
  const ir::ValueId kept = body.AddValue({.name = "kept", .shape = {2}});
  body.node(body.first()).info.intermediates = {kept, ir::kNoValue};
  const ir::Graph main = Inlined(std::move(model)).graphs[0];
  const std::vector<ir::ValueId>& copied = main.node(main.next(main.first())).info.intermediates;
  REQUIRE(copied.size() == 2);
  REQUIRE(main.value(copied[0]).name == "kept");
  REQUIRE(copied[1] == ir::kNoValue);
}
