#include "run.h"

#include <cstdio>
#include <fstream>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "npy.h"
#include "samples.h"
#include "zeropoint/runner.h"

namespace zeropoint::cli {
namespace {

// The results of all samples under one name, one after the other.
struct Collected {
  Type type = Type::kFloat32;
  std::vector<int64_t> shape;  // of one sample
  int64_t samples = 0;
  std::string data;
};

class Results {
 public:
  absl::Status Add(const std::string& name, Type type, const std::vector<int64_t>& shape, const void* data,
                   size_t bytes) {
    Collected& all = results_[name];
    if (all.samples == 0) {
      all.type = type;
      all.shape = shape;
    }
    if (all.type != type || all.shape != shape) {
      return absl::InvalidArgumentError(absl::StrCat("'", name, "' has another shape in sample ", all.samples,
                                                     ": one array cannot hold both; run such samples apart"));
    }
    ++all.samples;
    all.data.append(static_cast<const char*>(data), bytes);
    return absl::OkStatus();
  }

  absl::StatusOr<std::string> ToNpz() const {
    std::vector<Array> arrays;
    for (const auto& [name, all] : results_) {
      Array array;
      array.name = name;
      array.type = all.type;
      array.shape = {all.samples};
      array.shape.insert(array.shape.end(), all.shape.begin(), all.shape.end());
      array.data.bytes = all.data;
      arrays.push_back(std::move(array));
    }
    return WriteNpz(arrays);
  }

 private:
  std::map<std::string, Collected> results_;
};

absl::Status RunSamples(const RunOptions& options, const RepresentativeDataset& samples, bool several, Runner& runner,
                        Results& results) {
  SampleView sample;
  while (true) {
    sample = {};
    absl::StatusOr<bool> more = samples.next()(sample);
    if (!more.ok()) return more.status();
    if (!*more) return absl::OkStatus();
    const std::string prefix = several ? absl::StrCat(sample.signature, "/") : "";
    if (options.reset_state && !sample.continues) runner.ResetState();
    absl::Status added;
    std::map<std::string, int> seen;
    if (options.tensors) {
      runner.observer = [&](const TensorView& tensor) {
        const int before = seen[tensor.name]++;
        const std::string name = before == 0 ? tensor.name : absl::StrCat(tensor.name, "#", before);
        if (added.ok()) added = results.Add(prefix + name, tensor.type, tensor.shape, tensor.data, tensor.bytes);
      };
    }
    absl::StatusOr<std::vector<Tensor>> outputs = runner.Run(sample);
    runner.observer = nullptr;
    if (!outputs.ok()) return outputs.status();
    for (const Tensor& tensor : *outputs) {
      if (added.ok() && !options.tensors) {
        added = results.Add(prefix + tensor.name, tensor.type, tensor.shape, tensor.data.data(), tensor.data.size());
      }
    }
    if (!added.ok()) return added;
  }
}

ExitCode CannotUse(const absl::Status& status, const std::string& path, ExitCode code) {
  std::fprintf(stderr, "zeropoint: error: %s (file %s)\n", std::string(status.message()).c_str(), path.c_str());
  return code;
}

}  // namespace

ExitCode RunModel(const RunOptions& options) {
  absl::StatusOr<Runner> runner = Runner::FromFile(options.model);
  if (!runner.ok()) return ReportError(runner.status());
  const std::vector<SignatureInputs> signatures = runner->Signatures();
  absl::StatusOr<Samples> samples = LoadSamples(options.data, signatures, options.steps);
  if (!samples.ok()) {
    return CannotUse(samples.status(), options.data, ExitCodeOf(samples.status()) == kIo ? kIo : kBadSamples);
  }
  for (const std::string& warning : samples->warnings) {
    std::fprintf(stderr, "zeropoint: warning: %s\n", warning.c_str());
  }
  Results results;
  absl::Status ran = RunSamples(options, samples->dataset, signatures.size() > 1, *runner, results);
  if (!ran.ok()) return ReportError(ran);
  absl::StatusOr<std::string> npz = results.ToNpz();
  if (!npz.ok()) return ReportError(npz.status());
  std::ofstream file(options.output, std::ios::binary);
  file.write(npz->data(), static_cast<std::streamsize>(npz->size()));
  file.close();
  if (!file) return CannotUse(absl::UnavailableError("cannot be written"), options.output, kIo);
  return kSuccess;
}

}  // namespace zeropoint::cli
