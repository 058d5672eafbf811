// VAR_HANDLE: the handle of the variable with a name, which all graphs of a model share.
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ops/resources.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops {
namespace {

absl::StatusOr<std::shared_ptr<const void>> Prepare(const PrepareContext& context) {
  return PreparedName(
      absl::StrCat("variable '", context.attrs.String("container"), "/", context.attrs.String("shared_name"), "'"));
}

absl::Status ImportTf(ir::Graph& graph, ir::NodeId id) {
  ir::Node& node = graph.node(id);
  ir::Attributes attrs;
  attrs.Set("container", node.attrs().String("container"));
  attrs.Set("shared_name", node.attrs().String("shared_name"));
  node.info.attrs = std::move(attrs);
  return absl::OkStatus();
}

}  // namespace

namespace records {

OpDef VarHandle() {
  return {.name = "VAR_HANDLE",
          .code = schema::BuiltinOperator_VAR_HANDLE,
          .inputs = {0, 0},
          .outputs = {1, 1},
          .options = {schema::BuiltinOptions_VarHandleOptions,
                      {{"container", schema::VarHandleOptions::VT_CONTAINER, FieldKind::kString},
                       {"shared_name", schema::VarHandleOptions::VT_SHARED_NAME, FieldKind::kString}}},
          .tf = {{"VarHandleOp", ImportTf}},
          .infer = InferHandle,
          .prepare = Prepare,
          .eval_float = EvalHandle,
          .quant = {.outputs = {{Role::kState}}}};
}

}  // namespace records
}  // namespace zeropoint::ops
