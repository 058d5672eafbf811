// Lists of tensors become tensors, and loops that are LSTM layers become one op.
#include "passes/lists/lists.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "absl/strings/str_replace.h"
#include "engine/engine.h"
#include "ir/text.h"
#include "ir/verifier.h"
#include "passes/pass_manager.h"
#include "tests/passes/support.h"
#include "tests/support/model_of.h"

using namespace zeropoint;
using passes::testing::Numbers;
using passes::testing::RequireContains;

namespace {

absl::Status Import(ir::Model& model, const passes::ImportOptions& options = {}) {
  return passes::RunPasses(model, passes::ImportPipeline(options), {}, {});
}

ir::Model Imported(const std::vector<std::string>& graphs, const passes::ImportOptions& options = {}) {
  ir::Model model = ModelOf(graphs);
  const absl::Status status = Import(model, options);
  INFO(Describe(status));
  REQUIRE(status.ok());
  REQUIRE(ir::Verify(model).ok());
  REQUIRE_FALSE(absl::StrContains(ir::ToText(model), "tf."));
  REQUIRE_FALSE(absl::StrContains(ir::ToText(model), "variant"));
  return model;
}

struct Result {
  std::vector<int64_t> dims;
  std::vector<float> elements;
};

// The first result for one float32 input.
Result Run(const ir::Model& model, const ir::Dims& dims, const std::vector<float>& x) {
  auto program = engine::Program::Create(model);
  auto executable = program->Prepare(0);
  INFO(Describe(executable.status()));
  REQUIRE(executable.ok());
  auto session = engine::Session::Create(**executable);
  ops::TensorView view;
  view.dims = dims;
  view.data = x.data();
  const absl::Status ran = session->Run({view}, nullptr);
  INFO(Describe(ran));
  REQUIRE(ran.ok());
  const ops::TensorView out = session->output(0);
  return {{out.dims.begin(), out.dims.end()}, {out.As<float>(), out.As<float>() + out.elements()}};
}

// Runs over the three elements of a list, doubles each, and stacks them. BATCH is the size of an element.
std::vector<std::string> Doubling(const std::string& batch, const std::string& shape) {
  std::vector<std::string> graphs = {R"(graph main
input %x : float32[3,BATCH]
const %zero : int32[] = 0
const %three : int32[] = 3
const %unknown : SHAPE
%from = tf.TensorListFromTensor(%x, %unknown) {element_dtype=0} : variant[]
%to = tf.TensorListReserve(%unknown, %three) {element_dtype=0} : variant[]
%i, %f, %t = WHILE(%zero, %from, %to) {cond_subgraph_index=1, body_subgraph_index=2} : int32[], variant[], variant[]
%y = tf.TensorListStack(%t, %unknown) {element_dtype=0, num_elements=3} : float32[*]
output %y
)",
                                     R"(graph cond
input %i : int32[]
input %f : variant[]
input %t : variant[]
const %three : int32[] = 3
%c = tf.Less(%i, %three) {T=2} : bool[]
output %c
)",
                                     R"(graph body
input %i : int32[]
input %f : variant[]
input %t : variant[]
const %one : int32[] = 1
const %unknown : SHAPE
%n = tf.AddV2(%i, %one) {T=2} : int32[]
%v = tf.TensorListGetItem(%f, %i, %unknown) {element_dtype=0} : float32[*]
%d = tf.AddV2(%v, %v) {T=0} : float32[*]
%s = tf.TensorListSetItem(%t, %i, %d) {element_dtype=0} : variant[]
output %n
output %f
output %s
)"};
  for (std::string& text : graphs) text = absl::StrReplaceAll(text, {{"BATCH", batch}, {"SHAPE", shape}});
  return graphs;
}

const char kScalarUnknown[] = "int32[] = -1";

}  // namespace

