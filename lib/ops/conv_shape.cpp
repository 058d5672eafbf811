#include "ops/conv_shape.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops {

absl::StatusOr<Sliding> SlidingOf(const ir::Attributes& attrs) {
  const Sliding s{attrs.Int("stride_h", 1), attrs.Int("stride_w", 1), attrs.Int("dilation_h_factor", 1),
                  attrs.Int("dilation_w_factor", 1), attrs.Int("padding") == schema::Padding_SAME};
  if (std::min({s.stride_h, s.stride_w, s.dilation_h, s.dilation_w}) < 1) {
    return absl::InvalidArgumentError(absl::StrCat("strides ", s.stride_h, "x", s.stride_w, " and dilations ",
                                                   s.dilation_h, "x", s.dilation_w, " must be at least 1"));
  }
  return s;
}

absl::StatusOr<int64_t> SlidingSize(int64_t input, int64_t kernel, int64_t stride, int64_t dilation, bool same) {
  if (input == ir::kDynamic || (kernel == ir::kDynamic && !same)) return ir::kDynamic;
  if (same) return (input + stride - 1) / stride;
  if (kernel < 1) return absl::InvalidArgumentError(absl::StrCat("window of size ", kernel));
  const int64_t reach = (kernel - 1) * dilation + 1;
  if (input < reach) {
    return absl::InvalidArgumentError(absl::StrCat("a window of ", reach, " does not fit into ", input, " elements"));
  }
  return (input - reach) / stride + 1;
}

absl::StatusOr<ir::Shape> SlidingShape(const ir::Shape& input, int64_t kernel_h, int64_t kernel_w,
                                       const Sliding& sliding, int64_t channels) {
  if (!input.ranked()) return ir::Shape{ir::kDynamic, ir::kDynamic, ir::kDynamic, channels};
  ZP_ASSIGN_OR_RETURN(const int64_t h,
                      SlidingSize(input[1], kernel_h, sliding.stride_h, sliding.dilation_h, sliding.same));
  ZP_ASSIGN_OR_RETURN(const int64_t w,
                      SlidingSize(input[2], kernel_w, sliding.stride_w, sliding.dilation_w, sliding.same));
  return ir::Shape{input[0], h, w, channels};
}

namespace {

int64_t PaddingBefore(int64_t input, int64_t output, int64_t kernel, int64_t stride, int64_t dilation, bool same) {
  if (!same) return 0;
  return std::max<int64_t>(0, (output - 1) * stride + (kernel - 1) * dilation + 1 - input) / 2;
}

}  // namespace

kernels::Window MakeWindow(absl::Span<const int64_t> input, int64_t kernel_h, int64_t kernel_w, const Sliding& s,
                           absl::Span<const int64_t> output) {
  kernels::Window w;
  w.batch = input[0], w.in_h = input[1], w.in_w = input[2], w.in_c = input[3];
  w.out_h = output[1], w.out_w = output[2], w.out_c = output[3];
  w.kernel_h = kernel_h, w.kernel_w = kernel_w;
  w.stride_h = s.stride_h, w.stride_w = s.stride_w, w.dilation_h = s.dilation_h, w.dilation_w = s.dilation_w;
  w.pad_top = PaddingBefore(w.in_h, w.out_h, kernel_h, s.stride_h, s.dilation_h, s.same);
  w.pad_left = PaddingBefore(w.in_w, w.out_w, kernel_w, s.stride_w, s.dilation_w, s.same);
  return w;
}

absl::Status ImportSliding(const ir::Attributes& tf, ir::Attributes& attrs) {
  const std::string format = tf.String("data_format", "NHWC");
  if (format != "NHWC") return absl::UnimplementedError(absl::StrCat("data format ", format, " is not one LiteRT op"));
  const std::string padding = tf.String("padding");
  if (padding != "SAME" && padding != "VALID") {
    return absl::UnimplementedError(absl::StrCat("padding ", padding, " is not one LiteRT op"));
  }
  const std::vector<int64_t> strides = tf.Ints("strides");
  if (strides.size() != 4 || strides[0] != 1 || strides[3] != 1) {
    return absl::UnimplementedError("strides along the batch or the channels are not one LiteRT op");
  }
  attrs.Set("padding", int64_t{padding == "SAME" ? schema::Padding_SAME : schema::Padding_VALID});
  attrs.Set("stride_h", strides[1]);
  attrs.Set("stride_w", strides[2]);
  return absl::OkStatus();
}

absl::Status CheckBias(const InferContext& context, int i, int64_t channels) {
  if (!context.has_input(i)) return absl::OkStatus();
  ZP_RETURN_IF_ERROR(CheckReal(context, i));
  const int64_t n = context.input_shape(i).NumElements();
  if (Compatible(n, channels)) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("the bias has ", n, " elements, the result ", channels, " channels"));
}

absl::StatusOr<Sliding> CheckConv(const InferContext& context) {
  ZP_RETURN_IF_ERROR(CheckArity(context, 2, 3));
  ZP_RETURN_IF_ERROR(CheckReal(context, 0));
  ZP_RETURN_IF_ERROR(CheckReal(context, 1));
  ZP_RETURN_IF_ERROR(CheckRank(context, 0, 4, "input"));
  ZP_RETURN_IF_ERROR(CheckRank(context, 1, 4, "filter"));
  return SlidingOf(context.attrs());
}

absl::Status FilterMisfit(const ir::Shape& filter, const ir::Shape& input) {
  return absl::InvalidArgumentError(
      absl::StrCat("filter ", filter.ToString(), " does not fit the input ", input.ToString()));
}

absl::Status SetConvResult(InferContext& context, const Sliding& sliding, int64_t kernel_h, int64_t kernel_w,
                           int64_t channels) {
  ZP_RETURN_IF_ERROR(CheckBias(context, 2, channels));
  ZP_ASSIGN_OR_RETURN(ir::Shape shape, SlidingShape(context.input_shape(0), kernel_h, kernel_w, sliding, channels));
  context.set_output(0, context.input_type(0), std::move(shape));
  return absl::OkStatus();
}

}  // namespace zeropoint::ops
