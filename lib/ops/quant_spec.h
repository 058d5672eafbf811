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
#include "absl/types/span.h"
#include "ir/graph.h"
#include "ir/statistics.h"

namespace zeropoint::ops {

enum class Role : uint8_t {
  kOther,       // index, shape, condition: never quantized
  kActivation,  // run-time data, asymmetric int8 or symmetric int16; a constant here is quantized the same way
  kWeight,      // symmetric narrow int8, per axis when `axis` >= 0, else per tensor
  kBias,        // int32 (int64 beside int16 activations), zero point 0, scale = scale(input) * scale(weight)
  kState,       // a variable that the op keeps between runs: like a result, or symmetric int16
};

// int16 weights and states: zero point 0, and the largest magnitude is this many steps.
inline constexpr int kInt16Steps = 32767;

struct OperandSpec {
  Role role = Role::kOther;
  int axis = -1;         // kWeight: the output-channel axis
  int bias_input = -1;   // kBias: operand whose scale is the first factor
  int bias_weight = -1;  // kBias: operand whose scale is the second factor
  int int16_steps = 0;   // kWeight, kState: int16 with so many steps, even beside int8 activations; 0: int8
  // kState in int16: the largest magnitude is first raised to a power of two, which is then 32768 steps.
  bool power_of_two = false;
  int like_result = -1;  // kState in int8: the result that it shares its range and parameters with
  // kBias: where this operand is present, the sum is normalized before the bias, whose scale is then this operand's /
  // 1024, whatever the factors above are.
  int bias_norm = -1;
  int bias_intermediate = -1;  // kBias: the intermediate that is the first factor, in place of an operand

  static constexpr OperandSpec Other() { return {}; }
  static constexpr OperandSpec Activation() { return {Role::kActivation, -1, -1, -1}; }
  static constexpr OperandSpec Weight(int axis) { return {Role::kWeight, axis, -1, -1}; }
  static constexpr OperandSpec Weight16(int steps) { return {Role::kWeight, -1, -1, -1, steps}; }
  static constexpr OperandSpec Bias(int input, int weight) { return {Role::kBias, -1, input, weight}; }
  static constexpr OperandSpec NormBias(int input, int weight, int norm) {
    return {Role::kBias, -1, input, weight, 0, false, -1, norm};
  }
  static constexpr OperandSpec IntermediateBias(int intermediate, int weight) {
    return {Role::kBias, -1, -1, weight, 0, false, -1, -1, intermediate};
  }
  static constexpr OperandSpec State16(bool power_of_two) {
    return {Role::kState, -1, -1, -1, kInt16Steps, power_of_two};
  }
  static constexpr OperandSpec StateLike(int result) { return {Role::kState, -1, -1, -1, 0, false, result}; }
};

// A value inside the op whose parameters its int8 kernel reads from a tensor without elements
// (NodeInfo::intermediates).
struct IntermediateSpec {
  absl::string_view name;  // of the tensor, where the model has none yet
  bool int16 = false;      // symmetric int16; else asymmetric int8
  int only_with = -1;      // stays float where this operand is absent; -1: never
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

// What becomes of elements that stand for minus infinity (ir::kMaskedBelow), and so what the ranges of operands that
// hold some may leave out.
enum class MaskFlow : uint8_t {
  kNone,      // nothing is known: they count like all others
  kVanishes,  // beside the largest element of their row they make zeros: how low they are does not matter
  kAdds,      // the result is the sum of the operands
  kMoves,     // each element of the result is an element of an operand, or lies between some
};

// A float operand or result as int8 sees it.
struct Int8Value {
  double least = 0.0, greatest = 0.0;  // what calibration saw, or what the constant holds
  double scale = 1.0;
  int64_t zero_point = 0;
};

struct QuantSpec {
  // Roles by operand; the last entry of a list repeats for the operands beyond it. Empty: every operand kOther.
  std::vector<OperandSpec> inputs, outputs;

  bool int8 = false;   // static int8 activations x int8 weights
  bool int16 = false;  // static int16 activations x int8 weights
  // LiteRT's kernel takes all operands and results as activations of that type, but TensorFlow's quantizer keeps the op
  // float; so do we unless asked for integers wherever possible.
  bool int8_by_request = false, int16_by_request = false;

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
  // One constant too small to be worth it keeps all of them float.
  bool dynamic_range_all_or_none = false;
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
  // int8: what calibration has to look at inside the op.
  std::vector<IntermediateSpec> intermediates;
  // What keeps this very node from its integer forms, in words; empty when nothing does. Null: nothing ever does.
  absl::string_view (*integer_gap)(const ir::Graph&, const ir::Node&) = nullptr;
  // What keeps LiteRT's int8 kernel from computing operands and results (in this order) of such ranges, in words; empty
  // when nothing does. Null: it computes all. Those that are not float are left out.
  absl::string_view (*int8_gap)(absl::Span<const Int8Value> values) = nullptr;
  MaskFlow mask_flow = MaskFlow::kNone;
  absl::string_view mask_factor;  // kVanishes: the attribute that elements are multiplied with before; empty: none is

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
