// Finds the graph that a sample is for and checks that its tensors fit the graph's inputs.
#ifndef ZEROPOINT_CALIBRATE_BINDING_H_
#define ZEROPOINT_CALIBRATE_BINDING_H_

#include <vector>

#include "base/status.h"
#include "calibrate/calibrate.h"
#include "ir/graph.h"

namespace zeropoint::calibrate {

struct Binding {
  int graph = 0;
  std::vector<size_t> tensors;  // index into Sample::tensors by graph input
};

// Tensors are matched by the signature's input name, else by the graph input's own name, else, when none has a name, by
// position. kInvalidArgument with Place::kTensor and, in the message, what would fit: an unknown, missing or repeated
// input, another type, rank, size or number of bytes.
absl::StatusOr<Binding> Bind(const ir::Model& model, const Sample& sample);

}  // namespace zeropoint::calibrate

#endif  // ZEROPOINT_CALIBRATE_BINDING_H_
