#include "formats/saved_model/saved_model.h"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "ir/verifier.h"
#include "tests/formats/saved_model/writer.h"

using namespace zeropoint;
using namespace zeropoint::formats::saved_model;
using namespace zeropoint::formats::saved_model::testing;
using absl::StatusCode;

namespace {

const std::map<std::string, StoredTensor> kNoVariables;

absl::StatusOr<ir::Model> WriteAndRead(const ModelSpec& model,
                                       const std::map<std::string, StoredTensor>& variables = kNoVariables,
                                       const ReadOptions& options = {}) {
  TemporaryFolder folder;
  WriteModel(folder.path(), model, variables);
  return Read(folder.path(), options);
}

// A model of top-level nodes alone: x -> nodes -> the tensor `output`.
ModelSpec FlatModel(const std::vector<NodeSpec>& nodes, const std::string& output, int type = kFloat) {
  ModelSpec model;
  model.nodes = nodes;
  model.nodes.push_back(PlaceholderNode("x", {-1, 4}));
  model.signatures["serving_default"] = {{{"x", {"x:0", kFloat, {-1, 4}}}}, {{"y", {output, type, {}}}}};
  return model;
}

// What a graph does, one line a node: "y = Op(a, b)".
std::vector<std::string> Lines(const ir::Graph& graph) {
  std::vector<std::string> lines;
  for (ir::NodeId id : graph.Order()) {
    std::string line;
    for (ir::ValueId out : graph.node(id).outputs()) line += (line.empty() ? "" : ", ") + graph.value(out).name;
    line += " = " + graph.node(id).op() + "(";
    bool first = true;
    for (ir::ValueId in : graph.node(id).inputs()) {
      line += (first ? "" : ", ") + graph.value(in).name;
      first = false;
    }
    lines.push_back(line + ")");
  }
  return lines;
}

const ir::Value* FindValue(const ir::Graph& graph, const std::string& name) {
  for (ir::ValueId id = 0; id < graph.num_values(); ++id) {
    if (graph.value(id).name == name) return &graph.value(id);
  }
  return nullptr;
}

std::string Contents(const ir::Value& value) {
  return std::string(reinterpret_cast<const char*>(value.data.data()), value.data.size());
}

bool Mentions(const absl::Status& status, const std::string& text) {
  INFO(Describe(status));
  return Describe(status).find(text) != std::string::npos;
}

}  // namespace

TEST_CASE("a TensorFlow 2 model becomes one flat graph with its variables as constants") {
  auto model = WriteAndRead(DenseModel(), DenseVariables());
  INFO(Describe(model.status()));
  REQUIRE(model.ok());
  REQUIRE(model->graphs.size() == 1);
  REQUIRE(ir::Verify(*model).ok());
  const ir::Graph& graph = model->graphs[0];
  REQUIRE(Lines(graph) == std::vector<std::string>{
                              "MatMul = tf.MatMul(serving_default_x:0, w)",
                              "BiasAdd = tf.BiasAdd(MatMul, b)",
                              "StatefulPartitionedCall:0 = tf.Identity(BiasAdd)",
                          });
  REQUIRE(graph.node(graph.first()).info.name == "MatMul");
  // The checkpoint keeps the bias before the kernel: only the restore function tells which is which.
  REQUIRE(Contents(*FindValue(graph, "w")) == Raw({1, 2, 3, 4, 5, 6}));
  REQUIRE(FindValue(graph, "w")->shape == ir::Shape{2, 3});
  REQUIRE(Contents(*FindValue(graph, "b")) == Raw({7, 8, 9}));
  REQUIRE(graph.inputs.size() == 1);
  REQUIRE(graph.value(graph.inputs[0]).shape == ir::Shape{ir::kDynamic, 2});

  REQUIRE(model->signatures.size() == 1);
  const ir::Signature& signature = model->signatures[0];
  REQUIRE(signature.key == "serving_default");
  REQUIRE(signature.inputs[0].name == "x");
  REQUIRE(signature.inputs[0].value == graph.inputs[0]);
  REQUIRE(signature.outputs[0].name == "y");
  REQUIRE(signature.outputs[0].value == graph.outputs[0]);
}

