// The public face of a status' annotations.
#include <string>

#include "absl/strings/numbers.h"
#include "base/status.h"
#include "zeropoint/converter.h"

namespace zeropoint {

ErrorPlace PlaceOf(const absl::Status& status) {
  ErrorPlace place;
  place.stage = Annotation(status, Place::kStage);
  place.file = Annotation(status, Place::kFile);
  place.signature = Annotation(status, Place::kSignature);
  place.op = Annotation(status, Place::kOp);
  place.node = Annotation(status, Place::kNode);
  place.tensor = Annotation(status, Place::kTensor);
  int64_t sample = 0;
  if (absl::SimpleAtoi(Annotation(status, Place::kSample), &sample)) place.sample = sample;
  return place;
}

std::string DescribeError(const absl::Status& status) { return Describe(status); }

}  // namespace zeropoint
