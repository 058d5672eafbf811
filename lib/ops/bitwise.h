// What the ops on the bits of two broadcasting operands of integers share.
#ifndef ZEROPOINT_OPS_BITWISE_H_
#define ZEROPOINT_OPS_BITWISE_H_

#include "base/status.h"
#include "ops/elementwise.h"
#include "ops/op_def.h"

namespace zeropoint::ops {

// The usual record; `options` is a table without fields.
OpDef BitwiseRecord(absl::string_view name, int32_t code, int options, absl::string_view tf, EvalFn eval);

// Applies `f`, a function object for any integer type, to the types that LiteRT's kernels take.
template <typename F>
absl::Status EvalBitwise(const EvalContext& context, F f) {
  switch (context.inputs[0].type) {
    case ElementType::kInt8:
      MapBinary<int8_t, int8_t>(context, f);
      return absl::OkStatus();
    case ElementType::kUInt8:
      MapBinary<uint8_t, uint8_t>(context, f);
      return absl::OkStatus();
    case ElementType::kInt16:
      MapBinary<int16_t, int16_t>(context, f);
      return absl::OkStatus();
    case ElementType::kUInt16:
      MapBinary<uint16_t, uint16_t>(context, f);
      return absl::OkStatus();
    case ElementType::kInt32:
      MapBinary<int32_t, int32_t>(context, f);
      return absl::OkStatus();
    case ElementType::kUInt32:
      MapBinary<uint32_t, uint32_t>(context, f);
      return absl::OkStatus();
    default:
      return NoKernelFor(context.inputs[0].type);
  }
}

}  // namespace zeropoint::ops

#endif  // ZEROPOINT_OPS_BITWISE_H_
