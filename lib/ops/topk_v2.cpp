// TOPK_V2: the k (operand 1) largest elements of each row, largest first, and their positions; of equals the first
// comes first.
#include <algorithm>
#include <numeric>

#include "absl/strings/str_cat.h"
#include "ops/elementwise.h"
#include "ops/infer.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops {
namespace {

absl::Status Infer(InferContext& context) {
  ZP_RETURN_IF_ERROR(CheckReal(context, 0));
  const ir::Shape& from = context.input_shape(0);
  if (from.ranked() && from.rank() == 0) return absl::InvalidArgumentError("the operand is a scalar");
  ir::Shape to = from;
  if (to.ranked()) to.set(to.rank() - 1, ir::kDynamic);
  const auto k = context.input_ints(1);
  if (k && context.input_ints_complete(1)) {
    if (k->size() != 1) return absl::InvalidArgumentError(absl::StrCat("a k of ", k->size(), " elements"));
    const int64_t count = k->front(), depth = from.ranked() ? from[from.rank() - 1] : ir::kDynamic;
    if (count < 0 || (depth != ir::kDynamic && count > depth)) {
      return absl::InvalidArgumentError(absl::StrCat("the ", count, " largest of ", depth, " elements"));
    }
    if (to.ranked()) to.set(to.rank() - 1, count);
  }
  // The positions have k's type where that is int16; then the version says so, but no option.
  const ElementType index = context.output_type(1) == ElementType::kInt16 ? ElementType::kInt16 : ElementType::kInt32;
  context.set_output(0, context.input_type(0), to);
  context.set_output(1, index, std::move(to));
  return absl::OkStatus();
}

// A total order, so that NaN (which comes last) cannot confuse the sort.
template <typename T>
bool Precedes(T a, T b) {
  if constexpr (std::is_floating_point_v<T>) {
    if (a != a || b != b) return a == a;
  }
  return a > b;
}

template <typename T, typename Index>
void SelectRows(const EvalContext& context) {
  const TensorView& from = context.inputs[0];
  const size_t depth = static_cast<size_t>(from.dim(from.rank() - 1));
  const size_t k = static_cast<size_t>(context.outputs[0].dim(from.rank() - 1));
  const size_t rows = depth == 0 ? 0 : static_cast<size_t>(from.elements()) / depth;
  T* values = context.outputs[0].As<T>();
  Index* indices = context.outputs[1].As<Index>();
  std::vector<size_t> order(depth);
  for (size_t row = 0; row < rows; ++row) {
    const T* x = from.As<T>() + row * depth;
    std::iota(order.begin(), order.end(), size_t{0});
    std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(k), order.end(),
                      [x](size_t a, size_t b) {
                        if (Precedes(x[a], x[b])) return true;
                        return !Precedes(x[b], x[a]) && a < b;
                      });
    for (size_t i = 0; i < k; ++i) {
      *values++ = x[order[i]];
      *indices++ = static_cast<Index>(order[i]);
    }
  }
}

template <typename T>
absl::Status SelectRows(const EvalContext& context) {
  if (context.outputs[1].type == ElementType::kInt16)
    SelectRows<T, int16_t>(context);
  else
    SelectRows<T, int32_t>(context);
  return absl::OkStatus();
}

absl::Status Eval(const EvalContext& context) {
  switch (context.inputs[0].type) {
    case ElementType::kFloat32:
      return SelectRows<float>(context);
    case ElementType::kInt8:
      return SelectRows<int8_t>(context);
    case ElementType::kUInt8:
      return SelectRows<uint8_t>(context);
    case ElementType::kInt16:
      return SelectRows<int16_t>(context);
    case ElementType::kInt32:
      return SelectRows<int32_t>(context);
    case ElementType::kInt64:
      return SelectRows<int64_t>(context);
    default:
      return NoKernelFor(context.inputs[0].type);
  }
}

int Version(const VersionContext& context) {
  const bool int16 = context.input_type(0) == ElementType::kInt16 || context.input_type(1) == ElementType::kInt16 ||
                     context.output_type(1) == ElementType::kInt16;
  return int16 ? 3 : VersionInt8Is2(context);
}

absl::Status Import(ir::Graph& graph, ir::NodeId id) {
  const ir::Attributes& tf = graph.node(id).attrs();
  const int64_t index = tf.Int("index_type", static_cast<int64_t>(ElementType::kInt32));
  if (index != static_cast<int64_t>(ElementType::kInt32) && index != static_cast<int64_t>(ElementType::kInt16)) {
    return absl::UnimplementedError(absl::StrCat("TopKV2 with positions of type ", index, " is not one LiteRT op"));
  }
  graph.node(id).info.attrs = {};
  return absl::OkStatus();
}

}  // namespace

namespace records {

OpDef TopkV2() {
  OpDef def;
  def.name = "TOPK_V2";
  def.code = schema::BuiltinOperator_TOPK_V2;
  def.inputs = {2, 2};
  def.outputs = {2, 2};
  def.options = {schema::BuiltinOptions_TopKV2Options, {}};
  def.tf = {{"TopKV2", Import}};
  def.infer = Infer;
  def.eval_float = Eval;
  def.eval_quantized = Eval;
  def.quant.inputs = {OperandSpec::Activation(), OperandSpec::Other()};
  def.quant.outputs = {OperandSpec::Activation(), OperandSpec::Other()};
  def.quant.int8 = true;
  def.quant.same_scale = true;
  def.quant.int16_version = 1;  // TensorFlow's 16x8 quantizer does not know the op
  def.version = Version;
  return def;
}

}  // namespace records
}  // namespace zeropoint::ops
