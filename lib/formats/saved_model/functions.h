// The graph with its function calls: names followed to the nodes that make them, through arguments and results, so that
// calls need not be inlined into another graph first.
#ifndef ZEROPOINT_FORMATS_SAVED_MODEL_FUNCTIONS_H_
#define ZEROPOINT_FORMATS_SAVED_MODEL_FUNCTIONS_H_

#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "absl/strings/string_view.h"
#include "base/status.h"
#include "formats/saved_model/graph_def.h"

namespace zeropoint::formats::saved_model {

// The nodes of the top graph or of one function, by name.
struct Body {
  const FunctionDef* function = nullptr;  // null: the top graph
  const std::vector<NodeDef>* nodes = nullptr;
  std::map<absl::string_view, const NodeDef*> by_name;
};

// One execution of a body: the top graph, or a function for one call. Owned by its caller's frame.
struct Frame {
  const Body* body = nullptr;
  Frame* caller = nullptr;
  const NodeDef* call = nullptr;  // in the caller's body
  EncodedAttrs bindings;          // what the function's attribute placeholders stand for
  std::string prefix;             // the path of the nodes in it: "call/call/"
  int depth = 0;
  std::unordered_map<const NodeDef*, std::unique_ptr<Frame>> callees;
};

// An output of a node that is no call.
struct Source {
  Frame* frame = nullptr;
  const NodeDef* node = nullptr;
  int output = 0;
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

  // The output that `name` stands for in `frame`: calls and arguments are followed, identities of resources too.
  // kInvalidArgument for names of nothing and for calls that run in circles.
  absl::StatusOr<Source> Resolve(Frame& frame, absl::string_view name);

  // The frame of the function that a node calls; null for a node that is no call.
  absl::StatusOr<Frame*> Callee(Frame& frame, const NodeDef& node);

  // The attribute as written or, inside a generic function, as its caller binds it; kNone when absent.
  absl::StatusOr<AttrValue> Attr(const Frame& frame, const NodeDef& node, absl::string_view name) const;

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
  absl::StatusOr<absl::string_view> ReturnOf(const Frame& callee, const Reference& reference) const;
  absl::StatusOr<FunctionRef> CalledFunction(const Frame& frame, const NodeDef& node) const;
  bool ForwardsResource(const Frame& frame, const NodeDef& node) const;

  Frame root_;
  Body top_;
  std::map<absl::string_view, Body> functions_;
  int num_frames_ = 1;
};

}  // namespace zeropoint::formats::saved_model

#endif  // ZEROPOINT_FORMATS_SAVED_MODEL_FUNCTIONS_H_
