// GATHER: slices of params (operand 0) along an axis, chosen by indices (operand 1); leading batch dimensions go in
// step.

#include "absl/strings/str_cat.h"
#include "ops/copy_bytes.h"
#include "ops/data_movement.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops {
namespace {

struct Axes {
  int axis, batch;
};

absl::StatusOr<Axes> ResolveAxes(const ir::Attributes& attrs, int params_rank, int indices_rank) {
  ZP_ASSIGN_OR_RETURN(const int axis, ResolveAxis(attrs.Int("axis"), params_rank));
  int64_t batch = attrs.Int("batch_dims");
  if (batch < 0) batch += indices_rank;
  if (batch < 0 || batch > indices_rank || batch > axis) {
    return absl::InvalidArgumentError(absl::StrCat(attrs.Int("batch_dims"), " batch dimensions with axis ", axis,
                                                   " and indices of rank ", indices_rank));
  }
  return Axes{axis, static_cast<int>(batch)};
}

absl::Status Infer(InferContext& context) {
  const ir::Shape &params = context.input_shape(0), &indices = context.input_shape(1);
  if (!params.ranked() || !indices.ranked()) {
    context.set_output(0, context.input_type(0), ir::Shape::Unranked());
    return absl::OkStatus();
  }
  ZP_ASSIGN_OR_RETURN(const Axes axes, ResolveAxes(context.attrs(), params.rank(), indices.rank()));
  ir::Shape to;
  for (int i = 0; i < axes.axis; ++i) to.Append(params[i]);
  for (int i = axes.batch; i < indices.rank(); ++i) to.Append(indices[i]);
  for (int i = axes.axis + 1; i < params.rank(); ++i) to.Append(params[i]);
  context.set_output(0, context.input_type(0), std::move(to));
  return absl::OkStatus();
}

absl::Status Eval(const EvalContext& context) {
  const TensorView& params = context.inputs[0];
  ZP_ASSIGN_OR_RETURN(const Axes axes, ResolveAxes(context.attrs, params.rank(), context.inputs[1].rank()));
  ZP_ASSIGN_OR_RETURN(const std::vector<int64_t> indices, ReadInts(context.inputs[1]));
  ZP_ASSIGN_OR_RETURN(const size_t width, ElementBytes(params.type));
  const int64_t batches = Product(params.dims, 0, axes.batch);
  const int64_t outer = Product(params.dims, axes.batch, axes.axis);
  const int64_t choices = params.dim(axes.axis);
  const size_t chunk = static_cast<size_t>(Product(params.dims, axes.axis + 1, params.rank())) * width;
  const int64_t picks = batches == 0 ? 0 : static_cast<int64_t>(indices.size()) / batches;
  const uint8_t* from = params.As<uint8_t>();
  uint8_t* to = context.outputs[0].As<uint8_t>();
  for (int64_t row = 0; row < batches * outer; ++row) {
    const int64_t* batch_indices = indices.data() + (row / outer) * picks;
    for (int64_t i = 0; i < picks; ++i) {
      const int64_t index = batch_indices[i];
      if (index < 0 || index >= choices) {
        return absl::OutOfRangeError(absl::StrCat("index ", index, " is outside a dimension of size ", choices));
      }
      CopyBytes(to, from + static_cast<size_t>(row * choices + index) * chunk, chunk);
      to += chunk;
    }
  }
  return absl::OkStatus();
}

void SetAttrs(ir::Graph& graph, ir::NodeId id, int64_t axis, int64_t batch_dims) {
  ir::Attributes attrs;
  attrs.Set("axis", axis);
  attrs.Set("batch_dims", batch_dims);
  graph.node(id).info.attrs = std::move(attrs);
}

absl::Status ImportGather(ir::Graph& graph, ir::NodeId id) {
  SetAttrs(graph, id, 0, 0);
  return absl::OkStatus();
}

absl::Status ImportGatherV2(ir::Graph& graph, ir::NodeId id) {
  ZP_ASSIGN_OR_RETURN(const int64_t axis, ConstantOperand(graph, graph.node(id), 2, "axis"));
  const int64_t batch_dims = graph.node(id).attrs().Int("batch_dims");
  DropLastInput(graph, id);
  SetAttrs(graph, id, axis, batch_dims);
  return absl::OkStatus();
}

int Version(const VersionContext& context) {
  const ElementType type = context.input_type(0);
  if (type == ElementType::kFloat8E4M3 || type == ElementType::kFloat8E5M2) return 8;
  if (type == ElementType::kInt4) return 7;
  if (context.input_type(1) == ElementType::kInt16) return 6;
  if (context.attrs().Int("batch_dims") != 0) return 5;
  if (type == ElementType::kInt16) return 4;
  if (type == ElementType::kBool) return 3;
  return type == ElementType::kInt8 ? 2 : 1;
}

QuantSpec Quantization() {
  QuantSpec spec = MovesData({OperandSpec::Activation(), OperandSpec::Other()});
  spec.dynamic_range = {{0, -1, false}};
  return spec;
}

}  // namespace

namespace records {

OpDef Gather() {
  return {.name = "GATHER",
          .code = schema::BuiltinOperator_GATHER,
          .inputs = {2, 2},
          .outputs = {1, 1},
          .options = {schema::BuiltinOptions_GatherOptions,
                      {{"axis", schema::GatherOptions::VT_AXIS, FieldKind::kInt32},
                       {"batch_dims", schema::GatherOptions::VT_BATCH_DIMS, FieldKind::kInt32}}},
          .tf = {{"Gather", ImportGather}, {"GatherV2", ImportGatherV2}},
          .infer = Infer,
          .eval_float = Eval,
          .quant = Quantization(),
          .version = Version,
          .moves_elements = true};
}

}  // namespace records
}  // namespace zeropoint::ops
