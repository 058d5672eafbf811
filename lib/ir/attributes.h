// The named attributes of a node.
#ifndef ZEROPOINT_IR_ATTRIBUTES_H_
#define ZEROPOINT_IR_ATTRIBUTES_H_

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/string_view.h"
#include "base/bytes.h"
#include "ir/shape.h"
#include "numeric/types.h"

namespace zeropoint::ir {

// A constant tensor as an attribute (TF's Const "value").
struct TensorLiteral {
  ElementType type = ElementType::kFloat32;
  Shape shape;
  Bytes data;                        // empty for strings
  std::vector<std::string> strings;  // elements when type is kString
};

using AttrValue = std::variant<bool, int64_t, float, std::string, std::vector<int64_t>, std::vector<float>,
                               std::vector<std::string>, Shape, TensorLiteral>;

// Name -> value, kept sorted by name so that printing and comparing are deterministic.
// Enumerations are int64 with the schema's numbers; element types too (ElementType codes).
class Attributes {
 public:
  bool Has(absl::string_view name) const { return Find(name) != nullptr; }
  const AttrValue* Find(absl::string_view name) const;
  void Set(absl::string_view name, AttrValue value);
  void Remove(absl::string_view name);

  // The value, or `otherwise` when absent or of another kind.
  int64_t Int(absl::string_view name, int64_t otherwise = 0) const;
  bool Bool(absl::string_view name, bool otherwise = false) const;
  float Float(absl::string_view name, float otherwise = 0.0f) const;
  std::string String(absl::string_view name, absl::string_view otherwise = "") const;
  std::vector<int64_t> Ints(absl::string_view name) const;  // empty when absent
  std::vector<float> Floats(absl::string_view name) const;  // empty when absent
  std::vector<std::string> Strings(absl::string_view name) const;

  const std::vector<std::pair<std::string, AttrValue>>& all() const { return entries_; }

 private:
  std::vector<std::pair<std::string, AttrValue>> entries_;  // Invariant: sorted by name, names unique.
};

}  // namespace zeropoint::ir

#endif  // ZEROPOINT_IR_ATTRIBUTES_H_
