// The passes for recurrent models, each described in the file of its name.
#ifndef ZEROPOINT_PASSES_LISTS_LISTS_H_
#define ZEROPOINT_PASSES_LISTS_LISTS_H_

#include "passes/pass.h"

namespace zeropoint::passes {

absl::StatusOr<int> LowerLists(ir::Model& model);

// The loops that TensorFlow fuses, those whose importer marked them as Keras' own, and all that have the form.
absl::StatusOr<int> FuseMarkedLstm(ir::Model& model);
absl::StatusOr<int> FuseLstm(ir::Model& model);

// The attribute of a WHILE node that names the TensorFlow function it was in as that says it: "lstm_<number>".
inline constexpr absl::string_view kApiImplements = "api_implements";

}  // namespace zeropoint::passes

#endif  // ZEROPOINT_PASSES_LISTS_LISTS_H_
