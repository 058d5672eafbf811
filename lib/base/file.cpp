#include "base/file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "absl/strings/str_cat.h"

namespace zeropoint {
namespace {

absl::Status SystemError(int error, absl::string_view doing, const std::string& path) {
  std::string text = absl::StrCat(doing, " '", path, "': ", std::strerror(error));
  absl::Status status;
  switch (error) {
    case ENOENT:
    case ENOTDIR:
      status = absl::NotFoundError(text);
      break;
    case EACCES:
    case EPERM:
      status = absl::PermissionDeniedError(text);
      break;
    default:
      status = absl::UnavailableError(text);
  }
  return Annotate(status, Place::kFile, path);
}

// A file descriptor that closes itself.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() { Close(); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }
  int Close() {
    int result = fd_ >= 0 ? ::close(fd_) : 0;
    fd_ = -1;
    return result;
  }

 private:
  int fd_;
};

absl::Status WriteAll(int fd, absl::Span<const uint8_t> contents, const std::string& path) {
  while (!contents.empty()) {
    ssize_t written = ::write(fd, contents.data(), contents.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return SystemError(errno, "writing", path);
    contents.remove_prefix(static_cast<size_t>(written));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Bytes> MapFile(const std::string& path) {
  Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) return SystemError(errno, "opening", path);
  struct stat info;
  if (::fstat(file.get(), &info) != 0) return SystemError(errno, "reading", path);
  if (S_ISDIR(info.st_mode)) {
    return Annotate(absl::FailedPreconditionError(absl::StrCat("'", path, "' is a folder, not a file")), Place::kFile,
                    path);
  }
  size_t size = static_cast<size_t>(info.st_size);
  if (size == 0) return Bytes();  // an empty mapping is an error to mmap, an empty file is none to us
  void* address = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.get(), 0);
  if (address == MAP_FAILED) return SystemError(errno, "mapping", path);
  std::shared_ptr<const void> owner(address, [size](const void* p) { ::munmap(const_cast<void*>(p), size); });
  return Bytes(owner, static_cast<const uint8_t*>(address), size);
}

absl::StatusOr<Bytes> Slice(const Bytes& bytes, size_t offset, size_t size) {
  if (offset > bytes.size() || size > bytes.size() - offset) {
    return absl::OutOfRangeError(absl::StrCat("bytes ", offset, " to ", offset, "+", size, " lie outside the ",
                                              bytes.size(), " bytes there are"));
  }
  auto owner = std::make_shared<const Bytes>(bytes);
  return Bytes(owner, bytes.data() + offset, size);
}

std::vector<uint8_t> Joined(absl::Span<const Bytes> parts) {
  size_t size = 0;
  for (const Bytes& part : parts) size += part.size();
  std::vector<uint8_t> whole;
  whole.reserve(size);
  for (const Bytes& part : parts) whole.insert(whole.end(), part.data(), part.data() + part.size());
  return whole;
}

absl::Status WriteFileAtomically(const std::string& path, absl::Span<const uint8_t> contents) {
  const Bytes whole(nullptr, contents.data(), contents.size());
  return WritePartsAtomically(path, absl::MakeConstSpan(&whole, 1));
}

absl::Status WritePartsAtomically(const std::string& path, absl::Span<const Bytes> parts, const CheckWritten& check) {
  std::string temporary = absl::StrCat(path, ".XXXXXX");
  Descriptor file(::mkstemp(temporary.data()));
  if (file.get() < 0) return SystemError(errno, "creating a temporary file beside", path);
  absl::Status status;
  for (size_t i = 0; i < parts.size() && status.ok(); ++i) status = WriteAll(file.get(), parts[i].span(), path);
  // mkstemp makes the file private to its owner; the result gets the permissions an ordinary new file has.
  mode_t mask = ::umask(0);
  ::umask(mask);
  if (status.ok() && ::fchmod(file.get(), 0666 & ~mask) != 0)
    status = SystemError(errno, "setting permissions of", path);
  if (status.ok() && file.Close() != 0) status = SystemError(errno, "closing", path);
  if (status.ok() && check) status = check(temporary);
  if (status.ok() && ::rename(temporary.c_str(), path.c_str()) != 0) status = SystemError(errno, "renaming to", path);
  if (!status.ok()) ::unlink(temporary.c_str());
  return status;
}

}  // namespace zeropoint
