// TensorFlow 1's control flow to IF and WHILE, in a graph that has been built of it.
#ifndef ZEROPOINT_FORMATS_SAVED_MODEL_RAISE_DATAFLOW_H_
#define ZEROPOINT_FORMATS_SAVED_MODEL_RAISE_DATAFLOW_H_

#include <vector>

#include "base/status.h"
#include "ir/graph.h"

namespace zeropoint::formats::saved_model {

// Graphs that others call: branches, and conditions and bodies of loops.
struct CalledGraphs {
  int first_index = 0;  // in the model, of graphs[0]
  std::vector<ir::Graph> graphs;

  // Returns the graph's index in the model.
  int Add(ir::Graph graph);
};

// The edge that closes a loop, which no graph could have.
struct BackEdge {
  ir::NodeId merge;           // its one input is what enters the loop
  ir::NodeId next_iteration;  // what comes around
};

// Nodes tf.Switch, tf.Enter, tf.Exit, tf.NextIteration and tf.LoopCond are as TensorFlow has them, each frame name
// being one of its own; a tf.Merge has the inputs {if false, if true, predicate}, or in a loop the one that enters.
// Afterwards the graph has none of them. kUnimplemented names a node that is part of no branch or loop as TensorFlow
// makes them.
absl::Status RaiseDataflow(ir::Graph& graph, const std::vector<BackEdge>& back_edges, CalledGraphs& called);

}  // namespace zeropoint::formats::saved_model

#endif  // ZEROPOINT_FORMATS_SAVED_MODEL_RAISE_DATAFLOW_H_
