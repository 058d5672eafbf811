#include "base/file.h"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>

using namespace zeropoint;
namespace fs = std::filesystem;

namespace {

// A folder that is gone after the test.
struct TemporaryFolder {
  TemporaryFolder() {
    std::string pattern = (fs::temp_directory_path() / "zeropoint.XXXXXX").string();
    path = ::mkdtemp(pattern.data());
  }
  ~TemporaryFolder() { fs::remove_all(path); }
  fs::path path;
};

const std::vector<uint8_t> kBytes = {1, 2, 3, 4};

}  // namespace

TEST_CASE("a written file is there whole, and no temporary file beside it") {
  TemporaryFolder folder;
  std::string file = folder.path / "out.bin";
  REQUIRE(WriteFileAtomically(file, kBytes).ok());
  REQUIRE(std::distance(fs::directory_iterator(folder.path), fs::directory_iterator()) == 1);
  auto mapped = MapFile(file);
  REQUIRE(mapped.ok());
  REQUIRE(std::vector<uint8_t>(mapped->span().begin(), mapped->span().end()) == kBytes);
}

TEST_CASE("a failed write leaves nothing behind") {
  TemporaryFolder folder;
  fs::create_directory(folder.path / "taken");
  fs::create_directory(folder.path / "taken" / "inside");
  REQUIRE_FALSE(WriteFileAtomically(folder.path / "taken", kBytes).ok());
  REQUIRE(std::distance(fs::directory_iterator(folder.path), fs::directory_iterator()) == 1);
}

TEST_CASE("a missing file, a folder and a missing target folder are told apart and named") {
  TemporaryFolder folder;
  auto missing = MapFile(folder.path / "none");
  REQUIRE(missing.status().code() == absl::StatusCode::kNotFound);
  REQUIRE(Annotation(missing.status(), Place::kFile) == (folder.path / "none").string());
  REQUIRE(MapFile(folder.path).status().code() == absl::StatusCode::kFailedPrecondition);
  REQUIRE(WriteFileAtomically(folder.path / "no" / "out", kBytes).code() == absl::StatusCode::kNotFound);
}

TEST_CASE("an empty file maps to no bytes") {
  TemporaryFolder folder;
  std::string file = folder.path / "empty";
  REQUIRE(WriteFileAtomically(file, {}).ok());
  REQUIRE(MapFile(file)->empty());
}

TEST_CASE("a slice shares ownership and must lie inside") {
  absl::StatusOr<Bytes> part;
  {
    Bytes whole = Bytes::Own(kBytes);
    part = Slice(whole, 1, 2);
    REQUIRE_FALSE(Slice(whole, 3, 2).ok());
    REQUIRE_FALSE(Slice(whole, ~size_t{0}, 2).ok());
  }
  REQUIRE(part->data()[1] == 3);
}
