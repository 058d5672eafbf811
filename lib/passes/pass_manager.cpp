// Runs passes: the only place that cancels, disables, times, verifies and dumps.
#include "passes/pass_manager.h"

#include <algorithm>
#include <chrono>

#include "absl/strings/str_cat.h"
#include "ir/verifier.h"
#include "passes/uncalled_graphs.h"

namespace zeropoint::passes {
namespace {

constexpr absl::string_view kStage = "passes";

// Where each entry of a signature stands among its graph's inputs and outputs. Passes replace values and renumber them;
// the positions stay, so the signatures are written anew from them.
class SignaturePositions {
 public:
  explicit SignaturePositions(const ir::Model& model) {
    for (const ir::Signature& signature : model.signatures) {
      const ir::Graph& graph = model.graphs[static_cast<size_t>(signature.graph)];
      rows_.push_back({Positions(signature.inputs, graph.inputs), Positions(signature.outputs, graph.outputs)});
    }
  }

  void Restore(ir::Model& model) const {
    for (size_t i = 0; i < rows_.size(); ++i) {
      ir::Signature& signature = model.signatures[i];
      const ir::Graph& graph = model.graphs[static_cast<size_t>(signature.graph)];
      Apply(rows_[i].inputs, graph.inputs, signature.inputs);
      Apply(rows_[i].outputs, graph.outputs, signature.outputs);
    }
  }

 private:
  struct Row {
    std::vector<size_t> inputs, outputs;
  };

  static std::vector<size_t> Positions(const std::vector<ir::NamedValue>& names,
                                       const std::vector<ir::ValueId>& values) {
    std::vector<size_t> positions;
    for (const ir::NamedValue& name : names) {
      positions.push_back(static_cast<size_t>(std::find(values.begin(), values.end(), name.value) - values.begin()));
    }
    return positions;
  }
  static void Apply(const std::vector<size_t>& positions, const std::vector<ir::ValueId>& values,
                    std::vector<ir::NamedValue>& names) {
    for (size_t i = 0; i < positions.size(); ++i) {
      if (positions[i] < values.size()) names[i].value = values[positions[i]];
    }
  }

  std::vector<Row> rows_;
};

bool Disabled(const PassOptions& options, absl::string_view name) {
  return std::find(options.disabled.begin(), options.disabled.end(), name) != options.disabled.end();
}

// How many times the pass applied.
absl::StatusOr<int> RunOne(const ir::Model& model, ir::Graph& graph, const Pass& pass, const PassOptions& options,
                           const Context& context) {
  ZP_RETURN_IF_ERROR(context.Report({.stage = kStage}));
  if (Disabled(options, pass.name)) return 0;
  auto start = std::chrono::steady_clock::now();
  absl::StatusOr<int> applied = pass.run_in_model != nullptr ? pass.run_in_model(model, graph) : pass.run(graph);
  if (!applied.ok()) return Annotate(applied.status(), Place::kStage, absl::StrCat("pass ", pass.name));
  if (context.log) {
    auto microseconds =
        std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - start).count();
    context.Log(Severity::kDebug, absl::StrCat("pass ", pass.name, " on graph ", graph.name, ": applied ", *applied,
                                               " times in ", microseconds, " us"));
  }
  if (*applied == 0) return 0;
  ZP_RETURN_IF_ERROR(Annotate(ir::Verify(graph), Place::kStage, absl::StrCat("after pass ", pass.name)));
  if (options.dump) options.dump(pass.name, graph);
  return applied;
}

// One pass on all graphs together; how many times it applied.
absl::StatusOr<int> RunOnModel(ir::Model& model, const Pass& pass, const PassOptions& options, const Context& context) {
  ZP_RETURN_IF_ERROR(context.Report({.stage = kStage}));
  if (Disabled(options, pass.name)) return 0;
  absl::StatusOr<int> applied = pass.run_on_model(model);
  if (!applied.ok()) return Annotate(applied.status(), Place::kStage, absl::StrCat("pass ", pass.name));
  context.Log(Severity::kDebug, absl::StrCat("pass ", pass.name, " on the model: applied ", *applied, " times"));
  if (*applied == 0) return 0;
  ZP_RETURN_IF_ERROR(Annotate(ir::Verify(model), Place::kStage, absl::StrCat("after pass ", pass.name)));
  if (options.dump) {
    for (const ir::Graph& graph : model.graphs) options.dump(pass.name, graph);
  }
  return applied;
}

// The passes of one graph until none applies.
absl::Status Settle(const ir::Model& model, ir::Graph& graph, const Phase& phase, const PassOptions& options,
                    const Context& context) {
  for (int round = 0; round < phase.max_rounds; ++round) {
    int applied = 0;
    for (const Pass& pass : phase.passes) {
      if (pass.run_on_model != nullptr) continue;
      ZP_ASSIGN_OR_RETURN(int times, RunOne(model, graph, pass, options, context));
      applied += times;
    }
    if (applied == 0) return absl::OkStatus();
  }
  // A phase of one round is meant to run once; reaching the bound says nothing there.
  if (phase.max_rounds > 1) {
    context.Log(Severity::kWarning, absl::StrCat("phase ", phase.name, " still applied after ", phase.max_rounds,
                                                 " rounds on graph ", graph.name, "; it was stopped there"));
  }
  return absl::OkStatus();
}

absl::StatusOr<int> RunModelPasses(ir::Model& model, const Phase& phase, const PassOptions& options,
                                   const Context& context) {
  int applied = 0;
  for (const Pass& pass : phase.passes) {
    if (pass.run_on_model == nullptr) continue;
    ZP_ASSIGN_OR_RETURN(int times, RunOnModel(model, pass, options, context));
    applied += times;
  }
  return applied;
}

// Callers first: what is known of the arguments helps with the graphs that are called. A branch that turns out never to
// be taken is not looked at. Graphs whose callers are all done are settled together, and only then those passes run
// that see all graphs: once after each graph would make the time grow with the square of their number.
absl::StatusOr<int> RunRound(ir::Model& model, const std::vector<bool>& reachable, const Phase& phase,
                             const PassOptions& options, const Context& context) {
  int applied = 0;
  std::vector<bool> done(model.graphs.size(), false);
  for (;;) {
    const std::vector<int> now = NextGraphs(model, reachable, done);
    if (now.empty()) return applied;
    for (int graph : now) {
      done[static_cast<size_t>(graph)] = true;
      ZP_RETURN_IF_ERROR(Settle(model, model.graphs[static_cast<size_t>(graph)], phase, options, context));
    }
    ZP_ASSIGN_OR_RETURN(int times, RunModelPasses(model, phase, options, context));
    applied += times;
  }
}

absl::Status RunPhase(ir::Model& model, std::vector<bool>& reachable, const Phase& phase, const PassOptions& options,
                      const Context& context) {
  for (int round = 0; round < phase.max_rounds; ++round) {
    ZP_ASSIGN_OR_RETURN(int applied, RunRound(model, reachable, phase, options, context));
    // Calls in a graph that nobody calls any more would keep the graphs that they name from being anyone's own.
    RemoveUncalledGraphs(reachable, model);
    if (applied == 0) break;
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status RunPasses(ir::Model& model, absl::Span<const Phase> phases, const PassOptions& options,
                       const Context& context) {
  SignaturePositions positions(model);
  std::vector<bool> reachable = ReachableGraphs(model);
  for (const Phase& phase : phases) ZP_RETURN_IF_ERROR(RunPhase(model, reachable, phase, options, context));
  positions.Restore(model);
  return absl::OkStatus();
}

}  // namespace zeropoint::passes
