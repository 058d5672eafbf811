// The one gate through which every pass runs.
#ifndef ZEROPOINT_PASSES_PASS_MANAGER_H_
#define ZEROPOINT_PASSES_PASS_MANAGER_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "base/context.h"
#include "base/status.h"
#include "ir/graph.h"
#include "ops/runtime.h"
#include "passes/pass.h"
#include "targets/target.h"

namespace zeropoint::passes {

// Passes repeated together until none applies, at most `max_rounds` times (a warning is logged when that bound is met):
// those of one graph on each graph, callers before what they call, and after each graph those of the whole model.
struct Phase {
  absl::string_view name;
  std::vector<Pass> passes;
  int max_rounds = 50;
};

struct PassOptions {
  std::vector<std::string> disabled;                                         // pass names
  std::function<void(absl::string_view pass, const ir::Graph& after)> dump;  // called after each pass that applied
};

struct ImportOptions {
  bool fuse_lstm = false;  // true: also LSTM layers that TensorFlow's converter leaves as loops (lists/fuse_lstm.cpp)
  bool allow_custom_ops = false;  // true: TF nodes without a LiteRT form become custom ops, false: they are an error
};

// For each phase, graph and pass: cancelled? disabled? then time, run, verify, dump. Graphs that nobody calls any more
// go when the phase ends.
absl::Status RunPasses(ir::Model& model, absl::Span<const Phase> phases, const PassOptions& options,
                       const Context& context);

// The order, and why: passes/pipeline.cpp. From "tf.*" nodes to LiteRT-shaped float ops.
std::vector<Phase> ImportPipeline(const ImportOptions& options = {});
// What a float .tflite needs before it is calibrated and quantized (float16 weights widened, ...).
std::vector<Phase> TflitePipeline();
// What schemes with integer activations want before either.
std::vector<Phase> InlinePipeline();
// What static int8 wants on top of either.
std::vector<Phase> Int8Pipeline();
// What integer_only_rewrite wants on top: rewrites of the ops of which the target has no kernel in that form.
std::vector<Phase> IntegerPipeline(ops::KernelForm form, const targets::Target& target);
// What float16 wants.
std::vector<Phase> Float16Pipeline();
// On top of either, for modes that quantize activations.
std::vector<Phase> TrainedRangesPipeline();

}  // namespace zeropoint::passes

#endif  // ZEROPOINT_PASSES_PASS_MANAGER_H_
