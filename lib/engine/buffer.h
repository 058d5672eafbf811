// Memory for tensors and scratch: aligned to a cache line, uninitialised.
#ifndef ZEROPOINT_ENGINE_BUFFER_H_
#define ZEROPOINT_ENGINE_BUFFER_H_

#include <cstddef>
#include <cstdint>
#include <memory>

#include "base/large_memory.h"
#include "base/scratch.h"
#include "ops/op_def.h"

namespace zeropoint::engine {

inline constexpr size_t kAlignment = 64;

class Buffer {
 public:
  Buffer() = default;
  explicit Buffer(size_t size) : data_(static_cast<uint8_t*>(AllocateLarge(size)), Free{nullptr, size}), size_(size) {}

  // For a result that waits for long (base/scratch.h).
  static Buffer ForResult(size_t size) { return Buffer(ScratchMemory(size), size); }

  uint8_t* data() const { return data_.get(); }
  size_t size() const { return size_; }

 private:
  struct Free {
    std::shared_ptr<uint8_t> scratch;  // what the memory is part of; null: it is the buffer's own
    size_t size;
    void operator()(uint8_t* data) const {
      if (scratch == nullptr) FreeLarge(data, size);
    }
  };

  Buffer(std::shared_ptr<uint8_t> scratch, size_t size) : data_(scratch.get(), Free{scratch, size}), size_(size) {}

  std::unique_ptr<uint8_t, Free> data_;
  size_t size_ = 0;
};

class GrowingScratch : public ops::Scratch {
 public:
  void* Get(size_t bytes) override {
    if (bytes > buffer_.size()) {
      buffer_ = Buffer();  // first, so that the old and the new one do not exist together
      buffer_ = Buffer(bytes);
    }
    return buffer_.data();
  }
  size_t bytes() const { return buffer_.size(); }

 private:
  Buffer buffer_;
};

}  // namespace zeropoint::engine

#endif  // ZEROPOINT_ENGINE_BUFFER_H_
