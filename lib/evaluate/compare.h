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
#include "evaluate/metrics.h"
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

using ValueRef = std::pair<int, ir::ValueId>;  // graph, value
using NodeRef = std::pair<int, ir::NodeId>;

// Bins of equal width from the smallest to the largest value; a value on the upper edge is in the last one.
struct Histogram {
  static constexpr int kBins = 64;
  float min = 0.0f, max = 0.0f;
  std::vector<uint64_t> counts = std::vector<uint64_t>(kBins);

  void Add(absl::Span<const float> values);
};

// The range of a float tensor over all samples, and of each index of its last dimension.
struct Spread {
  ir::Range range;
  std::vector<ir::Range> channels;  // empty: below two dimensions, or their number is not the same in all samples
  uint64_t elements = 0, negative = 0;
  // Whether every sample's range is the first one's.
  bool same_in_all = true;
  ir::Range first;
  uint64_t samples = 0;
};

// A tensor of the quantized graph against the float one's.
struct TensorFigures {
  ir::ValueId real = ir::kNoValue;
  Distance distance;
  Histogram histogram;      // of the float values
  uint64_t clipped = 0;     // float values beyond the representable range by more than half a step
  std::vector<bool> codes;  // which integers occurred, from the lowest; empty: the tensor is not quantized per tensor

  uint64_t CodesUsed() const;
};

struct NodeFigures {
  Distance total;                           // of all its float results together
  std::optional<Distance> made, inherited;  // absent where the node cannot run alone
  std::optional<double> cost;               // as NoiseOf(outputs) when only this node is quantized
};

// The outputs of one graph.
struct OutputFigures {
  int graph = 0;                  // quantized
  std::vector<Distance> outputs;  // by position; without elements where no float number is delivered
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

// The range that the integers of per-tensor parameters can hold; nothing when there are none.
std::optional<ir::Range> RepresentableRange(const ir::Value& value);
// Integers of the type: 256, 65536; 0 when it is none of int8, uint8 and int16.
int64_t CodesOf(ElementType type);

// Adds the figures of other samples.
void Merge(std::vector<OutputFigures>&& next, std::vector<OutputFigures>& all);
// Sum over the outputs of noise power / signal power, where there is signal.
double NoiseOf(absl::Span<const OutputFigures> outputs);
// The same as a signal to noise ratio: -10 log10 of the mean over the outputs; infinite without noise.
double OutputSqnrDb(absl::Span<const OutputFigures> outputs);

// Errors name sample and tensor: an op without a kernel, NaN in a result, a sample that does not fit.
absl::StatusOr<Comparison> Compare(const Models& models, absl::Span<const Sample> samples,
                                   const CompareOptions& options, const Context& context);
// Outputs alone.
absl::StatusOr<std::vector<OutputFigures>> CompareOutputs(const Models& models, absl::Span<const Sample> samples,
                                                          const Context& context);
// Spreads alone, of the float model.
absl::StatusOr<std::map<ValueRef, Spread>> MeasureSpreads(const ir::Model& real, bool has_state,
                                                          absl::Span<const Sample> samples, const Context& context);

}  // namespace zeropoint::evaluate

#endif  // ZEROPOINT_EVALUATE_COMPARE_H_