TEST_CASE("defaults that were stripped are filled in, and attributes keep their kinds") {
  ModelSpec spec = FlatModel({{"conv",
                               "Conv2D",
                               {"x", "k"},
                               {{"T", Type(kFloat)},
                                {"strides", Ints({1, 2, 2, 1})},
                                {"padding", Text("SAME")},
                                {"explicit_paddings", Ints({})},
                                {"_private", Int(3)}}},
                              ConstNode("k", TensorProto(kFloat, {1, 1, 1, 1}, Raw({1})), kFloat),
                              {"cast", "Cast", {"conv"}, {{"SrcT", Type(kFloat)}, {"DstT", Type(kInt64)}}},
                              {"leaky", "LeakyRelu", {"conv"}, {}}},
                             "cast:0", kInt64);
  spec.signatures["serving_default"].outputs["z"] = {"leaky:0", kFloat, {}};
  auto model = WriteAndRead(spec);
  REQUIRE(model.ok());
  const ir::Graph& graph = model->graphs[0];
  const ir::Attributes& conv = graph.node(graph.first()).attrs();
  REQUIRE(conv.Int("T", -1) == static_cast<int64_t>(ElementType::kFloat32));
  REQUIRE(conv.Ints("strides") == std::vector<int64_t>{1, 2, 2, 1});
  REQUIRE(conv.String("padding") == "SAME");
  REQUIRE(conv.String("data_format") == "NHWC");
  REQUIRE(conv.Ints("dilations") == std::vector<int64_t>{1, 1, 1, 1});
  REQUIRE(conv.Bool("use_cudnn_on_gpu", false));
  REQUIRE(std::holds_alternative<std::vector<int64_t>>(*conv.Find("explicit_paddings")));
  REQUIRE_FALSE(conv.Has("_private"));
  REQUIRE(graph.value(graph.outputs[0]).type == ElementType::kInt64);
  const ir::Attributes& cast = graph.node(graph.producer(graph.outputs[0])).attrs();
  REQUIRE(cast.Int("DstT") == static_cast<int64_t>(ElementType::kInt64));
  const ir::Attributes& leaky = graph.node(graph.producer(graph.outputs[1])).attrs();
  REQUIRE(leaky.Float("alpha") == 0.2f);
}

TEST_CASE("types that LiteRT does not have are told by name") {
  auto model = WriteAndRead(FlatModel(
      {{"op", "MyOp", {"x"}, {{"T", Type(kFloat)}, {"to", Type(kQuint8)}, {"list", Types({kQuint8, 1})}}}}, "op:0"));
  REQUIRE(model.ok());
  const ir::Attributes& attrs = model->graphs[0].node(model->graphs[0].first()).attrs();
  REQUIRE(attrs.Int("to") == -1);
  REQUIRE(attrs.String("to.tf") == "quint8");
  REQUIRE(!attrs.Has("list"));
}

TEST_CASE("outputs of lists inside a function are found by name and number") {
  ModelSpec spec = FlatModel({CallNode("call", "f", {"x"}, {kFloat, kFloat})}, "call:1");
  FunctionSpec f{"f", {"a"}, {"first", "second"}};
  f.nodes = {ConstNode("axis", TensorProto(kInt32, {}, std::string(4, '\0')), kInt32),
             {"split", "Split", {"axis:output:0", "a"}, {{"num_split", Int(3)}, {"T", Type(kFloat)}}},
             {"top", "TopKV2", {"split:output:2", "axis:output:0"}, {{"T", Type(kFloat)}}},
             {"cast", "Cast", {"top:indices:0"}, {{"SrcT", Type(kInt32)}, {"DstT", Type(kFloat)}}}};
  f.returns = {{"first", "top:values:0"}, {"second", "cast:y:0"}};
  spec.functions = {f};
  auto model = WriteAndRead(spec);
  INFO(Describe(model.status()));
  REQUIRE(model.ok());
  REQUIRE(Lines(model->graphs[0]) == std::vector<std::string>{
                                         "split, split:1, split:2 = tf.Split(axis, x:0)",
                                         "top, top:1 = tf.TopKV2(split:2, axis)",
                                         "call:1 = tf.Cast(top:1)",
                                     });
}

