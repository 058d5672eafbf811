#include "kernels/convert.h"

#include "kernels/kernel_table.h"

namespace zeropoint::kernels {

void Quantize(const float* from, size_t n, const QuantizeStep& step, int8_t* to) {
  BestKernels().quantize_int8(from, n, step, to);
}
void Quantize(const float* from, size_t n, const QuantizeStep& step, uint8_t* to) {
  BestKernels().quantize_uint8(from, n, step, to);
}
void Quantize(const float* from, size_t n, const QuantizeStep& step, int16_t* to) {
  BestKernels().quantize_int16(from, n, step, to);
}

void Dequantize(const int8_t* from, size_t n, const DequantizeStep& step, float* to) {
  BestKernels().dequantize_int8(from, n, step, to);
}
void Dequantize(const uint8_t* from, size_t n, const DequantizeStep& step, float* to) {
  BestKernels().dequantize_uint8(from, n, step, to);
}
void Dequantize(const int16_t* from, size_t n, const DequantizeStep& step, float* to) {
  BestKernels().dequantize_int16(from, n, step, to);
}

void ToFiniteHalf(const float* from, size_t n, uint16_t* to) { BestKernels().to_finite_half(from, n, to); }
void FromHalf(const uint16_t* from, size_t n, float* to) { BestKernels().from_half(from, n, to); }

}  // namespace zeropoint::kernels
