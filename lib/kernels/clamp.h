// The interval an epilogue clamps results to.
#ifndef ZEROPOINT_KERNELS_CLAMP_H_
#define ZEROPOINT_KERNELS_CLAMP_H_

namespace zeropoint::kernels {

// max(low, ...) is applied first, then min(high, ...). Infinite bounds leave every number as it is.
struct Clamp {
  float low;
  float high;
};

}  // namespace zeropoint::kernels

#endif  // ZEROPOINT_KERNELS_CLAMP_H_
