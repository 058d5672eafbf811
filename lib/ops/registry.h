// The records that the build collects from the listing of lib/ops. Private to registry.cpp.
#ifndef ZEROPOINT_OPS_REGISTRY_H_
#define ZEROPOINT_OPS_REGISTRY_H_

#include <vector>

#include "ops/op_def.h"

namespace zeropoint::ops {

std::vector<OpDef> MakeRecords();

}  // namespace zeropoint::ops

#endif  // ZEROPOINT_OPS_REGISTRY_H_
