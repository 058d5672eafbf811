// Quantizing, dequantizing and half floats. What each vector type brings, in its Vec: Truncate and FromInt, Narrow
// (packs vectors of int32 that fit into bytes or 16-bit integers), Widen (the way back), NarrowHalf and WidenHalf.
#ifndef ZEROPOINT_KERNELS_SIMD_CONVERT_H_
#define ZEROPOINT_KERNELS_SIMD_CONVERT_H_

#include <limits>
#include <type_traits>

#include "kernels/kernel_table.h"
#include "kernels/simd/math.h"

namespace zeropoint::kernels::simd {

// Results of at least so many bytes are written past the caches: they would push out what is in there, and a cache line
// that is written whole need not be read first. Half of a typical core's share of the last cache.
inline constexpr size_t kStreamedBytes = size_t{4} << 20;
inline constexpr size_t kCacheLine = 64;

// The largest float below one half: added before truncating it rounds half away from zero, exactly (0.5 itself would
// lift 0.49999997 to 1).
inline constexpr float kBelowHalf = 0.49999997f;

// How many elements stand before the next cache line, so that streaming starts at one; n where that is never.
template <typename V, typename T>
size_t UntilAligned(const T* p, size_t n) {
  const size_t address = reinterpret_cast<uintptr_t>(p);
  if (address % sizeof(T) != 0) return n;
  const size_t count = (kCacheLine - address % kCacheLine) % kCacheLine / sizeof(T);
  return count < n ? count : n;
}

template <typename V, typename T>
void Copy(const T* from, size_t n, T* to) {
  __builtin_memcpy(to, from, n * sizeof(T));
}

// Whole blocks of kBlock elements by `block(i, streamed)`, the rest through `part(i, count)` with count < kBlock.
// Inlined, or else what `block` captured would be read from memory for every block, as results might overwrite it.
template <typename V, size_t kBlock, typename T, typename Block, typename Part>
[[gnu::always_inline]] inline void ForBlocks(const T* to, size_t n, const Block& block, const Part& part) {
  size_t i = 0;
  if (n * sizeof(T) >= kStreamedBytes) {
    const size_t head = UntilAligned<V>(to, n);
    for (; i + kBlock <= head; i += kBlock) block(i, std::false_type{});
    if (i < head) part(i, head - i), i = head;
    for (; i + kBlock <= n; i += kBlock) block(i, std::true_type{});
    V::StreamFence();
  } else {
    for (; i + kBlock <= n; i += kBlock) block(i, std::false_type{});
  }
  if (i < n) part(i, n - i);
}

// One element of kDivideExactly.
template <typename V>
int32_t QuantizeExactly(float x, const QuantizeStep& step) {
  const double q = __builtin_round(static_cast<double>(x) / step.exact + step.zero_point);
  if (q >= step.high) return step.high;
  return q > step.low ? static_cast<int32_t>(q) : step.low;
}

template <typename V, QuantizeStep::Rule kRule, bool kWalks>
struct Quantizer {
  using F = typename V::Float;
  using I = typename V::Int;
  static constexpr bool kExactly = kRule == QuantizeStep::Rule::kDivideExactly;
  // Multiplying with the rounded reciprocal instead of dividing in double is off by less than 2^-23 of the quotient,
  // which is at most 2^8 for 8 bits: only so near to a half can the result differ.
  static constexpr float kNearTie = 0.5f - 0x1p-14f;

  explicit Quantizer(const QuantizeStep& step)
      : step(step),
        factor(V::Set(kExactly ? static_cast<float>(1.0 / step.exact) : *step.factors)),
        low(V::Set(static_cast<float>(step.low - step.zero_point))),
        high(V::Set(static_cast<float>(step.high - step.zero_point))),
        zero_point(V::SetInt(step.zero_point)) {}

  F Scaled(F x, size_t i) const {
    const F f = kWalks ? V::Load(step.factors + i) : factor;
    const F scaled = kRule == QuantizeStep::Rule::kDivide ? x / f : x * f;
    // Limits are whole numbers, so that clamping first changes nothing and keeps the rounding within its bounds.
    return V::Min(high, V::Max(scaled, low));
  }
  static I Round(F scaled) { return V::Truncate(scaled + V::CopySign(V::Set(kBelowHalf), scaled)); }
  I operator()(F x, size_t i) const { return Round(Scaled(x, i)) + zero_point; }
  // Whether some lane lies too near to a tie to tell.
  static bool Doubtful(F scaled) {
    const F off = V::Abs(scaled - V::FromInt(V::Truncate(scaled)));
    return V::Any(V::Abs(off - V::Set(0.5f)) < V::Set(0.5f - kNearTie));
  }

