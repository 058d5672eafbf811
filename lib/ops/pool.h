// What the pooling ops share.
#ifndef ZEROPOINT_OPS_POOL_H_
#define ZEROPOINT_OPS_POOL_H_

#include "kernels/conv.h"
#include "ops/op_def.h"

namespace zeropoint::ops {

using PoolKernel = void (*)(const kernels::KernelTable&, const kernels::Window&, const float* input, kernels::Clamp,
                            float* output, void* scratch);

// The record of a pooling op, whose TF form is `tf`.
OpDef PoolRecord(absl::string_view name, int32_t code, absl::string_view tf, EvalFn eval);

absl::Status EvalPoolWith(const EvalContext& context, PoolKernel kernel);
template <PoolKernel kKernel>
absl::Status EvalPool(const EvalContext& context) {
  return EvalPoolWith(context, kKernel);
}

// eval_quantized: the mean or the maximum of the integers, whose parameters the result shares.
absl::Status EvalQuantizedPool(const EvalContext& context, bool average);

}  // namespace zeropoint::ops

#endif  // ZEROPOINT_OPS_POOL_H_
