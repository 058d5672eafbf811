#include "formats/saved_model/variables.h"

#include <algorithm>
#include <unordered_set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace zeropoint::formats::saved_model {
namespace {

// Everything else that takes a resource variable may change it.
constexpr absl::string_view kResourceReaders[] = {
    "ReadVariableOp",    "ResourceGather", "ResourceGatherNd", "VariableShape", "VarIsInitializedOp",
    "DisableCopyOnRead", "Identity",       "IdentityN",        "Enter",         "Switch"};
// Any op may read a reference variable; these change it.
constexpr absl::string_view kReferenceWriters[] = {"Assign",   "Scatter", "Apply", "SparseApply", "StridedSliceAssign",
                                                   "CountUpTo"};

template <size_t n>
bool Contains(const absl::string_view (&names)[n], absl::string_view name) {
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

bool MayWrite(const NodeDef& writer, const NodeDef& variable) {
  if (IsResourceVariable(variable)) return !Contains(kResourceReaders, writer.op);
  return std::any_of(std::begin(kReferenceWriters), std::end(kReferenceWriters),
                     [&](absl::string_view prefix) { return absl::StartsWith(writer.op, prefix); });
}

absl::string_view WithoutPort(absl::string_view tensor) { return tensor.substr(0, tensor.find(':')); }

struct Executed {
  Frame* frame;
  const NodeDef* node;
};

// Collects the nodes that run when some nodes of the top graph are asked for.
class Execution {
 public:
  explicit Execution(Program& program) : program_(program) {}

  absl::StatusOr<std::vector<Executed>> Run(const std::vector<absl::string_view>& tensors) {
    for (absl::string_view tensor : tensors) ZP_RETURN_IF_ERROR(Meet(tensor));
    for (size_t i = 0; i < met_.size(); ++i) {  // met_ grows while it is walked
      Executed at = met_[i];
      ZP_ASSIGN_OR_RETURN(Frame * callee, program_.Callee(*at.frame, *at.node));
      if (callee != nullptr) {
        for (const NodeDef& node : *callee->body->nodes) met_.push_back({callee, &node});
      }
      ZP_ASSIGN_OR_RETURN(std::vector<Frame*> branches, program_.Branches(*at.frame, *at.node));
      for (Frame* branch : branches) {
        for (const NodeDef& node : *branch->body->nodes) met_.push_back({branch, &node});
      }
      // Nodes of a function have all been met with it.
      if (at.frame != &program_.root()) continue;
      for (absl::string_view input : at.node->inputs) ZP_RETURN_IF_ERROR(Meet(input));
    }
    return std::move(met_);
  }

 private:
  // A node of the top graph.
  absl::Status Meet(absl::string_view input) {
    absl::string_view name = WithoutPort(IsControlEdge(input) ? input.substr(1) : input);
    const auto& by_name = program_.root().body->by_name;
    auto at = by_name.find(name);
    if (at == by_name.end()) return absl::InvalidArgumentError(absl::StrCat("there is no node '", name, "'"));
    if (seen_.insert(at->second).second) met_.push_back({&program_.root(), at->second});
    return absl::OkStatus();
  }

  Program& program_;
  std::vector<Executed> met_;
  std::unordered_set<const NodeDef*> seen_;
};

}  // namespace

bool IsResourceVariable(const NodeDef& node) { return node.op == "VarHandleOp"; }
bool IsVariable(const NodeDef& node) {
  return IsResourceVariable(node) || node.op == "VariableV2" || node.op == "Variable";
}

absl::StatusOr<std::string> VariableName(const Program& program, const Source& variable) {
  ZP_ASSIGN_OR_RETURN(AttrValue shared, program.Attr(*variable.frame, *variable.node, "shared_name"));
  return shared.text.empty() ? PathOf(*variable.frame, *variable.node) : std::string(shared.text);
}

absl::StatusOr<AssignedVariables> FindAssigned(Program& program, const std::vector<absl::string_view>& tensors) {
  AssignedVariables assigned;
  ZP_ASSIGN_OR_RETURN(std::vector<Executed> executed, Execution(program).Run(tensors));
  for (const Executed& at : executed) {
    ZP_ASSIGN_OR_RETURN(Frame * callee, program.Callee(*at.frame, *at.node));
    // What a function does to the variables it is given, its own nodes tell.
    if (callee != nullptr || ControlFlowOf(*at.node) != ControlFlow::kNone) continue;
    for (size_t i = 0; !DataInput(*at.node, i).empty(); ++i) {
      ZP_ASSIGN_OR_RETURN(Source source, program.Resolve(*at.frame, DataInput(*at.node, i)));
      if (IsVariable(*source.node) && MayWrite(*at.node, *source.node)) {
        assigned.emplace(source.node, PathOf(*at.frame, *at.node));
      }
    }
  }
  return assigned;
}

absl::StatusOr<ir::TensorLiteral> Variables::Read(const Source& variable) {
  auto known = values_.find(variable.node);
  if (known != values_.end()) return known->second;
  ZP_RETURN_IF_ERROR(Open());
  ZP_ASSIGN_OR_RETURN(Key key, KeyOf(variable));
  ZP_ASSIGN_OR_RETURN(ir::TensorLiteral value, bundle_->Read(key.name, key.shape_and_slice));
  ZP_RETURN_IF_ERROR(CheckDeclared(variable, value));
  return values_.emplace(variable.node, std::move(value)).first->second;
}

absl::Status Variables::Open() {
  if (bundle_.has_value()) return absl::OkStatus();
  ZP_ASSIGN_OR_RETURN(TensorBundle bundle, TensorBundle::Open(folder_ + "/variables/variables"));
  bundle_.emplace(std::move(bundle));
  return FollowRestore();
}

// Which tensor goes into which variable is told by the graph itself: by the assignments that restoring runs.
absl::Status Variables::FollowRestore() {
  if (graph_.restore_op.empty()) return absl::OkStatus();
  ZP_ASSIGN_OR_RETURN(std::vector<Executed> executed, Execution(program_).Run({graph_.restore_op}));
  for (const Executed& at : executed) {
    if (at.node->op != "AssignVariableOp" && at.node->op != "Assign") continue;
    absl::Status status = FollowAssignment(*at.frame, *at.node);
    if (!status.ok()) return Annotate(status, Place::kNode, PathOf(*at.frame, *at.node));
  }
  return absl::OkStatus();
}

absl::Status Variables::FollowAssignment(Frame& frame, const NodeDef& assignment) {
  ZP_ASSIGN_OR_RETURN(Source variable, program_.Resolve(frame, DataInput(assignment, 0)));
  ZP_ASSIGN_OR_RETURN(Source value, program_.Resolve(frame, DataInput(assignment, 1)));
  // A chain of identities is as long as the graph at most; a longer one is a circle.
  for (size_t i = 0; value.node->op == "Identity" && i < value.frame->body->nodes->size(); ++i) {
    ZP_ASSIGN_OR_RETURN(value, program_.Resolve(*value.frame, DataInput(*value.node, 0)));
  }
  if (value.node->op != "RestoreV2" || !IsVariable(*variable.node)) return absl::OkStatus();
  auto restore = restores_.find(value.node);
  if (restore == restores_.end()) {
    ZP_ASSIGN_OR_RETURN(std::vector<std::string> names, ConstantStrings(*value.frame, DataInput(*value.node, 1)));
    ZP_ASSIGN_OR_RETURN(std::vector<std::string> slices, ConstantStrings(*value.frame, DataInput(*value.node, 2)));
    std::vector<Key> keys;
    for (size_t i = 0; i < names.size(); ++i) keys.push_back({names[i], i < slices.size() ? slices[i] : ""});
    restore = restores_.emplace(value.node, std::move(keys)).first;
  }
  const size_t output = static_cast<size_t>(value.output);
  if (output >= restore->second.size()) {
    return absl::InvalidArgumentError(
        absl::StrCat("the model restores tensor ", output, " of ", restore->second.size()));
  }
  keys_.emplace(variable.node, restore->second[output]);
  return absl::OkStatus();
}

absl::StatusOr<std::vector<std::string>> Variables::ConstantStrings(Frame& frame, absl::string_view name) const {
  ZP_ASSIGN_OR_RETURN(Source source, program_.Resolve(frame, name));
  ZP_ASSIGN_OR_RETURN(AttrValue value, program_.Attr(*source.frame, *source.node, "value"));
  ZP_ASSIGN_OR_RETURN(ir::TensorLiteral literal, DecodeTensor(value.text, file_));
  return literal.strings;
}

// A variable that was made while a function was traced is saved, and restored, as a copy; the functions read the
// original, and the copy's initial value is read from there.
absl::StatusOr<std::optional<Variables::Key>> Variables::KeyOfCopy(const Source& variable) const {
  Frame& root = program_.root();
  for (const NodeDef& node : *root.body->nodes) {
    if (node.op != "AssignVariableOp") continue;
    ZP_ASSIGN_OR_RETURN(const Source copy, program_.Resolve(root, DataInput(node, 0)));
    const auto key = keys_.find(copy.node);
    if (key == keys_.end()) continue;
    ZP_ASSIGN_OR_RETURN(Source value, program_.Resolve(root, DataInput(node, 1)));
    if (value.node->op != "ReadVariableOp") continue;
    ZP_ASSIGN_OR_RETURN(const Source original, program_.Resolve(*value.frame, DataInput(*value.node, 0)));
    if (original.node == variable.node) return std::optional<Key>(key->second);
  }
  return std::optional<Key>();
}

absl::StatusOr<Variables::Key> Variables::KeyOf(const Source& variable) const {
  auto known = keys_.find(variable.node);
  if (known != keys_.end()) return known->second;
  // Models whose saver is gone still name their variables in TF1's way.
  ZP_ASSIGN_OR_RETURN(std::string name, VariableName(program_, variable));
  if (bundle_->Has(name)) return Key{name, ""};
  ZP_ASSIGN_OR_RETURN(const std::optional<Key> copy, KeyOfCopy(variable));
  if (copy.has_value()) return *copy;
  return Annotate(absl::NotFoundError(absl::StrCat("the checkpoint has no value for variable '", name, "'")),
                  Place::kFile, bundle_->index_file());
}

absl::Status Variables::CheckDeclared(const Source& variable, const ir::TensorLiteral& value) const {
  ZP_ASSIGN_OR_RETURN(AttrValue type, program_.Attr(*variable.frame, *variable.node, "dtype"));
  ZP_ASSIGN_OR_RETURN(AttrValue shape, program_.Attr(*variable.frame, *variable.node, "shape"));
  bool same = ToElementType(static_cast<int>(type.number)) == value.type;
  if (shape.kind == AttrValue::Kind::kShape && shape.shape.ranked()) {
    same = same && shape.shape.rank() == value.shape.rank();
    for (int axis = 0; same && axis < value.shape.rank(); ++axis) {
      same = shape.shape[axis] == ir::kDynamic || shape.shape[axis] == value.shape[axis];
    }
  }
  if (same) return absl::OkStatus();
  ZP_ASSIGN_OR_RETURN(std::string name, VariableName(program_, variable));
  return Annotate(absl::InvalidArgumentError(absl::StrCat(
                      "variable '", name, "' is ", DataTypeName(static_cast<int>(type.number)), shape.shape.ToString(),
                      ", the checkpoint holds ", Name(value.type), value.shape.ToString())),
                  Place::kFile, bundle_->index_file());
}

}  // namespace zeropoint::formats::saved_model
