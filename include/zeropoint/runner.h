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
  // Of quantized integers: real = scale * (q - zero_point). 0: the elements are the numbers that they are.
  float scale = 0.0f;
  int64_t zero_point = 0;
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

  // Another runner of the same model, with variables of its own, for another thread. Both share the weights.
  Runner Another() const;

  std::vector<SignatureInputs> Signatures() const;
  // Whether the model keeps something from run to run (variables, recurrent states).
  bool HasState() const;

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
