// RESIZE_NEAREST_NEIGHBOR: images to another height and width (operand 1), each pixel a copy of the nearest one.
#include <algorithm>
#include <cmath>
#include <vector>

#include "ops/copy_bytes.h"
#include "ops/data_movement.h"
#include "ops/resize_common.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops {
namespace {

std::vector<int64_t> MakeTaps(int64_t from, int64_t to, const ir::Attributes& attrs) {
  const bool align_corners = attrs.Bool("align_corners");
  const float scale = ResizeScale(from, to, align_corners);
  const float offset = attrs.Bool("half_pixel_centers") ? 0.5f : 0.0f;
  std::vector<int64_t> taps;
  for (int64_t i = 0; i < to; ++i) {
    const float at = (static_cast<float>(i) + offset) * scale;
    const int64_t nearest = static_cast<int64_t>(align_corners ? std::round(at) : std::floor(at));
    taps.push_back(std::clamp<int64_t>(nearest, 0, from - 1));
  }
  return taps;
}

absl::Status Eval(const EvalContext& context) {
  const TensorView& from = context.inputs[0];
  const MutableView& to = context.outputs[0];
  ZP_ASSIGN_OR_RETURN(const size_t width, ElementBytes(from.type));
  const size_t pixel = static_cast<size_t>(from.dim(3)) * width, row = static_cast<size_t>(from.dim(2)) * pixel;
  const std::vector<int64_t> rows = MakeTaps(from.dim(1), to.dim(1), context.attrs);
  const std::vector<int64_t> columns = MakeTaps(from.dim(2), to.dim(2), context.attrs);
  uint8_t* target = to.As<uint8_t>();
  for (int64_t n = 0; n < from.dim(0); ++n) {
    const uint8_t* image = from.As<uint8_t>() + static_cast<size_t>(n * from.dim(1)) * row;
    for (int64_t y : rows) {
      for (int64_t x : columns) {
        CopyBytes(target, image + static_cast<size_t>(y) * row + static_cast<size_t>(x) * pixel, pixel);
        target += pixel;
      }
    }
  }
  return absl::OkStatus();
}

int Version(const VersionContext& context) {
  if (context.input_type(0) == ElementType::kInt16) return 4;
  if (context.attrs().Bool("half_pixel_centers") || context.attrs().Bool("align_corners")) return 3;
  return context.input_type(0) == ElementType::kInt8 ? 2 : 1;
}

}  // namespace

namespace records {

OpDef ResizeNearestNeighbor() {
  using Options = schema::ResizeNearestNeighborOptions;
  return {.name = "RESIZE_NEAREST_NEIGHBOR",
          .code = schema::BuiltinOperator_RESIZE_NEAREST_NEIGHBOR,
          .inputs = {2, 2},
          .outputs = {1, 1},
          .options = {schema::BuiltinOptions_ResizeNearestNeighborOptions,
                      {{"align_corners", Options::VT_ALIGN_CORNERS, FieldKind::kBool},
                       {"half_pixel_centers", Options::VT_HALF_PIXEL_CENTERS, FieldKind::kBool}}},
          .tf = {{"ResizeNearestNeighbor", ImportResize}},
          .infer = InferResize,
          .eval_float = Eval,
          .eval_quantized = Eval,
          .quant = MovesData({OperandSpec::Activation(), OperandSpec::Other()}),
          .version = Version};
}

}  // namespace records
}  // namespace zeropoint::ops
