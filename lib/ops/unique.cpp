// UNIQUE: the different elements of a vector in the order in which they come first, and for each element its position
// among those.
#include <unordered_map>

#include "absl/strings/str_cat.h"
#include "ops/elementwise.h"
#include "ops/infer.h"
#include "ops/live_result.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops {
namespace {

constexpr char kIndexType[] = "idx_out_type";

absl::Status Infer(InferContext& context) {
  ZP_RETURN_IF_ERROR(CheckReal(context, 0));
  ZP_RETURN_IF_ERROR(CheckRank(context, 0, 1, "operand"));
  const int64_t index_type = context.attrs().Int(kIndexType, static_cast<int64_t>(ElementType::kInt32));
  const ElementType type = static_cast<ElementType>(index_type);
  if (type != ElementType::kInt32 && type != ElementType::kInt64) {
    return absl::InvalidArgumentError(absl::StrCat("idx_out_type ", index_type, " is neither int32 nor int64"));
  }
  const ir::Shape& from = context.input_shape(0);
  context.set_output(0, context.input_type(0), {ir::kDynamic});
  context.set_output(1, type, {from.ranked() ? from[0] : ir::kDynamic});
  return absl::OkStatus();
}

template <typename T, typename Index>
absl::Status Number(const EvalContext& context) {
  const TensorView& from = context.inputs[0];
  const T* x = from.As<T>();
  std::unordered_map<T, Index> seen;
  std::vector<T> distinct;
  Index* index = context.outputs[1].As<Index>();
  for (int64_t i = 0, n = from.elements(); i < n; ++i) {
    const auto [at, is_new] = seen.emplace(x[i], static_cast<Index>(distinct.size()));
    if (is_new) distinct.push_back(x[i]);
    index[i] = at->second;
  }
  const ir::Shape shape{static_cast<int64_t>(distinct.size())};
  ZP_ASSIGN_OR_RETURN(const MutableView to, LiveResult(context, 0, from.type, shape));
  std::copy(distinct.begin(), distinct.end(), to.As<T>());
  return absl::OkStatus();
}

template <typename T>
absl::Status Number(const EvalContext& context) {
  return context.outputs[1].type == ElementType::kInt64 ? Number<T, int64_t>(context) : Number<T, int32_t>(context);
}

absl::Status Eval(const EvalContext& context) {
  switch (context.inputs[0].type) {
    case ElementType::kFloat32:
      return Number<float>(context);
    case ElementType::kInt8:
      return Number<int8_t>(context);
    case ElementType::kUInt8:
      return Number<uint8_t>(context);
    case ElementType::kInt16:
      return Number<int16_t>(context);
    case ElementType::kInt32:
      return Number<int32_t>(context);
    case ElementType::kInt64:
      return Number<int64_t>(context);
    default:
      return NoKernelFor(context.inputs[0].type);
  }
}

absl::Status Import(ir::Graph& graph, ir::NodeId id) {
  ir::Attributes attrs;
  attrs.Set(kIndexType, graph.node(id).attrs().Int("out_idx", static_cast<int64_t>(ElementType::kInt32)));
  graph.node(id).info.attrs = std::move(attrs);
  return absl::OkStatus();
}

}  // namespace

namespace records {

OpDef Unique() {
  OpDef def;
  def.name = "UNIQUE";
  def.code = schema::BuiltinOperator_UNIQUE;
  def.inputs = {1, 1};
  def.outputs = {2, 2};
  def.options = {schema::BuiltinOptions_UniqueOptions,
                 {{kIndexType, schema::UniqueOptions::VT_IDX_OUT_TYPE, FieldKind::kInt8,
                   static_cast<double>(schema::TensorType_INT32)}}};
  def.tf = {{"Unique", Import}};
  def.infer = Infer;
  def.eval_float = Eval;
  def.eval_quantized = Eval;
  def.quant.inputs = {OperandSpec::Activation()};
  def.quant.outputs = {OperandSpec::Activation(), OperandSpec::Other()};
  def.quant.int8 = true;
  return def;
}

}  // namespace records
}  // namespace zeropoint::ops
