// TrialRun: the float model and the result on one sample, by our own engine.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "calibrate/binding.h"
#include "engine/engine.h"
#include "numeric/float16.h"
#include "ops/op_def.h"
#include "pipeline/proof.h"
#include "zeropoint/converter.h"

namespace zeropoint::pipeline {
namespace {

template <typename T>
std::vector<double> Elements(const ops::TensorView& view, double scale, double zero_point) {
  const size_t count = view.bytes() / sizeof(T);
  const T* data = static_cast<const T*>(view.data);
  std::vector<double> values(count);
  for (size_t i = 0; i < count; ++i) values[i] = (static_cast<double>(data[i]) - zero_point) * scale;
  return values;
}

template <typename T>
Bytes Quantized(absl::Span<const float> reals, const ir::QuantParams& quant) {
  std::vector<T> values(reals.size());
  for (size_t i = 0; i < reals.size(); ++i) {
    const double steps =
        std::round(static_cast<double>(reals[i]) / quant.scale[0]) + static_cast<double>(quant.zero_point[0]);
    values[i] = static_cast<T>(std::clamp<double>(steps, std::numeric_limits<T>::min(), std::numeric_limits<T>::max()));
  }
  return Bytes::Of(absl::MakeConstSpan(values));
}

// The sample's tensor in the type that the graph takes it in.
absl::StatusOr<Bytes> InType(const calibrate::SampleTensor& tensor, const ir::Value& input) {
  if (tensor.type == input.type) return tensor.data;
  if (tensor.type != ElementType::kFloat32 || input.quant.scale.size() != 1) {
    return absl::InternalError(absl::StrCat("input '", input.name, "' is ", Name(input.type), " without a scale"));
  }
  std::vector<float> reals(tensor.data.size() / sizeof(float));
  if (!reals.empty()) std::memcpy(reals.data(), tensor.data.data(), tensor.data.size());
  if (input.type == ElementType::kInt8) return Quantized<int8_t>(reals, input.quant);
  if (input.type == ElementType::kUInt8) return Quantized<uint8_t>(reals, input.quant);
  if (input.type == ElementType::kInt16) return Quantized<int16_t>(reals, input.quant);
  return absl::InternalError(absl::StrCat("input '", input.name, "' is ", Name(input.type)));
}

bool PacksItInParts(const ir::Graph& graph, const ir::Use& use) {
  const ops::OpDef* op = ops::FindOp(graph.node(use.node).op());
  return op != nullptr && op->packs_in_parts && op->quant.input(use.operand).role == ops::Role::kWeight;
}

// float16 weights that a DEQUANTIZE widens all at once, for ops that would widen them a part at a time, go to these
// directly: the same numbers in a fraction of the memory.
ir::Model WithHalfWeights(ir::Model model) {
  for (ir::Graph& graph : model.graphs) {
    for (ir::NodeId id : graph.Order()) {
      const ops::OpDef* op = ops::FindOp(graph.node(id).op());
      if (op == nullptr || op->conversion != ops::Conversion::kDequantize) continue;
      const ir::ValueId half = graph.node(id).input(0), widened = graph.node(id).output();
      const std::vector<ir::Use> uses(graph.uses(widened).begin(), graph.uses(widened).end());
      const bool fits = graph.value(half).is_constant && graph.value(half).type == ElementType::kFloat16 &&
                        absl::c_find(graph.outputs, widened) == graph.outputs.end() &&
                        absl::c_all_of(uses, [&](const ir::Use& use) { return PacksItInParts(graph, use); });
      if (!fits) continue;
      graph.ReplaceUses(widened, half);
      graph.RemoveNode(id);
    }
  }
  return model;
}

absl::StatusOr<std::vector<std::vector<double>>> RunOnce(const ir::Model& model, int index,
                                                         const calibrate::Sample& sample,
                                                         const std::vector<size_t>& tensors, uint64_t max_memory) {
  const ir::Graph& graph = model.graphs[static_cast<size_t>(index)];
  // One run: to keep packed weights would cost memory and gain nothing.
  const std::unique_ptr<engine::Program> program = engine::Program::Create(model, engine::Packing::kOnDemand);
  ZP_ASSIGN_OR_RETURN(const engine::Executable* executable, program->Prepare(index));
  const std::unique_ptr<engine::Session> session = engine::Session::Create(*executable, nullptr);
  std::vector<ops::TensorView> inputs;
  std::vector<std::vector<std::max_align_t>> aligned(graph.inputs.size());
  for (size_t i = 0; i < graph.inputs.size(); ++i) {
    const calibrate::SampleTensor& tensor = sample.tensors[tensors[i]];
    ZP_ASSIGN_OR_RETURN(const Bytes data, InType(tensor, graph.value(graph.inputs[i])));
    aligned[i].resize(data.size() / sizeof(std::max_align_t) + 1);
    if (!data.empty()) std::memcpy(aligned[i].data(), data.data(), data.size());
    ops::TensorView input;
    input.type = graph.value(graph.inputs[i]).type;
    input.dims = tensor.shape.dims();
    input.data = aligned[i].data();
    inputs.push_back(input);
  }
  if (max_memory > 0) {
    ZP_RETURN_IF_ERROR(session->Plan(inputs));
    const engine::PackedWeights weights = engine::MeasurePacking(model);
    const uint64_t needed = weights.always + weights.largest + session->arena_bytes();
    if (needed > max_memory) {
      return absl::ResourceExhaustedError(
          absl::StrCat("one run takes ", needed, " bytes, more than max_memory, ", max_memory));
    }
  }
  ZP_RETURN_IF_ERROR(session->Run(inputs, nullptr));
  std::vector<std::vector<double>> outputs;
  for (size_t i = 0; i < graph.outputs.size(); ++i) {
    outputs.push_back(Reals(session->output(static_cast<int>(i)), graph.value(graph.outputs[i]).quant));
  }
  return outputs;
}

// Ones, zeros where the input is no float, in the shapes that the graph declares, with 1 for what it leaves open.
std::optional<calibrate::Sample> PlainSample(const ir::Model& model, int index) {
  const ir::Graph& graph = model.graphs[static_cast<size_t>(index)];
  calibrate::Sample sample;
  for (ir::ValueId id : graph.inputs) {
    const ir::Value& value = graph.value(id);
    if (!value.shape.ranked() || Traits(value.type).bits == 0) return std::nullopt;
    calibrate::SampleTensor tensor;
    tensor.name = value.name;
    tensor.type = value.type;
    for (int64_t size : value.shape.dims()) tensor.shape.Append(size == ir::kDynamic ? 1 : size);
    const auto count = static_cast<size_t>(tensor.shape.NumElements());
    if (value.type == ElementType::kFloat32) {
      tensor.data = Bytes::Of(absl::MakeConstSpan(std::vector<float>(count, 1.0f)));
    } else {
      tensor.data = Bytes::Own(std::vector<uint8_t>(ByteSize(value.type, count), 0));
    }
    sample.tensors.push_back(std::move(tensor));
  }
  return sample;
}

// Signal to noise in decibels; infinite when the two are equal.
double SignalToNoise(const std::vector<double>& exact, const std::vector<double>& got) {
  double signal = 0, noise = 0;
  for (size_t i = 0; i < exact.size(); ++i) {
    signal += exact[i] * exact[i];
    noise += (exact[i] - got[i]) * (exact[i] - got[i]);
  }
  return 10 * std::log10(signal / noise);
}

bool AllFinite(const std::vector<double>& values) {
  return std::all_of(values.begin(), values.end(), [](double value) { return std::isfinite(value); });
}

}  // namespace

std::vector<double> Reals(const ops::TensorView& view, const ir::QuantParams& quant) {
  const double scale = quant.scale.size() == 1 ? quant.scale[0] : 1.0;
  const double zero_point = quant.scale.size() == 1 ? static_cast<double>(quant.zero_point[0]) : 0.0;
  switch (view.type) {
    case ElementType::kFloat32:
      return Elements<float>(view, 1.0, 0.0);
    case ElementType::kInt8:
      return Elements<int8_t>(view, scale, zero_point);
    case ElementType::kUInt8:
      return Elements<uint8_t>(view, scale, zero_point);
    case ElementType::kInt16:
      return Elements<int16_t>(view, scale, zero_point);
    case ElementType::kInt32:
      return Elements<int32_t>(view, scale, zero_point);
    case ElementType::kInt64:
      return Elements<int64_t>(view, scale, zero_point);
    default:
      return {};
  }
}

TrialRun TrialRun::OfFloatModel(const ir::Model& model, uint64_t max_memory) {
  TrialRun trial;
  trial.max_memory_ = max_memory;
  trial.graph_ = model.signatures.empty() ? 0 : model.signatures.front().graph;
  std::optional<calibrate::Sample> plain = PlainSample(model, trial.graph_);
  if (!plain.has_value()) {
    trial.skipped_ = "without a sample, inputs of unknown rank or of text cannot be made up";
    return trial;
  }
  trial.sample_ = *std::move(plain);
  for (size_t i = 0; i < trial.sample_.tensors.size(); ++i) trial.tensors_.push_back(i);
  absl::StatusOr<std::vector<std::vector<double>>> outputs =
      RunOnce(model, trial.graph_, trial.sample_, trial.tensors_, max_memory);
  if (outputs.ok()) {
    trial.outputs_ = *std::move(outputs);
  } else {
    trial.skipped_ = absl::StrCat("the float model does not run on made-up inputs: ", outputs.status().message());
  }
  return trial;
}

TrialRun TrialRun::OfCalibration(const ir::Model& model, FirstRun first, uint64_t max_memory) {
  TrialRun trial;
  trial.max_memory_ = max_memory;
  trial.sample_ = std::move(first.sample);
  trial.outputs_ = std::move(first.outputs);
  const absl::StatusOr<calibrate::Binding> binding = calibrate::Bind(model, trial.sample_);
  if (!binding.ok()) {
    trial.skipped_ = std::string(binding.status().message());
    return trial;
  }
  trial.graph_ = binding->graph;
  trial.tensors_ = binding->tensors;
  return trial;
}

absl::Status TrialRun::Compare(const ir::Model& result, ProofReport& report) const {
  report.note = skipped_;
  if (!skipped_.empty()) return absl::OkStatus();
  const absl::StatusOr<std::vector<std::vector<double>>> outputs =
      RunOnce(WithHalfWeights(result), graph_, sample_, tensors_, max_memory_);
  // Our engine is not what the model is for: where it fails, the file may run well in LiteRT.
  if (!outputs.ok()) {
    report.note = absl::StrCat(absl::IsUnimplemented(outputs.status())
                                   ? "Zeropoint's engine has no kernel for an op of the result: "
                                   : "Zeropoint's engine fails on the result: ",
                               DescribeError(outputs.status()));
    return absl::OkStatus();
  }
  const ir::Graph& graph = result.graphs[static_cast<size_t>(graph_)];
  report.ran = true;
  for (size_t i = 0; i < outputs_.size(); ++i) {
    const std::string& name = graph.value(graph.outputs[i]).name;
    const std::vector<double>&exact = outputs_[i], &got = (*outputs)[i];
    if (AllFinite(exact) && !AllFinite(got)) {
      return Annotate(
          absl::FailedPreconditionError("the result delivers NaN or infinity where the float model does not"),
          Place::kTensor, name);
    }
    // The number of results may depend on the numbers (a list of hits).
    if (exact.empty() || exact.size() != got.size() || !AllFinite(exact)) continue;
    report.outputs.push_back({name, SignalToNoise(exact, got)});
  }
  return absl::OkStatus();
}

}  // namespace zeropoint::pipeline
