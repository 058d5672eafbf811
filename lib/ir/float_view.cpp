#include "ir/float_view.h"

#include <cstdint>
#include <cstring>
#include <memory>

#include "base/scratch.h"
#include "numeric/float16.h"

namespace zeropoint::ir {
namespace {

Bytes Widened(const Bytes& halves) {
  const size_t count = halves.size() / sizeof(uint16_t);
  const std::shared_ptr<uint8_t> memory = ScratchMemory(count * sizeof(float));
  auto* floats = reinterpret_cast<float*>(memory.get());
  for (size_t i = 0; i < count; ++i) {
    uint16_t half;
    std::memcpy(&half, halves.data() + i * sizeof(half), sizeof(half));
    floats[i] = numeric::HalfToFloat(half);
  }
  return Bytes(memory, memory.get(), count * sizeof(float));
}

Bytes Aligned(const Bytes& data) {
  if (reinterpret_cast<uintptr_t>(data.data()) % alignof(float) == 0) return data;
  const std::shared_ptr<uint8_t> memory = ScratchMemory(data.size());
  std::memcpy(memory.get(), data.data(), data.size());
  return Bytes(memory, memory.get(), data.size());
}

}  // namespace

std::optional<FloatView> FloatView::Of(const Graph& graph, ValueId id) {
  if (id == kNoValue || !graph.value(id).is_constant) return std::nullopt;
  const Value& constant = graph.value(id);
  FloatView view;
  if (constant.type == ElementType::kFloat32) {
    view.held_ = Aligned(constant.data);
  } else if (constant.type == ElementType::kFloat16) {
    view.held_ = Widened(constant.data);
  } else {
    return std::nullopt;
  }
  view.elements_ = {reinterpret_cast<const float*>(view.held_.data()), view.held_.size() / sizeof(float)};
  return view;
}

}  // namespace zeropoint::ir
