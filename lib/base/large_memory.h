// Memory for tensors that loops run over: aligned to a cache line, and large blocks to large pages, where the system
// has some.
#ifndef ZEROPOINT_BASE_LARGE_MEMORY_H_
#define ZEROPOINT_BASE_LARGE_MEMORY_H_

#include <cstddef>

namespace zeropoint {

// Uninitialised; throws std::bad_alloc as operator new does. A block of `bytes` is freed with the same number.
void* AllocateLarge(size_t bytes);
void FreeLarge(void* block, size_t bytes);

}  // namespace zeropoint

#endif  // ZEROPOINT_BASE_LARGE_MEMORY_H_