TEST_CASE("a function that is called by name, twice, is unfolded twice") {
  ModelSpec spec = FlatModel(
      {{"one", "square_of", {"x"}, {{"T", Type(kFloat)}}}, {"two", "square_of", {"one:0"}, {{"T", Type(kFloat)}}}},
      "two:0");
  FunctionSpec f{"square_of", {"a"}, {"b"}};
  f.nodes = {{"square", "Square", {"a"}, {{"T", Placeholder("T")}}}};
  f.returns = {{"b", "square:y:0"}};
  spec.functions = {f};
  auto model = WriteAndRead(spec);
  INFO(Describe(model.status()));
  REQUIRE(model.ok());
  REQUIRE(Lines(model->graphs[0]) == std::vector<std::string>{"square = tf.Square(x:0)", "two:0 = tf.Square(square)"});
  // Named after itself alone as far as that tells it from others, after its call where not.
  REQUIRE(model->graphs[0].node(model->graphs[0].Order().back()).info.name == "two/square");
  // The type came from the call.
  REQUIRE(model->graphs[0].value(model->graphs[0].outputs[0]).type == ElementType::kFloat32);
}

TEST_CASE("TensorFlow 1 variables are read by reference, in parts too") {
  auto reference = [](const std::string& name, const Shape& shape) {
    return NodeSpec{name, "VariableV2", {}, {{"dtype", Type(kFloat)}, {"shape", ShapeAttr(shape)}}};
  };
  ModelSpec spec = FlatModel({reference("w", {2}),
                              Unary("w/read", "Identity", "w"),
                              reference("v/part_1", {1}),
                              {"mul", "Mul", {"x", "w/read"}, {{"T", Type(kFloat)}}},
                              {"add", "AddV2", {"mul", "v/part_1"}, {{"T", Type(kFloat)}}},
                              {"save/Const", "Const", {}, {{"dtype", Type(kString)}}},
                              ConstNode("save/names", StringTensor({2}, {"weights", "v"}), kString),
                              ConstNode("save/slices", StringTensor({2}, {"", "3 2,1"}), kString),
                              {"save/RestoreV2",
                               "RestoreV2",
                               {"save/Const", "save/names", "save/slices"},
                               {{"dtypes", Types({kFloat, kFloat})}}},
                              {"save/Assign", "Assign", {"w", "save/RestoreV2"}, {{"T", Type(kFloat)}}},
                              {"save/Assign_1", "Assign", {"v/part_1", "save/RestoreV2:1"}, {{"T", Type(kFloat)}}},
                              {"save/restore_shard", "NoOp", {"^save/Assign", "^save/Assign_1"}, {}},
                              {"save/restore_all", "NoOp", {"^save/restore_shard"}, {}}},
                             "add:0");
  spec.restore_op = "save/restore_all";
  auto model = WriteAndRead(spec, {{"weights", {kFloat, {2}, Raw({3, 4})}}, {"v", {kFloat, {3}, Raw({5, 6, 7})}}});
  INFO(Describe(model.status()));
  REQUIRE(model.ok());
  REQUIRE(Contents(*FindValue(model->graphs[0], "w")) == Raw({3, 4}));
  REQUIRE(Contents(*FindValue(model->graphs[0], "v/part_1")) == Raw({7}));
}

