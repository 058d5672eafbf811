#include "kernels/conv.h"

#include <algorithm>
#include <cstring>

namespace zeropoint::kernels {
namespace {

size_t RoundUp(size_t bytes) { return (bytes + kAlignment - 1) / kAlignment * kAlignment; }

// Scratch memory: a row of zeros, then pointers, then floats.
struct Layout {
  size_t pointers, floats, end;
  Layout(int64_t zeros, int64_t pointer_count, int64_t float_count = 0) {
    pointers = RoundUp(static_cast<size_t>(zeros) * sizeof(float));
    floats = pointers + RoundUp(static_cast<size_t>(pointer_count) * sizeof(const float*));
    end = floats + RoundUp(static_cast<size_t>(float_count) * sizeof(float));
  }
};

const float* Zeros(void* scratch, int64_t n) {
  std::memset(scratch, 0, static_cast<size_t>(n) * sizeof(float));
  return static_cast<const float*>(scratch);
}

const float** Pointers(void* scratch, const Layout& layout) {
  return reinterpret_cast<const float**>(static_cast<char*>(scratch) + layout.pointers);
}

bool IsPointwise(const Window& w) {
  return w.kernel_h == 1 && w.kernel_w == 1 && w.stride_h == 1 && w.stride_w == 1 && w.pad_top == 0 &&
         w.pad_left == 0 && w.out_h == w.in_h && w.out_w == w.in_w;
}

// A run of neighbouring results in one row.
struct Run {
  int64_t n, oy, ox, count;
};

// Calls body(run, index of its first result) for the parts of results [first, first + rows) that lie in one row each.
template <typename Body>
void ForEachRun(const Window& w, int64_t first, int64_t rows, Body body) {
  Run run{first / w.out_w / w.out_h, first / w.out_w % w.out_h, first % w.out_w, 0};
  for (int64_t r = 0; r < rows; r += run.count) {
    run.count = std::min(rows - r, w.out_w - run.ox);
    body(run, r);
    run.ox = 0;
    if (++run.oy == w.out_h) run.oy = 0, ++run.n;
  }
}

// Row of the input that a kernel row reads; null in the padding.
const float* InputRow(const Window& w, const float* input, int64_t n, int64_t oy, int64_t ky) {
  const int64_t y = oy * w.stride_h - w.pad_top + ky * w.dilation_h;
  return y < 0 || y >= w.in_h ? nullptr : input + (n * w.in_h + y) * w.in_w * w.in_c;
}

// to[i * result_step + tap * tap_step] for the results of a run.
void FillRun(const Window& w, const float* input, const float* zeros, const Run& run, int64_t result_step,
             int64_t tap_step, const float** to) {
  for (int64_t ky = 0; ky < w.kernel_h; ++ky) {
    const float* row = InputRow(w, input, run.n, run.oy, ky);
    for (int64_t kx = 0; kx < w.kernel_w; ++kx) {
      const float** at = to + (ky * w.kernel_w + kx) * tap_step;
      int64_t x = run.ox * w.stride_w - w.pad_left + kx * w.dilation_w;
      for (int64_t i = 0; i < run.count; ++i, x += w.stride_w, at += result_step) {
        *at = row == nullptr || x < 0 || x >= w.in_w ? zeros : row + x * w.in_c;
      }
    }
  }
}

// pointers[tap * rows + r] for results [first, first + rows).
void FillPointers(const Window& w, const float* input, const float* zeros, int64_t first, int64_t rows,
                  const float** pointers) {
  ForEachRun(w, first, rows, [&](const Run& run, int64_t r) { FillRun(w, input, zeros, run, 1, rows, pointers + r); });
}

// Few floats, in steps of one vector each; up to kStep - 1 floats behind them are read and written as well.
constexpr int64_t kStep = 8;
void CopyInSteps(const float* from, int64_t n, float* to) {
  for (int64_t i = 0; i < n; i += kStep) std::memcpy(to + i, from + i, kStep * sizeof(float));
}

// The taps of one result one behind the other.
void GatherResult(const Window& w, const float* input, const Run& run, int64_t ox, float* to) {
  for (int64_t ky = 0; ky < w.kernel_h; ++ky) {
    const float* row = InputRow(w, input, run.n, run.oy, ky);
    for (int64_t kx = 0; kx < w.kernel_w; ++kx, to += w.in_c) {
      const int64_t x = ox * w.stride_w - w.pad_left + kx * w.dilation_w;
      const bool inside = row != nullptr && x >= 0 && x < w.in_w;
      for (int64_t c = 0; c < w.in_c; ++c) to[c] = inside ? row[x * w.in_c + c] : 0.0f;
    }
  }
}

// The taps of results [first, first + rows) one behind the other, so that a product over few channels need not change
// its pointers after every few elements. The order of the arithmetic stays the same. `input` has `input_floats`, `to`
// has room for kStep floats more.
void GatherTaps(const Window& w, const float* input, int64_t input_floats, int64_t first, int64_t rows, float* to) {
  const int64_t kernel_row = w.kernel_w * w.in_c, depth = w.kernel_h * kernel_row;
  const int64_t row_step = w.dilation_h * w.in_w * w.in_c;
  ForEachRun(w, first, rows, [&](const Run& run, int64_t r) {
    const int64_t y = run.oy * w.stride_h - w.pad_top;
    const bool rows_inside = w.dilation_w == 1 && y >= 0 && y + (w.kernel_h - 1) * w.dilation_h < w.in_h;
    for (int64_t i = 0; i < run.count; ++i, ++r) {
      float* at = to + r * depth;
      const int64_t x = (run.ox + i) * w.stride_w - w.pad_left;
      const int64_t offset = ((run.n * w.in_h + y) * w.in_w + x) * w.in_c;
      const bool inside = rows_inside && x >= 0 && x + w.kernel_w <= w.in_w &&
                          offset + (w.kernel_h - 1) * row_step + kernel_row + kStep <= input_floats;
      if (!inside) {
        GatherResult(w, input, run, run.ox + i, at);
        continue;
      }
      // What a step writes too much, the next row or result overwrites.
      for (int64_t ky = 0; ky < w.kernel_h; ++ky) {
        CopyInSteps(input + offset + ky * row_step, kernel_row, at + ky * kernel_row);
      }
    }
  });
}

// The window on an input that has the padding inside: as far as the kernel reaches.
Window Padded(const Window& window) {
  Window w = window;
  w.in_h = std::max(w.pad_top + w.in_h, (w.out_h - 1) * w.stride_h + (w.kernel_h - 1) * w.dilation_h + 1);
  w.in_w = std::max(w.pad_left + w.in_w, (w.out_w - 1) * w.stride_w + (w.kernel_w - 1) * w.dilation_w + 1);
  w.pad_top = w.pad_left = 0;
  return w;
}

int64_t InputFloats(const Window& w) { return w.batch * w.in_h * w.in_w * w.in_c; }

void CopyPadded(const Window& from, const Window& to, const float* input, float* padded) {
  std::fill_n(padded, InputFloats(to), 0.0f);
  for (int64_t n = 0; n < from.batch; ++n) {
    float* at = padded + ((n * to.in_h + from.pad_top) * to.in_w + from.pad_left) * to.in_c;
    for (int64_t y = 0; y < from.in_h; ++y, at += to.in_w * to.in_c, input += from.in_w * from.in_c) {
      std::copy_n(input, from.in_w * from.in_c, at);
    }
  }
}

// What PackedConv::Run lays out in its scratch memory.
struct ConvLayout {
  bool gather;
  bool pad;       // first, so that gathering meets no border
  int64_t block;  // results at a time
  int64_t gathered_floats;
  Layout layout;
  static ConvLayout Of(const KernelTable& kernels, const Window& w, int64_t taps, int64_t groups) {
    constexpr int64_t kFewChannels = 8;
    // Of a small input much is border; a copy of it stays in the first-level cache (32 KiB).
    constexpr int64_t kSmallInput = 6 * 1024;
    const int64_t rows = w.batch * w.out_h * w.out_w;
    const bool gather = taps > 1 && groups == 1 && w.in_c < kFewChannels;
    const int64_t padded_floats = InputFloats(Padded(w));
    const bool pad = gather && padded_floats <= kSmallInput;
    const int64_t block = BlockRows(kernels, rows, gather ? taps * w.in_c : w.in_c);
    const int64_t gathered = gather ? block * taps * w.in_c + kStep : 0;
    return {gather, pad, block, gathered,
            Layout(w.in_c, gather ? block : block * taps, gathered + (pad ? padded_floats + kStep : 0))};
  }
};

}  // namespace

PackedConv::PackedConv(const KernelTable& kernels, const float* weights, int64_t out_c, int64_t taps, int64_t depth,
                       int64_t groups)
    : kernels_(&kernels), group_out_(out_c / groups), taps_(taps), depth_(depth), groups_(groups) {
  group_floats_ = PackedFloats(kernels, group_out_, taps * depth);
  floats_ = group_floats_ * static_cast<size_t>(groups);
  packed_ = AllocateFloats(floats_);
  for (int64_t g = 0; g < groups; ++g) {
    Pack(kernels, weights + g * group_out_ * taps * depth, group_out_, taps * depth, taps * depth, 1, taps * depth, 0,
         packed_.get() + static_cast<size_t>(g) * group_floats_);
  }
}

// Results at a time when their range is taken: where the weights stay in the first-level cache, so shall they until
// then.
int64_t PackedConv::RangedBlock(int64_t block) const {
  constexpr int64_t kFewWeights = 4096, kFewResults = 2048;
  if (group_out_ * taps_ * depth_ > kFewWeights) return block;
  const int64_t tiles = kFewResults / (group_out_ * groups_) / kernels_->max_rows;
  return std::min(block, std::max<int64_t>(2, tiles) * kernels_->max_rows);
}

size_t PackedConv::ScratchBytes(const Window& w) const {
  return ConvLayout::Of(*kernels_, w, taps_, groups_).layout.end;
}

void PackedConv::Run(const Window& window, const float* input, const float* bias, Clamp clamp, float* output,
                     void* scratch, PartialRange* range) const {
  Window w = window;
  const int64_t rows = w.batch * w.out_h * w.out_w, out_c = group_out_ * groups_;
  const auto [gather, pad, most, gathered_floats, layout] = ConvLayout::Of(*kernels_, w, taps_, groups_);
  const int64_t block = range == nullptr ? most : RangedBlock(most);
  const float* zeros = Zeros(scratch, w.in_c);
  const float** pointers = Pointers(scratch, layout);
  float* gathered = reinterpret_cast<float*>(static_cast<char*>(scratch) + layout.floats);
  int64_t input_floats = InputFloats(w);
  if (pad) {
    float* padded = gathered + gathered_floats;
    w = Padded(window);
    CopyPadded(window, w, input, padded);
    input = padded;
    input_floats = InputFloats(w) + kStep;
  }
  const bool pointwise = IsPointwise(w);
  GemmProblem problem{};
  problem.columns = group_out_;
  problem.taps = gather ? 1 : taps_;
  problem.depth = gather ? taps_ * depth_ : depth_;
  problem.row_pointers = pointers;
  problem.out_stride = out_c;
  problem.clamp = clamp;
  for (int64_t first = 0; first < rows; first += block) {
    const int64_t n = std::min(block, rows - first);
    if (gather) {
      GatherTaps(w, input, input_floats, first, n, gathered);
      for (int64_t r = 0; r < n; ++r) pointers[r] = gathered + r * problem.depth;
    } else if (pointwise) {
      for (int64_t r = 0; r < n; ++r) pointers[r] = input + (first + r) * w.in_c;
    } else {
      FillPointers(w, input, zeros, first, n, pointers);
    }
    problem.rows = n;
    for (int64_t g = 0; g < groups_; ++g) {
      problem.offset = g * depth_;
      problem.packed = packed_.get() + static_cast<size_t>(g) * group_floats_;
      problem.bias = bias == nullptr ? nullptr : bias + g * group_out_;
      problem.out = output + first * out_c + g * group_out_;
      Gemm(*kernels_, problem);
    }
    if (range != nullptr) range->Add(output + first * out_c, static_cast<size_t>(n * out_c));
  }
}

namespace {

Layout DepthwiseLayout(const Window& w) {
  // Channels that feed several results are repeated first, so that the kernel sees one input channel a result.
  const bool repeats = w.out_c != w.in_c;
  return Layout(w.out_c, w.out_w * w.kernel_h * w.kernel_w, repeats ? w.batch * w.in_h * w.in_w * w.out_c : 0);
}

// Whether all kernel rows of a row of results lie inside the input.
bool RowsInside(const Window& w, int64_t oy) {
  const int64_t y = oy * w.stride_h - w.pad_top;
  return y >= 0 && y + (w.kernel_h - 1) * w.dilation_h < w.in_h;
}

// Pointers of one row of results become those of the next, where the kernel rows of both lie inside.
void MoveDown(const Window& w, const float* zeros, int64_t count, const float** pointers) {
  const int64_t step = w.stride_h * w.in_w * w.in_c;
  for (int64_t i = 0; i < count; ++i) pointers[i] = pointers[i] == zeros ? zeros : pointers[i] + step;
}

void RepeatChannels(const float* input, int64_t channels, int64_t times, float* to) {
  for (int64_t c = 0; c < channels; ++c, to += times) std::fill_n(to, times, input[c]);
}

}  // namespace

size_t DepthwiseScratchBytes(const Window& w) { return DepthwiseLayout(w).end; }

void DepthwiseConv2d(const KernelTable& kernels, const Window& window, const float* input, const float* weights,
                     const float* bias, Clamp clamp, float* output, void* scratch, PartialRange* range) {
  Window w = window;
  const Layout layout = DepthwiseLayout(w);
  const float* zeros = Zeros(scratch, w.out_c);
  const float** pointers = Pointers(scratch, layout);
  if (w.out_c != w.in_c) {
    float* repeated = reinterpret_cast<float*>(static_cast<char*>(scratch) + layout.floats);
    const int64_t pixels = w.batch * w.in_h * w.in_w;
    for (int64_t p = 0; p < pixels; ++p) {
      RepeatChannels(input + p * w.in_c, w.in_c, w.out_c / w.in_c, repeated + p * w.out_c);
    }
    input = repeated;
    w.in_c = w.out_c;
  }
  DepthwiseStrip strip{};
  strip.inputs = pointers;
  strip.pixels = w.out_w;
  strip.taps = w.kernel_h * w.kernel_w;
  strip.channels = w.out_c;
  strip.kernel_w = w.kernel_w;
  strip.stride = w.dilation_w == 1 ? w.stride_w : 0;
  strip.weights = weights;
  strip.bias = bias;
  strip.clamp = clamp;
  // Rows are ranged several at a time: the call counts, and they stay in the first-level cache.
  constexpr int64_t kRangedAtOnce = 2048;
  const int64_t row_floats = w.out_w * w.out_c, rows = w.batch * w.out_h;
  const float* unranged = output;
  for (int64_t row = 0; row < rows; ++row) {
    const int64_t oy = row % w.out_h;
    if (oy > 0 && RowsInside(w, oy - 1) && RowsInside(w, oy)) {
      MoveDown(w, zeros, w.out_w * strip.taps, pointers);
    } else {
      FillRun(w, input, zeros, {row / w.out_h, oy, 0, w.out_w}, strip.taps, 1, pointers);
    }
    strip.out = output + row * row_floats;
    kernels.depthwise(strip);
    const float* end = strip.out + row_floats;
    if (range != nullptr && (row == rows - 1 || end - unranged >= kRangedAtOnce)) {
      range->Add(unranged, static_cast<size_t>(end - unranged));
      unranged = end;
    }
  }
}

namespace {

// Positions of the kernel that lie inside the input, along one dimension.
struct Inside {
  int64_t begin, end;
  Inside(int64_t result, int64_t stride, int64_t pad, int64_t kernel, int64_t size) {
    const int64_t first = result * stride - pad;
    begin = std::max<int64_t>(0, -first);
    end = std::max(begin, std::min(kernel, size - first));
  }
};

// However large the kernel is, no more of it than the input has pixels is inside.
Layout PoolLayout(const Window& w) {
  return Layout(w.in_c, std::max<int64_t>(1, std::min(w.kernel_h, w.in_h) * std::min(w.kernel_w, w.in_w)));
}

void Pool(decltype(KernelTable::max_pool) kernel, const Window& w, const float* input, Clamp clamp, float* output,
          void* scratch) {
  const float* zeros = Zeros(scratch, w.in_c);
  const float** pointers = Pointers(scratch, PoolLayout(w));
  for (int64_t row = 0; row < w.batch * w.out_h; ++row) {
    const int64_t n = row / w.out_h, oy = row % w.out_h;
    const Inside rows(oy, w.stride_h, w.pad_top, w.kernel_h, w.in_h);
    for (int64_t ox = 0; ox < w.out_w; ++ox, output += w.in_c) {
      const Inside columns(ox, w.stride_w, w.pad_left, w.kernel_w, w.in_w);
      int64_t taps = 0;
      for (int64_t ky = rows.begin; ky < rows.end; ++ky) {
        const float* in_row = InputRow(w, input, n, oy, ky);
        for (int64_t kx = columns.begin; kx < columns.end; ++kx) {
          pointers[taps++] = in_row + (ox * w.stride_w - w.pad_left + kx) * w.in_c;
        }
      }
      if (taps == 0) pointers[taps++] = zeros;
      kernel(pointers, taps, w.in_c, output, clamp);
    }
  }
}

}  // namespace

size_t PoolScratchBytes(const Window& w) { return PoolLayout(w).end; }

void AveragePool2d(const KernelTable& kernels, const Window& w, const float* input, Clamp clamp, float* output,
                   void* scratch) {
  Pool(kernels.average_pool, w, input, clamp, output, scratch);
}

void MaxPool2d(const KernelTable& kernels, const Window& w, const float* input, Clamp clamp, float* output,
               void* scratch) {
  Pool(kernels.max_pool, w, input, clamp, output, scratch);
}

PackedTransposeConv::PackedTransposeConv(const KernelTable& kernels, const float* weights, int64_t in_c,
                                         int64_t kernel_h, int64_t kernel_w, int64_t out_c, int64_t stride_h,
                                         int64_t stride_w)
    : kernels_(&kernels),
      channels_(in_c),
      depth_(out_c),
      stride_h_(stride_h),
      stride_w_(stride_w),
      class_rows_(std::min(stride_h, kernel_h + 1)),
      class_columns_(std::min(stride_w, kernel_w + 1)) {
  for (int64_t cy = 0; cy < class_rows_; ++cy) {
    for (int64_t cx = 0; cx < class_columns_; ++cx) {
      TapClass taps;
      for (int64_t ky = cy; ky < kernel_h; ky += stride_h) taps.rows.push_back(ky);
      for (int64_t kx = cx; kx < kernel_w; kx += stride_w) taps.columns.push_back(kx);
      taps.first = floats_;
      floats_ += PackedFloats(kernels, in_c, static_cast<int64_t>(taps.rows.size() * taps.columns.size()) * out_c);
      classes_.push_back(std::move(taps));
    }
  }
  packed_ = AllocateFloats(floats_);
  for (const TapClass& taps : classes_) {
    const int64_t panel_depth = static_cast<int64_t>(taps.rows.size() * taps.columns.size()) * out_c;
    int64_t row = 0;
    for (int64_t ky : taps.rows) {
      for (int64_t kx : taps.columns) {
        Pack(kernels, weights + (ky * kernel_w + kx) * out_c, in_c, kernel_h * kernel_w * out_c, out_c, 1, panel_depth,
             row, packed_.get() + taps.first);
        row += out_c;
      }
    }
  }
}

size_t PackedTransposeConv::ScratchBytes(const Window& w) const {
  return Layout(w.out_c, w.in_w * w.kernel_h * w.kernel_w).end;
}

void PackedTransposeConv::Run(const Window& w, const float* input, const float* bias, Clamp clamp, float* output,
                              void* scratch) const {
  const Layout layout(w.out_c, w.in_w * w.kernel_h * w.kernel_w);
  const float* zeros = Zeros(scratch, w.out_c);
  const float** pointers = Pointers(scratch, layout);
  // Rows of the result first, then the columns of one class after the other.
  for (int64_t row = 0; row < w.batch * w.in_h; ++row) {
    const int64_t n = row / w.in_h, y = row % w.in_h;
    const int64_t class_y = std::min((y + w.pad_top) % stride_h_, class_rows_ - 1);
    for (int64_t first = 0; first < std::min(stride_w_, w.in_w); ++first) {
      const int64_t class_x = std::min((first + w.pad_left) % stride_w_, class_columns_ - 1);
      const TapClass& taps = classes_[static_cast<size_t>(class_y * class_columns_ + class_x)];
      const int64_t count = (w.in_w - first + stride_w_ - 1) / stride_w_;
      const float** to = pointers;
      for (int64_t ky : taps.rows) {
        for (int64_t kx : taps.columns) {
          for (int64_t i = 0; i < count; ++i) {
            const int64_t down = y + w.pad_top - ky, right = first + i * stride_w_ + w.pad_left - kx;
            const int64_t iy = down / stride_h_, ix = right / stride_w_;
            const bool inside = down >= 0 && right >= 0 && iy < w.out_h && ix < w.out_w;
            *to++ = inside ? input + ((n * w.out_h + iy) * w.out_w + ix) * depth_ : zeros;
          }
        }
      }
      GemmProblem problem{};
      problem.row_pointers = pointers;
      problem.rows = count;
      problem.columns = channels_;
      problem.taps = static_cast<int64_t>(taps.rows.size() * taps.columns.size());
      problem.depth = depth_;
      problem.packed = packed_.get() + taps.first;
      problem.bias = bias;
      problem.out = output + (row * w.in_w + first) * channels_;
      problem.out_stride = stride_w_ * channels_;
      problem.clamp = clamp;
      Gemm(*kernels_, problem);
    }
  }
}

}  // namespace zeropoint::kernels
