#include "kernels/gemm.h"

#include <algorithm>

namespace zeropoint::kernels {
namespace {

// The height of the next tile, when the rows that are left are spread evenly: a last tile of few rows would wait for
// its own sums.
int TileHeight(const KernelTable& kernels, int64_t rows) {
  const int64_t tiles = (rows + kernels.max_rows - 1) / kernels.max_rows;
  int height = static_cast<int>((rows + tiles - 1) / tiles);
  while (kernels.gemm[height - 1] == nullptr) --height;
  return height;
}

}  // namespace

AlignedFloats AllocateFloats(size_t n) {
  const size_t bytes = n * sizeof(float);
  return AlignedFloats(static_cast<float*>(AllocateLarge(bytes)), AlignedFree{bytes});
}

size_t PackedFloats(const KernelTable& kernels, int64_t columns, int64_t depth) {
  const int64_t panels = (columns + kernels.panel_width - 1) / kernels.panel_width;
  return static_cast<size_t>(panels * kernels.panel_width * depth);
}

void Pack(const KernelTable& kernels, const float* weights, int64_t columns, int64_t column_stride, int64_t depth,
          int64_t depth_stride, int64_t panel_depth, int64_t first_row, float* packed) {
  const int64_t width = kernels.panel_width;
  for (int64_t first = 0; first < columns; first += width) {
    float* to = packed + first * panel_depth + first_row * width;
    const int64_t filled = std::min(width, columns - first);
    const float* from = weights + first * column_stride;
    for (int64_t i = 0; i < depth; ++i, to += width) {
      for (int64_t c = 0; c < filled; ++c) to[c] = from[c * column_stride + i * depth_stride];
      std::fill(to + filled, to + width, 0.0f);
    }
  }
}

void Gemm(const KernelTable& kernels, const GemmProblem& p) {
  GemmTile tile{};
  tile.rows_per_tap = p.rows;
  tile.offset = p.offset;
  tile.taps = p.taps;
  tile.depth = p.depth;
  tile.out_stride = p.out_stride;
  tile.clamp = p.clamp;
  constexpr int64_t kLine = 64 / sizeof(float);  // of the caches
  const int64_t width = kernels.panel_width, panel = width * p.taps * p.depth;
  for (int64_t column = 0; column < p.columns; column += width) {
    tile.weights = p.packed + column * p.taps * p.depth;
    tile.bias = p.bias == nullptr ? nullptr : p.bias + column;
    tile.columns = static_cast<int>(std::min(width, p.columns - column));
    // The first tiles of a panel fetch the next one, a line with each of its rows, while it is not needed yet.
    int64_t fetched = column + width < p.columns ? 0 : panel;
    for (int64_t row = 0; row < p.rows; fetched += kLine * p.taps * p.depth) {
      tile.fetch = tile.weights + (fetched < panel ? panel + fetched : 0);
      tile.fetch_step = fetched < panel ? kLine : 0;
      const int height = TileHeight(kernels, p.rows - row);
      tile.rows = p.row_pointers + row;
      tile.out = p.out + row * p.out_stride + column;
      kernels.gemm[height - 1](tile);
      row += height;
    }
  }
}

int64_t BlockRows(const KernelTable& kernels, int64_t rows, int64_t row_floats) {
  constexpr int64_t kBlockFloats = 32 * 1024;  // 128 KiB
  constexpr int64_t kFewestTiles = 4, kMostRows = 1020;
  const int64_t fit = std::min(kMostRows, kBlockFloats / std::max<int64_t>(1, row_floats));
  const int64_t limit = std::max(kFewestTiles, fit / kernels.max_rows) * kernels.max_rows;
  if (rows <= limit) return rows;
  // Each block reads all weights: a few rows more are cheaper than a block for them alone.
  const int64_t blocks = (rows - 1) / limit + ((rows - 1) % limit >= limit / 4 ? 1 : 0);
  const int64_t block = (rows - 1) / blocks + 1;
  return std::min(rows, (block + kernels.max_rows - 1) / kernels.max_rows * kernels.max_rows);
}

void GemmRows(const KernelTable& kernels, const float* a, int64_t a_stride, int64_t rows, const float* packed,
              int64_t columns, int64_t depth, const float* bias, Clamp clamp, float* out, const float** pointers) {
  const int64_t block = BlockRows(kernels, rows, depth);
  for (int64_t first = 0; first < rows; first += block) {
    const int64_t n = std::min(block, rows - first);
    for (int64_t r = 0; r < n; ++r) pointers[r] = a + (first + r) * a_stride;
    GemmProblem problem{};
    problem.row_pointers = pointers;
    problem.rows = n;
    problem.columns = columns;
    problem.taps = 1;
    problem.depth = depth;
    problem.packed = packed;
    problem.bias = bias;
    problem.out = out + first * columns;
    problem.out_stride = columns;
    problem.clamp = clamp;
    Gemm(kernels, problem);
  }
}

}  // namespace zeropoint::kernels
