// What the records of StableHLO's ops share. Many compute what an older op of LiteRT does, the twin, with stricter
// shapes.
#ifndef ZEROPOINT_OPS_STABLEHLO_H_
#define ZEROPOINT_OPS_STABLEHLO_H_

#include <cstdint>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "base/status.h"
#include "ops/elementwise.h"
#include "ops/op_def.h"

namespace zeropoint::ops::stablehlo {

// LiteRT runs the op on real tensors, but has no quantized form of it.
RuntimeForms RealKernelOnly();
// LiteRT can hold the op in a file and not run it (2.3; a delegate may).
RuntimeForms NoKernel();

// Results have the type and shape of the operands, which are all alike: nothing broadcasts.
absl::Status InferAlike(InferContext& context);

// An op without options whose elements are computed as `twin` computes them.
OpDef Elementwise(const OpDef& twin, absl::string_view name, int32_t code);
// The same with a kernel of its own.
OpDef Elementwise(absl::string_view name, int32_t code, int operands, EvalFn eval);

// An op that moves elements of operand 0. What its other operands are is set in the record's quant.inputs.
OpDef Movement(absl::string_view name, int32_t code, Arity inputs, OptionsSpec options, InferFn infer, EvalFn eval);

// kInvalidArgument unless there is an entry for each of `rank` dimensions.
absl::Status CheckLength(absl::Span<const int64_t> entries, int rank, absl::string_view what);
// kInvalidArgument unless `dimensions` are different ones of `rank`.
absl::Status CheckDimensions(absl::Span<const int64_t> dimensions, int rank, absl::string_view what);

// The shapes of two tensors that must be alike, each filling in what the other does not know; kInvalidArgument when
// they differ.
absl::StatusOr<ir::Shape> MergedShape(const ir::Shape& a, const ir::Shape& b);

// Applies `f`, a function object for bools and integers of any type.
template <typename F>
absl::Status EvalBinaryBits(const EvalContext& context, F f) {
  switch (context.inputs[0].type) {
    case ElementType::kBool:
      MapBinary<bool, bool>(context, f);
      return absl::OkStatus();
    case ElementType::kInt8:
      MapBinary<int8_t, int8_t>(context, f);
      return absl::OkStatus();
    case ElementType::kInt16:
      MapBinary<int16_t, int16_t>(context, f);
      return absl::OkStatus();
    case ElementType::kInt32:
      MapBinary<int32_t, int32_t>(context, f);
      return absl::OkStatus();
    case ElementType::kInt64:
      MapBinary<int64_t, int64_t>(context, f);
      return absl::OkStatus();
    case ElementType::kUInt8:
      MapBinary<uint8_t, uint8_t>(context, f);
      return absl::OkStatus();
    case ElementType::kUInt16:
      MapBinary<uint16_t, uint16_t>(context, f);
      return absl::OkStatus();
    case ElementType::kUInt32:
      MapBinary<uint32_t, uint32_t>(context, f);
      return absl::OkStatus();
    case ElementType::kUInt64:
      MapBinary<uint64_t, uint64_t>(context, f);
      return absl::OkStatus();
    default:
      return NoKernelFor(context.inputs[0].type);
  }
}

}  // namespace zeropoint::ops::stablehlo

#endif  // ZEROPOINT_OPS_STABLEHLO_H_
