// Matrix products with one side packed into panels, the other given as pointers to rows.
#ifndef ZEROPOINT_KERNELS_GEMM_H_
#define ZEROPOINT_KERNELS_GEMM_H_

#include <cstddef>
#include <cstdint>
#include <memory>

#include "base/large_memory.h"
#include "kernels/clamp.h"
#include "kernels/kernel_table.h"

namespace zeropoint::kernels {

inline constexpr size_t kAlignment = 64;  // of packed weights and of scratch memory

struct AlignedFree {
  size_t bytes = 0;
  void operator()(float* p) const { FreeLarge(p, bytes); }
};
using AlignedFloats = std::unique_ptr<float[], AlignedFree>;
AlignedFloats AllocateFloats(size_t n);

// Floats that `columns` columns of `depth` weights take when packed.
size_t PackedFloats(const KernelTable& kernels, int64_t columns, int64_t depth);

// Packs weights[column * column_stride + i * depth_stride], i < depth, as `depth` rows of each panel from row
// `first_row` on; panels have `panel_depth` rows in all.
void Pack(const KernelTable& kernels, const float* weights, int64_t columns, int64_t column_stride, int64_t depth,
          int64_t depth_stride, int64_t panel_depth, int64_t first_row, float* packed);

// rows x columns results; see GemmTile for what each is.
struct GemmProblem {
  const float* const* row_pointers;  // row r of tap t starts at row_pointers[t * rows + r] + offset
  int64_t rows, columns;
  int64_t taps = 1, depth;
  int64_t offset = 0;
  const float* packed;
  const float* bias = nullptr;
  float* out;
  int64_t out_stride;
  Clamp clamp;
};
void Gemm(const KernelTable& kernels, const GemmProblem& problem);

// As many rows as make a block of the left side that stays in the second-level cache, at most `rows`.
int64_t BlockRows(const KernelTable& kernels, int64_t rows, int64_t row_floats);

// Plain left side: row r starts at a + r * a_stride. `pointers` has room for BlockRows(kernels, rows, depth).
void GemmRows(const KernelTable& kernels, const float* a, int64_t a_stride, int64_t rows, const float* packed,
              int64_t columns, int64_t depth, const float* bias, Clamp clamp, float* out, const float** pointers);

}  // namespace zeropoint::kernels

#endif  // ZEROPOINT_KERNELS_GEMM_H_
