// COMPLEX_ABS: the magnitude of each complex number.
#include "ops/complex_part.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {
namespace {

absl::Status Eval(const EvalContext& context) {
  return EvalComplexPart(context, [](const auto& z) { return std::abs(z); });
}

}  // namespace

OpDef ComplexAbs() { return ComplexPartRecord("COMPLEX_ABS", schema::BuiltinOperator_COMPLEX_ABS, "ComplexAbs", Eval); }

}  // namespace zeropoint::ops::records
