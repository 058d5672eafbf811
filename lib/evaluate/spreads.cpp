#include "evaluate/spreads.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "kernels/encode.h"
#include "kernels/kernel_table.h"
#include "numeric/quantize.h"

namespace zeropoint::evaluate {
namespace {

// Channels beyond these are no channels that anyone looks at.
constexpr int64_t kMaxChannels = 1 << 16;

void Widen(const ir::Range& by, ir::Range& range) {
  range.min = std::min(range.min, by.min);
  range.max = std::max(range.max, by.max);
}

std::vector<ir::Range> ChannelRangesOf(const ops::TensorView& view) {
  if (view.rank() < 2 || view.dim(view.rank() - 1) < 2 || view.dim(view.rank() - 1) > kMaxChannels) return {};
  const numeric::ChannelLayout layout = numeric::LayoutOf(view.dims, view.rank() - 1);
  const absl::Span<const float> values(view.As<float>(), static_cast<size_t>(view.elements()));
  std::vector<ir::Range> channels;
  for (const numeric::MinMax& range : kernels::ChannelRanges(values, layout))
    channels.push_back({range.min, range.max});
  return channels;
}

std::optional<Spread> SpreadOf(const ops::TensorView& view) {
  if (!IsFloat(view) || view.elements() == 0) return std::nullopt;
  Spread spread;
  const float* values = view.As<float>();
  spread.elements = static_cast<uint64_t>(view.elements());
  const kernels::MinMaxResult range = kernels::MinMax(values, spread.elements);
  spread.range = spread.first = {range.min, range.max};
  spread.negative =
      static_cast<uint64_t>(std::count_if(values, values + spread.elements, [](float x) { return x < 0.0f; }));
  spread.channels = ChannelRangesOf(view);
  spread.samples = 1;
  return spread;
}

void Merge(Spread&& next, Spread& spread) {
  spread.same_in_all = spread.same_in_all && next.first.min == spread.first.min && next.first.max == spread.first.max;
  Widen(next.range, spread.range);
  if (spread.channels.size() != next.channels.size()) spread.channels.clear();
  for (size_t c = 0; c < spread.channels.size(); ++c) Widen(next.channels[c], spread.channels[c]);
  spread.elements += next.elements;
  spread.negative += next.negative;
  spread.samples += next.samples;
}

absl::StatusOr<Spreads> SpreadsOfRun(const ir::Graph& graph, int index, const Capture& capture) {
  Spreads spreads;
  for (const auto& [id, held] : capture) {
    const ops::TensorView view = held.view();
    if (IsFloat(view) && FindNan({view.As<float>(), static_cast<size_t>(view.elements())}).has_value()) {
      return NanIn(graph, id, "float");
    }
    std::optional<Spread> spread = SpreadOf(view);
    if (spread.has_value()) spreads.emplace(ValueRef{index, id}, *std::move(spread));
  }
  return spreads;
}

void MergeAll(Spreads&& next, Spreads& all) {
  for (auto& [at, spread] : next) {
    const auto [known, fresh] = all.emplace(at, spread);
    if (!fresh) Merge(std::move(spread), known->second);
  }
}

}  // namespace

absl::StatusOr<Spreads> SpreadsOver(const ir::Model& real, bool has_state, absl::Span<const Sample> samples,
                                    const Context& context, std::vector<std::unique_ptr<Worker>>& workers) {
  Spreads spreads;
  ZP_RETURN_IF_ERROR(OverSamples<Spreads>(
      samples.size(), has_state, context, workers,
      [&](Worker& worker, size_t i) -> absl::StatusOr<Spreads> {
        const Sample& sample = samples[i];
        ZP_ASSIGN_OR_RETURN(const Capture run, worker.real.Run(sample.graph, sample.inputs, sample.fresh_state));
        return SpreadsOfRun(real.graphs[static_cast<size_t>(sample.graph)], sample.graph, run);
      },
      [&](size_t, Spreads&& next) { MergeAll(std::move(next), spreads); }));
  return spreads;
}

}  // namespace zeropoint::evaluate
