// Whole tensors with one scale, or one for each channel: ranges, quantized and back.
#ifndef ZEROPOINT_KERNELS_ENCODE_H_
#define ZEROPOINT_KERNELS_ENCODE_H_

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "kernels/convert.h"
#include "numeric/quantize.h"

namespace zeropoint::kernels {

// The range of all values, widened to hold 0; (0, 0) when there are none.
numeric::MinMax RangeWithZero(absl::Span<const float> values);
// Smallest and largest value of each channel; (0, 0) in a tensor without elements.
std::vector<numeric::MinMax> ChannelRanges(absl::Span<const float> values, const numeric::ChannelLayout& layout);
// Largest |value| of each channel.
std::vector<float> ChannelMagnitudes(absl::Span<const float> values, const numeric::ChannelLayout& layout);

// `out` holds the elements of `type` (int8, int16, int32, int64, float16), as many as the layout has.
void Encode(absl::Span<const float> values, const numeric::ChannelLayout& layout, const numeric::Encoding& encoding,
            ElementType type, void* out);

// By `step`, whose factors and zero point are those of each channel: one of both, or as many as the layout has
// channels. Not for kDivideExactly.
void QuantizeChannels(const float* from, const numeric::ChannelLayout& layout, absl::Span<const float> factors,
                      absl::Span<const int64_t> zero_points, const QuantizeStep& step, int8_t* to);
void QuantizeChannels(const float* from, const numeric::ChannelLayout& layout, absl::Span<const float> factors,
                      absl::Span<const int64_t> zero_points, const QuantizeStep& step, uint8_t* to);
void QuantizeChannels(const float* from, const numeric::ChannelLayout& layout, absl::Span<const float> factors,
                      absl::Span<const int64_t> zero_points, const QuantizeStep& step, int16_t* to);

// real = (stored - zero_point) * scale, with those of each channel.
void Decode(const int8_t* from, const numeric::ChannelLayout& layout, absl::Span<const float> scales,
            absl::Span<const int64_t> zero_points, float* to);
void Decode(const uint8_t* from, const numeric::ChannelLayout& layout, absl::Span<const float> scales,
            absl::Span<const int64_t> zero_points, float* to);
void Decode(const int16_t* from, const numeric::ChannelLayout& layout, absl::Span<const float> scales,
            absl::Span<const int64_t> zero_points, float* to);

}  // namespace zeropoint::kernels

#endif  // ZEROPOINT_KERNELS_ENCODE_H_
