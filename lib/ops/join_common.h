// What CONCATENATION and PACK share: operands that become consecutive parts of one result along an axis.
#ifndef ZEROPOINT_OPS_JOIN_COMMON_H_
#define ZEROPOINT_OPS_JOIN_COMMON_H_

#include "base/status.h"
#include "ops/op_def.h"

namespace zeropoint::ops {

// Fills unknown dimensions of `known` from `part`, of the same shape but for dimension `except` (-1: in all of them);
// false when they disagree, where `known` is half filled.
bool MergeShape(const ir::Shape& part, int except, ir::Shape& known);

// The result of operands that differ in length along `axis` only.
absl::Status InferConcatenated(InferContext& context, int64_t axis);

// Operand i begins where operand i - 1 ends along dimension `axis` of the result. A part is as long as its share of the
// elements.
absl::Status EvalJoinAlong(const EvalContext& context, int64_t axis);
// The same with the axis from attribute "axis".
absl::Status EvalJoin(const EvalContext& context);

QuantSpec JoinQuantization();

}  // namespace zeropoint::ops

#endif  // ZEROPOINT_OPS_JOIN_COMMON_H_
