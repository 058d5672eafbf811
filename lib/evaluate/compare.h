// A float model and its quantized form side by side: what each tensor and each op of the quantized one does to the
// values.
//
// docs/numerics.md ("What debug measures") defines the figures. Samples are summed in their order, so the result has
// the same bits on any number of threads.
#ifndef ZEROPOINT_EVALUATE_COMPARE_H_
#define ZEROPOINT_EVALUATE_COMPARE_H_

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "base/context.h"
#include "base/status.h"
#include "evaluate/figures.h"
#include "evaluate/pairing.h"
#include "ir/graph.h"
#include "ir/statistics.h"
#include "ops/tensor_view.h"

namespace zeropoint::evaluate {

// One run of a graph of the float model. The views' data must live as long as the sample is used.
struct Sample {
  int graph = 0;
  std::vector<ops::TensorView> inputs;  // in the order of the graph's inputs, with their types
  bool fresh_state = false;             // variables start anew before it
};

struct Models {
  const ir::Model& real;
  const ir::Model& quantized;
  const Pairing& pairing;
  bool has_state = false;  // what a sample does depends on those before it: they run in order, on one thread
};

struct Comparison {
  uint64_t samples = 0;
  std::map<ValueRef, Spread> spreads;         // by float graph and value
  std::map<ValueRef, TensorFigures> tensors;  // by quantized graph and value
  std::map<NodeRef, NodeFigures> nodes;       // by quantized graph and node
  std::vector<OutputFigures> outputs;         // of the graphs that samples ran
  std::vector<NodeRef> costed;                // whose cost was measured
};

// One quantized result of a node in one sample: the node's float twin on the operands of the quantized run, and the
// node itself. Or an output: of the float model's run and of the quantized one's.
struct LayerRun {
  size_t sample = 0;
  int graph = 0;  // quantized
  ir::ValueId value = ir::kNoValue;
  std::optional<size_t> output;  // its position
  absl::Span<const int64_t> dims;
  absl::Span<const float> real, quantized;
};

struct CompareOptions {
  int costed_nodes = 10;
  // Sees every layer of every sample and then its outputs, in order, on one thread. Null: nobody looks.
  std::function<absl::Status(const LayerRun&)> layers;
};

// Errors name sample and tensor: an op without a kernel, NaN in a result, a sample that does not fit.
absl::StatusOr<Comparison> Compare(const Models& models, absl::Span<const Sample> samples,
                                   const CompareOptions& options, const Context& context);
// Outputs alone.
absl::StatusOr<std::vector<OutputFigures>> CompareOutputs(const Models& models, absl::Span<const Sample> samples,
                                                          const Context& context);

}  // namespace zeropoint::evaluate

#endif  // ZEROPOINT_EVALUATE_COMPARE_H_
