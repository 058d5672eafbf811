// A model of several graphs, each from its text.
#ifndef ZEROPOINT_TESTS_SUPPORT_MODEL_OF_H_
#define ZEROPOINT_TESTS_SUPPORT_MODEL_OF_H_

#include <catch2/catch.hpp>
#include <string>
#include <utility>
#include <vector>

#include "ir/text.h"

namespace zeropoint {

inline ir::Model ModelOf(const std::vector<std::string>& graphs) {
  ir::Model model;
  for (const std::string& text : graphs) {
    auto graph = ir::ParseGraph(text);
    INFO(Describe(graph.status()));
    REQUIRE(graph.ok());
    model.graphs.push_back(*std::move(graph));
  }
  return model;
}

}  // namespace zeropoint

#endif  // ZEROPOINT_TESTS_SUPPORT_MODEL_OF_H_
