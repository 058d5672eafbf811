// What quantization did to a model: every op and tensor against the float model, the causes of the loss, and what mends
// them.
//
//   auto converter = zeropoint::Converter::FromPath("model.tflite");
//   ... the options of a conversion ...
//   auto report = zeropoint::Debug(*converter);
//   std::puts(report->ToText(10).c_str());
//
// docs/debugging.md walks through one; docs/numerics.md ("What debug measures") defines the figures.
#ifndef ZEROPOINT_DEBUG_H_
#define ZEROPOINT_DEBUG_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "zeropoint/converter.h"
#include "zeropoint/dataset.h"

namespace zeropoint {

// A quantized result of one layer in one sample, while it is there: TensorFlow's layer statistics are made of them.
// After the layers of a sample come the model's outputs, as layers without an op.
struct LayerSight {
  uint64_t sample = 0;
  std::string op;         // empty: an output of the model
  std::string tensor;     // as the float model calls it; of an output, the signature's name for it
  int tensor_index = -1;  // in its subgraph of the quantized model; of an output, its position
  Type type = Type::kFloat32;
  float scale = 0.0f;  // 0: the tensor is not quantized
  int64_t zero_point = 0;
  std::vector<int64_t> shape;
  absl::Span<const float> real;  // the float layer on the operands of the quantized one; of an output, the float model
  absl::Span<const float> quantized;  // what the quantized layer makes of them; of an output, the quantized model
};

struct DebugOptions {
  // What is measured on; empty: the converter's representative_dataset.
  RepresentativeDataset evaluation_dataset;
  // A quantized .tflite to look at, instead of converting: tensors are paired by name, and no mend is measured.
  std::string quantized_path;
  std::string quantized_bytes;  // the same as bytes
  int max_samples = 100;        // more are left out
  int costed_ops = 10;          // ops whose cost at the outputs is measured: those that make the largest errors
  int mended = 5;               // findings whose mend is measured by converting again; 0: no cause is looked for
  std::string path;             // of the model, for the report
  // Called for every quantized layer and every output of every sample, in order, on one thread. What it returns other
  // than OK stops the run and comes back. Null: nobody looks.
  std::function<absl::Status(const LayerSight&)> layers;
};

// Ratios in dB are infinite where there is no error; absent members were not measured.
struct DebugError {
  double sqnr_db = 0.0, cosine = 1.0, mse = 0.0, max_abs_error = 0.0;
};

struct DebugHistogram {
  float min = 0.0f, max = 0.0f;
  std::vector<uint64_t> counts;
};

struct DebugOutput {
  std::string name, tensor;
  int graph = 0;
  DebugError error;
};

struct DebugTensor {
  std::string name;  // unique: the second of two is "name#1"
  int graph = 0;
  std::string op, node;  // that computes it; empty for inputs
  std::string float_name;
  std::string type;
  std::vector<int64_t> shape;
  std::vector<float> scale;
  std::vector<int64_t> zero_point;
  int axis = 0;
  bool compared = false;  // the members below hold
  float float_min = 0.0f, float_max = 0.0f;
  bool has_range = false;  // quantized, with one scale
  float range_min = 0.0f, range_max = 0.0f;
  double clipped = 0.0;
  uint64_t codes_used = 0, codes = 0;
  DebugError error;
  DebugHistogram histogram;
};

struct DebugChannel {
  float min = 0.0f, max = 0.0f, scale = 0.0f;
  double sqnr_db = 0.0;
};

struct DebugWeights {
  std::string name;
  int graph = 0;
  std::string op, node, type;
  std::vector<int64_t> shape;
  int axis = -1;
  double sqnr_db = 0.0;
  std::vector<DebugChannel> channels;
  DebugHistogram histogram;
};

struct DebugSplit {
  double mse = 0.0, sqnr_db = 0.0;
};

struct DebugOp {
  int graph = 0;
  std::string op, name;
  int version = 1;
  bool quantized = false;
  std::string reason;
  std::vector<std::optional<std::string>> inputs;
  std::vector<std::string> outputs;
  std::optional<DebugSplit> total, made, inherited;
  std::optional<double> cost;  // noise / signal, summed over the outputs, when this op alone is quantized
  double share = 0.0;          // of that sum of the quantized model
  int rank = 0;                // by cost, from 1; 0: not measured
};

struct DebugFix {
  enum class Kind : uint8_t { kRecipe, kData };
  Kind kind = Kind::kRecipe;
  std::string line;   // to be copied; of kRecipe: the rules, one JSON object each, separated by ", "
  std::string input;  // kData: whose samples become sample * scale + offset
  bool has_scale = false;
  double scale = 1.0, offset = 0.0;
};

struct DebugFinding {
  std::string cause;  // "outlier-channel", ...
  int graph = 0;
  std::string op, node, tensor;
  std::vector<int64_t> channels;
  std::string text;
  DebugFix fix;
  std::optional<double> sqnr_before_db, sqnr_after_db, recovered;
};

struct DebugReport {
  std::string path, quantized_path, mode;
  uint64_t float_bytes = 0, quantized_bytes = 0, samples = 0, calibration_samples = 0;
  int costed_ops = 0;
  std::vector<DebugOutput> outputs;
  std::vector<DebugTensor> tensors;
  std::vector<DebugWeights> weights;
  std::vector<DebugOp> ops;            // in order of execution
  std::vector<DebugFinding> findings;  // the one whose mend gains most first
  std::vector<std::string> warnings;

  // docs/debug.schema.json.
  std::string ToJson() const;
  // The `top` ops by cost, the findings, and the lines to change.
  std::string ToText(int top = 10) const;
};

// Errors as Converter::Convert, with the sample and the tensor.
absl::StatusOr<DebugReport> Debug(Converter& converter, const DebugOptions& options = {});

}  // namespace zeropoint

#endif  // ZEROPOINT_DEBUG_H_
