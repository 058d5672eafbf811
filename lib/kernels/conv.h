// Convolutions, depthwise convolutions and pooling over NHWC float32 tensors.
//
// Weights are packed once for one kernel table; a call takes scratch memory of the size that the matching function
// says, aligned to kAlignment. Tiles read the input through pointers, one for each position and tap, and taps in the
// padding point to a row of zeros; only where the input has very few channels are taps copied together first.
#ifndef ZEROPOINT_KERNELS_CONV_H_
#define ZEROPOINT_KERNELS_CONV_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "kernels/clamp.h"
#include "kernels/gemm.h"
#include "kernels/range.h"

namespace zeropoint::kernels {

// A window that slides over an NHWC tensor. Positions outside the input are padding.
struct Window {
  int64_t batch, in_h, in_w, in_c;
  int64_t out_h, out_w, out_c;
  int64_t kernel_h, kernel_w;
  int64_t stride_h = 1, stride_w = 1;
  int64_t dilation_h = 1, dilation_w = 1;
  int64_t pad_top = 0, pad_left = 0;
};

// Filters of a convolution: weights [out_c, kernel_h, kernel_w, in_c / groups]. Result channels of group g read the
// input channels of group g.
class PackedConv {
 public:
  PackedConv(const KernelTable& kernels, const float* weights, int64_t out_c, int64_t taps, int64_t depth,
             int64_t groups);

  size_t ScratchBytes(const Window& window) const;
  // bias: out_c elements or null. The results go through `range` block by block, where it is not null.
  void Run(const Window& window, const float* input, const float* bias, Clamp clamp, float* output, void* scratch,
           PartialRange* range = nullptr) const;
  size_t bytes() const { return floats_ * sizeof(float); }
  int64_t groups() const { return groups_; }

 private:
  int64_t RangedBlock(int64_t block) const;

  const KernelTable* kernels_;
  int64_t group_out_, taps_, depth_, groups_;
  size_t floats_, group_floats_;
  AlignedFloats packed_;  // group after group
};

// weights: [kernel_h, kernel_w, out_c]; out_c is a multiple of in_c, result channel c reads channel c / (out_c / in_c).
size_t DepthwiseScratchBytes(const Window& window);
void DepthwiseConv2d(const KernelTable& kernels, const Window& window, const float* input, const float* weights,
                     const float* bias, Clamp clamp, float* output, void* scratch, PartialRange* range = nullptr);

// Mean and maximum of the positions inside the input; out_c equals in_c, and there is no dilation.
size_t PoolScratchBytes(const Window& window);
void AveragePool2d(const KernelTable& kernels, const Window& window, const float* input, Clamp clamp, float* output,
                   void* scratch);
void MaxPool2d(const KernelTable& kernels, const Window& window, const float* input, Clamp clamp, float* output,
               void* scratch);

// The gradient of a convolution. In Run, `window` is that convolution (without dilation), whose result
// (out_h x out_w x out_c) is `input` and whose operand (in_h x in_w x in_c) is `output`.
// weights: [in_c, kernel_h, kernel_w, out_c].
class PackedTransposeConv {
 public:
  PackedTransposeConv(const KernelTable& kernels, const float* weights, int64_t in_c, int64_t kernel_h,
                      int64_t kernel_w, int64_t out_c, int64_t stride_h, int64_t stride_w);

  size_t ScratchBytes(const Window& window) const;
  // bias: in_c elements or null.
  void Run(const Window& window, const float* input, const float* bias, Clamp clamp, float* output,
           void* scratch) const;
  size_t bytes() const { return floats_ * sizeof(float); }

 private:
  // A result at (y, x) takes only taps whose row is y + pad_top modulo the stride, likewise their column: the taps fall
  // into stride_h x stride_w classes, each a product of its own. Remainders that no tap has share the last class.
  struct TapClass {
    std::vector<int64_t> rows, columns;  // kernel positions, ascending
    size_t first;                        // of its panels, in packed_
  };
  const KernelTable* kernels_;
  int64_t channels_, depth_, stride_h_, stride_w_, class_rows_, class_columns_;
  std::vector<TapClass> classes_;  // [class_rows][class_columns]
  size_t floats_ = 0;
  AlignedFloats packed_;
};

}  // namespace zeropoint::kernels

#endif  // ZEROPOINT_KERNELS_CONV_H_
