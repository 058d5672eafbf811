// Runs the zeropoint command as a user does.
#ifndef ZEROPOINT_TESTS_CLI_RUN_COMMAND_H_
#define ZEROPOINT_TESTS_CLI_RUN_COMMAND_H_

#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace zeropoint::cli {

struct Outcome {
  int code = -1;  // negative: the signal that ended it
  std::string out, err;
};

// A folder of its own that goes away with the object.
class Scratch {
 public:
  Scratch() {
    std::string pattern = (std::filesystem::temp_directory_path() / "zeropoint-cli-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  ~Scratch() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  std::string operator/(const std::string& name) const { return (path_ / name).string(); }
  const std::filesystem::path& path() const { return path_; }
  // Names of the files in it.
  size_t files() const {
    size_t count = 0;
    for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(path_)) ++count;
    return count;
  }

 private:
  std::filesystem::path path_;
};

inline std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

inline void WriteFile(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

// `arguments` is shell text; `wrapper` a command that runs ours.
inline Outcome Run(const std::string& arguments, const std::string& wrapper = "") {
  Scratch scratch;
  std::string command = wrapper + " " ZEROPOINT_COMMAND " " + arguments + " >" + scratch / "out" + " 2>" +
                        scratch / "err" + " </dev/null";
  int status = std::system(command.c_str());
  Outcome outcome;
  outcome.code = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  outcome.out = ReadFile(scratch / "out");
  outcome.err = ReadFile(scratch / "err");
  return outcome;
}

inline std::string Tiny(const std::string& name) { return ZEROPOINT_SOURCE_DIR "/tests/data/tiny/" + name; }

}  // namespace zeropoint::cli

#endif  // ZEROPOINT_TESTS_CLI_RUN_COMMAND_H_
