// A conversion that was compared, as those ask for it who look for causes. Private to the debugger.
#ifndef ZEROPOINT_PIPELINE_DEBUG_VIEW_H_
#define ZEROPOINT_PIPELINE_DEBUG_VIEW_H_

#include "pipeline/debug.h"

namespace zeropoint::pipeline {

struct DebugView {
  const DebugConversion& conversion;

  const ir::Graph& Quantized(int g) const { return conversion.quantized.model.graphs[static_cast<size_t>(g)]; }
  const ir::Graph& Real(int g) const { return conversion.prepared.model.graphs[static_cast<size_t>(g)]; }
  // Null: no sample computed it.
  const evaluate::Spread* SpreadOf(int g, ir::ValueId real) const;
  // What the op that computes a tensor and those that read it cost the outputs, as far as that was measured.
  double WeightOf(int g, ir::ValueId id) const;
  // Whether the op fixes the range (SOFTMAX's is [0, 1]), or the one that the value came from.
  bool RangeIsFixed(int g, ir::ValueId id) const;
  // Whether the value is only delivered, as it is or in another form.
  bool IsResultOnly(int g, ir::ValueId id) const;

 private:
  double CostOf(int g, ir::NodeId id) const;
};

}  // namespace zeropoint::pipeline

#endif  // ZEROPOINT_PIPELINE_DEBUG_VIEW_H_