TEST_CASE("a variable that is restored as a copy has the copy's value") {
  auto handle = [](const std::string& name) {
    return NodeSpec{
        name, "VarHandleOp", {}, {{"dtype", Type(kFloat)}, {"shape", ShapeAttr({2, 4})}, {"shared_name", Text(name)}}};
  };
  auto read = [](const std::string& name, const std::string& variable) {
    return NodeSpec{name, "ReadVariableOp", {variable}, {{"dtype", Type(kFloat)}}};
  };
  // Keras 3 makes a layer's variables while a function is traced: the function reads `late`, the checkpoint restores
  // `Variable`, whose initial value is that of `late`.
  ModelSpec spec = FlatModel(
      {handle("late"),
       handle("Variable"),
       read("late/read", "late"),
       read("Variable/Initializer/read", "late"),
       {"Variable/Assign", "AssignVariableOp", {"Variable", "Variable/Initializer/read"}, {{"dtype", Type(kFloat)}}},
       {"mul", "Mul", {"x", "late/read"}, {{"T", Type(kFloat)}}},
       {"save/Const", "Const", {}, {{"dtype", Type(kString)}}},
       ConstNode("save/names", StringTensor({1}, {"layer/w"}), kString),
       ConstNode("save/slices", StringTensor({1}, {""}), kString),
       {"save/RestoreV2", "RestoreV2", {"save/Const", "save/names", "save/slices"}, {{"dtypes", Types({kFloat})}}},
       {"save/Assign", "AssignVariableOp", {"Variable", "save/RestoreV2"}, {{"dtype", Type(kFloat)}}},
       {"save/restore_all", "NoOp", {"^save/Assign"}, {}}},
      "mul:0");
  spec.restore_op = "save/restore_all";
  const std::vector<float> values = {1, 2, 3, 4, 5, 6, 7, 8};
  auto model = WriteAndRead(spec, {{"layer/w", {kFloat, {2, 4}, Raw(values)}}});
  INFO(Describe(model.status()));
  REQUIRE(model.ok());
  REQUIRE(Contents(*FindValue(model->graphs[0], "late")) == Raw(values));
}

TEST_CASE("gathering from a variable is gathering from its value") {
  ModelSpec spec = DenseModel();
  spec.functions[1].nodes = {ConstNode("i", TensorProto(kInt32, {1}, std::string(4, '\0')), kInt32),
                             {"gather",
                              "ResourceGather",
                              {"w", "i:output:0"},
                              {{"dtype", Type(kFloat)}, {"Tindices", Type(kInt32)}, {"batch_dims", Int(1)}}},
                             {"shape", "VariableShape", {"w"}, {}},
                             {"fill", "Reshape", {"gather:output:0", "shape:output:0"}, {{"T", Type(kFloat)}}}};
  spec.functions[1].returns = {{"identity", "fill:output:0"}};
  auto model = WriteAndRead(spec, DenseVariables());
  INFO(Describe(model.status()));
  REQUIRE(model.ok());
  REQUIRE(ir::Verify(*model).ok());
  const ir::Graph& graph = model->graphs[0];
  const ir::Node& gather = graph.node(graph.first());
  REQUIRE(gather.op() == "tf.GatherV2");
  REQUIRE(graph.value(gather.input(0)).name == "w");
  REQUIRE(Contents(graph.value(gather.input(2))) == std::string("\1\0\0\0", 4));
  REQUIRE(gather.attrs().Int("batch_dims") == 1);
  const ir::Value* shape = FindValue(graph, "shape");
  REQUIRE(Contents(*shape) == std::string("\2\0\0\0\3\0\0\0", 8));
}

TEST_CASE("outputs that are inputs, constants or the same tensor twice get values of their own") {
  ModelSpec spec =
      FlatModel({Unary("relu", "Relu", "x"), ConstNode("c", TensorProto(kFloat, {}, Raw({1})), kFloat)}, "relu:0");
  spec.signatures["serving_default"].outputs = {{"a", {"x:0"}}, {"b", {"c:0"}}, {"c", {"relu:0"}}, {"d", {"relu:0"}}};
  auto model = WriteAndRead(spec);
  REQUIRE(model.ok());
  REQUIRE(ir::Verify(*model).ok());
  const ir::Graph& graph = model->graphs[0];
  REQUIRE(graph.outputs.size() == 4);
  for (size_t i = 0; i < 4; ++i) {
    REQUIRE(graph.producer(graph.outputs[i]) != ir::kNoNode);
    for (size_t j = 0; j < i; ++j) REQUIRE(graph.outputs[i] != graph.outputs[j]);
  }
}

TEST_CASE("any tensor may be a signature's input, and what lies before it is left out") {
  ModelSpec spec = FlatModel({Unary("before", "Relu", "x"), Unary("after", "Tanh", "before")}, "after:0");
  spec.signatures["serving_default"].inputs = {{"h", {"before:0", kFloat, {-1, 4}}}};
  auto model = WriteAndRead(spec);
  REQUIRE(model.ok());
  REQUIRE(Lines(model->graphs[0]) == std::vector<std::string>{"after:0 = tf.Tanh(before:0)"});
}

