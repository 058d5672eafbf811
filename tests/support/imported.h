// What a record makes of the first node of a graph, a TensorFlow op.
#ifndef ZEROPOINT_TESTS_SUPPORT_IMPORTED_H_
#define ZEROPOINT_TESTS_SUPPORT_IMPORTED_H_

#include <catch2/catch.hpp>
#include <string>

#include "ir/text.h"
#include "ops/op_def.h"

namespace zeropoint {

// The node that gives %y, up to `end`; the status code's name where the record refuses it.
inline std::string Imported(const std::string& text, const char* end) {
  auto graph = ir::ParseGraph(text);
  INFO(Describe(graph.status()));
  REQUIRE(graph.ok());
  const ir::NodeId node = graph->first();
  const auto match = ops::FindTfForm(absl::string_view(graph->node(node).op()).substr(ops::kTfPrefix.size()));
  REQUIRE(match);
  REQUIRE(match->form->import != nullptr);
  const absl::Status status = match->form->import(*graph, node);
  if (!status.ok()) return std::string(absl::StatusCodeToString(status.code()));
  graph->node(node).info.op = std::string(match->op->name);
  const std::string printed = ir::ToText(*graph);
  const size_t begin = printed.find("%y");
  return printed.substr(begin, printed.find(end, begin) - begin);
}
// The whole line.
inline std::string Imported(const std::string& text) { return Imported(text, "\n"); }
// Without the results' types.
inline std::string ImportedUntyped(const std::string& text) { return Imported(text, " : "); }

}  // namespace zeropoint

#endif  // ZEROPOINT_TESTS_SUPPORT_IMPORTED_H_
