#include "ir/constants.h"

#include <cstring>

#include "numeric/float16.h"

namespace zeropoint::ir {
namespace {

template <typename T>
T Load(const uint8_t* at) {
  T element;
  std::memcpy(&element, at, sizeof(T));
  return element;
}

template <typename Stored, typename Element>
std::vector<Element> Widen(const Bytes& data) {
  std::vector<Element> elements(data.size() / sizeof(Stored));
  for (size_t i = 0; i < elements.size(); ++i) {
    elements[i] = static_cast<Element>(Load<Stored>(data.data() + i * sizeof(Stored)));
  }
  return elements;
}

const Value* Constant(const Graph& graph, ValueId id) {
  if (id == kNoValue || !graph.value(id).is_constant) return nullptr;
  return &graph.value(id);
}

template <typename Element>
std::optional<Element> Only(const std::optional<std::vector<Element>>& elements) {
  if (!elements.has_value() || elements->size() != 1) return std::nullopt;
  return elements->front();
}

}  // namespace

std::optional<std::vector<int64_t>> IntElements(const Graph& graph, ValueId id) {
  const Value* constant = Constant(graph, id);
  if (constant == nullptr) return std::nullopt;
  const Bytes& data = constant->data;
  switch (constant->type) {
    case ElementType::kInt8:
      return Widen<int8_t, int64_t>(data);
    case ElementType::kInt16:
      return Widen<int16_t, int64_t>(data);
    case ElementType::kInt32:
      return Widen<int32_t, int64_t>(data);
    case ElementType::kInt64:
      return Widen<int64_t, int64_t>(data);
    case ElementType::kUInt8:
    case ElementType::kBool:
      return Widen<uint8_t, int64_t>(data);
    case ElementType::kUInt16:
      return Widen<uint16_t, int64_t>(data);
    case ElementType::kUInt32:
      return Widen<uint32_t, int64_t>(data);
    default:
      return std::nullopt;
  }
}

std::optional<std::vector<float>> FloatElements(const Graph& graph, ValueId id) {
  const Value* constant = Constant(graph, id);
  if (constant == nullptr) return std::nullopt;
  if (constant->type == ElementType::kFloat32) return Widen<float, float>(constant->data);
  if (constant->type != ElementType::kFloat16) return std::nullopt;
  std::vector<float> elements;
  for (uint16_t half : Widen<uint16_t, uint16_t>(constant->data)) elements.push_back(numeric::HalfToFloat(half));
  return elements;
}

std::optional<int64_t> IntScalar(const Graph& graph, ValueId id) { return Only(IntElements(graph, id)); }
std::optional<float> FloatScalar(const Graph& graph, ValueId id) { return Only(FloatElements(graph, id)); }

}  // namespace zeropoint::ir
