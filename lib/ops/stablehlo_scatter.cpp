// STABLEHLO_SCATTER: tensors with updates written over parts of them, a graph making the new element of the old one and
// the update. Operands: the tensors, the indices, as many updates. An index has parts for the dimensions in
// scatter_dims_to_operand_dims; dimensions update_window_dims of an update are a box there, but for the dimensions in
// inserted_window_dims, in which the box is one wide. What would fall outside is left out.

#include "absl/strings/str_cat.h"
#include "ops/copy_bytes.h"
#include "ops/data_movement.h"
#include "ops/stablehlo.h"
#include "ops/stablehlo_body.h"
#include "ops/stablehlo_indices.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {
namespace {

using Options = schema::StablehloScatterOptions;

constexpr char kWindow[] = "update_window_dims", kInserted[] = "inserted_window_dims",
               kMap[] = "scatter_dims_to_operand_dims", kPart[] = "index_vector_dim",
               kBody[] = "update_computation_subgraph_index";

absl::Status CheckUpdate(const ir::Attributes& attrs, const ir::Shape& whole, const ir::Shape& indices,
                         const ir::Shape& update) {
  const std::vector<int64_t> window = attrs.Ints(kWindow), inserted = attrs.Ints(kInserted), map = attrs.Ints(kMap);
  ZP_RETURN_IF_ERROR(stablehlo::CheckDimensions(inserted, whole.rank(), kInserted));
  ZP_RETURN_IF_ERROR(stablehlo::CheckDimensions(map, whole.rank(), kMap));
  ZP_RETURN_IF_ERROR(stablehlo::CheckDimensions(window, update.rank(), kWindow));
  ZP_RETURN_IF_ERROR(stablehlo::CheckLength(window, whole.rank() - static_cast<int>(inserted.size()), kWindow));
  ZP_ASSIGN_OR_RETURN(const ir::Shape counts,
                      stablehlo::IndexCounts(indices, attrs.Int(kPart), static_cast<int64_t>(map.size())));
  const std::vector<int64_t> batch = stablehlo::OtherDimensions(window, update.rank());
  bool fits = static_cast<int>(batch.size()) == counts.rank();
  for (size_t i = 0; fits && i < batch.size(); ++i) {
    fits = Compatible(update[static_cast<int>(batch[i])], counts[static_cast<int>(i)]);
  }
  if (fits) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("updates ", update.ToString(), " do not go with indices ", indices.ToString()));
}

absl::Status Infer(InferContext& context) {
  const int n = context.num_outputs();
  if (context.num_inputs() != 2 * n + 1) {
    return absl::InvalidArgumentError(absl::StrCat(context.num_inputs(), " operands for ", n, " results"));
  }
  for (int k = 0; k < n; ++k) {
    const ir::Shape& whole = context.input_shape(k);
    const ir::Shape& update = context.input_shape(n + 1 + k);
    if (context.input_type(k) != context.input_type(n + 1 + k)) {
      return absl::InvalidArgumentError("an update has another type than what it updates");
    }
    if (whole.ranked() && update.ranked() && context.input_shape(n).ranked()) {
      ZP_RETURN_IF_ERROR(CheckUpdate(context.attrs(), whole, context.input_shape(n), update));
    }
    ZP_RETURN_IF_ERROR(stablehlo::MergedShape(context.input_shape(0), whole).status());
    ZP_RETURN_IF_ERROR(stablehlo::MergedShape(context.input_shape(n + 1), update).status());
    context.set_output(k, context.input_type(k), whole);
  }
  return absl::OkStatus();
}

absl::Status Eval(const EvalContext& context) {
  const size_t n = context.outputs.size();
  const auto updates = context.inputs.subspan(n + 1);
  for (size_t k = 0; k < n; ++k) {
    if (context.inputs[k].bytes() != 0) {
      CopyBytes(context.outputs[k].data, context.inputs[k].data, context.inputs[k].bytes());
    }
  }
  ZP_ASSIGN_OR_RETURN(stablehlo::Body body, stablehlo::Body::Create(context, context.attrs.Int(kBody), updates));
  ZP_ASSIGN_OR_RETURN(const stablehlo::IndexVectors indices,
                      stablehlo::IndexVectors::Create(context.inputs[n], context.attrs.Int(kPart)));
  const absl::Span<const int64_t> whole = context.outputs[0].dims, update = updates[0].dims;
  const std::vector<int64_t> window = context.attrs.Ints(kWindow), map = context.attrs.Ints(kMap);
  const std::vector<int64_t> batch = stablehlo::OtherDimensions(window, updates[0].rank());
  const std::vector<int64_t> kept =
      stablehlo::OtherDimensions(context.attrs.Ints(kInserted), context.outputs[0].rank());
  const ir::Dims strides = RowMajorStrides(whole), update_strides = RowMajorStrides(update);
  ir::Dims batch_strides(update.size(), 0);  // row by row over the dimensions that count the indices
  int64_t stride = 1;
  for (size_t i = batch.size(); i-- > 0;) {
    batch_strides[static_cast<size_t>(batch[i])] = stride;
    stride *= update[static_cast<size_t>(batch[i])];
  }
  const std::vector<int64_t> all = stablehlo::OtherDimensions({}, updates[0].rank());
  for (int64_t from = 0, count = updates[0].elements(); from < count; ++from) {
    const int64_t index = stablehlo::OffsetAlong(from, update, batch_strides, all);
    ir::Dims place(whole.size(), 0);
    for (size_t i = 0; i < kept.size(); ++i) {
      const size_t axis = static_cast<size_t>(window[i]);
      place[static_cast<size_t>(kept[i])] = from / update_strides[axis] % update[axis];
    }
    for (size_t k = 0; k < map.size(); ++k) {
      place[static_cast<size_t>(map[k])] += indices.part(index, static_cast<int64_t>(k));
    }
    int64_t to = 0;
    for (size_t i = 0; i < whole.size() && to >= 0; ++i) {
      to = place[i] < 0 || place[i] >= whole[i] ? -1 : to + place[i] * strides[i];
    }
    if (to >= 0) ZP_RETURN_IF_ERROR(body.Accumulate(context.outputs, to, updates, from));
  }
  return absl::OkStatus();
}

}  // namespace

OpDef StablehloScatter() {
  OpDef def = stablehlo::Movement("STABLEHLO_SCATTER", schema::BuiltinOperator_STABLEHLO_SCATTER, {3, kMany},
                                  {schema::BuiltinOptions2_StablehloScatterOptions,
                                   {{"indices_are_sorted", Options::VT_INDICES_ARE_SORTED, FieldKind::kBool},
                                    {kWindow, Options::VT_UPDATE_WINDOW_DIMS, FieldKind::kLongs},
                                    {kInserted, Options::VT_INSERTED_WINDOW_DIMS, FieldKind::kLongs},
                                    {kMap, Options::VT_SCATTER_DIMS_TO_OPERAND_DIMS, FieldKind::kLongs},
                                    {kPart, Options::VT_INDEX_VECTOR_DIM, FieldKind::kInt64},
                                    {"unique_indices", Options::VT_UNIQUE_INDICES, FieldKind::kBool},
                                    {kBody, Options::VT_UPDATE_COMPUTATION_SUBGRAPH_INDEX, FieldKind::kGraph}}},
                                  Infer, Eval);
  def.outputs = {1, kMany};
  def.quant.inputs = {OperandSpec::Other()};  // which operand is the indices depends on their number
  def.moves_elements = false;
  def.runtime = stablehlo::RealKernelOnly();
  return def;
}

}  // namespace zeropoint::ops::records
