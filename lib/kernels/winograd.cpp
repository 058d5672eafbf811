#include "kernels/winograd.h"

#include <algorithm>
#include <limits>
#include <vector>

namespace zeropoint::kernels {
namespace {

constexpr Clamp kUnclamped{-std::numeric_limits<float>::infinity(), std::numeric_limits<float>::infinity()};

const WinogradShape& ShapeOf(WinogradAxis axis) { return kWinogradShapes[static_cast<size_t>(axis)]; }

// kCount where no axis has so many taps.
WinogradAxis AxisOf(int64_t taps) {
  for (size_t a = 0; a < KernelTable::kAxes; ++a) {
    if (kWinogradShapes[a].taps == taps) return static_cast<WinogradAxis>(a);
  }
  return WinogradAxis::kCount;
}

// The point and the coefficient of a row of G, after 0 and before infinity those of Lavin and Gray and of their
// continuation by 1/2 and -1/2.
struct Point {
  double point, coefficient;
};
constexpr Point kSix[] = {{0, 1.0 / 4}, {1, -1.0 / 6}, {-1, -1.0 / 6}, {2, 1.0 / 24}, {-2, 1.0 / 24}};
constexpr Point kEight[] = {{0, 1},         {1, -2.0 / 9},    {-1, -2.0 / 9},   {2, 1.0 / 90},
                            {-2, 1.0 / 90}, {0.5, 32.0 / 45}, {-0.5, 32.0 / 45}};

// Row `position` of G.
std::vector<double> FilterRow(const WinogradShape& shape, int64_t position) {
  std::vector<double> row(static_cast<size_t>(shape.taps), 0.0);
  if (position == shape.reads - 1) {
    row.back() = 1.0;
    return row;
  }
  const Point& at = shape.reads == 6 ? kSix[position] : kEight[position];
  double value = at.coefficient;
  for (double& factor : row) {
    factor = value;
    value *= at.point;
  }
  return row;
}

// G's rows of both axes for one position: what each tap of the filter is multiplied with.
std::vector<double> TapFactors(const WinogradShape& rows, const WinogradShape& columns, int64_t position) {
  std::vector<double> factors;
  for (double row : FilterRow(rows, position / columns.reads)) {
    for (double column : FilterRow(columns, position % columns.reads)) factors.push_back(row * column);
  }
  return factors;
}

}  // namespace

// The tiles of a result.
struct PackedWinograd::Grid {
  int64_t down, across, count;
  int64_t row_results, column_results;

