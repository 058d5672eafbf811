// Complex numbers as pairs of real ones, which is all that LiteRT's kernels take but for RFFT2D and what reads its
// result.
//
// Before: tf.Real(z), tf.Imag(z)    After: the real part and the imaginary part of z, see below
// Before: tf.ComplexAbs(z)          After: SQRT(ADD(MUL(re, re), MUL(im, im)))
// Before: tf.Angle(z)               After: ATAN2(im, re)
//         z                              re                                   im
//         tf.Complex(a, b)               a                                    b
//         a constant                     its parts                            its parts
//         ADD, SUB of z, w               ADD, SUB of the parts                likewise
//         MUL of z, w                    SUB(MUL(zr, wr), MUL(zi, wi))        ADD(MUL(zr, wi), MUL(zi, wr))
//         DIV of z, w                    the same with conj(w) / |w|^2
//         NEG(z), CONJ(z)                NEG(zr), zr                          NEG(zi), NEG(zi)
//         EXP(z)                         MUL(EXP(zr), COS(zi))                MUL(EXP(zr), SIN(zi))
//         tf.Cast(x), x real             x                                    zeros
//         RESHAPE, SLICE, ... of z       the same op on zr                    the same op on zi
//         CONCATENATION, PACK of z, w    the same op on zr, wr                the same op on zi, wi
//         tf.RFFT(x, n), n no power of 2 BATCH_MATMUL(x, cosines)             BATCH_MATMUL(x, minus sines)
//         anything else: RFFT            REAL(z)                              IMAG(z)
// Before: tf.IRFFT(z, n)
// After:  ADD(BATCH_MATMUL(re, cosines), BATCH_MATMUL(im, minus sines))
//
// Conditions: complex64. Where z is the result of a transform itself (reshaped or not), or a graph's input, its parts
// are the ops REAL, IMAG and COMPLEX_ABS, which the records import; nothing is rewritten. Transforms by matrix: the
// length constant and at most kLongest, the size of the last dimension known. Algebra: the definitions; ops that move
// elements do not look at them. A transform is linear; LiteRT's wants a power of 2. Rows of the matrix beyond the
// length are zero, which crops as TF does; missing ones stand for TF's zeros behind.
#include <algorithm>
#include <cmath>
#include <complex>
#include <cstring>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ir/constants.h"
#include "passes/legalize/formula.h"
#include "passes/legalize/legalize.h"

