// The scalar twins of the vector kernels.
#ifndef ZEROPOINT_KERNELS_REFERENCE_REFERENCE_H_
#define ZEROPOINT_KERNELS_REFERENCE_REFERENCE_H_

#include "kernels/integer.h"
#include "kernels/kernel_table.h"

namespace zeropoint::kernels::reference {

const KernelTable* Kernels();
const IntegerKernels* Integers();

}  // namespace zeropoint::kernels::reference

#endif  // ZEROPOINT_KERNELS_REFERENCE_REFERENCE_H_