TEST_CASE("signatures are chosen by key, and inputs and outputs sorted by name") {
  ModelSpec spec =
      FlatModel({Unary("relu", "Relu", "x"), Unary("tanh", "Tanh", "z"), PlaceholderNode("z", {2})}, "relu:0");
  spec.signatures["both"] = {{{"zz", {"x:0", kFloat, {4}}}, {"aa", {"z:0", kFloat, {2}}}},
                             {{"q", {"relu:0"}}, {"p", {"tanh:0"}}}};
  auto read = [&](const std::vector<std::string>& keys) { return WriteAndRead(spec, {}, {.signature_keys = keys}); };
  REQUIRE(read({})->signatures[0].key == "serving_default");
  auto two = read({"both", "serving_default", "both"});
  REQUIRE(two.ok());
  REQUIRE(two->signatures.size() == 2);
  REQUIRE(two->signatures[0].key == "both");
  REQUIRE(two->signatures[1].graph == 1);
  const ir::Signature& both = two->signatures[0];
  REQUIRE(both.inputs[0].name == "aa");
  REQUIRE(both.inputs[1].name == "zz");
  REQUIRE(both.outputs[0].name == "p");
  REQUIRE(two->graphs[0].inputs == std::vector<ir::ValueId>{both.inputs[0].value, both.inputs[1].value});
  REQUIRE(two->graphs[0].outputs == std::vector<ir::ValueId>{both.outputs[0].value, both.outputs[1].value});

  absl::Status missing = read({"nope"}).status();
  REQUIRE(missing.code() == StatusCode::kInvalidArgument);
  REQUIRE(Mentions(missing, "no signature 'nope'; it has 'both', 'serving_default'"));
  spec.signatures.erase("serving_default");
  REQUIRE(read({})->signatures[0].key == "both");
  spec.signatures["third"] = spec.signatures["both"];
  REQUIRE(Mentions(read({}).status(), "no signature 'serving_default'; it has 'both', 'third'"));
  spec.signatures.clear();
  spec.signatures["__saved_model_init_op"] = {};
  REQUIRE(Mentions(read({}).status(), "it has none"));
  REQUIRE(Mentions(read({"__saved_model_init_op"}).status(), "it has none"));
}

TEST_CASE("the graph is chosen by its tags") {
  TemporaryFolder folder;
  ModelSpec serve = FlatModel({Unary("relu", "Relu", "x")}, "relu:0");
  ModelSpec train = FlatModel({Unary("t", "Tanh", "x")}, "t:0");
  train.tags = {"train", "gpu"};
  WriteFile(folder.path() + "/saved_model.pb", Encode(std::vector<ModelSpec>{train, serve}));
  REQUIRE(Lines(Read(folder.path(), {})->graphs[0])[0] == "relu:0 = tf.Relu(x:0)");
  REQUIRE(Lines(Read(folder.path(), {.tags = {"gpu", "train"}})->graphs[0])[0] == "t:0 = tf.Tanh(x:0)");
  absl::Status missing = Read(folder.path(), {.tags = {"tpu"}}).status();
  REQUIRE(missing.code() == StatusCode::kInvalidArgument);
  REQUIRE(Mentions(missing, "no graph with the tags {tpu}; it has {gpu, train}, {serve}"));
}

TEST_CASE("control flow that is not as TensorFlow makes it names node and op") {
  for (const char* op :
       {"While", "StatelessIf", "Case", "Switch", "Merge", "Exit", "TensorListStack", "TensorArrayReadV3"}) {
    absl::Status status = WriteAndRead(FlatModel({Unary("odd", op, "x")}, "odd:0")).status();
    INFO(Describe(status));
    REQUIRE((status.code() == StatusCode::kUnimplemented || status.code() == StatusCode::kInvalidArgument));
    REQUIRE(Annotation(status, Place::kNode) == "odd");
    REQUIRE(Annotation(status, Place::kOp) == op);
    REQUIRE(Annotation(status, Place::kSignature) == "serving_default");
  }
}

