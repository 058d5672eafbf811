// Convolutions, depthwise convolutions and pooling over NHWC float32 tensors.
#ifndef ZEROPOINT_KERNELS_CONV_H_
#define ZEROPOINT_KERNELS_CONV_H_

#include <cstdint>

#include "kernels/clamp.h"

namespace zeropoint::kernels {

// A window that slides over an NHWC tensor. Positions outside the input are padding.
struct Window {
  int64_t batch, in_h, in_w, in_c;
  int64_t out_h, out_w, out_c;
  int64_t kernel_h, kernel_w;
  int64_t stride_h = 1, stride_w = 1;
  int64_t dilation_h = 1, dilation_w = 1;
  int64_t pad_top = 0, pad_left = 0;
  int64_t groups = 1;  // of Conv2d: result channels of group g read input channels of group g
};

// weights: [out_c, kernel_h, kernel_w, in_c / groups]; bias: out_c elements or null.
void Conv2d(const Window& window, const float* input, const float* weights, const float* bias, Clamp clamp, float* output);

// weights: [kernel_h, kernel_w, out_c]; out_c is a multiple of in_c, result channel c reads channel c / (out_c / in_c).
void DepthwiseConv2d(const Window& window, const float* input, const float* weights, const float* bias, Clamp clamp,
                     float* output);

// Mean and maximum of the positions inside the input; out_c equals in_c.
void AveragePool2d(const Window& window, const float* input, Clamp clamp, float* output);
void MaxPool2d(const Window& window, const float* input, Clamp clamp, float* output);

// The gradient of a convolution: `window` is that convolution, whose result (out_h x out_w x out_c) is `input` here and
// whose operand (in_h x in_w x in_c) is `output`. weights: [in_c, kernel_h, kernel_w, out_c]; bias: in_c elements or null.
void TransposeConv(const Window& window, const float* input, const float* weights, const float* bias, Clamp clamp,
                   float* output);

}  // namespace zeropoint::kernels

#endif  // ZEROPOINT_KERNELS_CONV_H_
