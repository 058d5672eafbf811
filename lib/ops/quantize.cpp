// QUANTIZE: real numbers, or integers of other parameters, to integers of the result's parameters.
#include <limits>
#include <vector>

#include "absl/strings/str_cat.h"
#include "kernels/encode.h"
#include "ops/affine.h"
#include "ops/op_def.h"
#include "ops/quantized.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops {
namespace {

// Half away from zero, then the zero point, as LiteRT's kernel does.
template <typename T>
void QuantizeAll(const float* from, int64_t count, const ParamsOfElements& params, T* to) {
  kernels::QuantizeStep step;
  step.rule = kernels::QuantizeStep::Rule::kDivide;
  step.low = std::numeric_limits<T>::lowest();
  step.high = std::numeric_limits<T>::max();
  const ir::QuantParams& quant = *params.params;
  kernels::QuantizeChannels(from, params.layout(count), quant.scale, quant.zero_point, step, to);
}

// From integers to integers.
template <typename T, typename R>
void RescaleAll(const TensorView& from, const Params& x, const Params& y, const MutableView& to) {
  const numeric::Multiplier factor = numeric::ToMultiplier(static_cast<double>(x.scale) / static_cast<double>(y.scale));
  const T* source = from.As<T>();
  R* result = to.As<R>();
  for (int64_t i = 0, n = to.elements(); i < n; ++i) {
    const int32_t scaled = numeric::Rescale(WrapSub<int32_t>(source[i], x.zero_point), factor);
    result[i] = static_cast<R>(LimitsOf<R>().Clamp(WrapAdd(scaled, y.zero_point)));
  }
}

template <typename T>
absl::Status RescaleFrom(const TensorView& from, const Params& x, const Params& y, const MutableView& to) {
  switch (to.type) {
    case ElementType::kInt8:
      RescaleAll<T, int8_t>(from, x, y, to);
      return absl::OkStatus();
    case ElementType::kUInt8:
      RescaleAll<T, uint8_t>(from, x, y, to);
      return absl::OkStatus();
    case ElementType::kInt16:
      RescaleAll<T, int16_t>(from, x, y, to);
      return absl::OkStatus();
    default:
      return NoIntegerKernelFor(to.type);
  }
}

absl::Status Infer(InferContext& context) {
  context.set_output(0, context.output_type(0), context.input_shape(0));
  return absl::OkStatus();
}

absl::Status Eval(const EvalContext& context) {
  const TensorView& from = context.inputs[0];
  const MutableView& to = context.outputs[0];
  if (Traits(from.type).is_integer) {
    ZP_ASSIGN_OR_RETURN(const Params x, ParamsOf(from.quant));
    ZP_ASSIGN_OR_RETURN(const Params y, ParamsOf(to.quant));
    switch (from.type) {
      case ElementType::kInt8:
        return RescaleFrom<int8_t>(from, x, y, to);
      case ElementType::kUInt8:
        return RescaleFrom<uint8_t>(from, x, y, to);
      case ElementType::kInt16:
        return RescaleFrom<int16_t>(from, x, y, to);
      case ElementType::kInt32:
        return RescaleFrom<int32_t>(from, x, y, to);
      default:
        return NoIntegerKernelFor(from.type);
    }
  }
  std::vector<float> widened;
  const float* real = from.As<float>();
  if (from.type != ElementType::kFloat32) {
    widened.resize(static_cast<size_t>(to.elements()));
    ZP_RETURN_IF_ERROR(ToReal(from, widened.data()));
    real = widened.data();
  }
  ZP_ASSIGN_OR_RETURN(const ParamsOfElements params, FindParams(to.quant, to.dims));
  switch (to.type) {
    case ElementType::kInt8:
      QuantizeAll(real, to.elements(), params, to.As<int8_t>());
      return absl::OkStatus();
    case ElementType::kUInt8:
      QuantizeAll(real, to.elements(), params, to.As<uint8_t>());
      return absl::OkStatus();
    case ElementType::kInt16:
      QuantizeAll(real, to.elements(), params, to.As<int16_t>());
      return absl::OkStatus();
    default:
      return absl::UnimplementedError(absl::StrCat("no kernel that quantizes to ", Name(to.type)));
  }
}

int Version(const VersionContext& context) {
  const ElementType from = context.input_type(0), to = context.output_type(0);
  if (from == ElementType::kUInt4 || to == ElementType::kUInt4) return 5;
  if (from == ElementType::kInt4 || to == ElementType::kInt4) return 4;
  if (context.output_quant(0).scale.size() > 1) return 3;
  return to == ElementType::kInt16 ? 2 : 1;
}

}  // namespace

namespace records {

OpDef Quantize() {
  return {.name = "QUANTIZE",
          .code = schema::BuiltinOperator_QUANTIZE,
          .inputs = {1, 1},
          .outputs = {1, 1},
          .options = {schema::BuiltinOptions_QuantizeOptions, {}, /*written=*/false},
          .infer = Infer,
          .eval_float = Eval,
          .conversion = Conversion::kQuantize,
          .version = Version};
}

}  // namespace records
}  // namespace zeropoint::ops