TEST_CASE("a branch is a graph of its own, in which a variable is a constant") {
  ModelSpec spec = FlatModel({}, "choice:0");
  spec.nodes.push_back(VariableNode("b", {3}));
  spec.nodes.push_back({"some", "Any", {"x", "x"}, {}});
  spec.nodes.push_back({"choice",
                        "If",
                        {"some", "x", "b"},
                        {{"Tcond", Type(kBool)},
                         {"Tin", Types({kFloat, kResource})},
                         {"Tout", Types({kFloat})},
                         {"then_branch", Function("add")},
                         {"else_branch", Function("keep")}}});
  FunctionSpec add{"add", {"v", "b"}, {"sum"}};
  add.nodes = {{"Read", "ReadVariableOp", {"b"}, {{"dtype", Type(kFloat)}}},
               {"Add", "AddV2", {"v", "Read:value:0"}, {{"T", Type(kFloat)}}}};
  add.returns = {{"sum", "Add:z:0"}};
  FunctionSpec keep{"keep", {"v", "b"}, {"same"}};
  keep.returns = {{"same", "v"}};
  spec.functions = {add, keep};
  auto model = WriteAndRead(spec, {{"b", {kFloat, {3}, Raw({7, 8, 9})}}});
  INFO(Describe(model.status()));
  REQUIRE(model.ok());
  REQUIRE(model->graphs.size() == 3);
  REQUIRE(Lines(model->graphs[0]).back() == "choice:0 = IF(some, x:0)");
  REQUIRE(Lines(model->graphs[1]) == std::vector<std::string>{"Add = tf.AddV2(v, b)"});
  REQUIRE(model->graphs[2].outputs == model->graphs[2].inputs);
}

TEST_CASE("what is not known names node and op") {
  absl::Status unknown = WriteAndRead(FlatModel({{"odd", "NeverHeardOf", {"x"}, {}}}, "odd:0")).status();
  REQUIRE(unknown.code() == StatusCode::kUnimplemented);
  REQUIRE(Mentions(unknown, "'NeverHeardOf' is not known"));
  absl::Status second = WriteAndRead(FlatModel({Unary("odd", "NeverHeardOf", "x")}, "odd:1")).status();
  REQUIRE_FALSE(second.ok());
  REQUIRE(Annotation(second, Place::kNode) == "odd");
}

TEST_CASE("broken graphs are errors that name the node") {
  struct Case {
    std::vector<NodeSpec> nodes;
    std::string output, message;
  };
  const Case cases[] = {
      {{}, "nowhere:0", "no node 'nowhere'"},
      {{Unary("a", "Relu", "gone")}, "a:0", "no node 'gone'"},
      {{Unary("a", "Relu", "a")}, "a:0", "depends on its own output"},
      {{Unary("a", "Relu", "b"), Unary("b", "Relu", "a")}, "a:0", "depends on its own output"},
      {{Unary("a", "Relu", "x:1")}, "a:0", ""},
      {{Unary("a", "Relu", "x")}, "a:1", "has 1 outputs; number 1"},
      {{Unary("a", "Relu", "x")}, "a:-1", "does not name a tensor"},
      {{Unary("a", "Relu", "x")}, "a:b:c:d", "does not name a tensor"},
      {{Unary("a", "Relu", "x")}, "", "no dense tensor"},
      {{Unary("a", "MatMul", "x")}, "a:0", "has 1 inputs and needs 2"},
      {{Unary("a", "Relu", "^x")}, "a:0", "has 0 inputs and needs 1"},
      {{{"a", "Relu", {"x"}, {}}}, "a:0", "lacks the attribute 'T'"},
      {{{"a", "Relu", {"x"}, {{"T", "\x30"}}}}, "a:0", "cut off"},
      {{{"a", "Split", {"x", "x"}, {{"num_split", Int(int64_t{1} << 60)}, {"T", Type(kFloat)}}}}, "a:0", "cannot be"},
      {{Unary("a", "Relu", "x"), Unary("a", "Relu", "x")}, "a:0", "two nodes"},
      {{Unary("a", "Relu", "p"), PlaceholderNode("p", {1})}, "a:0", "placeholder"},
      {{{"c", "Const", {}, {{"dtype", Type(kFloat)}}}}, "c:0", "no value"},
      {{CallNode("a", "gone", {"x"}, {kFloat})}, "a:0", "'gone', which the model does not have"},
      {{{"a", "Cast", {"x"}, {{"SrcT", Type(kFloat)}, {"DstT", Type(kQuint8)}}}}, "a:0", "quint8"},
  };
  for (const Case& broken : cases) {
    INFO(broken.message);
    auto model = WriteAndRead(FlatModel(broken.nodes, broken.output));
    REQUIRE_FALSE(model.ok());
    REQUIRE(Mentions(model.status(), broken.message));
    REQUIRE(Mentions(model.status(), "/saved_model.pb"));
  }
}

