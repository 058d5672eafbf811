// The converter: a TensorFlow SavedModel or a float .tflite in, a LiteRT .tflite out.
//
//   auto converter = zeropoint::Converter::FromSavedModel("mobilenet/");
//   converter->optimizations = {zeropoint::Optimize::kDefault};
//   converter->representative_dataset = dataset;
//   auto result = converter->Convert();            // result->model: the bytes; result->report: what was decided
//
// Names and meanings are those of LiteRT's converter. Mode by options:
//   optimizations empty                                                   float
//   kDefault                                                              dynamic range
//   kDefault + representative_dataset                                     int8 with float fallback
//   ... + supported_ops {kTfliteBuiltinsInt8}                             int8 only
//   kDefault + supported_types {kFloat16}                                 float16
//   kDefault + dataset + supported_ops {kInt16x8}                         16x8 (+ kTfliteBuiltins: float fallback)
#ifndef ZEROPOINT_CONVERTER_H_
#define ZEROPOINT_CONVERTER_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "zeropoint/dataset.h"
#include "zeropoint/report.h"
#include "zeropoint/types.h"

namespace zeropoint {

struct SavedModelOptions {
  std::vector<std::string> signature_keys;  // empty: "serving_default", or the only one
  std::vector<std::string> tags;            // empty: {"serve"}
};

struct TargetSpec {
  std::vector<OpsSet> supported_ops = {OpsSet::kTfliteBuiltins};
  std::vector<Type> supported_types;  // {kFloat16}, {kInt8} or empty
};

struct ProgressInfo {
  std::string stage;  // "optimize", "calibrate", "quantize", "write", "prove"
  uint64_t done = 0;
  uint64_t total = 0;  // 0: unknown
};

struct Conversion {
  std::vector<uint8_t> model;  // the .tflite
  Report report;
};

struct InputInfo {
  std::string name;  // the signature's input name
  Type type = Type::kFloat32;
  std::vector<int64_t> shape;  // -1 where unknown
  std::string tensor;          // the graph's name for it; samples may use it as well
  // Of a quantized input: real = scale * (q - zero_point). 0: it takes numbers as they are.
  float scale = 0.0f;
  int64_t zero_point = 0;
};

struct SignatureInputs {
  std::string key;
  std::vector<InputInfo> inputs;
  std::vector<std::string> outputs;  // the signature's result names
};

// Where an error happened; empty members are unknown. From the status of any call below.
struct ErrorPlace {
  std::string stage, file, signature, op, node, tensor;
  int64_t sample = -1;
};
ErrorPlace PlaceOf(const absl::Status& status);
// Message and place in one line.
std::string DescribeError(const absl::Status& status);

// What the user asks for; the members of Converter.
struct ConverterOptions {
  std::vector<Optimize> optimizations;
  RepresentativeDataset representative_dataset;
  TargetSpec target_spec;
  Type inference_input_type = Type::kFloat32;  // kFloat32, kInt8, kUInt8 or kInt16
  Type inference_output_type = Type::kFloat32;
  bool per_channel = true;        // false: weights quantized per tensor
  bool per_channel_dense = true;  // false: FULLY_CONNECTED weights per tensor
  Calibration calibration = Calibration::kTensorFlow;
  SampleState sample_state = SampleState::kCarry;  // no matter to models without variables
  bool trained_ranges = true;                      // false: FakeQuant nodes are operators like others
  // What parts of the model shall be: a recipe's JSON, or the path of its file (docs/recipes.md). Empty: none. What it
  // states takes the place of the options above.
  std::string recipe;
  // What shall run the result: "tflm", "litert-1.4" ... (docs/targets.md; Targets() lists them); empty: the newest
  // LiteRT that we know. Forms that it has no kernel for are not used, and an op that it cannot run in any form is an
  // error that lists all of them (kFailedPrecondition). An accelerator leaves such ops to the runtime beside it: a
  // warning.
  std::string target;
  // The same for LiteRT alone: "1.4" is target "litert-1.4". Not beside a target.
  std::string target_litert;
  // Ops without an integer kernel become integer ops: a table of the function's values, or ops that compute the same.
  bool integer_only_rewrite = false;
  // Resource variables hold int8 where what reads and assigns them is int8. Always so in int8-only; in 16x8 they always
  // hold int16.
  bool variable_quantization = false;
  // SavedModels: every LSTM layer of a fixed batch size that starts from zeros becomes one
  // UNIDIRECTIONAL_SEQUENCE_LSTM. false: as in TensorFlow, only those of tf_keras; others stay loops. LiteRT's op keeps
  // its state from one invocation to the next until the interpreter's variables are reset; the loop does not.
  bool fuse_lstm = false;
  // SavedModels: TensorFlow's ops that have no LiteRT form become custom ops under TensorFlow's names, with their
  // attributes as a FlexBuffer map; the application brings the kernels. Not in modes that run the model to calibrate
  // it. false: an error that lists them. Custom ops of a .tflite are kept in any case.
  bool allow_custom_ops = false;
  // Runs the result once, on the first representative sample or on made-up inputs, and compares it with the float
  // model; the report says how near it is. A result that holds NaN or infinity where the float model does not is an
  // error. That the bytes are what was meant is checked in any case.
  bool prove_run = false;
  // Puts the float form of every quantized op beside it, with an op "NumericVerify" that yields the difference, as
  // TensorFlow's debug models have it: for looking at, not for shipping. The report is that of the model without.
  bool instrument = false;
  int threads = 0;                                                // 0: as many as the machine has
  // Bytes that calibration may take for packed weights, activations and samples in work; 0: no limit. Fewer threads
  // work where they do not fit, then weights are packed for each run of an op, and where that is not enough, the error
  // (kResourceExhausted) tells the least that would do. The program itself and mapped files come on top. The result
  // does not depend on it.
  uint64_t max_memory = 0;
  std::function<bool(const ProgressInfo&)> progress;              // false cancels
  std::function<void(int severity, absl::string_view text)> log;  // 0 debug, 1 info, 2 warning
  std::vector<std::string> disabled_passes;
};

struct DebugOptions;
struct DebugReport;

// One thread at a time, but for Cancel(). Movable.
class Converter : public ConverterOptions {
 public:
  // Errors: kNotFound, kInvalidArgument (not a model; a signature it does not have), kDataLoss (truncated or corrupt),
  // kUnimplemented (something we cannot read yet; the message names it).
  static absl::StatusOr<Converter> FromSavedModel(const std::string& folder, const SavedModelOptions& options = {});
  static absl::StatusOr<Converter> FromTflite(const std::string& path);
  static absl::StatusOr<Converter> FromTfliteBytes(absl::string_view bytes);
  // A folder is a SavedModel, anything else a .tflite.
  static absl::StatusOr<Converter> FromPath(const std::string& path, const SavedModelOptions& options = {});

  Converter(Converter&&) noexcept;
  Converter& operator=(Converter&&) noexcept;
  ~Converter();

  // What the model asks for, after import.
  std::vector<SignatureInputs> Signatures() const;

  // The model has FakeQuant nodes (or QUANTIZE and DEQUANTIZE pairs) that tell ranges: modes that quantize activations
  // can do without a representative_dataset where all are told.
  bool HasTrainedRanges() const;

  // The same options and data give the same bytes, on any number of threads.
  // Errors: kInvalidArgument (options that contradict each other, samples that do not fit), kFailedPrecondition (strict
  // mode: every op that cannot be integer, one a line), kCancelled, kUnimplemented, kInternal (our mistake).
  absl::StatusOr<Conversion> Convert();
  // Convert() and an atomic write: on error `path` is as it was.
  absl::StatusOr<Report> ConvertToFile(const std::string& path);
  // Makes a running Convert() return kCancelled soon. From any thread.
  void Cancel();

 private:
  friend absl::StatusOr<DebugReport> Debug(Converter& converter, const DebugOptions& options);  // zeropoint/debug.h
  struct State;
  explicit Converter(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace zeropoint

#endif  // ZEROPOINT_CONVERTER_H_