namespace zeropoint::passes {
namespace {

using ir::ValueId;

struct Parts {
  ValueId re, im;
};

// Ops by name, with and without the prefix that tells whether they are TF's yet.
absl::string_view PlainName(const ir::Node& node) {
  absl::string_view op = node.op();
  if (op.substr(0, ops::kTfPrefix.size()) == ops::kTfPrefix) op.remove_prefix(ops::kTfPrefix.size());
  return op;
}

template <size_t n>
bool Among(absl::string_view op, const absl::string_view (&ops)[n]) {
  return std::find(std::begin(ops), std::end(ops), op) != std::end(ops);
}

// Ops whose first operand's elements come out unchanged.
constexpr absl::string_view kMoves[] = {
    "Reshape",   "RESHAPE",   "Slice",       "SLICE",        "StridedSlice", "STRIDED_SLICE", "Transpose",
    "TRANSPOSE", "Squeeze",   "SQUEEZE",     "ExpandDims",   "EXPAND_DIMS",  "GatherV2",      "GATHER",
    "GatherNd",  "GATHER_ND", "ReverseV2",   "REVERSE_V2",   "Tile",         "TILE",          "Pad",
    "PAD",       "Identity",  "BroadcastTo", "BROADCAST_TO", "Sum",          "SUM",           "Mean",
    "MEAN",      "Cumsum",    "CUMSUM",
};
// Those among them that LiteRT runs on complex numbers, too.
constexpr absl::string_view kViews[] = {"Reshape", "RESHAPE", "Squeeze", "SQUEEZE", "ExpandDims", "EXPAND_DIMS"};
// Likewise, of several operands; those that are not complex stay.
constexpr absl::string_view kJoins[] = {"ConcatV2", "CONCATENATION", "Pack", "PACK", "AddN", "ADD_N"};

bool IsComplex(const ir::Graph& graph, ValueId id) {
  return id != ir::kNoValue && graph.value(id).type == ElementType::kComplex64;
}

// --- transforms as matrix products

// The longest transform that becomes a matrix of no more than 64 MB.
constexpr int64_t kLongest = 4096;

bool IsPowerOfTwo(int64_t n) { return n > 0 && (n & (n - 1)) == 0; }

std::optional<int64_t> LastDimension(const ir::Shape& shape) {
  if (!shape.ranked() || shape.rank() == 0 || shape[shape.rank() - 1] == ir::kDynamic) return std::nullopt;
  return shape[shape.rank() - 1];
}

// Element (i, j) belongs to time and frequency i and j, in either order. Backwards, a frequency counts for its negative
// too, and everything is divided by the length.
struct WaveShape {
  int64_t length, rows, columns;
  bool backwards = false;
};
struct Waves {
  ValueId cosines, minus_sines;
};

Waves MakeWaves(const Formula& f, const WaveShape& shape) {
  constexpr double kTau = 6.283185307179586476925;
  const auto count = static_cast<size_t>(shape.rows * shape.columns);
  std::vector<float> cosines(count, 0.0f), minus_sines(count, 0.0f);
  const int64_t rows = std::min(shape.rows, shape.backwards ? shape.length / 2 + 1 : shape.length);
  for (int64_t i = 0; i < rows; ++i) {
    const bool alone = i == 0 || 2 * i == shape.length;
    const double weight = !shape.backwards ? 1.0 : (alone ? 1.0 : 2.0) / static_cast<double>(shape.length);
    for (int64_t j = 0; j < shape.columns; ++j) {
      const double angle = kTau * static_cast<double>(i * j % shape.length) / static_cast<double>(shape.length);
      const auto at = static_cast<size_t>(i * shape.columns + j);
      cosines[at] = static_cast<float>(weight * std::cos(angle));
      minus_sines[at] = static_cast<float>(-weight * std::sin(angle));
    }
  }
  const ir::Shape dims{shape.rows, shape.columns};
  const std::string name = f.graph().node(f.id()).info.name;
  return {AddFloats(f.graph(), absl::StrCat(name, "/cosines"), dims, cosines),
          AddFloats(f.graph(), absl::StrCat(name, "/minus_sines"), dims, minus_sines)};
}

ValueId Product(const Formula& f, ValueId x, ValueId matrix) {
  return f.Op("BATCH_MATMUL", {x, matrix},
              Attrs({{"adj_x", false}, {"adj_y", false}, {"asymmetric_quantize_inputs", false}}));
}

// --- parts

class Splitter {
 public:
  explicit Splitter(ir::Graph& graph) : graph_(graph) {}

  // The parts when the value is computed from others; nothing when it is what REAL and IMAG must read.
  absl::StatusOr<std::optional<Parts>> Computed(ValueId z) {
    if (auto at = known_.find(z); at != known_.end()) return at->second;
    ZP_ASSIGN_OR_RETURN(std::optional<Parts> parts, Compute(z));
    known_[z] = parts;
    return parts;
  }

  // The parts in any case, computed or read from the value before the node that needs them.
  absl::StatusOr<Parts> PartsOf(ValueId z, ir::NodeId before) {
    ZP_ASSIGN_OR_RETURN(const std::optional<Parts> computed, Computed(z));
    if (computed.has_value()) return *computed;
    if (auto at = read_.find(z); at != read_.end()) return at->second;
    // In front of the value's first reader, so that all find them there.
    ir::NodeId first = before;
    if (const ir::NodeId producer = graph_.producer(z); producer != ir::kNoNode) first = graph_.next(producer);
    const Formula f(graph_, first == ir::kNoNode ? before : first);
    const Parts parts{f.Op("REAL", {z}, {}, ElementType::kFloat32), f.Op("IMAG", {z}, {}, ElementType::kFloat32)};
    read_[z] = parts;
    return parts;
  }

