#include "exit_code.h"

#include <cstdio>
#include <string>

#include "absl/strings/str_cat.h"
#include "zeropoint/converter.h"
#include "zeropoint/error.h"

namespace zeropoint::cli {
namespace {

// " (file m.tflite, tensor x, sample 17)"; empty when nothing is known.
std::string PlaceText(const absl::Status& status) {
  ErrorPlace place = PlaceOf(status);
  std::string text;
  auto add = [&](const char* what, const std::string& value) {
    if (!value.empty()) absl::StrAppend(&text, text.empty() ? " (" : ", ", what, " ", value);
  };
  add("file", place.file);
  add("signature", place.signature);
  add("op", place.op);
  add("node", place.node);
  add("tensor", place.tensor);
  if (place.sample >= 0) add("sample", std::to_string(place.sample));
  return text.empty() ? text : text + ")";
}

}  // namespace

const char kExitCodeHelp[] =
    "Exit status:\n"
    "  0   done\n"
    "  2   wrong usage, or options that contradict each other\n"
    "  3   a file or folder is missing, or cannot be read or written\n"
    "  4   not a model, truncated, corrupt, or without the signature asked for\n"
    "  5   the samples do not fit the model, or hold NaN or infinity\n"
    "  6   int8-only or int16x8: operators that cannot be integer (the error lists them)\n"
    "  7   the model asks for something Zeropoint does not have\n"
    "  8   cancelled (Ctrl-C)\n"
    "  9   evaluate: the model is worse than --max-drop or --limit allows\n"
    "  70  a mistake in Zeropoint";

ExitCode ExitCodeOf(const absl::Status& status) {
  switch (KindOf(status)) {
    case ErrorKind::kNone:
      return kSuccess;
    case ErrorKind::kOptions:
      return kUsage;
    case ErrorKind::kData:
      return kBadSamples;
    case ErrorKind::kIo:
      return kIo;
    case ErrorKind::kModel:
      return kBadModel;
    case ErrorKind::kUnsupported:
      return kUnsupported;
    case ErrorKind::kQuantization:
      return kNotQuantizable;
    case ErrorKind::kCancelled:
      return kCancelled;
    case ErrorKind::kMemory:
    case ErrorKind::kInternal:
      return kInternal;
  }
  return kInternal;
}

std::string ErrorText(const absl::Status& status) {
  std::string message(status.message());
  size_t end_of_first_line = message.find('\n');
  if (end_of_first_line == std::string::npos) end_of_first_line = message.size();
  std::string first_line = message.substr(0, end_of_first_line);
  std::string place = PlaceText(status);
  if (!first_line.empty() && first_line.back() == ':') {  // a list follows; the place belongs before its colon
    first_line.pop_back();
    place += ':';
  }
  return absl::StrCat("zeropoint: error: ", first_line, place, message.substr(end_of_first_line));
}

ExitCode ReportError(const absl::Status& status) {
  std::fprintf(stderr, "%s\n", ErrorText(status).c_str());
  return ExitCodeOf(status);
}

ExitCode ReportSamplesError(const absl::Status& status, const std::string& path) {
  ExitCode code = ExitCodeOf(status) == kIo ? kIo : kBadSamples;
  std::fprintf(stderr, "zeropoint: error: %s (file %s)\n", std::string(status.message()).c_str(), path.c_str());
  return code;
}

}  // namespace zeropoint::cli
