// Every float kernel against a straightforward double-precision computation of the same op.
// real.h says where the bounds come from. What needs more than constants (states, called graphs, other types, random
// numbers) is in the files that run_references.h names.
#include <catch2/catch.hpp>
#include <cmath>
#include <functional>
#include <limits>
#include <map>
#include <random>
#include <set>

#include "engine/engine.h"
#include "ops/op_def.h"
#include "real.h"
#include "run_references.h"
#include "schema/schema_generated.h"

using namespace zeropoint;

namespace {

struct Tensor {
  std::vector<int64_t> dims;
  std::vector<Real> elements;
  std::vector<int32_t> ints;  // of an operand of integers

  int64_t size(size_t axis) const { return dims[axis]; }
  const Real& at(std::initializer_list<int64_t> index) const {
    int64_t offset = 0;
    size_t axis = 0;
    for (int64_t i : index) offset = offset * dims[axis++] + i;
    return elements[static_cast<size_t>(offset)];
  }
};

// What a case gives the op: a shape of random floats, or integers.
struct Operand {
  std::vector<int64_t> dims;
  std::vector<int32_t> ints;
};
Operand Ints(std::vector<int32_t> elements) { return {{static_cast<int64_t>(elements.size())}, std::move(elements)}; }

struct Call {
  const ir::Attributes& attrs;
  const std::vector<Tensor>& in;
  std::vector<int64_t> dims;  // of the result
  size_t count;
};
using Compute = std::function<std::vector<Real>(const Call&)>;

struct Case {
  std::vector<Operand> operands;
  ir::Attributes attrs;
};
struct Reference {
  Compute compute;
  std::vector<Case> cases;
};

ir::Attributes Attrs(std::initializer_list<std::pair<const char*, ir::AttrValue>> list) {
  ir::Attributes attrs;
  for (const auto& [name, value] : list) attrs.Set(name, value);
  return attrs;
}

// Calls f(index) for every index below `dims`, row by row.
template <typename F>
void ForEach(const std::vector<int64_t>& dims, F f) {
  for (int64_t d : dims) {
    if (d == 0) return;
  }
  std::vector<int64_t> index(dims.size(), 0);
  for (;;) {
    f(index);
    size_t axis = dims.size();
    while (axis > 0 && ++index[axis - 1] == dims[axis - 1]) index[--axis] = 0;
    if (axis == 0) return;
  }
}

const Real& Broadcast(const Tensor& x, const std::vector<int64_t>& index) {
  size_t offset = 0;
  const size_t lead = index.size() - x.dims.size();
  for (size_t i = 0; i < x.dims.size(); ++i) {
    offset = offset * static_cast<size_t>(x.dims[i]) + static_cast<size_t>(x.dims[i] == 1 ? 0 : index[lead + i]);
  }
  return x.elements[offset];
}

// --- shapes of references

Reference Unary(std::function<Real(const Real&)> f, ir::Attributes attrs = {}) {
  return {[f](const Call& call) {
            std::vector<Real> y;
            for (const Real& x : call.in[0].elements) y.push_back(f(x));
            return y;
          },
          {{{{{3, 7, 11}, {}}}, attrs}, {{{{1}, {}}}, attrs}}};
}

using BinaryFn = std::function<Real(const Real&, const Real&)>;

Compute Pairs(BinaryFn f) {
  return [f](const Call& call) {
    std::vector<Real> y;
    ForEach(call.dims,
            [&](const std::vector<int64_t>& i) { y.push_back(f(Broadcast(call.in[0], i), Broadcast(call.in[1], i))); });
    return y;
  };
}
Reference SameShape(BinaryFn f) { return {Pairs(f), {{{{{5, 9}, {}}, {{5, 9}, {}}}, {}}}}; }
Reference Binary(BinaryFn f) {
  return {Pairs(f),
          {{{{{5, 9}, {}}, {{5, 9}, {}}}, {}}, {{{{2, 3, 7}, {}}, {{3, 1}, {}}}, {}}, {{{{}, {}}, {{4, 5}, {}}}, {}}}};
}

// Of rows of the last dimension.
Reference Rows(std::function<void(const Real* x, size_t n, const ir::Attributes&, std::vector<Real>& y)> f,
               ir::Attributes attrs = {}) {
  return {[f](const Call& call) {
            std::vector<Real> y;
            const size_t depth = static_cast<size_t>(call.in[0].dims.back());
            for (size_t i = 0; i < call.in[0].elements.size(); i += depth) {
              f(&call.in[0].elements[i], depth, call.attrs, y);
            }
            return y;
          },
          {{{{{3, 4, 17}, {}}}, attrs}, {{{{2, 1}, {}}}, attrs}}};
}

// Over axes 0 and 2 of three, and over the last.
Reference Reduction(std::function<Real(const std::vector<Real>&)> f) {
  const Compute compute = [f](const Call& call) {
    const Tensor& x = call.in[0];
    std::map<std::vector<int64_t>, std::vector<Real>> groups;
    std::set<int64_t> axes;
    for (int32_t axis : call.in[1].ints) axes.insert(axis < 0 ? axis + static_cast<int64_t>(x.dims.size()) : axis);
    size_t at = 0;
    ForEach(x.dims, [&](std::vector<int64_t> i) {
      for (int64_t axis : axes) i[static_cast<size_t>(axis)] = 0;
      groups[i].push_back(x.elements[at++]);
    });
    std::vector<Real> y;
    for (const auto& [index, group] : groups) y.push_back(f(group));
    return y;
  };
  return {compute,
          {{{{{3, 5, 6}, {}}, Ints({0, 2})}, Attrs({{"keep_dims", false}})},
           {{{{4, 33}, {}}, Ints({-1})}, Attrs({{"keep_dims", true}})}}};
}

// --- windows

// Where the window of a result begins in the operand, when it is padded as TensorFlow's SAME does.
int64_t PaddingBefore(int64_t from, int64_t to, int64_t window, int64_t stride, int64_t dilation, bool same) {
  return same ? std::max<int64_t>(0, (to - 1) * stride + (window - 1) * dilation + 1 - from) / 2 : 0;
}

struct Window {
  int64_t height, width, stride_h, stride_w, dilation_h, dilation_w, top, left;

