// REAL: the real part of each complex number.
#include "ops/complex_part.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {
namespace {

absl::Status Eval(const EvalContext& context) {
  return EvalComplexPart(context, [](const auto& z) { return z.real(); });
}

}  // namespace

OpDef Real() { return ComplexPartRecord("REAL", schema::BuiltinOperator_REAL, "Real", Eval); }

}  // namespace zeropoint::ops::records
