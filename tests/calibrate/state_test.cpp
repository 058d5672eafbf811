// Calibration of models whose graphs call each other and of models that keep something from sample to sample.
#include "calibrate/state.h"

#include <catch2/catch.hpp>
#include <limits>

#include "calibrate/calibrate.h"
#include "ir/text.h"
#include "tests/support/model_of.h"

using namespace zeropoint;
using calibrate::Calibrate;
using calibrate::Sample;
using calibrate::State;

namespace {

// total = total + x, from 0
const std::vector<std::string> kCounter = {
    R"(graph main
input %x : float32[1]
CALL_ONCE() {init_subgraph_index=1}
%v = VAR_HANDLE() {container="", shared_name="total"} : resource[]
%old = READ_VARIABLE(%v) : float32[1]
%new = ADD(%old, %x) {fused_activation_function=0} : float32[1]
ASSIGN_VARIABLE(%v, %new)
output %new
)",
    R"(graph init
const %zero : float32[1] = 0
%v = VAR_HANDLE() {container="", shared_name="total"} : resource[]
ASSIGN_VARIABLE(%v, %zero)
)"};

const std::vector<std::string> kBranch = {
    R"(graph main
input %x : float32[1]
input %c : bool[]
%y = IF(%c, %x) {then_subgraph_index=1, else_subgraph_index=2} : float32[1]
output %y
)",
    "graph negative\ninput %a : float32[1]\n%b = NEG(%a) : float32[1]\noutput %b\n",
    "graph twice\ninput %a : float32[1]\n%b = ADD(%a, %a) {fused_activation_function=0} : float32[1]\noutput %b\n"};

Sample Step(float x, bool continues = false) {
  Sample sample;
  sample.tensors.push_back({"x", ElementType::kFloat32, {1}, Bytes::Of<float>({x})});
  sample.continues = continues;
  return sample;
}

Sample Branch(float x, bool condition) {
  Sample sample = Step(x);
  sample.tensors.push_back({"c", ElementType::kBool, ir::Shape(), Bytes::Own({static_cast<uint8_t>(condition)})});
  return sample;
}

absl::StatusOr<ir::Statistics> Run(const ir::Model& model, const std::vector<Sample>& samples, State state, int threads,
                                   uint64_t max_memory = 0) {
  Context context;
  context.threads = threads;
  size_t at = 0;
  return Calibrate(model,
                   [&](Sample& sample) -> absl::StatusOr<bool> {
                     if (at == samples.size()) return false;
                     sample = samples[at++];
                     return true;
                   },
                   context, {state, max_memory});
}

ir::Range RangeOf(const ir::Model& model, const ir::Statistics& statistics, const std::string& name, int graph = 0) {
  const ir::Graph& from = model.graphs[static_cast<size_t>(graph)];
  for (ir::ValueId id = 0; id < from.num_values(); ++id) {
    if (from.value(id).name != name) continue;
    const ir::Range* range = statistics.Find(graph, id);
    INFO(name);
    REQUIRE(range != nullptr);
    return *range;
  }
  FAIL("no value " << name);
  return {};
}

}  // namespace

TEST_CASE("what a model keeps is seen wherever it is kept, and setting up is not keeping") {
  REQUIRE(calibrate::HasState(ModelOf(kCounter)));
  REQUIRE_FALSE(calibrate::HasState(ModelOf(kBranch)));
  REQUIRE(calibrate::HasState(ModelOf(
      {"graph main\ninput %x : float32[1]\nvariable %s : float32[1]\n%y = ADD(%x, %s) {fused_activation_function=0} : "
       "float32[1]\noutput %y\n"})));
  REQUIRE_FALSE(calibrate::HasState(ModelOf({R"(graph main
input %x : float32[1]
CALL_ONCE() {init_subgraph_index=1}
%v = VAR_HANDLE() {container="", shared_name="total"} : resource[]
%old = READ_VARIABLE(%v) : float32[1]
%new = ADD(%old, %x) {fused_activation_function=0} : float32[1]
output %new
)",
                                             kCounter[1]})));
}

TEST_CASE("variables carry over from sample to sample, or only within a sequence, on any number of threads") {
  const ir::Model model = ModelOf(kCounter);
  std::vector<Sample> samples;
  for (int sequence = 0; sequence < 8; ++sequence) {
    for (int step = 0; step < 5; ++step) samples.push_back(Step(1, step > 0));
  }
  for (int threads : {1, 3, 8}) {
    auto carried = Run(model, samples, State::kCarry, threads);
    INFO(Describe(carried.status()));
    REQUIRE(carried.ok());
    REQUIRE(RangeOf(model, *carried, "new").max == 40);
    REQUIRE(carried->samples == 40);
    auto reset = Run(model, samples, State::kReset, threads);
    REQUIRE(reset.ok());
    REQUIRE(RangeOf(model, *reset, "new").min == 1);
    REQUIRE(RangeOf(model, *reset, "new").max == 5);
    REQUIRE(RangeOf(model, *reset, "old").max == 4);
  }
}

TEST_CASE("a limit of memory changes nothing about what carries over") {
  const ir::Model model = ModelOf(kCounter);
  std::vector<Sample> samples;
  for (int sequence = 0; sequence < 8; ++sequence) {
    for (int step = 0; step < 5; ++step) samples.push_back(Step(1, step > 0));
  }
  constexpr uint64_t kEnough = 1 << 20;
  auto carried = Run(model, samples, State::kCarry, 4, kEnough);
  INFO(Describe(carried.status()));
  REQUIRE(carried.ok());
  REQUIRE(RangeOf(model, *carried, "new").max == 40);
  auto reset = Run(model, samples, State::kReset, 4, kEnough);
  REQUIRE(reset.ok());
  REQUIRE(RangeOf(model, *reset, "new").max == 5);
  const absl::Status refused = Run(model, samples, State::kCarry, 4, 1).status();
  REQUIRE(refused.code() == absl::StatusCode::kResourceExhausted);
}

TEST_CASE("graphs that ran have ranges, their inputs too, and others none") {
  const ir::Model model = ModelOf(kBranch);
  auto statistics = Run(model, {Branch(2, false), Branch(-3, false)}, State::kCarry, 2);
  INFO(Describe(statistics.status()));
  REQUIRE(statistics.ok());
  REQUIRE(RangeOf(model, *statistics, "x").min == -3);
  REQUIRE(RangeOf(model, *statistics, "y").max == 4);
  REQUIRE(RangeOf(model, *statistics, "a", 2).max == 2);
  REQUIRE(RangeOf(model, *statistics, "b", 2).min == -6);
  for (const auto& [key, range] : statistics->ranges) REQUIRE(key.first != 1);
}

TEST_CASE("a sequence has a beginning") {
  const ir::Model model = ModelOf(kCounter);
  const absl::Status status = Run(model, {Step(1, true)}, State::kReset, 1).status();
  REQUIRE(status.code() == absl::StatusCode::kInvalidArgument);
  REQUIRE(Annotation(status, Place::kSample) == "0");
}

TEST_CASE("the first step that fails is the one that is told of, whoever ran it") {
  const ir::Model model = ModelOf(kCounter);
  std::vector<Sample> samples;
  for (int i = 0; i < 20; ++i) samples.push_back(Step(i == 7 || i == 13 ? std::numeric_limits<float>::infinity() : 1));
  for (int threads : {1, 4}) {
    const absl::Status status = Run(model, samples, State::kReset, threads).status();
    INFO(Describe(status));
    REQUIRE(Annotation(status, Place::kSample) == "7");
  }
}
