// Integer loops for processors with AVX-512 and its dot products (VNNI). Compiled with -O3 and the flags in
// CMakeLists.txt.
#include <immintrin.h>

#include "kernels/simd/integer_loops.h"

namespace zeropoint::kernels::simd {

namespace {

// IntegerLoops::RescaleTo of sixteen sums. Dividing by 2^right rounds half away from zero: with one taken from what is
// negative it is floor(t / 2^right + 1/2), which is t >> right plus the last bit that this drops. A shift by -1, for a
// right of 0, leaves the sign, so that the one comes back.
__m512i Rescaled(__m512i sum, __m512i value, __m512i left, __m512i right) {
  const __m512i half = _mm512_set1_epi64(int64_t{1} << 30), one = _mm512_set1_epi32(1);
  const __m512i x = _mm512_sllv_epi32(sum, left);
  const __m512i even = _mm512_add_epi64(_mm512_mul_epi32(x, value), half);
  const __m512i odd = _mm512_add_epi64(_mm512_mul_epi32(_mm512_srli_epi64(x, 32), _mm512_srli_epi64(value, 32)), half);
  // Bits 31 to 62 of each product.
  const __m512i y = _mm512_mask_blend_epi32(0xaaaa, _mm512_srli_epi64(even, 31), _mm512_add_epi64(odd, odd));
  const __m512i t = _mm512_add_epi32(y, _mm512_srai_epi32(y, 31));
  const __m512i dropped = _mm512_and_si512(_mm512_srav_epi32(t, _mm512_sub_epi32(right, one)), one);
  return _mm512_add_epi32(_mm512_srav_epi32(t, right), dropped);
}

template <typename T>
void Rescale(const int32_t* sums, int64_t n, const RescaleFactors& factors, T* to) {
  const __m512i zero = _mm512_set1_epi32(factors.zero), low = _mm512_set1_epi32(factors.low),
                high = _mm512_set1_epi32(factors.high);
  for (int64_t c = 0; c < n; c += 16) {
    const __mmask16 some = n - c >= 16 ? 0xffff : static_cast<__mmask16>((1u << (n - c)) - 1u);
    const auto load = [&](const int32_t* from) { return _mm512_maskz_loadu_epi32(some, from + c); };
    const __m512i sum = factors.bias == nullptr ? load(sums) : _mm512_add_epi32(load(sums), load(factors.bias));
    const __m512i scaled = Rescaled(sum, load(factors.values), load(factors.left), load(factors.right));
    const __m512i moved = _mm512_add_epi32(scaled, zero);
    const __m512i clamped = _mm512_min_epi32(high, _mm512_max_epi32(low, moved));
    _mm512_mask_cvtepi32_storeu_epi8(to + c, some, clamped);
  }
}

}  // namespace

const IntegerKernels* Avx512IntegerKernels() {
  struct Tag;
  static constexpr IntegerKernels kTable = [] {
    IntegerKernels table = IntegerLoops<Tag>::Table(Isa::kAvx512, "avx512+vnni");
    table.rescale_int8 = Rescale<int8_t>;
    table.rescale_uint8 = Rescale<uint8_t>;
    return table;
  }();
  return &kTable;
}

}  // namespace zeropoint::kernels::simd
