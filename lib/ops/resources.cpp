#include "ops/resources.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "ops/control_flow.h"
#include "ops/data_movement.h"
#include "ops/stored_bytes.h"

namespace zeropoint::ops {

absl::Status InferHandle(InferContext& context) {
  context.set_output(0, ElementType::kResource, ir::Shape());
  return absl::OkStatus();
}

std::shared_ptr<const void> PreparedName(std::string name) { return std::make_shared<std::string>(std::move(name)); }

const std::string& NameOf(const EvalContext& context) { return *static_cast<const std::string*>(context.prepared); }

absl::Status EvalHandle(const EvalContext& context) {
  *context.outputs[0].As<ResourceHandle>() = &NameOf(context);
  return absl::OkStatus();
}

absl::StatusOr<absl::string_view> ResourceName(const EvalContext& context, int i) {
  const TensorView& handle = context.inputs[static_cast<size_t>(i)];
  const bool is_handle = handle.type == ElementType::kResource && handle.elements() == 1 && handle.data != nullptr;
  if (is_handle) return absl::string_view(**handle.As<ResourceHandle>());
  return absl::InvalidArgumentError(absl::StrCat("operand ", i, " is ", Name(handle.type), " of ", handle.elements(),
                                                 " elements instead of one resource"));
}

absl::StatusOr<std::shared_ptr<Resource>*> ResourceOf(const EvalContext& context, int i) {
  ZP_ASSIGN_OR_RETURN(const absl::string_view name, ResourceName(context, i));
  ZP_ASSIGN_OR_RETURN(Runtime * runtime, RuntimeOf(context));
  return &runtime->resource(name);
}

absl::StatusOr<StoredTable*> TableOf(const EvalContext& context) {
  ZP_ASSIGN_OR_RETURN(std::shared_ptr<Resource> * place, ResourceOf(context, 0));
  auto* table = dynamic_cast<StoredTable*>(place->get());
  if (table == nullptr) return absl::FailedPreconditionError("operand 0 is no hash table");
  return table;
}

absl::StatusOr<std::vector<absl::string_view>> ElementsOf(const TensorView& tensor) {
  if (tensor.type == ElementType::kString) return UnpackStrings(tensor);
  ZP_ASSIGN_OR_RETURN(const size_t size, ElementBytes(tensor.type));
  std::vector<absl::string_view> elements;
  const auto* bytes = static_cast<const char*>(tensor.data);
  for (int64_t i = 0; i < tensor.elements(); ++i) elements.emplace_back(bytes + static_cast<size_t>(i) * size, size);
  return elements;
}

}  // namespace zeropoint::ops