  struct Tile {
    int64_t n, y, x;  // of its first result
  };
  Tile At(int64_t tile) const {
    return {tile / (across * down), tile / across % down * row_results, tile % across * column_results};
  }
};

PackedWinograd::Grid PackedWinograd::GridOf(const Window& w) const {
  const int64_t down = (w.out_h + rows_.results - 1) / rows_.results;
  const int64_t across = (w.out_w + columns_.results - 1) / columns_.results;
  return {down, across, down * across * w.batch, rows_.results, columns_.results};
}

// Scratch memory: a pixel of zeros, transformed inputs [position][tile][in_c], products [position][tile][out_c], and
// pointers to rows of the former.
struct PackedWinograd::Layout {
  int64_t block;  // tiles at a time
  size_t inputs, products, pointers, end;
  Layout(int64_t tiles, int64_t positions, int64_t in_c, int64_t out_c) {
    // Inputs and products of a block stay in the second-level cache; enough of them share each load of the weights.
    constexpr int64_t kBlockFloats = 160 * 1024, kFewestTiles = 24;
    const int64_t most = std::max(kFewestTiles, kBlockFloats / (positions * (in_c + out_c)));
    const int64_t blocks = (tiles + most - 1) / most;
    block = (tiles + blocks - 1) / blocks;
    inputs = Bytes(in_c);
    products = inputs + Bytes(positions * block * in_c);
    pointers = products + Bytes(positions * block * out_c);
    end = pointers + static_cast<size_t>(block) * sizeof(const float*);
  }
  static size_t Bytes(int64_t floats) {
    return (static_cast<size_t>(floats) * sizeof(float) + kAlignment - 1) / kAlignment * kAlignment;
  }
};

bool PackedWinograd::Suits(const Window& w, int64_t groups) {
  // Measured with ResNet50 and InceptionV3: 256 channels to 256 by 3x3 still gain. They take 9 MB, four times as much.
  constexpr int64_t kFewestChannels = 32, kMostMore = int64_t{256} * 256 * (36 - 9);
  const bool steps_by_one = w.stride_h == 1 && w.stride_w == 1 && w.dilation_h == 1 && w.dilation_w == 1;
  if (groups != 1 || !steps_by_one || std::min(w.in_c, w.out_c) < kFewestChannels) return false;
  const WinogradAxis rows = AxisOf(w.kernel_h), columns = AxisOf(w.kernel_w);
  if (rows == WinogradAxis::kCount || columns == WinogradAxis::kCount) return false;
  const auto& kernels = FindKernels(Isa::kReference)->winograd_input;
  if (kernels[static_cast<size_t>(rows)][static_cast<size_t>(columns)] == nullptr) return false;
  const int64_t positions = ShapeOf(rows).reads * ShapeOf(columns).reads;
  return w.in_c * w.out_c * (positions - w.kernel_h * w.kernel_w) <= kMostMore;
}

size_t PackedWinograd::PackedBytes(const KernelTable& kernels, const Window& w) {
  const int64_t positions = ShapeOf(AxisOf(w.kernel_h)).reads * ShapeOf(AxisOf(w.kernel_w)).reads;
  return PackedFloats(kernels, w.out_c, w.in_c) * static_cast<size_t>(positions) * sizeof(float);
}

PackedWinograd::PackedWinograd(const KernelTable& kernels, const float* weights, const Window& w)
    : kernels_(&kernels),
      row_axis_(AxisOf(w.kernel_h)),
      column_axis_(AxisOf(w.kernel_w)),
      rows_(ShapeOf(row_axis_)),
      columns_(ShapeOf(column_axis_)),
      positions_(rows_.reads * columns_.reads),
      in_c_(w.in_c),
      out_c_(w.out_c),
      position_floats_(PackedFloats(kernels, out_c_, in_c_)),
      packed_(AllocateFloats(position_floats_ * static_cast<size_t>(positions_))) {
  std::vector<double> sums(static_cast<size_t>(in_c_));
  std::vector<float> transformed(static_cast<size_t>(out_c_ * in_c_));
  for (int64_t p = 0; p < positions_; ++p) {
    const std::vector<double> factors = TapFactors(rows_, columns_, p);
    const float* tap = weights;
    for (int64_t o = 0; o < out_c_; ++o) {
      std::fill(sums.begin(), sums.end(), 0.0);
      for (double factor : factors) {
        for (size_t i = 0; i < sums.size(); ++i) sums[i] += factor * static_cast<double>(tap[i]);
        tap += in_c_;
      }
      for (size_t i = 0; i < sums.size(); ++i)
        transformed[static_cast<size_t>(o * in_c_) + i] = static_cast<float>(sums[i]);
    }
    Pack(kernels, transformed.data(), out_c_, in_c_, in_c_, 1, in_c_, 0,
         packed_.get() + static_cast<size_t>(p) * position_floats_);
  }
}

size_t PackedWinograd::ScratchBytes(const Window& w) const {
  return Layout(GridOf(w).count, positions_, in_c_, out_c_).end;
}

// Pointers to the pixels that a tile reads; `zeros` for those in the padding.
void PackedWinograd::FindPixels(const Window& w, const Grid& grid, int64_t tile, const float* input, const float* zeros,
                                const float** pixels) const {
  const Grid::Tile first = grid.At(tile);
  for (int64_t y = first.y - w.pad_top; y < first.y - w.pad_top + rows_.reads; ++y) {
    const bool inside = y >= 0 && y < w.in_h;
    const float* row = input + (first.n * w.in_h + (inside ? y : 0)) * w.in_w * w.in_c;
    for (int64_t x = first.x - w.pad_left; x < first.x - w.pad_left + columns_.reads; ++x) {
      *pixels++ = inside && x >= 0 && x < w.in_w ? row + x * w.in_c : zeros;
    }
  }
}

void PackedWinograd::Run(const Window& w, const float* input, const float* bias, Clamp clamp, float* output,
                         void* scratch, PartialRange* range) const {
  const Grid grid = GridOf(w);
  const Layout layout(grid.count, positions_, in_c_, out_c_);
  char* memory = static_cast<char*>(scratch);
  float* zeros = static_cast<float*>(scratch);
  float* inputs = reinterpret_cast<float*>(memory + layout.inputs);
  float* products = reinterpret_cast<float*>(memory + layout.products);
  const float** pointers = reinterpret_cast<const float**>(memory + layout.pointers);
  const auto read = kernels_->winograd_input[static_cast<size_t>(row_axis_)][static_cast<size_t>(column_axis_)];
  const auto write = kernels_->winograd_output[static_cast<size_t>(row_axis_)][static_cast<size_t>(column_axis_)];
  std::fill_n(zeros, in_c_, 0.0f);
  for (int64_t first = 0; first < grid.count; first += layout.block) {
    const int64_t n = std::min(layout.block, grid.count - first);
    for (int64_t t = 0; t < n; ++t) {
      const float* pixels[kMostWinogradPositions];
      FindPixels(w, grid, first + t, input, zeros, pixels);
      read(pixels, in_c_, inputs + t * in_c_, n * in_c_);
    }
    GemmProblem problem{};
    problem.row_pointers = pointers;
    problem.rows = n;
    problem.columns = out_c_;
    problem.depth = in_c_;
    problem.out_stride = out_c_;
    problem.clamp = kUnclamped;
    for (int64_t p = 0; p < positions_; ++p) {
      for (int64_t t = 0; t < n; ++t) pointers[t] = inputs + (p * n + t) * in_c_;
      problem.packed = packed_.get() + static_cast<size_t>(p) * position_floats_;
      problem.out = products + p * n * out_c_;
      Gemm(*kernels_, problem);
    }
    for (int64_t t = 0; t < n; ++t) {
      const Grid::Tile at = grid.At(first + t);
      const WinogradResults results{products + t * out_c_,
                                    n * out_c_,
                                    out_c_,
                                    bias,
                                    clamp,
                                    output + ((at.n * w.out_h + at.y) * w.out_w + at.x) * out_c_,
                                    w.out_w * out_c_,
                                    std::min<int64_t>(rows_.results, w.out_h - at.y),
                                    std::min<int64_t>(columns_.results, w.out_w - at.x)};
      write(results);
      for (int64_t y = 0; y < results.rows && range != nullptr; ++y) {
        range->Add(results.out + y * results.row_stride, static_cast<size_t>(results.columns * out_c_));
      }
    }
  }
}

}  // namespace zeropoint::kernels