 private:
  absl::StatusOr<std::optional<Parts>> Compute(ValueId z) {
    if (graph_.value(z).is_constant) return SplitConstant(z);
    const ir::NodeId id = graph_.producer(z);
    if (id == ir::kNoNode) return std::nullopt;
    const std::string op(PlainName(graph_.node(id)));
    if (op == "RFFT") return OfTransform(Formula(graph_, id));
    if (Among(op, kViews)) {
      ZP_ASSIGN_OR_RETURN(const std::optional<Parts> viewed, Computed(graph_.node(id).input(0)));
      if (!viewed.has_value()) return std::nullopt;
    }
    if (op == "Complex") return Parts{graph_.node(id).input(0), graph_.node(id).input(1)};
    if (Among(op, kMoves) || Among(op, kJoins)) return CopyForParts(id);
    const Formula f(graph_, id);
    if (op == "Cast" || op == "CAST") return FromReal(f);
    if (op == "Exp" || op == "EXP" || op == "Neg" || op == "NEG" || op == "Conj") {
      ZP_ASSIGN_OR_RETURN(const Parts x, PartsOf(f.x(), id));
      return OfOne(f, op, x);
    }
    if (op == "Mul" || op == "MUL" || op == "AddV2" || op == "Add" || op == "ADD" || op == "Sub" || op == "SUB" ||
        op == "RealDiv" || op == "DIV") {
      ZP_ASSIGN_OR_RETURN(const Parts x, PartsOf(f.x(0), id));
      ZP_ASSIGN_OR_RETURN(const Parts y, PartsOf(f.x(1), id));
      return OfTwo(f, op, x, y);
    }
    return std::nullopt;
  }

  absl::StatusOr<std::optional<Parts>> SplitConstant(ValueId z) {
    const ir::Value constant = graph_.value(z);
    const size_t count = constant.data.size() / sizeof(std::complex<float>);
    std::vector<std::complex<float>> elements(count);
    if (count > 0) std::memcpy(elements.data(), constant.data.data(), count * sizeof(std::complex<float>));
    std::vector<float> re(count), im(count);
    for (size_t i = 0; i < count; ++i) re[i] = elements[i].real(), im[i] = elements[i].imag();
    return Parts{AddFloats(graph_, absl::StrCat(constant.name, "/re"), constant.shape, re),
                 AddFloats(graph_, absl::StrCat(constant.name, "/im"), constant.shape, im)};
  }

  absl::StatusOr<std::optional<Parts>> CopyForParts(ir::NodeId id) {
    const std::vector<ValueId> inputs(graph_.node(id).inputs().begin(), graph_.node(id).inputs().end());
    std::vector<ValueId> re = inputs, im = inputs;
    for (size_t i = 0; i < inputs.size(); ++i) {
      if (!IsComplex(graph_, inputs[i])) continue;
      ZP_ASSIGN_OR_RETURN(const Parts parts, PartsOf(inputs[i], id));
      re[i] = parts.re;
      im[i] = parts.im;
    }
    const std::string op = graph_.node(id).op();
    ir::Attributes attrs = graph_.node(id).attrs();
    const auto float32 = ElementType::kFloat32;
    return Parts{Emit(graph_, id, op, re, attrs, float32), Emit(graph_, id, op, im, attrs, float32)};
  }

  static std::optional<Parts> OfTransform(const Formula& f) {
    const auto length = ir::IntScalar(f.graph(), f.x(1));
    const std::optional<int64_t> size = LastDimension(f.shape());
    if (!length.has_value() || !size.has_value() || *length < 1 || *length > kLongest || IsPowerOfTwo(*length)) {
      return std::nullopt;
    }
    const Waves waves = MakeWaves(f, {.length = *length, .rows = *size, .columns = *length / 2 + 1});
    return Parts{Product(f, f.x(), waves.cosines), Product(f, f.x(), waves.minus_sines)};
  }

  static std::optional<Parts> FromReal(const Formula& f) {
    if (IsComplex(f.graph(), f.x())) return std::nullopt;
    const ValueId re = f.Cast(f.x(), ElementType::kFloat32);
    return Parts{re, f.Op("ZEROS_LIKE", {re})};
  }

  static Parts OfOne(const Formula& f, absl::string_view op, const Parts& x) {
    if (op == "Conj") return {x.re, f.Op("NEG", {x.im})};
    if (op == "Neg" || op == "NEG") return {f.Op("NEG", {x.re}), f.Op("NEG", {x.im})};
    const ValueId size = f.Op("EXP", {x.re});
    return {f.Op("MUL", {size, f.Op("COS", {x.im})}), f.Op("MUL", {size, f.Op("SIN", {x.im})})};
  }

