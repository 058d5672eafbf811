// A node of the quantized graph by itself: what it adds to values that reach it unharmed. Private to lib/evaluate.
#ifndef ZEROPOINT_EVALUATE_LOCAL_RUN_H_
#define ZEROPOINT_EVALUATE_LOCAL_RUN_H_

#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "base/status.h"
#include "evaluate/capture.h"
#include "evaluate/compare.h"
#include "evaluate/part.h"

namespace zeropoint::evaluate {

// The pieces that a node's own error is measured with. Shared by threads.
struct LocalNode {
  ir::NodeId id = ir::kNoNode;
  std::vector<ir::ValueId> results;  // of the quantized graph: those that stand for float numbers
  bool converts = false;             // QUANTIZE and its like: shall yield what it reads
  Part quantized;
  std::optional<Part> twin;  // the float node; absent: the results are held against the float model's own
};

// Error of each of `results`, element by element; and what it is an error of.
struct OwnError {
  std::vector<std::vector<float>> reference, error;
};

// kUnimplemented: the node cannot run alone, or its operands have no float twins.
absl::StatusOr<LocalNode> MakeLocalNode(const Models& models, int graph, ir::NodeId id);

// The sessions of one thread.
class LocalRunner {
 public:
  explicit LocalRunner(const Models& models) : models_(models) {}

  // Feeds the node with the float model's values, in the form that its operands have. The error is the difference to
  // the float node that reads the same, already rounded, values.
  absl::StatusOr<OwnError> Run(int graph, const LocalNode& node, const Capture& real);
  // The same with the operands of the quantized model's own run, as they were before they were brought into the form
  // that the node reads: as TensorFlow's debugger has it. Nothing where the node has no float twin.
  absl::StatusOr<std::optional<OwnError>> RunInPlace(int graph, const LocalNode& node, const Capture& quantized);

 private:
  struct Sessions {
    std::unique_ptr<engine::Session> quantized, twin;
  };
  Sessions& SessionsOf(int graph, const LocalNode& node);
  absl::StatusOr<std::vector<std::vector<float>>> RunTwin(int graph, const LocalNode& node,
                                                          const std::map<ir::ValueId, ops::TensorView>& operands);

  const Models& models_;
  std::map<NodeRef, Sessions> sessions_;
};

// `values` as the integers (or floats) that a tensor with this type and these parameters holds. Nothing for types that
// hold no activations.
std::optional<Held> Rounded(const ops::TensorView& real, ElementType type, const ir::QuantParams& quant);

}  // namespace zeropoint::evaluate

#endif  // ZEROPOINT_EVALUATE_LOCAL_RUN_H_