TEST_CASE("a loop over lists becomes a loop over tensors") {
  const ir::Model model = Imported(Doubling("2", kScalarUnknown));
  REQUIRE(model.graphs.size() == 3);
  const Result y = Run(model, {3, 2}, {1, 2, 3, 4, 5, 6});
  REQUIRE(y.dims == std::vector<int64_t>{3, 2});
  REQUIRE(y.elements == std::vector<float>{2, 4, 6, 8, 10, 12});
  RequireContains(ir::ToText(model), "DYNAMIC_UPDATE_SLICE");
  RequireContains(ir::ToText(model), "GATHER");
}

TEST_CASE("an element's unknown dimension is that of what the loop begins with") {
  const ir::Model model = Imported(Doubling("?", "int32[1] = -1"));
  RequireContains(ir::ToText(model.graphs[0]), "SHAPE(%x)");
  REQUIRE(Run(model, {3, 1}, {1, 2, 3}).elements == std::vector<float>{2, 4, 6});
  const Result y = Run(model, {3, 2}, {1, 2, 3, 4, 5, 6});
  REQUIRE(y.dims == std::vector<int64_t>{3, 2});
  REQUIRE(y.elements == std::vector<float>{2, 4, 6, 8, 10, 12});
}

TEST_CASE("a rank that only the elements tell is found") {
  REQUIRE(Run(Imported(Doubling("?", kScalarUnknown)), {3, 1}, {1, 2, 3}).elements == std::vector<float>{2, 4, 6});
}

