#include "ops/pool.h"

#include "ops/activation.h"
#include "ops/conv_shape.h"
#include "ops/elementwise.h"
#include "ops/quantized_conv.h"
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

absl::Status EvalQuantizedPool(const EvalContext& context, bool average) {
  const TensorView& input = context.inputs[0];
  ZP_ASSIGN_OR_RETURN(const Sliding sliding, SlidingOf(context.attrs));
  ZP_ASSIGN_OR_RETURN(const Limits limits, FusedLimits(context.attrs, context.outputs[0]));
  if (context.outputs[0].elements() == 0) return absl::OkStatus();
  const kernels::Window window = MakeWindow(input.dims, context.attrs.Int(kFilterHeight),
                                            context.attrs.Int(kFilterWidth), sliding, context.outputs[0].dims);
  std::vector<int64_t> found(static_cast<size_t>(window.out_c));  // by channel: the sum, or the maximum
  return ForIntegers(context, 1, [&]<typename T>(T) -> absl::Status {
    T* y = context.outputs[0].As<T>();
    ForEachPosition(window, [&](int64_t n, int64_t oy, int64_t ox) {
      const int64_t top = oy * window.stride_h - window.pad_top, left = ox * window.stride_w - window.pad_left;
      const int64_t bottom = std::min(top + window.kernel_h, window.in_h);
      const int64_t right = std::min(left + window.kernel_w, window.in_w);
      std::fill(found.begin(), found.end(), average ? 0 : LimitsOf<T>().low);
      int64_t count = 0;
      for (int64_t iy = std::max<int64_t>(top, 0); iy < bottom; ++iy) {
        for (int64_t ix = std::max<int64_t>(left, 0); ix < right; ++ix, ++count) {
          const T* x = input.As<T>() + ((n * window.in_h + iy) * window.in_w + ix) * window.in_c;
          for (size_t c = 0; c < found.size(); ++c) {
            if (average)
              found[c] += x[c];
            else
              found[c] = std::max<int64_t>(found[c], x[c]);
          }
        }
      }
      for (int64_t value : found) {
        // Half away from zero.
        if (average && count > 0) value = (value > 0 ? value + count / 2 : value - count / 2) / count;
        *y++ = static_cast<T>(limits.Clamp(static_cast<int32_t>(value)));
      }
    });
    return absl::OkStatus();
  });
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
