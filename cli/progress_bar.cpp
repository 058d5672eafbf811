#include "progress_bar.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace zeropoint::cli {
namespace {

constexpr int kBarWidth = 30;
constexpr std::chrono::milliseconds kRedrawInterval{50};  // often enough to look smooth, too rare to cost time
constexpr char kEraseLine[] = "\r\x1b[K";

bool StderrDrawsLines() {
  const char* terminal = std::getenv("TERM");
  return ::isatty(STDERR_FILENO) == 1 && terminal != nullptr && absl::string_view(terminal) != "dumb";
}

}  // namespace

std::string ProgressLine(const ProgressInfo& now) {
  if (now.total == 0) return now.done == 0 ? now.stage : absl::StrCat(now.stage, " ", now.done);
  uint64_t done = std::min(now.done, now.total);
  int filled = static_cast<int>(static_cast<double>(done) / static_cast<double>(now.total) * kBarWidth);
  return absl::StrCat(now.stage, " [", std::string(static_cast<size_t>(filled), '#'),
                      std::string(static_cast<size_t>(kBarWidth - filled), '-'), "] ", done, "/", now.total);
}

ProgressBar::ProgressBar(bool wanted) : enabled_(wanted && StderrDrawsLines()) {}

void ProgressBar::Update(const ProgressInfo& now) {
  if (!enabled_) return;
  Clock::time_point time = Clock::now();
  if (drawn_ && now.stage == stage_ && time - last_ < kRedrawInterval) return;
  stage_ = now.stage;
  last_ = time;
  drawn_ = true;
  std::fprintf(stderr, "%s%s", kEraseLine, ProgressLine(now).c_str());
  std::fflush(stderr);
}

void ProgressBar::Clear() {
  if (!drawn_) return;
  drawn_ = false;
  std::fputs(kEraseLine, stderr);
}

}  // namespace zeropoint::cli
