// Where the models lie that tests may use but the project does not contain.
#ifndef ZEROPOINT_TESTS_SUPPORT_SHARED_H_
#define ZEROPOINT_TESTS_SUPPORT_SHARED_H_

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

namespace zeropoint::test {

// ZEROPOINT_SHARED, or the folder "shared" beside the project. It may not exist: such tests then pass with a warning.
inline std::filesystem::path SharedFolder() {
  const char* set = std::getenv("ZEROPOINT_SHARED");
  return set != nullptr ? std::filesystem::path(set) : std::filesystem::path(ZEROPOINT_SOURCE_DIR) / ".." / "shared";
}

// Every .tflite below the folder of test models, sorted; empty without it.
inline std::vector<std::filesystem::path> SharedTfliteFiles() {
  std::vector<std::filesystem::path> files;
  std::error_code missing;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(SharedFolder() / "zoo", missing)) {
    if (entry.path().extension() == ".tflite") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace zeropoint::test

#endif  // ZEROPOINT_TESTS_SUPPORT_SHARED_H_
