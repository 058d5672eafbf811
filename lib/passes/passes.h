// Every pass that the pipelines name, for pipeline.cpp and the tests. A pass includes its folder's header alone, so
// that a new pass does not rebuild the others.
#ifndef ZEROPOINT_PASSES_PASSES_H_
#define ZEROPOINT_PASSES_PASSES_H_

#include "passes/canonical/canonical.h"
#include "passes/control_flow/control_flow.h"
#include "passes/fold/fold.h"
#include "passes/fuse/fuse.h"
#include "passes/integer/integer.h"
#include "passes/legalize/legalize.h"

#endif  // ZEROPOINT_PASSES_PASSES_H_
