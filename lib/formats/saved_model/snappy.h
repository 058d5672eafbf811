// Snappy's block format, which older TensorFlow versions compress the index of variables with.
#ifndef ZEROPOINT_FORMATS_SAVED_MODEL_SNAPPY_H_
#define ZEROPOINT_FORMATS_SAVED_MODEL_SNAPPY_H_

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "base/status.h"

namespace zeropoint::formats::saved_model {

// kDataLoss for what is no Snappy block, or would unfold to more than `max_size`.
absl::StatusOr<std::vector<uint8_t>> DecompressSnappy(absl::Span<const uint8_t> block, size_t max_size);

}  // namespace zeropoint::formats::saved_model

#endif  // ZEROPOINT_FORMATS_SAVED_MODEL_SNAPPY_H_
