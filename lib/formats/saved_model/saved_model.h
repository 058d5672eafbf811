// A TensorFlow SavedModel folder to a model of "tf.*" nodes.
#ifndef ZEROPOINT_FORMATS_SAVED_MODEL_SAVED_MODEL_H_
#define ZEROPOINT_FORMATS_SAVED_MODEL_SAVED_MODEL_H_

#include <string>
#include <vector>

#include "base/status.h"
#include "ir/graph.h"

namespace zeropoint::formats::saved_model {

struct ReadOptions {
  std::vector<std::string> signature_keys;  // empty: "serving_default", or the only one there is
  std::vector<std::string> tags;            // empty: {"serve"}
};

// One graph per signature with the nodes its outputs depend on by data, function calls inlined: control edges, and what
// only they lead to, are dropped. Behind them stand the graphs of branches and loops, which IF and WHILE nodes call
// (these are LiteRT's ops already, Case is a chain of them); variables are constants inside of them, lists of tensors
// are values of type variant, that tf.TensorList* nodes work on. Nodes are named by their path ("call/call/node"), ops
// are "tf.<Op>", TF's attributes have their defaults filled in (types are ElementType codes, -1 where LiteRT has none).
// Variables and Const nodes are constants, slices of the mapped files where possible, with checksums verified;
// ResourceGather has become GatherV2. Variables that one of the signatures changes are LiteRT's resource variables,
// read and assigned in TensorFlow's order; a last graph, which signatures run by CALL_ONCE, gives them their values in
// the checkpoint and fills lookup tables. Shapes of inputs, constants and what TF annotated are known, others unranked.
//
// Inputs and outputs, those of the signature as well as of the graph, stand in the order of the user's names. Their
// values are named as the SavedModel names the tensors: "serving_default_x:0", "StatefulPartitionedCall:0". No output
// is an input or a constant itself: it is a copy by tf.Identity then.
//
// Errors: kNotFound (folder, saved_model.pb, variables), kInvalidArgument (not a SavedModel; a signature or tag it does
// not have, with those it has; a broken graph), kDataLoss (crc, truncation), kUnimplemented (text or chunked files,
// control flow of TensorFlow 1, variables that change in parts, tables filled with what is computed, an op whose
// outputs are not known), kResourceExhausted (crafted files). All name the file, and the signature, node and op where
// there is one.
absl::StatusOr<ir::Model> Read(const std::string& folder, const ReadOptions& options);

}  // namespace zeropoint::formats::saved_model

#endif  // ZEROPOINT_FORMATS_SAVED_MODEL_SAVED_MODEL_H_
