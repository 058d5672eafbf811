// What REAL, IMAG and COMPLEX_ABS share: a real number from each complex one.
#ifndef ZEROPOINT_OPS_COMPLEX_PART_H_
#define ZEROPOINT_OPS_COMPLEX_PART_H_

#include <complex>

#include "ops/elementwise.h"
#include "ops/op_def.h"

namespace zeropoint::ops {

OpDef ComplexPartRecord(absl::string_view name, int32_t code, absl::string_view tf, EvalFn eval);

// Applies `f`, a function object for complex numbers of either width.
template <typename F>
absl::Status EvalComplexPart(const EvalContext& context, F f) {
  if (context.inputs[0].type == ElementType::kComplex128)
    MapUnary<std::complex<double>, double>(context, f);
  else
    MapUnary<std::complex<float>, float>(context, f);
  return absl::OkStatus();
}

}  // namespace zeropoint::ops

#endif  // ZEROPOINT_OPS_COMPLEX_PART_H_
