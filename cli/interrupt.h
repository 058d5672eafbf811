// Ctrl-C while the library works: the first asks it to stop, the second ends the program as usual.
#ifndef ZEROPOINT_CLI_INTERRUPT_H_
#define ZEROPOINT_CLI_INTERRUPT_H_

#include <signal.h>

#include <atomic>

namespace zeropoint::cli {

// Set by the first Ctrl-C under a CancelOnInterrupt.
extern std::atomic<bool> cancel_requested;

class CancelOnInterrupt {
 public:
  CancelOnInterrupt();
  ~CancelOnInterrupt();
  CancelOnInterrupt(const CancelOnInterrupt&) = delete;
  CancelOnInterrupt& operator=(const CancelOnInterrupt&) = delete;

 private:
  struct sigaction before_ {};
};

}  // namespace zeropoint::cli

#endif  // ZEROPOINT_CLI_INTERRUPT_H_
