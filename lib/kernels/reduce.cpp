#include "kernels/reduce.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace zeropoint::kernels {
namespace {

float Combine(Reduction op, float a, float b) {
  switch (op) {
    case Reduction::kSum: return a + b;
    case Reduction::kProduct: return a * b;
    case Reduction::kMaximum: return std::max(a, b);
    case Reduction::kMinimum: return std::min(a, b);
  }
  return a;
}

}  // namespace

float Neutral(Reduction op) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  switch (op) {
    case Reduction::kSum: return 0.0f;
    case Reduction::kProduct: return 1.0f;
    case Reduction::kMaximum: return -kInfinity;
    case Reduction::kMinimum: return kInfinity;
  }
  return 0.0f;
}

float ReduceRow(Reduction op, const float* x, size_t n) {
  constexpr size_t kLanes = 16;
  float lanes[kLanes];
  std::fill(lanes, lanes + kLanes, Neutral(op));
  for (size_t i = 0; i < n; ++i) lanes[i % kLanes] = Combine(op, lanes[i % kLanes], x[i]);
  for (size_t half = kLanes / 2; half > 0; half /= 2) {
    for (size_t i = 0; i < half; ++i) lanes[i] = Combine(op, lanes[i], lanes[i + half]);
  }
  return lanes[0];
}

void AccumulateRow(Reduction op, const float* x, float* sums, size_t n) {
  for (size_t i = 0; i < n; ++i) sums[i] = Combine(op, sums[i], x[i]);
}

void Softmax(const float* x, float* y, size_t rows, size_t depth, float beta) {
  for (size_t r = 0; r < rows; ++r, x += depth, y += depth) {
    const float top = ReduceRow(Reduction::kMaximum, x, depth);
    for (size_t i = 0; i < depth; ++i) y[i] = std::exp((x[i] - top) * beta);
    const float sum = ReduceRow(Reduction::kSum, y, depth);
    for (size_t i = 0; i < depth; ++i) y[i] /= sum;
  }
}

void LogSoftmax(const float* x, float* y, size_t rows, size_t depth) {
  for (size_t r = 0; r < rows; ++r, x += depth, y += depth) {
    const float top = ReduceRow(Reduction::kMaximum, x, depth);
    float sum = 0.0f;
    for (size_t i = 0; i < depth; ++i) sum += std::exp(x[i] - top);
    const float log_sum = std::log(sum);
    for (size_t i = 0; i < depth; ++i) y[i] = x[i] - top - log_sum;
  }
}

void L2Normalize(const float* x, float* y, size_t rows, size_t depth) {
  constexpr float kSmallest = 1e-6f;  // LiteRT's kernel divides by no less
  for (size_t r = 0; r < rows; ++r, x += depth, y += depth) {
    float sum = 0.0f;
    for (size_t i = 0; i < depth; ++i) sum += x[i] * x[i];
    const float length = std::max(std::sqrt(sum), kSmallest);
    for (size_t i = 0; i < depth; ++i) y[i] = x[i] / length;
  }
}

}  // namespace zeropoint::kernels
