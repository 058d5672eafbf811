// How an op may be quantized, as data. The planner reads only this; a planner line that names an op is a defect.
//
// Sources: the int8 specification of LiteRT (ai.google.dev/edge/litert, "quantization spec") and the behaviour of
// TensorFlow 2.21's converter, recorded in docs/numerics.md.
#ifndef ZEROPOINT_OPS_QUANT_SPEC_H_
#define ZEROPOINT_OPS_QUANT_SPEC_H_

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "ir/attributes.h"

namespace zeropoint::ops {

enum class Role : uint8_t {
  kOther,       // index, shape, condition: never quantized
  kActivation,  // run-time data, asymmetric int8 or symmetric int16; a constant here is quantized the same way
  kWeight,      // symmetric narrow int8, per axis when `axis` >= 0, else per tensor
  kBias,        // int32 (int64 beside int16 activations), zero point 0, scale = scale(input) * scale(weight)
};

struct OperandSpec {
  Role role = Role::kOther;
  int axis = -1;         // kWeight: the output-channel axis
  int bias_input = -1;   // kBias: operand whose scale is the first factor
  int bias_weight = -1;  // kBias: operand whose scale is the second factor

  static constexpr OperandSpec Other() { return {}; }
  static constexpr OperandSpec Activation() { return {Role::kActivation, -1, -1, -1}; }
  static constexpr OperandSpec Weight(int axis) { return {Role::kWeight, axis, -1, -1}; }
  static constexpr OperandSpec Bias(int input, int weight) { return {Role::kBias, -1, input, weight}; }
};

struct FixedParams {
  float scale;
  int64_t zero_point;
};

// An operand that dynamic-range quantization stores as int8.
struct DynamicRangeOperand {
  int operand;
  int axis;     // per-axis dimension, -1 per tensor
  bool hybrid;  // the kernel takes int8 weights beside float activations; otherwise a DEQUANTIZE follows
};

struct AttrOverride {
  std::string name;
  ir::AttrValue value;
};

struct QuantSpec {
  // Roles by operand; the last entry of a list repeats for the operands beyond it. Empty: every operand kOther.
  std::vector<OperandSpec> inputs, outputs;

  bool int8 = false;   // static int8 activations x int8 weights
  bool int16 = false;  // static int16 activations x int8 weights

  // int8: all activation operands and results share one scale and zero point. An op that stays float may still impose
  // this on its neighbours (ADD_N).
  bool same_scale = false;
  // The weights belong to a dense layer, for which per-channel weights can be switched off apart.
  bool dense = false;
  // int16: the results take the parameters of this operand; -1: their own range.
  int int16_result_like_operand = -1;
  // int16: operands are requantized to the result's parameters (CONCATENATION, MAXIMUM ...).
  bool int16_operands_like_result = false;
  // Parameters that the op's definition imposes on its results; calibration is ignored.
  std::optional<FixedParams> fixed_int8, fixed_int16;

  std::vector<DynamicRangeOperand> dynamic_range;
  // Attributes that a quantized form needs.
  std::vector<AttrOverride> int16_attrs, dynamic_range_attrs;
  // The result is a function of operand 0, element by element, and the other operands are constants: an integer form is
  // a table of the function's values.
  bool by_table = false;
  // How integer ops can stand in for this one, in words ("MUL by itself"); empty when they cannot. A pass of
  // passes/integer does it, or, by_table, rewrite.
  absl::string_view integer_rewrite;
  // TensorFlow writes the int8 version of an op for 16x8 too; 0 unless this op is an exception to that.
  int int16_version = 0;

  // Role of input `i`.
  OperandSpec input(int i) const { return At(inputs, i); }
  OperandSpec output(int i) const { return At(outputs, i); }

 private:
  static OperandSpec At(const std::vector<OperandSpec>& list, int i) {
    if (list.empty()) return {};
    return list[std::min(static_cast<size_t>(i), list.size() - 1)];
  }
};

}  // namespace zeropoint::ops

#endif  // ZEROPOINT_OPS_QUANT_SPEC_H_
