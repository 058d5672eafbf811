// A TensorFlow SavedModel folder to a model of "tf.*" nodes.
#ifndef ZEROPOINT_FORMATS_SAVED_MODEL_SAVED_MODEL_H_
#define ZEROPOINT_FORMATS_SAVED_MODEL_SAVED_MODEL_H_

#include <string>
#include <vector>

#include "base/status.h"
#include "ir/graph.h"

namespace zeropoint::formats::saved_model {

struct ReadOptions {
  std::vector<std::string> signature_keys;  // empty: "serving_default", or the only one there is
  std::vector<std::string> tags;            // empty: {"serve"}
};

// One graph per signature, function calls inlined, read-only variables as constants that are slices of the mapped
// variables file (crc checked), TF attributes with their defaults filled in. Graph inputs are named
// "<signature>_<argument>:0" after the placeholder, outputs after the call's results; signatures carry the user's names.
// Errors: kNotFound (folder, saved_model.pb, variables), kInvalidArgument (not a SavedModel; a signature or tag it does
// not have, with those it has), kDataLoss (crc, truncation), kUnimplemented (control flow v1, ...).
absl::StatusOr<ir::Model> Read(const std::string& folder, const ReadOptions& options);

}  // namespace zeropoint::formats::saved_model

#endif  // ZEROPOINT_FORMATS_SAVED_MODEL_SAVED_MODEL_H_
