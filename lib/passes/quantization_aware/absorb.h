// The passes for models of quantization-aware training, each described in the file of its name.
#ifndef ZEROPOINT_PASSES_QUANTIZATION_AWARE_ABSORB_H_
#define ZEROPOINT_PASSES_QUANTIZATION_AWARE_ABSORB_H_

#include "passes/pass.h"

namespace zeropoint::passes {

absl::StatusOr<int> AbsorbWeightFakeQuant(ir::Graph& graph);
absl::StatusOr<int> AbsorbFakeQuant(ir::Graph& graph);

// Some node tells the range of an activation, or may: of an imported model it is not known yet what is constant.
bool HasTrainedActivations(const ir::Model& model);
// The value lies between a QUANTIZE and DEQUANTIZE that stand for such a node.
bool IsTrainedPair(const ir::Graph& graph, ir::ValueId quantized);

}  // namespace zeropoint::passes

#endif  // ZEROPOINT_PASSES_QUANTIZATION_AWARE_ABSORB_H_
