// Which values of a model are lists, and which of them are the same list at different times.
//
// An op that writes makes a new value of the same list; a loop hands a list from turn to turn. All these values are one
// class: they become tensors of one type, and whatever any op of the class says of the elements' shape holds for all.
#ifndef ZEROPOINT_PASSES_LISTS_LIST_CLASSES_H_
#define ZEROPOINT_PASSES_LISTS_LIST_CLASSES_H_

#include <map>
#include <optional>
#include <tuple>
#include <vector>

#include "base/status.h"
#include "ir/graph.h"

namespace zeropoint::passes::lists {

// A value of one of the model's graphs.
struct Port {
  int graph;
  ir::ValueId value;
  friend bool operator<(const Port& a, const Port& b) {
    return std::tie(a.graph, a.value) < std::tie(b.graph, b.value);
  }
};

struct NodeAt {
  int graph;
  ir::NodeId node;
};

struct ListClass {
  std::vector<Port> values;   // in the order of the model
  std::vector<NodeAt> nodes;  // the list ops on them, likewise
  std::optional<ElementType> type;
  ir::Shape element = ir::Shape::Unranked();
  int64_t length = ir::kDynamic;

  // Of the tensor that the list becomes: length and element; unranked as long as the element is.
  ir::Shape TensorShape() const;
};

class ListClasses {
 public:
  // kInvalidArgument names an op whose list has elements of another type, kUnimplemented one of another shape.
  static absl::StatusOr<ListClasses> Find(const ir::Model& model);

  const std::vector<ListClass>& all() const { return classes_; }
  // The class as an index into all(); nothing for a value that is no list.
  std::optional<int> ClassOf(const Port& port) const;

 private:
  std::vector<ListClass> classes_;
  std::map<Port, int> class_of_;
};

// A call of one graph by a node of another: operand `first_operand + i` is the callee's input i.
struct CallSite {
  NodeAt caller;
  int callee;
  int first_operand;
};
// Those of loops and branches.
std::vector<CallSite> CallSites(const ir::Model& model);

}  // namespace zeropoint::passes::lists

#endif  // ZEROPOINT_PASSES_LISTS_LIST_CLASSES_H_
