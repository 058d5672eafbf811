// The checksum of TensorFlow's files: CRC-32C (Castagnoli), stored masked.
#ifndef ZEROPOINT_FORMATS_SAVED_MODEL_CRC32C_H_
#define ZEROPOINT_FORMATS_SAVED_MODEL_CRC32C_H_

#include <cstdint>

#include "absl/types/span.h"

namespace zeropoint::formats::saved_model {

// Continues `crc`, the checksum of what came before (0 at the start).
uint32_t ExtendCrc32c(uint32_t crc, absl::Span<const uint8_t> bytes);
inline uint32_t Crc32c(absl::Span<const uint8_t> bytes) { return ExtendCrc32c(0, bytes); }

// What the files store, so that the checksum of bytes that hold a checksum stays useful.
constexpr uint32_t MaskCrc(uint32_t crc) { return ((crc >> 15) | (crc << 17)) + 0xa282ead8u; }

}  // namespace zeropoint::formats::saved_model

#endif  // ZEROPOINT_FORMATS_SAVED_MODEL_CRC32C_H_
