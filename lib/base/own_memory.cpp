#include "base/own_memory.h"

#include <unistd.h>

#include <fstream>

namespace zeropoint {

size_t OwnMemory() {
  // Pages of the address space, of those the resident ones, and of those the ones that belong to files.
  size_t all = 0, resident = 0, shared = 0;
  std::ifstream file("/proc/self/statm");
  if (!(file >> all >> resident >> shared) || resident < shared) return 0;
  return (resident - shared) * static_cast<size_t>(::sysconf(_SC_PAGESIZE));
}

}  // namespace zeropoint
