// Variables that change at run time: read and assigned in TensorFlow's order, set up by a graph that runs once.
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "formats/saved_model/saved_model.h"
#include "ir/verifier.h"
#include "tests/formats/saved_model/writer.h"

using namespace zeropoint;
using namespace zeropoint::formats::saved_model;
using namespace zeropoint::formats::saved_model::testing;

namespace {

ir::Model ModelFrom(const ModelSpec& spec, const ReadOptions& options = {}) {
  TemporaryFolder folder;
  WriteModel(folder.path(), spec, DenseVariables());
  auto model = Read(folder.path(), options);
  INFO(Describe(model.status()));
  REQUIRE(model.ok());
  REQUIRE(ir::Verify(*model).ok());
  return *std::move(model);
}

// What a graph does in its order, without names: "ADD(b, x)" is an op by its operands' names.
std::vector<std::string> Steps(const ir::Graph& graph) {
  std::vector<std::string> steps;
  for (ir::NodeId id : graph.Order()) {
    std::string step = graph.node(id).op() + "(";
    for (ir::ValueId in : graph.node(id).inputs()) step += (step.back() == '(' ? "" : ", ") + graph.value(in).name;
    steps.push_back(step + ")");
  }
  return steps;
}

NodeSpec OnVariable(const std::string& name, const std::string& op, std::vector<std::string> inputs) {
  return {name, op, std::move(inputs), {{"dtype", Type(kFloat)}}};
}

NodeSpec Sum(const std::string& name, const std::string& a, const std::string& b) {
  return {name, "AddV2", {a, b}, {{"T", Type(kFloat)}}};
}

// y is made of b before and after it is assigned; nodes stand in no particular order in the file.
ModelSpec BeforeAndAfter() {
  ModelSpec spec = DenseModel();
  spec.functions[1].nodes = {
      Sum("both", "before:value:0", "after:value:0"), OnVariable("after", "ReadVariableOp", {"b", "^write"}),
      OnVariable("write", "AssignVariableOp", {"b", "new:z:0", "^before"}),
      Sum("new", "before:value:0", "before:value:0"), OnVariable("before", "ReadVariableOp", {"b"})};
  spec.functions[1].returns = {{"identity", "both:z:0"}};
  return spec;
}

}  // namespace

TEST_CASE("reads and assignments of a variable run in the order of their control edges") {
  const ir::Model model = ModelFrom(BeforeAndAfter());
  REQUIRE(model.graphs.size() == 2);
  REQUIRE(Steps(model.graphs[0]) == std::vector<std::string>{
                                        "CALL_ONCE()",
                                        "VAR_HANDLE()",
                                        "READ_VARIABLE(b)",
                                        "tf.AddV2(before, before)",
                                        "ASSIGN_VARIABLE(b, new)",
                                        "READ_VARIABLE(b)",
                                        "tf.AddV2(before, after)",
                                        "tf.Identity(both)",
                                    });
  const ir::Graph& init = model.graphs[1];
  CHECK(init.name == "NoOp");
  REQUIRE(Steps(init) == std::vector<std::string>{"VAR_HANDLE()", "ASSIGN_VARIABLE(b, b/first)"});
  const ir::Graph& main = model.graphs[0];
  CHECK(main.node(main.first()).attrs().Int("init_subgraph_index") == 1);
  for (const ir::Graph& graph : model.graphs) {
    for (ir::NodeId id : graph.Order()) {
      if (graph.node(id).op() == "VAR_HANDLE") CHECK(graph.node(id).attrs().String("shared_name") == "b");
    }
  }
}

TEST_CASE("what a call does to a variable is done when what follows the call runs") {
  ModelSpec spec = DenseModel();
  FunctionSpec bump{"bump", {"b", "by"}, {}, {OnVariable("add", "AssignAddVariableOp", {"b", "by"})}, {}};
  spec.functions.push_back(bump);
  spec.functions[1].nodes = {
      OnVariable("after", "ReadVariableOp", {"b", "^call"}), CallNode("call", "bump", {"b", "x", "^before"}, {}),
      OnVariable("before", "ReadVariableOp", {"b"}), Sum("both", "before:value:0", "after:value:0")};
  spec.functions[1].returns = {{"identity", "both:z:0"}};
  const ir::Model model = ModelFrom(spec);
  REQUIRE(Steps(model.graphs[0]) == std::vector<std::string>{
                                        "CALL_ONCE()",
                                        "VAR_HANDLE()",
                                        "READ_VARIABLE(b)",
                                        "READ_VARIABLE(b)",
                                        "tf.AddV2(add/before, serving_default_x:0)",
                                        "ASSIGN_VARIABLE(b, add/after)",
                                        "READ_VARIABLE(b)",
                                        "tf.AddV2(before, after)",
                                        "tf.Identity(both)",
                                    });
}

