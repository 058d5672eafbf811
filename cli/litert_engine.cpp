#include "litert_engine.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "litert_program.h"
#include "nlohmann/json.hpp"

extern char** environ;

namespace zeropoint::cli {
namespace {

using Json = nlohmann::json;

absl::Status Ended() { return absl::UnavailableError("the Python process that runs LiteRT has ended"); }

// A pipe whose ends are closed in processes that are started later.
struct Pipe {
  int read = -1, write = -1;

  bool Open() {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) return false;
    read = ends[0];
    write = ends[1];
    return true;
  }
};

// Starts `python -c program` in a process group of its own, so that Ctrl-C reaches this process alone. 0 or an errno.
int Spawn(const std::string& python, const Pipe& requests, const Pipe& answers, pid_t& process) {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_init(&actions);
  posix_spawnattr_init(&attributes);
  posix_spawn_file_actions_adddup2(&actions, requests.read, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, answers.write, STDOUT_FILENO);
  // The interpreter tells on stderr which delegate it takes.
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
  std::string program = python, option = "-c", text = kLitertProgram;
  std::array<char*, 4> arguments = {program.data(), option.data(), text.data(), nullptr};
  const int error = posix_spawnp(&process, python.c_str(), &actions, &attributes, arguments.data(), environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  return error;
}

bool Write(FILE* file, const void* data, size_t size) { return size == 0 || std::fwrite(data, 1, size, file) == size; }

}  // namespace

absl::StatusOr<std::unique_ptr<LitertEngine>> LitertEngine::Start(const std::string& python) {
  signal(SIGPIPE, SIG_IGN);  // a process that has ended is an error to report, not the end of this one
  Pipe requests, answers;
  pid_t process = 0;
  const bool opened = requests.Open() && answers.Open();
  const int error = opened ? Spawn(python, requests, answers, process) : errno;
  if (requests.read >= 0) close(requests.read);
  if (answers.write >= 0) close(answers.write);
  if (error != 0) {
    if (requests.write >= 0) close(requests.write);
    if (answers.read >= 0) close(answers.read);
    return absl::UnimplementedError(
        absl::StrCat("the engine 'litert' needs Python; '", python, "' cannot be started: ", std::strerror(error)));
  }
  std::unique_ptr<LitertEngine> engine(
      new LitertEngine(process, fdopen(requests.write, "wb"), fdopen(answers.read, "rb")));
  const absl::StatusOr<std::string> line = engine->ReadLine();
  if (!line.ok()) return absl::UnimplementedError(absl::StrCat("'", python, "' cannot run LiteRT: it ended at once"));
  const Json hello = Json::parse(*line, nullptr, /*allow_exceptions=*/false);
  if (!hello.is_object()) return absl::UnimplementedError(absl::StrCat("'", python, "' is no Python"));
  if (hello.contains("error")) return absl::UnimplementedError(hello["error"].get<std::string>());
  engine->name_ = hello.value("engine", "");
  return engine;
}

LitertEngine::~LitertEngine() {
  std::fclose(requests_);  // the end of its input ends the process
  std::fclose(answers_);
  waitpid(process_, nullptr, 0);
}

absl::StatusOr<std::string> LitertEngine::ReadLine() {
  char* text = nullptr;
  size_t capacity = 0;
  const ssize_t size = getline(&text, &capacity, answers_);
  const std::string line(text == nullptr || size < 0 ? "" : text, size < 0 ? 0 : static_cast<size_t>(size));
  std::free(text);
  if (line.empty()) return Ended();
  return line;
}

absl::Status LitertEngine::Send(uint64_t model, absl::string_view tflite, const SampleView& sample) {
  const bool known = !known_.insert(model).second;
  Json request = {{"model", model},
                  {"content", known ? 0 : tflite.size()},
                  {"signature", sample.signature},
                  {"tensors", Json::array()}};
  for (const TensorView& tensor : sample.tensors) {
    request["tensors"].push_back({{"name", std::string(tensor.name)},
                                  {"type", static_cast<int>(tensor.type)},
                                  {"shape", tensor.shape},
                                  {"bytes", tensor.bytes}});
  }
  const std::string header = absl::StrCat(request.dump(), "\n");
  bool written = Write(requests_, header.data(), header.size());
  if (!known) written = written && Write(requests_, tflite.data(), tflite.size());
  for (const TensorView& tensor : sample.tensors) written = written && Write(requests_, tensor.data, tensor.bytes);
  return written && std::fflush(requests_) == 0 ? absl::OkStatus() : Ended();
}

absl::StatusOr<RunResult> LitertEngine::Receive() {
  absl::StatusOr<std::string> line = ReadLine();
  if (!line.ok()) return line.status();
  const Json answer = Json::parse(*line, nullptr, /*allow_exceptions=*/false);
  if (!answer.is_object()) return Ended();
  if (answer.contains("error")) return absl::InvalidArgumentError(answer["error"].get<std::string>());
  RunResult result;
  result.seconds = answer["seconds"].get<double>();
  for (const Json& told : answer["tensors"]) {
    Tensor tensor;
    tensor.name = told["name"].get<std::string>();
    tensor.type = static_cast<Type>(told["type"].get<int>());
    tensor.shape = told["shape"].get<std::vector<int64_t>>();
    tensor.data.resize(told["bytes"].get<size_t>());
    const size_t size = tensor.data.size();
    if (size > 0 && std::fread(tensor.data.data(), 1, size, answers_) != size) return Ended();
    result.tensors.push_back(std::move(tensor));
  }
  return result;
}

absl::StatusOr<RunResult> LitertEngine::Run(uint64_t model, absl::string_view tflite, const SampleView& sample) {
  const absl::Status sent = Send(model, tflite, sample);
  if (!sent.ok()) return sent;
  return Receive();
}

}  // namespace zeropoint::cli
