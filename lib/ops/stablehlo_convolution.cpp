// STABLEHLO_CONVOLUTION: sums of products of windows of operand 0 and the kernel, operand 1, with every dimension where
// the options say. Neither LiteRT nor the engine runs it; it is carried through.
#include "absl/strings/str_cat.h"
#include "ops/data_movement.h"
#include "ops/stablehlo.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {
namespace {

using Options = schema::StablehloConvolutionOptions;

constexpr int64_t kMost = int64_t{1} << 31;  // of strides, dilations and paddings: products of two do not overflow

// The entries of an attribute, or as many of `otherwise` when it is left out.
absl::StatusOr<std::vector<int64_t>> Entries(const ir::Attributes& attrs, const char* name, size_t count,
                                             int64_t otherwise, int64_t least) {
  std::vector<int64_t> entries = attrs.Ints(name);
  if (entries.empty()) entries.assign(count, otherwise);
  ZP_RETURN_IF_ERROR(stablehlo::CheckLength(entries, static_cast<int>(count), name));
  for (int64_t entry : entries) {
    if (entry < least || entry > kMost) return absl::InvalidArgumentError(absl::StrCat(name, " has an entry ", entry));
  }
  return entries;
}

struct Layout {
  std::vector<int64_t> all;  // batch or output features, features, then the spatial dimensions
  int64_t size(const ir::Shape& shape, size_t i) const { return shape[static_cast<int>(all[i])]; }
};

absl::StatusOr<Layout> MakeLayout(const ir::Attributes& attrs, const char* first, const char* second,
                                  const char* spatial, int rank) {
  Layout layout{{attrs.Int(first), attrs.Int(second)}};
  for (int64_t axis : attrs.Ints(spatial)) layout.all.push_back(axis);
  ZP_RETURN_IF_ERROR(stablehlo::CheckDimensions(layout.all, rank, spatial));
  ZP_RETURN_IF_ERROR(stablehlo::CheckLength(layout.all, rank, spatial));
  return layout;
}

int64_t Spread(int64_t size, int64_t dilation) { return size == 0 ? 0 : (size - 1) * dilation + 1; }

absl::Status Infer(InferContext& context) {
  const ir::Attributes& attrs = context.attrs();
  const ir::Shape& from = context.input_shape(0);
  const ir::Shape& kernel = context.input_shape(1);
  if (!from.ranked() || !kernel.ranked()) {
    context.set_output(0, context.input_type(0), ir::Shape::Unranked());
    return absl::OkStatus();
  }
  ZP_ASSIGN_OR_RETURN(const Layout in, MakeLayout(attrs, "input_batch_dimension", "input_feature_dimension",
                                                  "input_spatial_dimensions", from.rank()));
  ZP_ASSIGN_OR_RETURN(const Layout weights,
                      MakeLayout(attrs, "kernel_output_feature_dimension", "kernel_input_feature_dimension",
                                 "kernel_spatial_dimensions", kernel.rank()));
  ZP_ASSIGN_OR_RETURN(const Layout out, MakeLayout(attrs, "output_batch_dimension", "output_feature_dimension",
                                                   "output_spatial_dimensions", from.rank()));
  const size_t spatial = in.all.size() - 2;
  ZP_RETURN_IF_ERROR(stablehlo::CheckLength(weights.all, from.rank(), "the kernel"));
  ZP_ASSIGN_OR_RETURN(const auto strides, Entries(attrs, "window_strides", spatial, 1, 1));
  ZP_ASSIGN_OR_RETURN(const auto padding, Entries(attrs, "padding", 2 * spatial, 0, -kMost));
  ZP_ASSIGN_OR_RETURN(const auto base, Entries(attrs, "lhs_dilation", spatial, 1, 1));
  ZP_ASSIGN_OR_RETURN(const auto dilation, Entries(attrs, "rhs_dilation", spatial, 1, 1));
  const int64_t batch_groups = attrs.Int("batch_group_count"), feature_groups = attrs.Int("feature_group_count");
  const int64_t batch = in.size(from, 0), features = in.size(from, 1), taken = weights.size(kernel, 1);
  const bool groups = batch_groups >= 1 && feature_groups >= 1 && (batch < 0 || batch % batch_groups == 0);
  if (!groups || (features >= 0 && taken >= 0 && features != taken * feature_groups)) {
    return absl::InvalidArgumentError(absl::StrCat("kernel ", kernel.ToString(), " does not fit ", from.ToString(),
                                                   " in ", feature_groups, " groups"));
  }
  ir::Shape to = UnknownShape(from.rank());
  to.set(static_cast<int>(out.all[0]), batch < 0 ? batch : batch / batch_groups);
  to.set(static_cast<int>(out.all[1]), weights.size(kernel, 0));
  for (size_t i = 0; i < spatial; ++i) {
    const int64_t size = in.size(from, i + 2), window = weights.size(kernel, i + 2);
    if (size < 0 || window < 0) continue;
    const int64_t room = padding[2 * i] + Spread(size, base[i]) + padding[2 * i + 1] - Spread(window, dilation[i]);
    to.set(static_cast<int>(out.all[i + 2]), room < 0 ? 0 : room / strides[i] + 1);
  }
  context.set_output(0, context.input_type(0), std::move(to));
  return absl::OkStatus();
}

}  // namespace

