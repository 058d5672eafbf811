// What a conversion decided, op by op and tensor by tensor.
#ifndef ZEROPOINT_REPORT_H_
#define ZEROPOINT_REPORT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "zeropoint/types.h"

namespace zeropoint {

struct TensorReport {
  std::string name;
  std::string type;            // "int8", "float32" ...
  std::vector<int64_t> shape;  // -1 where unknown
  std::vector<float> scale;    // empty: not quantized
  std::vector<int64_t> zero_point;
  int axis = 0;  // of per-axis parameters
  bool is_constant = false;
  bool has_range = false;  // min and max were calibrated
  float min = 0.0f, max = 0.0f;
  int graph = 0;  // the subgraph it stands in
};

struct OpReport {
  std::string op;    // "CONV_2D"
  std::string name;  // where it came from
  int version = 1;
  bool quantized = false;
  std::string reason;  // why it stays float; empty when quantized or when the mode does not apply
  std::string scheme;  // what it was asked to be: "float", "float16", "int8", "int16x8", "dynamic"; empty: added by us
  int rule = -1;       // of the recipe that asked for it, from 0; -1: the mode
  int graph = 0;       // the subgraph it stands in
  std::vector<int> inputs, outputs;  // places in Report::tensors; -1: an absent operand
};

// An op that is not as the target wants it.
struct TargetFinding {
  std::string op, name;
  std::string reason;
  std::string mend;  // what helps; empty when nothing is known to
};

// What the target that was named does with the result.
struct TargetReport {
  std::string name;                     // "tflm"; empty: none was named
  uint64_t ops = 0;                     // of the result, in all graphs
  uint64_t mapped = 0;                  // of them, those that the target runs; accelerators leave the others
  std::vector<TargetFinding> unmapped;  // these others, in order of execution
};

struct ProofOutput {
  std::string name;
  double sqnr = 0;  // signal to noise against the float model, in dB; infinite where they are equal
};

// What the run of the result told, where it was asked for (prove_run).
struct ProofReport {
  bool ran = false;
  std::string note;                  // why it did not; empty when it did, or was not asked for
  std::vector<ProofOutput> outputs;  // those that hold numbers, as many as the float model's
};

struct StageTime {
  std::string stage;
  double seconds = 0.0;  // wall clock
};

struct Report {
  std::string mode;  // "float", "dynamic", "int8", "int8-only", "float16", "int16x8", "int16x8-fallback"; "+recipe"
                     // behind it: with rules
  uint64_t samples = 0;
  uint64_t bytes = 0;  // size of the result
  std::vector<OpReport> ops;
  std::vector<TensorReport> tensors;
  std::vector<StageTime> times;
  std::vector<std::string> warnings;
  TargetReport target;
  ProofReport proof;

  // The whole report; the members are those above (docs/report.schema.json). `times` is left out when `with_times` is
  // false: then the same conversion gives the same text.
  std::string ToJson(bool with_times = true) const;
};

}  // namespace zeropoint

#endif  // ZEROPOINT_REPORT_H_
