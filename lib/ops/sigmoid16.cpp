#include "ops/sigmoid16.h"

#include <cmath>
#include <cstddef>

namespace zeropoint::ops {
namespace {

// Where LiteRT's table is one above the rounded value (read off its LOGISTIC).
constexpr uint8_t kOneMore[] = {4,  8,  12, 14, 15, 16, 17, 19, 20,  21,  22,  25,  27,  28, 29,
                                30, 31, 33, 34, 35, 37, 39, 40, 41,  43,  44,  45,  46,  49, 50,
                                54, 62, 63, 64, 66, 82, 86, 93, 100, 103, 112, 116, 135, 255};

SigmoidTable MakeTable() {
  constexpr double kStepsPerUnit = 24.0, kOne = 65536.0;
  SigmoidTable table;
  for (size_t i = 0; i < table.size(); ++i) {
    table[i] = static_cast<uint16_t>(std::lround(kOne / (1.0 + std::exp(-static_cast<double>(i) / kStepsPerUnit))));
  }
  for (uint8_t i : kOneMore) ++table[i];
  return table;
}

}  // namespace

const SigmoidTable& Sigmoid16() {
  static const SigmoidTable table = MakeTable();
  return table;
}

SigmoidScale SigmoidScaleOf(float scale, int max_shift) {
  constexpr int kFractionalBits = 12, kThree = 3, kMaxShift = 30;
  constexpr double kLargest = 32767.0, kUnits = 4096.0 * 3.0;
  // As LiteRT tells a power of two: by the logarithm, within a thousandth.
  const float log2 = std::log(scale) * (1.0f / std::log(2.0f));
  const float rounded = std::round(log2);
  const int shift = kFractionalBits + static_cast<int>(rounded);
  if (std::abs(log2 - rounded) < 1e-3f && shift >= 0 && shift <= max_shift) return {kThree << shift, 0};
  SigmoidScale result{0, 0};
  double multiplier = static_cast<double>(scale) * kUnits;
  while (multiplier <= kLargest / 2.0 && result.shift <= kMaxShift) {
    ++result.shift;
    multiplier *= 2.0;
  }
  result.multiplier = static_cast<int32_t>(multiplier);
  return result;
}

}  // namespace zeropoint::ops