TEST_CASE("functions that call themselves, or each other without end, are refused") {
  auto calls = [](const std::string& name, const std::vector<std::string>& callees) {
    FunctionSpec f{name, {"a"}, {"r"}};
    std::string value = "a";
    for (const std::string& callee : callees) {
      std::string node = absl::StrCat("to_", callee, f.nodes.size());
      f.nodes.push_back(CallNode(node, callee, {value}, {kFloat}));
      value = node + ":output:0";
    }
    f.returns = {{"r", value}};
    return f;
  };
  ModelSpec spec = FlatModel({CallNode("call", "f0", {"x"}, {kFloat})}, "call:0");
  SECTION("itself") { spec.functions = {calls("f0", {"f0"})}; }
  SECTION("in a circle") { spec.functions = {calls("f0", {"f1"}), calls("f1", {"f2"}), calls("f2", {"f0"})}; }
  SECTION("its own result as its argument") {
    spec.functions = {calls("f0", {})};
    spec.nodes[0].inputs = {"call:0"};
  }
  SECTION("twice as often with each level") {
    for (int i = 0; i < 60; ++i) {
      std::string next = absl::StrCat("f", i + 1);
      spec.functions.push_back(calls(absl::StrCat("f", i), {next, next}));
    }
    spec.functions.push_back(calls("f60", {}));
  }
  SECTION("too deeply") {
    for (int i = 0; i < 5000; ++i) {
      spec.functions.push_back(calls(absl::StrCat("f", i), {absl::StrCat("f", i + 1)}));
    }
    spec.functions.push_back(calls("f5000", {}));
  }
  absl::Status status = WriteAndRead(spec).status();
  INFO(Describe(status));
  REQUIRE_FALSE(status.ok());
}

TEST_CASE("long chains of nodes are read without recursion") {
  std::vector<NodeSpec> nodes;
  std::string last = "x";
  for (int i = 0; i < 20000; ++i) {
    nodes.push_back(Unary(absl::StrCat("n", i), "Relu", last));
    last = nodes.back().name;
  }
  auto model = WriteAndRead(FlatModel(nodes, last + ":0"));
  REQUIRE(model.ok());
  REQUIRE(model->graphs[0].num_nodes() == 20000);
}

TEST_CASE("missing files are told apart") {
  TemporaryFolder folder;
  const std::string& path = folder.path();
  REQUIRE(Read(path + "/gone", {}).status().code() == StatusCode::kNotFound);
  REQUIRE(Mentions(Read(path + "/gone", {}).status(), "no folder"));
  REQUIRE(Mentions(Read(path, {}).status(), "holds no saved_model.pb"));
  WriteFile(path + "/saved_model.cpb", "");
  REQUIRE(Read(path, {}).status().code() == StatusCode::kUnimplemented);
  WriteFile(path + "/saved_model.pbtxt", "");
  REQUIRE(Read(path, {}).status().code() == StatusCode::kUnimplemented);
  REQUIRE(Mentions(Read(path, {}).status(), "saved_model.pbtxt"));
  WriteFile(path + "/saved_model.pb", "");
  REQUIRE(Read(path, {}).status().code() == StatusCode::kInvalidArgument);
  WriteFile(path + "/saved_model.pb", "This is no protobuf.");
  REQUIRE_FALSE(Read(path, {}).ok());

  WriteModel(path, DenseModel());
  absl::Status status = Read(path, {}).status();
  REQUIRE(status.code() == StatusCode::kNotFound);
  REQUIRE(Annotation(status, Place::kFile) == path + "/variables/variables.index");
}

