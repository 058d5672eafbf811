// Before: p = OP(x) {attrs}, q = OP(x) {attrs}
// After:  p, read where q was
//
// Conditions: the record knows no side effects; p and q are not both graph outputs, which keep their names.
// Algebra: ops without effects give equal results for equal operands. Constants are equal when type, shape and bytes
// are; large ones are told by where their bytes lie.
#include <cstring>
#include <unordered_map>

#include "absl/strings/str_cat.h"
#include "ops/op_def.h"
#include "passes/canonical/canonical.h"
#include "passes/edit.h"
#include "passes/quantization_aware/trained_range.h"

namespace zeropoint::passes {
namespace {

// Beyond this, comparing bytes costs more than the duplicate.
constexpr size_t kCompareBytes = 256;

struct AppendAttribute {
  std::string& key;
  void operator()(bool x) const { absl::StrAppend(&key, x ? "t" : "f"); }
  void operator()(int64_t x) const { absl::StrAppend(&key, "i", x); }
  void operator()(float x) const { absl::StrAppend(&key, "r", absl::Hex(Bits(x))); }
  void operator()(const std::string& x) const { absl::StrAppend(&key, "s", x.size(), ":", x); }
  void operator()(const ir::Shape& x) const { absl::StrAppend(&key, "h", x.ToString()); }
  void operator()(const ir::TensorLiteral& x) const {
    absl::StrAppend(&key, "c", absl::Hex(reinterpret_cast<uintptr_t>(x.data.data())), ":", x.data.size());
    for (const std::string& text : x.strings) (*this)(text);
  }
  template <typename T>
  void operator()(const std::vector<T>& list) const {
    absl::StrAppend(&key, "[", list.size(), ":");
    for (const T& element : list) (*this)(element);
  }

 private:
  static uint32_t Bits(float x) {
    uint32_t bits;
    std::memcpy(&bits, &x, sizeof(bits));
    return bits;
  }
};

class Numbering {
 public:
  explicit Numbering(const ir::Graph& graph) : graph_(graph) {}

  std::string KeyOf(const ir::Node& node) {
    std::string key = absl::StrCat(node.op(), "(");
    for (ir::ValueId in : node.inputs()) absl::StrAppend(&key, NumberOf(in), ",");
    for (const auto& [name, value] : node.attrs().all()) {
      absl::StrAppend(&key, "{", name, "=");
      std::visit(AppendAttribute{key}, value);
    }
    for (ir::ValueId out : node.outputs()) absl::StrAppend(&key, "|", static_cast<int>(graph_.value(out).type));
    return key;
  }

 private:
  // Equal constants have one number: the id of the first.
  ir::ValueId NumberOf(ir::ValueId id) {
    if (!IsConstant(graph_, id)) return id;
    const ir::Value& value = graph_.value(id);
    if (HasTrainedRange(value)) return id;
    std::string key = absl::StrCat(static_cast<int>(value.type), value.shape.ToString(), value.quant.scale.size(), ":");
    if (value.data.size() <= kCompareBytes) {
      key.append(reinterpret_cast<const char*>(value.data.data()), value.data.size());
    } else {
      absl::StrAppend(&key, "@", absl::Hex(reinterpret_cast<uintptr_t>(value.data.data())));
    }
    return constants_.emplace(std::move(key), id).first->second;
  }

  const ir::Graph& graph_;
  std::unordered_map<std::string, ir::ValueId> constants_;
};

bool Mergeable(const ir::Node& node) {
  const ops::OpDef* def = ops::FindOp(node.op());
  return def != nullptr && !def->has_side_effects && !node.inputs().empty() && node.info.mutates.empty() &&
         node.info.intermediates.empty();
}

bool SomeOutput(const ir::Graph& graph, const ir::Node& node) {
  for (ir::ValueId out : node.outputs()) {
    if (graph.IsGraphOutput(out)) return true;
  }
  return false;
}

}  // namespace

absl::StatusOr<int> MergeDuplicates(ir::Graph& graph) {
  Numbering numbering(graph);
  std::unordered_map<std::string, ir::NodeId> seen;
  auto wanted = [](const ir::Node& node) { return Mergeable(node); };
  return RewriteEachIf(graph, wanted, [&](ir::NodeId id) -> absl::StatusOr<bool> {
    auto [at, is_new] = seen.emplace(numbering.KeyOf(graph.node(id)), id);
    if (is_new) return false;
    const ir::Node& first = graph.node(at->second);
    if (first.outputs().size() != graph.node(id).outputs().size()) return false;
    if (SomeOutput(graph, first) && SomeOutput(graph, graph.node(id))) return false;
    std::vector<ir::ValueId> values(first.outputs().begin(), first.outputs().end());
    Forward(graph, id, values);
    return true;
  });
}

}  // namespace zeropoint::passes
