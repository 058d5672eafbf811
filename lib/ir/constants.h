// Reading the elements of small constants, whatever integer or float type stores them.
#ifndef ZEROPOINT_IR_CONSTANTS_H_
#define ZEROPOINT_IR_CONSTANTS_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "ir/graph.h"

namespace zeropoint::ir {

// Elements of an int8/16/32/64, uint8/16/32 or bool constant; nothing when the value is absent (kNoValue), not
// constant, or of another type.
std::optional<std::vector<int64_t>> IntElements(const Graph& graph, ValueId id);
// Elements of a float32 or float16 constant, likewise.
std::optional<std::vector<float>> FloatElements(const Graph& graph, ValueId id);
// The one element of a constant with one element (of any shape), likewise.
std::optional<int64_t> IntScalar(const Graph& graph, ValueId id);
std::optional<float> FloatScalar(const Graph& graph, ValueId id);

}  // namespace zeropoint::ir

#endif  // ZEROPOINT_IR_CONSTANTS_H_
