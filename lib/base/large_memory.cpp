#include "base/large_memory.h"

#if defined(__linux__)
#include <sys/mman.h>
#endif

#include <new>

namespace zeropoint {
namespace {

constexpr size_t kCacheLine = 64;
// Of x86-64 and of 64-bit ARM with pages of 4 KiB. Each entry of the processor's table of pages then covers 512 times
// as much, and activations that are walked through once a layer cost fewer walks through the system's own table.
constexpr size_t kLargePage = size_t{2} << 20;

std::align_val_t AlignmentOf(size_t bytes) { return std::align_val_t{bytes >= kLargePage ? kLargePage : kCacheLine}; }

}  // namespace

void* AllocateLarge(size_t bytes) {
  void* block = ::operator new(bytes == 0 ? 1 : bytes, AlignmentOf(bytes));
#if defined(__linux__)
  // Whole large pages only, so that no more memory is used. A system that refuses leaves small pages.
  if (bytes >= kLargePage) ::madvise(block, bytes / kLargePage * kLargePage, MADV_HUGEPAGE);
#endif
  return block;
}

void FreeLarge(void* block, size_t bytes) { ::operator delete(block, AlignmentOf(bytes)); }

}  // namespace zeropoint
