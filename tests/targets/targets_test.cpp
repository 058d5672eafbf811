// The data files, and how a model is held against them.
#include <catch2/catch.hpp>

#include "ir/text.h"
#include "ops/op_def.h"
#include "targets/check.h"
#include "targets/target.h"

namespace zeropoint::targets {
namespace {

ir::Model Parsed(const std::string& text) {
  absl::StatusOr<ir::Graph> graph = ir::ParseGraph(text);
  INFO(graph.status());
  REQUIRE(graph.ok());
  ir::Model model;
  model.graphs.push_back(*std::move(graph));
  return model;
}

// A data file with one op.
std::string File(const std::string& op, const std::string& more = "") {
  return R"({"title": "T", "sources": {"s": "a page"}, )" + more + R"("ops": {"ADD": )" + op + "}}";
}

absl::Status ErrorOf(const std::string& json) { return ParseTarget(json, {}).status(); }

constexpr char kSum[] =
    "graph main\ninput %a : float32[2,3]\ninput %b : float32[2,3]\n"
    "%y = ADD(%a, %b) : float32[2,3]\noutput %y\n";

}  // namespace

TEST_CASE("every data file is well formed, and all ops have a source") {
  REQUIRE(FindTarget("litert").ok());  // reading any reads all
  for (const Target* target : AllTargets()) {
    INFO(target->name);
    CHECK_FALSE(target->title.empty());
    CHECK_FALSE(target->sources.empty());
    CHECK_FALSE(target->ops.empty());
    for (const auto& [name, entry] : target->ops) {
      INFO(name);
      CHECK((target->litert.has_value() || !entry.sources.empty()));
      // LiteRT's own list has a few ops that Zeropoint has no record of.
      CHECK((target->litert.has_value() || ops::FindOp(name) != nullptr));
    }
  }
}

TEST_CASE("all targets are found by name, and others refused with a list") {
  for (const char* name : {"litert", "litert-1.0", "litert-2.3", "tflm", "edgetpu", "ethos-u", "xnnpack"})
    CHECK(FindTarget(name).ok());
  CHECK(*FindTarget("litert") == &NewestLitert());
  const absl::Status unknown = FindTarget("tpu").status();
  CHECK(unknown.code() == absl::StatusCode::kInvalidArgument);
  CHECK(std::string(unknown.message()).find("litert-1.0, ") != std::string::npos);
}

TEST_CASE("LiteRT's kernel tables hold the newest version of every record") {
  for (const ops::OpDef* op : ops::AllOps()) {
    INFO(op->name);
    const bool runs = op->runtime.real <= ops::kNewestRelease;
    CHECK((!runs || NewestLitert().ops.count(std::string(op->name)) == 1));
  }
}

TEST_CASE("a data file that is wrong says where") {
  const std::string good = R"({"forms": "int8, int8 -> int8", "source": "s"})";
  CHECK(ErrorOf(File(good)).ok());
  CHECK_FALSE(ErrorOf("{").ok());
  CHECK_FALSE(ErrorOf(File(good, R"("speed": 1, )")).ok());
  CHECK_FALSE(ErrorOf(File(R"({"forms": "int8 -> int8"})")).ok());
  CHECK_FALSE(ErrorOf(File(R"({"forms": "int8 -> int8", "source": "t"})")).ok());
  CHECK_FALSE(ErrorOf(File(R"({"forms": "int9 -> int8", "source": "s"})")).ok());
  CHECK_FALSE(ErrorOf(File(R"({"forms": "int8", "source": "s"})")).ok());
  CHECK_FALSE(ErrorOf(File(R"({"forms": "int8 -> in1", "source": "s"})")).ok());
  CHECK_FALSE(ErrorOf(File(good, R"("rest": "nothing", "fallback": "x", )")).ok());
  for (const char* rule :
       {R"({"rule": "rank"})", R"({"rule": "rank", "of": "in0"})", R"({"rule": "size", "of": "in0"})",
        R"({"rule": "rank", "of": "left", "max": 1})", R"({"rule": "attr", "of": "in0", "values": 1})",
        R"({"rule": "types", "of": "in0", "types": "int9"})", R"({"rule": "no_values", "of": "in0"})"}) {
    INFO(rule);
    CHECK_FALSE(ErrorOf(File(good, std::string(R"("rules": [)") + rule + "], ")).ok());
  }
}

TEST_CASE("types are held operand by operand") {
  const ir::Model model = Parsed(kSum);
  const auto lacks = [&](const std::string& forms) {
    absl::StatusOr<Target> target = ParseTarget(File(R"({"source": "s", "forms": )" + forms + "}"), {});
    REQUIRE(target.ok());
    return !CheckModel(model, *target).runs();
  };
  CHECK_FALSE(lacks(R"("float32, float32 -> float32")"));
  CHECK_FALSE(lacks(R"("int8|float32, in0 -> in0")"));
  CHECK_FALSE(lacks(R"(["int8 -> int8", "float32 -> float32"])"));  // the last stands for all beyond it
  CHECK_FALSE(lacks(R"("any -> any")"));
  CHECK(lacks(R"("float32, int8 -> float32")"));
  CHECK(lacks(R"("float32 -> int8")"));
  CHECK(lacks(R"("float32 -> ")"));
}

TEST_CASE("an op that is not listed is missing, and what helps is said") {
  const ir::Model model = Parsed("graph main\ninput %x : float32[4]\n%y = NEG(%x) : float32[4]\noutput %y\n");
  absl::StatusOr<Target> target = ParseTarget(File(R"({"forms": "int8 -> int8", "source": "s"})"), {});
  REQUIRE(target.ok());
  const Findings findings = CheckModel(model, *target);
  REQUIRE(findings.missing.size() == 1);
  CHECK(findings.ops == 1);
  CHECK(Describe(findings.missing[0]) == "NEG 'y': T does not run this op; integer_only_rewrite makes it a MUL by -1");
}

TEST_CASE("rules are kept or broken") {
  const ir::Model model = Parsed(R"(graph main
input %x : float32[?,4,8]
const %p : int32[3,2] = 0 0 1 1 0 0
%y = PAD(%x, %p) : float32[?,6,8]
output %y
)");
  const ir::Graph& graph = model.graphs[0];
  const ir::Node& node = graph.node(graph.first());
  const auto keeps = [&](const std::string& rule) {
    absl::StatusOr<Target> target =
        ParseTarget(File(R"({"source": "s", "forms": "any -> any", "rules": [)" + rule + "]}"), {});
    INFO(target.status());
    REQUIRE(target.ok());
    CHECK_FALSE(Describe(target->ops.at("ADD").rules[0]).empty());
    return Violation(target->ops.at("ADD").rules[0], graph, node).empty();
  };
  CHECK(keeps(R"({"rule": "rank", "of": "in0", "max": 3})"));
  CHECK_FALSE(keeps(R"({"rule": "rank", "of": "in0", "max": 2})"));
  CHECK_FALSE(keeps(R"({"rule": "static", "of": "in0"})"));
  CHECK(keeps(R"({"rule": "static", "of": "in1"})"));
  CHECK(keeps(R"({"rule": "constant", "of": "in1"})"));
  CHECK_FALSE(keeps(R"({"rule": "constant", "of": "in"})"));
  CHECK(keeps(R"({"rule": "constant", "of": "in", "only": "constants"})"));
  CHECK_FALSE(keeps(R"({"rule": "not_constant", "of": "in1"})"));
  CHECK(keeps(R"({"rule": "scales", "of": "in", "max": 1})"));
  CHECK_FALSE(keeps(R"({"rule": "quantized", "of": "in0"})"));
  CHECK(keeps(R"({"rule": "quantized", "of": "in0", "when": "int8"})"));
  CHECK(keeps(R"({"rule": "dim", "of": "in0", "axis": -1, "max": 8})"));
  CHECK_FALSE(keeps(R"({"rule": "dim", "of": "in0", "axis": -1, "values": [4, 16]})"));
  CHECK_FALSE(keeps(R"({"rule": "dims", "of": "in0", "max": 7})"));
  CHECK_FALSE(keeps(R"({"rule": "inner_dims", "of": "in0", "max": 2})"));
  CHECK(keeps(R"({"rule": "elements", "of": "in1", "max": 6})"));
  CHECK_FALSE(keeps(R"({"rule": "elements", "of": "in1", "max": 5})"));
  CHECK_FALSE(keeps(R"({"rule": "values", "of": "in1", "values": 0})"));
  CHECK(keeps(R"({"rule": "values", "of": "in1", "values": 0, "at": [0, 1, 4, 5]})"));
  CHECK_FALSE(keeps(R"({"rule": "no_values", "of": "in1", "values": [1]})"));
  CHECK(keeps(R"({"rule": "attr", "attr": "axis", "values": 0})"));
  CHECK_FALSE(keeps(R"({"rule": "attr", "attr": "axis", "min": 1})"));
  CHECK(keeps(R"({"rule": "equal_attrs", "attr": "a", "other": "b"})"));
  CHECK(keeps(R"({"rule": "types", "of": "in0", "types": "float32"})"));
  CHECK_FALSE(keeps(R"({"rule": "no_types", "of": "in", "types": ["int32"]})"));
  CHECK(keeps(R"({"rule": "same_type", "of": ["in0", "out0"]})"));
  CHECK_FALSE(keeps(R"({"rule": "same_shape", "of": ["in0", "out0"]})"));
  CHECK(keeps(R"({"rule": "same_quantization", "of": ["in0", "out0"]})"));
  CHECK(keeps(R"({"rule": "rank", "of": "in0", "max": 2, "except": "PAD"})"));
}

}  // namespace zeropoint::targets
