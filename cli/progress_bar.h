// One line on a terminal that shows how far the conversion is.
#ifndef ZEROPOINT_CLI_PROGRESS_BAR_H_
#define ZEROPOINT_CLI_PROGRESS_BAR_H_

#include <chrono>
#include <string>

#include "zeropoint/converter.h"

namespace zeropoint::cli {

// Draws on stderr when that is a terminal; otherwise does nothing.
class ProgressBar {
 public:
  explicit ProgressBar(bool wanted);
  ~ProgressBar() { Clear(); }
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  void Update(const ProgressInfo& now);
  // Takes the line away, so that a message can be written.
  void Clear();

 private:
  using Clock = std::chrono::steady_clock;

  bool enabled_;
  bool drawn_ = false;
  std::string stage_;
  Clock::time_point last_;
};

// "calibrate [#####-----] 50/100"; without a total the stage alone.
std::string ProgressLine(const ProgressInfo& now);

}  // namespace zeropoint::cli

#endif  // ZEROPOINT_CLI_PROGRESS_BAR_H_
