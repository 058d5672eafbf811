#include "evaluate/figures.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace zeropoint::evaluate {

void Histogram::Add(absl::Span<const float> values) {
  const double width = (static_cast<double>(max) - min) / kBins;
  for (float value : values) {
    const double bin = width > 0.0 ? (static_cast<double>(value) - min) / width : 0.0;
    if (std::isnan(bin)) continue;
    ++counts[static_cast<size_t>(std::clamp(bin, 0.0, kBins - 1.0))];
  }
}

uint64_t TensorFigures::CodesUsed() const {
  return static_cast<uint64_t>(std::count(codes.begin(), codes.end(), true));
}

int64_t CodesOf(ElementType type) {
  switch (type) {
    case ElementType::kInt8:
    case ElementType::kUInt8:
      return 256;
    case ElementType::kInt16:
      return 65536;
    default:
      return 0;
  }
}

std::optional<ir::Range> RepresentableRange(const ir::Value& value) {
  const int64_t codes = CodesOf(value.type);
  if (codes == 0 || value.quant.scale.size() != 1) return std::nullopt;
  const int64_t lowest = value.type == ElementType::kUInt8 ? 0 : -codes / 2;
  const auto real = [&](int64_t code) {
    return static_cast<float>(code - value.quant.zero_point[0]) * value.quant.scale[0];
  };
  return ir::Range{real(lowest), real(lowest + codes - 1)};
}

void MergeOutputs(int graph, std::vector<Distance>&& next, std::vector<OutputFigures>& all) {
  for (OutputFigures& known : all) {
    if (known.graph != graph) continue;
    for (size_t i = 0; i < next.size(); ++i) known.outputs[i].Merge(next[i]);
    return;
  }
  all.push_back({graph, std::move(next)});
}

void Merge(std::vector<OutputFigures>&& next, std::vector<OutputFigures>& all) {
  for (OutputFigures& one : next) MergeOutputs(one.graph, std::move(one.outputs), all);
}

double NoiseOf(absl::Span<const OutputFigures> outputs) {
  double noise = 0.0;
  for (const OutputFigures& graph : outputs) {
    for (const Distance& one : graph.outputs) {
      if (one.Signal() > 0.0) noise += one.Noise() / one.Signal();
    }
  }
  return noise;
}

double OutputSqnrDb(absl::Span<const OutputFigures> outputs) {
  constexpr double kDecibels = 10.0;
  size_t count = 0;
  for (const OutputFigures& graph : outputs) {
    count += static_cast<size_t>(std::count_if(graph.outputs.begin(), graph.outputs.end(),
                                               [](const Distance& one) { return one.Signal() > 0.0; }));
  }
  const double noise = NoiseOf(outputs);
  if (noise == 0.0) return std::numeric_limits<double>::infinity();
  return -kDecibels * std::log10(noise / static_cast<double>(count));
}

}  // namespace zeropoint::evaluate
