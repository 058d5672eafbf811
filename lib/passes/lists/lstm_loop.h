// Recognizes a loop that is an LSTM layer.
#ifndef ZEROPOINT_PASSES_LISTS_LSTM_LOOP_H_
#define ZEROPOINT_PASSES_LISTS_LSTM_LOOP_H_

#include <optional>

#include "ir/graph.h"

namespace zeropoint::passes::lists {

// Operands and results of the loop by their number, which is the same for both.
struct LstmLoop {
  int sequence = -1;  // the inputs [time, batch, depth]
  int hidden = -1;    // the output of the last step
  int cell = -1;      // the state of the last step
  int steps = -1;     // the outputs of all steps [time, batch, units] or of the last [1, batch, units]; -1: not kept
  bool keeps_all = false;
  int64_t time = 0, batch = 0, depth = 0, units = 0;
  // Constants of the body: [depth, 4 units] and [units, 4 units], the gates beside each other in the order input,
  // forget, cell, output; [4 units] or kNoValue.
  ir::ValueId input_weights = ir::kNoValue, recurrent_weights = ir::kNoValue, bias = ir::kNoValue;
};

// The loop is one step of
//   i, f, g, o = split(x W + h R + b);  c' = sigmoid(f) c + sigmoid(i) tanh(g);  h' = sigmoid(o) tanh(c')
// from states of zeros, over all of a sequence of float32 whose shape is known. Nothing for others.
std::optional<LstmLoop> MatchLstm(const ir::Model& model, const ir::Graph& caller, const ir::Node& loop);

}  // namespace zeropoint::passes::lists

#endif  // ZEROPOINT_PASSES_LISTS_LSTM_LOOP_H_
