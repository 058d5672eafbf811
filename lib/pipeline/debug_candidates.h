// Where the rules of evaluate/causes.h find something, with the changes that may mend it. Private to the debugger.
#ifndef ZEROPOINT_PIPELINE_DEBUG_CANDIDATES_H_
#define ZEROPOINT_PIPELINE_DEBUG_CANDIDATES_H_

#include <vector>

#include "evaluate/causes.h"
#include "pipeline/debug_mends.h"
#include "pipeline/debug_view.h"

namespace zeropoint::pipeline {

struct Candidate {
  evaluate::Diagnosis diagnosis;
  int graph = 0;  // float and quantized graphs have the same index in a conversion of ours
  ir::NodeId node = ir::kNoNode;
  ir::ValueId tensor = ir::kNoValue;
  std::vector<Mend> mends;
  double weight = 0.0;  // what the ops around the tensor cost
};

// Those around the ops that cost most first.
std::vector<Candidate> FindCandidates(const DebugView& view);

}  // namespace zeropoint::pipeline

#endif  // ZEROPOINT_PIPELINE_DEBUG_CANDIDATES_H_
