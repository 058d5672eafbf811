// The debugger: opens models, runs them side by side, and converts again with what might mend a loss.
#ifndef ZEROPOINT_PIPELINE_DEBUG_H_
#define ZEROPOINT_PIPELINE_DEBUG_H_

#include <atomic>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/context.h"
#include "base/status.h"
#include "evaluate/compare.h"
#include "ir/graph.h"
#include "ir/statistics.h"
#include "pipeline/stages.h"
#include "zeropoint/debug.h"

namespace zeropoint::pipeline {

struct DebugSource {
  const ir::Model& model;  // as imported
  bool from_tensorflow;
  std::atomic<bool>& cancelled;
};

absl::StatusOr<DebugReport> RunDebug(const ConverterOptions& options, const DebugSource& source,
                                     const DebugOptions& debug);

// --- parts of it, one file each -----------------------------------------------------------------------------------

// Samples with the memory that their views are of.
class DebugSamples {
 public:
  // At most `limit` of them (the first ones). Errors name sample and tensor.
  static absl::StatusOr<DebugSamples> Load(const RepresentativeDataset& dataset, const ir::Model& model, bool has_state,
                                           SampleState state, size_t limit);
  const std::vector<evaluate::Sample>& runs() const { return runs_; }

 private:
  std::vector<std::vector<std::vector<std::max_align_t>>> memory_;  // by sample and input
  std::vector<std::vector<std::vector<int64_t>>> dims_;
  std::vector<evaluate::Sample> runs_;
};

// Names of the quantized model's values that differ from each other: of two of one name, the second is "name#1".
class DebugNames {
 public:
  explicit DebugNames(const ir::Model& model);
  const std::string& of(int graph, ir::ValueId id) const { return names_.at({graph, id}); }

 private:
  std::map<evaluate::ValueRef, std::string> names_;
};

// A signature's name for an output of the graph.
std::optional<std::string> NameOfOutput(const ir::Model& model, int graph, ir::ValueId id);

// What was compared, in the words of the report. `plan`: of our own conversion; null for a file.
void DescribeComparison(const evaluate::Models& models, const evaluate::Comparison& comparison, const plan::Plan* plan,
                        DebugReport& report);

// Our own conversion, ready to be done again.
struct DebugConversion {
  const ConverterOptions& options;
  const PreparedModel& prepared;
  const ir::Statistics& statistics;  // that it was quantized by
  const QuantizedModel& quantized;
  const evaluate::Models& models;
  bool evaluated_apart = false;  // on other samples than those that calibrated
  const std::vector<evaluate::Sample>& samples;
  const evaluate::Comparison& comparison;
};

// Causes, with what mends them; the gain of at most `mended` is measured.
absl::StatusOr<std::vector<DebugFinding>> FindCauses(const DebugConversion& conversion, int mended,
                                                     const Context& context);

}  // namespace zeropoint::pipeline

#endif  // ZEROPOINT_PIPELINE_DEBUG_H_
