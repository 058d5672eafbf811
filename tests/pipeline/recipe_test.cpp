#include "pipeline/recipe.h"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <set>

#include "absl/strings/str_cat.h"
#include "ir/text.h"
#include "pipeline/mode.h"
#include "zeropoint/converter.h"
#include "zeropoint/error.h"

namespace zeropoint::pipeline {
namespace {

using Catch::Contains;
using plan::NodeChoice;
using plan::PlanOptions;
using plan::Scheme;

constexpr char kModel[] = R"(graph main
input %x : float32[1,4]
const %w : float32[4,4] = 1 2 3 4 5 6 7 8 9 1 2 3 4 5 6 7
%stem = FULLY_CONNECTED(%x, %w) : float32[1,4]
%left/a = RELU(%stem) : float32[1,4]
%left/b = TANH(%left/a) : float32[1,4]
%right/a = LOGISTIC(%stem) : float32[1,4]
%sum = ADD(%left/b, %right/a) : float32[1,4]
%out = FULLY_CONNECTED(%sum, %w) : float32[1,4]
output %out
)";

// A model whose nodes are called as their results.
ir::Model Model() {
  absl::StatusOr<ir::Graph> graph = ir::ParseGraph(kModel);
  REQUIRE(graph.ok());
  for (ir::NodeId id : graph->Order()) graph->node(id).info.name = graph->value(graph->node(id).output()).name;
  ir::Model model;
  model.graphs.push_back(*std::move(graph));
  model.signatures.push_back({"serve", 0, {}, {}});
  return model;
}

std::set<std::string> Chosen(const ir::Model& model, const PlanOptions& options, Scheme scheme) {
  std::set<std::string> names;
  for (const auto& [at, choice] : options.choices) {
    if (choice.scheme == scheme) names.insert(model.graphs[0].node(at.second).info.name);
  }
  return names;
}

absl::StatusOr<PlanOptions> Applied(const std::string& text) {
  absl::StatusOr<Recipe> recipe = ReadRecipe(text);
  if (!recipe.ok()) return recipe.status();
  PlanOptions options;
  const absl::Status status = ApplyRules(*recipe, Model(), options);
  if (!status.ok()) return status;
  return options;
}

std::set<std::string> Selected(const std::string& selector) {
  absl::StatusOr<PlanOptions> options = Applied("{\"rules\": [{" + selector + ", \"scheme\": \"int8\"}]}");
  INFO(selector << " " << options.status().ToString());
  REQUIRE(options.ok());
  return Chosen(Model(), *options, Scheme::kInt8);
}

void CheckRefused(const std::string& text, const std::string& part) {
  const absl::Status status = Applied(text).status();
  CAPTURE(text, DescribeError(status));
  CHECK_THAT(DescribeError(status), Contains(part));
  CHECK(KindOf(status) == ErrorKind::kOptions);
}

using Names = std::set<std::string>;

TEST_CASE("rules select by op, name, expression, tensor, region, graph and signature") {
  CHECK(Selected(R"("op": "FULLY_CONNECTED")") == Names{"stem", "out"});
  CHECK(Selected(R"("op": ["TANH", "LOG*"])") == Names{"left/b", "right/a"});
  CHECK(Selected(R"("name": "left/*")") == Names{"left/a", "left/b"});
  CHECK(Selected(R"("name": "?????/a")") == Names{"right/a"});
  CHECK(Selected(R"("regex": "t/a$")") == Names{"left/a", "right/a"});
  CHECK(Selected(R"("tensor": "sum")") == Names{"sum"});
  CHECK(Selected(R"("tensor": "w")") == Names{"stem", "out"});
  CHECK(Selected(R"("tensor": "x")") == Names{"stem"});
  CHECK(Selected(R"("region": {"from": "stem", "to": "left/b"})") == Names{"left/a", "left/b"});
  CHECK(Selected(R"("region": {"from": "stem", "to": "sum"})") == Names{"left/a", "left/b", "right/a", "sum"});
  CHECK(Selected(R"("region": {"from": "left/b"})") == Names{"sum", "out"});
  CHECK(Selected(R"("region": {"to": "left/a"})") == Names{"stem", "left/a"});
  CHECK(Selected(R"("graph": "main", "op": "ADD")") == Names{"sum"});
  CHECK(Selected(R"("signature": "serve", "op": "ADD")") == Names{"sum"});
}

TEST_CASE("all selectors of a rule must agree") {
  CHECK(Selected(R"("op": "FULLY_CONNECTED", "name": "o*")") == Names{"out"});
  CheckRefused(R"({"rules": [{"op": "TANH", "name": "right/*", "scheme": "float"}]})", "rules[0]: no op of the model");
}

TEST_CASE("a later rule overrides an earlier one, and is the one that the choice names") {
  const absl::StatusOr<PlanOptions> options = Applied(R"({"rules": [
      {"name": "*", "scheme": "dynamic", "min_weight_elements": 7},
      {"name": "left/*", "scheme": "float"},
      {"name": "stem", "per_channel": false}]})");
  REQUIRE(options.ok());
  const ir::Model model = Model();
  CHECK(Chosen(model, *options, Scheme::kFloat) == Names{"left/a", "left/b"});
  for (const auto& [at, choice] : options->choices) {
    const std::string& name = model.graphs[0].node(at.second).info.name;
    CAPTURE(name);
    CHECK(choice.rule == (name == "stem" ? 2 : name.substr(0, 4) == "left" ? 1 : 0));
    CHECK(choice.per_channel.has_value() == (name == "stem"));
    CHECK(choice.min_weight_elements.has_value() == (choice.scheme == Scheme::kDynamicRange));
  }
}

TEST_CASE("a pattern that matches nothing is an error that names rule, key and pattern, unless it is optional") {
  CheckRefused(R"({"rules": [{"name": "*", "scheme": "int8"}, {"op": ["ADD", "SOFTMAXX"], "scheme": "float"}]})",
               "rules[1].op: 'SOFTMAXX' matches no op of the model");
  CheckRefused(R"({"rules": [{"tensor": "y", "scheme": "int8"}]})", "rules[0].tensor: 'y' matches no tensor");
  CheckRefused(R"({"rules": [{"region": {"from": "stemm"}, "scheme": "int8"}]})", "rules[0].region.from: 'stemm'");
  CheckRefused(R"({"rules": [{"signature": "s", "scheme": "int8"}]})", "rules[0].signature: 's'");
  CheckRefused(R"({"rules": [{"tensor": "w", "range": [0, 1]}]})", "rules[0].range: no float activation");
  CHECK(Applied(R"({"rules": [{"op": "SOFTMAX", "scheme": "float", "optional": true}]})")->choices.empty());
}

TEST_CASE("what is wrong in a recipe is said with its place") {
  CheckRefused("{\n \"mode\": \"int8\",\n \"rules\": [}", "line 3, column 12");
  CheckRefused(R"({"mode": "int8", "mode": "float"})", "key 'mode' stands twice");
  CheckRefused(R"({"rulez": []})", "rulez: there is no such key; there are ");
  CheckRefused(R"({"rules": [{"op": "ADD", "schema": "int8"}]})", "rules[0].schema: there is no such key");
  CheckRefused(R"({"rules": [{"op": "ADD", "scheme": "int4"}]})",
               "rules[0].scheme: 'int4' is none of float, float16, int8");
  CheckRefused(R"({"rules": [{"op": 3, "scheme": "int8"}]})", "rules[0].op: a string or a list of strings is wanted");
  CheckRefused(R"({"rules": [{"op": [], "scheme": "int8"}]})", "rules[0].op");
  CheckRefused(R"({"rules": [{"scheme": "int8"}]})", "rules[0]: the rule selects nothing");
  CheckRefused(R"({"rules": [{"op": "ADD"}]})", "rules[0].scheme: is missing");
  CheckRefused(R"({"rules": [{"regex": "(", "scheme": "int8"}]})", "rules[0].regex: '(' is no regular expression");
  CheckRefused(R"({"rules": [{"region": {}, "scheme": "int8"}]})", "rules[0].region: takes 'from', 'to' or both");
  CheckRefused(R"({"rules": [{"op": "ADD", "scheme": "int8", "weights_only": true}]})",
               "goes with scheme 'float16' only");
  CheckRefused(R"({"rules": [{"op": "ADD", "scheme": "dynamic", "min_weight_elements": -1}]})", "min_weight_elements");
  CheckRefused(R"({"rules": [{"tensor": "x", "range": [1, 0]}]})", "rules[0].range: takes the smaller number first");
  CheckRefused(R"({"rules": [{"tensor": "x", "range": [0, 1e99]}]})", "rules[0].range");
  CheckRefused(R"({"rules": [{"op": "ADD", "range": [0, 1]}]})", "rules[0].range: goes with 'tensor'");
  CheckRefused(R"({"rules": [{"tensor": "x", "range": [0, 1], "scheme": "int8"}]})", "rules[0].range");
  CheckRefused(R"({"input_type": "int7"})", "input_type: 'int7' is none of float32, int8, uint8, int16");
  CheckRefused(R"({"per_channel": 1})", "per_channel: true or false is wanted, not number");
  CheckRefused(R"([3])", "[0]: an object is wanted, not number");
}

TEST_CASE("a recipe in a file is named in its errors") {
  const std::string path =
      std::filesystem::temp_directory_path() / ("recipe_test_" + std::to_string(::getpid()) + ".json");
  std::ofstream(path) << "{\"moode\": 1}";
  const absl::Status status = ReadRecipe(path).status();
  std::remove(path.c_str());
  CHECK_THAT(DescribeError(status), Contains("moode") && Contains("file " + path));
  CHECK(KindOf(ReadRecipe(path).status()) == ErrorKind::kIo);
}

TEST_CASE("a recipe's ranges take the place of calibrated ones") {
  const absl::StatusOr<Recipe> recipe = ReadRecipe(R"({"rules": [{"tensor": ["x", "left/*"], "range": [-1, 2.5]}]})");
  REQUIRE(recipe.ok());
  const ir::Model model = Model();
  ir::Statistics statistics;
  statistics.ranges[{0, model.graphs[0].inputs[0]}] = {-8, 8};
  REQUIRE(ApplyRanges(*recipe, model, statistics).ok());
  CHECK(statistics.ranges.size() == 3);
  const ir::Range* range = statistics.Find(0, model.graphs[0].inputs[0]);
  CHECK((range->min == -1.0f && range->max == 2.5f));
}

TEST_CASE("a recipe's settings take the place of the converter's options") {
  ConverterOptions options;
  options.optimizations = {Optimize::kDefault};
  options.representative_dataset =
      RepresentativeDataset::FromFunction([](SampleView&) -> absl::StatusOr<bool> { return false; });
  const absl::StatusOr<Recipe> recipe = ReadRecipe(R"({"mode": "int16x8", "input_type": "int16", "per_channel": false,
      "per_channel_dense": false, "calibration": "exact", "sample_state": "reset",
      "integer_only_rewrite": true})");
  REQUIRE(recipe.ok());
  const absl::StatusOr<Mode> mode = ResolveMode(options, false, *recipe);
  REQUIRE(mode.ok());
  CHECK(mode->plan.scheme == Scheme::kInt16x8);
  CHECK_FALSE(mode->plan.allow_float_fallback);
  CHECK(mode->plan.input_type == ElementType::kInt16);
  CHECK_FALSE(mode->plan.per_channel);
  CHECK(mode->calibration == Calibration::kExact);
  CHECK(mode->sample_state == SampleState::kReset);
  CHECK(mode->plan.integer_only_rewrite);
  CHECK(mode->warnings ==
        std::vector<std::string>{"the recipe's mode, int16x8, replaces optimizations and target_spec"});
}

TEST_CASE("one int8 rule is enough to need samples") {
  const absl::StatusOr<Recipe> recipe =
      ReadRecipe(R"({"mode": "dynamic", "rules": [{"op": "ADD", "scheme": "int8"}]})");
  REQUIRE(recipe.ok());
  CHECK_THAT(std::string(ResolveMode({}, false, *recipe).status().message()), Contains("representative_dataset"));
  CHECK_THAT(std::string(ResolveMode({}, false, *ReadRecipe(R"({"mode": "int9"})")).status().message()),
             Contains("'int9' is none of"));
}

// --- litert-quantizer's format

std::string Entry(const std::string& regex, const std::string& operation, const std::string& config,
                  const std::string& algorithm = "min_max_uniform_quantize") {
  return "{\"regex\": \"" + regex + "\", \"operation\": \"" + operation + "\", \"algorithm_key\": \"" + algorithm +
         "\"" + (config.empty() ? "" : ", \"op_config\": " + config) + "}";
}

constexpr char kStatic8[] =
    R"({"activation_tensor_config": {"num_bits": 8, "symmetric": false, "granularity": "TENSORWISE",
    "dtype": "INT"}, "weight_tensor_config": {"num_bits": 8, "symmetric": true, "granularity": "CHANNELWISE", "dtype": "INT"},
    "compute_precision": "INTEGER", "explicit_dequantize": false, "skip_checks": false, "min_weight_elements": 0})";
constexpr char kStatic16[] = R"({"activation_tensor_config": {"num_bits": 16}, "weight_tensor_config": {"num_bits": 8,
    "granularity": "CHANNELWISE"}, "compute_precision": "INTEGER"})";
constexpr char kDynamic[] = R"({"weight_tensor_config": {"num_bits": 8}, "compute_precision": "INTEGER",
    "min_weight_elements": 5})";
constexpr char kWeightOnly[] = R"({"weight_tensor_config": {"num_bits": 8, "granularity": "CHANNELWISE"},
    "compute_precision": "FLOAT", "explicit_dequantize": true})";
constexpr char kHalf[] = R"({"weight_tensor_config": {"num_bits": 16, "dtype": "FLOAT"}, "explicit_dequantize": true})";

std::string List(const std::string& entries) { return absl::StrCat("[", entries, "]"); }

NodeChoice ChoiceOf(const std::string& list, const std::string& name) {
  const absl::StatusOr<PlanOptions> options = Applied(List(list));
  INFO(list << " " << options.status().ToString());
  REQUIRE(options.ok());
  const ir::Model model = Model();
  for (const auto& [at, choice] : options->choices) {
    if (model.graphs[0].node(at.second).info.name == name) return choice;
  }
  return {};
}

TEST_CASE("litert-quantizer's configurations become schemes") {
  CHECK(ChoiceOf(Entry(".*", "*", kStatic8), "out").scheme == Scheme::kInt8);
  CHECK(ChoiceOf(Entry(".*", "*", kStatic8), "out").per_channel == true);
  CHECK(ChoiceOf(Entry(".*", "*", kStatic16), "out").scheme == Scheme::kInt16x8);
  const NodeChoice dynamic = ChoiceOf(Entry(".*", "*", kDynamic), "out");
  CHECK(dynamic.scheme == Scheme::kDynamicRange);
  CHECK(dynamic.per_channel == false);
  CHECK(dynamic.min_weight_elements == 5);
  CHECK_FALSE(dynamic.explicit_dequantize);
  CHECK(ChoiceOf(Entry(".*", "*", kWeightOnly), "out").explicit_dequantize);
  CHECK(ChoiceOf(Entry(".*", "*", kHalf, "float_casting"), "out").scheme == Scheme::kFloat16);
  CHECK(ChoiceOf(Entry(".*", "*", kHalf, "float_casting"), "out").weights_only);
  CHECK(ChoiceOf(Entry(".*", "*", kStatic8) + "," + Entry(".*", "ADD", "", "no_quantize"), "sum").scheme ==
        Scheme::kFloat);
}

TEST_CASE("litert-quantizer's rules are ordered as there") {
  // A rule for all ops drops those with the same expression before it.
  CHECK(ChoiceOf(Entry(".*", "ADD", "", "no_quantize") + "," + Entry(".*", "*", kStatic8), "sum").scheme ==
        Scheme::kInt8);
  // An expression keeps the place of its first rule.
  const std::string list =
      Entry("s", "*", kStatic8) + "," + Entry("sum", "*", kStatic16) + "," + Entry("s", "ADD", kStatic8);
  CHECK(ChoiceOf(list, "sum").scheme == Scheme::kInt16x8);
  // A rule that an op cannot follow leaves it to the rules before.
  CHECK(ChoiceOf(Entry(".*", "*", kStatic8) + "," + Entry("o", "*", kDynamic), "left/a").scheme == Scheme::kInt8);
  CHECK(ChoiceOf(Entry(".*", "*", kStatic8) + "," + Entry("o", "*", kDynamic), "out").scheme == Scheme::kDynamicRange);
}

TEST_CASE("litert-quantizer's rules for all ops are about inputs and outputs too") {
  CHECK(Applied(List(Entry(".*", "*", kStatic8)))->input_type == ElementType::kInt8);
  CHECK(Applied(List(Entry(".*", "*", kStatic16)))->output_type == ElementType::kInt16);
  CHECK(Applied(List(Entry(".*", "*", kDynamic)))->input_type == ElementType::kFloat32);
  const std::string list = Entry(".*", "*", kStatic8) + "," + Entry(".*", "INPUT", "", "no_quantize");
  CHECK(Applied(List(list))->input_type == ElementType::kFloat32);
  CHECK(Applied(List(list))->output_type == ElementType::kInt8);
}

TEST_CASE("what litert-quantizer has and Zeropoint has not is refused by name") {
  const auto refused = [](const std::string& list, const std::string& part) {
    const absl::Status status = ReadRecipe(List(list)).status();
    CAPTURE(status.ToString());
    CHECK(KindOf(status) == ErrorKind::kUnsupported);
    CHECK_THAT(std::string(status.message()), Contains(part));
  };
  const auto weights = [](const std::string& weight) {
    return R"({"weight_tensor_config": )" + weight + R"(, "compute_precision": "INTEGER"})";
  };
  refused(Entry(".*", "*", weights(R"({"num_bits": 4})")), "[0].op_config.weight_tensor_config: INT of 4 bits");
  refused(Entry(".*", "*", weights(R"({"num_bits": 2})")), "INT of 2 bits");
  refused(Entry(".*", "*", weights(R"({"num_bits": 8, "symmetric": false})")), "asymmetric weights");
  refused(Entry(".*", "*", weights(R"({"num_bits": 8, "granularity": "BLOCKWISE_32"})")), "'BLOCKWISE_32'");
  refused(Entry(".*", "*", weights(R"({"num_bits": 8, "block_size": 32})")), "block_size");
  refused(Entry(".*", "*", kStatic8, "OCTAV"), "algorithm_key: 'OCTAV' is not supported");
  refused(Entry(".*", "*", kStatic8, "DECOMPOSED_HADAMARD_ROTATION"), "DECOMPOSED_HADAMARD_ROTATION");
  refused(Entry(".*", "*", R"({"activation_tensor_config": {"num_bits": 8}, "weight_tensor_config": {"num_bits": 8},
      "compute_precision": "INTEGER"})"),
          "activation_tensor_config.symmetric");
  refused(Entry(".*", "*", R"({"weight_tensor_config": {"num_bits": 8}, "skip_checks": true})"), "skip_checks");
  refused(Entry(".*", "*", R"({"weight_tensor_config": {"num_bits": 8}})"), "explicit_dequantize");
  CheckRefused(List(Entry(".*", "*", R"({"weight_config": {}})")), "[0].op_config.weight_config: there is no such key");
  CheckRefused(List(Entry(".*", "*", "")), "[0].op_config: is missing");
}

}  // namespace
}  // namespace zeropoint::pipeline
