// A sorted table of keys and values, as LevelDB lays it out: the index of a TensorFlow checkpoint.
#ifndef ZEROPOINT_FORMATS_SAVED_MODEL_SSTABLE_H_
#define ZEROPOINT_FORMATS_SAVED_MODEL_SSTABLE_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "base/status.h"

namespace zeropoint::formats::saved_model {

// All entries in the order of the file. kDataLoss for a cut off or altered file (each block carries a checksum).
absl::StatusOr<std::vector<std::pair<std::string, std::string>>> ReadTable(absl::Span<const uint8_t> file);

}  // namespace zeropoint::formats::saved_model

#endif  // ZEROPOINT_FORMATS_SAVED_MODEL_SSTABLE_H_
