// Before: tf.QuantizeAndDequantizeV2(x, min, max), ...V3(x, min, max, bits), ...V4(x, min, max)
// After:  tf.FakeQuantWithMinMaxArgs(x) {min', max', num_bits}, where the range is given and constant: absorbed as that
//         of a model trained for quantization
//         MUL(ROUND(DIV(MAXIMUM(MINIMUM(x, max'), min'), step)), step), where narrow_range moreover is set: LiteRT runs
//         no such fake quantization
//         MUL(ROUND(DIV(x, step)), step), step from the smallest and largest x, where no range is given
//
// Conditions: one range for all elements (axis -1), 2 to 16 bits; rounding half to even, but for the first form.
// Algebra: the integers are low ... high; one step is the larger of min / low and max / high, so that both ends are
// among low * step ... high * step, which is the range of the fake quantization. Both round to the nearest integer;
// they differ halfway between two.
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "ir/constants.h"
#include "passes/legalize/formula.h"
#include "passes/legalize/legalize.h"

namespace zeropoint::passes {
namespace {

using ir::ValueId;

struct Integers {
  int64_t bits = 8;
  double low = 0, high = 0;
  bool narrow = false;
};

std::optional<Integers> IntegersOf(const Formula& f, bool bits_operand) {
  Integers q;
  q.bits = f.attrs().Int("num_bits");
  if (bits_operand) {
    const auto bits = ir::IntScalar(f.graph(), f.x(3));
    if (!bits.has_value()) return std::nullopt;
    q.bits = *bits;
  }
  constexpr int64_t kLeastBits = 2, kMostBits = 16;  // those of a fake quantization
  if (q.bits < kLeastBits || q.bits > kMostBits) return std::nullopt;
  const bool is_signed = f.attrs().Bool("signed_input");
  q.narrow = is_signed && f.attrs().Bool("narrow_range");
  q.high = std::exp2(static_cast<double>(is_signed ? q.bits - 1 : q.bits)) - 1.0;
  q.low = is_signed ? -q.high - (q.narrow ? 0.0 : 1.0) : 0.0;
  return q;
}

std::optional<float> Constant(const Formula& f, int operand) {
  const auto elements = ir::FloatElements(f.graph(), f.x(operand));
  if (!elements.has_value() || elements->size() != 1) return std::nullopt;
  return (*elements)[0];
}

// V3 knows no other way.
bool RoundsHalfToEven(const Formula& f) {
  const std::string mode = f.attrs().String("round_mode");
  return mode.empty() || mode == "HALF_TO_EVEN";
}

bool WithGivenRange(const Formula& f, const Integers& q) {
  const auto min = Constant(f, 1), max = Constant(f, 2);
  if (!min.has_value() || !max.has_value()) return false;
  const double step = std::max(q.low < 0 ? static_cast<double>(*min) / q.low : 0.0, static_cast<double>(*max) / q.high);
  if (!(step > 0.0) || !std::isfinite(step)) return false;
  if (q.narrow) {
    if (!RoundsHalfToEven(f)) return false;
    const ValueId inside = f.Op("MAXIMUM", {f.Op("MINIMUM", {f.x(), f.Number(q.high * step)}), f.Number(q.low * step)});
    f.Is("MUL", {f.Op("ROUND", {f.Op("DIV", {inside, f.Number(step)})}), f.Number(step)});
    return true;
  }
  Become(f.graph(), f.id(), "tf.FakeQuantWithMinMaxArgs", {f.x()},
         Attrs({{"min", static_cast<float>(q.low * step)},
                {"max", static_cast<float>(q.high * step)},
                {"num_bits", q.bits},
                {"narrow_range", q.narrow}}));
  return true;
}

bool WithRangeOfElements(const Formula& f, const Integers& q) {
  const ir::Shape shape = f.shape();
  if (!shape.ranked() || !RoundsHalfToEven(f)) return false;
  std::vector<int64_t> axes(static_cast<size_t>(shape.rank()));
  std::iota(axes.begin(), axes.end(), 0);
  ValueId step = f.Op("MUL", {f.Reduce("REDUCE_MAX", f.x(), axes, /*keep_dims=*/false), f.Number(1.0 / q.high)});
  if (q.low < 0) {
    const ValueId least = f.Reduce("REDUCE_MIN", f.x(), axes, /*keep_dims=*/false);
    step = f.Op("MAXIMUM", {step, f.Op("MUL", {least, f.Number(1.0 / q.low)})});
  }
  // Zeros alone are zeros, whatever the step.
  step = f.Op("MAXIMUM", {step, f.Number(std::numeric_limits<float>::min())});
  f.Is("MUL", {f.Op("ROUND", {f.Op("DIV", {f.x(), step})}), step});
  return true;
}

absl::StatusOr<bool> Quantize(ir::Graph& graph, ir::NodeId id, bool bits_operand) {
  const Formula f(graph, id);
  if (f.type() != ElementType::kFloat32 || f.attrs().Int("axis") != -1) return false;
  const auto q = IntegersOf(f, bits_operand);
  if (!q.has_value()) return false;
  return f.attrs().Bool("range_given") ? WithGivenRange(f, *q) : WithRangeOfElements(f, *q);
}

absl::StatusOr<bool> WithoutBits(ir::Graph& graph, ir::NodeId id) { return Quantize(graph, id, false); }
absl::StatusOr<bool> WithBits(ir::Graph& graph, ir::NodeId id) { return Quantize(graph, id, true); }

constexpr RewriteRow kRows[] = {{"tf.QuantizeAndDequantizeV2", WithoutBits},
                                {"tf.QuantizeAndDequantizeV3", WithBits},
                                {"tf.QuantizeAndDequantizeV4", WithoutBits}};

}  // namespace

absl::StatusOr<int> LegalizeQuantizeAndDequantize(ir::Graph& graph) { return RewriteTable(graph, kRows); }

}  // namespace zeropoint::passes
