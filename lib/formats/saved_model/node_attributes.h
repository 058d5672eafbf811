// A node's attributes as the graph keeps them, TensorFlow's defaults filled in, and the types they give its outputs.
#ifndef ZEROPOINT_FORMATS_SAVED_MODEL_NODE_ATTRIBUTES_H_
#define ZEROPOINT_FORMATS_SAVED_MODEL_NODE_ATTRIBUTES_H_

#include <vector>

#include "base/bytes.h"
#include "base/status.h"
#include "formats/saved_model/functions.h"
#include "formats/saved_model/graph_def.h"
#include "ir/attributes.h"
#include "ir/shape.h"
#include "numeric/types.h"

namespace zeropoint::formats::saved_model {

// All but the private ones ("_..."), with defaults. Types are ElementType codes; -1 where LiteRT has no such type, with
// TF's name in "<name>.tf". Functions, and lists of types, shapes and tensors, have no counterpart and are left out.
absl::StatusOr<ir::Attributes> ImportAttributes(const Program& program, const Frame& frame, const NodeDef& node,
                                                const Bytes& file);

// The type of a tensor that a node gives, TF's variants included; kUnimplemented for those that LiteRT does not have.
absl::StatusOr<ElementType> OutputType(int data_type);

struct OutputInfo {
  ElementType type = ElementType::kFloat32;
  ir::Shape shape = ir::Shape::Unranked();
};
// One for each tensor the node gives. kUnimplemented naming the op when its outputs are not known.
absl::StatusOr<std::vector<OutputInfo>> OutputsOf(const Program& program, const Frame& frame, const NodeDef& node);

// kInvalidArgument when the node has not as many inputs as its op takes.
absl::Status CheckInputs(const Program& program, const Frame& frame, const NodeDef& node, size_t num_inputs);

}  // namespace zeropoint::formats::saved_model

#endif  // ZEROPOINT_FORMATS_SAVED_MODEL_NODE_ATTRIBUTES_H_
