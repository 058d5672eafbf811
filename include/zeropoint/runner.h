// Runs a .tflite on samples: float, quantized, or mixed models, with the arithmetic of LiteRT's reference kernels.
#ifndef ZEROPOINT_RUNNER_H_
#define ZEROPOINT_RUNNER_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "zeropoint/converter.h"
#include "zeropoint/dataset.h"

namespace zeropoint {

// One result, owned.
struct Tensor {
  std::string name;
  Type type = Type::kFloat32;
  std::vector<int64_t> shape;
  std::vector<uint8_t> data;  // row-major, packed
};

// Movable, not copyable; for one thread at a time.
class Runner {
 public:
  // Errors: those of Converter::FromTflite; kUnimplemented names an op without a kernel for its types.
  static absl::StatusOr<Runner> FromFile(const std::string& path);
  static absl::StatusOr<Runner> FromBytes(absl::string_view bytes);
  Runner(Runner&&) noexcept;
  Runner& operator=(Runner&&) noexcept;
  ~Runner();

  std::vector<SignatureInputs> Signatures() const;

  // The results of one signature, in its order and with its names. Variables stay from run to run.
  // Errors: kInvalidArgument for a sample that does not fit.
  absl::StatusOr<std::vector<Tensor>> Run(const SampleView& sample);
  // Called with every tensor of the main graph that a node computes, under the name it has in the file; valid during
  // the call. Null: nobody looks.
  std::function<void(const TensorView&)> observer;
  // Variables become what they were before the first run.
  void ResetState();

 private:
  struct State;
  explicit Runner(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace zeropoint

#endif  // ZEROPOINT_RUNNER_H_
