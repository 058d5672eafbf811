// Everything that one run of a graph computes, kept. Private to lib/evaluate.
#ifndef ZEROPOINT_EVALUATE_CAPTURE_H_
#define ZEROPOINT_EVALUATE_CAPTURE_H_

#include <map>
#include <memory>
#include <vector>

#include "absl/types/span.h"
#include "base/status.h"
#include "engine/buffer.h"
#include "engine/engine.h"
#include "evaluate/part.h"
#include "ir/graph.h"
#include "ops/tensor_view.h"

namespace zeropoint::evaluate {

// A tensor with memory of its own.
struct Held {
  ElementType type = ElementType::kFloat32;
  std::vector<int64_t> dims;
  engine::Buffer data;
  const ir::QuantParams* quant = nullptr;

  static Held CopyOf(const ops::TensorView& view);
  ops::TensorView view() const;
};

using Capture = std::map<ir::ValueId, Held>;

// Runs the graphs of a model for one thread, and keeps what they compute.
class Recorder {
 public:
  Recorder(const ir::Model& model, engine::Program& program) : model_(model), program_(program) {}

  // Every input and result of `graph` whose elements have a fixed size.
  absl::StatusOr<Capture> Run(int graph, absl::Span<const ops::TensorView> inputs, bool fresh_state);

 private:
  const ir::Model& model_;
  engine::Program& program_;
  std::map<int, std::unique_ptr<engine::Session>> sessions_;  // relatives of each other
};

// Runs a part: `inputs` in its order. Null: one of them is missing, the part cannot run.
absl::StatusOr<std::vector<Held>> RunPart(const Part& part, engine::Session& session,
                                          absl::Span<const ops::TensorView> inputs);

// A constant of the graph; nothing is held.
ops::TensorView ConstantView(const ir::Value& value);

}  // namespace zeropoint::evaluate

#endif  // ZEROPOINT_EVALUATE_CAPTURE_H_
