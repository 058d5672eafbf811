// What the passes about branches and loops share.
#ifndef ZEROPOINT_PASSES_CONTROL_FLOW_CALLS_H_
#define ZEROPOINT_PASSES_CONTROL_FLOW_CALLS_H_

#include <unordered_map>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "ir/graph.h"

namespace zeropoint::passes {

inline constexpr absl::string_view kIf = "IF";
inline constexpr absl::string_view kWhile = "WHILE";

// An IF or WHILE, and the graphs that it calls: the branches, or the condition and the body. The pointers live as long
// as no graph is added to the model.
struct Call {
  ir::Graph* caller = nullptr;
  ir::NodeId node = ir::kNoNode;
  bool is_loop = false;
  std::vector<ir::Graph*> callees;

  // The operand that is argument 0.
  int first_operand() const { return is_loop ? 0 : 1; }
  ir::Graph& body() const { return *callees[1]; }  // of a loop
};

// Those of all graphs whose graphs nobody else calls, and which fit them: what a rewrite of both sides may change.
// Callers stand in the order of the model's graphs.
std::vector<Call> OwnCalls(ir::Model& model);

// Removes argument `i` of the callees, which must not read it, with the call's operand.
void RemoveArgument(const Call& call, size_t i);
// Removes result `i`, which nobody reads: of the branches, or of the body.
void RemoveResult(const Call& call, size_t i);

// True when running the node, or the graphs it calls, does more than to make results.
bool CallHasEffects(const ir::Model& model, const ir::Node& node);

// Copies of a graph's nodes in the graph that calls it.
class BodyCopy {
 public:
  BodyCopy(const ir::Graph& body, ir::Graph& caller) : body_(body), caller_(caller) {}

  // The caller's values that stand for the body's, as many; the first that a value is bound to stays.
  void Bind(absl::Span<const ir::ValueId> of_body, absl::Span<const ir::ValueId> of_caller);
  // Copies all nodes to where `before` is.
  void AddNodes(ir::NodeId before);
  // What stands for the body's values, copied where nothing does yet; kNoValue stays.
  std::vector<ir::ValueId> Of(absl::Span<const ir::ValueId> of_body);

 private:
  const ir::Graph& body_;
  ir::Graph& caller_;
  std::unordered_map<ir::ValueId, ir::ValueId> copies_;  // by value of the body
};

// Replaces the call of a graph by copies of the graph's nodes.
void InlineCall(const ir::Graph& callee, ir::Graph& caller, ir::NodeId call, int first_operand);

}  // namespace zeropoint::passes

#endif  // ZEROPOINT_PASSES_CONTROL_FLOW_CALLS_H_