TEST_CASE("lists grow at their end and give it back") {
  const ir::Model model = Imported({R"(graph main
input %x : float32[2]
const %shape : int32[1] = 2
const %most : int32[] = -1
const %order : int32[3] = 2 0 0
%l0 = tf.EmptyTensorList(%shape, %most) {element_dtype=0} : variant[]
%l1 = tf.TensorListPushBack(%l0, %x) {element_dtype=0} : variant[]
%double = tf.AddV2(%x, %x) {T=0} : float32[2]
%l2 = tf.TensorListPushBack(%l1, %double) {element_dtype=0} : variant[]
%l3, %last = tf.TensorListPopBack(%l2, %shape) {element_dtype=0} : variant[], float32[2]
%four = tf.AddV2(%last, %last) {T=0} : float32[2]
%l4 = tf.TensorListPushBack(%l3, %four) {element_dtype=0} : variant[]
%l5 = tf.TensorListPushBack(%l4, %double) {element_dtype=0} : variant[]
%y = tf.TensorListGather(%l5, %order, %shape) {element_dtype=0} : float32[3,2]
output %y
)"});
  REQUIRE(Run(model, {2}, {1, 3}).elements == std::vector<float>{2, 6, 1, 3, 1, 3});
}

TEST_CASE("a list that is written behind its end becomes longer") {
  const ir::Model model = Imported({R"(graph main
input %x : float32[2]
const %shape : int32[1] = 2
const %one : int32[] = 1
const %three : int32[] = 3
%l0 = tf.TensorListReserve(%shape, %one) {element_dtype=0} : variant[]
%l1 = tf.TensorListSetItem(%l0, %three, %x) {element_dtype=0, resize_if_index_out_of_bounds=true} : variant[]
%y = tf.TensorListStack(%l1, %shape) {element_dtype=0} : float32[*]
output %y
)"});
  REQUIRE(Run(model, {2}, {1, 3}).elements == std::vector<float>{0, 0, 0, 0, 0, 0, 1, 3});
}

TEST_CASE("lists are split, measured and joined") {
  const ir::Model model = Imported({R"(graph main
input %x : float32[4,?]
const %lengths : int64[2] = 2 2
const %shape : int32[2] = 2 -1
const %one : int32[] = 1
%l = tf.TensorListSplit(%x, %shape, %lengths) {element_dtype=0} : variant[]
%n = tf.TensorListLength(%l) : int32[]
%last = tf.Sub(%n, %one) {T=2} : int32[]
%v = tf.TensorListGetItem(%l, %last, %shape) {element_dtype=0} : float32[2,?]
%s = tf.TensorListSetItem(%l, %one, %v) {element_dtype=0} : variant[]
%r, %lens = tf.TensorListConcatV2(%s, %shape, %lengths) {element_dtype=0} : float32[*], int64[?]
%y = tf.AddV2(%r, %x) {T=0} : float32[*]
output %y
)"});
  const Result y = Run(model, {4, 1}, {1, 2, 3, 4});
  REQUIRE(y.dims == std::vector<int64_t>{4, 1});
  REQUIRE(y.elements == std::vector<float>{2, 4, 6, 8});
}

TEST_CASE("TensorFlow 1's arrays are lists too") {
  const ir::Model model = Imported({R"(graph main
input %x : float32[3,2]
const %three : int32[] = 3
const %zero : int32[] = 0
const %one : int32[] = 1
%h, %f0 = tf.TensorArrayV3(%three) {dtype=0, element_shape=shape[2]} : resource[2], float32[]
%all = tf.Range(%zero, %three, %one) {Tidx=2} : int32[*]
%f1 = tf.TensorArrayScatterV3(%h, %all, %x, %f0) {T=0} : float32[]
%v = tf.TensorArrayReadV3(%h, %one, %f1) {dtype=0} : float32[*]
%g, %w0 = tf.TensorArrayV3(%three) {dtype=0, element_shape=shape[2]} : resource[2], float32[]
%w1 = tf.TensorArrayWriteV3(%g, %zero, %v, %w0) {T=0} : float32[]
%n = tf.TensorArraySizeV3(%g, %w1) : int32[]
%indices = tf.Range(%zero, %n, %one) {Tidx=2} : int32[*]
%y = tf.TensorArrayGatherV3(%g, %indices, %w1) {dtype=0, element_shape=shape[2]} : float32[*]
output %y
)"});
  REQUIRE(Run(model, {3, 2}, {1, 2, 3, 4, 5, 6}).elements == std::vector<float>{3, 4, 0, 0, 0, 0});
}

TEST_CASE("an op on lists that no tensor op does is refused by name") {
  ir::Model model = ModelOf({R"(graph main
input %x : float32[3,2]
const %shape : int32[1] = 2
const %three : int32[] = 3
%l = tf.TensorListFromTensor(%x, %shape) {element_dtype=0} : variant[]
%r = tf.TensorListResize(%l, %three) : variant[]
%y = tf.TensorListStack(%r, %shape) {element_dtype=0} : float32[*]
output %y
)"});
  const absl::Status status = Import(model);
  REQUIRE(absl::IsUnimplemented(status));
  RequireContains(Describe(status), "TensorListResize");
}

TEST_CASE("elements of different shapes are refused by name") {
  ir::Model model = ModelOf({R"(graph main
input %x : float32[2]
input %z : float32[3]
const %unknown : int32[] = -1
const %two : int32[] = 2
const %zero : int32[] = 0
const %one : int32[] = 1
%l0 = tf.TensorListReserve(%unknown, %two) {element_dtype=0} : variant[]
%l1 = tf.TensorListSetItem(%l0, %zero, %x) {element_dtype=0} : variant[]
%l2 = tf.TensorListSetItem(%l1, %one, %z) {element_dtype=0} : variant[]
%y = tf.TensorListGetItem(%l2, %zero, %unknown) {element_dtype=0} : float32[*]
output %y
)"});
  const absl::Status status = Import(model);
  REQUIRE(absl::IsUnimplemented(status));
  RequireContains(Describe(status), "elements differ in shape");
}

namespace {

// An LSTM of two units over four steps of three features, as Keras writes it; STEPS and INDEX: the outputs that it
// keeps.
std::vector<std::string> Lstm(const std::string& mark, const std::string& steps, const std::string& index,
                              const std::string& start) {
  std::vector<std::string> graphs = {R"(graph main
input %x : float32[1,4,3]
const %zero : int32[] = 0
const %perm : int32[3] = 1 0 2
const %steps : int32[] = STEPS
const %in_shape : int32[2] = 1 3
const %out_shape : int32[2] = 1 2
const %h0 : float32[1,2] = START
const %c0 : float32[1,2] = 0 0
%time_first = tf.Transpose(%x, %perm) {T=0, Tperm=2} : float32[4,1,3]
%from = tf.TensorListFromTensor(%time_first, %in_shape) {element_dtype=0} : variant[]
%to = tf.TensorListReserve(%out_shape, %steps) {element_dtype=0} : variant[]
%i, %o, %h, %c, %f = WHILE(%zero, %to, %h0, %c0, %from) {MARKcond_subgraph_index=1, body_subgraph_index=2} : int32[], variant[], float32[1,2], float32[1,2], variant[]
%all = tf.TensorListStack(%o, %out_shape) {element_dtype=0} : float32[*]
%y = tf.Transpose(%all, %perm) {T=0, Tperm=2} : float32[*]
%z = tf.AddV2(%y, %h) {T=0} : float32[*]
output %z
)",
                                     R"(graph cond
input %i : int32[]
input %o : variant[]
input %h : float32[1,2]
input %c : float32[1,2]
input %f : variant[]
const %four : int32[] = 4
%more = tf.Less(%i, %four) {T=2} : bool[]
output %more
)",
                                     R"(graph body
input %i : int32[]
input %o : variant[]
input %h : float32[1,2]
input %c : float32[1,2]
input %f : variant[]
const %zero : int32[] = 0
const %one : int32[] = 1
const %in_shape : int32[2] = 1 3
const %w : float32[3,8] = WEIGHTS
const %r : float32[2,8] = 0.1 -0.2 0.3 -0.4 0.5 -0.6 0.7 -0.8 -0.15 0.25 -0.35 0.45 -0.55 0.65 -0.75 0.85
const %b : float32[8] = 0.01 0.02 1.03 1.04 0.05 0.06 0.07 0.08
%n = tf.AddV2(%i, %one) {T=2} : int32[]
%v = tf.TensorListGetItem(%f, %i, %in_shape) {element_dtype=0} : float32[1,3]
%xw = tf.MatMul(%v, %w) {T=0, transpose_a=false, transpose_b=false} : float32[*]
%hr = tf.MatMul(%h, %r) {T=0, transpose_a=false, transpose_b=false} : float32[*]
%sum = tf.AddV2(%xw, %hr) {T=0} : float32[*]
%biased = tf.BiasAdd(%sum, %b) {T=0, data_format="NHWC"} : float32[*]
%g0, %g1, %g2, %g3 = tf.Split(%one, %biased) {T=0, num_split=4} : float32[*], float32[*], float32[*], float32[*]
%in = tf.Sigmoid(%g0) {T=0} : float32[*]
%forget = tf.Sigmoid(%g1) {T=0} : float32[*]
%kept = tf.Mul(%forget, %c) {T=0} : float32[*]
%new = tf.Tanh(%g2) {T=0} : float32[*]
%added = tf.Mul(%in, %new) {T=0} : float32[*]
%cell = tf.AddV2(%kept, %added) {T=0} : float32[*]
%out = tf.Sigmoid(%g3) {T=0} : float32[*]
%squashed = tf.Tanh(%cell) {T=0} : float32[*]
%hidden = tf.Mul(%out, %squashed) {T=0} : float32[*]
%kept_steps = tf.TensorListSetItem(%o, INDEX, %hidden) {element_dtype=0} : variant[]
output %n
output %kept_steps
output %hidden
output %cell
output %f
)"};
  std::string weights;
  for (float w : Numbers(24, 7)) weights += std::to_string(w) + " ";
  for (std::string& text : graphs) {
    text = absl::StrReplaceAll(
        text, {{"STEPS", steps}, {"INDEX", index}, {"MARK", mark}, {"START", start}, {"WEIGHTS", weights}});
  }
  return graphs;
}

const std::string kMarked = "api_implements=\"lstm_1\", ", kZeros = "0 0";
const std::string kFused = "UNIDIRECTIONAL_SEQUENCE_LSTM", kLoop = "WHILE";

void RequireSame(const ir::Model& a, const ir::Model& b) {
  const std::vector<float> x = Numbers(12, 3);
  const Result left = Run(a, {1, 4, 3}, x), right = Run(b, {1, 4, 3}, x);
  REQUIRE(left.dims == right.dims);
  for (size_t i = 0; i < left.elements.size(); ++i) {
    REQUIRE(left.elements[i] == Approx(right.elements[i]).margin(1e-6));
  }
}

}  // namespace

TEST_CASE("an LSTM layer is fused where TensorFlow does it, or on request") {
  const ir::Model loop = Imported(Lstm("", "4", "%i", kZeros));
  RequireContains(ir::ToText(loop), kLoop);
  const ir::Model marked = Imported(Lstm(kMarked, "4", "%i", kZeros));
  REQUIRE(marked.graphs.size() == 1);
  RequireContains(ir::ToText(marked), kFused);
  REQUIRE_FALSE(absl::StrContains(ir::ToText(marked), "TRANSPOSE"));
  RequireSame(loop, marked);
  RequireSame(loop, Imported(Lstm("", "4", "%i", kZeros), {.fuse_lstm = true}));
}

TEST_CASE("an LSTM layer that keeps its last output only is fused") {
  const ir::Model fused = Imported(Lstm(kMarked, "1", "%zero", kZeros));
  REQUIRE(fused.graphs.size() == 1);
  RequireContains(ir::ToText(fused), kFused);
  RequireSame(Imported(Lstm("", "1", "%zero", kZeros)), fused);
}

TEST_CASE("loops that only look like an LSTM layer stay loops") {
  auto stays = [](const std::vector<std::string>& graphs) {
    const ir::Model model = Imported(graphs, {.fuse_lstm = true});
    RequireContains(ir::ToText(model), kLoop);
    RequireSame(Imported(graphs), model);
  };
  stays(Lstm("", "4", "%i", "0.5 0.25"));  // begins elsewhere
  std::vector<std::string> shorter = Lstm("", "4", "%i", kZeros);
  shorter[1] = absl::StrReplaceAll(shorter[1], {{"const %four : int32[] = 4", "const %four : int32[] = 3"}});
  stays(shorter);
  std::vector<std::string> swapped = Lstm("", "4", "%i", kZeros);
  swapped[2] = absl::StrReplaceAll(swapped[2], {{"Sigmoid(%g0)", "Sigmoid(%g1)"}, {"Sigmoid(%g1)", "Sigmoid(%g0)"}});
  stays(swapped);
  std::vector<std::string> cell = Lstm("", "4", "%i", kZeros);
  cell[0] = absl::StrReplaceAll(cell[0], {{"tf.AddV2(%y, %h)", "tf.AddV2(%y, %c)"}});
  stays(cell);
}

TEST_CASE("lists of scalars that are joined, and tensors that have no slices, are refused or left with a place") {
  const char* const kinds[] = {R"(graph main
input %x : float32[4]
const %zero : int32[] = 0
const %n : int32[] = 2
const %shape : int32[0] =
const %lengths : int64[0] =
%l = tf.TensorListReserve(%shape, %n) {element_dtype=0} : variant[]
%r, %lens = tf.TensorListConcatV2(%l, %shape, %lengths) {element_dtype=0} : float32[*], int64[?]
output %r
)",
                               R"(graph main
input %x : float32[*]
const %shape : int32[0] =
const %lengths : int64[2] = 2 2
%l = tf.TensorListSplit(%x, %shape, %lengths) {element_dtype=0} : variant[]
%y = tf.TensorListStack(%l, %shape) {element_dtype=0, num_elements=2} : float32[*]
output %y
)",
                               R"(graph main
input %x : float32[]
const %indices : int32[1] = 0
const %shape : int32[1] = 2
const %n : int32[] = 1
%l = tf.TensorListScatterV2(%x, %indices, %shape, %n) {element_dtype=0} : variant[]
%y = tf.TensorListStack(%l, %shape) {element_dtype=0, num_elements=1} : float32[*]
output %y
)"};
  for (const char* text : kinds) {
    ir::Model model = ModelOf({text});
    const absl::Status status = Import(model);
    INFO(Describe(status));
    REQUIRE_FALSE(status.ok());
    REQUIRE(absl::StrContains(Annotation(status, Place::kOp), "TensorList"));
  }
}
