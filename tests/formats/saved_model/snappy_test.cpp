#include "formats/saved_model/snappy.h"

#include <catch2/catch.hpp>
#include <string>

#include "tests/formats/saved_model/writer.h"

using namespace zeropoint::formats::saved_model;
using testing::AsBytes;

namespace {

std::string Unpacked(const std::string& block) {
  auto bytes = DecompressSnappy(AsBytes(block), 1000);
  return bytes.ok() ? std::string(bytes->begin(), bytes->end()) : std::string(bytes.status().message());
}

const std::string kBroken = "a Snappy block is broken";

}  // namespace

TEST_CASE("Snappy literals and copies unfold") {
  REQUIRE(Unpacked(std::string("\x03", 1) + std::string(1, 2 << 2) + "abc") == "abc");
  REQUIRE(Unpacked(testing::SnappyLiteral("hello")) == "hello");
  // "ab", then 6 bytes from 2 before: the copy reads what it writes (kind 1: length - 4 in bits 2 to 4).
  REQUIRE(Unpacked(std::string("\x08\x04"
                               "ab\x09\x02")) == "abababab");
  // Kind 2: length - 1 in the upper bits, two bytes of offset.
  REQUIRE(Unpacked(std::string("\x04\x04"
                               "ab\x06\x02\x00",
                               7)) == "abab");
  // Kind 3: four bytes of offset.
  REQUIRE(Unpacked(std::string("\x04\x04"
                               "ab\x07\x02\x00\x00\x00",
                               9)) == "abab");
}

TEST_CASE("broken Snappy blocks are refused") {
  REQUIRE(Unpacked("") == kBroken);
  REQUIRE(Unpacked("\xff\xff\xff\xff\xff\xff") == kBroken);                              // an endless length
  REQUIRE(Unpacked(std::string("\x04\x04") + "ab") == kBroken);                          // shorter than promised
  REQUIRE(Unpacked(std::string("\x01\x04") + "ab") == kBroken);                          // longer than promised
  REQUIRE(Unpacked(std::string("\x08\x04") + "ab\x09\x03") == kBroken);                  // a copy from before the start
  REQUIRE(Unpacked(std::string("\x08\x04") + std::string("ab\x09\x00", 4)) == kBroken);  // a copy of itself
  REQUIRE(Unpacked(std::string("\xe9\x07")) == kBroken);  // 1001 bytes: more than allowed
  const std::string whole = testing::SnappyLiteral("some text");
  for (size_t cut = 0; cut < whole.size(); ++cut) REQUIRE(Unpacked(whole.substr(0, cut)) == kBroken);
}
