#include "numeric/types.h"

namespace zeropoint {
namespace {

using T = ElementType;

// Indexed by type code.
constexpr TypeTraits kTraits[] = {
    {T::kFloat32, "float32", 32, true, false},
    {T::kFloat16, "float16", 16, true, false},
    {T::kInt32, "int32", 32, false, true},
    {T::kUInt8, "uint8", 8, false, true},
    {T::kInt64, "int64", 64, false, true},
    {T::kString, "string", 0, false, false},
    {T::kBool, "bool", 8, false, false},
    {T::kInt16, "int16", 16, false, true},
    {T::kComplex64, "complex64", 64, false, false},
    {T::kInt8, "int8", 8, false, true},
    {T::kFloat64, "float64", 64, true, false},
    {T::kComplex128, "complex128", 128, false, false},
    {T::kUInt64, "uint64", 64, false, true},
    {T::kResource, "resource", 0, false, false},
    {T::kVariant, "variant", 0, false, false},
    {T::kUInt32, "uint32", 32, false, true},
    {T::kUInt16, "uint16", 16, false, true},
    {T::kInt4, "int4", 4, false, true},
    {T::kBFloat16, "bfloat16", 16, true, false},
    {T::kInt2, "int2", 2, false, true},
    {T::kUInt4, "uint4", 4, false, true},
    {T::kFloat8E4M3, "float8_e4m3fn", 8, true, false},
    {T::kFloat8E5M2, "float8_e5m2", 8, true, false},
};
constexpr int kCount = sizeof(kTraits) / sizeof(kTraits[0]);

constexpr bool IndexedByCode() {
  for (int i = 0; i < kCount; ++i) {
    if (static_cast<int>(kTraits[i].type) != i) return false;
  }
  return true;
}
static_assert(IndexedByCode());

}  // namespace

const TypeTraits* FindTraits(int code) { return code >= 0 && code < kCount ? &kTraits[code] : nullptr; }

const TypeTraits& Traits(ElementType type) { return kTraits[static_cast<int>(type)]; }

const TypeTraits* FindTraits(absl::string_view name) {
  for (const TypeTraits& row : kTraits) {
    if (row.name == name) return &row;
  }
  return nullptr;
}

size_t ByteSize(ElementType type, size_t count) {
  const size_t bits = static_cast<size_t>(Traits(type).bits);
  return bits >= 8 ? count * (bits / 8) : (count * bits + 7) / 8;
}

}  // namespace zeropoint
