// MATRIX_SET_DIAG: matrices with their diagonals replaced by the rows of operand 1.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "ir/constants.h"
#include "ops/copy_bytes.h"
#include "ops/data_movement.h"
#include "ops/infer.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops {
namespace {

absl::Status Infer(InferContext& context) {
  const ir::Shape &from = context.input_shape(0), &diagonal = context.input_shape(1);
  if (context.input_type(0) != context.input_type(1)) {
    return absl::InvalidArgumentError("the matrices and their diagonals have different types");
  }
  if (from.ranked() && from.rank() < 2) return absl::InvalidArgumentError("the operand has no matrices");
  if (from.ranked() && diagonal.ranked()) {
    const int last = from.rank() - 2;  // of the diagonals
    const int64_t rows = from[last], columns = from[last + 1];
    const bool known = rows != ir::kDynamic && columns != ir::kDynamic;
    bool fits = diagonal.rank() == last + 1 && (!known || Compatible(diagonal[last], std::min(rows, columns)));
    for (int i = 0; fits && i < last; ++i) fits = Compatible(from[i], diagonal[i]);
    if (!fits) {
      return absl::InvalidArgumentError(
          absl::StrCat("diagonals ", diagonal.ToString(), " do not fit matrices ", from.ToString()));
    }
  }
  context.set_output(0, context.input_type(0), from);
  return absl::OkStatus();
}

absl::Status Eval(const EvalContext& context) {
  const TensorView &from = context.inputs[0], &diagonal = context.inputs[1];
  const MutableView& to = context.outputs[0];
  ZP_ASSIGN_OR_RETURN(const size_t width, ElementBytes(from.type));
  if (to.elements() == 0) return absl::OkStatus();
  CopyBytes(to.data, from.data, from.bytes());
  const size_t rows = static_cast<size_t>(from.dim(from.rank() - 2)), columns = static_cast<size_t>(from.dims.back());
  const size_t length = std::min(rows, columns);
  for (size_t i = 0, n = static_cast<size_t>(diagonal.elements()); i < n; ++i) {
    const size_t at = i / length * rows * columns + i % length * (columns + 1);
    CopyBytes(to.As<uint8_t>() + at * width, diagonal.As<uint8_t>() + i * width, width);
  }
  return absl::OkStatus();
}

absl::Status ImportV3(ir::Graph& graph, ir::NodeId id) {
  if (ir::IntScalar(graph, graph.node(id).input(2)) != 0) {
    return absl::UnimplementedError("setting another diagonal than the main one is not one LiteRT op");
  }
  DropLastInput(graph, id);
  graph.node(id).info.attrs = {};
  return absl::OkStatus();
}

}  // namespace

namespace records {

OpDef MatrixSetDiag() {
  OpDef def;
  def.name = "MATRIX_SET_DIAG";
  def.code = schema::BuiltinOperator_MATRIX_SET_DIAG;
  def.inputs = {2, 2};
  def.options = {schema::BuiltinOptions_MatrixSetDiagOptions, {}, /*written=*/false};
  def.tf = {{"MatrixSetDiag"}, {"MatrixSetDiagV2", ImportV3}, {"MatrixSetDiagV3", ImportV3}};
  def.infer = Infer;
  def.eval_float = Eval;
  def.eval_quantized = Eval;
  // TF lets operands and result have scales of their own, which the kernel, a copy, does not look at.
  def.quant = MovesData({OperandSpec::Activation()});
  def.quant.int16 = false;
  def.quant.int16_result_like_operand = -1;
  return def;
}

}  // namespace records
}  // namespace zeropoint::ops
