// SPARSE_TO_DENSE: a tensor of the shape in operand 1, filled with operand 3 but for the values (operand 2) at the
// places that operand 0 names.

#include "absl/strings/str_cat.h"
#include "ops/copy_bytes.h"
#include "ops/data_movement.h"
#include "ops/infer.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops {
namespace {

constexpr int kIndices = 0, kShape = 1, kValues = 2, kDefault = 3;

absl::Status Infer(InferContext& context) {
  const ir::Shape &indices = context.input_shape(kIndices), &values = context.input_shape(kValues);
  ZP_ASSIGN_OR_RETURN(ir::Shape to, ShapeFromInts(context, kShape));
  if (context.input_type(kValues) != context.input_type(kDefault)) {
    return absl::InvalidArgumentError("the values and the default value have different types");
  }
  if (!Compatible(context.input_shape(kDefault).NumElements(), 1)) {
    return absl::InvalidArgumentError("the default value is not one element");
  }
  if (indices.ranked()) {
    const int64_t count = indices.rank() == 0 ? 1 : indices[0], depth = indices.rank() == 2 ? indices[1] : 1;
    const bool depth_fits = !to.ranked() || Compatible(depth, to.rank());
    const bool count_fits = !values.ranked() || values.rank() == 0 ||
                            (values.rank() == 1 && indices.rank() > 0 && Compatible(values[0], count));
    if (indices.rank() > 2 || !depth_fits || !count_fits) {
      return absl::InvalidArgumentError(absl::StrCat("values ", values.ToString(), " at indices ", indices.ToString(),
                                                     " do not fit a result ", to.ToString()));
    }
  }
  context.set_output(0, context.input_type(kValues), std::move(to));
  return absl::OkStatus();
}

absl::Status Eval(const EvalContext& context) {
  const TensorView &indices = context.inputs[kIndices], &values = context.inputs[kValues];
  const MutableView& to = context.outputs[0];
  ZP_ASSIGN_OR_RETURN(const std::vector<int64_t> all, ReadInts(indices));
  ZP_ASSIGN_OR_RETURN(const size_t width, ElementBytes(to.type));
  FillElements(to.data, context.inputs[kDefault].data, width, to.elements());
  const int64_t count = indices.rank() == 0 ? 1 : indices.dim(0);
  const size_t step = values.rank() == 0 ? 0 : width;
  const ir::Dims strides = RowMajorStrides(to.dims);
  auto index = all.begin();
  for (int64_t n = 0; n < count; ++n) {
    int64_t at = 0;
    for (int i = 0; i < to.rank(); ++i, ++index) {
      if (*index < 0 || *index >= to.dim(i)) {
        return absl::OutOfRangeError(absl::StrCat("index ", *index, " is outside a dimension of size ", to.dim(i)));
      }
      at += *index * strides[static_cast<size_t>(i)];
    }
    CopyBytes(to.As<uint8_t>() + static_cast<size_t>(at) * width, values.As<uint8_t>() + static_cast<size_t>(n) * step,
              width);
  }
  return absl::OkStatus();
}

// TensorFlow's converter writes no table, so that validate_indices is lost.
absl::Status Import(ir::Graph& graph, ir::NodeId id) {
  graph.node(id).info.attrs = {};
  return absl::OkStatus();
}

int Version(const VersionContext& context) {
  switch (context.input_type(kValues)) {
    case ElementType::kInt8:
    case ElementType::kUInt8:
      return 3;
    case ElementType::kInt64:
      return 2;
    default:
      return 1;
  }
}

// TF lets values, default value and result have scales of their own, which the kernel, a copy, does not look at.
QuantSpec Quantization() {
  QuantSpec spec = MovesData(
      {OperandSpec::Other(), OperandSpec::Other(), OperandSpec::Activation(), OperandSpec::Activation()}, kValues);
  spec.int16 = false;
  spec.int16_result_like_operand = -1;
  spec.int16_version = 1;  // TensorFlow's 16x8 quantizer does not know the op
  return spec;
}

}  // namespace

namespace records {

OpDef SparseToDense() {
  return {.name = "SPARSE_TO_DENSE",
          .code = schema::BuiltinOperator_SPARSE_TO_DENSE,
          .inputs = {4, 4},
          .outputs = {1, 1},
          .options = {schema::BuiltinOptions_SparseToDenseOptions,
                      {{"validate_indices", schema::SparseToDenseOptions::VT_VALIDATE_INDICES, FieldKind::kBool}},
                      /*written=*/false},
          .tf = {{"SparseToDense", Import}},
          .infer = Infer,
          .eval_float = Eval,
          .eval_quantized = Eval,
          .quant = Quantization(),
          .version = Version,
          .runtime = {.int16 = kNever, .gap = "its kernel takes no int16"}};
}

}  // namespace records
}  // namespace zeropoint::ops
