// RESIZE_BILINEAR: images to another height and width (operand 1), each pixel a mix of its four neighbours.
#include <algorithm>
#include <cmath>
#include <vector>

#include "ops/data_movement.h"
#include "ops/quantized.h"
#include "ops/resize_common.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops {
namespace {

// The two neighbours of a result's row or column and the weight of the upper one.
struct Tap {
  int64_t lower, upper;
  float weight;
};

std::vector<Tap> MakeTaps(int64_t from, int64_t to, const ir::Attributes& attrs) {
  const float scale = ResizeScale(from, to, attrs.Bool("align_corners"));
  const bool half_pixel = attrs.Bool("half_pixel_centers");
  std::vector<Tap> taps;
  for (int64_t i = 0; i < to; ++i) {
    const float at = half_pixel ? (static_cast<float>(i) + 0.5f) * scale - 0.5f : static_cast<float>(i) * scale;
    const float floor = std::floor(at);
    const int64_t lower = std::max<int64_t>(0, static_cast<int64_t>(floor));
    const int64_t upper = std::min<int64_t>(from - 1, static_cast<int64_t>(std::ceil(at)));
    taps.push_back({std::min(lower, from - 1), std::max<int64_t>(upper, 0), at - floor});
  }
  return taps;
}

absl::Status Eval(const EvalContext& context) {
  const TensorView& from = context.inputs[0];
  const MutableView& to = context.outputs[0];
  if (from.type != ElementType::kFloat32) return absl::UnimplementedError("only float32 images can be resized");
  const int64_t channels = from.dim(3), row_size = from.dim(2) * channels;
  const std::vector<Tap> rows = MakeTaps(from.dim(1), to.dim(1), context.attrs);
  const std::vector<Tap> columns = MakeTaps(from.dim(2), to.dim(2), context.attrs);
  float* target = to.As<float>();
  for (int64_t n = 0; n < from.dim(0); ++n) {
    const float* image = from.As<float>() + n * from.dim(1) * row_size;
    for (const Tap& y : rows) {
      const float *top = image + y.lower * row_size, *bottom = image + y.upper * row_size;
      for (const Tap& x : columns) {
        const int64_t left = x.lower * channels, right = x.upper * channels;
        const float w00 = (1 - y.weight) * (1 - x.weight), w01 = (1 - y.weight) * x.weight;
        const float w10 = y.weight * (1 - x.weight), w11 = y.weight * x.weight;
        for (int64_t c = 0; c < channels; ++c) {
          target[c] = top[left + c] * w00 + bottom[left + c] * w10 + top[right + c] * w01 + bottom[right + c] * w11;
        }
        target += channels;
      }
    }
  }
  return absl::OkStatus();
}

// The neighbours in integers of 1/1024.
struct IntTap {
  int64_t lower, upper;
  int64_t weight;  // of the upper one
};
constexpr int kFractionalBits = 10;
constexpr int64_t kOne = int64_t{1} << kFractionalBits;

std::vector<IntTap> MakeIntTaps(int64_t from, int64_t to, const ir::Attributes& attrs) {
  int64_t scale = (kOne * from + to / 2) / std::max<int64_t>(to, 1);
  if (attrs.Bool("align_corners") && to > 1) scale = (kOne * (from - 1) + (to - 1) / 2) / (to - 1);
  const bool half_pixel = attrs.Bool("half_pixel_centers");
  std::vector<IntTap> taps;
  for (int64_t i = 0; i < to; ++i) {
    const int64_t at = i * scale + (half_pixel ? scale / 2 - kOne / 2 : 0);
    const int64_t lower = std::max<int64_t>(at / kOne, 0), upper = std::min((at + kOne - 1) / kOne, from - 1);
    taps.push_back({std::min(lower, from - 1), std::max<int64_t>(upper, 0), at - kOne * lower});
  }
  return taps;
}

absl::Status EvalQuantized(const EvalContext& context) {
  const TensorView& from = context.inputs[0];
  const int64_t channels = from.dim(3), row_size = from.dim(2) * channels;
  const std::vector<IntTap> rows = MakeIntTaps(from.dim(1), context.outputs[0].dim(1), context.attrs);
  const std::vector<IntTap> columns = MakeIntTaps(from.dim(2), context.outputs[0].dim(2), context.attrs);
  return ForIntegers(context, 1, [&]<typename T>(T) -> absl::Status {
    T* target = context.outputs[0].As<T>();
    for (int64_t n = 0; n < from.dim(0); ++n) {
      const T* image = from.As<T>() + n * from.dim(1) * row_size;
      for (const IntTap& y : rows) {
        const T *top = image + y.lower * row_size, *bottom = image + y.upper * row_size;
        for (const IntTap& x : columns) {
          const int64_t left = x.lower * channels, right = x.upper * channels;
          for (int64_t c = 0; c < channels; ++c) {
            const int64_t upper = top[left + c] * (kOne - x.weight) + top[right + c] * x.weight;
            const int64_t lower = bottom[left + c] * (kOne - x.weight) + bottom[right + c] * x.weight;
            const int64_t mixed = upper * (kOne - y.weight) + lower * y.weight;
            const int64_t half = kOne * kOne / 2;
            *target++ = static_cast<T>((mixed > 0 ? mixed + half : mixed - half) / (kOne * kOne));
          }
        }
      }
    }
    return absl::OkStatus();
  });
}

int Version(const VersionContext& context) {
  if (context.input_type(0) == ElementType::kInt16) return 4;
  if (context.attrs().Bool("half_pixel_centers")) return 3;
  return context.input_type(0) == ElementType::kInt8 ? 2 : 1;
}

}  // namespace

namespace records {

OpDef ResizeBilinear() {
  using Options = schema::ResizeBilinearOptions;
  return {.name = "RESIZE_BILINEAR",
          .code = schema::BuiltinOperator_RESIZE_BILINEAR,
          .inputs = {2, 2},
          .outputs = {1, 1},
          .options = {schema::BuiltinOptions_ResizeBilinearOptions,
                      {{"align_corners", Options::VT_ALIGN_CORNERS, FieldKind::kBool},
                       {"half_pixel_centers", Options::VT_HALF_PIXEL_CENTERS, FieldKind::kBool}}},
          .tf = {{"ResizeBilinear", ImportResize}},
          .infer = InferResize,
          .eval_float = Eval,
          .eval_quantized = EvalQuantized,
          .quant = MovesData({OperandSpec::Activation(), OperandSpec::Other()}),
          .version = Version};
}

}  // namespace records
}  // namespace zeropoint::ops
