// The options of a custom op as bytes.
#ifndef ZEROPOINT_FORMATS_TFLITE_CUSTOM_OPTIONS_H_
#define ZEROPOINT_FORMATS_TFLITE_CUSTOM_OPTIONS_H_

#include <cstdint>
#include <vector>

#include "ir/attributes.h"

namespace zeropoint::formats::tflite {

// A FlexBuffer map by name, as TensorFlow's converter writes those of the TensorFlow ops that it makes custom: numbers,
// strings and truth values, and typed vectors of numbers or strings. What it leaves out is left out: shapes, tensors,
// lists without elements. Empty without attributes.
std::vector<uint8_t> CustomOptions(const ir::Attributes& attrs);

}  // namespace zeropoint::formats::tflite

#endif  // ZEROPOINT_FORMATS_TFLITE_CUSTOM_OPTIONS_H_
