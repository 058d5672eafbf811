// Small things over protozero: its exceptions become statuses, its views Abseil's.
#ifndef ZEROPOINT_FORMATS_SAVED_MODEL_WIRE_H_
#define ZEROPOINT_FORMATS_SAVED_MODEL_WIRE_H_

#include <exception>
#include <protozero/pbf_reader.hpp>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/status.h"
#include "ir/shape.h"

namespace zeropoint::formats::saved_model {

inline constexpr protozero::pbf_wire_type kVarint = protozero::pbf_wire_type::varint;
inline constexpr protozero::pbf_wire_type kLength = protozero::pbf_wire_type::length_delimited;
inline constexpr protozero::pbf_wire_type kFixed32 = protozero::pbf_wire_type::fixed32;
inline constexpr protozero::pbf_wire_type kFixed64 = protozero::pbf_wire_type::fixed64;

// A case label for `switch (message.tag_and_type())`: a field with another wire type than promised is skipped, because
// protozero asserts on it.
constexpr uint32_t Field(uint32_t number, protozero::pbf_wire_type type) {
  return protozero::tag_and_type(number, type);
}

inline protozero::pbf_reader Message(absl::string_view bytes) {
  return protozero::pbf_reader(bytes.data(), bytes.size());
}

inline absl::string_view View(protozero::pbf_reader& message) {
  protozero::data_view view = message.get_view();
  return absl::string_view(view.data(), view.size());
}

// Runs body(), which returns an absl::Status; protozero's exceptions become kDataLoss saying `what` is broken.
template <typename Body>
absl::Status Guarded(absl::string_view what, const Body& body) {
  try {
    return body();
  } catch (const protozero::exception& error) {
    return absl::DataLossError(absl::StrCat(what, " is cut off or broken: ", error.what()));
  }
}

// A TensorShapeProto. Throws as protozero does.
ir::Shape ParseShape(absl::string_view bytes);

}  // namespace zeropoint::formats::saved_model

#endif  // ZEROPOINT_FORMATS_SAVED_MODEL_WIRE_H_
