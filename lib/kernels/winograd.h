// Convolutions with fewer multiplications: Winograd's minimal filtering.
//
// m neighbouring results of a filter g with r taps read m + r - 1 inputs d. They equal
//   A^T [ (G g) * (B^T d) ],   * element by element,
// with m + r - 1 multiplications instead of m * r; along both axes,
//   A^T [ (G g G^T) * (B^T d B) ] A.
// Summed over input channels, the products at each position are a matrix product of their own:
// [tiles, in_c] x [in_c, out_c].
// Sources: S. Winograd, "Arithmetic Complexity of Computations", SIAM 1980; A. Lavin and S. Gray, "Fast Algorithms for
// Convolutional Neural Networks", CVPR 2016, which has the matrices for 3 taps.
//
// Row j of G is coefficient_j * (1, p_j, p_j^2, ...) for the point p_j, and the last tap alone for the point infinity.
// Filters are transformed in double. Results differ from a direct convolution's by rounding only: measured against the
// exact sums over 64 to 384 channels, of the largest result, up to 2e-6 along one axis and 9e-6 along two, where a
// direct sum in order has 1e-6.
#ifndef ZEROPOINT_KERNELS_WINOGRAD_H_
#define ZEROPOINT_KERNELS_WINOGRAD_H_

#include "kernels/conv.h"

namespace zeropoint::kernels {

class PackedWinograd {
 public:
  // Whether it is worth it: a filter of a size that there are kernels for, which steps by one over enough channels that
  // the products outweigh the transforms, and over not so many that what it takes more to hold would count. Height and
  // width do not matter.
  static bool Suits(const Window& window, int64_t groups);

  // What the packed filter of a window that suits takes; 36/9 of the filter for 3x3 and as little as 8/7 for 1x7.
  static size_t PackedBytes(const KernelTable& kernels, const Window& window);

  // weights: [out_c, kernel_h, kernel_w, in_c], of a window that suits.
  PackedWinograd(const KernelTable& kernels, const float* weights, const Window& window);

  // As PackedConv's.
  size_t ScratchBytes(const Window& window) const;
  void Run(const Window& window, const float* input, const float* bias, Clamp clamp, float* output, void* scratch,
           PartialRange* range = nullptr) const;

 private:
  struct Grid;
  struct Layout;
  Grid GridOf(const Window& window) const;
  void FindPixels(const Window& window, const Grid& grid, int64_t tile, const float* input, const float* zeros,
                  const float** pixels) const;

  const KernelTable* kernels_;
  WinogradAxis row_axis_, column_axis_;
  WinogradShape rows_, columns_;
  int64_t positions_, in_c_, out_c_;
  size_t position_floats_;
  AlignedFloats packed_;  // position after position
};

}  // namespace zeropoint::kernels

#endif  // ZEROPOINT_KERNELS_WINOGRAD_H_
