// PACK: operands of one shape stacked along a new axis.
#include <cstring>

#include "absl/strings/str_cat.h"
#include "ops/data_movement.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops {
namespace {

absl::Status Infer(InferContext& context) {
  ir::Shape part = ir::Shape::Unranked();
  for (int i = 0; i < context.num_inputs(); ++i) {
    const ir::Shape& next = context.input_shape(i);
    if (!next.ranked()) continue;
    if (!part.ranked()) part = next;
    bool same = part.rank() == next.rank();
    for (int d = 0; same && d < part.rank(); ++d) {
      if (part[d] == ir::kDynamic) part.set(d, next[d]);
      same = next[d] == ir::kDynamic || part[d] == next[d];
    }
    if (!same) {
      return absl::InvalidArgumentError(absl::StrCat("operand ", i, " of shape ", next.ToString(),
                                                     " does not stack on ", part.ToString()));
    }
  }
  ir::Shape to = UnknownShape(part.ranked() ? part.rank() + 1 : -1);
  if (part.ranked()) {
    ZP_ASSIGN_OR_RETURN(const int axis, ResolveAxis(context.attrs().Int("axis"), to.rank()));
    for (int i = 0; i < to.rank(); ++i) to.set(i, i == axis ? context.num_inputs() : part[i < axis ? i : i - 1]);
  }
  context.set_output(0, context.input_type(0), std::move(to));
  return absl::OkStatus();
}

absl::Status Eval(const EvalContext& context) {
  const MutableView& to = context.outputs[0];
  ZP_ASSIGN_OR_RETURN(const int axis, ResolveAxis(context.attrs.Int("axis"), to.rank()));
  ZP_ASSIGN_OR_RETURN(const size_t width, ElementBytes(to.type));
  const int64_t outer = Product(to.dims, 0, axis);
  const size_t chunk = static_cast<size_t>(Product(to.dims, axis + 1, to.rank())) * width;
  uint8_t* target = to.As<uint8_t>();
  for (int64_t i = 0; chunk != 0 && i < outer; ++i) {
    for (const TensorView& part : context.inputs) {
      std::memcpy(target, part.As<uint8_t>() + static_cast<size_t>(i) * chunk, chunk);
      target += chunk;
    }
  }
  return absl::OkStatus();
}

absl::Status ImportTf(ir::Graph& graph, ir::NodeId id) {
  ir::Node& node = graph.node(id);
  ir::Attributes attrs;
  attrs.Set("values_count", static_cast<int64_t>(node.inputs().size()));
  attrs.Set("axis", node.attrs().Int("axis"));
  node.info.attrs = std::move(attrs);
  return absl::OkStatus();
}

int Version(const VersionContext& context) {
  switch (context.input_type(0)) {
    case ElementType::kUInt32: return 4;
    case ElementType::kInt16: return 3;
    case ElementType::kInt8: return 2;
    default: return 1;
  }
}

QuantSpec Quantization() {
  QuantSpec spec = MovesData({OperandSpec::Activation()}, -1);
  spec.int16_operands_like_result = true;
  return spec;
}

}  // namespace

namespace records {

OpDef Pack() {
  return {.name = "PACK",
          .code = schema::BuiltinOperator_PACK,
          .inputs = {1, kMany},
          .outputs = {1, 1},
          .options = {schema::BuiltinOptions_PackOptions,
                      {{"values_count", schema::PackOptions::VT_VALUES_COUNT, FieldKind::kInt32},
                       {"axis", schema::PackOptions::VT_AXIS, FieldKind::kInt32}}},
          .tf = {{"Pack", ImportTf}},
          .infer = Infer,
          .eval_float = Eval,
          .quant = Quantization(),
          .version = Version,
          .moves_elements = true};
}

}  // namespace records
}  // namespace zeropoint::ops
