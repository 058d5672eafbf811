// Memory for large results that wait for long: weights that were transposed or scaled until they are written.
#ifndef ZEROPOINT_BASE_SCRATCH_H_
#define ZEROPOINT_BASE_SCRATCH_H_

#include <cstddef>
#include <cstdint>
#include <memory>

namespace zeropoint {

// Uninitialised or zero, aligned to a cache line. A large one is the mapping of a temporary file without a name (in
// $TMPDIR, else /var/tmp), so that the system may move it out of memory like the pages of the model it came from; where
// no such file can be made, and for small ones, it is ordinary memory.
std::shared_ptr<uint8_t> ScratchMemory(size_t size);

}  // namespace zeropoint

#endif  // ZEROPOINT_BASE_SCRATCH_H_
