// Variables and tables: what ops share by name while a session lives.
#ifndef ZEROPOINT_OPS_RESOURCES_H_
#define ZEROPOINT_OPS_RESOURCES_H_

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "base/status.h"
#include "ops/op_def.h"

namespace zeropoint::ops {

// infer of ops that make a handle: a resource of rank 0.
absl::Status InferHandle(InferContext& context);
// What prepare of such ops returns.
std::shared_ptr<const void> PreparedName(std::string name);
const std::string& NameOf(const EvalContext& context);
// eval of such ops: result 0 becomes the handle of the resource with the prepared name.
absl::Status EvalHandle(const EvalContext& context);
// The place of the resource that operand `i` is the handle of.
absl::StatusOr<std::shared_ptr<Resource>*> ResourceOf(const EvalContext& context, int i);
// The name that operand `i` is the handle of; kInvalidArgument for another type.
absl::StatusOr<absl::string_view> ResourceName(const EvalContext& context, int i);

class StoredVariable : public Resource {
 public:
  ElementType type = ElementType::kFloat32;
  ir::Shape shape;
  std::string bytes;
};

// Keys and values of any type, each element by its bytes.
class StoredTable : public Resource {
 public:
  ElementType key_type = ElementType::kInt64, value_type = ElementType::kString;
  std::map<std::string, std::string, std::less<>> entries;
};

// The table that operand 0 is the handle of; kFailedPrecondition when no HASHTABLE has made it.
absl::StatusOr<StoredTable*> TableOf(const EvalContext& context);
// The bytes of each element, of strings or of types of whole bytes.
absl::StatusOr<std::vector<absl::string_view>> ElementsOf(const TensorView& tensor);

}  // namespace zeropoint::ops

#endif  // ZEROPOINT_OPS_RESOURCES_H_
