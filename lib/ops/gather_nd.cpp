// GATHER_ND: the last dimension of indices (operand 1) addresses leading dimensions of params (operand 0).

#include "absl/strings/str_cat.h"
#include "ops/copy_bytes.h"
#include "ops/data_movement.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops {
namespace {

absl::Status Infer(InferContext& context) {
  const ir::Shape &params = context.input_shape(0), &indices = context.input_shape(1);
  ir::Shape to = ir::Shape::Unranked();
  if (indices.ranked() && indices.rank() == 0) return absl::InvalidArgumentError("the indices are a scalar");
  if (params.ranked() && indices.ranked() && indices[indices.rank() - 1] != ir::kDynamic) {
    const int64_t depth = indices[indices.rank() - 1];
    if (depth > params.rank()) {
      return absl::InvalidArgumentError(absl::StrCat("indices of ", depth, " elements into ", params.ToString()));
    }
    to = ir::Shape();
    for (int i = 0; i + 1 < indices.rank(); ++i) to.Append(indices[i]);
    for (int i = static_cast<int>(depth); i < params.rank(); ++i) to.Append(params[i]);
  }
  context.set_output(0, context.input_type(0), std::move(to));
  return absl::OkStatus();
}

absl::Status Eval(const EvalContext& context) {
  const TensorView &params = context.inputs[0], &indices = context.inputs[1];
  ZP_ASSIGN_OR_RETURN(const std::vector<int64_t> all, ReadInts(indices));
  ZP_ASSIGN_OR_RETURN(const size_t width, ElementBytes(params.type));
  const int depth = static_cast<int>(indices.dim(indices.rank() - 1));
  const ir::Dims strides = RowMajorStrides(params.dims);
  const size_t chunk = static_cast<size_t>(Product(params.dims, depth, params.rank())) * width;
  const int64_t picks = Product(indices.dims, 0, indices.rank() - 1);
  uint8_t* to = context.outputs[0].As<uint8_t>();
  for (int64_t pick = 0; pick < picks; ++pick) {
    int64_t at = 0;
    for (int i = 0; i < depth; ++i) {
      const int64_t index = all[static_cast<size_t>(pick * depth + i)];
      if (index < 0 || index >= params.dim(i)) {
        return absl::OutOfRangeError(absl::StrCat("index ", index, " is outside a dimension of size ", params.dim(i)));
      }
      at += index * strides[static_cast<size_t>(i)];
    }
    CopyBytes(to, params.As<uint8_t>() + static_cast<size_t>(at) * width, chunk);
    to += chunk;
  }
  return absl::OkStatus();
}

constexpr int kInt16Version = 3;

int Version(const VersionContext& context) {
  if (context.input_type(0) == ElementType::kBool) return 5;
  if (context.input_type(1) == ElementType::kInt16) return 4;
  if (context.input_type(0) == ElementType::kInt16) return kInt16Version;
  return context.input_type(0) == ElementType::kString ? 2 : 1;
}

QuantSpec Quantization() {
  QuantSpec spec = MovesData({OperandSpec::Activation(), OperandSpec::Other()});
  spec.int16_version = kInt16Version;
  return spec;
}

}  // namespace

namespace records {

OpDef GatherNd() {
  return {.name = "GATHER_ND",
          .code = schema::BuiltinOperator_GATHER_ND,
          .inputs = {2, 2},
          .outputs = {1, 1},
          .options = {schema::BuiltinOptions_GatherNdOptions, {}, /*written=*/false},
          .tf = {{"GatherNd"}},
          .infer = Infer,
          .eval_float = Eval,
          .quant = Quantization(),
          .version = Version,
          .moves_elements = true};
}

}  // namespace records
}  // namespace zeropoint::ops
