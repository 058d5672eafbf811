// IMAG: the imaginary part of each complex number.
#include "ops/complex_part.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {
namespace {

absl::Status Eval(const EvalContext& context) {
  return EvalComplexPart(context, [](const auto& z) { return z.imag(); });
}

}  // namespace

OpDef Imag() { return ComplexPartRecord("IMAG", schema::BuiltinOperator_IMAG, "Imag", Eval); }

}  // namespace zeropoint::ops::records
