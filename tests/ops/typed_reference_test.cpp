// Kernels whose operands or results are not only float32 (integers with scales, complex numbers, lists of boxes),
// against double precision.
#include <complex>
#include <limits>

#include "one_node.h"
#include "run_references.h"
#include "schema/schema_generated.h"

namespace zeropoint {
namespace {

using Floats = Elements<float>;
constexpr ElementType kFloat = ElementType::kFloat32;

// --- integers with scales

ir::QuantParams PerTensor(float scale, int64_t zero_point) { return {{scale}, {zero_point}}; }
ir::QuantParams PerAxis(int axis, std::vector<float> scales) {
  ir::QuantParams quant{std::move(scales), {}, axis};
  quant.zero_point.assign(quant.scale.size(), 0);
  return quant;
}

// The parameters of an element of a tensor [.., dims].
size_t ParamsAt(const ir::QuantParams& quant, const std::vector<int64_t>& dims, size_t element) {
  if (quant.scale.size() == 1) return 0;
  size_t inner = 1;
  for (size_t axis = static_cast<size_t>(quant.axis) + 1; axis < dims.size(); ++axis)
    inner *= static_cast<size_t>(dims[axis]);
  return element / inner % quant.scale.size();
}

// round(x / scale), halves away from zero, plus the zero point, within the type: where float32 arithmetic may land on
// either side of a half, two results are right. Returns whether only one is.
template <typename T>
bool CheckStep(T got, const Real& x, float scale, int64_t zero_point) {
  const Real steps = x / RealOf(scale);
  const auto bounded = [&](double at) {
    return std::clamp(std::round(at) + static_cast<double>(zero_point), double{std::numeric_limits<T>::lowest()},
                      double{std::numeric_limits<T>::max()});
  };
  const double least = bounded(steps.value - steps.error), most = bounded(steps.value + steps.error);
  INFO(x.value << " by " << scale << " to " << static_cast<int>(got));
  REQUIRE(static_cast<double>(got) >= least);
  REQUIRE(static_cast<double>(got) <= most);
  return least == most;
}

template <typename T>
void CheckQuantizing(ElementType type, const ir::QuantParams& quant, std::mt19937& random) {
  const Floats x = RandomFloats(random, {40, 3, 5}, -3, 3);
  OneNode node("QUANTIZE");
  node.Input(kFloat, x.dims);
  node.Result(type, quant);
  node.MustRun({x.data.data()});
  const Elements<T> got = node.Output<T>();
  size_t certain = 0;
  for (size_t i = 0; i < x.data.size(); ++i) {
    const size_t at = ParamsAt(quant, x.dims, i);
    certain += CheckStep(got.data[i], RealOf(x.data[i]), quant.scale[at], quant.zero_point[at]);
  }
  REQUIRE(certain * 100 >= 99 * x.data.size());
}

// From integers of other parameters.
template <typename From, typename To>
void CheckRequantizing(ElementType from, const ir::QuantParams& before, ElementType to, const ir::QuantParams& after) {
  Elements<From> x{{256}, {}};
  for (int i = 0; i < 256; ++i) x.data.push_back(static_cast<From>(i + std::numeric_limits<From>::lowest()));
  OneNode node("QUANTIZE");
  node.Input(from, x.dims, before);
  node.Result(to, after);
  node.MustRun({x.data.data()});
  const Elements<To> got = node.Output<To>();
  for (size_t i = 0; i < x.data.size(); ++i) {
    const Real real = Real(static_cast<double>(x.data[i] - before.zero_point[0])) * RealOf(before.scale[0]);
    CheckStep(got.data[i], real, after.scale[0], after.zero_point[0]);
  }
}

void CheckQuantize() {
  std::mt19937 random(1);
  CheckQuantizing<int8_t>(ElementType::kInt8, PerTensor(0.0231f, 7), random);
  CheckQuantizing<uint8_t>(ElementType::kUInt8, PerTensor(0.0171f, 128), random);
  CheckQuantizing<int16_t>(ElementType::kInt16, PerTensor(0.0001f, 0), random);
  CheckQuantizing<int8_t>(ElementType::kInt8, PerAxis(1, {0.02f, 0.3f, 0.0111f}), random);
  CheckQuantizing<int8_t>(ElementType::kInt8, PerAxis(2, {0.02f, 0.3f, 0.0111f, 0.1f, 1}), random);
  CheckRequantizing<int8_t, uint8_t>(ElementType::kInt8, PerTensor(0.05f, -3), ElementType::kUInt8,
                                     PerTensor(0.06f, 90));
  CheckRequantizing<int16_t, int8_t>(ElementType::kInt16, PerTensor(0.001f, 0), ElementType::kInt8,
                                     PerTensor(0.13f, 5));
}

template <typename T>
void CheckDequantizing(ElementType type, const ir::QuantParams& quant, std::mt19937& random) {
  std::uniform_int_distribution<int> spread(std::numeric_limits<T>::lowest(), std::numeric_limits<T>::max());
  Elements<T> x{{7, 3, 5}, std::vector<T>(7 * 3 * 5)};
  for (T& q : x.data) q = static_cast<T>(spread(random));
  OneNode node("DEQUANTIZE");
  node.Input(type, x.dims, quant);
  node.Result(kFloat);
  node.MustRun({x.data.data()});
  const Floats got = node.Output<float>();
  for (size_t i = 0; i < x.data.size(); ++i) {
    const size_t at = ParamsAt(quant, x.dims, i);
    const double steps = static_cast<double>(x.data[i]) - static_cast<double>(quant.zero_point[at]);
    // A float32 holds up to 24 bits as they are.
    RequireClose(got.data[i], (sizeof(T) < 4 ? Real(steps) : Rounded(steps, 0)) * RealOf(quant.scale[at]));
  }
}

// Every float16 is a float32: sign, five bits of exponent, ten of the fraction.
void CheckHalves() {
  Elements<uint16_t> x{{0x10000}, {}};
  for (int bits = 0; bits < 0x10000; ++bits) x.data.push_back(static_cast<uint16_t>(bits));
  OneNode node("DEQUANTIZE");
  node.Input(ElementType::kFloat16, x.dims);
  node.Result(kFloat);
  node.MustRun({x.data.data()});
  const Floats got = node.Output<float>();
  for (int bits = 0; bits < 0x10000; ++bits) {
    const int exponent = bits >> 10 & 31, fraction = bits & 1023;
    const float y = got.data[static_cast<size_t>(bits)];
    INFO("bits " << bits);
    REQUIRE(std::signbit(y) == (bits >= 0x8000));
    if (exponent == 31) {
      REQUIRE((fraction == 0 ? std::isinf(y) : std::isnan(y)));
      continue;
    }
    const double size = exponent == 0 ? std::ldexp(fraction, -24) : std::ldexp(1024 + fraction, exponent - 25);
    REQUIRE(std::fabs(static_cast<double>(y)) == size);
  }
}

void CheckDequantize() {
  std::mt19937 random(2);
  CheckDequantizing<int8_t>(ElementType::kInt8, PerTensor(0.0231f, 7), random);
  CheckDequantizing<uint8_t>(ElementType::kUInt8, PerTensor(0.0171f, 128), random);
  CheckDequantizing<int16_t>(ElementType::kInt16, PerTensor(0.0001f, 0), random);
  CheckDequantizing<int32_t>(ElementType::kInt32, PerAxis(2, {1e-5f, 3e-4f, 0.0111f, 1e-9f, 1}), random);
  CheckDequantizing<int8_t>(ElementType::kInt8, PerAxis(1, {0.02f, 0.3f, 0.0111f}), random);
  CheckHalves();
}

// The grid of 2^bits numbers (one fewer when narrow) over a range that is moved so that one of them is 0.
void CheckFakeQuant(float min, float max, int64_t bits, bool narrow, std::mt19937& random) {
  const Floats x = RandomFloats(random, {600}, 1.5f * min - 1, 1.5f * max + 1);
  OneNode node("FAKE_QUANT", AttrsOf({{"min", min}, {"max", max}, {"num_bits", bits}, {"narrow_range", narrow}}));
  node.Input(kFloat, x.dims);
  node.Result(kFloat);
  node.MustRun({x.data.data()});
  const Floats got = node.Output<float>();
  const double least = narrow ? 1 : 0, most = std::ldexp(1, static_cast<int>(bits)) - 1;
  const Real scale = (RealOf(max) - RealOf(min)) / Real(most - least);
  const Real from_least = Real(least) - RealOf(min) / scale;
  const double zero_point = std::round(std::clamp(from_least.value, least, most));
  REQUIRE(std::round(std::clamp(from_least.value - from_least.error, least, most)) == zero_point);
  const Real low = Real(least - zero_point) * scale, high = Real(most - zero_point) * scale;
  for (size_t i = 0; i < x.data.size(); ++i) {
    Real inside = RealOf(x.data[i]);
    inside = Smaller(Larger(inside, low), high);
    const Real step = (inside - low) * (Real(1) / scale);
    const double first = std::round(step.value - step.error), last = std::round(step.value + step.error);
    REQUIRE(last - first <= 1);  // a half lies between the bounds
    const auto is_near = [&](double n) {
      const Real want = Real(n) * scale + low;
      return std::fabs(static_cast<double>(got.data[i]) - want.value) <= want.error;
    };
    INFO(x.data[i] << " to " << got.data[i]);
    REQUIRE((is_near(first) || is_near(last)));
  }
}

void CheckFakeQuants() {
  std::mt19937 random(3);
  CheckFakeQuant(-1.3f, 2.9f, 8, false, random);
  CheckFakeQuant(-1.3f, 2.9f, 8, true, random);
  CheckFakeQuant(0.5f, 6, 4, false, random);
  CheckFakeQuant(-3, 3, 16, true, random);
  CheckFakeQuant(-5, -0.3f, 2, false, random);
}

// --- boxes

struct Box {
  double top, left, bottom, right;
  double area() const { return (bottom - top) * (right - left); }
};

double Overlap(const Box& a, const Box& b) {
  const double height = std::min(a.bottom, b.bottom) - std::max(a.top, b.top);
  const double width = std::min(a.right, b.right) - std::max(a.left, b.left);
  if (height <= 0 || width <= 0) return 0;
  return height * width / (a.area() + b.area() - height * width);
}

struct Suppression {
  double overlap, score, sigma;
  size_t most;
};
struct Chosen {
  size_t box;
  double score;
};

// Soft suppression as its authors write it: choose the best, lower the others by how much they overlap it, begin again.
// Without a width, others are dropped. Decisions must be so clear that rounding cannot turn them.
std::vector<Chosen> Suppress(const std::vector<Box>& boxes, std::vector<double> scores, const Suppression& how) {
  constexpr double kClear = 1e-5;
  std::vector<Chosen> chosen;
  std::vector<bool> is_out(boxes.size(), false);
  while (chosen.size() < how.most) {
    std::vector<size_t> order;
    for (size_t i = 0; i < boxes.size(); ++i) {
      if (is_out[i]) continue;
      REQUIRE(std::fabs(scores[i] - how.score) > kClear);
      if (scores[i] > how.score) order.push_back(i);
    }
    if (order.empty()) break;
    std::sort(order.begin(), order.end(), [&](size_t a, size_t b) { return scores[a] > scores[b]; });
    if (order.size() > 1) REQUIRE(scores[order[0]] - scores[order[1]] > kClear);
    const size_t best = order[0];
    chosen.push_back({best, scores[best]});
    is_out[best] = true;
    for (size_t i = 0; i < boxes.size(); ++i) {
      if (is_out[i]) continue;
      const double overlap = Overlap(boxes[i], boxes[best]);
      REQUIRE(std::fabs(overlap - how.overlap) > kClear);
      is_out[i] = overlap > how.overlap;
      if (how.sigma > 0) scores[i] *= std::exp(-0.5 * overlap * overlap / how.sigma);
    }
  }
  return chosen;
}

void CheckSuppression(bool soft, float overlap, float least, float sigma, int32_t most, std::mt19937& random) {
  constexpr size_t kBoxes = 24;
  Floats boxes{{kBoxes, 4}, {}};
  std::vector<Box> plain;
  std::uniform_real_distribution<float> place(0, 6), size(1, 4);
  for (size_t i = 0; i < kBoxes; ++i) {
    const float top = place(random), left = place(random), bottom = top + size(random), right = left + size(random);
    plain.push_back({double{top}, double{left}, double{bottom}, double{right}});
    // Any two opposite corners tell a box.
    if (i % 3 == 0)
      boxes.data.insert(boxes.data.end(), {bottom, left, top, right});
    else
      boxes.data.insert(boxes.data.end(), {top, left, bottom, right});
  }
  const Floats scores = RandomFloats(random, {kBoxes}, 0, 1);
  OneNode node(soft ? "NON_MAX_SUPPRESSION_V5" : "NON_MAX_SUPPRESSION_V4");
  node.Input(kFloat, boxes.dims);
  node.Input(kFloat, scores.dims);
  node.Constant(ElementType::kInt32, Elements<int32_t>{{}, {most}});
  for (float number : {overlap, least}) node.Constant(kFloat, Floats{{}, {number}});
  if (soft) node.Constant(kFloat, Floats{{}, {sigma}});
  node.Result(ElementType::kInt32);
  if (soft) node.Result(kFloat);
  node.Result(ElementType::kInt32);
  node.MustRun({boxes.data.data(), scores.data.data()});
  const std::vector<Chosen> want =
      Suppress(plain, {scores.data.begin(), scores.data.end()},
               {double{overlap}, double{least}, soft ? double{sigma} : 0, static_cast<size_t>(most)});
  REQUIRE(want.size() >= 3);
  REQUIRE(node.Output<int32_t>(soft ? 2 : 1).data == std::vector<int32_t>{static_cast<int32_t>(want.size())});
  const std::vector<int32_t> chosen = node.Output<int32_t>(0).data;
  REQUIRE(chosen.size() == static_cast<size_t>(most));
  for (size_t i = 0; i < chosen.size(); ++i) {
    REQUIRE(chosen[i] == (i < want.size() ? static_cast<int32_t>(want[i].box) : 0));
    if (!soft) continue;
    // Each lowering is an overlap of a dozen operations, squared in an exponent below 50, and a product.
    const double score = i < want.size() ? want[i].score : 0;
    constexpr double kOfALowering = 100;
    RequireClose(node.Output<float>(1).data[i], Rounded(score, 0, kOfALowering * static_cast<double>(i + 1)));
  }
}

void CheckHardSuppression() {
  std::mt19937 random(4);
  CheckSuppression(false, 0.3f, 0.1f, 0, 9, random);
  CheckSuppression(false, 0.55f, -1, 0, 30, random);
}
void CheckSoftSuppression() {
  std::mt19937 random(5);
  CheckSuppression(true, 0.3f, 0.1f, 0, 9, random);
  CheckSuppression(true, 1, 0.12f, 0.5f, 20, random);
  CheckSuppression(true, 0.6f, 0.2f, 0.1f, 30, random);
}

// --- complex numbers

// The sum over all elements of x e^(-2 pi i (row k / height + column l / width)), by the definition.
void CheckTransform(std::vector<int64_t> dims, int32_t height, int32_t width, std::mt19937& random) {
  constexpr double kPi = 3.14159265358979323846;
  constexpr double kDouble = 1e-12;  // the kernel's sums are of double precision, too; only results are rounded
  const Floats x = RandomFloats(random, dims, -2, 2);
  OneNode node("RFFT2D");
  node.Input(kFloat, dims);
  node.Constant(ElementType::kInt32, Elements<int32_t>{{2}, {height, width}});
  node.Result(ElementType::kComplex64);
  node.MustRun({x.data.data()});
  const auto got = node.Output<std::complex<float>>();
  const int64_t rows = dims[dims.size() - 2], columns = dims.back(), kept = width / 2 + 1;
  REQUIRE(got.dims.back() == kept);
  const size_t matrices = x.data.size() / static_cast<size_t>(rows * columns);
  REQUIRE(got.data.size() == matrices * static_cast<size_t>(height * kept));
  for (size_t at = 0; at < got.data.size(); ++at) {
    const size_t l = at % static_cast<size_t>(kept), k = at / static_cast<size_t>(kept) % static_cast<size_t>(height);
    const size_t matrix = at / static_cast<size_t>(kept * height);
    double real = 0, imaginary = 0;
    for (int64_t r = 0; r < std::min<int64_t>(rows, height); ++r) {
      for (int64_t c = 0; c < std::min<int64_t>(columns, width); ++c) {
        const double turn = -2 * kPi *
                            (static_cast<double>(k) * static_cast<double>(r) / height +
                             static_cast<double>(l) * static_cast<double>(c) / width);
        const double element = static_cast<double>(
            x.data[matrix * static_cast<size_t>(rows * columns) + static_cast<size_t>(r * columns + c)]);
        real += element * std::cos(turn);
        imaginary += element * std::sin(turn);
      }
    }
    INFO("element " << at);
    RequireClose(got.data[at].real(), Rounded(real, kDouble));
    RequireClose(got.data[at].imag(), Rounded(imaginary, kDouble));
  }
}

void CheckTransforms() {
  std::mt19937 random(6);
  CheckTransform({4, 8}, 4, 8, random);
  CheckTransform({2, 1, 3, 10}, 4, 16, random);
  CheckTransform({6, 9}, 5, 7, random);
  CheckTransform({3, 2, 5}, 1, 12, random);
}

void CheckMagnitude() {
  std::mt19937 random(7);
  const Floats parts = RandomFloats(random, {200}, -3, 3);
  Elements<std::complex<float>> x{{10, 10}, {}};
  for (size_t i = 0; i < parts.data.size(); i += 2) x.data.emplace_back(parts.data[i], parts.data[i + 1]);
  x.data[0] = {};
  x.data[1] = {3e30f, -4e30f};  // the squares are beyond float32
  OneNode node("COMPLEX_ABS");
  node.Input(ElementType::kComplex64, x.dims);
  node.Result(kFloat);
  node.MustRun({x.data.data()});
  const Floats got = node.Output<float>();
  for (size_t i = 0; i < x.data.size(); ++i) {
    const double real = static_cast<double>(x.data[i].real()), imaginary = static_cast<double>(x.data[i].imag());
    RequireClose(got.data[i], Rounded(std::sqrt(real * real + imaginary * imaginary), 0, kFunction));
  }
}

// --- lists and windows

void CheckRange(float start, float limit, float delta) {
  OneNode node("RANGE");
  for (float number : {start, limit, delta}) node.Constant(kFloat, Floats{{}, {number}});
  node.Result(kFloat);
  node.MustRun({});
  const Floats got = node.Output<float>();
  const Real exact = (RealOf(limit) - RealOf(start)) / RealOf(delta);
  REQUIRE(static_cast<double>(got.data.size()) >= std::ceil(std::max(0.0, exact.value - exact.error)));
  REQUIRE(static_cast<double>(got.data.size()) <= std::ceil(std::max(0.0, exact.value + exact.error)));
  Real want = RealOf(start);
  for (float x : got.data) {
    RequireClose(x, want);
    want = want + RealOf(delta);
  }
}

void CheckRanges() {
  CheckRange(0, 5, 1);
  CheckRange(-1.5f, 3.2f, 0.1f);
  CheckRange(7, -2, -0.37f);
  CheckRange(2, 1, 0.5f);
}

// Rows of a table by a sparse matrix of row numbers and weights.
void CheckSparseLookup(int64_t combiner, std::mt19937& random) {
  const std::vector<std::pair<int32_t, int32_t>> places = {{0, 0}, {0, 3}, {2, 1}, {2, 2}, {2, 3}, {3, 0}};
  const std::vector<int32_t> ids = {4, 1, 0, 4, 2, 3};
  const Floats weights = RandomFloats(random, {6}, 0.2f, 2), table = RandomFloats(random, {5, 2, 3}, -2, 2);
  Elements<int32_t> indices{{6, 2}, {}};
  for (const auto& [row, column] : places) indices.data.insert(indices.data.end(), {row, column});
  OneNode node("EMBEDDING_LOOKUP_SPARSE", AttrsOf({{"combiner", combiner}}));
  node.Constant(ElementType::kInt32, Elements<int32_t>{{6}, ids});
  node.Constant(ElementType::kInt32, indices);
  node.Constant(ElementType::kInt32, Elements<int32_t>{{2}, {4, 5}});
  node.Constant(kFloat, weights);
  node.Constant(kFloat, table);
  node.Result(kFloat);
  node.MustRun({});
  const Floats got = node.Output<float>();
  REQUIRE(got.dims == std::vector<int64_t>{4, 2, 3});
  for (size_t at = 0; at < got.data.size(); ++at) {
    Sum sum, total, squares;
    for (size_t i = 0; i < ids.size(); ++i) {
      if (static_cast<size_t>(places[i].first) != at / 6) continue;
      const Real weight = RealOf(weights.data[i]);
      sum.Add(weight * RealOf(table.data[static_cast<size_t>(ids[i]) * 6 + at % 6]));
      total.Add(weight);
      squares.Add(weight * weight);
    }
    Real want = sum.total();
    if (sum.terms() > 0 && combiner == schema::CombinerType_MEAN) want = want / total.total();
    if (sum.terms() > 0 && combiner == schema::CombinerType_SQRTN) want = want / Sqrt(squares.total());
    RequireClose(got.data[at], want);
  }
}

void CheckSparseLookups() {
  std::mt19937 random(8);
  for (int64_t combiner : {schema::CombinerType_SUM, schema::CombinerType_MEAN, schema::CombinerType_SQRTN}) {
    CheckSparseLookup(combiner, random);
  }
}

// Windows 2 by 3, moved by 2 and 1, their elements 1 and 2 apart.
void CheckWindow(int64_t function, std::mt19937& random) {
  using Longs = Elements<int64_t>;
  const Floats x = RandomFloats(random, {7, 9}, 0.3f, 2);
  OneNode node("REDUCE_WINDOW", AttrsOf({{"reduce_function", function}}));
  const float initial = 1.25f;
  node.Input(kFloat, x.dims);
  node.Constant(kFloat, Floats{{}, {initial}});
  for (const std::vector<int64_t>& list : {std::vector<int64_t>{2, 3}, {2, 1}, {1, 2}}) {
    node.Constant(ElementType::kInt64, Longs{{2}, list});
  }
  node.Result(kFloat);
  node.MustRun({x.data.data()});
  const Floats got = node.Output<float>();
  REQUIRE(got.dims == std::vector<int64_t>{3, 5});
  for (size_t at = 0; at < got.data.size(); ++at) {
    Sum sum;
    sum.Add(RealOf(initial));
    Real product = RealOf(initial), least = RealOf(initial), most = RealOf(initial);
    for (size_t w = 0; w < 6; ++w) {
      const size_t row = at / 5 * 2 + w / 3, column = at % 5 + w % 3 * 2;
      const Real element = RealOf(x.data[row * 9 + column]);
      sum.Add(element);
      product = product * element;
      least = Smaller(least, element);
      most = Larger(most, element);
    }
    switch (function) {
      case schema::ReduceWindowFunction_ADD:
        RequireClose(got.data[at], sum.total());
        break;
      case schema::ReduceWindowFunction_MUL:
        RequireClose(got.data[at], product);
        break;
      case schema::ReduceWindowFunction_MINIMUM:
        RequireClose(got.data[at], least);
        break;
      default:
        RequireClose(got.data[at], most);
        break;
    }
  }
}

void CheckWindows() {
  std::mt19937 random(9);
  for (int64_t function : {schema::ReduceWindowFunction_ADD, schema::ReduceWindowFunction_MUL,
                           schema::ReduceWindowFunction_MINIMUM, schema::ReduceWindowFunction_MAXIMUM}) {
    CheckWindow(function, random);
  }
}

constexpr RunReference kReferences[] = {{"QUANTIZE", CheckQuantize},
                                        {"DEQUANTIZE", CheckDequantize},
                                        {"FAKE_QUANT", CheckFakeQuants},
                                        {"NON_MAX_SUPPRESSION_V4", CheckHardSuppression},
                                        {"NON_MAX_SUPPRESSION_V5", CheckSoftSuppression},
                                        {"RFFT2D", CheckTransforms},
                                        {"COMPLEX_ABS", CheckMagnitude},
                                        {"RANGE", CheckRanges},
                                        {"EMBEDDING_LOOKUP_SPARSE", CheckSparseLookups},
                                        {"REDUCE_WINDOW", CheckWindows}};

}  // namespace

absl::Span<const RunReference> TypedReferences() { return kReferences; }

TEST_CASE("kernels of other types are as close to the real result as float32 arithmetic allows") {
  for (const RunReference& one : TypedReferences()) {
    INFO(one.op);
    one.check();
  }
}

}  // namespace zeropoint
