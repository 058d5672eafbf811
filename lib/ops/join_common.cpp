#include "ops/join_common.h"

#include <cstring>

#include "ops/data_movement.h"

namespace zeropoint::ops {

bool MergeShape(const ir::Shape& part, int except, ir::Shape& known) {
  if (part.rank() != known.rank()) return false;
  for (int d = 0; d < known.rank(); ++d) {
    if (d == except || part[d] == ir::kDynamic) continue;
    if (known[d] == ir::kDynamic) known.set(d, part[d]);
    if (known[d] != part[d]) return false;
  }
  return true;
}

absl::Status EvalJoin(const EvalContext& context) {
  const MutableView& to = context.outputs[0];
  ZP_ASSIGN_OR_RETURN(const int axis, ResolveAxis(context.attrs.Int("axis"), to.rank()));
  ZP_ASSIGN_OR_RETURN(const size_t width, ElementBytes(to.type));
  const int64_t outer = Product(to.dims, 0, axis);
  const size_t row = static_cast<size_t>(Product(to.dims, axis, to.rank())) * width;
  uint8_t* start = to.As<uint8_t>();
  for (const TensorView& part : context.inputs) {
    if (part.bytes() == 0) continue;
    const size_t chunk = part.bytes() / static_cast<size_t>(outer);
    const uint8_t* from = part.As<uint8_t>();
    for (int64_t i = 0; i < outer; ++i) {
      std::memcpy(start + static_cast<size_t>(i) * row, from + static_cast<size_t>(i) * chunk, chunk);
    }
    start += chunk;
  }
  return absl::OkStatus();
}

QuantSpec JoinQuantization() {
  QuantSpec spec = MovesData({OperandSpec::Activation()}, -1);
  spec.int16_operands_like_result = true;
  return spec;
}

}  // namespace zeropoint::ops
