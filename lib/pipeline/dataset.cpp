#include "zeropoint/dataset.h"

#include <memory>
#include <utility>

namespace zeropoint {
namespace {

// A sample that owns its bytes.
struct StoredSample {
  std::string signature;
  bool continues = false;
  std::vector<TensorView> tensors;           // data points into `storage`
  std::vector<std::vector<uint8_t>> storage;  // one buffer a tensor
};

StoredSample Store(const SampleView& sample) {
  StoredSample stored;
  stored.signature = sample.signature;
  stored.continues = sample.continues;
  stored.tensors = sample.tensors;
  for (TensorView& tensor : stored.tensors) {
    const auto* first = static_cast<const uint8_t*>(tensor.data);
    stored.storage.emplace_back(first, first + tensor.bytes);
    tensor.data = stored.storage.back().data();  // a moved vector keeps its buffer
  }
  return stored;
}

}  // namespace

RepresentativeDataset RepresentativeDataset::FromFunction(Next next, std::function<void()> reset) {
  RepresentativeDataset dataset;
  dataset.next_ = std::move(next);
  dataset.reset_ = std::move(reset);
  return dataset;
}

RepresentativeDataset RepresentativeDataset::FromSamples(absl::Span<const SampleView> samples) {
  struct Source {
    std::vector<StoredSample> samples;
    size_t position = 0;
  };
  auto source = std::make_shared<Source>();
  for (const SampleView& sample : samples) source->samples.push_back(Store(sample));
  Next next = [source](SampleView& sample) -> absl::StatusOr<bool> {
    if (source->position == source->samples.size()) return false;
    const StoredSample& stored = source->samples[source->position++];
    sample.signature = stored.signature;
    sample.continues = stored.continues;
    sample.tensors = stored.tensors;
    return true;
  };
  return FromFunction(std::move(next), [source] { source->position = 0; });
}

}  // namespace zeropoint
