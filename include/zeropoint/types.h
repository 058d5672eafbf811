// Enumerations of the public C++ API.
#ifndef ZEROPOINT_TYPES_H_
#define ZEROPOINT_TYPES_H_

#include <cstdint>

namespace zeropoint {

// Element types that the converter's options and data sets use. Values are LiteRT's TensorType codes.
enum class Type : int8_t {
  kFloat32 = 0,
  kFloat16 = 1,
  kInt32 = 2,
  kUInt8 = 3,
  kInt64 = 4,
  kString = 5,
  kBool = 6,
  kInt16 = 7,
  kInt8 = 9,
};

// What `Converter::optimizations` may hold. kDefault asks for quantization; what kind follows from the other options.
enum class Optimize : uint8_t { kDefault = 0 };

// Which kernels the result may use; the members of `TargetSpec::supported_ops`.
enum class OpsSet : uint8_t {
  kTfliteBuiltins = 0,      // float and integer builtins
  kTfliteBuiltinsInt8 = 1,  // int8 only: an op that cannot be integer is an error
  kInt16x8 = 2,             // int16 activations, int8 weights; beside kTfliteBuiltins: float fallback allowed
};

// Whose ranges calibration keeps; docs/numerics.md compares them on real models.
enum class Calibration : uint8_t {
  // What TensorFlow's calibrator records: it reads an operand after LiteRT has overwritten it with the result (ADD,
  // SUB,
  // MUL, DIV, SOFTMAX computed in place), so its range is that of both. Files equal TensorFlow's.
  kTensorFlow = 0,
  // What each tensor really held: finer scales for such operands.
  kExact = 1,
};

// What becomes of a model's variables (states of recurrent ops, resource variables) between the samples of calibration.
enum class SampleState : uint8_t {
  kCarry = 0,  // they stay, as TensorFlow's calibrator has it: all samples are the steps of one sequence
  kReset = 1,  // they start anew with each sample but those that continue the one before
};

}  // namespace zeropoint

#endif  // ZEROPOINT_TYPES_H_