  const QuantizeStep& step;
  const F factor, low, high;
  const I zero_point;
};

template <typename V, QuantizeStep::Rule kRule, bool kWalks, typename T>
void QuantizeBy(const float* from, size_t n, const QuantizeStep& step, T* to) {
  using Q = Quantizer<V, kRule, kWalks>;
  constexpr size_t kVectors = sizeof(int32_t) / sizeof(T);  // that make one packed vector
  constexpr size_t kBlock = kVectors * V::kWidth;
  const Q quantizer(step);
  const auto block = [&](size_t i, auto streamed) {
    typename V::Int q[kVectors];
    bool doubtful = false;
    for (size_t v = 0; v < kVectors; ++v) {
      const size_t at = i + v * V::kWidth;
      const typename V::Float scaled = quantizer.Scaled(V::Load(from + at), at);
      if constexpr (Q::kExactly) doubtful = doubtful || Q::Doubtful(scaled);
      q[v] = Q::Round(scaled) + quantizer.zero_point;
    }
    if (doubtful) {
      for (size_t k = i; k < i + kBlock; ++k) to[k] = static_cast<T>(QuantizeExactly<V>(from[k], step));
    } else {
      V::template Narrow<decltype(streamed)::value>(to + i, q);
    }
  };
  const auto part = [&](size_t i, size_t count) {
    float x[kBlock] = {}, factors[kBlock];
    T result[kBlock] = {};
    Copy<V>(from + i, count, x);
    QuantizeStep rest = step;
    if constexpr (kWalks) {
      for (float& factor : factors) factor = 1.0f;
      Copy<V>(step.factors + i, count, factors);
      rest.factors = factors;
    }
    QuantizeBy<V, kRule, kWalks>(x, kBlock, rest, result);
    Copy<V>(result, count, to + i);
  };
  ForBlocks<V, kBlock>(to, n, block, part);
}

// Bytes by fixed point. t = real * (factor * 2^16) + (zero_point + 1/2) * 2^16, rounded to an integer, has the result
// in its upper 16 bits, rounded half up, and saturating makes a byte of it. How far t may be off, in its own units, for
// a quotient of at most 2^8 steps: 1 for a reciprocal in the place of a division (2^-24 of 2^24), 1 for the rounding of
// the quotient that the rule asks for, 1 for the sum's own rounding (below 2^25), 1/2 to an integer. So where t + kNear
// / 2 lies at least kNear beyond a multiple of 2^16 the rule gives the same integer, and ties, whatever way they go,
// are not among those. Larger quotients are off by at most 2^-22 of themselves and end at the limits all the same;
// beyond 2^15 steps, and for NaN, t is INT32_MIN, a multiple.
inline constexpr int kNear = 16;

template <typename V, bool kWalks, bool kLimited, typename T, typename Exactly>
void QuantizeFixed(const float* from, size_t n, const float* factors, const QuantizeStep& step, T* to,
                   const Exactly& exactly) {
  using F = typename V::Float;
  constexpr float kOne = 65536.0f;
  constexpr size_t kBlock = 4 * V::kWidth;
  const F one = V::Set(kOne), factor = V::Set(*factors * kOne);
  const F offset = V::Set(static_cast<float>(step.zero_point) * kOne + kOne / 2 + kNear / 2);
  const auto fixed = [&](const float* x, const float* f) {
    return V::RoundEven(V::Fma(V::Load(x), kWalks ? V::Load(f) * one : factor, offset));
  };
  const auto block = [&](size_t i, auto streamed) {
    typename V::Int q[4];
#pragma GCC unroll 4
    for (size_t v = 0; v < 4; ++v) q[v] = fixed(from + i + v * V::kWidth, factors + (kWalks ? i + v * V::kWidth : 0));
    if (V::template NearMultiple<kNear>(q)) return exactly(i, kBlock);
    V::template NarrowUpper<decltype(streamed)::value, kLimited>(to + i, q, step.low, step.high);
  };
  const auto part = [&](size_t i, size_t count) {
    typename V::Int q[4];
    T result[kBlock];
    float x[kBlock] = {}, f[kBlock] = {};
    // Zeros make no doubt.
    Copy<V>(from + i, count, x);
    if constexpr (kWalks) Copy<V>(factors + i, count, f);
    for (size_t v = 0; v < 4; ++v) q[v] = fixed(x + v * V::kWidth, f + v * V::kWidth);
    if (V::template NearMultiple<kNear>(q)) return exactly(i, count);
    V::template NarrowUpper<false, kLimited>(result, q, step.low, step.high);
    Copy<V>(result, count, to + i);
  };
  ForBlocks<V, kBlock>(to, n, block, part);
}

// `exactly(i, count)` does what this leaves: elements in a block of which one lies too near to a tie.
template <typename V, bool kWalks, typename T, typename Exactly>
void QuantizeBytes(const float* from, size_t n, const float* factors, const QuantizeStep& step, T* to,
                   const Exactly& exactly) {
  const bool limited = step.low > std::numeric_limits<T>::lowest() || step.high < std::numeric_limits<T>::max();
  return limited ? QuantizeFixed<V, kWalks, true>(from, n, factors, step, to, exactly)
                 : QuantizeFixed<V, kWalks, false>(from, n, factors, step, to, exactly);
}

// Whether a reciprocal is as near to the true one as floats are, and 2^16 times it as well. (Where the product with a
// factor that is given overflows, the integer is INT32_MIN, and doubtful.)
template <typename V>
bool KeepsPrecision(float reciprocal) {
  return __builtin_isnormal(reciprocal) && __builtin_isnormal(reciprocal * 65536.0f);
}

template <typename V, typename T>
void QuantizeRowExactly(const float* from, size_t n, const QuantizeStep& step, T* to) {
  using Rule = QuantizeStep::Rule;
  switch (step.rule) {
    case Rule::kMultiply:
      return step.walks ? QuantizeBy<V, Rule::kMultiply, true>(from, n, step, to)
                        : QuantizeBy<V, Rule::kMultiply, false>(from, n, step, to);
    case Rule::kDivide:
      return step.walks ? QuantizeBy<V, Rule::kDivide, true>(from, n, step, to)
                        : QuantizeBy<V, Rule::kDivide, false>(from, n, step, to);
    case Rule::kDivideExactly:
      if constexpr (sizeof(T) == 1) {
        const float reciprocal = static_cast<float>(1.0 / step.exact);
        if (__builtin_isnormal(reciprocal)) return QuantizeBy<V, Rule::kDivideExactly, false>(from, n, step, to);
      }
      for (size_t i = 0; i < n; ++i) to[i] = static_cast<T>(QuantizeExactly<V>(from[i], step));
  }
}

template <typename V, typename T>
void QuantizeRow(const float* from, size_t n, const QuantizeStep& step, T* to) {
  if constexpr (V::kFixedPoint && sizeof(T) == 1) {
    const auto exactly = [&](size_t i, size_t count) {
      QuantizeStep rest = step;
      if (step.walks) rest.factors += i;
      QuantizeRowExactly<V>(from + i, count, rest, to + i);
    };
    if (step.rule == QuantizeStep::Rule::kMultiply) {
      return step.walks ? QuantizeBytes<V, true>(from, n, step.factors, step, to, exactly)
                        : QuantizeBytes<V, false>(from, n, step.factors, step, to, exactly);
    }
    const bool divides = step.rule == QuantizeStep::Rule::kDivide;
    if (!step.walks) {
      const float factor = static_cast<float>(1.0 / (divides ? static_cast<double>(*step.factors) : step.exact));
      if (KeepsPrecision<V>(factor)) return QuantizeBytes<V, false>(from, n, &factor, step, to, exactly);
    }
  }
  QuantizeRowExactly<V>(from, n, step, to);
}

template <typename V, bool kWalks, typename T>
void DequantizeBy(const T* from, size_t n, const DequantizeStep& step, float* to) {
  const typename V::Int zero_point = V::SetInt(step.zero_point);
  const typename V::Float scale = V::Set(*step.scales);
  const auto real = [&](typename V::Int q, size_t i) {
    return V::FromInt(q - zero_point) * (kWalks ? V::Load(step.scales + i) : scale);
  };
  const auto block = [&](size_t i, auto streamed) {
    V::template StoreTo<decltype(streamed)::value>(to + i, real(V::Widen(from + i), i));
  };
  const auto part = [&](size_t i, size_t count) {
    for (size_t k = i; k < i + count; ++k) {
      to[k] = static_cast<float>(from[k] - step.zero_point) * step.scales[kWalks ? k : 0];
    }
  };
  ForBlocks<V, V::kWidth>(to, n, block, part);
}

template <typename V, typename T>
void DequantizeRow(const T* from, size_t n, const DequantizeStep& step, float* to) {
  return step.walks ? DequantizeBy<V, true>(from, n, step, to) : DequantizeBy<V, false>(from, n, step, to);
}

// float32 to the nearest half, ties to even, of vectors without instructions for it. |x| is at most kMaxFloat16 or NaN.
template <typename V>
typename V::Int HalfBits(typename V::Float x) {
  using I = typename V::Int;
  constexpr int kDropped = 13;  // mantissa bits that a half lacks
  constexpr int32_t kRebias = (127 - 15) << 10;
  constexpr float kSmallestNormal = 0x1p-14f;
  const typename V::Float magnitude = V::Abs(x);
  const I bits = V::Bits(magnitude);
  const I sign = (V::Bits(x) >> 16) & V::SetInt(0x8000);
  // Half of what is dropped, less one unless the last kept bit is odd: ties go to even.
  const I odd = (bits >> kDropped) & V::SetInt(1);
  const I normal = ((bits + V::SetInt((1 << (kDropped - 1)) - 1) + odd) >> kDropped) - V::SetInt(kRebias);
  // A denormal half counts 2^-24, the last bit of a float beside 0.5: the addition rounds.
  const I denormal = V::Bits(magnitude + V::Set(0.5f)) - V::Bits(V::Set(0.5f));
  const I number = V::Choose(magnitude < V::Set(kSmallestNormal), denormal, normal);
  return V::Choose(magnitude == magnitude, number, V::SetInt(0x7e00)) | sign;
}

// The float of a half whose bits stand in the low 16; NaN keeps its payload.
template <typename V>
typename V::Float FloatOfHalf(typename V::Int half) {
  using I = typename V::Int;
  const I magnitude = (half & V::SetInt(0x7fff)) << 13;
  const I sign = (half & V::SetInt(0x8000)) << 16;
  const typename V::Float scaled = V::FromBits(magnitude) * V::Set(0x1p112f);
  // The largest exponent means infinity or NaN: its bits as they are, under float's largest exponent.
  constexpr float kInfinityScaled = 0x1p16f;
  const I special = magnitude | V::SetInt(0x7f800000);
  return V::FromBits(V::Choose(scaled < V::Set(kInfinityScaled), V::Bits(scaled), special) | sign);
}

template <typename V>
void ToFiniteHalfRow(const float* from, size_t n, uint16_t* to) {
  constexpr size_t kBlock = 2 * V::kWidth;
  const typename V::Float limit = V::Set(65504.0f);
  // Max and Min keep NaN in their second operand.
  const auto finite = [&](typename V::Float x) { return V::Min(limit, V::Max(V::Set(-65504.0f), x)); };
  const auto block = [&](size_t i, auto streamed) {
    V::template NarrowHalf<decltype(streamed)::value>(to + i, finite(V::Load(from + i)),
                                                      finite(V::Load(from + i + V::kWidth)));
  };
  const auto part = [&](size_t i, size_t count) {
    float x[kBlock] = {};
    uint16_t result[kBlock] = {};
    Copy<V>(from + i, count, x);
    ToFiniteHalfRow<V>(x, kBlock, result);
    Copy<V>(result, count, to + i);
  };
  ForBlocks<V, kBlock>(to, n, block, part);
}

template <typename V>
void FromHalfRow(const uint16_t* from, size_t n, float* to) {
  const auto block = [&](size_t i, auto streamed) {
    V::template StoreTo<decltype(streamed)::value>(to + i, V::WidenHalf(from + i));
  };
  const auto part = [&](size_t i, size_t count) {
    uint16_t x[V::kWidth] = {};
    float result[V::kWidth];
    Copy<V>(from + i, count, x);
    V::Store(result, V::WidenHalf(x));
    Copy<V>(result, count, to + i);
  };
  ForBlocks<V, V::kWidth>(to, n, block, part);
}

template <typename V>
void FillConversions(KernelTable& table) {
  table.quantize_int8 = QuantizeRow<V, int8_t>;
  table.quantize_uint8 = QuantizeRow<V, uint8_t>;
  table.quantize_int16 = QuantizeRow<V, int16_t>;
  table.dequantize_int8 = DequantizeRow<V, int8_t>;
  table.dequantize_uint8 = DequantizeRow<V, uint8_t>;
  table.dequantize_int16 = DequantizeRow<V, int16_t>;
  table.to_finite_half = ToFiniteHalfRow<V>;
  table.from_half = FromHalfRow<V>;
}

}  // namespace zeropoint::kernels::simd

#endif  // ZEROPOINT_KERNELS_SIMD_CONVERT_H_