TEST_CASE("variables that do not fit the model are errors that name them") {
  auto variables = DenseVariables();
  SECTION("missing") { variables.erase("layer/bias"); }
  SECTION("of another shape") { variables["layer/bias"] = {kFloat, {4}, Raw({1, 2, 3, 4})}; }
  SECTION("of another type") { variables["layer/bias"] = {kInt32, {3}, Raw({1, 2, 3})}; }
  absl::Status status = WriteAndRead(DenseModel(), variables).status();
  REQUIRE_FALSE(status.ok());
  REQUIRE(Mentions(status, "variables.index"));
  REQUIRE(Annotation(status, Place::kNode) == "b");
}

TEST_CASE("a model that is cut off anywhere is an error that names its file") {
  TemporaryFolder folder;
  WriteModel(folder.path(), DenseModel(), DenseVariables());
  const std::string variables = folder.path() + "/variables/variables";
  const std::string files[] = {folder.path() + "/saved_model.pb", variables + ".index",
                               variables + ".data-00000-of-00001"};
  const std::string& file = files[GENERATE(0, 1, 2)];
  const std::string whole = ReadFile(file);
  REQUIRE(Read(folder.path(), {}).ok());
  for (size_t size = 0; size < whole.size(); ++size) {
    WriteFile(file, whole.substr(0, size));
    absl::Status status = Read(folder.path(), {}).status();
    REQUIRE_FALSE(status.ok());
    REQUIRE(Annotation(status, Place::kFile) == file);
  }
}

TEST_CASE("altered bytes of a model never crash the reader") {
  TemporaryFolder folder;
  WriteModel(folder.path(), DenseModel(), DenseVariables());
  const std::string file = folder.path() + "/saved_model.pb";
  const std::string whole = ReadFile(file);
  int refused = 0;
  for (size_t at = 0; at < whole.size(); ++at) {
    for (char value : {'\xff', static_cast<char>(whole[at] ^ 1)}) {
      std::string altered = whole;
      altered[at] = value;
      WriteFile(file, altered);
      auto model = Read(folder.path(), {});
      if (model.ok()) {
        REQUIRE(ir::Verify(*model).ok());
      } else {
        ++refused;
        REQUIRE_FALSE(Annotation(model.status(), Place::kFile).empty());
      }
    }
  }
  REQUIRE(refused > 500);
}

// The models beside the project, where they are.
TEST_CASE("real models are read", "[shared]") {
  const char* shared = std::getenv("ZEROPOINT_SHARED");
  const std::string zoo = absl::StrCat(shared != nullptr ? shared : ZEROPOINT_SOURCE_DIR "/../shared", "/zoo/models/");
  if (!std::filesystem::exists(zoo)) return;
  struct Expected {
    const char* name;
    int nodes, inputs, outputs;
  };
  for (const Expected& expected : {Expected{"kws_dscnn", 45, 1, 1}, Expected{"resnet8_cifar10", 42, 1, 1},
                                   Expected{"esrgan_slim_x2", 40, 1, 1}, Expected{"selfie_tf1", 224, 1, 1},
                                   Expected{"half_plus_two_tf2", 4, 1, 1}, Expected{"half_plus_two_tf1", 5, 1, 1}}) {
    INFO(expected.name);
    auto model = Read(zoo + expected.name, {});
    INFO(Describe(model.status()));
    REQUIRE(model.ok());
    REQUIRE(ir::Verify(*model).ok());
    CHECK(model->graphs[0].num_nodes() == expected.nodes);
    CHECK(static_cast<int>(model->graphs[0].inputs.size()) == expected.inputs);
    CHECK(static_cast<int>(model->graphs[0].outputs.size()) == expected.outputs);
  }
  CHECK(Read(zoo + "dtln_full", {}).ok());  // loops over lists of tensors
}
