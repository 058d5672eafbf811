// Resource variables: which of them hold integers, and in which form. A variable is one for all graphs of the model, so
// this is decided before any of them is planned. Private to lib/plan.
#ifndef ZEROPOINT_PLAN_VARIABLES_H_
#define ZEROPOINT_PLAN_VARIABLES_H_

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "ir/graph.h"
#include "ir/statistics.h"
#include "plan/plan.h"

namespace zeropoint::plan {

// The node reads or assigns a resource variable: its operand 0 is a handle, which is an operand of role kState that is
// no number. Its first result, or else its operand 1, is the value.
bool UsesVariable(const ir::Graph& graph, const ir::Node& node);

// A variable that holds float32 gets an integer form when the scheme of all who read and assign it has one: int16 in
// 16x8, int8 where the options ask for it. Everything that was read from it or assigned to it is in its range.
class Variables {
 public:
  // `model` and `options` must outlive this.
  Variables(const ir::Model& model, const ir::Statistics& statistics, const PlanOptions& options);
  Variables(const Variables&) = delete;  // points into itself
  Variables& operator=(const Variables&) = delete;

  // The statistics given, where a value that is read from an integer variable has that variable's range; in 16x8 also
  // one that is assigned, so that no requantization is needed.
  const ir::Statistics& statistics() const { return statistics_; }
  // The node reads or assigns a variable that becomes an integer.
  bool IsInteger(int graph, ir::NodeId node) const { return integer_.count({graph, node}) > 0; }
  // Its form; null when it is no such node.
  const ValuePlan* FormOf(int graph, ir::NodeId node) const;
  // Why the variable that the node reads or assigns stays float; empty when it does not, or when it is no such node.
  std::string FloatReason(int graph, ir::NodeId node) const;

 private:
  struct Access {
    int graph;
    ir::NodeId node;
    ir::ValueId value;  // read or assigned
    bool reads;
  };
  struct Variable {
    std::vector<Access> accesses;  // of graph after graph, in order of execution
    Scheme scheme = Scheme::kFloat;
    ir::Range range;
    std::string reason;  // why it stays float
  };

  void Collect();
  void AddAccess(int graph, ir::NodeId node);
  void Decide(Variable& variable) const;
  bool FindRange(Variable& variable) const;
  void SpreadRange(const Variable& variable);
  std::map<std::pair<int, ir::NodeId>, ValuePlan> Forms(const Variable& variable) const;
  ValuePlan Int8FormOf(const Variable& variable) const;
  const ir::Graph& graph(int index) const { return model_.graphs[static_cast<size_t>(index)]; }

  const ir::Model& model_;
  const PlanOptions& options_;
  ir::Statistics statistics_;
  std::map<std::string, Variable> variables_;  // by name
  bool has_unknown_ = false;                   // some node's handle comes from where its name cannot be seen
  std::map<std::pair<int, ir::NodeId>, const Variable*> integer_, float_;
  std::map<std::pair<int, ir::NodeId>, ValuePlan> forms_;
};

}  // namespace zeropoint::plan

#endif  // ZEROPOINT_PLAN_VARIABLES_H_
