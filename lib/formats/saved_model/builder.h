// Builds one graph of an import: a signature's, a branch's, or a part of a loop. Private to this folder.
//
// The walk from the results back to the inputs is in builder.cpp; what stands for variables and tables in
// builder_resources.cpp; calls of other graphs, and TensorFlow 1's loops and branches, in builder_control_flow.cpp.
#ifndef ZEROPOINT_FORMATS_SAVED_MODEL_BUILDER_H_
#define ZEROPOINT_FORMATS_SAVED_MODEL_BUILDER_H_

#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/status.h"
#include "formats/saved_model/dataflow.h"
#include "formats/saved_model/functions.h"
#include "formats/saved_model/graph_builder.h"
#include "formats/saved_model/graph_def.h"
#include "formats/saved_model/raise_dataflow.h"
#include "formats/saved_model/resources.h"
#include "formats/saved_model/variables.h"
#include "ir/graph.h"

namespace zeropoint::formats::saved_model {

// The node itself, whichever output is meant.
inline Source NodeOf(const Source& port) { return {port.frame, port.node, 0}; }

// What the builders of all graphs of a signature share.
struct Import {
  Program& program;
  Variables& variables;
  Resources& resources;
  const Bytes& file;
  CalledGraphs& called;
  size_t num_nodes = 0;
};

class Builder {
 public:
  explicit Builder(Import& import)
      : import_(import),
        program_(import.program),
        variables_(import.variables),
        file_(import.file),
        deadness_(program_) {}
  absl::StatusOr<SignatureGraph> Build(const SignatureDef& signature);

  // The graph of a branch or of a loop's part. Resources among its arguments and results (which a loop hands through)
  // are none of the graph's.
  absl::StatusOr<ir::Graph> Build(Frame& frame, absl::string_view role, absl::Span<const int> argument_types,
                                  absl::Span<const int> result_types);

 private:
  // A node whose inputs are being built.
  struct Visit {
    Source at;
    std::vector<Source> inputs;
    size_t next = 0;
    bool is_copy = false;  // its results are its one input
    bool swapped = false;  // a Merge whose first input is the one for `true`
  };
  using Emit = absl::Status (Builder::*)(const Visit&);
  ir::Graph& graph() { return result_.graph; }
  std::vector<Source> RootsOf(const SignatureDef& signature) const;

  // Whatever uses variables that change is there first, in TensorFlow's order; nodes run in the order in which they are
  // built.
  absl::Status BuildAccesses(const std::vector<Source>& roots);
  bool IsChanged(const NodeDef& variable) const { return import_.resources.changed().count(&variable) > 0; }
  absl::StatusOr<Source> ResolveDense(const TensorInfo& info);
  absl::Status AddInput(const TensorInfo& info);
  absl::Status AddOutput(const TensorInfo& info);
  ir::ValueId AddIdentity(ir::ValueId value, absl::string_view name);
  absl::StatusOr<ir::ValueId> ValueOf(const Source& source) const;

  // Depth first without recursion: graphs are thousands of nodes deep.
  absl::Status BuildNodes(const Source& wanted);
  absl::Status Begin(const Source& port, std::vector<Visit>& stack);
  absl::Status FindInputs(Visit& visit);

  // --- the ways of loops and branches of TensorFlow 1 (builder_control_flow.cpp)

  absl::Status FindInputsOfMerge(Visit& visit);

  // What a predicate is in every run: a constant, or a placeholder's default where the signature does not feed it.
  absl::StatusOr<std::optional<bool>> KnownPredicate(Source at) const;

  // What comes around in loops is built when what leaves them is; then all of it becomes graphs.
  absl::Status FinishDataflow();

  // By input: a resource that a branch or a loop is given. Its functions follow it to where it comes from.
  std::vector<bool> ResourceInputs(const Source& at) const;

  // --- nodes (builder.cpp)

  static absl::Status CheckReadable(const NodeDef& node);
  absl::Status EmitNode(const Visit& visit);
  absl::StatusOr<std::vector<ir::ValueId>> ValuesOf(absl::Span<const Source> sources) const;

  // A node's own name says where in the user's model it stands; the names of the calls around it are only there to tell
  // two executions of one function apart, and would be half of a small model's bytes.
  std::string NewName(const Source& at);

  // `wanted`, or it with a number that makes it new.
  std::string Fresh(const std::string& wanted);
  absl::Status AddNode(const Source& at, absl::string_view op, ir::Attributes attrs, std::vector<ir::ValueId> inputs);
  absl::Status AddConstant(const Source& at, std::string name, ir::TensorLiteral literal);
  absl::Status EmitConstant(const Visit& visit);

