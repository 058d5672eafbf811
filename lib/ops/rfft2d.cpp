// RFFT2D: the discrete Fourier transform of real matrices, the last two dimensions, cut or filled with zeros to the two
// lengths in operand 1. Columns beyond half the length follow from symmetry and are left out.
#include <algorithm>
#include <complex>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ops/data_movement.h"
#include "ops/infer.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {
namespace {

using Complex = std::complex<double>;

constexpr double kTurn = 6.283185307179586;

absl::Status CheckLengths(absl::Span<const int64_t> lengths) {
  if (lengths.size() == 2 && std::min(lengths[0], lengths[1]) > 0) return absl::OkStatus();
  return absl::InvalidArgumentError("the transform's lengths are not two positive numbers");
}

absl::Status Infer(InferContext& context) {
  ZP_RETURN_IF_ERROR(CheckType(context, 0, {ElementType::kFloat32}));
  const ir::Shape& from = context.input_shape(0);
  const auto lengths = context.input_ints(1);
  ir::Shape to = from;
  if (from.ranked()) {
    if (from.rank() < 2)
      return absl::InvalidArgumentError(absl::StrCat("a tensor ", from.ToString(), " has no matrices"));
    const bool known = lengths && context.input_ints_complete(1);
    if (known) ZP_RETURN_IF_ERROR(CheckLengths(*lengths));
    to.set(from.rank() - 2, known ? (*lengths)[0] : ir::kDynamic);
    to.set(from.rank() - 1, known ? (*lengths)[1] / 2 + 1 : ir::kDynamic);
  }
  context.set_output(0, ElementType::kComplex64, std::move(to));
  return absl::OkStatus();
}

// One transform of a fixed length. In double precision: what float32 cannot hold is lost once, at the end.
class Transform {
 public:
  explicit Transform(int64_t length) : roots_(static_cast<size_t>(length)), sorted_(roots_.size()) {
    for (size_t i = 0; i < roots_.size(); ++i) {
      roots_[i] = std::polar(1.0, -kTurn * static_cast<double>(i) / static_cast<double>(length));
    }
  }

  void Run(std::vector<Complex>& x) {
    const size_t n = x.size();
    if ((n & (n - 1)) == 0)
      RunPowerOfTwo(x);
    else
      RunPlainly(x);
  }

 private:
  // By the definition, for lengths that LiteRT's kernel does not take but TensorFlow's does.
  void RunPlainly(std::vector<Complex>& x) {
    const size_t n = x.size();
    for (size_t k = 0; k < n; ++k) {
      Complex sum = 0;
      for (size_t i = 0; i < n; ++i) sum += x[i] * roots_[i * k % n];
      sorted_[k] = sum;
    }
    x = sorted_;
  }

  // Cooley and Tukey's: elements in the order of their reversed bits, then butterflies of growing width.
  void RunPowerOfTwo(std::vector<Complex>& x) {
    const size_t n = x.size();
    for (size_t i = 1, j = 0; i < n; ++i) {
      size_t bit = n >> 1;
      for (; j & bit; bit >>= 1) j ^= bit;
      j ^= bit;
      if (i < j) std::swap(x[i], x[j]);
    }
    for (size_t width = 2; width <= n; width *= 2) {
      for (size_t start = 0; start < n; start += width) {
        for (size_t i = 0; i < width / 2; ++i) {
          const Complex odd = x[start + i + width / 2] * roots_[i * (n / width)];
          x[start + i + width / 2] = x[start + i] - odd;
          x[start + i] += odd;
        }
      }
    }
  }

  std::vector<Complex> roots_, sorted_;
};

absl::Status Eval(const EvalContext& context) {
  const TensorView& from = context.inputs[0];
  const MutableView& to = context.outputs[0];
  ZP_ASSIGN_OR_RETURN(const std::vector<int64_t> lengths, ReadInts(context.inputs[1]));
  ZP_RETURN_IF_ERROR(CheckLengths(lengths));
  if (to.elements() == 0) return absl::OkStatus();
  const int64_t rows = from.dim(from.rank() - 2), columns = from.dim(from.rank() - 1), height = lengths[0];
  const int64_t width = to.dim(to.rank() - 1), matrices = Product(from.dims, 0, from.rank() - 2);
  Transform along_rows(lengths[1]), along_columns(height);
  std::vector<Complex> row(static_cast<size_t>(lengths[1])), column(static_cast<size_t>(height));
  std::vector<Complex> half(static_cast<size_t>(height * width));
  const float* x = from.As<float>();
  auto* y = to.As<std::complex<float>>();
  for (int64_t m = 0; m < matrices; ++m, x += rows * columns, y += height * width) {
    for (int64_t r = 0; r < height; ++r) {
      std::fill(row.begin(), row.end(), Complex(0));
      if (r < rows) std::copy(x + r * columns, x + r * columns + std::min(columns, lengths[1]), row.begin());
      along_rows.Run(row);
      std::copy(row.begin(), row.begin() + width, half.begin() + r * width);
    }
    for (int64_t c = 0; c < width; ++c) {
      for (int64_t r = 0; r < height; ++r) column[static_cast<size_t>(r)] = half[static_cast<size_t>(r * width + c)];
      along_columns.Run(column);
      for (int64_t r = 0; r < height; ++r) y[r * width + c] = std::complex<float>(column[static_cast<size_t>(r)]);
    }
  }
  return absl::OkStatus();
}

}  // namespace

OpDef Rfft2d() {
  OpDef def;
  def.name = "RFFT2D";
  def.code = schema::BuiltinOperator_RFFT2D;
  def.inputs = {2, 2};
  def.options = {schema::BuiltinOptions_Rfft2dOptions, {}, /*written=*/false};
  def.tf = {{"RFFT2D"}};
  def.infer = Infer;
  def.eval_float = Eval;
  def.quant.inputs = {OperandSpec::Activation(), OperandSpec::Other()};
  def.quant.outputs = {OperandSpec::Other()};
  def.runtime = {.int8 = kNever, .int16 = kNever, .gap = "complex numbers are not quantized"};
  return def;
}

}  // namespace zeropoint::ops::records
