// The planners write no form that the target's LiteRT cannot run.
#include "ops/runtime.h"

#include <catch2/catch.hpp>

#include "plan/op_form.h"
#include "tests/plan/fixture.h"

namespace zeropoint::plan {
namespace {

ops::OpDef Record(const ops::RuntimeForms& runtime) {
  ops::OpDef op;
  op.runtime = runtime;
  return op;
}

TEST_CASE("A form exists from the release that its record names on") {
  const ops::OpDef op = Record({.int8 = {1, 4}, .int16 = ops::kNever});
  PlanOptions options;
  CHECK(HasKernel(op, ops::KernelForm::kReal, options));
  CHECK(HasKernel(op, ops::KernelForm::kInt8, options));
  CHECK_FALSE(HasKernel(op, ops::KernelForm::kInt16, options));
  options.target = &targets::LitertTarget({1, 3});
  CHECK_FALSE(HasKernel(op, ops::KernelForm::kInt8, options));
  options.target = &targets::LitertTarget({2, 0});
  CHECK(HasKernel(op, ops::KernelForm::kInt8, options));
}

TEST_CASE("The reason names the release that has the kernel, where there is one") {
  const ops::OpDef op = Record({.int8 = {1, 4}, .int16 = ops::kNever, .gap = "its pad value is float32"});
  PlanOptions options;
  options.target = &targets::LitertTarget({1, 2});
  CHECK(NoKernelReason(op, ops::KernelForm::kInt8, options) ==
        "LiteRT 1.2 does not run this op in int8, LiteRT 1.4 does (its pad value is float32)");
  CHECK(NoKernelReason(op, ops::KernelForm::kInt16, options) ==
        "LiteRT 1.2 does not run this op in int16 (its pad value is float32)");
}

TEST_CASE("Releases are read from text, and unknown ones refused with a list") {
  CHECK(ops::ToString(*ops::ParseRelease("1.4")) == "1.4");
  CHECK(ops::ToString(ops::KnownReleases().back()) == ops::ToString(ops::kNewestRelease));
  const absl::Status unknown = ops::ParseRelease("2.14").status();
  CHECK(unknown.code() == absl::StatusCode::kInvalidArgument);
  CHECK(std::string(unknown.message()).find("1.0, 1.1, ") != std::string::npos);
}

constexpr char kQuotient[] = R"(graph main
input %a : float32[2]
input %b : float32[2]
%y = DIV(%a, %b) : float32[2]
output %y
)";

TEST_CASE("An op whose kernel came after the target stays float, with the release as the reason") {
  const ir::Model model = ParsedModel(kQuotient);
  const ir::Statistics statistics = Ranges(model, {{"a", 1, 2}, {"b", 1, 2}, {"y", 0.5, 2}});
  PlanOptions options = With(Scheme::kInt8);
  CHECK(DecisionOn(model, Planned(model, statistics, options), "y").quantized);
  options.target = &targets::LitertTarget({1, 3});
  const NodeDecision decision = DecisionOn(model, Planned(model, statistics, options), "y");
  CHECK_FALSE(decision.quantized);
  CHECK(decision.reason.find("LiteRT 1.3 does not run this op in int8, LiteRT 1.4 does") != std::string::npos);
}

constexpr char kEquality[] = R"(graph main
input %a : float32[2]
input %b : float32[2]
%y = EQUAL(%a, %b) : bool[2]
output %y
)";

TEST_CASE("A kernel that TensorFlow's quantizer leaves alone is used on request") {
  const ir::Model model = ParsedModel(kEquality);
  const ir::Statistics statistics = Ranges(model, {{"a", 1, 2}, {"b", 1, 2}});
  PlanOptions options = With(Scheme::kInt16x8);
  CHECK_FALSE(DecisionOn(model, Planned(model, statistics, options), "y").quantized);
  options.integer_only_rewrite = true;
  CHECK(DecisionOn(model, Planned(model, statistics, options), "y").quantized);
  options.target = &targets::LitertTarget({1, 4});
  CHECK_FALSE(DecisionOn(model, Planned(model, statistics, options), "y").quantized);
}

}  // namespace
}  // namespace zeropoint::plan
