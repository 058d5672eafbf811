// STABLEHLO_IOTA: each element is its index along a dimension. The result tensor says shape and type.
#include "absl/strings/str_cat.h"
#include "ops/data_movement.h"
#include "ops/stablehlo.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {
namespace {

constexpr char kDimension[] = "iota_dimension";

absl::Status Infer(InferContext& context) {
  const ir::Shape& to = context.output_shape(0);
  const int64_t dimension = context.attrs().Int(kDimension);
  if (to.ranked() && (dimension < 0 || dimension >= to.rank())) {
    return absl::InvalidArgumentError(absl::StrCat("dimension ", dimension, " is not one of ", to.ToString()));
  }
  context.set_output(0, context.output_type(0), to);
  return absl::OkStatus();
}

template <typename T>
absl::Status Count(const EvalContext& context) {
  const MutableView& to = context.outputs[0];
  const int axis = static_cast<int>(context.attrs.Int(kDimension));
  const int64_t size = to.dim(axis), inner = Product(to.dims, axis + 1, to.rank());
  T* y = to.As<T>();
  for (int64_t i = 0, n = to.elements(); i < n; ++i) y[i] = static_cast<T>(i / inner % size);
  return absl::OkStatus();
}

absl::Status Eval(const EvalContext& context) {
  switch (context.outputs[0].type) {
    case ElementType::kFloat32:
      return Count<float>(context);
    case ElementType::kInt32:
      return Count<int32_t>(context);
    case ElementType::kInt64:
      return Count<int64_t>(context);
    case ElementType::kUInt32:
      return Count<uint32_t>(context);
    case ElementType::kInt16:
      return Count<int16_t>(context);
    case ElementType::kInt8:
      return Count<int8_t>(context);
    case ElementType::kUInt8:
      return Count<uint8_t>(context);
    default:
      return NoKernelFor(context.outputs[0].type);
  }
}

}  // namespace

OpDef StablehloIota() {
  OpDef def = stablehlo::Movement("STABLEHLO_IOTA", schema::BuiltinOperator_STABLEHLO_IOTA, {0, 0},
                                  {schema::BuiltinOptions2_StablehloIotaOptions,
                                   {{kDimension, schema::StablehloIotaOptions::VT_IOTA_DIMENSION, FieldKind::kInt64}}},
                                  Infer, Eval);
  def.quant.inputs = {};
  def.moves_elements = false;
  return def;
}

}  // namespace zeropoint::ops::records
