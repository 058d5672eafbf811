#include "plan/op_form.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace zeropoint::plan {
namespace {

struct IntegerScheme {
  ops::KernelForm form;
  bool ops::QuantSpec::*has_form;
  bool ops::QuantSpec::*by_request;
  const char* name;
};

// Null for schemes whose activations stay float.
const IntegerScheme* IntegerSchemeOf(Scheme scheme) {
  static const IntegerScheme int8{ops::KernelForm::kInt8, &ops::QuantSpec::int8, &ops::QuantSpec::int8_by_request,
                                  "int8"};
  static const IntegerScheme int16{ops::KernelForm::kInt16, &ops::QuantSpec::int16, &ops::QuantSpec::int16_by_request,
                                   "int16"};
  if (scheme == Scheme::kInt8) return &int8;
  return scheme == Scheme::kInt16x8 ? &int16 : nullptr;
}

const char* FormName(ops::KernelForm form) {
  switch (form) {
    case ops::KernelForm::kReal:
      return "float32";
    case ops::KernelForm::kHybrid:
      return "int8 weights and float32 activations";
    case ops::KernelForm::kInt8:
      return "int8";
    case ops::KernelForm::kInt16:
      return "int16";
  }
  return "";
}

const ops::QuantSpec& NoSpec() {
  static const ops::QuantSpec none;
  return none;
}

const ops::QuantSpec& TableSpec() {
  static const ops::QuantSpec table = [] {
    ops::QuantSpec spec;
    spec.inputs = {ops::OperandSpec::Activation(), ops::OperandSpec::Other()};
    spec.outputs = {ops::OperandSpec::Activation()};
    spec.int8 = spec.int16 = true;
    return spec;
  }();
  return table;
}

const ops::QuantSpec& AllActivationsSpec() {
  static const ops::QuantSpec activations = [] {
    ops::QuantSpec spec;
    spec.inputs = spec.outputs = {ops::OperandSpec::Activation()};
    spec.int8 = spec.int16 = true;
    return spec;
  }();
  return activations;
}

// The scheme is asked to use a kernel that it leaves alone otherwise.
bool UsesKernelByRequest(const ops::OpDef& op, const IntegerScheme& scheme, const PlanOptions& options) {
  return options.integer_only_rewrite && op.quant.*scheme.by_request && HasKernel(op, scheme.form, options);
}

bool LacksKernel(const ops::OpDef& op, const IntegerScheme& scheme, const PlanOptions& options) {
  return op.quant.*scheme.has_form && !HasKernel(op, scheme.form, options);
}

// What integer_only_rewrite makes of the op; empty: nothing.
std::string Remedy(const ops::OpDef& op, const IntegerScheme& scheme, const PlanOptions& options) {
  if (op.quant.*scheme.by_request && HasKernel(op, scheme.form, options))
    return absl::StrCat(scheme.name, " with a kernel that TensorFlow does not use");
  if (!op.quant.integer_rewrite.empty()) return std::string(op.quant.integer_rewrite);
  return op.quant.by_table ? "a lookup in a table of its values" : "";
}

bool IsOneElement(const ir::Value& value) { return value.is_constant && value.shape.NumElements() == 1; }

}  // namespace

bool HasKernel(const ops::OpDef& op, ops::KernelForm form, const PlanOptions& options) {
  return options.target->Runs(op, form);
}

bool IsTable(const ir::Graph& graph, ir::NodeId id, Scheme scheme, const PlanOptions& options) {
  const ir::Node& node = graph.node(id);
  const ops::OpDef* op = ops::FindOp(node.op());
  const IntegerScheme* integer = IntegerSchemeOf(scheme);
  if (!options.integer_only_rewrite || op == nullptr || integer == nullptr || !op->quant.by_table) return false;
  if (op->quant.*integer->has_form && !LacksKernel(*op, *integer, options)) return false;
  if (UsesKernelByRequest(*op, *integer, options)) return false;
  const ir::Value& argument = graph.value(node.input(0));
  if (argument.is_constant || argument.type != ElementType::kFloat32 || node.outputs().size() != 1 ||
      graph.value(node.output()).type != ElementType::kFloat32) {
    return false;
  }
  for (size_t i = 1; i < node.inputs().size(); ++i) {
    const ir::ValueId parameter = node.inputs()[i];
    if (parameter != ir::kNoValue && !IsOneElement(graph.value(parameter))) return false;
  }
  return true;
}

const ops::QuantSpec& SpecOf(const ir::Graph& graph, ir::NodeId id, Scheme scheme, const PlanOptions& options) {
  const ops::OpDef* op = ops::FindOp(graph.node(id).op());
  if (op == nullptr) return NoSpec();
  if (IsTable(graph, id, scheme, options)) return TableSpec();
  const IntegerScheme* integer = IntegerSchemeOf(scheme);
  if (integer == nullptr) return op->quant;
  if (UsesKernelByRequest(*op, *integer, options)) return AllActivationsSpec();
  return LacksKernel(*op, *integer, options) ? NoSpec() : op->quant;
}

std::string NoKernelReason(const ops::OpDef& op, ops::KernelForm form, const PlanOptions& options) {
  const targets::Target& kernels = options.target->kernels();
  std::string reason = absl::StrCat(kernels.title, " does not run this op in ", FormName(form));
  if (!kernels.litert.has_value()) return reason;
  const ops::Release since = ops::Since(op.runtime, form);
  if (since <= ops::kNewestRelease) absl::StrAppend(&reason, ", LiteRT ", ops::ToString(since), " does");
  if (!op.runtime.gap.empty()) absl::StrAppend(&reason, " (", op.runtime.gap, ")");
  return reason;
}

std::string NoFormReason(const ir::Node& node, Scheme scheme, const PlanOptions& options) {
  if (absl::StartsWith(node.op(), ops::kCustomPrefix)) return "a custom op is carried through as it is";
  const ops::OpDef* op = ops::FindOp(node.op());
  const IntegerScheme& integer = *IntegerSchemeOf(scheme);
  std::string reason;
  if (op != nullptr && LacksKernel(*op, integer, options)) {
    reason = NoKernelReason(*op, integer.form, options);
  } else {
    reason = absl::StrCat("there is no ", integer.name, " form of this op");
    const bool never = op != nullptr && !(ops::Since(op->runtime, integer.form) <= ops::kNewestRelease);
    if (never && !op->runtime.gap.empty()) absl::StrAppend(&reason, ": ", op->runtime.gap);
  }
  const std::string remedy = op == nullptr ? "" : Remedy(*op, integer, options);
  if (!remedy.empty()) {
    absl::StrAppend(&reason, options.integer_only_rewrite ? "; it cannot become " : "; integer_only_rewrite makes it ",
                    remedy, options.integer_only_rewrite ? " here" : "");
  }
  return reason;
}

}  // namespace zeropoint::plan
