#include "evaluate/local_run.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ops/op_def.h"

namespace zeropoint::evaluate {
namespace {

constexpr char kNoValueInRun[] = "a value that it reads was not computed";

bool HoldsReals(const ir::Value& value) {
  return value.type == ElementType::kFloat32 || (value.quant.quantized() && CodesOf(value.type) > 0);
}

template <typename T>
void Round(absl::Span<const float> values, const ir::QuantParams& quant, void* out) {
  const double scale = quant.scale[0], zero_point = static_cast<double>(quant.zero_point[0]);
  constexpr double kLow = std::numeric_limits<T>::min(), kHigh = std::numeric_limits<T>::max();
  T* integers = static_cast<T*>(out);
  for (size_t i = 0; i < values.size(); ++i) {
    integers[i] = static_cast<T>(std::clamp(std::round(values[i] / scale) + zero_point, kLow, kHigh));
  }
}

bool Converts(const ir::Node& node) {
  const ops::OpDef* op = ops::FindOp(node.op());
  return op != nullptr && op->conversion != ops::Conversion::kNone;
}

// The value that QUANTIZE and its like made `id` of.
ir::ValueId Converted(const ir::Graph& graph, ir::ValueId id) {
  for (ir::NodeId at = graph.producer(id); at != ir::kNoNode && Converts(graph.node(at)); at = graph.producer(id)) {
    if (graph.value(graph.node(at).input(0)).is_constant) break;
    id = graph.node(at).input(0);
  }
  return id;
}

std::vector<float> Difference(const std::vector<float>& a, const std::vector<float>& b) {
  std::vector<float> difference(a.size());
  for (size_t i = 0; i < a.size(); ++i) difference[i] = a[i] == b[i] ? 0.0f : a[i] - b[i];
  return difference;
}

}  // namespace

std::optional<Held> Rounded(const ops::TensorView& real, ElementType type, const ir::QuantParams& quant) {
  if (type == real.type && !quant.quantized()) return Held::CopyOf(real);
  if (real.type != ElementType::kFloat32 || quant.scale.size() != 1) return std::nullopt;
  const auto count = static_cast<size_t>(real.elements());
  const absl::Span<const float> values(real.As<float>(), count);
  if (std::any_of(values.begin(), values.end(), [](float x) { return std::isnan(x); })) return std::nullopt;
  Held held{type, {real.dims.begin(), real.dims.end()}, engine::Buffer(ByteSize(type, count)), &quant};
  switch (type) {
    case ElementType::kInt8:
      Round<int8_t>(values, quant, held.data.data());
      return held;
    case ElementType::kUInt8:
      Round<uint8_t>(values, quant, held.data.data());
      return held;
    case ElementType::kInt16:
      Round<int16_t>(values, quant, held.data.data());
      return held;
    default:
      return std::nullopt;
  }
}

absl::StatusOr<LocalNode> MakeLocalNode(const Models& models, int graph, ir::NodeId id) {
  const ir::Graph& quantized = models.quantized.graphs[static_cast<size_t>(graph)];
  const ir::Graph& real = models.real.graphs[static_cast<size_t>(models.pairing.GraphOf(graph))];
  const ir::Node& node = quantized.node(id);
  LocalNode local;
  local.id = id;
  local.converts = Converts(node);
  for (ir::ValueId result : node.outputs()) {
    if (HoldsReals(quantized.value(result)) && models.pairing.ValueOf(graph, result) != ir::kNoValue) {
      local.results.push_back(result);
    }
  }
  if (local.results.empty()) return absl::UnimplementedError("no result stands for float numbers");
  ZP_ASSIGN_OR_RETURN(local.quantized, MakePart(quantized, {id}, local.results));
  for (ir::ValueId input : local.quantized.inputs) {
    if (models.pairing.ValueOf(graph, input) == ir::kNoValue) {
      return absl::UnimplementedError(absl::StrCat("'", quantized.value(input).name, "' has no float twin"));
    }
  }
  const ir::NodeId twin = TwinOf(real, quantized, models.pairing, graph, id);
  if (twin == ir::kNoNode) return local;
  std::vector<ir::ValueId> results;
  for (ir::ValueId result : local.results) results.push_back(models.pairing.ValueOf(graph, result));
  absl::StatusOr<Part> part = MakePart(real, {twin}, results);
  if (part.ok()) local.twin = *std::move(part);
  return local;
}

LocalRunner::Sessions& LocalRunner::SessionsOf(int graph, const LocalNode& node) {
  Sessions& sessions = sessions_[{graph, node.id}];
  if (sessions.quantized == nullptr) sessions.quantized = engine::Session::Create(*node.quantized.executable);
  if (sessions.twin == nullptr && node.twin.has_value())
    sessions.twin = engine::Session::Create(*node.twin->executable);
  return sessions;
}

// `operands`: by float value.
absl::StatusOr<std::vector<std::vector<float>>> LocalRunner::RunTwin(
    int graph, const LocalNode& node, const std::map<ir::ValueId, ops::TensorView>& operands) {
  std::vector<ops::TensorView> inputs;
  for (ir::ValueId input : node.twin->inputs) {
    const auto found = operands.find(input);
    if (found == operands.end()) return absl::UnimplementedError(kNoValueInRun);
    inputs.push_back(found->second);
  }
  ZP_ASSIGN_OR_RETURN(const std::vector<Held> results, RunPart(*node.twin, *SessionsOf(graph, node).twin, inputs));
  std::vector<std::vector<float>> values;
  for (const Held& result : results) {
    ZP_ASSIGN_OR_RETURN(std::vector<float> real, RealValues(result.view()));
    values.push_back(std::move(real));
  }
  return values;
}

namespace {

// The real numbers that a tensor stands for, as a tensor of its own; integers that are no quantized numbers as they
// are.
absl::StatusOr<Held> Dequantized(const ops::TensorView& view) {
  if (view.quant == nullptr || !view.quant->quantized()) {
    Held held = Held::CopyOf(view);
    held.quant = nullptr;
    return held;
  }
  ZP_ASSIGN_OR_RETURN(const std::vector<float> values, RealValues(view));
  Held held{ElementType::kFloat32,
            {view.dims.begin(), view.dims.end()},
            engine::Buffer(values.size() * sizeof(float)),
            nullptr};
  if (!values.empty()) std::memcpy(held.data.data(), values.data(), values.size() * sizeof(float));
  return held;
}

}  // namespace

absl::StatusOr<OwnError> LocalRunner::Run(int graph, const LocalNode& node, const Capture& real) {
  const ir::Graph& whole = models_.quantized.graphs[static_cast<size_t>(graph)];
  const ir::Graph& floats = models_.real.graphs[static_cast<size_t>(models_.pairing.GraphOf(graph))];
  std::vector<Held> rounded, reals;
  std::map<ir::ValueId, ops::TensorView> operands;
  std::vector<ops::TensorView> inputs;
  const auto real_view = [&](ir::ValueId pair) -> std::optional<ops::TensorView> {
    if (floats.value(pair).is_constant) return ConstantView(floats.value(pair));
    const auto found = real.find(pair);
    if (found == real.end()) return std::nullopt;
    return found->second.view();
  };
  for (ir::ValueId input : node.quantized.inputs) {
    const ir::ValueId pair = models_.pairing.ValueOf(graph, input);
    const std::optional<ops::TensorView> view = real_view(pair);
    if (!view.has_value()) return absl::UnimplementedError(kNoValueInRun);
    std::optional<Held> held = Rounded(*view, whole.value(input).type, whole.value(input).quant);
    if (!held.has_value()) return absl::UnimplementedError(kNoValueInRun);
    ZP_ASSIGN_OR_RETURN(Held heard, Dequantized(held->view()));
    rounded.push_back(*std::move(held));
    reals.push_back(std::move(heard));
    operands[pair] = reals.back().view();
    inputs.push_back(rounded.back().view());
  }
  // Views point at the elements of vectors that have grown meanwhile.
  for (size_t i = 0; i < inputs.size(); ++i) {
    inputs[i] = rounded[i].view();
    operands[models_.pairing.ValueOf(graph, node.quantized.inputs[i])] = reals[i].view();
  }
  ZP_ASSIGN_OR_RETURN(const std::vector<Held> results,
                      RunPart(node.quantized, *SessionsOf(graph, node).quantized, inputs));
  OwnError own;
  if (node.twin.has_value()) {
    ZP_ASSIGN_OR_RETURN(own.reference, RunTwin(graph, node, operands));
  } else if (node.converts && !reals.empty()) {
    ZP_ASSIGN_OR_RETURN(std::vector<float> values, RealValues(reals[0].view()));
    own.reference.push_back(std::move(values));
  } else {
    for (ir::ValueId result : node.results) {
      const std::optional<ops::TensorView> view = real_view(models_.pairing.ValueOf(graph, result));
      if (!view.has_value()) return absl::UnimplementedError(kNoValueInRun);
      ZP_ASSIGN_OR_RETURN(std::vector<float> values, RealValues(*view));
      own.reference.push_back(std::move(values));
    }
  }
  for (size_t i = 0; i < results.size(); ++i) {
    ZP_ASSIGN_OR_RETURN(const std::vector<float> values, RealValues(results[i].view()));
    if (values.size() != own.reference[i].size()) return absl::UnimplementedError("the shapes of both models differ");
    own.error.push_back(Difference(values, own.reference[i]));
  }
  return own;
}

absl::StatusOr<std::optional<OwnError>> LocalRunner::RunInPlace(int graph, const LocalNode& node,
                                                                const Capture& quantized) {
  if (!node.twin.has_value()) return std::nullopt;
  std::map<ir::ValueId, Held> reals;
  std::map<ir::ValueId, ops::TensorView> operands;
  for (ir::ValueId input : node.quantized.inputs) {
    const auto found = quantized.find(Converted(models_.quantized.graphs[static_cast<size_t>(graph)], input));
    if (found == quantized.end()) return std::nullopt;
    const ir::ValueId pair = models_.pairing.ValueOf(graph, input);
    ZP_ASSIGN_OR_RETURN(reals[pair], Dequantized(found->second.view()));
    operands[pair] = reals[pair].view();
  }
  OwnError own;
  ZP_ASSIGN_OR_RETURN(own.reference, RunTwin(graph, node, operands));
  for (size_t i = 0; i < node.results.size(); ++i) {
    const auto found = quantized.find(node.results[i]);
    if (found == quantized.end()) return std::nullopt;
    ZP_ASSIGN_OR_RETURN(const std::vector<float> values, RealValues(found->second.view()));
    if (values.size() != own.reference[i].size()) return std::nullopt;
    own.error.push_back(Difference(values, own.reference[i]));
  }
  return own;
}

}  // namespace zeropoint::evaluate
