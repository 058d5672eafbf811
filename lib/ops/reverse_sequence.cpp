// REVERSE_SEQUENCE: for each index b of the batch dimension, the first lengths[b] (operand 1) elements along the
// sequence dimension in reverse order, the others as they are.

#include "absl/strings/str_cat.h"
#include "ops/copy_bytes.h"
#include "ops/data_movement.h"
#include "ops/infer.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops {
namespace {

struct Axes {
  int sequence, batch;
};

absl::StatusOr<Axes> AxesOf(const ir::Attributes& attrs, int rank) {
  ZP_ASSIGN_OR_RETURN(const int sequence, ResolveAxis(attrs.Int("seq_dim"), rank));
  ZP_ASSIGN_OR_RETURN(const int batch, ResolveAxis(attrs.Int("batch_dim"), rank));
  if (sequence == batch) return absl::InvalidArgumentError(absl::StrCat("axis ", batch, " is both batch and sequence"));
  return Axes{sequence, batch};
}

absl::Status Infer(InferContext& context) {
  ZP_RETURN_IF_ERROR(CheckRank(context, 1, 1, "lengths"));
  const ir::Shape &from = context.input_shape(0), &lengths = context.input_shape(1);
  if (from.ranked()) {
    ZP_ASSIGN_OR_RETURN(const Axes axes, AxesOf(context.attrs(), from.rank()));
    if (lengths.ranked() && !Compatible(lengths[0], from[axes.batch])) {
      return absl::InvalidArgumentError(absl::StrCat(lengths[0], " lengths for a batch of ", from[axes.batch]));
    }
  }
  context.set_output(0, context.input_type(0), from);
  return absl::OkStatus();
}

absl::Status Eval(const EvalContext& context) {
  const TensorView& from = context.inputs[0];
  ZP_ASSIGN_OR_RETURN(const Axes axes, AxesOf(context.attrs, from.rank()));
  ZP_ASSIGN_OR_RETURN(const std::vector<int64_t> lengths, ReadInts(context.inputs[1]));
  ZP_ASSIGN_OR_RETURN(const size_t width, ElementBytes(from.type));
  const int64_t count = from.dim(axes.sequence);
  for (int64_t length : lengths) {
    if (length < 0 || length > count) {
      return absl::OutOfRangeError(absl::StrCat("a length of ", length, " in a sequence of ", count));
    }
  }
  const int64_t rows = Product(from.dims, 0, axes.sequence + 1);
  const int64_t inner = Product(from.dims, axes.sequence + 1, from.rank());
  // The batch's dimension lies outside the copied rows, or divides them.
  const bool outside = axes.batch < axes.sequence;
  const int64_t chunk = outside ? inner : Product(from.dims, axes.batch + 1, from.rank());
  const int64_t batch_stride = Product(from.dims, axes.batch + 1, outside ? axes.sequence : from.rank());
  const uint8_t* source = from.As<uint8_t>();
  uint8_t* target = context.outputs[0].As<uint8_t>();
  if (from.elements() == 0) return absl::OkStatus();
  for (int64_t row = 0; row < rows; ++row) {
    const int64_t at = row % count;
    for (int64_t offset = 0; offset < inner; offset += chunk) {
      const int64_t position = outside ? row / count : offset;
      const int64_t length = lengths[static_cast<size_t>(position / batch_stride % from.dim(axes.batch))];
      const int64_t source_row = at < length ? row - at + length - 1 - at : row;
      const size_t to = static_cast<size_t>(row * inner + offset) * width;
      const size_t at_source = static_cast<size_t>(source_row * inner + offset) * width;
      CopyBytes(target + to, source + at_source, static_cast<size_t>(chunk) * width);
    }
  }
  return absl::OkStatus();
}

absl::Status Import(ir::Graph& graph, ir::NodeId id) {
  const ir::Attributes& tf = graph.node(id).attrs();
  ir::Attributes attrs;
  attrs.Set("seq_dim", tf.Int("seq_dim"));
  attrs.Set("batch_dim", tf.Int("batch_dim"));
  graph.node(id).info.attrs = std::move(attrs);
  return absl::OkStatus();
}

}  // namespace

namespace records {

OpDef ReverseSequence() {
  using Table = schema::ReverseSequenceOptions;
  OpDef def;
  def.name = "REVERSE_SEQUENCE";
  def.code = schema::BuiltinOperator_REVERSE_SEQUENCE;
  def.inputs = {2, 2};
  def.options = {
      schema::BuiltinOptions_ReverseSequenceOptions,
      {{"seq_dim", Table::VT_SEQ_DIM, FieldKind::kInt32}, {"batch_dim", Table::VT_BATCH_DIM, FieldKind::kInt32}}};
  def.tf = {{"ReverseSequence", Import}};
  def.infer = Infer;
  def.eval_float = Eval;
  def.eval_quantized = Eval;
  def.quant.inputs = {OperandSpec::Activation(), OperandSpec::Other()};
  def.quant.outputs = {OperandSpec::Activation()};
  def.quant.int8 = true;
  def.runtime.int8 = kNever;
  def.runtime.gap = "there is no int8 kernel";
  return def;
}

}  // namespace records
}  // namespace zeropoint::ops
