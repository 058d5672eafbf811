// One signature's graph: the nodes its outputs depend on, as "tf.*" nodes.
#ifndef ZEROPOINT_FORMATS_SAVED_MODEL_GRAPH_BUILDER_H_
#define ZEROPOINT_FORMATS_SAVED_MODEL_GRAPH_BUILDER_H_

#include "base/bytes.h"
#include "base/status.h"
#include "formats/saved_model/functions.h"
#include "formats/saved_model/graph_def.h"
#include "formats/saved_model/raise_dataflow.h"
#include "formats/saved_model/resources.h"
#include "formats/saved_model/variables.h"
#include "ir/graph.h"

namespace zeropoint::formats::saved_model {

struct SignatureGraph {
  ir::Graph graph;
  ir::Signature signature;  // its `graph` is for the caller to set
};

// `file` is the mapped saved_model.pb, whose constants become slices of it. Graphs that the signature's graph calls are
// appended to `called`.
absl::StatusOr<SignatureGraph> BuildGraph(Program& program, Variables& variables, const Bytes& file,
                                          const SignatureDef& signature, Resources& resources, CalledGraphs& called);

}  // namespace zeropoint::formats::saved_model

#endif  // ZEROPOINT_FORMATS_SAVED_MODEL_GRAPH_BUILDER_H_