TEST_CASE("an assignment that no data leads from is kept where the variable is read, and dropped where it is not") {
  ModelSpec spec = DenseModel();
  spec.functions[1].nodes.push_back(OnVariable("count", "AssignSubVariableOp", {"b", "x"}));
  const ir::Model kept = ModelFrom(spec);
  CHECK(kept.graphs.size() == 2);
  spec.functions[1].nodes.back() = OnVariable("set", "AssignVariableOp", {"b", "x"});
  spec.functions[1].returns = {{"identity", "MatMul:product:0"}};
  const ir::Model dropped = ModelFrom(spec);
  REQUIRE(dropped.graphs.size() == 1);
  CHECK(Steps(dropped.graphs[0]) ==
        std::vector<std::string>{"tf.MatMul(serving_default_x:0, w)", "tf.Identity(MatMul)"});
}

TEST_CASE("a variable that one signature changes is no constant to another") {
  ModelSpec spec = BeforeAndAfter();
  spec.nodes.push_back(OnVariable("peek", "ReadVariableOp", {"b"}));
  spec.nodes.push_back(Unary("negative", "Neg", "peek"));
  spec.signatures["peek"] = {{}, {{"y", {"negative:0", kFloat, {3}}}}};
  const ir::Model model = ModelFrom(spec, {.signature_keys = {"serving_default", "peek"}});
  REQUIRE(model.graphs.size() == 3);
  const int peek = model.signatures[1].graph;
  CHECK(Steps(model.graphs[static_cast<size_t>(peek)]) ==
        std::vector<std::string>{"CALL_ONCE()", "VAR_HANDLE()", "READ_VARIABLE(b)", "tf.Neg(peek)"});
  // Alone, it is one.
  const ir::Model alone = ModelFrom(spec, {.signature_keys = {"peek"}});
  CHECK(alone.graphs.size() == 1);
}

TEST_CASE("a variable of TensorFlow 1 that is assigned is read where it is used") {
  ModelSpec spec;
  spec.nodes = {PlaceholderNode("x", {3}),
                {"layer/bias", "VariableV2", {}, {{"dtype", Type(kFloat)}, {"shape", ShapeAttr({3})}}},
                {"update", "AssignAdd", {"layer/bias", "x"}, {{"T", Type(kFloat)}}},
                Unary("layer/bias/read", "Identity", "layer/bias"),
                Sum("y", "layer/bias/read", "update")};
  spec.nodes.back().inputs.push_back("^update");
  spec.nodes[3].inputs.push_back("^update");
  spec.signatures["serving_default"] = {{{"x", {"x:0", kFloat, {3}}}}, {{"y", {"y:0", kFloat, {3}}}}};
  const ir::Model model = ModelFrom(spec);
  REQUIRE(Steps(model.graphs[0]) == std::vector<std::string>{
                                        "CALL_ONCE()",
                                        "VAR_HANDLE()",
                                        "READ_VARIABLE(layer/bias)",
                                        "tf.AddV2(update/before, x:0)",
                                        "ASSIGN_VARIABLE(layer/bias, update/after)",
                                        "READ_VARIABLE(layer/bias)",
                                        "tf.Identity(layer/bias/value)",
                                        "tf.AddV2(layer/bias/read, update/after)",
                                    });
}

TEST_CASE("an op that changes a variable in a way of its own is refused by name") {
  ModelSpec spec = DenseModel();
  spec.functions[1].nodes.push_back({"odd", "ResourceScatterUpdate", {"b", "x", "x"}, {{"dtype", Type(kFloat)}}});
  TemporaryFolder folder;
  WriteModel(folder.path(), spec, DenseVariables());
  const absl::Status status = Read(folder.path(), {}).status();
  CHECK(status.code() == absl::StatusCode::kUnimplemented);
  CHECK(Annotation(status, Place::kNode) == "StatefulPartitionedCall/StatefulPartitionedCall/odd");
}
