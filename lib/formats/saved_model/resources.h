// What the graphs of a model share while it runs: variables that change and lookup tables, and the graph that gives
// them their first values.
#ifndef ZEROPOINT_FORMATS_SAVED_MODEL_RESOURCES_H_
#define ZEROPOINT_FORMATS_SAVED_MODEL_RESOURCES_H_

#include <map>
#include <string>
#include <unordered_map>

#include "base/status.h"
#include "formats/saved_model/functions.h"
#include "formats/saved_model/tables.h"
#include "formats/saved_model/variables.h"
#include "ir/graph.h"

namespace zeropoint::formats::saved_model {

class Resources {
 public:
  // `changed`: the variables that some graph of the model changes; the others are constants.
  Resources(Program& program, Variables& variables, Tables tables, AssignedVariables changed)
      : program_(program), variables_(variables), tables_(std::move(tables)), changed_(std::move(changed)) {}

  const AssignedVariables& changed() const { return changed_; }
  Tables& tables() { return tables_; }

  // A value of the graph that is the variable's handle.
  absl::StatusOr<ir::ValueId> AddHandle(const Source& variable, ir::Graph& graph);
  // What the variable holds now. `name` is for the result.
  absl::StatusOr<ir::ValueId> AddRead(const Source& variable, ir::ValueId handle, std::string name, ir::Graph& graph);

  // To be called once, when all graphs are there: lets the graphs of signatures that use resources call one that sets
  // them up first, and removes what is only ever assigned.
  absl::Status Finish(ir::Model& model);

 private:
  struct Variable {
    Source source;
    ir::TensorLiteral first;  // value
    ir::Shape shape;          // of all values
  };

  // The name by which all graphs know the variable.
  absl::StatusOr<std::string> NameOf(const Source& variable);
  ir::Graph FirstValues() const;

  Program& program_;
  Variables& variables_;
  Tables tables_;
  AssignedVariables changed_;
  std::map<std::string, Variable> by_name_;
  std::unordered_map<const NodeDef*, std::string> names_;
};

// Removes the reads of variables whose results nobody wants.
void RemoveUnusedReads(ir::Graph& graph);

}  // namespace zeropoint::formats::saved_model

#endif  // ZEROPOINT_FORMATS_SAVED_MODEL_RESOURCES_H_
