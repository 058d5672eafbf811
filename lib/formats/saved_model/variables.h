// Variables: which of them a signature changes, and what the checkpoint holds for the others.
#ifndef ZEROPOINT_FORMATS_SAVED_MODEL_VARIABLES_H_
#define ZEROPOINT_FORMATS_SAVED_MODEL_VARIABLES_H_

#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "absl/strings/string_view.h"
#include "base/status.h"
#include "formats/saved_model/functions.h"
#include "formats/saved_model/tensor_bundle.h"
#include "ir/attributes.h"

namespace zeropoint::formats::saved_model {

// VarHandleOp, or TF1's VariableV2 and Variable, whose value is its own output.
bool IsVariable(const NodeDef& node);
bool IsResourceVariable(const NodeDef& node);

// The name its author gave the variable, for messages and constants.
absl::StatusOr<std::string> VariableName(const Program& program, const Source& variable);

// A variable's node -> the path of a node that changes it.
using AssignedVariables = std::unordered_map<const NodeDef*, std::string>;

// What running the top graph's `tensors` or nodes changes. Control edges count, and so does everything inside a called
// function: TensorFlow runs a function's stateful nodes whether or not its results depend on them.
absl::StatusOr<AssignedVariables> FindAssigned(Program& program, const std::vector<absl::string_view>& tensors);

// The checkpoint's values. The folder's files are opened at the first variable that is asked for, so that frozen models
// need none. Not thread-safe.
class Variables {
 public:
  // All must outlive this. `file` is the mapped saved_model.pb.
  Variables(Program& program, const MetaGraph& graph, const Bytes& file, std::string folder)
      : program_(program), graph_(graph), file_(file), folder_(std::move(folder)) {}

  // Errors: kNotFound (no checkpoint, no such variable in it), kDataLoss (checksum), kInvalidArgument (another type or
  // shape than the variable has).
  absl::StatusOr<ir::TensorLiteral> Read(const Source& variable);

 private:
  // Where the checkpoint keeps a variable, as RestoreV2 puts it.
  struct Key {
    std::string name, shape_and_slice;
  };

  absl::Status Open();
  absl::Status FollowRestore();
  absl::Status FollowAssignment(Frame& frame, const NodeDef& assignment);
  absl::StatusOr<std::vector<std::string>> ConstantStrings(Frame& frame, absl::string_view name) const;
  absl::StatusOr<Key> KeyOf(const Source& variable) const;
  absl::StatusOr<std::optional<Key>> KeyOfCopy(const Source& variable) const;
  absl::Status CheckDeclared(const Source& variable, const ir::TensorLiteral& value) const;

  Program& program_;
  const MetaGraph& graph_;
  const Bytes& file_;
  std::string folder_;
  std::optional<TensorBundle> bundle_;
  std::unordered_map<const NodeDef*, Key> keys_;                   // by variable
  std::unordered_map<const NodeDef*, std::vector<Key>> restores_;  // by RestoreV2: the key of each output
  std::unordered_map<const NodeDef*, ir::TensorLiteral> values_;   // by variable, checked already
};

}  // namespace zeropoint::formats::saved_model

#endif  // ZEROPOINT_FORMATS_SAVED_MODEL_VARIABLES_H_