  // Calls f(row, column, window row, window column) for each place inside.
  template <typename F>
  void ForEach(int64_t rows, int64_t columns, int64_t row, int64_t column, F f) const {
    for (int64_t i = 0; i < height; ++i) {
      for (int64_t j = 0; j < width; ++j) {
        const int64_t r = row * stride_h + i * dilation_h - top, c = column * stride_w + j * dilation_w - left;
        if (r >= 0 && r < rows && c >= 0 && c < columns) f(r, c, i, j);
      }
    }
  }
};

Window MakeWindow(const ir::Attributes& attrs, int64_t height, int64_t width, const std::vector<int64_t>& from,
                  const std::vector<int64_t>& to) {
  Window w{height,
           width,
           attrs.Int("stride_h", 1),
           attrs.Int("stride_w", 1),
           attrs.Int("dilation_h_factor", 1),
           attrs.Int("dilation_w_factor", 1),
           0,
           0};
  const bool same = attrs.Int("padding") == schema::Padding_SAME;
  w.top = PaddingBefore(from[1], to[1], height, w.stride_h, w.dilation_h, same);
  w.left = PaddingBefore(from[2], to[2], width, w.stride_w, w.dilation_w, same);
  return w;
}

ir::Attributes WindowAttrs(int64_t padding, int64_t stride_h, int64_t stride_w, int64_t dilation = 1) {
  return Attrs({{"padding", padding},
                {"stride_h", stride_h},
                {"stride_w", stride_w},
                {"dilation_h_factor", dilation},
                {"dilation_w_factor", dilation},
                {"fused_activation_function", int64_t{0}}});
}
ir::Attributes PoolAttrs(int64_t padding, int64_t stride) {
  ir::Attributes attrs = WindowAttrs(padding, stride, stride);
  attrs.Set("filter_height", int64_t{3});
  attrs.Set("filter_width", int64_t{2});
  return attrs;
}
constexpr int64_t kSame = schema::Padding_SAME, kValid = schema::Padding_VALID;

Reference Pool(std::function<Real(const std::vector<Real>&)> f) {
  const Compute compute = [f](const Call& call) {
    const Tensor& x = call.in[0];
    const Window w =
        MakeWindow(call.attrs, call.attrs.Int("filter_height"), call.attrs.Int("filter_width"), x.dims, call.dims);
    std::vector<Real> y;
    ForEach(call.dims, [&](const std::vector<int64_t>& i) {
      std::vector<Real> met;
      w.ForEach(x.size(1), x.size(2), i[1], i[2], [&](int64_t r, int64_t c, int64_t, int64_t) {
        met.push_back(x.at({i[0], r, c, i[3]}));
      });
      y.push_back(f(met));
    });
    return y;
  };
  return {compute, {{{{{2, 8, 9, 5}, {}}}, PoolAttrs(kValid, 2)}, {{{{1, 7, 6, 3}, {}}}, PoolAttrs(kSame, 1)}}};
}

std::vector<Real> Conv2d(const Call& call) {
  const Tensor& x = call.in[0];
  const Tensor& filter = call.in[1];
  const int64_t depth = filter.size(3), per_group = call.dims[3] / (x.size(3) / depth);
  const Window w = MakeWindow(call.attrs, filter.size(1), filter.size(2), x.dims, call.dims);
  std::vector<Real> y;
  ForEach(call.dims, [&](const std::vector<int64_t>& i) {
    Sum sum;
    w.ForEach(x.size(1), x.size(2), i[1], i[2], [&](int64_t r, int64_t c, int64_t fr, int64_t fc) {
      for (int64_t d = 0; d < depth; ++d) {
        sum.Add(x.at({i[0], r, c, i[3] / per_group * depth + d}) * filter.at({i[3], fr, fc, d}));
      }
    });
    if (call.in.size() > 2) sum.Add(call.in[2].at({i[3]}));
    y.push_back(sum.total());
  });
  return y;
}

std::vector<Real> DepthwiseConv2d(const Call& call) {
  const Tensor& x = call.in[0];
  const Tensor& filter = call.in[1];
  const int64_t multiplier = filter.size(3) / x.size(3);
  const Window w = MakeWindow(call.attrs, filter.size(1), filter.size(2), x.dims, call.dims);
  std::vector<Real> y;
  ForEach(call.dims, [&](const std::vector<int64_t>& i) {
    Sum sum;
    w.ForEach(x.size(1), x.size(2), i[1], i[2], [&](int64_t r, int64_t c, int64_t fr, int64_t fc) {
      sum.Add(x.at({i[0], r, c, i[3] / multiplier}) * filter.at({0, fr, fc, i[3]}));
    });
    sum.Add(call.in[2].at({i[3]}));
    y.push_back(sum.total());
  });
  return y;
}

std::vector<Real> Totals(const std::vector<Sum>& sums) {
  std::vector<Real> totals;
  for (const Sum& sum : sums) totals.push_back(sum.total());
  return totals;
}

// Each element of the input spreads over the window that the forward convolution would see it from.
std::vector<Real> TransposeConv(const Call& call) {
  const Tensor& filter = call.in[1];
  const Tensor& x = call.in[2];
  const Window w = MakeWindow(call.attrs, filter.size(1), filter.size(2), call.dims, x.dims);
  std::vector<Sum> sums(call.count);
  ForEach(x.dims, [&](const std::vector<int64_t>& i) {
    w.ForEach(call.dims[1], call.dims[2], i[1], i[2], [&](int64_t r, int64_t c, int64_t fr, int64_t fc) {
      for (int64_t o = 0; o < call.dims[3]; ++o) {
        const int64_t at = ((i[0] * call.dims[1] + r) * call.dims[2] + c) * call.dims[3] + o;
        sums[static_cast<size_t>(at)].Add(x.at({i[0], i[1], i[2], i[3]}) * filter.at({o, fr, fc, i[3]}));
      }
    });
  });
  return Totals(sums);
}

// The places along one dimension where windows of three meet: result, operand, window.
template <typename F>
void ForEachPlace(int64_t results, int64_t operands, int64_t window, int64_t stride, F f) {
  for (int64_t r = 0; r < results; ++r) {
    for (int64_t w = 0; w < window; ++w) {
      if (r * stride + w < operands) f(r, r * stride + w, w);
    }
  }
}

// VALID padding, strides 1, 2 and 1. `wide` has the dimensions of the side with more elements.
template <typename F>
void ForEachVolume(const std::vector<int64_t>& narrow, const std::vector<int64_t>& wide,
                   const std::vector<int64_t>& filter, F f) {
  for (int64_t n = 0; n < narrow[0]; ++n) {
    ForEachPlace(narrow[1], wide[1], filter[0], 1, [&](int64_t a, int64_t x, int64_t i) {
      ForEachPlace(narrow[2], wide[2], filter[1], 2, [&](int64_t b, int64_t y, int64_t j) {
        ForEachPlace(narrow[3], wide[3], filter[2], 1, [&](int64_t c, int64_t z, int64_t k) {
          f(std::vector<int64_t>{n, a, b, c}, std::vector<int64_t>{n, x, y, z}, std::vector<int64_t>{i, j, k});
        });
      });
    });
  }
}

size_t Offset(const std::vector<int64_t>& dims, const std::vector<int64_t>& index, int64_t channel) {
  int64_t offset = 0;
  for (size_t i = 0; i < index.size(); ++i) offset = offset * dims[i] + index[i];
  return static_cast<size_t>(offset * dims[index.size()] + channel);
}

std::vector<Real> Conv3d(const Call& call) {
  const Tensor& x = call.in[0];
  const Tensor& filter = call.in[1];
  std::vector<Sum> sums(call.count);
  ForEachVolume(call.dims, x.dims, filter.dims, [&](const auto& to, const auto& from, const auto& window) {
    for (int64_t o = 0; o < call.dims[4]; ++o) {
      for (int64_t d = 0; d < x.dims[4]; ++d) {
        sums[Offset(call.dims, to, o)].Add(x.elements[Offset(x.dims, from, d)] *
                                           filter.at({window[0], window[1], window[2], d, o}));
      }
    }
  });
  for (size_t i = 0; i < call.count; ++i) sums[i].Add(call.in[2].elements[i % call.in[2].elements.size()]);
  return Totals(sums);
}

std::vector<Real> Conv3dTranspose(const Call& call) {
  const Tensor& filter = call.in[1];
  const Tensor& x = call.in[2];
  std::vector<Sum> sums(call.count);
  ForEachVolume(x.dims, call.dims, filter.dims, [&](const auto& from, const auto& to, const auto& window) {
    for (int64_t o = 0; o < call.dims[4]; ++o) {
      for (int64_t d = 0; d < x.dims[4]; ++d) {
        sums[Offset(call.dims, to, o)].Add(x.elements[Offset(x.dims, from, d)] *
                                           filter.at({window[0], window[1], window[2], o, d}));
      }
    }
  });
  return Totals(sums);
}

std::vector<Real> FullyConnected(const Call& call) {
  const Tensor& weights = call.in[1];
  const size_t units = static_cast<size_t>(weights.size(0)), depth = static_cast<size_t>(weights.size(1));
  std::vector<Real> y;
  for (size_t row = 0; row < call.in[0].elements.size() / depth; ++row) {
    for (size_t u = 0; u < units; ++u) {
      Sum sum;
      for (size_t d = 0; d < depth; ++d)
        sum.Add(call.in[0].elements[row * depth + d] * weights.elements[u * depth + d]);
      sum.Add(call.in[2].elements[u]);
      y.push_back(sum.total());
    }
  }
  return y;
}

std::vector<Real> BatchMatmul(const Call& call) {
  const bool adj_x = call.attrs.Bool("adj_x"), adj_y = call.attrs.Bool("adj_y");
  const Tensor& a = call.in[0];
  const Tensor& b = call.in[1];
  const int64_t depth = a.dims[a.dims.size() - (adj_x ? 2 : 1)];
  std::vector<Real> y;
  ForEach(call.dims, [&](const std::vector<int64_t>& i) {
    Sum sum;
    for (int64_t d = 0; d < depth; ++d) {
      std::vector<int64_t> left(i), right(i);
      left[i.size() - 1] = right[i.size() - 2] = d;
      if (adj_x) std::swap(left[i.size() - 1], left[i.size() - 2]);
      if (adj_y) std::swap(right[i.size() - 1], right[i.size() - 2]);
      sum.Add(Broadcast(a, left) * Broadcast(b, right));
    }
    y.push_back(sum.total());
  });
  return y;
}

// [batch, m, k] and [batch, n, k]: what the case's options say.
std::vector<Real> DotGeneral(const Call& call) {
  std::vector<Real> y;
  ForEach(call.dims, [&](const std::vector<int64_t>& i) {
    Sum sum;
    for (int64_t d = 0; d < call.in[0].size(2); ++d)
      sum.Add(call.in[0].at({i[0], i[1], d}) * call.in[1].at({i[0], i[2], d}));
    y.push_back(sum.total());
  });
  return y;
}

std::vector<Real> Cumsum(const Call& call) {
  const Tensor& x = call.in[0];
  const bool exclusive = call.attrs.Bool("exclusive"), reverse = call.attrs.Bool("reverse");
  std::vector<Real> y;
  ForEach(call.dims, [&](const std::vector<int64_t>& i) {
    Sum sum;
    for (int64_t k = 0; k < x.size(1); ++k) {
      const bool before = reverse ? k > i[1] : k < i[1];
      if (before || (k == i[1] && !exclusive)) sum.Add(x.at({i[0], k, i[2]}));
    }
    y.push_back(sum.total());
  });
  return y;
}

// Along one dimension: the two neighbours and how far the place is from the first.
struct Between {
  int64_t low, high;
  Real fraction;
};
Between Place(int64_t i, int64_t from, int64_t to, const ir::Attributes& attrs) {
  const bool corners = attrs.Bool("align_corners") && to > 1;
  const Real scale =
      Real(static_cast<double>(corners ? from - 1 : from)) / Real(static_cast<double>(corners ? to - 1 : to));
  const Real at = attrs.Bool("half_pixel_centers") ? (Real(static_cast<double>(i)) + Real(0.5)) * scale - Real(0.5)
                                                   : Real(static_cast<double>(i)) * scale;
  const double floor = std::floor(at.value);
  auto inside = [from](double x) { return std::clamp<int64_t>(static_cast<int64_t>(x), 0, from - 1); };
  return {inside(floor), inside(floor + 1), at - Real(floor)};
}

std::vector<Real> ResizeBilinear(const Call& call) {
  const Tensor& x = call.in[0];
  std::vector<Real> y;
  ForEach(call.dims, [&](const std::vector<int64_t>& i) {
    const Between r = Place(i[1], x.size(1), call.dims[1], call.attrs),
                  c = Place(i[2], x.size(2), call.dims[2], call.attrs);
    Sum sum;
    sum.Add(x.at({i[0], r.low, c.low, i[3]}) * (Real(1) - r.fraction) * (Real(1) - c.fraction));
    sum.Add(x.at({i[0], r.high, c.low, i[3]}) * r.fraction * (Real(1) - c.fraction));
    sum.Add(x.at({i[0], r.low, c.high, i[3]}) * (Real(1) - r.fraction) * c.fraction);
    sum.Add(x.at({i[0], r.high, c.high, i[3]}) * r.fraction * c.fraction);
    y.push_back(sum.total());
  });
  return y;
}

Real Total(const std::vector<Real>& terms) {
  Sum sum;
  for (const Real& term : terms) sum.Add(term);
  return sum.total();
}
Real Mean(const std::vector<Real>& terms) { return Total(terms) / Real(static_cast<double>(terms.size())); }
Real Product(const std::vector<Real>& factors) {
  Real product(1);
  for (const Real& factor : factors) product = product * factor;
  return product;
}
Real Most(const std::vector<Real>& list) {
  Real most = list[0];
  for (const Real& x : list) most = Larger(most, x);
  return most;
}
Real Least(const std::vector<Real>& list) {
  Real least = list[0];
  for (const Real& x : list) least = Smaller(least, x);
  return least;
}

Real Power(const Real& a, const Real& b) {
  const double value = std::pow(a.value, b.value);
  // e^(b log a): what the logarithm loses is multiplied by b.
  return Rounded(value, std::fabs(value * b.value * std::log(a.value)) * kRound * kFunction, kFunction);
}
Real FlooredRemainder(const Real& a, const Real& b) {
  const double value = a.value - std::floor(a.value / b.value) * b.value;
  return Rounded(value, kRound * std::fabs(b.value));
}
Real Gelu(const Real& x) { return Real(0.5) * x * (Real(1) + Erf(x * Real(0.7071067811865476))); }
Real GeluTanh(const Real& x) {
  return Real(0.5) * x * (Real(1) + Tanh(Real(0.7978845608028654) * (x + Real(0.044715) * x * x * x)));
}

void Softmax(const Real* x, size_t n, const ir::Attributes& attrs, std::vector<Real>& y) {
  const Real beta(static_cast<double>(attrs.Float("beta", 1))), most = Most({x, x + n});
  std::vector<Real> powers;
  for (size_t i = 0; i < n; ++i) powers.push_back(Exp((x[i] - most) * beta));
  const Real sum = Total(powers);
  for (const Real& power : powers) y.push_back(power / sum);
}
void LogSoftmax(const Real* x, size_t n, const ir::Attributes&, std::vector<Real>& y) {
  const Real most = Most({x, x + n});
  std::vector<Real> powers;
  for (size_t i = 0; i < n; ++i) powers.push_back(Exp(x[i] - most));
  const Real log = Log(Total(powers));
  for (size_t i = 0; i < n; ++i) y.push_back(x[i] - most - log);
}
void L2Normalization(const Real* x, size_t n, const ir::Attributes&, std::vector<Real>& y) {
  std::vector<Real> squares;
  for (size_t i = 0; i < n; ++i) squares.push_back(x[i] * x[i]);
  const Real length = Sqrt(Total(squares));
  for (size_t i = 0; i < n; ++i) y.push_back(x[i] / length);
}

std::vector<Real> LocalResponse(const Call& call) {
  const Tensor& x = call.in[0];
  const int64_t depth = x.dims.back(), radius = call.attrs.Int("radius");
  auto attr = [&](const char* name) { return Real(static_cast<double>(call.attrs.Float(name))); };
  std::vector<Real> y;
  for (int64_t i = 0; i < static_cast<int64_t>(x.elements.size()); ++i) {
    const int64_t row = i / depth * depth, c = i % depth;
    Sum squares;
    for (int64_t k = std::max<int64_t>(0, c - radius); k <= std::min(depth - 1, c + radius); ++k) {
      const Real& neighbour = x.elements[static_cast<size_t>(row + k)];
      squares.Add(neighbour * neighbour);
    }
    const Real base = attr("bias") + attr("alpha") * squares.total();
    const double power = std::pow(base.value, -attr("beta").value);
    y.push_back(x.elements[static_cast<size_t>(i)] * Function(base, power, attr("beta").value * power / base.value));
  }
  return y;
}

// Rows of operand 0 by their segment, operand 1. What a segment without rows gives is `none`.
Compute Segments(std::function<Real(const std::vector<Real>&)> f, double none) {
  return [f, none](const Call& call) {
    const size_t width = static_cast<size_t>(call.in[0].dims[1]), segments = static_cast<size_t>(call.dims[0]);
    std::vector<Real> y;
    for (size_t i = 0; i < segments * width; ++i) {
      std::vector<Real> group;
      for (size_t row = 0; row < call.in[1].ints.size(); ++row) {
        const bool inside = call.in[1].ints[row] == static_cast<int32_t>(i / width);
        if (inside) group.push_back(call.in[0].elements[row * width + i % width]);
      }
      y.push_back(group.empty() ? Real(none) : f(group));
    }
    return y;
  };
}

std::map<std::string, Reference> MakeReferences() {
  using R = const Real&;
  std::map<std::string, Reference> all;
  const auto abs = [](R x) { return Real(std::fabs(x.value)); };
  const auto negative = [](R x) { return -x; };
  const auto exp = [](R x) { return Exp(x); };
  const auto log = [](R x) { return Log(x); };
  const auto tanh = [](R x) { return Tanh(x); };
  const auto floor = [](R x) { return Real(std::floor(x.value)); };
  const auto rsqrt = [](R x) { return Real(1) / Sqrt(x); };
  const auto cos = [](R x) { return Function(x, std::cos(x.value), std::sin(x.value)); };
  const auto add = [](R a, R b) { return a + b; };
  const auto sub = [](R a, R b) { return a - b; };
  const auto mul = [](R a, R b) { return a * b; };
  const auto div = [](R a, R b) { return a / b; };
  all["ABS"] = all["STABLEHLO_ABS"] = Unary(abs);
  all["NEG"] = all["STABLEHLO_NEGATE"] = Unary(negative);
  all["EXP"] = all["STABLEHLO_EXPONENTIAL"] = Unary(exp);
  all["LOG"] = all["STABLEHLO_LOG"] = Unary(log);
  all["TANH"] = all["STABLEHLO_TANH"] = Unary(tanh);
  all["FLOOR"] = all["STABLEHLO_FLOOR"] = Unary(floor);
  all["RSQRT"] = all["STABLEHLO_RSQRT"] = Unary(rsqrt);
  all["COS"] = all["STABLEHLO_COSINE"] = Unary(cos);
  all["LOGISTIC"] = all["STABLEHLO_LOGISTIC"] = Unary(Logistic);
  all["STABLEHLO_CBRT"] = Unary([](R x) { return Rounded(std::cbrt(x.value), 0, kFunction); });
  all["SIN"] = Unary([](R x) { return Function(x, std::sin(x.value), std::cos(x.value)); });
  all["SQRT"] = Unary([](R x) { return Sqrt(x); });
  all["SQUARE"] = Unary([](R x) { return x * x; });
  all["CEIL"] = Unary([](R x) { return Real(std::ceil(x.value)); });
  all["ROUND"] = Unary([](R x) { return Real(std::nearbyint(x.value)); });
  all["SIGN"] = Unary([](R x) { return Real((x.value > 0) - (x.value < 0)); });
  all["RELU"] = Unary([](R x) { return Larger(x, Real(0)); });
  all["RELU6"] = Unary([](R x) { return Clamped(x, 0, 6); });
  all["RELU_N1_TO_1"] = Unary([](R x) { return Clamped(x, -1, 1); });
  all["RELU_0_TO_1"] = Unary([](R x) { return Clamped(x, 0, 1); });
  all["LEAKY_RELU"] =
      Unary([](R x) { return x.value < 0 ? x * Real(static_cast<double>(0.1f)) : x; }, Attrs({{"alpha", 0.1f}}));
  all["ELU"] = Unary([](R x) { return x.value < 0 ? Exp(x) - Real(1) : x; });
  all["HARD_SWISH"] = Unary([](R x) { return x * Clamped(x + Real(3), 0, 6) / Real(6); });
  all["GELU"] = Unary(Gelu, Attrs({{"approximate", false}}));
  all["GELU"].cases.push_back({{{{41}, {}}}, Attrs({{"approximate", true}})});
  all["GELU"].compute = [](const Call& call) {
    std::vector<Real> y;
    for (R x : call.in[0].elements) y.push_back(call.attrs.Bool("approximate") ? GeluTanh(x) : Gelu(x));
    return y;
  };

  all["ADD"] = Binary(add);
  all["SUB"] = Binary(sub);
  all["MUL"] = Binary(mul);
  all["DIV"] = Binary(div);
  all["MAXIMUM"] = Binary(Larger);
  all["MINIMUM"] = Binary(Smaller);
  all["POW"] = Binary(Power);
  all["SQUARED_DIFFERENCE"] = Binary([](R a, R b) { return (a - b) * (a - b); });
  all["FLOOR_DIV"] = Binary([](R a, R b) { return Real(std::floor(a.value / b.value)); });
  all["FLOOR_MOD"] = Binary(FlooredRemainder);
  all["ATAN2"] = SameShape([](R a, R b) { return Rounded(std::atan2(a.value, b.value), 0, kFunction); });
  all["PRELU"] = Binary([](R x, R slope) { return x.value < 0 ? x * slope : x; });
  all["PRELU"].cases = {{{{{2, 3, 4, 5}, {}}, {{1, 1, 5}, {}}}, {}}};
  all["STABLEHLO_ADD"] = SameShape(add);
  all["STABLEHLO_SUBTRACT"] = SameShape(sub);
  all["STABLEHLO_MULTIPLY"] = SameShape(mul);
  all["STABLEHLO_DIVIDE"] = SameShape(div);
  all["STABLEHLO_MAXIMUM"] = SameShape(Larger);
  all["STABLEHLO_MINIMUM"] = SameShape(Smaller);
  all["STABLEHLO_POWER"] = SameShape(Power);
  all["STABLEHLO_REMAINDER"] = SameShape([](R a, R b) { return Real(std::fmod(a.value, b.value)); });
  all["STABLEHLO_CLAMP"] = {
      [](const Call& call) {
        std::vector<Real> y;
        for (size_t i = 0; i < call.count; ++i) {
          y.push_back(Smaller(Larger(call.in[1].elements[i], call.in[0].elements[i]), call.in[2].elements[i]));
        }
        return y;
      },
      {{{{{31}, {}}, {{31}, {}}, {{31}, {}}}, {}}}};
  all["ADD_N"] = {[](const Call& call) {
                    std::vector<Real> y;
                    for (size_t i = 0; i < call.count; ++i) {
                      Sum sum;
                      for (const Tensor& x : call.in) sum.Add(x.elements[i]);
                      y.push_back(sum.total());
                    }
                    return y;
                  },
                  {{{{{3, 9}, {}}, {{3, 9}, {}}, {{3, 9}, {}}, {{3, 9}, {}}}, {}}}};

  all["SUM"] = Reduction(Total);
  all["MEAN"] = Reduction(Mean);
  all["REDUCE_PROD"] = Reduction(Product);
  all["REDUCE_MAX"] = Reduction(Most);
  all["REDUCE_MIN"] = Reduction(Least);
  all["AVERAGE_POOL_2D"] = Pool(Mean);
  all["MAX_POOL_2D"] = Pool(Most);
  all["L2_POOL_2D"] = Pool([](const std::vector<Real>& list) {
    std::vector<Real> squares;
    for (R x : list) squares.push_back(x * x);
    return Sqrt(Mean(squares));
  });
  all["SOFTMAX"] = Rows(Softmax, Attrs({{"beta", 1.0f}}));
  all["SOFTMAX"].cases.push_back({{{{2, 5}, {}}}, Attrs({{"beta", 0.3f}})});
  all["LOG_SOFTMAX"] = Rows(LogSoftmax);
  all["L2_NORMALIZATION"] = Rows(L2Normalization);
  all["CUMSUM"] = {Cumsum, {}};
  for (const bool exclusive : {false, true}) {
    for (const bool reverse : {false, true}) {
      all["CUMSUM"].cases.push_back(
          {{{{2, 19, 3}, {}}, {{}, {1}}}, Attrs({{"exclusive", exclusive}, {"reverse", reverse}})});
    }
  }

  all["LOCAL_RESPONSE_NORMALIZATION"] = {
      LocalResponse,
      {{{{{1, 2, 3, 9}, {}}}, Attrs({{"radius", int64_t{2}}, {"bias", 1.5f}, {"alpha", 0.25f}, {"beta", 0.75f}})}}};
  constexpr double kMost = std::numeric_limits<float>::max();
  const Operand six_rows{{6, 7}, {}}, any_order = Ints({2, 0, 0, 4, 2, 2}), five{{}, {5}};
  all["SEGMENT_SUM"] = {Segments(Total, 0), {{{six_rows, Ints({0, 0, 1, 3, 3, 3})}, {}}}};
  all["UNSORTED_SEGMENT_SUM"] = {Segments(Total, 0), {{{six_rows, any_order, five}, {}}}};
  all["UNSORTED_SEGMENT_PROD"] = {Segments(Product, 1), {{{six_rows, any_order, five}, {}}}};
  all["UNSORTED_SEGMENT_MAX"] = {Segments(Most, -kMost), {{{six_rows, any_order, five}, {}}}};
  all["UNSORTED_SEGMENT_MIN"] = {Segments(Least, kMost), {{{six_rows, any_order, five}, {}}}};
  const ir::Attributes volume = Attrs({{"padding", kValid},
                                       {"stride_d", int64_t{1}},
                                       {"stride_h", int64_t{2}},
                                       {"stride_w", int64_t{1}},
                                       {"dilation_d_factor", int64_t{1}},
                                       {"dilation_h_factor", int64_t{1}},
                                       {"dilation_w_factor", int64_t{1}}});
  all["CONV_3D"] = {Conv3d, {{{{{2, 4, 7, 5, 3}, {}}, {{2, 3, 2, 3, 5}, {}}, {{5}, {}}}, volume}}};
  all["CONV_3D_TRANSPOSE"] = {Conv3dTranspose,
                              {{{Ints({2, 4, 7, 5, 3}), {{2, 3, 2, 3, 5}, {}}, {{2, 3, 3, 4, 5}, {}}}, volume}}};
  all["CONV_2D"] = {Conv2d,
                    {{{{{2, 9, 8, 5}, {}}, {{7, 3, 2, 5}, {}}, {{7}, {}}}, WindowAttrs(kSame, 2, 1)},
                     {{{{1, 9, 9, 4}, {}}, {{6, 3, 3, 4}, {}}, {{6}, {}}}, WindowAttrs(kValid, 1, 1, 2)},
                     {{{{1, 5, 5, 19}, {}}, {{17, 1, 1, 19}, {}}, {{17}, {}}}, WindowAttrs(kSame, 1, 1)},
                     {{{{1, 6, 6, 8}, {}}, {{6, 3, 3, 4}, {}}, {{6}, {}}}, WindowAttrs(kSame, 1, 1)}}};
  ir::Attributes twice = WindowAttrs(kSame, 1, 2);
  twice.Set("depth_multiplier", int64_t{2});
  ir::Attributes once = WindowAttrs(kValid, 1, 1, 2);
  once.Set("depth_multiplier", int64_t{1});
  all["DEPTHWISE_CONV_2D"] = {DepthwiseConv2d,
                              {{{{{2, 7, 8, 3}, {}}, {{1, 3, 3, 6}, {}}, {{6}, {}}}, twice},
                               {{{{1, 9, 9, 11}, {}}, {{1, 3, 2, 11}, {}}, {{11}, {}}}, once}}};
  all["TRANSPOSE_CONV"] = {TransposeConv,
                           {{{Ints({2, 8, 9, 3}), {{3, 3, 2, 5}, {}}, {{2, 4, 3, 5}, {}}}, WindowAttrs(kSame, 2, 3)},
                            {{Ints({1, 7, 6, 4}), {{4, 3, 3, 2}, {}}, {{1, 3, 4, 2}, {}}}, WindowAttrs(kValid, 2, 1)}}};
  all["FULLY_CONNECTED"] = {FullyConnected, {{{{{3, 37}, {}}, {{11, 37}, {}}, {{11}, {}}}, {}}}};
  all["BATCH_MATMUL"] = {BatchMatmul, {}};
  for (const bool x : {false, true}) {
    for (const bool y : {false, true}) {
      all["BATCH_MATMUL"].cases.push_back(
          {{{x ? std::vector<int64_t>{2, 1, 13, 4} : std::vector<int64_t>{2, 1, 4, 13}, {}},
            {y ? std::vector<int64_t>{3, 5, 13} : std::vector<int64_t>{3, 13, 5}, {}}},
           Attrs({{"adj_x", x}, {"adj_y", y}})});
    }
  }
  using Longs = std::vector<int64_t>;
  all["STABLEHLO_DOT_GENERAL"] = {DotGeneral,
                                  {{{{{3, 4, 21}, {}}, {{3, 5, 21}, {}}},
                                    Attrs({{"lhs_batching_dimensions", Longs{0}},
                                           {"rhs_batching_dimensions", Longs{0}},
                                           {"lhs_contracting_dimensions", Longs{2}},
                                           {"rhs_contracting_dimensions", Longs{2}}})}}};
  all["RESIZE_BILINEAR"] = {ResizeBilinear, {}};
  for (const auto& [corners, centers] : {std::pair{false, false}, {true, false}, {false, true}}) {
    const ir::Attributes attrs = Attrs({{"align_corners", corners}, {"half_pixel_centers", centers}});
    all["RESIZE_BILINEAR"].cases.push_back({{{{1, 5, 7, 3}, {}}, Ints({8, 11})}, attrs});
    all["RESIZE_BILINEAR"].cases.push_back({{{{2, 9, 9, 2}, {}}, Ints({4, 5})}, attrs});
  }
  return all;
}

// Kernels that move, choose, compare or convert elements, give no floats, or draw numbers: nothing is rounded.
const std::set<std::string> kExact = {
    "ARG_MAX", "ARG_MIN", "BATCH_TO_SPACE_ND", "BITCAST", "BITWISE_XOR", "BROADCAST_ARGS", "BUCKETIZE", "CAST",
    "DENSIFY", "DEPTH_TO_SPACE", "DILATE", "DYNAMIC_UPDATE_SLICE", "EMBEDDING_LOOKUP", "EQUAL", "GREATER",
    "GREATER_EQUAL", "HASHTABLE_LOOKUP", "IMAG", "LESS", "LESS_EQUAL", "LOGICAL_AND", "LOGICAL_NOT", "LOGICAL_OR",
    "MATRIX_DIAG", "MATRIX_SET_DIAG", "MIRROR_PAD", "NOT_EQUAL", "ONE_HOT", "PAD", "RANK", "REAL", "REDUCE_ALL",
    "REDUCE_ANY", "RESIZE_NEAREST_NEIGHBOR", "REVERSE_SEQUENCE", "RIGHT_SHIFT", "SCATTER_ND", "SELECT", "SELECT_V2",
    "SHAPE", "SPACE_TO_BATCH_ND", "SPACE_TO_DEPTH", "SPARSE_TO_DENSE", "STABLEHLO_AND", "STABLEHLO_COMPARE",
    "STABLEHLO_CONVERT", "STABLEHLO_IOTA", "STABLEHLO_OR", "STABLEHLO_SELECT", "STABLEHLO_SHIFT_LEFT", "STABLEHLO_SORT",
    "TOPK_V2", "UNIQUE", "WHERE", "ZEROS_LIKE",
    // Of control and state: what they call computes, what they keep is kept.
    "ASSIGN_VARIABLE", "CALL", "CALL_ONCE", "HASHTABLE", "HASHTABLE_FIND", "HASHTABLE_IMPORT", "HASHTABLE_SIZE", "IF",
    "READ_VARIABLE", "STABLEHLO_CASE", "STABLEHLO_COMPOSITE", "STABLEHLO_WHILE", "VAR_HANDLE", "WHILE"};

// The op on constants, and what the reference sees of them.
absl::StatusOr<ir::Value> Evaluate(const ops::OpDef& op, const Case& one, std::mt19937& random,
                                   std::vector<Tensor>& tensors) {
  ir::Graph graph;
  std::vector<ir::ValueId> inputs;
  std::uniform_real_distribution<float> spread(op.check.low, op.check.high);
  for (const Operand& operand : one.operands) {
    const ir::Shape shape{absl::MakeConstSpan(operand.dims)};
    const std::string name = "in" + std::to_string(inputs.size());
    Tensor tensor{operand.dims, {}, operand.ints};
    if (!operand.ints.empty()) {
      inputs.push_back(graph.AddConstant(name, shape, absl::MakeConstSpan(operand.ints)));
    } else {
      std::vector<float> elements(static_cast<size_t>(shape.NumElements()));
      for (float& element : elements) element = spread(random);
      for (float element : elements) tensor.elements.emplace_back(static_cast<double>(element));
      inputs.push_back(graph.AddConstant(name, shape, absl::MakeConstSpan(elements)));
    }
    tensors.push_back(std::move(tensor));
  }
  const ir::ValueId out = graph.AddValue({.name = "out", .shape = ir::Shape::Unranked()});
  const ir::NodeId node =
      graph.AddNode({.op = std::string(op.name), .name = "node", .attrs = one.attrs}, inputs, {out});
  graph.outputs = {out};
  ZP_ASSIGN_OR_RETURN(std::vector<ir::Value> results, engine::EvaluateConstants(graph, node));
  return std::move(results[0]);
}

void Check(const ops::OpDef& op, const Reference& reference, const Case& one, std::mt19937& random) {
  std::vector<Tensor> tensors;
  const auto evaluated = Evaluate(op, one, random, tensors);
  INFO(Describe(evaluated.status()));
  REQUIRE(evaluated.ok());
  const ir::Value& result = *evaluated;
  const size_t count = static_cast<size_t>(result.shape.NumElements());
  const std::vector<int64_t> dims(result.shape.dims().begin(), result.shape.dims().end());
  const std::vector<Real> want = reference.compute({one.attrs, tensors, dims, count});
  REQUIRE(want.size() == count);
  const float* got = reinterpret_cast<const float*>(result.data.data());
  for (size_t i = 0; i < count; ++i) {
    INFO("element " << i);
    RequireClose(got[i], want[i]);
  }
}

}  // namespace

