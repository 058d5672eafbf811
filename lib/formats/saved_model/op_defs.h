// What ops take and give: argument names and order, types, attribute defaults. TensorFlow's ops are in a table, others
// in the model that uses them.
#ifndef ZEROPOINT_FORMATS_SAVED_MODEL_OP_DEFS_H_
#define ZEROPOINT_FORMATS_SAVED_MODEL_OP_DEFS_H_

#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "base/status.h"
#include "formats/saved_model/graph_def.h"

namespace zeropoint::formats::saved_model {

// One declared input or output. It stands for several tensors when number_attr or type_list_attr is set.
struct OpArg {
  absl::string_view name;
  absl::string_view number_attr;     // the attribute that counts the tensors; empty: one
  absl::string_view type_attr;       // the attribute that holds the type
  absl::string_view type_list_attr;  // the attribute that lists a type for each tensor
  int data_type = kDtInvalid;        // a type that is always the same
};

struct AttrDefault {
  absl::string_view name;
  char element = 'i';  // the element's kind as in the table, for lists whose encoding does not tell
  AttrValue value;
};

struct OpSignature {
  std::vector<OpArg> inputs, outputs;
  std::vector<AttrDefault> defaults;

  // Null when the attribute has no default.
  const AttrDefault* Default(absl::string_view name) const;
};

// Null for an op the table does not have. Thread-safe.
const OpSignature* FindOp(absl::string_view op);

// A SavedModel brings the definitions of the ops that it uses, those of libraries beside TensorFlow included: one of
// them, with the op's name. Its views are of `encoded`. kDataLoss when it is cut off.
absl::StatusOr<std::pair<absl::string_view, OpSignature>> DecodeOpDef(absl::string_view encoded);

}  // namespace zeropoint::formats::saved_model

#endif  // ZEROPOINT_FORMATS_SAVED_MODEL_OP_DEFS_H_
