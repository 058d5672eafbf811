// Errors that name what went wrong: absl::Status plus the place (stage, file, node, tensor, sample) as annotations.
//
// User input never asserts; it returns a status. A lower layer's message is annotated on the way up, never replaced:
// an annotation that is already set stays. Thread-safe as absl::Status is: values may be copied between threads.
#ifndef ZEROPOINT_BASE_STATUS_H_
#define ZEROPOINT_BASE_STATUS_H_

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace zeropoint {

// What an annotation says about the place of an error.
enum class Place { kStage, kFile, kNode, kOp, kTensor, kSample, kSignature };

// Returns `status` with the annotation set, unless it is OK or has that annotation already.
absl::Status Annotate(absl::Status status, Place place, absl::string_view value);

// The annotation's value; empty when absent.
std::string Annotation(const absl::Status& status, Place place);

// The message followed by its annotations, for one line of text:
// "shape [1,2] does not match ... (file m.tflite, node conv1, tensor x, sample 17)".
std::string Describe(const absl::Status& status);

}  // namespace zeropoint

#define ZP_CONCAT_INNER_(a, b) a##b
#define ZP_CONCAT_(a, b) ZP_CONCAT_INNER_(a, b)

// Returns the status of `expression` from the enclosing function when it is not OK.
#define ZP_RETURN_IF_ERROR(expression)       \
  do {                                       \
    absl::Status zp_status_ = (expression);  \
    if (!zp_status_.ok()) return zp_status_; \
  } while (false)

// Assigns the value of a StatusOr expression, or returns its status.
#define ZP_ASSIGN_OR_RETURN(declaration, expression) \
  ZP_ASSIGN_OR_RETURN_(ZP_CONCAT_(zp_statusor_, __LINE__), declaration, expression)
#define ZP_ASSIGN_OR_RETURN_(holder, declaration, expression) \
  auto holder = (expression);                                 \
  if (!holder.ok()) return std::move(holder).status();        \
  declaration = *std::move(holder)

#endif  // ZEROPOINT_BASE_STATUS_H_
