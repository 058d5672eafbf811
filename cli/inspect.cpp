#include "inspect.h"

#include <cstdio>

#include "absl/status/statusor.h"
#include "zeropoint/model.h"

namespace zeropoint::cli {

ExitCode RunInspect(const std::string& path, bool json) {
  absl::StatusOr<ModelInfo> model = ModelInfo::FromFile(path);
  if (!model.ok()) return ReportError(model.status());
  std::string text = json ? model->ToJson() : model->ToText();
  if (text.empty() || text.back() != '\n') text += '\n';
  std::fwrite(text.data(), 1, text.size(), stdout);
  return kSuccess;
}

}  // namespace zeropoint::cli
