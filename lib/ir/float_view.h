// Reading the elements of large float constants where they lie.
#ifndef ZEROPOINT_IR_FLOAT_VIEW_H_
#define ZEROPOINT_IR_FLOAT_VIEW_H_

#include <cstddef>
#include <optional>

#include "absl/types/span.h"
#include "base/bytes.h"
#include "ir/graph.h"

namespace zeropoint::ir {

// The elements of a float32 or float16 constant, in order. What lies in memory as floats do is not copied; the rest
// (float16, and what a file has at an odd address) is widened into scratch memory, which the system may move out.
class FloatView {
 public:
  FloatView() = default;
  // Nothing when the value is absent (kNoValue), not constant, or of another type.
  static std::optional<FloatView> Of(const Graph& graph, ValueId id);

  const float* data() const { return elements_.data(); }
  const float* begin() const { return elements_.data(); }
  const float* end() const { return elements_.data() + elements_.size(); }
  size_t size() const { return elements_.size(); }
  bool empty() const { return elements_.empty(); }
  float front() const { return elements_.front(); }
  float operator[](size_t i) const { return elements_[i]; }
  operator absl::Span<const float>() const { return elements_; }

 private:
  Bytes held_;
  absl::Span<const float> elements_;  // of held_
};

}  // namespace zeropoint::ir

#endif  // ZEROPOINT_IR_FLOAT_VIEW_H_
