// Which tensor of a float model a tensor of the quantized model stands for.
#ifndef ZEROPOINT_EVALUATE_PAIRING_H_
#define ZEROPOINT_EVALUATE_PAIRING_H_

#include <vector>

#include "ir/graph.h"

namespace zeropoint::evaluate {

inline constexpr int kNoGraph = -1;

struct Pairing {
  std::vector<int> graphs;                       // by quantized graph: the float one; kNoGraph: none
  std::vector<std::vector<ir::ValueId>> values;  // by quantized graph and value: the float value; kNoValue: none

  int GraphOf(int quantized) const { return graphs[static_cast<size_t>(quantized)]; }
  // The quantized graph that stands for a float one; kNoGraph: none.
  int QuantizedGraphOf(int real) const;
  ir::ValueId ValueOf(int graph, ir::ValueId id) const {
    return id == ir::kNoValue ? ir::kNoValue : values[static_cast<size_t>(graph)][static_cast<size_t>(id)];
  }
};

// Of a model and what rewrite made of it: ids are the same.
Pairing PairByIds(const ir::Model& real, const ir::Model& quantized);
// Of two files: graphs by the keys of their signatures (the first graphs without), values by name, inputs and outputs
// that share no name by position. Of several values with one name, the first in order of execution pairs with the
// first.
Pairing PairByNames(const ir::Model& real, const ir::Model& quantized);

// The float node that computes the same from the same: its results are paired with the node's, and its operands that
// are no constants. kNoNode when there is none.
ir::NodeId TwinOf(const ir::Graph& real, const ir::Graph& quantized, const Pairing& pairing, int graph,
                  ir::NodeId node);

}  // namespace zeropoint::evaluate

#endif  // ZEROPOINT_EVALUATE_PAIRING_H_
