// Kernels for 64-bit ARM processors.
#include "kernels/simd/table.h"
#include "kernels/simd/vec.h"

namespace zeropoint::kernels::simd {

template <>
struct Vec<xsimd::neon64> : VecBase<xsimd::neon64> {
  static Float Fma(Float a, Float b, Float c) { return vfmaq_f32(c, a, b); }

  // The processor merges whole lines by itself: there are no stores past the caches that must be asked for.
  template <bool kStreamed>
  static void StoreTo(float* p, Float x) {
    vst1q_f32(p, x);
  }
  static void StreamFence() {}
  static int16x8_t Pairs(Int a, Int b) { return vcombine_s16(vqmovn_s32(a), vqmovn_s32(b)); }
  template <bool kStreamed>
  static void Narrow(int8_t* p, const Int (&q)[4]) {
    vst1q_s8(p, vcombine_s8(vqmovn_s16(Pairs(q[0], q[1])), vqmovn_s16(Pairs(q[2], q[3]))));
  }
  template <bool kStreamed>
  static void Narrow(uint8_t* p, const Int (&q)[4]) {
    vst1q_u8(p, vcombine_u8(vqmovun_s16(Pairs(q[0], q[1])), vqmovun_s16(Pairs(q[2], q[3]))));
  }
  template <bool kStreamed>
  static void Narrow(int16_t* p, const Int (&q)[2]) {
    vst1q_s16(p, Pairs(q[0], q[1]));
  }
  template <typename T>
  static T Load4(const void* p) {
    uint32_t bytes;
    __builtin_memcpy(&bytes, p, sizeof bytes);
    return T(vcreate_u32(bytes));
  }
  static Int Widen(const int8_t* p) { return vmovl_s16(vget_low_s16(vmovl_s8(Load4<int8x8_t>(p)))); }
  static Int Widen(const uint8_t* p) {
    return vreinterpretq_s32_u32(vmovl_u16(vget_low_u16(vmovl_u8(Load4<uint8x8_t>(p)))));
  }
  static Int Widen(const int16_t* p) { return vmovl_s16(vld1_s16(p)); }
  template <bool kStreamed>
  static void NarrowHalf(uint16_t* p, Float a, Float b) {
    const uint16x4_t low = vmovn_u32(vreinterpretq_u32_s32(HalfBits<Vec>(a)));
    vst1q_u16(p, vcombine_u16(low, vmovn_u32(vreinterpretq_u32_s32(HalfBits<Vec>(b)))));
  }
  static Float WidenHalf(const uint16_t* p) {
    return FloatOfHalf<Vec>(Int(vreinterpretq_s32_u32(vmovl_u16(vld1_u16(p)))));
  }
};

const KernelTable* Neon64Kernels() {
  static const KernelTable table = [] {
    KernelTable t{Isa::kNeon64, "neon64"};
    FillTable<Vec<xsimd::neon64>, 8, 4, 2, 1>(t);
    return t;
  }();
  return &table;
}

}  // namespace zeropoint::kernels::simd
