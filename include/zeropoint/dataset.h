// The samples that calibration runs.
#ifndef ZEROPOINT_DATASET_H_
#define ZEROPOINT_DATASET_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "zeropoint/types.h"

namespace zeropoint {

// One tensor, not owned: row-major, packed.
struct TensorView {
  std::string name;  // the signature's input name; empty: by position
  Type type = Type::kFloat32;
  std::vector<int64_t> shape;
  const void* data = nullptr;
  size_t bytes = 0;  // must equal the product of the shape times the element size
};

// One sample: a tensor for each input of one signature.
struct SampleView {
  std::string signature;  // empty: the model's only signature, or the first
  std::vector<TensorView> tensors;
  bool continues = false;  // a step of the sequence that the sample before belongs to; see SampleState
};

// A source of samples. Copies share the source. Read once, in order, from one thread at a time.
class RepresentativeDataset {
 public:
  // Sets `sample` to the next one and returns true; false at the end. The views must live until the next call.
  using Next = std::function<absl::StatusOr<bool>(SampleView& sample)>;

  RepresentativeDataset() = default;  // no data
  // `reset` starts from the beginning for each conversion; without it the dataset can be used once.
  static RepresentativeDataset FromFunction(Next next, std::function<void()> reset = nullptr);
  // Samples in memory; the data is copied.
  static RepresentativeDataset FromSamples(absl::Span<const SampleView> samples);

  bool empty() const { return !next_; }
  const Next& next() const { return next_; }
  void Reset() const {
    if (reset_) reset_();
  }

 private:
  Next next_;
  std::function<void()> reset_;
};

}  // namespace zeropoint

#endif  // ZEROPOINT_DATASET_H_
