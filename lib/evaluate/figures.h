// What is measured of tensors, of nodes and of outputs. docs/numerics.md ("What debug measures") defines the figures.
#ifndef ZEROPOINT_EVALUATE_FIGURES_H_
#define ZEROPOINT_EVALUATE_FIGURES_H_

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "evaluate/metrics.h"
#include "ir/graph.h"
#include "ir/statistics.h"

namespace zeropoint::evaluate {

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

// The range that the integers of per-tensor parameters can hold; nothing when there are none.
std::optional<ir::Range> RepresentableRange(const ir::Value& value);
// Integers of the type: 256, 65536; 0 when it is none of int8, uint8 and int16.
int64_t CodesOf(ElementType type);

// Adds the figures of other samples, of one graph or of all.
void MergeOutputs(int graph, std::vector<Distance>&& next, std::vector<OutputFigures>& all);
void Merge(std::vector<OutputFigures>&& next, std::vector<OutputFigures>& all);
// Sum over the outputs of noise power / signal power, where there is signal.
double NoiseOf(absl::Span<const OutputFigures> outputs);
// The same as a signal to noise ratio: -10 log10 of the mean over the outputs; infinite without noise.
double OutputSqnrDb(absl::Span<const OutputFigures> outputs);

}  // namespace zeropoint::evaluate

#endif  // ZEROPOINT_EVALUATE_FIGURES_H_
