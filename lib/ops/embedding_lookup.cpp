// EMBEDDING_LOOKUP: rows of a table (operand 1) chosen by indices (operand 0). A quantized table gives float rows.
#include <vector>

#include "absl/strings/str_cat.h"
#include "ops/affine.h"
#include "ops/copy_bytes.h"
#include "ops/data_movement.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops {
namespace {

absl::Status Infer(InferContext& context) {
  const ir::Shape &indices = context.input_shape(0), &table = context.input_shape(1);
  ir::Shape to = ir::Shape::Unranked();
  if (indices.ranked() && table.ranked()) {
    if (indices.rank() != 1 || table.rank() < 2) {
      return absl::InvalidArgumentError(
          absl::StrCat("indices of shape ", indices.ToString(), " into a table of shape ", table.ToString()));
    }
    to = table;
    to.set(0, indices[0]);
  }
  context.set_output(0, ElementType::kFloat32, std::move(to));
  return absl::OkStatus();
}

absl::Status Eval(const EvalContext& context) {
  const TensorView& table = context.inputs[1];
  ZP_ASSIGN_OR_RETURN(const std::vector<int64_t> indices, ReadInts(context.inputs[0]));
  const int64_t row = Product(table.dims, 1, table.rank());
  std::vector<float> real;
  const float* rows = table.As<float>();
  if (table.type != ElementType::kFloat32) {
    real.resize(static_cast<size_t>(table.elements()));
    ZP_RETURN_IF_ERROR(ToReal(table, real.data()));
    rows = real.data();
  }
  float* to = context.outputs[0].As<float>();
  for (int64_t index : indices) {
    if (index < 0 || index >= table.dim(0)) {
      return absl::OutOfRangeError(absl::StrCat("index ", index, " is outside a table of ", table.dim(0), " rows"));
    }
    CopyBytes(to, rows + index * row, static_cast<size_t>(row) * sizeof(float));
    to += row;
  }
  return absl::OkStatus();
}

int Version(const VersionContext& context) {
  switch (context.input_type(1)) {
    case ElementType::kInt2:
      return 5;
    case ElementType::kInt4:
      return 4;
    default:
      return context.input_quant(1).scale.size() > 1 ? 4 : 1;
  }
}

// Not static int8: LiteRT's kernel copies the rows of an int8 table, whose scales differ from row to row.
QuantSpec Quantization() {
  QuantSpec spec;
  spec.inputs = {OperandSpec::Other(), OperandSpec::Weight(0)};
  spec.outputs = {OperandSpec::Activation()};
  spec.dynamic_range = {{1, 0, true}};
  return spec;
}

}  // namespace

namespace records {

OpDef EmbeddingLookup() {
  return {.name = "EMBEDDING_LOOKUP",
          .code = schema::BuiltinOperator_EMBEDDING_LOOKUP,
          .inputs = {2, 2},
          .outputs = {1, 1},
          .infer = Infer,
          .eval_float = Eval,
          .quant = Quantization(),
          .version = Version};
}

}  // namespace records
}  // namespace zeropoint::ops
