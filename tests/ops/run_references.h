// Double-precision references of kernels that need a run of a model rather than constants, by family: each file tests
// its own, reference_test.cpp counts them.
#ifndef ZEROPOINT_TESTS_OPS_RUN_REFERENCES_H_
#define ZEROPOINT_TESTS_OPS_RUN_REFERENCES_H_

#include "absl/types/span.h"

namespace zeropoint {

struct RunReference {
  const char* op;
  void (*check)();  // runs the op and requires what the reference says
};

absl::Span<const RunReference> RecurrentReferences();  // recurrent_reference_test.cpp
absl::Span<const RunReference> RandomReferences();     // random_reference_test.cpp
absl::Span<const RunReference> TypedReferences();      // typed_reference_test.cpp
absl::Span<const RunReference> BodyReferences();       // body_reference_test.cpp

}  // namespace zeropoint

#endif  // ZEROPOINT_TESTS_OPS_RUN_REFERENCES_H_
