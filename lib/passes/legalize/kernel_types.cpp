#include "passes/legalize/kernel_types.h"

#include <algorithm>
#include <iterator>

namespace zeropoint::passes {
namespace {

// One bit a type.
constexpr uint32_t Bit(ElementType type) { return uint32_t{1} << static_cast<int>(type); }
constexpr uint32_t kF64 = Bit(ElementType::kFloat64), kI64 = Bit(ElementType::kInt64), kI32 = Bit(ElementType::kInt32),
                   kI16 = Bit(ElementType::kInt16), kI8 = Bit(ElementType::kInt8), kU8 = Bit(ElementType::kUInt8),
                   kB = Bit(ElementType::kBool);

struct Lack {
  absl::string_view op;
  uint32_t types;
};

// Found by running each op on each of these types, without quantization parameters, in ai-edge-litert 2.3.0: the
// interpreter refuses them, or ends the process. Sorted.
constexpr Lack kLacks[] = {
    {"ABS", kF64 | kI8 | kU8},
    {"ADD", kF64 | kI8 | kU8},
    {"ADD_N", kF64 | kI64 | kI16 | kI8 | kU8},
    {"ARG_MAX", kF64 | kI64 | kI16},
    {"AVERAGE_POOL_2D", kF64 | kI64 | kI32},
    {"BATCH_MATMUL", kF64 | kI64 | kI32 | kU8},
    {"CEIL", kF64 | kI64 | kI32 | kI16 | kI8 | kU8},
    {"CONCATENATION", kF64},
    {"CONV_2D", kF64 | kI64 | kI32 | kI16 | kI8 | kU8},
    {"COS", kF64 | kI64 | kI32 | kI16 | kI8 | kU8},
    {"CUMSUM", kF64 | kI16 | kI8 | kU8 | kB},
    {"DEPTH_TO_SPACE", kF64 | kI16 | kB},
    {"DIV", kF64 | kI64},
    {"ELU", kF64 | kI64 | kI32 | kI16 | kU8},
    {"EQUAL", kF64 | kI8 | kU8},
    {"EXP", kF64 | kI64 | kI32 | kU8},
    {"FLOOR", kF64 | kI64 | kI32 | kI16 | kI8 | kU8},
    {"FLOOR_DIV", kF64 | kI64 | kU8},
    {"FLOOR_MOD", kF64 | kU8},
    {"GATHER", kF64},
    {"GATHER_ND", kF64},
    {"GREATER", kF64 | kI8 | kU8 | kB},
    {"GREATER_EQUAL", kF64 | kI8 | kU8 | kB},
    {"LEAKY_RELU", kF64 | kI64 | kI32},
    {"LESS", kF64 | kI8 | kU8 | kB},
    {"LESS_EQUAL", kF64 | kI8 | kU8 | kB},
    {"LOG", kF64 | kI64 | kI32 | kI16 | kI8 | kU8},
    {"LOGISTIC", kF64 | kI64 | kI32 | kI16 | kI8 | kU8},
    {"LOG_SOFTMAX", kF64 | kI64 | kI32 | kI16 | kI8 | kU8},
    {"MAXIMUM", kF64},
    {"MAX_POOL_2D", kF64 | kI64 | kI32},
    {"MEAN", kF64},
    {"MINIMUM", kF64},
    {"MUL", kF64},
    {"NEG", kF64 | kU8},
    {"NOT_EQUAL", kF64 | kI8 | kU8},
    {"PACK", kF64 | kB},
    {"PAD", kF64},
    {"POW", kF64 | kI64 | kI16 | kI8 | kU8},
    {"REDUCE_MAX", kF64},
    {"REDUCE_MIN", kF64},
    {"REDUCE_PROD", kF64},
    {"RELU", kF64 | kI64 | kI32},
    {"RELU6", kF64 | kI64 | kI32},
    {"RESIZE_NEAREST_NEIGHBOR", kF64 | kI64},
    {"REVERSE_V2", kF64},
    {"ROUND", kF64 | kI64 | kI32 | kI16 | kI8 | kU8},
    {"RSQRT", kF64 | kI64 | kI32 | kI16 | kI8 | kU8},
    {"SCATTER_ND", kF64 | kI16},
    {"SIGN", kI16 | kI8 | kU8},
    {"SIN", kF64 | kI64 | kI32 | kI16 | kI8 | kU8},
    {"SOFTMAX", kF64 | kI64 | kI32 | kI16 | kI8},
    {"SPACE_TO_DEPTH", kF64 | kI16 | kB},
    {"SPLIT", kF64 | kB},
    {"SQRT", kF64 | kI64 | kI32 | kI16 | kI8 | kU8},
    {"SQUARE", kF64 | kI16 | kI8 | kU8},
    {"SQUARED_DIFFERENCE", kF64 | kI64 | kI16 | kI8 | kU8},
    {"SUB", kF64 | kI16 | kI8 | kU8},
    {"SUM", kF64},
    {"TANH", kF64 | kI64 | kI32 | kI16},
    {"TOPK_V2", kF64},
    {"UNPACK", kF64 | kI64},
    {"WHERE", kF64 | kI16},
    {"ZEROS_LIKE", kF64 | kI16 | kI8 | kU8},
};

}  // namespace

bool LacksKernel(absl::string_view op, ElementType type) {
  const Lack* at = std::lower_bound(std::begin(kLacks), std::end(kLacks), op,
                                    [](const Lack& lack, absl::string_view name) { return lack.op < name; });
  return at != std::end(kLacks) && at->op == op && (at->types & Bit(type)) != 0;
}

}  // namespace zeropoint::passes
