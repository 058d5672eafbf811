// Copies out of flatbuffer vectors that may be absent, and misplaced in memory: the verifier checks bounds, not the
// alignment of elements.
#ifndef ZEROPOINT_FORMATS_TFLITE_FLATBUFFER_VECTORS_H_
#define ZEROPOINT_FORMATS_TFLITE_FLATBUFFER_VECTORS_H_

#include <cstring>
#include <string>
#include <vector>

#include "flatbuffers/flatbuffers.h"

namespace zeropoint::formats::tflite {

template <typename T>
std::vector<T> Elements(const flatbuffers::Vector<T>* vector) {
  std::vector<T> elements(vector == nullptr ? 0 : vector->size());
  if (!elements.empty()) std::memcpy(elements.data(), vector->Data(), elements.size() * sizeof(T));
  return elements;
}

inline std::string Text(const flatbuffers::String* string) { return string == nullptr ? "" : string->str(); }

// For loops over a vector of tables that may be absent.
template <typename T>
flatbuffers::uoffset_t Length(const flatbuffers::Vector<T>* vector) {
  return vector == nullptr ? 0 : vector->size();
}

}  // namespace zeropoint::formats::tflite

#endif  // ZEROPOINT_FORMATS_TFLITE_FLATBUFFER_VECTORS_H_
