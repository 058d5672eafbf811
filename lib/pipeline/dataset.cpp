#include "zeropoint/dataset.h"

#include <memory>
#include <utility>

#include "pipeline/samples.h"

namespace zeropoint {

RepresentativeDataset RepresentativeDataset::FromFunction(Next next, std::function<void()> reset) {
  RepresentativeDataset dataset;
  dataset.next_ = std::move(next);
  dataset.reset_ = std::move(reset);
  return dataset;
}

RepresentativeDataset RepresentativeDataset::FromSamples(absl::Span<const SampleView> samples) {
  struct Source {
    std::vector<pipeline::StoredSample> samples;
    size_t position = 0;
  };
  auto source = std::make_shared<Source>();
  for (const SampleView& sample : samples) source->samples.push_back(pipeline::Store(sample));
  Next next = [source](SampleView& sample) -> absl::StatusOr<bool> {
    if (source->position == source->samples.size()) return false;
    sample = source->samples[source->position++].view;
    return true;
  };
  return FromFunction(std::move(next), [source] { source->position = 0; });
}

}  // namespace zeropoint
