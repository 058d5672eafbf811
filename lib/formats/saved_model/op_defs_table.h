// The rows behind op_defs.h.
#ifndef ZEROPOINT_FORMATS_SAVED_MODEL_OP_DEFS_TABLE_H_
#define ZEROPOINT_FORMATS_SAVED_MODEL_OP_DEFS_TABLE_H_

#include "absl/types/span.h"

namespace zeropoint::formats::saved_model {

// Words are separated by blanks.
//   inputs, outputs  name:T        a tensor whose type is attribute T        name:@int32  a tensor of that type
//                    name*N:T      N of them                                 name*Tlist   one for each type of Tlist
//   defaults         name:kind=value, kind s string, i int, f float, b bool, t type, h shape ("?": unknown rank),
//                    l before it a list with commas
struct OpRow {
  const char* name;
  const char* inputs;
  const char* outputs;
  const char* defaults;
};

// Sorted by name.
absl::Span<const OpRow> OpRows();

}  // namespace zeropoint::formats::saved_model

#endif  // ZEROPOINT_FORMATS_SAVED_MODEL_OP_DEFS_TABLE_H_
