// A pass: one file, one rewrite. The file opens with before, after, conditions and algebra.
#ifndef ZEROPOINT_PASSES_PASS_H_
#define ZEROPOINT_PASSES_PASS_H_

#include "absl/strings/string_view.h"
#include "base/status.h"
#include "ir/graph.h"

namespace zeropoint::passes {

// Applies everywhere it can in one graph; returns how many times it applied. Cancelling, timing, verifying and dumping
// are the pass manager's work, never a pass's.
using PassFn = absl::StatusOr<int> (*)(ir::Graph&);

// The same for a rewrite that must see the other graphs of the model, of which `graph` is one. It changes only that.
using ModelPassFn = absl::StatusOr<int> (*)(const ir::Model& model, ir::Graph& graph);

// The same for a rewrite of several graphs that call each other. It keeps the model's list of graphs as it is: what
// nobody calls any more, the pass manager removes.
using WholeModelPassFn = absl::StatusOr<int> (*)(ir::Model& model);

// Exactly one of the functions is set.
struct Pass {
  absl::string_view name;  // <verb>_<what>, as the file
  PassFn run = nullptr;
  ModelPassFn run_in_model = nullptr;
  WholeModelPassFn run_on_model = nullptr;  // only for models of several graphs
};

}  // namespace zeropoint::passes

#endif  // ZEROPOINT_PASSES_PASS_H_
