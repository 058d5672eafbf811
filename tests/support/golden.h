// Tensors and options as the scripts in tests/data record them.
#ifndef ZEROPOINT_TESTS_SUPPORT_GOLDEN_H_
#define ZEROPOINT_TESTS_SUPPORT_GOLDEN_H_

#include <catch2/catch.hpp>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "ir/graph.h"

namespace zeropoint {

using Json = nlohmann::json;

// `name`: the file's, in tests/data.
inline Json ReadGolden(const std::string& name) {
  std::ifstream file(ZEROPOINT_SOURCE_DIR "/tests/data/" + name);
  REQUIRE(file.good());
  return Json::parse(file);
}

template <typename T>
Bytes GoldenElements(const Json& data) {
  std::vector<T> elements;
  for (const Json& element : data) {
    if (element.is_null())
      elements.push_back(std::numeric_limits<T>::quiet_NaN());  // JSON has no other word for it
    else if (element.is_boolean())
      elements.push_back(static_cast<T>(element.get<bool>()));
    else
      elements.push_back(element.get<T>());
  }
  return Bytes::Of(absl::MakeConstSpan(elements));
}

// Two elements of 4 bits a byte, the first one below.
inline Bytes GoldenNibbles(const Json& data) {
  std::vector<uint8_t> bytes((data.size() + 1) / 2, 0);
  for (size_t i = 0; i < data.size(); ++i) {
    bytes[i / 2] = static_cast<uint8_t>(bytes[i / 2] | (data[i].get<int>() & 0xF) << (i % 2 * 4));
  }
  return Bytes::Own(std::move(bytes));
}

// {"type", "shape", "data"} as a constant.
inline ir::Value GoldenValue(const Json& tensor, std::string name) {
  ir::Value value{.name = std::move(name),
                  .type = FindTraits(absl::string_view(tensor["type"].get<std::string>()))->type,
                  .shape = ir::Shape(tensor["shape"].get<std::vector<int64_t>>()),
                  .is_constant = true};
  const Json& data = tensor["data"];
  switch (value.type) {
    case ElementType::kComplex64:  // pairs
    case ElementType::kFloat32:
      value.data = GoldenElements<float>(data);
      break;
    case ElementType::kFloat64:
      value.data = GoldenElements<double>(data);
      break;
    case ElementType::kInt4:
      value.data = GoldenNibbles(data);
      break;
    case ElementType::kInt8:
      value.data = GoldenElements<int8_t>(data);
      break;
    case ElementType::kInt16:
      value.data = GoldenElements<int16_t>(data);
      break;
    case ElementType::kFloat16:  // bits
    case ElementType::kUInt16:
      value.data = GoldenElements<uint16_t>(data);
      break;
    case ElementType::kInt32:
      value.data = GoldenElements<int32_t>(data);
      break;
    case ElementType::kUInt32:
      value.data = GoldenElements<uint32_t>(data);
      break;
    case ElementType::kInt64:
      value.data = GoldenElements<int64_t>(data);
      break;
    default:
      value.data = GoldenElements<uint8_t>(data);
      break;
  }
  return value;
}

inline ir::AttrValue GoldenAttr(const Json& value) {
  if (value.is_boolean()) return value.get<bool>();
  if (value.is_number_float()) return value.get<float>();
  if (value.is_number()) return value.get<int64_t>();
  if (!value.empty() && value[0].is_number_float()) return value.get<std::vector<float>>();
  return value.get<std::vector<int64_t>>();
}
inline ir::Attributes GoldenAttrs(const Json& object) {
  ir::Attributes attrs;
  for (const auto& [name, value] : object.items()) attrs.Set(name, GoldenAttr(value));
  return attrs;
}

}  // namespace zeropoint

#endif  // ZEROPOINT_TESTS_SUPPORT_GOLDEN_H_
