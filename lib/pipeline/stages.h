// The stages of a conversion, for those who need what lies between them: the debugger quantizes one calibrated model
// many times.
#ifndef ZEROPOINT_PIPELINE_STAGES_H_
#define ZEROPOINT_PIPELINE_STAGES_H_

#include <atomic>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/context.h"
#include "base/status.h"
#include "calibrate/calibrate.h"
#include "ir/graph.h"
#include "ir/statistics.h"
#include "pipeline/mode.h"
#include "pipeline/proof.h"
#include "pipeline/recipe.h"
#include "plan/plan.h"
#include "zeropoint/converter.h"

namespace zeropoint::pipeline {

// The model that will be quantized: LiteRT's float ops, after all passes.
struct PreparedModel {
  ir::Model model;
  Mode mode;
  Recipe recipe;
  bool trained = false;  // ranges that training fixed are used
};

// A model and the plan it was quantized with. Values and nodes that the float model has keep their ids.
struct QuantizedModel {
  ir::Model model;
  plan::Plan plan;
};

// The file's bytes, in parts. Calibrated ranges are left out.
absl::StatusOr<std::vector<Bytes>> WriteModel(ir::Model model);

Context MakeContext(const ConverterOptions& options, std::atomic<bool>& cancelled);

// `from_tensorflow`: nodes are "tf.*". `report` gets mode and warnings.
absl::StatusOr<PreparedModel> PrepareModel(const ConverterOptions& options, ir::Model model, bool from_tensorflow,
                                           const Context& context, Report& report);
// The ranges that quantization goes by: those of the samples, and what training and the recipe say. Nothing where the
// mode does without samples. `first`, where not null, becomes the first sample and its run.
absl::StatusOr<ir::Statistics> CollectRanges(const ConverterOptions& options, const PreparedModel& prepared,
                                             const Context& context, Report& report,
                                             std::optional<FirstRun>* first = nullptr);
absl::StatusOr<QuantizedModel> QuantizeModel(const PreparedModel& prepared, ir::Statistics statistics,
                                             const plan::PlanOptions& options, const Context& context);

}  // namespace zeropoint::pipeline

#endif  // ZEROPOINT_PIPELINE_STAGES_H_
