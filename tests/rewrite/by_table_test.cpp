// Functions without an integer kernel as tables: each element is the exact value, rounded.
#include <catch2/catch.hpp>
#include <cmath>
#include <cstring>

#include "ir/text.h"
#include "ir/verifier.h"
#include "rewrite/rewrite.h"
#include "tests/plan/fixture.h"

namespace zeropoint::rewrite {
namespace {

using plan::ParsedModel;
using plan::Ranges;
using plan::Scheme;
using plan::With;

plan::PlanOptions WithTables(Scheme scheme) {
  plan::PlanOptions options = With(scheme);
  options.integer_only_rewrite = true;
  return options;
}

ir::Graph Quantized(absl::string_view text, float low, float high, float result_low, float result_high, Scheme scheme) {
  ir::Model model = ParsedModel(text);
  const ir::Statistics statistics = Ranges(model, {{"x", low, high}, {"y", result_low, result_high}});
  absl::StatusOr<plan::Plan> plan = plan::MakePlan(model, statistics, WithTables(scheme));
  INFO(plan.status().ToString());
  REQUIRE(plan.ok());
  absl::StatusOr<ir::Model> result = ApplyPlan(std::move(model), *plan, Context());
  INFO(result.status().ToString());
  REQUIRE(result.ok());
  const absl::Status valid = ir::Verify(*result);
  INFO(valid.ToString());
  REQUIRE(valid.ok());
  return result->graphs[0];
}

std::string Unary(const std::string& op) {
  return "graph main\ninput %x : float32[3]\n%y = " + op + "(%x) : float32[3]\noutput %y\n";
}

// The node that reads the table; there is one.
const ir::Node& Lookup(const ir::Graph& graph) {
  for (ir::NodeId id : graph.Order()) {
    if (graph.node(id).op() == "GATHER") return graph.node(id);
  }
  FAIL("no table in " << ir::ToText(graph));
  return graph.node(0);
}

template <typename T>
std::vector<int> Table(const ir::Graph& graph) {
  const ir::Value& table = graph.value(Lookup(graph).input(0));
  std::vector<T> elements(table.data.size() / sizeof(T));
  std::memcpy(elements.data(), table.data.data(), table.data.size());
  return {elements.begin(), elements.end()};
}

const ir::QuantParams& ResultParams(const ir::Graph& graph) { return graph.value(Lookup(graph).output()).quant; }

const ir::QuantParams& ArgumentParams(const ir::Graph& graph) {
  const ir::Node& add = graph.node(graph.producer(Lookup(graph).input(1)));
  const ir::Node& cast = graph.node(graph.producer(add.input(0)));
  CHECK(add.op() == "ADD");
  CHECK(cast.op() == "CAST");
  return graph.value(cast.input(0)).quant;
}

template <typename T, typename F>
void RequireExactTable(const ir::Graph& graph, F function) {
  const std::vector<int> table = Table<T>(graph);
  constexpr int kLow = std::numeric_limits<T>::min(), kHigh = std::numeric_limits<T>::max();
  REQUIRE(table.size() == static_cast<size_t>(kHigh - kLow + 1));
  const ir::QuantParams &from = ArgumentParams(graph), &to = ResultParams(graph);
  int differences = 0;
  for (int q = kLow; q <= kHigh; ++q) {
    const float x = from.scale[0] * static_cast<float>(q - from.zero_point[0]);
    const double exact = function(static_cast<double>(x)) / static_cast<double>(to.scale[0]);
    const double wanted = std::round(exact) + static_cast<double>(to.zero_point[0]);
    const double clamped = std::fmin(std::fmax(wanted, kLow), kHigh);
    const bool near_tie = std::fabs(exact - std::floor(exact) - 0.5) < 0.01;  // float32 and double may part there
    if (clamped != table[static_cast<size_t>(q - kLow)] && !near_tie) ++differences;
  }
  CHECK(differences == 0);
}

TEST_CASE("SIN becomes a table of its 256 values") {
  const ir::Graph graph = Quantized(Unary("SIN"), -3, 3, -1, 1, Scheme::kInt8);
  RequireExactTable<int8_t>(graph, [](double x) { return std::sin(x); });
}

TEST_CASE("in 16x8 the table has 65536 values") {
  const ir::Graph graph = Quantized(Unary("COS"), -3, 3, -1, 1, Scheme::kInt16x8);
  RequireExactTable<int16_t>(graph, [](double x) { return std::cos(x); });
}

TEST_CASE("a table takes the constant operands of its function in") {
  const ir::Graph graph = Quantized(R"(graph main
input %x : float32[3]
const %three : float32[] = 3
%y = POW(%x, %three) : float32[3]
output %y
)",
                                    -2, 2, -8, 8, Scheme::kInt8);
  RequireExactTable<int8_t>(graph, [](double x) { return x * x * x; });
}

TEST_CASE("the constant may be of any shape that has one element") {
  const ir::Graph graph = Quantized(R"(graph main
input %x : float32[3]
const %d : float32[1] = 0.75
%y = FLOOR_MOD(%x, %d) : float32[3]
output %y
)",
                                    -2, 2, 0, 0.75, Scheme::kInt8);
  RequireExactTable<int8_t>(graph, [](double x) { return x - 0.75 * std::floor(x / 0.75); });
}

