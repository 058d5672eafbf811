#include "kernels/reduce.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "kernels/kernel_table.h"

namespace zeropoint::kernels {
namespace {

constexpr Clamp kNoClamp{-std::numeric_limits<float>::infinity(), std::numeric_limits<float>::infinity()};

}  // namespace

float Neutral(Reduction op) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  switch (op) {
    case Reduction::kSum:
      return 0.0f;
    case Reduction::kProduct:
      return 1.0f;
    case Reduction::kMaximum:
      return -kInfinity;
    case Reduction::kMinimum:
      return kInfinity;
    case Reduction::kCount:
      break;
  }
  return 0.0f;
}

float ReduceRow(Reduction op, const float* x, size_t n) {
  return BestKernels().reduce_row[static_cast<size_t>(op)](x, n);
}

void AccumulateRow(Reduction op, const float* x, float* sums, size_t n) { AccumulateRows(op, x, 1, sums, n); }

void AccumulateRows(Reduction op, const float* x, size_t rows, float* sums, size_t n) {
  BestKernels().accumulate_rows[static_cast<size_t>(op)](x, rows, sums, n);
}

void Softmax(const float* x, float* y, size_t rows, size_t depth, float beta) {
  const KernelTable& kernels = BestKernels();
  for (size_t r = 0; r < rows; ++r, x += depth, y += depth) {
    const float top = ReduceRow(Reduction::kMaximum, x, depth);
    kernels.exp_shifted(x, y, depth, top, beta);
    const float sum = ReduceRow(Reduction::kSum, y, depth);
    ApplyBinary(Binary::kDiv, y, true, &sum, false, y, depth, kNoClamp);
  }
}

void LogSoftmax(const float* x, float* y, size_t rows, size_t depth) {
  const KernelTable& kernels = BestKernels();
  for (size_t r = 0; r < rows; ++r, x += depth, y += depth) {
    const float top = ReduceRow(Reduction::kMaximum, x, depth);
    kernels.exp_shifted(x, y, depth, top, 1.0f);
    float log_sum = ReduceRow(Reduction::kSum, y, depth);
    ApplyUnary(Unary::kLog, &log_sum, &log_sum, 1, 0.0f);
    ApplyBinary(Binary::kSub, x, true, &top, false, y, depth, kNoClamp);
    ApplyBinary(Binary::kSub, y, true, &log_sum, false, y, depth, kNoClamp);
  }
}

void L2Normalize(const float* x, float* y, size_t rows, size_t depth) {
  constexpr float kSmallest = 1e-6f;  // LiteRT's kernel divides by no less
  const KernelTable& kernels = BestKernels();
  for (size_t r = 0; r < rows; ++r, x += depth, y += depth) {
    const float length = std::max(std::sqrt(kernels.sum_squares(x, depth)), kSmallest);
    ApplyBinary(Binary::kDiv, x, true, &length, false, y, depth, kNoClamp);
  }
}

}  // namespace zeropoint::kernels
