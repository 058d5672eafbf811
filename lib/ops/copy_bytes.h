// Copying and clearing what may be empty.
#ifndef ZEROPOINT_OPS_COPY_BYTES_H_
#define ZEROPOINT_OPS_COPY_BYTES_H_

#include <cstddef>
#include <cstring>

namespace zeropoint::ops {

// std::memcpy and std::memset must not be given null even for no bytes, and tensors without elements have no memory.
inline void CopyBytes(void* to, const void* from, size_t bytes) {
  if (bytes != 0) std::memcpy(to, from, bytes);
}
inline void ClearBytes(void* to, size_t bytes) {
  if (bytes != 0) std::memset(to, 0, bytes);
}

}  // namespace zeropoint::ops

#endif  // ZEROPOINT_OPS_COPY_BYTES_H_
