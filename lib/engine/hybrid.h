// What LiteRT's hybrid kernels (integer weights beside real activations) see of the activations: integers of 8 bits,
// with parameters chosen anew for each row in each run.
#ifndef ZEROPOINT_ENGINE_HYBRID_H_
#define ZEROPOINT_ENGINE_HYBRID_H_

#include <cstdint>
#include <optional>

#include "ir/graph.h"
#include "ops/op_def.h"
#include "ops/tensor_view.h"

namespace zeropoint::engine {

struct HybridRounding {
  int activation = -1;      // the operand that is rounded
  bool asymmetric = false;  // a row's own zero point instead of 0
  int64_t row = 0;          // elements that share parameters; 0: those of one index of the first dimension
};

// Empty when LiteRT does not run the node with a hybrid kernel.
std::optional<HybridRounding> FindHybridRounding(const ir::Graph& graph, const ir::Node& node, const ops::OpDef& op);

// Writes the real numbers that the rounded elements of a float32 tensor stand for.
void RoundActivations(const HybridRounding& rounding, const ops::TensorView& from, float* to);

}  // namespace zeropoint::engine

#endif  // ZEROPOINT_ENGINE_HYBRID_H_
