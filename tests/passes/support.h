// What the tests of passes share: text in, text out, and running both graphs to see that they compute the same.
#ifndef ZEROPOINT_TESTS_PASSES_SUPPORT_H_
#define ZEROPOINT_TESTS_PASSES_SUPPORT_H_

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "engine/engine.h"
#include "ir/text.h"
#include "ir/verifier.h"
#include "passes/passes.h"

namespace zeropoint::passes::testing {

inline ir::Graph Parse(absl::string_view text) {
  auto graph = ir::ParseGraph(text);
  INFO(graph.status().ToString());
  REQUIRE(graph.ok());
  return *std::move(graph);
}

// Applies the pass and checks the graph's invariants after it.
inline int Apply(PassFn pass, ir::Graph& graph) {
  auto applied = pass(graph);
  INFO(applied.status().ToString());
  REQUIRE(applied.ok());
  absl::Status verified = ir::Verify(graph);
  INFO(verified.ToString());
  REQUIRE(verified.ok());
  return *applied;
}

// The graph as text after the pass applied `times` times; shapes inferred before and after, as the pipeline does.
inline std::string After(PassFn pass, absl::string_view text, int times = 1) {
  ir::Graph graph = Parse(text);
  Apply(InferShapes, graph);
  REQUIRE(Apply(pass, graph) == times);
  Apply(InferShapes, graph);
  Apply(RemoveDead, graph);
  return ir::ToText(graph);
}

inline void RequireUnchanged(PassFn pass, absl::string_view text) { After(pass, text, 0); }

// The text as the printer would spell it, so that tests may write it in any order and spacing.
inline std::string Spelled(absl::string_view text) { return ir::ToText(Parse(text)); }

// Values that look random and are the same everywhere.
inline std::vector<float> Numbers(int64_t count, uint32_t seed) {
  std::vector<float> numbers(static_cast<size_t>(count));
  for (float& number : numbers) {
    seed = seed * 1664525u + 1013904223u;
    number = static_cast<float>(seed >> 8) / static_cast<float>(1u << 23) - 1.0f;
  }
  return numbers;
}

// The first result for made-up float32 inputs.
inline std::vector<float> Run(const ir::Graph& graph) {
  auto executable = engine::Executable::Create(graph);
  INFO(executable.status().ToString());
  REQUIRE(executable.ok());
  auto session = engine::Session::Create(**executable);
  std::vector<std::vector<float>> data;
  std::vector<ops::TensorView> inputs;
  data.reserve(graph.inputs.size());
  for (ir::ValueId id : graph.inputs) {
    data.push_back(Numbers(graph.value(id).shape.NumElements(), static_cast<uint32_t>(inputs.size() + 1)));
    ops::TensorView view;
    view.dims = graph.value(id).shape.dims();
    view.data = data.back().data();
    inputs.push_back(view);
  }
  absl::Status ran = session->Run(inputs, nullptr);
  INFO(ran.ToString());
  REQUIRE(ran.ok());
  ops::TensorView out = session->output(0);
  return std::vector<float>(out.As<float>(), out.As<float>() + out.elements());
}

// The pass applies, and results differ by no more than `tolerance`, relative to the largest.
inline void RequireSameResults(PassFn pass, absl::string_view text, float tolerance) {
  ir::Graph before = Parse(text), after = Parse(text);
  Apply(InferShapes, before);
  Apply(InferShapes, after);
  REQUIRE(Apply(pass, after) > 0);
  Apply(InferShapes, after);
  const std::vector<float> expected = Run(before), got = Run(after);
  REQUIRE(expected.size() == got.size());
  float largest = 0.0f, difference = 0.0f;
  for (size_t i = 0; i < got.size(); ++i) {
    REQUIRE(std::isfinite(got[i]));  // std::max() passes over NaN
    largest = std::max(largest, std::fabs(expected[i]));
    difference = std::max(difference, std::fabs(expected[i] - got[i]));
  }
  REQUIRE(largest > 0.0f);
  REQUIRE(difference <= tolerance * largest);
}

inline void RequireContains(const std::string& text, absl::string_view part) {
  INFO(text);
  REQUIRE(absl::StrContains(text, part));
}

}  // namespace zeropoint::passes::testing

#endif  // ZEROPOINT_TESTS_PASSES_SUPPORT_H_
