#include "kernels/conv.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace zeropoint::kernels {
namespace {

float Apply(Clamp clamp, float x) { return std::min(clamp.high, std::max(clamp.low, x)); }

// Calls body(batch, oy, ox, result offset) for each position of the result.
template <typename Body>
void ForEachPosition(const Window& w, Body body) {
  int64_t position = 0;
  for (int64_t n = 0; n < w.batch; ++n) {
    for (int64_t y = 0; y < w.out_h; ++y) {
      for (int64_t x = 0; x < w.out_w; ++x) body(n, y, x, position++);
    }
  }
}

// Calls body(tap, input pixel) for each tap that lies inside the input.
template <typename Body>
void ForEachTap(const Window& w, int64_t n, int64_t oy, int64_t ox, Body body) {
  for (int64_t ky = 0; ky < w.kernel_h; ++ky) {
    const int64_t y = oy * w.stride_h - w.pad_top + ky * w.dilation_h;
    if (y < 0 || y >= w.in_h) continue;
    for (int64_t kx = 0; kx < w.kernel_w; ++kx) {
      const int64_t x = ox * w.stride_w - w.pad_left + kx * w.dilation_w;
      if (x < 0 || x >= w.in_w) continue;
      body(ky * w.kernel_w + kx, (n * w.in_h + y) * w.in_w + x);
    }
  }
}

}  // namespace

void Conv2d(const Window& w, const float* input, const float* weights, const float* bias, Clamp clamp, float* output) {
  const int64_t taps = w.kernel_h * w.kernel_w;
  // Grouped filters have fewer channels than the input.
  const int64_t groups = std::max<int64_t>(1, w.groups);
  const int64_t depth = w.in_c / groups, group_out = w.out_c / groups;
  ForEachPosition(w, [&](int64_t n, int64_t y, int64_t x, int64_t position) {
    for (int64_t c = 0; c < w.out_c; ++c) {
      float sum = bias == nullptr ? 0.0f : bias[c];
      const float* filter = weights + c * taps * depth;
      const int64_t first = c / group_out * depth;
      ForEachTap(w, n, y, x, [&](int64_t tap, int64_t pixel) {
        const float* from = input + pixel * w.in_c + first;
        for (int64_t i = 0; i < depth; ++i) sum += from[i] * filter[tap * depth + i];
      });
      output[position * w.out_c + c] = Apply(clamp, sum);
    }
  });
}

void DepthwiseConv2d(const Window& w, const float* input, const float* weights, const float* bias, Clamp clamp,
                     float* output) {
  const int64_t multiplier = w.in_c == 0 ? 1 : w.out_c / w.in_c;
  ForEachPosition(w, [&](int64_t n, int64_t y, int64_t x, int64_t position) {
    for (int64_t c = 0; c < w.out_c; ++c) {
      float sum = bias == nullptr ? 0.0f : bias[c];
      ForEachTap(w, n, y, x, [&](int64_t tap, int64_t pixel) {
        sum += input[pixel * w.in_c + c / multiplier] * weights[tap * w.out_c + c];
      });
      output[position * w.out_c + c] = Apply(clamp, sum);
    }
  });
}

void AveragePool2d(const Window& w, const float* input, Clamp clamp, float* output) {
  ForEachPosition(w, [&](int64_t n, int64_t y, int64_t x, int64_t position) {
    for (int64_t c = 0; c < w.in_c; ++c) {
      float sum = 0.0f, count = 0.0f;
      ForEachTap(w, n, y, x, [&](int64_t, int64_t pixel) {
        sum += input[pixel * w.in_c + c];
        count += 1.0f;
      });
      output[position * w.in_c + c] = Apply(clamp, sum / std::max(count, 1.0f));
    }
  });
}

void MaxPool2d(const Window& w, const float* input, Clamp clamp, float* output) {
  ForEachPosition(w, [&](int64_t n, int64_t y, int64_t x, int64_t position) {
    for (int64_t c = 0; c < w.in_c; ++c) {
      float top = -std::numeric_limits<float>::infinity();
      ForEachTap(w, n, y, x, [&](int64_t, int64_t pixel) { top = std::max(top, input[pixel * w.in_c + c]); });
      output[position * w.in_c + c] = Apply(clamp, top);
    }
  });
}

void TransposeConv(const Window& w, const float* input, const float* weights, const float* bias, Clamp clamp,
                   float* output) {
  const int64_t pixels = w.batch * w.in_h * w.in_w;
  for (int64_t p = 0; p < pixels; ++p) {
    for (int64_t c = 0; c < w.in_c; ++c) output[p * w.in_c + c] = bias == nullptr ? 0.0f : bias[c];
  }
  const int64_t taps = w.kernel_h * w.kernel_w;
  ForEachPosition(w, [&](int64_t n, int64_t y, int64_t x, int64_t position) {
    const float* from = input + position * w.out_c;
    ForEachTap(w, n, y, x, [&](int64_t tap, int64_t pixel) {
      for (int64_t c = 0; c < w.in_c; ++c) {
        const float* filter = weights + (c * taps + tap) * w.out_c;
        float sum = 0.0f;
        for (int64_t i = 0; i < w.out_c; ++i) sum += from[i] * filter[i];
        output[pixel * w.in_c + c] += sum;
      }
    });
  });
  for (int64_t i = 0; i < pixels * w.in_c; ++i) output[i] = Apply(clamp, output[i]);
}

}  // namespace zeropoint::kernels
