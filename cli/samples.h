// The samples of --data, matched to the model's inputs.
//
//   x.npz     one array an input, named as the input, or "signature/input" when the model has several signatures; the
//             first axis counts the samples. Arrays that are no input (labels, say) are left out with a warning. With
//             one signature the name of the input's tensor will do.
//   x.npy     the same for a model with one input.
//   folder    of .npy files: when there is an <input>.npy for every input, one file an input as in an .npz; otherwise
//             one file a sample, in the order of the names, for a model with one input.
// With steps, each sample is a sequence: the second axis counts its steps, the rest is one step's tensor.
// A sample whose rank is one less than the input's gets a leading axis of 1, the batch.
#ifndef ZEROPOINT_CLI_SAMPLES_H_
#define ZEROPOINT_CLI_SAMPLES_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "zeropoint/converter.h"
#include "zeropoint/dataset.h"
#include "zeropoint/evaluate.h"

namespace zeropoint::cli {

struct Samples {
  RepresentativeDataset dataset;
  std::vector<std::string> warnings;
};

// Errors: kNotFound and its like when `path` cannot be read; kInvalidArgument when the samples are no samples of the
// model. Shapes and types are checked by the conversion, which names the sample. `labels` names an array that is known
// to be no input.
absl::StatusOr<Samples> LoadSamples(const std::string& path, const std::vector<SignatureInputs>& signatures,
                                    bool steps = false, const std::string& labels = "");

// The labels of --labels: an .npy or .npz of one array, or the name of an array in `data`. Errors as LoadSamples.
absl::StatusOr<Labels> LoadLabels(const std::string& labels, const std::string& data);

}  // namespace zeropoint::cli

#endif  // ZEROPOINT_CLI_SAMPLES_H_
