// Ops with a state in the engine: what lasts from run to run, and what calibration gets to see.
#include <catch2/catch.hpp>
#include <map>
#include <vector>

#include "engine/engine.h"
#include "ir/text.h"

namespace zeropoint::engine {
namespace {

ir::Graph Parsed(absl::string_view text) {
  absl::StatusOr<ir::Graph> graph = ir::ParseGraph(text);
  INFO(graph.status().ToString());
  REQUIRE(graph.ok());
  return *std::move(graph);
}

// A filter that adds up the last three inputs.
constexpr char kSum[] = R"(graph main
input %x : float32[1,1]
const %features : float32[1,1] = 1
const %time : float32[1,3] = 1 1 1
variable %state : float32[1,3]
%y = SVDF(%x, %features, %time, -, %state) {rank=1} : float32[1,1]
output %y
)";

float RunOne(Session& session, float input, const Observer* observer = nullptr) {
  const int64_t dims[] = {1, 1};
  ops::TensorView view;
  view.dims = dims;
  view.data = &input;
  const absl::Status status = session.Run({view}, observer);
  INFO(status.ToString());
  REQUIRE(status.ok());
  return session.output(0).As<float>()[0];
}

TEST_CASE("a recurrent op remembers in a session until its state is reset") {
  const ir::Graph graph = Parsed(kSum);
  const auto executable = Executable::Create(graph);
  INFO(executable.status().ToString());
  REQUIRE(executable.ok());
  const auto session = Session::Create(**executable), other = Session::Create(**executable);
  CHECK(RunOne(*session, 1) == 1);
  CHECK(RunOne(*session, 2) == 3);
  CHECK(RunOne(*session, 4) == 7);
  CHECK(RunOne(*session, 8) == 14);
  CHECK(RunOne(*other, 16) == 16);
  session->ResetState();
  CHECK(RunOne(*session, 32) == 32);
}

TEST_CASE("an observer sees the state of a recurrent op as it was and as it became") {
  const ir::Graph graph = Parsed(kSum);
  const auto executable = Executable::Create(graph);
  REQUIRE(executable.ok());
  const auto session = Session::Create(**executable);
  RunOne(*session, 1);
  std::vector<std::vector<float>> states;
  const Observer observer = [&](const Sight& sight) {
    const auto* data = sight.tensor.As<float>();
    if (sight.kind == Sight::kState) states.emplace_back(data, data + sight.tensor.elements());
    return absl::OkStatus();
  };
  RunOne(*session, 2, &observer);
  CHECK(states == std::vector<std::vector<float>>{{0, 0, 1}, {0, 1, 2}});
}

TEST_CASE("an observer sees an LSTM's output before its projection as an intermediate") {
  const ir::Graph graph = Parsed(R"(graph main
input %x : float32[1,2,1]
const %w : float32[1,1] = 1
const %b : float32[1] = 0.5
const %p : float32[1,1] = 10
variable %h : float32[1,1]
variable %c : float32[1,1]
temporary %t0 : float32[0]
temporary %t1 : float32[0]
temporary %t2 : float32[0]
temporary %t3 : float32[0]
temporary %t4 : float32[0]
%y = UNIDIRECTIONAL_SEQUENCE_LSTM(%x, %w, %w, %w, %w, %w, %w, %w, %w, -, -, -, %b, %b, %b, %b, %p, -, %h, %c, -, -, -, -) {fused_activation_function=4} intermediates=(%t0, %t1, %t2, %t3, %t4) : float32[1,2,1]
output %y
)");
  const auto executable = Executable::Create(graph);
  INFO(executable.status().ToString());
  REQUIRE(executable.ok());
  const auto session = Session::Create(**executable);
  std::map<std::string, std::vector<float>> seen;
  const Observer observer = [&](const Sight& sight) {
    if (sight.kind == Sight::kIntermediate) seen[graph.value(sight.value).name].push_back(sight.tensor.As<float>()[0]);
    return absl::OkStatus();
  };
  const float input[] = {0.25f, -0.5f};
  const int64_t dims[] = {1, 2, 1};
  ops::TensorView view;
  view.dims = dims;
  view.data = input;
  REQUIRE(session->Run({view}, &observer).ok());
  REQUIRE(seen.size() == 1);
  REQUIRE(seen.count("t4") == 1);
  const auto* result = session->output(0).As<float>();
  for (size_t step = 0; step < 2; ++step) CHECK(result[step] == Approx(10 * seen["t4"][step]));
}

}  // namespace
}  // namespace zeropoint::engine
