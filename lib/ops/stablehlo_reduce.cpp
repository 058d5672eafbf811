// STABLEHLO_REDUCE: each result is what a graph makes of an initial element and the elements along some dimensions. As
// many tensors as results, then as many initial elements.
#include "ops/data_movement.h"
#include "ops/stablehlo.h"
#include "ops/stablehlo_body.h"
#include "ops/stablehlo_indices.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {
namespace {

constexpr char kDimensions[] = "dimensions", kBody[] = "body_subgraph_index";

absl::Status Infer(InferContext& context) {
  ZP_RETURN_IF_ERROR(stablehlo::CheckReduced(context));
  const ir::Shape& from = context.input_shape(0);
  const std::vector<int64_t> dimensions = context.attrs().Ints(kDimensions);
  ir::Shape to = ir::Shape::Unranked();
  if (from.ranked()) {
    ZP_RETURN_IF_ERROR(stablehlo::CheckDimensions(dimensions, from.rank(), kDimensions));
    to = ir::Shape();
    for (int64_t axis : stablehlo::OtherDimensions(dimensions, from.rank())) to.Append(from[static_cast<int>(axis)]);
  }
  for (int k = 0; k < context.num_outputs(); ++k) context.set_output(k, context.input_type(k), to);
  return absl::OkStatus();
}

absl::Status Eval(const EvalContext& context) {
  const size_t n = context.outputs.size();
  const auto tensors = context.inputs.first(n);
  ZP_RETURN_IF_ERROR(stablehlo::FillWith(context.inputs.subspan(n), context.outputs));
  ZP_ASSIGN_OR_RETURN(stablehlo::Body body, stablehlo::Body::Create(context, context.attrs.Int(kBody), tensors));
  const absl::Span<const int64_t> dims = tensors[0].dims;
  const int rank = tensors[0].rank();
  const std::vector<int64_t> kept = stablehlo::OtherDimensions(context.attrs.Ints(kDimensions), rank);
  const ir::Dims result_strides = RowMajorStrides(context.outputs[0].dims);
  ir::Dims strides(dims.size(), 0);  // of the result, along the operand's dimensions
  for (size_t i = 0; i < kept.size(); ++i) strides[static_cast<size_t>(kept[i])] = result_strides[i];
  const std::vector<int64_t> all = stablehlo::OtherDimensions({}, rank);
  for (int64_t from = 0, count = tensors[0].elements(); from < count; ++from) {
    const int64_t to = stablehlo::OffsetAlong(from, dims, strides, all);
    ZP_RETURN_IF_ERROR(body.Accumulate(context.outputs, to, tensors, from));
  }
  return absl::OkStatus();
}

}  // namespace

OpDef StablehloReduce() {
  OpDef def =
      stablehlo::Movement("STABLEHLO_REDUCE", schema::BuiltinOperator_STABLEHLO_REDUCE, {2, kMany},
                          {schema::BuiltinOptions2_StablehloReduceOptions,
                           {{kDimensions, schema::StablehloReduceOptions::VT_DIMENSIONS, FieldKind::kLongs},
                            {kBody, schema::StablehloReduceOptions::VT_BODY_SUBGRAPH_INDEX, FieldKind::kGraph}}},
                          Infer, Eval);
  def.outputs = {1, kMany};
  def.quant.inputs = {OperandSpec::Activation()};
  def.moves_elements = false;
  return def;
}

}  // namespace zeropoint::ops::records
