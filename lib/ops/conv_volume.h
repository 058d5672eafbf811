// What CONV_3D and CONV_3D_TRANSPOSE share: windows over NDHWC tensors, with filters whose first dimensions are the
// window's.
#ifndef ZEROPOINT_OPS_CONV_VOLUME_H_
#define ZEROPOINT_OPS_CONV_VOLUME_H_

#include <array>
#include <cstdint>

#include "base/status.h"
#include "kernels/clamp.h"
#include "ops/op_def.h"

namespace zeropoint::ops {

inline constexpr int kVolumeRank = 5;
inline constexpr int kSpatialDims = 3;
// By spatial dimension: depth, height, width.
using Spatial = std::array<int64_t, kSpatialDims>;

struct VolumeSliding {
  Spatial stride, dilation;
  bool same;  // padding SAME, else VALID
};

// kInvalidArgument for strides and dilations below 1.
absl::StatusOr<VolumeSliding> VolumeSlidingOf(const ir::Attributes& attrs);

// Checks types and ranks of input, filter and bias (which may be absent), given as numbers of operands.
absl::Status CheckVolumeOperands(const InferContext& context, int input, int filter, int bias, int64_t channels);

// Calls tap(position in `wide`, position in `narrow`, position in the window), row-major numbers of spatial positions,
// for each pair of positions of a convolution from `wide` to `narrow` (sizes by spatial dimension) that a window of
// size `kernel` connects.
template <typename Tap>
void ForEachTap(const Spatial& wide, const Spatial& narrow, const Spatial& kernel, const VolumeSliding& sliding,
                Tap tap);

// Dimensions 1, 2 and 3 of an NDHWC tensor, 0, 1 and 2 of a filter.
inline Spatial SpatialOf(absl::Span<const int64_t> dims, size_t first) {
  return {dims[first], dims[first + 1], dims[first + 2]};
}

// Every element the bias of its channel, 0 where the bias is absent.
void StartWithBias(const float* bias, int64_t channels, const MutableView& to);
void ClampAll(const kernels::Clamp& clamp, const MutableView& to);

// The record but for its name, its functions and its TF form.
OpDef VolumeRecord(int operands);
// Strides, dilations and padding of a TF node; the bias is absent. kUnimplemented for NCDHW and strides along the batch
// or the channels.
absl::Status ImportVolume(ir::Graph& graph, ir::NodeId node);

// --- implementation

// Elements of padding before the first along each spatial dimension.
Spatial PaddingOf(const Spatial& wide, const Spatial& narrow, const Spatial& kernel, const VolumeSliding& sliding);

template <typename Tap>
void ForEachTap(const Spatial& wide, const Spatial& narrow, const Spatial& kernel, const VolumeSliding& s, Tap tap) {
  const Spatial padding = PaddingOf(wide, narrow, kernel, s);
  const auto at = [&](size_t axis, int64_t n, int64_t k) {
    return n * s.stride[axis] + k * s.dilation[axis] - padding[axis];
  };
  const auto inside = [&](size_t axis, int64_t position) { return position >= 0 && position < wide[axis]; };
  int64_t to = 0;
  for (int64_t d = 0; d < narrow[0]; ++d) {
    for (int64_t h = 0; h < narrow[1]; ++h) {
      for (int64_t w = 0; w < narrow[2]; ++w, ++to) {
        for (int64_t kd = 0; kd < kernel[0]; ++kd) {
          const int64_t z = at(0, d, kd);
          if (!inside(0, z)) continue;
          for (int64_t kh = 0; kh < kernel[1]; ++kh) {
            const int64_t y = at(1, h, kh);
            if (!inside(1, y)) continue;
            for (int64_t kw = 0; kw < kernel[2]; ++kw) {
              const int64_t x = at(2, w, kw);
              if (inside(2, x)) tap((z * wide[1] + y) * wide[2] + x, to, (kd * kernel[1] + kh) * kernel[2] + kw);
            }
          }
        }
      }
    }
  }
}

}  // namespace zeropoint::ops

#endif  // ZEROPOINT_OPS_CONV_VOLUME_H_
