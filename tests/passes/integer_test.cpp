// Float ops without an integer kernel become ops that have one, and compute the same.
#include "passes/pass_manager.h"
#include "tests/passes/support.h"

using namespace zeropoint;
using namespace zeropoint::passes;
using namespace zeropoint::passes::testing;

namespace {

constexpr float kExact = 0.0f, kRounding = 1e-6f;

std::string Unary(const std::string& op) {
  return "graph main\ninput %x : float32[2,3]\n%y = " + op + "(%x) : float32[2,3]\noutput %y\n";
}

std::string Binary(const std::string& op) {
  return "graph main\ninput %a : float32[2,3]\ninput %b : float32[3]\n%y = " + op +
         "(%a, %b) : float32[2,3]\noutput %y\n";
}

std::vector<std::string> PassNames(ops::KernelForm form, const ops::Release& target) {
  std::vector<std::string> names;
  for (const Phase& phase : IntegerPipeline(form, targets::LitertTarget(target))) {
    for (const Pass& pass : phase.passes) names.emplace_back(pass.name);
  }
  return names;
}

bool Holds(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

TEST_CASE("SQUARE becomes a MUL by itself") {
  RequireContains(After(SquareToMul, Unary("SQUARE")), "%y = MUL(%x, %x)");
  RequireSameResults(SquareToMul, Unary("SQUARE"), kExact);
}

TEST_CASE("NEG becomes a MUL by -1") {
  RequireContains(After(NegToMul, Unary("NEG")), "= -1\n");
  RequireSameResults(NegToMul, Unary("NEG"), kExact);
}

TEST_CASE("SQUARED_DIFFERENCE becomes SUB and MUL, with broadcasting") {
  RequireContains(After(SquaredDifferenceToMul, Binary("SQUARED_DIFFERENCE")), "SUB(%a, %b)");
  RequireSameResults(SquaredDifferenceToMul, Binary("SQUARED_DIFFERENCE"), kExact);
}

TEST_CASE("ADD_N becomes a chain of ADD in the kernel's order") {
  constexpr char kSum[] = R"(graph main
input %a : float32[4]
input %b : float32[4]
input %c : float32[4]
%y = ADD_N(%a, %b, %c) : float32[4]
output %y
)";
  RequireContains(After(AddNToAdds, kSum), "ADD(%a, %b)");
  RequireSameResults(AddNToAdds, kSum, kExact);
}

TEST_CASE("PRELU becomes RELU, MINIMUM, MUL and ADD") {
  constexpr char kPrelu[] = R"(graph main
input %x : float32[2,3]
const %slope : float32[3] = 0.5 -0.25 2
%y = PRELU(%x, %slope) : float32[2,3]
output %y
)";
  RequireContains(After(PreluToRelu, kPrelu), "MINIMUM");
  RequireSameResults(PreluToRelu, kPrelu, kRounding);
}

TEST_CASE("NOT_EQUAL becomes LOGICAL_NOT of EQUAL") {
  const std::string text = After(NotEqualToEqual, R"(graph main
input %a : float32[4]
input %b : float32[4]
%y = NOT_EQUAL(%a, %b) : bool[4]
output %y
)");
  RequireContains(text, "EQUAL(%a, %b) : bool[4]");
  RequireContains(text, "%y = LOGICAL_NOT(");
}

TEST_CASE("what holds no floats is left alone") {
  RequireUnchanged(SquareToMul, "graph main\ninput %x : int32[3]\n%y = SQUARE(%x) : int32[3]\noutput %y\n");
  RequireUnchanged(NegToMul, "graph main\ninput %x : int32[3]\n%y = NEG(%x) : int32[3]\noutput %y\n");
}

TEST_CASE("a pass runs only where the target has no kernel") {
  const std::vector<std::string> newest = PassNames(ops::KernelForm::kInt16, ops::kNewestRelease);
  CHECK(Holds(newest, "squared_difference_to_mul"));
  CHECK_FALSE(Holds(newest, "not_equal_to_equal"));
  CHECK(Holds(PassNames(ops::KernelForm::kInt16, {1, 4}), "not_equal_to_equal"));
  CHECK_FALSE(Holds(PassNames(ops::KernelForm::kInt8, ops::kNewestRelease), "squared_difference_to_mul"));
}