OpDef StablehloConvolution() {
  OpDef def = stablehlo::Movement(
      "STABLEHLO_CONVOLUTION", schema::BuiltinOperator_STABLEHLO_CONVOLUTION, {2, 2},
      {schema::BuiltinOptions2_StablehloConvolutionOptions,
       {{"window_strides", Options::VT_WINDOW_STRIDES, FieldKind::kLongs},
        {"padding", Options::VT_PADDING, FieldKind::kLongs},
        {"lhs_dilation", Options::VT_LHS_DILATION, FieldKind::kLongs},
        {"rhs_dilation", Options::VT_RHS_DILATION, FieldKind::kLongs},
        {"window_reversal", Options::VT_WINDOW_REVERSAL, FieldKind::kBools},
        {"input_batch_dimension", Options::VT_INPUT_BATCH_DIMENSION, FieldKind::kInt64},
        {"input_feature_dimension", Options::VT_INPUT_FEATURE_DIMENSION, FieldKind::kInt64},
        {"input_spatial_dimensions", Options::VT_INPUT_SPATIAL_DIMENSIONS, FieldKind::kLongs},
        {"kernel_input_feature_dimension", Options::VT_KERNEL_INPUT_FEATURE_DIMENSION, FieldKind::kInt64},
        {"kernel_output_feature_dimension", Options::VT_KERNEL_OUTPUT_FEATURE_DIMENSION, FieldKind::kInt64},
        {"kernel_spatial_dimensions", Options::VT_KERNEL_SPATIAL_DIMENSIONS, FieldKind::kLongs},
        {"output_batch_dimension", Options::VT_OUTPUT_BATCH_DIMENSION, FieldKind::kInt64},
        {"output_feature_dimension", Options::VT_OUTPUT_FEATURE_DIMENSION, FieldKind::kInt64},
        {"output_spatial_dimensions", Options::VT_OUTPUT_SPATIAL_DIMENSIONS, FieldKind::kLongs},
        {"feature_group_count", Options::VT_FEATURE_GROUP_COUNT, FieldKind::kInt64},
        {"batch_group_count", Options::VT_BATCH_GROUP_COUNT, FieldKind::kInt64},
        {"precision_config", Options::VT_PRECISION_CONFIG, FieldKind::kInts}}},
      Infer, /*eval=*/nullptr);
  def.quant.inputs = {OperandSpec::Activation()};
  def.moves_elements = false;
  return def;
}

}  // namespace zeropoint::ops::records
