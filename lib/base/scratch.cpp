#include "base/scratch.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>
#include <new>
#include <string>

namespace zeropoint {
namespace {

constexpr size_t kAlignment = 64;
// From here on a file's few system calls do not matter beside making the elements.
constexpr size_t kLeastForFile = size_t{1} << 20;

std::string Folder() {
  const char* folder = std::getenv("TMPDIR");
  return folder != nullptr && *folder != '\0' ? folder : "/var/tmp";  // by convention on disk, which /tmp need not be
}

// A file that goes when its descriptor and mappings do; -1 when it cannot be made.
int NamelessFile() {
  std::string path = Folder() + "/zeropoint.XXXXXX";
  const int file = ::mkstemp(path.data());
  if (file >= 0) ::unlink(path.c_str());
  return file;
}

void* MapNamelessFile(size_t size) {
  const int file = NamelessFile();
  if (file < 0) return nullptr;
  void* address = MAP_FAILED;
  // Reserved at once: a disk that becomes full later would kill the process when it writes to the mapping.
  if (::fallocate(file, 0, 0, static_cast<off_t>(size)) == 0) {
    address = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  }
  ::close(file);
  return address == MAP_FAILED ? nullptr : address;
}

}  // namespace

std::shared_ptr<uint8_t> ScratchMemory(size_t size) {
  if (size >= kLeastForFile) {
    if (auto* mapped = static_cast<uint8_t*>(MapNamelessFile(size))) {
      return std::shared_ptr<uint8_t>(mapped, [size](uint8_t* data) { ::munmap(data, size); });
    }
  }
  auto* data = static_cast<uint8_t*>(::operator new(size == 0 ? 1 : size, std::align_val_t(kAlignment)));
  return std::shared_ptr<uint8_t>(data, [](uint8_t* p) { ::operator delete(p, std::align_val_t(kAlignment)); });
}

}  // namespace zeropoint
