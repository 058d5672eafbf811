// zeropoint report
#ifndef ZEROPOINT_CLI_REPORT_H_
#define ZEROPOINT_CLI_REPORT_H_

#include <string>

#include "exit_code.h"

namespace zeropoint::cli {

// Writes the HTML page of a report's JSON.
ExitCode RunReport(const std::string& json, const std::string& html);

}  // namespace zeropoint::cli

#endif  // ZEROPOINT_CLI_REPORT_H_
