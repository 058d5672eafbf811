// STABLEHLO_REDUCE_WINDOW: each element of a result is what a graph makes of an initial element and the elements in a
// window that moves by window_strides. base_dilations put gaps between the tensor's elements, window_dilations between
// the window's, padding (a pair for each dimension) lets the window reach outside. As many tensors as results, then as
// many initial elements.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "ops/data_movement.h"
#include "ops/stablehlo.h"
#include "ops/stablehlo_body.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {
namespace {

using Options = schema::StablehloReduceWindowOptions;

constexpr char kSizes[] = "window_dimensions", kStrides[] = "window_strides", kBase[] = "base_dilations",
               kDilations[] = "window_dilations", kPadding[] = "padding", kBody[] = "body_subgraph_index";
constexpr int64_t kMost = int64_t{1} << 31;  // of any entry: products of two stay far from overflow

// Attributes that are left out are all ones, or zeros for the padding.
struct Window {
  std::vector<int64_t> sizes, strides, base, dilations, padding;
};

absl::StatusOr<Window> MakeWindow(const ir::Attributes& attrs, int rank) {
  const size_t n = static_cast<size_t>(rank);
  auto entries = [&](const char* name, size_t count, int64_t otherwise) {
    std::vector<int64_t> given = attrs.Ints(name);
    return given.empty() ? std::vector<int64_t>(count, otherwise) : given;
  };
  Window window{attrs.Ints(kSizes), entries(kStrides, n, 1), entries(kBase, n, 1), entries(kDilations, n, 1),
                entries(kPadding, 2 * n, 0)};
  const std::pair<const char*, const std::vector<int64_t>*> positive[] = {
      {kSizes, &window.sizes}, {kStrides, &window.strides}, {kBase, &window.base}, {kDilations, &window.dilations}};
  for (const auto& [name, list] : positive) {
    ZP_RETURN_IF_ERROR(stablehlo::CheckLength(*list, rank, name));
    for (int64_t entry : *list) {
      if (entry < 1 || entry > kMost) return absl::InvalidArgumentError(absl::StrCat(name, " has an entry ", entry));
    }
  }
  ZP_RETURN_IF_ERROR(stablehlo::CheckLength(window.padding, 2 * rank, kPadding));
  for (int64_t entry : window.padding) {
    if (entry < -kMost || entry > kMost)
      return absl::InvalidArgumentError(absl::StrCat(kPadding, " has an entry ", entry));
  }
  return window;
}

int64_t ResultSize(const Window& window, size_t i, int64_t size) {
  if (size == ir::kDynamic) return ir::kDynamic;
  const int64_t spread = size == 0 ? 0 : (size - 1) * window.base[i] + 1;
  const int64_t padded = window.padding[2 * i] + spread + window.padding[2 * i + 1];
  const int64_t reach = (window.sizes[i] - 1) * window.dilations[i] + 1;
  return padded < reach ? 0 : (padded - reach) / window.strides[i] + 1;
}

absl::Status Infer(InferContext& context) {
  ZP_RETURN_IF_ERROR(stablehlo::CheckReduced(context));
  const ir::Shape& from = context.input_shape(0);
  ir::Shape to = from;
  if (from.ranked()) {
    ZP_ASSIGN_OR_RETURN(const Window window, MakeWindow(context.attrs(), from.rank()));
    for (int i = 0; i < from.rank(); ++i) to.set(i, ResultSize(window, static_cast<size_t>(i), from[i]));
  }
  for (int k = 0; k < context.num_outputs(); ++k) context.set_output(k, context.input_type(k), to);
  return absl::OkStatus();
}

// Which element of a dimension the window's element `w` meets when the window is at `at`; -1: none.
int64_t Met(const Window& window, size_t i, int64_t size, int64_t at, int64_t w) {
  const int64_t place = at * window.strides[i] + w * window.dilations[i] - window.padding[2 * i];
  if (place < 0 || place % window.base[i] != 0) return -1;
  return place / window.base[i] < size ? place / window.base[i] : -1;
}

// The next index below `sizes`, row by row; false after the last.
bool Advance(absl::Span<const int64_t> sizes, ir::Dims& index) {
  for (size_t i = sizes.size(); i-- > 0;) {
    if (++index[i] < sizes[i]) return true;
    index[i] = 0;
  }
  return false;
}

absl::Status Eval(const EvalContext& context) {
  const size_t n = context.outputs.size();
  const auto tensors = context.inputs.first(n);
  ZP_RETURN_IF_ERROR(stablehlo::FillWith(context.inputs.subspan(n), context.outputs));
  if (context.outputs[0].elements() == 0 || tensors[0].elements() == 0) return absl::OkStatus();
  ZP_ASSIGN_OR_RETURN(stablehlo::Body body, stablehlo::Body::Create(context, context.attrs.Int(kBody), tensors));
  const absl::Span<const int64_t> dims = tensors[0].dims;
  ZP_ASSIGN_OR_RETURN(const Window window, MakeWindow(context.attrs, tensors[0].rank()));
  const ir::Dims strides = RowMajorStrides(dims);
  ir::Dims at(dims.size(), 0);
  int64_t to = 0;
  do {
    ir::Dims w(dims.size(), 0);
    do {
      int64_t from = 0;
      for (size_t i = 0; i < dims.size() && from >= 0; ++i) {
        const int64_t met = Met(window, i, dims[i], at[i], w[i]);
        from = met < 0 ? -1 : from + met * strides[i];
      }
      if (from >= 0) ZP_RETURN_IF_ERROR(body.Accumulate(context.outputs, to, tensors, from));
    } while (Advance(window.sizes, w));
    ++to;
  } while (Advance(context.outputs[0].dims, at));
  return absl::OkStatus();
}

}  // namespace

OpDef StablehloReduceWindow() {
  OpDef def =
      stablehlo::Movement("STABLEHLO_REDUCE_WINDOW", schema::BuiltinOperator_STABLEHLO_REDUCE_WINDOW, {2, kMany},
                          {schema::BuiltinOptions2_StablehloReduceWindowOptions,
                           {{kSizes, Options::VT_WINDOW_DIMENSIONS, FieldKind::kLongs},
                            {kStrides, Options::VT_WINDOW_STRIDES, FieldKind::kLongs},
                            {kBase, Options::VT_BASE_DILATIONS, FieldKind::kLongs},
                            {kDilations, Options::VT_WINDOW_DILATIONS, FieldKind::kLongs},
                            {kPadding, Options::VT_PADDING, FieldKind::kLongs},
                            {kBody, Options::VT_BODY_SUBGRAPH_INDEX, FieldKind::kGraph}}},
                          Infer, Eval);
  def.outputs = {1, kMany};
  def.quant.inputs = {OperandSpec::Activation()};
  def.moves_elements = false;
  def.runtime = stablehlo::RealKernelOnly();
  return def;
}

}  // namespace zeropoint::ops::records
