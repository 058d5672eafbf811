// MATRIX_DIAG: each row of the operand as the diagonal of a square matrix, the rest of which is zero.

#include "ir/constants.h"
#include "ops/copy_bytes.h"
#include "ops/data_movement.h"
#include "ops/infer.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops {
namespace {

absl::Status Infer(InferContext& context) {
  const ir::Shape& from = context.input_shape(0);
  ir::Shape to = from;
  if (from.ranked()) {
    if (from.rank() == 0) return absl::InvalidArgumentError("the operand is a scalar");
    to.Append(from[from.rank() - 1]);
  }
  context.set_output(0, context.input_type(0), std::move(to));
  return absl::OkStatus();
}

absl::Status Eval(const EvalContext& context) {
  const TensorView& from = context.inputs[0];
  const MutableView& to = context.outputs[0];
  ZP_ASSIGN_OR_RETURN(const size_t width, ElementBytes(from.type));
  if (to.elements() == 0) return absl::OkStatus();
  ClearBytes(to.data, to.bytes());
  const size_t size = static_cast<size_t>(from.dim(from.rank() - 1));
  for (size_t i = 0, n = static_cast<size_t>(from.elements()); i < n; ++i) {
    const size_t at = i * size + i % size;
    CopyBytes(to.As<uint8_t>() + at * width, from.As<uint8_t>() + i * width, width);
  }
  return absl::OkStatus();
}

// Both versions let the diagonal lie elsewhere and fill with another value, which LiteRT cannot.
absl::Status ImportV3(ir::Graph& graph, ir::NodeId id) {
  const ir::Node& node = graph.node(id);
  const auto is = [&](int operand, int64_t wanted) { return ir::IntScalar(graph, node.input(operand)) == wanted; };
  constexpr int kDiagonal = 1, kRows = 2, kColumns = 3, kPadding = 4;
  const bool plain = is(kDiagonal, 0) && is(kRows, -1) && is(kColumns, -1);
  const bool zero = is(kPadding, 0) || ir::FloatScalar(graph, node.input(kPadding)) == 0.0f;
  if (!plain || !zero) return absl::UnimplementedError("only the main diagonal in a square of zeros is one LiteRT op");
  graph.SetInputs(id, {node.input(0)});
  graph.node(id).info.attrs = {};
  return absl::OkStatus();
}

}  // namespace

namespace records {

OpDef MatrixDiag() {
  OpDef def;
  def.name = "MATRIX_DIAG";
  def.code = schema::BuiltinOperator_MATRIX_DIAG;
  def.options = {schema::BuiltinOptions_MatrixDiagOptions, {}, /*written=*/false};
  def.tf = {{"MatrixDiag"}, {"MatrixDiagV2", ImportV3}, {"MatrixDiagV3", ImportV3}};
  def.infer = Infer;
  def.eval_float = Eval;
  def.quant.inputs = def.quant.outputs = {OperandSpec::Activation()};
  def.quant.int8 = true;
  def.runtime.int8 = kNever;
  def.runtime.gap = "the int8 kernel fills with the integer 0, which is not the real 0";
  return def;
}

}  // namespace records
}  // namespace zeropoint::ops