  static Parts ComplexProduct(const Formula& f, const Parts& x, const Parts& y) {
    return {f.Op("SUB", {f.Op("MUL", {x.re, y.re}), f.Op("MUL", {x.im, y.im})}),
            f.Op("ADD", {f.Op("MUL", {x.re, y.im}), f.Op("MUL", {x.im, y.re})})};
  }

  static Parts OfTwo(const Formula& f, absl::string_view op, const Parts& x, const Parts& y) {
    if (op == "Mul" || op == "MUL") return ComplexProduct(f, x, y);
    if (op == "RealDiv" || op == "DIV") {
      const ValueId square = f.Op("ADD", {f.Op("MUL", {y.re, y.re}), f.Op("MUL", {y.im, y.im})});
      const Parts scaled = ComplexProduct(f, x, {y.re, f.Op("NEG", {y.im})});
      return {f.Op("DIV", {scaled.re, square}), f.Op("DIV", {scaled.im, square})};
    }
    const absl::string_view plain = op == "Sub" || op == "SUB" ? "SUB" : "ADD";
    return {f.Op(plain, {x.re, y.re}), f.Op(plain, {x.im, y.im})};
  }

  ir::Graph& graph_;
  std::map<ValueId, std::optional<Parts>> known_;
  std::map<ValueId, Parts> read_;
};

constexpr absl::string_view kReaders[] = {"tf.Real", "tf.Imag", "tf.ComplexAbs", "tf.Angle",
                                          "REAL",    "IMAG",    "COMPLEX_ABS"};

void BecomeOfParts(const Formula& f, absl::string_view op, const Parts& z) {
  if (op == "tf.Real" || op == "REAL") {
    Forward(f.graph(), f.id(), {z.re});
  } else if (op == "tf.Imag" || op == "IMAG") {
    Forward(f.graph(), f.id(), {z.im});
  } else if (op == "tf.Angle") {
    f.Is("ATAN2", {z.im, z.re});
  } else {
    f.Is("SQRT", {f.Op("ADD", {f.Op("MUL", {z.re, z.re}), f.Op("MUL", {z.im, z.im})})});
  }
}

absl::StatusOr<bool> TransformBack(Splitter& splitter, ir::Graph& graph, ir::NodeId id) {
  const Formula f(graph, id);
  const auto length = ir::IntScalar(graph, f.x(1));
  const std::optional<int64_t> size = LastDimension(f.shape());
  if (!IsComplex(graph, f.x()) || !length || !size || *length < 1 || *length > kLongest) return false;
  ZP_ASSIGN_OR_RETURN(const Parts z, splitter.PartsOf(f.x(), id));
  const Waves waves = MakeWaves(f, {.length = *length, .rows = *size, .columns = *length, .backwards = true});
  f.Is("ADD", {Product(f, z.re, waves.cosines), Product(f, z.im, waves.minus_sines)});
  return true;
}

}  // namespace

absl::StatusOr<int> SplitComplex(ir::Graph& graph) {
  Splitter splitter(graph);
  ZP_ASSIGN_OR_RETURN(const int inverted, RewriteEach(graph, "tf.IRFFT", [&](ir::NodeId id) {
                        return TransformBack(splitter, graph, id);
                      }));
  const auto wanted = [&](const ir::Node& node) {
    return Among(node.op(), kReaders) && IsComplex(graph, node.input(0));
  };
  ZP_ASSIGN_OR_RETURN(const int read, RewriteEachIf(graph, wanted, [&](ir::NodeId id) -> absl::StatusOr<bool> {
                        const std::string op = graph.node(id).op();
                        const ValueId z = graph.node(id).input(0);
                        ZP_ASSIGN_OR_RETURN(std::optional<Parts> parts, splitter.Computed(z));
                        if (!parts.has_value() && op == "tf.Angle") {  // no op reads the angle from z itself
                          ZP_ASSIGN_OR_RETURN(parts, splitter.PartsOf(z, id));
                        }
                        if (!parts.has_value()) return false;
                        BecomeOfParts(Formula(graph, id), op, *parts);
                        return true;
                      }));
  return inverted + read;
}

}  // namespace zeropoint::passes
