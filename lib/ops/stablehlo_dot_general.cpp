// STABLEHLO_DOT_GENERAL: sums of products over the contracting dimensions, for each place of the batching ones. The
// result has the batching dimensions, then what is left of the left operand, then of the right one.
#include "absl/strings/str_cat.h"
#include "kernels/gemm.h"
#include "ops/activation.h"
#include "ops/data_movement.h"
#include "ops/stablehlo.h"
#include "ops/stablehlo_indices.h"
#include "ops/weights.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {
namespace {

using Options = schema::StablehloDotGeneralOptions;

constexpr char kLeftBatch[] = "lhs_batching_dimensions", kRightBatch[] = "rhs_batching_dimensions",
               kLeftSum[] = "lhs_contracting_dimensions", kRightSum[] = "rhs_contracting_dimensions";

// The dimensions of one operand by what becomes of them.
struct Side {
  std::vector<int64_t> batch, sum, left;
};

absl::StatusOr<Side> MakeSide(const ir::Attributes& attrs, const char* batch, const char* sum, int rank) {
  Side side{attrs.Ints(batch), attrs.Ints(sum), {}};
  std::vector<int64_t> named = side.batch;
  named.insert(named.end(), side.sum.begin(), side.sum.end());
  ZP_RETURN_IF_ERROR(stablehlo::CheckDimensions(named, rank, absl::StrCat(batch, " and ", sum)));
  side.left = stablehlo::OtherDimensions(named, rank);
  return side;
}

absl::Status CheckPairs(const ir::Shape& a, absl::Span<const int64_t> a_axes, const ir::Shape& b,
                        absl::Span<const int64_t> b_axes) {
  bool fits = a_axes.size() == b_axes.size();
  for (size_t i = 0; fits && i < a_axes.size(); ++i) {
    fits = Compatible(a[static_cast<int>(a_axes[i])], b[static_cast<int>(b_axes[i])]);
  }
  if (fits) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("operands ", a.ToString(), " and ", b.ToString(), " do not multiply"));
}

absl::Status Infer(InferContext& context) {
  ZP_RETURN_IF_ERROR(CheckReal(context, 0));
  ZP_RETURN_IF_ERROR(CheckType(context, 1, {context.input_type(0)}));
  const ir::Shape& a = context.input_shape(0);
  const ir::Shape& b = context.input_shape(1);
  ir::Shape to = ir::Shape::Unranked();
  if (a.ranked() && b.ranked()) {
    ZP_ASSIGN_OR_RETURN(const Side left, MakeSide(context.attrs(), kLeftBatch, kLeftSum, a.rank()));
    ZP_ASSIGN_OR_RETURN(const Side right, MakeSide(context.attrs(), kRightBatch, kRightSum, b.rank()));
    ZP_RETURN_IF_ERROR(CheckPairs(a, left.batch, b, right.batch));
    ZP_RETURN_IF_ERROR(CheckPairs(a, left.sum, b, right.sum));
    to = ir::Shape();
    for (size_t i = 0; i < left.batch.size(); ++i) {
      to.Append(Known(a[static_cast<int>(left.batch[i])], b[static_cast<int>(right.batch[i])]));
    }
    for (int64_t axis : left.left) to.Append(a[static_cast<int>(axis)]);
    for (int64_t axis : right.left) to.Append(b[static_cast<int>(axis)]);
  }
  context.set_output(0, context.input_type(0), std::move(to));
  return absl::OkStatus();
}

// The operand as batches of rows, the elements to sum over being a row.
void CopyRows(const TensorView& from, const Side& side, float* to) {
  const ir::Dims dense = RowMajorStrides(from.dims);
  ir::Dims dims, strides;
  for (const std::vector<int64_t>* axes : {&side.batch, &side.left, &side.sum}) {
    for (int64_t axis : *axes) {
      dims.push_back(from.dims[static_cast<size_t>(axis)]);
      strides.push_back(dense[static_cast<size_t>(axis)]);
    }
  }
  CopyStrided(dims, sizeof(float), from.data, strides, to, RowMajorStrides(dims));
}

int64_t Count(const TensorView& tensor, absl::Span<const int64_t> axes) {
  int64_t count = 1;
  for (int64_t axis : axes) count *= tensor.dims[static_cast<size_t>(axis)];
  return count;
}

absl::Status Eval(const EvalContext& context) {
  ZP_RETURN_IF_ERROR(CheckFloats(context));
  const TensorView& a = context.inputs[0];
  const TensorView& b = context.inputs[1];
  const MutableView& to = context.outputs[0];
  if (to.elements() == 0) return absl::OkStatus();
  ZP_ASSIGN_OR_RETURN(const Side left, MakeSide(context.attrs, kLeftBatch, kLeftSum, a.rank()));
  ZP_ASSIGN_OR_RETURN(const Side right, MakeSide(context.attrs, kRightBatch, kRightSum, b.rank()));
  ZP_ASSIGN_OR_RETURN(const kernels::Clamp none, FusedClamp({}));
  const int64_t batches = Count(a, left.batch), rows = Count(a, left.left), columns = Count(b, right.left);
  const int64_t depth = Count(a, left.sum);
  const kernels::KernelTable& kernels = kernels::BestKernels();
  // Panels first: they are aligned. An even number of floats each: pointers follow.
  const size_t panels = kernels::PackedFloats(kernels, columns, depth);
  const size_t left_floats = static_cast<size_t>(a.elements() + 1) / 2 * 2;
  const size_t right_floats = static_cast<size_t>(b.elements() + 1) / 2 * 2;
  const size_t pointers = static_cast<size_t>(kernels::BlockRows(kernels, rows, depth));
  float* packed = static_cast<float*>(
      context.scratch.Get(sizeof(float) * (panels + left_floats + right_floats) + sizeof(float*) * pointers));
  float* left_rows = packed + panels;
  float* right_rows = left_rows + left_floats;
  const float** row_pointers = reinterpret_cast<const float**>(right_rows + right_floats);
  CopyRows(a, left, left_rows);
  CopyRows(b, right, right_rows);
  for (int64_t i = 0; i < batches; ++i) {
    kernels::Pack(kernels, right_rows + i * columns * depth, columns, depth, depth, 1, depth, 0, packed);
    kernels::GemmRows(kernels, left_rows + i * rows * depth, depth, rows, packed, columns, depth, nullptr, none,
                      to.As<float>() + i * rows * columns, row_pointers);
  }
  return absl::OkStatus();
}

}  // namespace

OpDef StablehloDotGeneral() {
  OpDef def = stablehlo::Movement("STABLEHLO_DOT_GENERAL", schema::BuiltinOperator_STABLEHLO_DOT_GENERAL, {2, 2},
                                  {schema::BuiltinOptions2_StablehloDotGeneralOptions,
                                   {{kLeftBatch, Options::VT_LHS_BATCHING_DIMENSIONS, FieldKind::kLongs},
                                    {kRightBatch, Options::VT_RHS_BATCHING_DIMENSIONS, FieldKind::kLongs},
                                    {kLeftSum, Options::VT_LHS_CONTRACTING_DIMENSIONS, FieldKind::kLongs},
                                    {kRightSum, Options::VT_RHS_CONTRACTING_DIMENSIONS, FieldKind::kLongs},
                                    {"precision_config", Options::VT_PRECISION_CONFIG, FieldKind::kInts}}},
                                  Infer, Eval);
  def.quant.inputs = {OperandSpec::Activation()};
  def.moves_elements = false;
  return def;
}

}  // namespace zeropoint::ops::records
