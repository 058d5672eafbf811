#include <catch2/catch.hpp>
#include <cstring>

#include "formats/saved_model/graph_def.h"
#include "tests/formats/saved_model/writer.h"

using namespace zeropoint;
using namespace zeropoint::formats::saved_model;
using namespace zeropoint::formats::saved_model::testing;

namespace {

template <typename T>
std::vector<T> Elements(const ir::TensorLiteral& literal) {
  std::vector<T> elements(literal.data.size() / sizeof(T));
  if (!elements.empty()) std::memcpy(elements.data(), literal.data.data(), literal.data.size());
  return elements;
}

Bytes Hold(const std::string& text) { return Bytes::Of(AsBytes(text)); }

absl::StatusOr<ir::TensorLiteral> Decode(const std::string& proto) {
  Bytes file = Hold(proto);
  return DecodeTensor(absl::string_view(reinterpret_cast<const char*>(file.data()), file.size()), file);
}

template <typename Add>
std::string WithList(int type, const Shape& shape, const Add& add) {
  std::string bytes = TensorProto(type, shape, "");
  protozero::pbf_writer message(bytes);
  add(message);
  return bytes;
}

}  // namespace

TEST_CASE("raw contents of a constant are a slice of the file") {
  Bytes file = Hold(TensorProto(kFloat, {2}, Raw({1, 2})));
  auto tensor = DecodeTensor(absl::string_view(reinterpret_cast<const char*>(file.data()), file.size()), file);
  REQUIRE(tensor.ok());
  REQUIRE(Elements<float>(*tensor) == std::vector<float>{1, 2});
  REQUIRE(tensor->data.data() >= file.data());
  REQUIRE(tensor->data.data() + tensor->data.size() <= file.data() + file.size());
}

TEST_CASE("a list that is shorter than the shape repeats its last element, an empty one is zeros") {
  const std::vector<float> floats = {1, 2};
  auto tensor = Decode(WithList(kFloat, {2, 2}, [&](auto& m) { m.add_packed_float(5, floats.begin(), floats.end()); }));
  REQUIRE(tensor.ok());
  REQUIRE(Elements<float>(*tensor) == std::vector<float>{1, 2, 2, 2});
  REQUIRE(Elements<float>(*Decode(TensorProto(kFloat, {3}, ""))) == std::vector<float>{0, 0, 0});
  REQUIRE(Elements<float>(*Decode(TensorProto(kFloat, {0}, ""))).empty());
}

TEST_CASE("every kind of list is read, packed or not") {
  const std::vector<int32_t> ints = {-1, 7};
  const std::vector<uint32_t> halves = {0x3c00, 0xc000};
  const std::vector<int64_t> longs = {-5, int64_t{1} << 40};
  auto packed = Decode(WithList(kInt32, {2}, [&](auto& m) { m.add_packed_int32(7, ints.begin(), ints.end()); }));
  REQUIRE(Elements<int32_t>(*packed) == std::vector<int32_t>{-1, 7});
  auto single = Decode(WithList(kInt32, {2}, [&](auto& m) {
    m.add_int32(7, -1);
    m.add_int32(7, 7);
  }));
  REQUIRE(Elements<int32_t>(*single) == std::vector<int32_t>{-1, 7});
  auto int8 = Decode(WithList(6, {2}, [&](auto& m) { m.add_packed_int32(7, ints.begin(), ints.end()); }));
  REQUIRE(Elements<int8_t>(*int8) == std::vector<int8_t>{-1, 7});
  auto half = Decode(WithList(19, {2}, [&](auto& m) { m.add_packed_uint32(13, halves.begin(), halves.end()); }));
  REQUIRE(Elements<uint16_t>(*half) == std::vector<uint16_t>{0x3c00, 0xc000});
  auto wide = Decode(WithList(kInt64, {2}, [&](auto& m) { m.add_packed_int64(10, longs.begin(), longs.end()); }));
  REQUIRE(Elements<int64_t>(*wide) == longs);
  auto flag = Decode(WithList(kBool, {2}, [&](auto& m) { m.add_bool(11, true); }));
  REQUIRE(Elements<uint8_t>(*flag) == std::vector<uint8_t>{1, 1});
  auto real = Decode(WithList(kDouble, {}, [&](auto& m) { m.add_double(6, 0.25); }));
  REQUIRE(Elements<double>(*real) == std::vector<double>{0.25});
}

TEST_CASE("strings become LiteRT's count, offsets and characters") {
  auto tensor = Decode(StringTensor({3}, {"ab", ""}));
  REQUIRE(tensor.ok());
  REQUIRE(tensor->strings == std::vector<std::string>{"ab", "", ""});
  auto packed = PackStrings({"ab", "", "c"});
  REQUIRE(packed.ok());
  std::string expected;
  for (uint32_t word : {3u, 20u, 22u, 22u, 23u}) AppendWord(expected, word);
  expected += "abc";
  REQUIRE(std::string(reinterpret_cast<const char*>(packed->data()), packed->size()) == expected);
}

TEST_CASE("constants that cannot be are refused") {
  REQUIRE_FALSE(Decode(TensorProto(kFloat, {3}, Raw({1, 2}))).ok());
  REQUIRE_FALSE(Decode(TensorProto(kFloat, {-1}, "")).ok());
  REQUIRE_FALSE(Decode(TensorProto(kFloat, {int64_t{1} << 62, 8}, "")).ok());
  REQUIRE_FALSE(Decode(TensorProto(kFloat, {int64_t{1} << 31}, "")).ok());
  REQUIRE_FALSE(Decode(StringTensor({int64_t{1} << 30}, {"a"})).ok());
  REQUIRE_FALSE(Decode(StringTensor({1}, {"a", "b"})).ok());
  REQUIRE(Decode(TensorProto(kQuint8, {1}, "x")).status().code() == absl::StatusCode::kUnimplemented);
  const std::vector<float> three = {1, 2, 3};
  REQUIRE_FALSE(
      Decode(WithList(kFloat, {2}, [&](auto& m) { m.add_packed_float(5, three.begin(), three.end()); })).ok());
}
