// What is known of the values of a graph without running it: types, shapes, and the elements of small values that
// follow from shapes alone.
#ifndef ZEROPOINT_ENGINE_INFERENCE_H_
#define ZEROPOINT_ENGINE_INFERENCE_H_

#include <map>
#include <memory>
#include <vector>

#include "absl/types/span.h"
#include "base/status.h"
#include "engine/buffer.h"
#include "ir/graph.h"
#include "ops/op_def.h"
#include "ops/tensor_view.h"

namespace zeropoint::engine {

struct Facts {
  ElementType type = ElementType::kFloat32;
  ir::Shape shape;
  // The elements of a value that is no constant of the graph but known anyway; null otherwise.
  std::shared_ptr<const Buffer> elements;
  // False: elements that are -1 are not known (integers only).
  bool complete = true;

  bool known() const { return elements != nullptr && complete; }
};

// One operand as an infer function sees it.
struct Operand {
  bool present = false;
  ElementType type = ElementType::kFloat32;
  const ir::Shape* shape = nullptr;
  const void* elements = nullptr;  // null when they are not known; need not be aligned
  bool complete = true;
};

// Results of calls that have been inferred, so that a graph that many calls share is looked at once for each kind of
// arguments: without it the work would double with every level of calls.
class KnownCalls {
 public:
  // Null: not known.
  const std::vector<ops::TypedShape>* Find(int graph, absl::Span<const ops::TypedShape> arguments) const;
  void Add(int graph, absl::Span<const ops::TypedShape> arguments, std::vector<ops::TypedShape> results);

 private:
  struct Call {
    std::vector<ops::TypedShape> arguments, results;
  };
  std::map<int, std::vector<Call>> calls_;
};

// Where a graph stands: in a model, whose other graphs its nodes may call, or alone.
struct Scope {
  const ir::Model* model = nullptr;  // null: alone
  int graph = 0;
  const Scope* caller = nullptr;  // whose node calls the graph, where one does
  // Of the inference that began at the outermost caller; valid while the model's graphs stay as they are.
  KnownCalls* known = nullptr;
};

// Checks arity, then calls the op's infer. One Facts for each result; elements only where infer knew them. Errors carry
// Place::kNode, kOp and kTensor. Of a node that calls others while its graph stands alone: what the graph declares.
absl::StatusOr<std::vector<Facts>> InferNode(const ir::Graph& graph, ir::NodeId node, const ops::OpDef& op,
                                             absl::Span<const Operand> operands, const Scope& scope = {});

// Facts of every value, by id, from the graph's inputs or, where not empty, `input_shapes` in their place. Values of
// nodes whose op has no record keep what the graph says.
absl::StatusOr<std::vector<Facts>> InferGraph(const ir::Graph& graph, absl::Span<const ir::Shape> input_shapes,
                                              const Scope& scope);

// `status` with the places of the node: its name, its op, its first result.
absl::Status AnnotateNode(absl::Status status, const ir::Graph& graph, ir::NodeId node);

}  // namespace zeropoint::engine

#endif  // ZEROPOINT_ENGINE_INFERENCE_H_
