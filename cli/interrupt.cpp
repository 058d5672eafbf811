#include "interrupt.h"

namespace zeropoint::cli {

std::atomic<bool> cancel_requested{false};

extern "C" void RequestCancel(int) { cancel_requested.store(true); }

CancelOnInterrupt::CancelOnInterrupt() {
  struct sigaction action {};
  action.sa_handler = RequestCancel;
  action.sa_flags = SA_RESETHAND;
  ::sigaction(SIGINT, &action, &before_);
}

CancelOnInterrupt::~CancelOnInterrupt() { ::sigaction(SIGINT, &before_, nullptr); }

}  // namespace zeropoint::cli