TEST_CASE("every float kernel is as close to the real result as float32 arithmetic allows") {
  std::mt19937 random(20240901);
  for (const auto& [name, reference] : MakeReferences()) {
    const ops::OpDef* op = ops::FindOp(name);
    if (op == nullptr || op->eval_float == nullptr) continue;
    REQUIRE_FALSE(reference.cases.empty());
    for (size_t i = 0; i < reference.cases.size(); ++i) {
      INFO(name << ", case " << i);
      Check(*op, reference, reference.cases[i], random);
    }
  }
}

TEST_CASE("float kernels give no elements or an error for operands without elements") {
  std::mt19937 random(20240901);
  int none = 0;
  for (const auto& [name, reference] : MakeReferences()) {
    const ops::OpDef* op = ops::FindOp(name);
    if (op == nullptr || op->eval_float == nullptr) continue;
    for (Case one : reference.cases) {
      INFO(name);
      const std::vector<int64_t> whole = one.operands[0].dims;
      for (size_t axis = 0; axis < whole.size(); ++axis) {
        for (Operand& operand : one.operands) {
          if (operand.ints.empty() && operand.dims.size() == whole.size() && operand.dims[axis] == whole[axis]) {
            operand.dims[axis] = 0;
          }
        }
        std::vector<Tensor> tensors;
        const auto result = Evaluate(*op, one, random, tensors);
        none += result.ok() && result->shape.NumElements() == 0;
        for (Operand& operand : one.operands) {
          if (operand.dims.size() == whole.size() && operand.dims[axis] == 0) operand.dims[axis] = whole[axis];
        }
      }
    }
  }
  REQUIRE(none >= 100);  // elementwise ops alone are as many
}

TEST_CASE("every float kernel that computes has a double-precision reference") {
  const std::map<std::string, Reference> references = MakeReferences();
  std::set<std::string> run;
  for (const auto list : {RecurrentReferences(), RandomReferences(), TypedReferences(), BodyReferences()}) {
    for (const RunReference& one : list) run.insert(one.op);
  }
  for (const ops::OpDef* op : ops::AllOps()) {
    if (op->eval_float == nullptr) continue;
    const std::string name(op->name);
    INFO(name << " must be in exactly one of the references and the list of kernels without arithmetic");
    const bool exact = op->moves_elements || op->is_view || kExact.count(name) != 0;
    CHECK(exact + static_cast<int>(run.count(name)) + static_cast<int>(references.count(name)) == 1);
  }
}
