// STABLEHLO_SORT: tensors of one shape reordered together along a dimension, a graph saying whether the first of two
// places comes before the second. Equal places keep their order, which a file need not ask for.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "ops/copy_bytes.h"
#include "ops/data_movement.h"
#include "ops/stablehlo.h"
#include "ops/stablehlo_body.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {
namespace {

using Options = schema::StablehloSortOptions;

constexpr char kDimension[] = "dimension", kComparator[] = "comparator_subgraph_index";

absl::Status Infer(InferContext& context) {
  if (context.num_inputs() != context.num_outputs()) {
    return absl::InvalidArgumentError(
        absl::StrCat(context.num_inputs(), " operands for ", context.num_outputs(), " results"));
  }
  const ir::Shape& first = context.input_shape(0);
  if (first.ranked()) ZP_RETURN_IF_ERROR(ResolveAxis(context.attrs().Int(kDimension), first.rank()).status());
  for (int k = 0; k < context.num_inputs(); ++k) {
    ZP_ASSIGN_OR_RETURN(ir::Shape shape, stablehlo::MergedShape(first, context.input_shape(k)));
    context.set_output(k, context.input_type(k), std::move(shape));
  }
  return absl::OkStatus();
}

// Sorts places[begin, end) by merging. Written out, for a graph may contradict itself and may fail.
absl::Status Sort(stablehlo::Body& body, absl::Span<const TensorView> tensors, absl::Span<int64_t> places,
                  std::vector<int64_t>& merged) {
  if (places.size() < 2) return absl::OkStatus();
  const size_t middle = places.size() / 2;
  ZP_RETURN_IF_ERROR(Sort(body, tensors, places.first(middle), merged));
  ZP_RETURN_IF_ERROR(Sort(body, tensors, places.subspan(middle), merged));
  merged.clear();
  size_t left = 0, right = middle;
  while (left < middle && right < places.size()) {
    ZP_ASSIGN_OR_RETURN(const bool right_first, body.Compare(tensors, places[right], places[left]));
    merged.push_back(right_first ? places[right++] : places[left++]);
  }
  merged.insert(merged.end(), places.begin() + static_cast<std::ptrdiff_t>(left),
                places.begin() + static_cast<std::ptrdiff_t>(middle));
  merged.insert(merged.end(), places.begin() + static_cast<std::ptrdiff_t>(right), places.end());
  std::copy(merged.begin(), merged.end(), places.begin());
  return absl::OkStatus();
}

absl::Status Eval(const EvalContext& context) {
  const TensorView& first = context.inputs[0];
  ZP_ASSIGN_OR_RETURN(const int axis, ResolveAxis(context.attrs.Int(kDimension), first.rank()));
  ZP_ASSIGN_OR_RETURN(stablehlo::Body body,
                      stablehlo::Body::Create(context, context.attrs.Int(kComparator), context.inputs));
  const int64_t size = first.dim(axis), inner = Product(first.dims, axis + 1, first.rank());
  const int64_t rows = size == 0 ? 0 : first.elements() / size;
  std::vector<int64_t> places(static_cast<size_t>(size)), merged;
  for (int64_t row = 0; row < rows; ++row) {
    const int64_t start = row / inner * size * inner + row % inner;
    for (int64_t i = 0; i < size; ++i) places[static_cast<size_t>(i)] = start + i * inner;
    ZP_RETURN_IF_ERROR(Sort(body, context.inputs, absl::MakeSpan(places), merged));
    for (size_t k = 0; k < context.inputs.size(); ++k) {
      ZP_ASSIGN_OR_RETURN(const size_t width, ElementBytes(context.inputs[k].type));
      for (int64_t i = 0; i < size; ++i) {
        CopyBytes(context.outputs[k].As<uint8_t>() + static_cast<size_t>(start + i * inner) * width,
                  context.inputs[k].As<uint8_t>() + static_cast<size_t>(places[static_cast<size_t>(i)]) * width, width);
      }
    }
  }
  return absl::OkStatus();
}

}  // namespace

OpDef StablehloSort() {
  OpDef def = stablehlo::Movement("STABLEHLO_SORT", schema::BuiltinOperator_STABLEHLO_SORT, {1, kMany},
                                  {schema::BuiltinOptions2_StablehloSortOptions,
                                   {{kDimension, Options::VT_DIMENSION, FieldKind::kInt64},
                                    {"is_stable", Options::VT_IS_STABLE, FieldKind::kBool},
                                    {kComparator, Options::VT_COMPARATOR_SUBGRAPH_INDEX, FieldKind::kGraph}}},
                                  Infer, Eval);
  def.outputs = {1, kMany};
  def.quant.inputs = {OperandSpec::Activation()};
  def.moves_elements = false;
  return def;
}

}  // namespace zeropoint::ops::records
