// The kernel table of one vector type.
#ifndef ZEROPOINT_KERNELS_SIMD_TABLE_H_
#define ZEROPOINT_KERNELS_SIMD_TABLE_H_

#include "kernels/kernel_table.h"
#include "kernels/simd/convert.h"
#include "kernels/simd/fold.h"
#include "kernels/simd/map.h"
#include "kernels/simd/tiles.h"
#include "kernels/simd/winograd.h"

namespace zeropoint::kernels::simd {

// kHeights: the row counts that tiles are compiled for, 1 among them.
template <typename V, int... kHeights>
void FillTable(KernelTable& table) {
  FillTiles<V, kHeights...>(table);
  FillPools<V>(table);
  FillWinograd<V>(table);
  FillMaps<V>(table);
  FillFolds<V>(table);
  FillConversions<V>(table);
}

// Each is null in a build that does not contain it.
const KernelTable* Sse2Kernels();
const KernelTable* Avx2Kernels();
const KernelTable* Avx512Kernels();
const KernelTable* Neon64Kernels();

}  // namespace zeropoint::kernels::simd

#endif  // ZEROPOINT_KERNELS_SIMD_TABLE_H_
