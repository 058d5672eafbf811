// KindOf: absl's code together with the stage that the error came from.
#include <string>

#include "base/status.h"
#include "pipeline/recipe.h"
#include "pipeline/subject.h"
#include "zeropoint/error.h"

namespace zeropoint {
namespace {

// The user's input was refused: which input, follows from the stage.
ErrorKind KindOfRefusal(const absl::Status& status) {
  std::string stage = Annotation(status, Place::kStage);
  if (stage == pipeline::kOptionsStage) return ErrorKind::kOptions;
  if (stage == "import") return ErrorKind::kModel;
  if (stage == "calibrate" || stage == pipeline::kEvaluateStage || !Annotation(status, Place::kSample).empty())
    return ErrorKind::kData;
  // Options are checked before the first stage starts; an error that names a part of the model is not about them.
  bool about_model = !Annotation(status, Place::kTensor).empty() || !Annotation(status, Place::kNode).empty();
  return stage.empty() && !about_model ? ErrorKind::kOptions : ErrorKind::kModel;
}

ErrorKind KindOfFailedPrecondition(const absl::Status& status) {
  std::string stage = Annotation(status, Place::kStage);
  if (stage == "import") return ErrorKind::kIo;  // a folder where a file was expected
  return stage == "calibrate" ? ErrorKind::kData : ErrorKind::kQuantization;
}

}  // namespace

ErrorKind KindOf(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kOk:
      return ErrorKind::kNone;
    case absl::StatusCode::kCancelled:
      return ErrorKind::kCancelled;
    case absl::StatusCode::kUnimplemented:
      return ErrorKind::kUnsupported;
    case absl::StatusCode::kResourceExhausted:
      return ErrorKind::kMemory;
    case absl::StatusCode::kNotFound:
    case absl::StatusCode::kPermissionDenied:
    case absl::StatusCode::kAlreadyExists:
    case absl::StatusCode::kUnavailable:
      return ErrorKind::kIo;
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kOutOfRange:
    case absl::StatusCode::kDataLoss:
      return KindOfRefusal(status);
    case absl::StatusCode::kFailedPrecondition:
      return KindOfFailedPrecondition(status);
    default:
      return ErrorKind::kInternal;
  }
}

}  // namespace zeropoint
