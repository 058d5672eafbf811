// Shapes of ops whose window slides over an NHWC tensor.
#ifndef ZEROPOINT_OPS_CONV_SHAPE_H_
#define ZEROPOINT_OPS_CONV_SHAPE_H_

#include <cstdint>

#include "base/status.h"
#include "ir/attributes.h"
#include "kernels/conv.h"
#include "ops/infer.h"

namespace zeropoint::ops {

// Stride, dilation and padding as the options tables spell them. Both conv, pool and transposed conv options fit.
struct Sliding {
  int64_t stride_h, stride_w, dilation_h, dilation_w;
  bool same;  // padding SAME, else VALID
};

// kInvalidArgument for strides and dilations below 1.
absl::StatusOr<Sliding> SlidingOf(const ir::Attributes& attrs);

// Size of the result along one dimension; kDynamic when a size is unknown. kInvalidArgument when the window does not
// fit.
absl::StatusOr<int64_t> SlidingSize(int64_t input, int64_t kernel, int64_t stride, int64_t dilation, bool same);

// Rows and columns of the result of a window over `input` (NHWC or unranked), with `channels` channels.
absl::StatusOr<ir::Shape> SlidingShape(const ir::Shape& input, int64_t kernel_h, int64_t kernel_w,
                                       const Sliding& sliding, int64_t channels);

// The window from exact shapes; padding is put as SAME does: the odd element goes behind.
kernels::Window MakeWindow(absl::Span<const int64_t> input, int64_t kernel_h, int64_t kernel_w, const Sliding& sliding,
                           absl::Span<const int64_t> output);

// Sets "padding", "stride_h" and "stride_w" from a TF node's "padding" and "strides". kUnimplemented for what one
// LiteRT op cannot do: NCHW, explicit padding, strides along the batch or channels.
absl::Status ImportSliding(const ir::Attributes& tf, ir::Attributes& attrs);

// kInvalidArgument unless the operand, when present, is a vector (or anything with as many elements) of `channels`.
absl::Status CheckBias(const InferContext& context, int i, int64_t channels);

// --- CONV_2D, DEPTHWISE_CONV_2D: operands input, filter and an optional bias

// Checks number, types and ranks of the operands.
absl::StatusOr<Sliding> CheckConv(const InferContext& context);
absl::Status FilterMisfit(const ir::Shape& filter, const ir::Shape& input);
// Checks the bias and sets the result. Sizes of the filter are kDynamic when not known.
absl::Status SetConvResult(InferContext& context, const Sliding& sliding, int64_t kernel_h, int64_t kernel_w,
                           int64_t channels);

}  // namespace zeropoint::ops

#endif  // ZEROPOINT_OPS_CONV_SHAPE_H_
