#include "ops/pool.h"

#include "ops/activation.h"
#include "ops/conv_shape.h"
#include "ops/elementwise.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops {
namespace {

constexpr char kFilterHeight[] = "filter_height", kFilterWidth[] = "filter_width";

absl::Status Infer(InferContext& context) {
  ZP_RETURN_IF_ERROR(CheckArity(context, 1, 1));
  ZP_RETURN_IF_ERROR(CheckReal(context, 0));
  ZP_RETURN_IF_ERROR(CheckRank(context, 0, 4, "input"));
  ZP_ASSIGN_OR_RETURN(const Sliding sliding, SlidingOf(context.attrs()));
  const int64_t height = context.attrs().Int(kFilterHeight), width = context.attrs().Int(kFilterWidth);
  if (height < 1 || width < 1) {
    return absl::InvalidArgumentError(absl::StrCat("a window of ", height, "x", width, " has no elements"));
  }
  const ir::Shape& input = context.input_shape(0);
  const int64_t channels = input.ranked() ? input[3] : ir::kDynamic;
  ZP_ASSIGN_OR_RETURN(ir::Shape shape, SlidingShape(input, height, width, sliding, channels));
  context.set_output(0, context.input_type(0), std::move(shape));
  return absl::OkStatus();
}

absl::Status Import(ir::Graph& graph, ir::NodeId id) {
  const ir::Attributes& tf = graph.node(id).attrs();
  ir::Attributes attrs;
  ZP_RETURN_IF_ERROR(ImportSliding(tf, attrs));
  const std::vector<int64_t> size = tf.Ints("ksize");
  if (size.size() != 4 || size[0] != 1 || size[3] != 1) {
    return absl::UnimplementedError("pooling along the batch or the channels is not one LiteRT op");
  }
  attrs.Set(kFilterHeight, size[1]);
  attrs.Set(kFilterWidth, size[2]);
  graph.node(id).info.attrs = std::move(attrs);
  return absl::OkStatus();
}

}  // namespace

absl::Status EvalPoolWith(const EvalContext& context, PoolKernel kernel) {
  if (context.inputs[0].type != ElementType::kFloat32) return NoKernelFor(context.inputs[0].type);
  ZP_ASSIGN_OR_RETURN(const Sliding sliding, SlidingOf(context.attrs));
  ZP_ASSIGN_OR_RETURN(const kernels::Clamp clamp, FusedClamp(context.attrs));
  const kernels::Window window = MakeWindow(context.inputs[0].dims, context.attrs.Int(kFilterHeight),
                                            context.attrs.Int(kFilterWidth), sliding, context.outputs[0].dims);
  kernel(kernels::BestKernels(), window, context.inputs[0].As<float>(), clamp, context.outputs[0].As<float>(),
         context.scratch.Get(kernels::PoolScratchBytes(window)));
  return absl::OkStatus();
}

OpDef PoolRecord(absl::string_view name, int32_t code, absl::string_view tf, EvalFn eval) {
  using Table = schema::Pool2DOptions;
  OpDef def = UnaryRecord(name, code, "", eval);
  def.tf = {{tf, Import}};
  def.infer = Infer;
  def.options = {schema::BuiltinOptions_Pool2DOptions,
                 {{"padding", Table::VT_PADDING, FieldKind::kInt8},
                  {"stride_w", Table::VT_STRIDE_W, FieldKind::kInt32},
                  {"stride_h", Table::VT_STRIDE_H, FieldKind::kInt32},
                  {kFilterWidth, Table::VT_FILTER_WIDTH, FieldKind::kInt32},
                  {kFilterHeight, Table::VT_FILTER_HEIGHT, FieldKind::kInt32},
                  {kFusedActivation, Table::VT_FUSED_ACTIVATION_FUNCTION, FieldKind::kInt8}}};
  def.quant.int8 = def.quant.int16 = true;
  def.quant.same_scale = true;
  def.quant.int16_result_like_operand = 0;
  def.version = VersionByInt8Then16;
  def.absorbs_activation = true;
  return def;
}

}  // namespace zeropoint::ops
