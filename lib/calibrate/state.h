// Whether what a sample does depends on the samples before it.
#ifndef ZEROPOINT_CALIBRATE_STATE_H_
#define ZEROPOINT_CALIBRATE_STATE_H_

#include "ir/graph.h"

namespace zeropoint::calibrate {

// True when a graph that a sample may run keeps something from run to run: in a variable operand, a resource, a random
// generator. What is set up once, before the first sample and whatever it is, does not count.
bool HasState(const ir::Model& model);

}  // namespace zeropoint::calibrate

#endif  // ZEROPOINT_CALIBRATE_STATE_H_
