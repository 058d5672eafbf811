// What the process takes of the machine's memory.
#ifndef ZEROPOINT_BASE_OWN_MEMORY_H_
#define ZEROPOINT_BASE_OWN_MEMORY_H_

#include <cstddef>

namespace zeropoint {

// Bytes in memory that are no file's pages; 0 where the system does not tell. A call costs microseconds.
size_t OwnMemory();

}  // namespace zeropoint

#endif  // ZEROPOINT_BASE_OWN_MEMORY_H_
