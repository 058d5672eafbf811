// The graph with its function calls: names followed to the nodes that make them, through arguments and results, so that
// calls need not be inlined into another graph first.
#ifndef ZEROPOINT_FORMATS_SAVED_MODEL_FUNCTIONS_H_
#define ZEROPOINT_FORMATS_SAVED_MODEL_FUNCTIONS_H_

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "absl/strings/string_view.h"
#include "base/status.h"
#include "formats/saved_model/graph_def.h"
#include "formats/saved_model/op_defs.h"

namespace zeropoint::formats::saved_model {

// The nodes of the top graph or of one function, by name.
struct Body {
  const FunctionDef* function = nullptr;  // null: the top graph
  const std::vector<NodeDef>* nodes = nullptr;
  std::map<absl::string_view, const NodeDef*> by_name;
  // A node "_Arg" for each of the function's arguments: what stands for it where it is an input of a graph of its own.
  std::vector<NodeDef> arguments;
};

// One execution of a body: the top graph, or a function for one call. Owned by its caller's frame.
struct Frame {
  const Body* body = nullptr;
  Frame* caller = nullptr;
  const NodeDef* call = nullptr;  // in the caller's body
  // The body of a loop or a branch, which becomes a graph: its arguments are that graph's inputs, except for resources,
  // which are followed to the caller. In other frames all arguments are.
  bool is_graph = false;
  size_t first_argument = 0;  // which input of the call is the function's argument 0
  EncodedAttrs bindings;      // what the function's attribute placeholders stand for
  std::string prefix;         // the path of the nodes in it: "call/call/"
  int depth = 0;
  std::unordered_map<const NodeDef*, std::unique_ptr<Frame>> callees;
  std::unordered_map<const NodeDef*, std::vector<std::unique_ptr<Frame>>> branches;
};

// TensorFlow's ops that run functions, one of several or one again and again, in their functional forms.
enum class ControlFlow { kNone, kIf, kCase, kWhile };
ControlFlow ControlFlowOf(const NodeDef& node);

// An output of a node that is no call.
struct Source {
  Frame* frame = nullptr;
  const NodeDef* node = nullptr;
  int output = 0;
};

// As a key.
struct PortHash {
  size_t operator()(const Source& at) const {
    size_t hash = std::hash<const void*>()(at.frame) * 31 + std::hash<const void*>()(at.node);
    return hash * 31 + static_cast<size_t>(at.output);
  }
};
struct PortEqual {
  bool operator()(const Source& a, const Source& b) const {
    return a.frame == b.frame && a.node == b.node && a.output == b.output;
  }
};

std::string PathOf(const Frame& frame, const NodeDef& node);
// "^node": run before, no data.
bool IsControlEdge(absl::string_view input);
// The name of a node's input; empty when it has none at `index`. Control edges stand behind the data.
absl::string_view DataInput(const NodeDef& node, size_t index);

// Not thread-safe: frames are made as they are met.
class Program {
 public:
  // `graph` must outlive the program. kInvalidArgument when a name stands for two nodes or functions.
  static absl::StatusOr<std::unique_ptr<Program>> Create(const MetaGraph& graph);

  Frame& root() { return root_; }

  // The output that `name` stands for in `frame`: calls and arguments are followed, what hands resources on too.
  // kInvalidArgument for names of nothing and for calls that run in circles.
  absl::StatusOr<Source> Resolve(Frame& frame, absl::string_view name);
  // The same, but for a resource the node that hands it on.
  absl::StatusOr<Source> Producer(Frame& frame, absl::string_view name);

  // The frame of the function that a node calls; null for a node that is no call.
  absl::StatusOr<Frame*> Callee(Frame& frame, const NodeDef& node);

  // The frames of the functions that a node of control flow runs: If's branches, true first; While's condition and
  // body; Case's branches. Empty for other nodes.
  absl::StatusOr<std::vector<Frame*>> Branches(Frame& frame, const NodeDef& node);

  // What a function delivers as its result `i`: a name in its frame.
  absl::StatusOr<absl::string_view> Result(const Frame& frame, size_t i) const;

  // TF's types of the arguments that such a node gives to its functions.
  absl::StatusOr<std::vector<int>> ArgumentTypes(const Frame& frame, const NodeDef& node) const;

  // The attribute as written or, inside a generic function, as its caller binds it; kNone when absent.
  absl::StatusOr<AttrValue> Attr(const Frame& frame, const NodeDef& node, absl::string_view name) const;

  // What an op takes and gives: as TensorFlow defines it, or else as the model does. Null when neither does.
  const OpSignature* Op(absl::string_view op) const;

  // How many results of a node are read by others of its function: of an op without a definition, all that is known.
  static size_t CountReadOutputs(const Frame& frame, const NodeDef& node);

  // How many tensors each declared output of an op has: 1, an integer attribute, or the length of a list of types.
  absl::StatusOr<int64_t> CountTensors(const Frame& frame, const NodeDef& node, absl::string_view number_attr,
                                       absl::string_view type_list_attr) const;

 private:
  // A name taken apart: "node", "node:1" and, inside functions, "node:output:1".
  struct Reference {
    absl::string_view node, output;
    int index = 0;
  };

  static absl::StatusOr<Reference> ParseReference(absl::string_view name);
  absl::Status Index(const MetaGraph& graph);
  absl::StatusOr<int> OutputIndex(const Frame& frame, const NodeDef& node, const Reference& reference) const;
  // One step towards the source: the name in the callee or the caller that says the same.
  absl::StatusOr<bool> Step(Frame*& frame, absl::string_view& name, Source& found);
  absl::StatusOr<Source> Follow(Frame& frame, absl::string_view name, bool to_origin);
  absl::StatusOr<absl::string_view> ReturnOf(const Frame& callee, const Reference& reference) const;
  absl::StatusOr<FunctionRef> CalledFunction(const Frame& frame, const NodeDef& node) const;
  absl::StatusOr<std::vector<FunctionRef>> BranchFunctions(const Frame& frame, const NodeDef& node) const;
  absl::StatusOr<std::unique_ptr<Frame>> MakeFrame(Frame& frame, const NodeDef& node, const FunctionRef& function);
  absl::StatusOr<bool> IsGraphInput(const Frame& frame, size_t argument) const;
  // The input whose resource an output is; -1 when it is none, or one of the node's own.
  int ForwardedResource(const Frame& frame, const NodeDef& node, int output) const;

  Frame root_;
  Body top_;
  std::map<absl::string_view, Body> functions_;
  std::map<absl::string_view, OpSignature> ops_;  // those that are not TensorFlow's
  int num_frames_ = 1;
};

}  // namespace zeropoint::formats::saved_model

#endif  // ZEROPOINT_FORMATS_SAVED_MODEL_FUNCTIONS_H_