TEST_CASE("where the function is not defined, the nearest value stands") {
  plan::PlanOptions options = WithTables(Scheme::kInt16x8);
  options.target = &targets::LitertTarget({1, 4});  // no int16 kernel of SQRT yet
  ir::Model model = ParsedModel(Unary("SQRT"));
  const ir::Statistics statistics = Ranges(model, {{"x", 0, 4}, {"y", 0, 2}});
  const absl::StatusOr<plan::Plan> plan = plan::MakePlan(model, statistics, options);
  REQUIRE(plan.ok());
  const absl::StatusOr<ir::Model> result = ApplyPlan(std::move(model), *plan, Context());
  REQUIRE(result.ok());
  const std::vector<int> table = Table<int16_t>(result->graphs[0]);
  CHECK(table[0] == 0);
  CHECK(table[32768] == 0);
  CHECK(table[65535] == 32767);
}

TEST_CASE("nodes with the same table share it") {
  ir::Model model = ParsedModel(R"(graph main
input %x : float32[3]
%a = SIN(%x) : float32[3]
%b = SIN(%x) : float32[3]
output %a
output %b
)");
  const ir::Statistics statistics = Ranges(model, {{"x", -3, 3}, {"a", -1, 1}, {"b", -1, 1}});
  const absl::StatusOr<plan::Plan> plan = plan::MakePlan(model, statistics, WithTables(Scheme::kInt8));
  REQUIRE(plan.ok());
  const absl::StatusOr<ir::Model> result = ApplyPlan(std::move(model), *plan, Context());
  REQUIRE(result.ok());
  std::vector<ir::ValueId> tables;
  for (ir::NodeId id : result->graphs[0].Order()) {
    const ir::Node& node = result->graphs[0].node(id);
    if (node.op() == "GATHER") tables.push_back(node.input(0));
  }
  REQUIRE(tables.size() == 2);
  CHECK(tables[0] == tables[1]);
}

TEST_CASE("without the option the op stays float, and the strict error names the remedy") {
  ir::Model model = ParsedModel(Unary("SIN"));
  const ir::Statistics statistics = Ranges(model, {{"x", -3, 3}, {"y", -1, 1}});
  plan::PlanOptions options = With(Scheme::kInt8);
  options.allow_float_fallback = false;
  const absl::Status refused = plan::MakePlan(model, statistics, options).status();
  CHECK(refused.code() == absl::StatusCode::kFailedPrecondition);
  CHECK(std::string(refused.message()).find("integer_only_rewrite makes it a lookup in a table") != std::string::npos);
  options.integer_only_rewrite = true;
  CHECK(plan::MakePlan(model, statistics, options).ok());
}

TEST_CASE("a function of two values that vary has no table") {
  ir::Model model = ParsedModel(R"(graph main
input %x : float32[3]
input %z : float32[3]
%y = POW(%x, %z) : float32[3]
output %y
)");
  const ir::Statistics statistics = Ranges(model, {{"x", 1, 3}, {"z", 1, 2}, {"y", 1, 9}});
  plan::PlanOptions options = WithTables(Scheme::kInt8);
  options.allow_float_fallback = false;
  const absl::Status refused = plan::MakePlan(model, statistics, options).status();
  CHECK(std::string(refused.message()).find("it cannot become a lookup") != std::string::npos);
}

}  // namespace
}  // namespace zeropoint::rewrite