  // --- variables and tables (builder_resources.cpp)

  // A variable stands for its value; what reads it reads the constant.
  absl::Status EmitVariable(const Visit& visit);

  // What it holds when the node runs. `part`: behind the node's name, where that is its result's.
  absl::StatusOr<ir::ValueId> VariableValue(const Visit& visit, absl::string_view part);
  absl::StatusOr<ir::ValueId> ReadOf(const Source& variable, std::string name);

  // The value, where a variable of TensorFlow 1 stands for what it holds now.
  absl::StatusOr<ir::ValueId> ValueNow(const Source& source);

  // Assign... (of a variable of TensorFlow 1, whose result is what it has assigned), Assign...VariableOp.
  absl::Status EmitAssign(const Visit& visit);

  // A table is made where it is used.
  absl::Status EmitTable(const Visit& visit);
  static absl::Status CheckTable(const Visit& visit);
  absl::Status EmitLookup(const Visit& visit);
  absl::Status EmitTableSize(const Visit& visit);

  // Variables have their first values before anything runs.
  absl::Status EmitIsInitialized(const Visit& visit);
  absl::Status EmitRead(const Visit& visit);

  // ResourceGather takes the axis behind the batch dimensions, which GatherV2 wants to be told.
  absl::Status EmitGather(const Visit& visit);
  absl::Status EmitGatherNd(const Visit& visit);

  // What gathers from a tensor call the type otherwise than those from a variable.
  absl::StatusOr<ir::Attributes> GatherAttributes(const Visit& visit);
  absl::Status EmitVariableShape(const Visit& visit);

  // --- branches and loops (builder_control_flow.cpp)

  absl::Status EmitDataflow(const Visit& visit);
  absl::Status EmitControlFlow(const Visit& visit);
  absl::StatusOr<int> BuildCalled(Frame& frame, absl::string_view role, absl::Span<const int> argument_types,
                                  absl::Span<const int> result_types);

  // A condition as one bool: TensorFlow takes numbers too, of which zero is false.
  absl::StatusOr<ir::ValueId> AsCondition(ir::Graph& graph, ir::ValueId condition, const std::string& path) const;

  // The node that calls graphs. Its results are by TF's numbers: kNoValue stands for a resource, that a loop hands on.
  absl::Status AddCall(const Visit& visit, absl::string_view op, ir::Attributes attrs, std::vector<ir::ValueId> inputs,
                       absl::Span<const int> result_types);
  absl::Status EmitWhile(const Visit& visit);

  // What the function says that it is an implementation of: Keras names its recurrent layers so. Empty for others.
  static absl::StatusOr<std::string> Implements(const Frame& frame);

  struct BranchTypes {
    std::vector<int> arguments, results;
  };
  absl::StatusOr<BranchTypes> TypesOfBranches(const Visit& visit) const;
  absl::Status EmitIf(const Visit& visit);
  static ir::Attributes IfAttributes(int then_index, int else_index);

  // IF(index == 0, branch 0, IF(index == 1, branch 1, ... last branch)): the last one is TensorFlow's for every index
  // that no branch has. The index is an argument of all branches, because both sides of an IF take the same.
  absl::Status EmitCase(const Visit& visit);
  static ir::ValueId AddIndex(ir::Graph& graph);

  // Whether an index is `wanted`.
  static ir::ValueId AddIsIndex(ir::Graph& graph, const std::string& path, ir::ValueId index, size_t wanted);

  // A graph that chooses between two others by the index that it is given first.
  absl::StatusOr<int> AddChoice(const std::string& path, size_t wanted, int then_index, int else_index,
                                const BranchTypes& types);

  // The edge that closes a loop: what comes around, to the Merge where it goes on.
  struct Circle {
    Source merge, next;
  };

  Import& import_;
  Program& program_;
  Variables& variables_;
  const Bytes& file_;
  SignatureGraph result_;
  std::unordered_map<Source, ir::ValueId, PortHash, PortEqual> fed_;                 // by output: the graph's inputs
  std::unordered_map<Source, std::vector<ir::ValueId>, PortHash, PortEqual> built_;  // by node: its outputs
  std::unordered_set<Source, PortHash, PortEqual> begun_;                            // by node
  Deadness deadness_;
  bool has_dataflow_ = false;
  std::vector<Circle> back_edges_;
  std::unordered_set<std::string> names_;  // of nodes, as far as given
};

}  // namespace zeropoint::formats::saved_model

#endif  // ZEROPOINT_FORMATS_SAVED_MODEL_BUILDER_H_
