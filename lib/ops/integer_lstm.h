// The LSTM on integers: activations int8, weights int8, cell state int16 and gates in 16 bits, as LiteRT computes it.
//
// Each gate's sum is built in int16, saturating after every part: input times weights plus bias, output state times
// recurrent weights, cell state times peephole. Without layer normalization the sum counts in 2^-12, with it in the
// scale of the gate's intermediate. Formulas: docs/numerics.md.
#ifndef ZEROPOINT_OPS_INTEGER_LSTM_H_
#define ZEROPOINT_OPS_INTEGER_LSTM_H_

#include <memory>

#include "base/status.h"
#include "ops/op_def.h"

namespace zeropoint::ops {

// prepare_quantized and eval_quantized of LSTM (kernel type FULL) and UNIDIRECTIONAL_SEQUENCE_LSTM. kUnimplemented
// where LiteRT has no such kernel: weights that are computed, a cell state whose scale is no power of two or too
// coarse.
absl::StatusOr<std::shared_ptr<const void>> PrepareIntegerLstm(const PrepareContext& context);
absl::Status EvalIntegerLstm(const EvalContext& context);

}  // namespace zeropoint::ops

#endif  // ZEROPOINT_OPS_INTEGER_LSTM_H_
