// Element types of tensors, one row of traits each (numeric/types.cpp).
#ifndef ZEROPOINT_NUMERIC_TYPES_H_
#define ZEROPOINT_NUMERIC_TYPES_H_

#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"

namespace zeropoint {

// Values are LiteRT's TensorType codes (schema v3), so that files need no table of their own.
enum class ElementType : int8_t {
  kFloat32 = 0,
  kFloat16 = 1,
  kInt32 = 2,
  kUInt8 = 3,
  kInt64 = 4,
  kString = 5,
  kBool = 6,
  kInt16 = 7,
  kComplex64 = 8,
  kInt8 = 9,
  kFloat64 = 10,
  kComplex128 = 11,
  kUInt64 = 12,
  kResource = 13,
  kVariant = 14,
  kUInt32 = 15,
  kUInt16 = 16,
  kInt4 = 17,
  kBFloat16 = 18,
  kInt2 = 19,
  kUInt4 = 20,
  kFloat8E4M3 = 21,
  kFloat8E5M2 = 22,
};

struct TypeTraits {
  ElementType type;
  absl::string_view name;  // LiteRT's spelling in lower case: "float32", "int8"
  int bits;                // bits of one stored element; 0 when elements have no fixed size (string, resource, variant)
  bool is_float;           // IEEE binary or bfloat/float8
  bool is_integer;         // two's complement or unsigned integer, bool excluded
};

// Null for a code this library does not know.
const TypeTraits* FindTraits(int code);
const TypeTraits& Traits(ElementType type);
inline absl::string_view Name(ElementType type) { return Traits(type).name; }
// Null when no type has that name.
const TypeTraits* FindTraits(absl::string_view name);

// Bytes of `count` packed elements: sub-byte types round up to whole bytes (first element in the low bits).
size_t ByteSize(ElementType type, size_t count);

}  // namespace zeropoint

#endif  // ZEROPOINT_NUMERIC_TYPES_H_
