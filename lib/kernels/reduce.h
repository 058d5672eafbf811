// Reductions of float32 rows.
//
// The order of the arithmetic is fixed, so results do not depend on the instruction set: a row is summed in 16 lanes
// (lane i takes elements i, i + 16, ...), which then combine as a tree (lane i with lane i + 8, then i + 4, ...).
#ifndef ZEROPOINT_KERNELS_REDUCE_H_
#define ZEROPOINT_KERNELS_REDUCE_H_

#include <cstddef>
#include <cstdint>

namespace zeropoint::kernels {

enum class Reduction : uint8_t { kSum, kProduct, kMaximum, kMinimum, kCount };

// The neutral element: 0, 1, -infinity, +infinity.
float Neutral(Reduction op);
// All elements of a row in one.
float ReduceRow(Reduction op, const float* x, size_t n);
// sums[i] = op(sums[i], x[i]).
void AccumulateRow(Reduction op, const float* x, float* sums, size_t n);
// The same of `rows` rows one behind the other, in order.
void AccumulateRows(Reduction op, const float* x, size_t rows, float* sums, size_t n);

// Over the last dimension of [rows, depth]; x and y are not the same memory.
void Softmax(const float* x, float* y, size_t rows, size_t depth, float beta);
void LogSoftmax(const float* x, float* y, size_t rows, size_t depth);
// y = x / max(|x|, 1e-6), |x| being the Euclidean length of the row.
void L2Normalize(const float* x, float* y, size_t rows, size_t depth);

}  // namespace zeropoint::kernels

#endif  // ZEROPOINT_KERNELS_REDUCE_H_
