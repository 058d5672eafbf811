// What the reducing ops share: operands are the tensor and the axes, "keep_dims" leaves a 1 for each axis.
#ifndef ZEROPOINT_OPS_REDUCE_H_
#define ZEROPOINT_OPS_REDUCE_H_

#include "kernels/reduce.h"
#include "ops/op_def.h"

namespace zeropoint::ops {

// The record of a reducing op, whose TF form is `tf`.
OpDef ReduceRecord(absl::string_view name, int32_t code, absl::string_view tf, EvalFn eval);

// For float32, int32 and int64.
absl::Status EvalReduction(const EvalContext& context, kernels::Reduction op);
template <kernels::Reduction kOp>
absl::Status EvalReduce(const EvalContext& context) {
  return EvalReduction(context, kOp);
}

// eval_quantized of MEAN and SUM.
absl::Status EvalQuantizedMean(const EvalContext& context);
absl::Status EvalQuantizedTotal(const EvalContext& context);
// eval_quantized of REDUCE_PROD.
absl::Status EvalQuantizedProduct(const EvalContext& context);
// eval_quantized of REDUCE_MAX and REDUCE_MIN, whose result shares the operand's parameters.
absl::Status EvalQuantizedExtreme(const EvalContext& context, kernels::Reduction op);

// The record of a reducing op on bools.
OpDef BoolReduceRecord(absl::string_view name, int32_t code, absl::string_view tf, EvalFn eval);
// True where all (any) of the elements are.
absl::Status EvalBoolReduction(const EvalContext& context, bool all);

// Elements that make up one element of the result; 1 when there is no result.
int64_t ReducedCount(const EvalContext& context);

}  // namespace zeropoint::ops

#endif  // ZEROPOINT_OPS_REDUCE_H_
