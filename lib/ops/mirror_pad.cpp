// MIRROR_PAD: reflections of a tensor around itself; REFLECT leaves the border element out, SYMMETRIC repeats it.
#include <cstring>

#include "absl/strings/str_cat.h"
#include "ops/copy_bytes.h"
#include "ops/data_movement.h"
#include "ops/pad_common.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops {
namespace {

// 1 when the border element is not repeated.
int64_t Offset(const ir::Attributes& attrs) { return attrs.Int("mode") == schema::MirrorPadMode_REFLECT ? 1 : 0; }

absl::Status Infer(InferContext& context) {
  ZP_RETURN_IF_ERROR(InferPadded(context));
  const ir::Shape& from = context.input_shape(0);
  auto paddings = context.input_ints(1);
  if (!from.ranked() || !paddings) return absl::OkStatus();
  for (int i = 0; i < from.rank(); ++i) {
    for (size_t side : {0, 1}) {
      const int64_t padding = (*paddings)[2 * static_cast<size_t>(i) + side];
      if (from[i] == ir::kDynamic || padding <= from[i] - Offset(context.attrs())) continue;
      return absl::InvalidArgumentError(
          absl::StrCat("padding ", padding, " of dimension ", i, " reaches beyond ", from.ToString()));
    }
  }
  return absl::OkStatus();
}

// Where each index of a padded dimension comes from.
std::vector<int64_t> Sources(int64_t before, int64_t size, int64_t padded, int64_t offset) {
  std::vector<int64_t> sources;
  for (int64_t i = 0; i < padded; ++i) {
    int64_t at = i - before;
    if (at < 0) at = -at - 1 + offset;
    if (at >= size) at = 2 * size - 1 - offset - at;
    sources.push_back(at);
  }
  return sources;
}

absl::Status Eval(const EvalContext& context) {
  const TensorView& from = context.inputs[0];
  const MutableView& to = context.outputs[0];
  if (to.elements() == 0) return absl::OkStatus();
  ZP_ASSIGN_OR_RETURN(const std::vector<int64_t> paddings, ReadInts(context.inputs[1]));
  ZP_ASSIGN_OR_RETURN(const size_t width, ElementBytes(to.type));
  const ir::Dims strides = RowMajorStrides(from.dims);
  std::vector<std::vector<int64_t>> sources;
  for (int i = 0; i < to.rank(); ++i) {
    sources.push_back(Sources(paddings[2 * static_cast<size_t>(i)], from.dim(i), to.dim(i), Offset(context.attrs)));
  }
  ir::Dims index(to.dims.size(), 0);
  uint8_t* target = to.As<uint8_t>();
  for (;;) {
    int64_t at = 0;
    for (size_t i = 0; i < index.size(); ++i) at += sources[i][static_cast<size_t>(index[i])] * strides[i];
    CopyBytes(target, from.As<uint8_t>() + static_cast<size_t>(at) * width, width);
    target += width;
    int axis = to.rank() - 1;
    for (; axis >= 0 && ++index[static_cast<size_t>(axis)] == to.dim(axis); --axis)
      index[static_cast<size_t>(axis)] = 0;
    if (axis < 0) return absl::OkStatus();
  }
}

absl::Status ImportTf(ir::Graph& graph, ir::NodeId id) {
  const std::string mode = graph.node(id).attrs().String("mode");
  if (mode != "REFLECT" && mode != "SYMMETRIC") {
    return absl::InvalidArgumentError(absl::StrCat("MirrorPad of mode '", mode, "'"));
  }
  ir::Attributes attrs;
  attrs.Set("mode", int64_t{mode == "REFLECT" ? schema::MirrorPadMode_REFLECT : schema::MirrorPadMode_SYMMETRIC});
  graph.node(id).info.attrs = std::move(attrs);
  return absl::OkStatus();
}

int Version(const VersionContext& context) {
  if (context.input_type(0) == ElementType::kInt16) return 3;
  return context.input_type(0) == ElementType::kInt8 ? 2 : 1;
}

}  // namespace

namespace records {

OpDef MirrorPad() {
  return {.name = "MIRROR_PAD",
          .code = schema::BuiltinOperator_MIRROR_PAD,
          .inputs = {2, 2},
          .outputs = {1, 1},
          .options = {schema::BuiltinOptions_MirrorPadOptions,
                      {{"mode", schema::MirrorPadOptions::VT_MODE, FieldKind::kInt8}}},
          .tf = {{"MirrorPad", ImportTf}},
          .infer = Infer,
          .eval_float = Eval,
          .eval_quantized = Eval,
          .quant = MovesData({OperandSpec::Activation(), OperandSpec::Other()}),
          .version = Version};
}

}  // namespace records
}  // namespace zeropoint::ops
