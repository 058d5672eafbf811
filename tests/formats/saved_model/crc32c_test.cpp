#include "formats/saved_model/crc32c.h"

#include <catch2/catch.hpp>
#include <string>

#include "tests/formats/saved_model/writer.h"

using namespace zeropoint::formats::saved_model;
using testing::AsBytes;

TEST_CASE("the checksum has the published values of CRC-32C") {
  REQUIRE(Crc32c(AsBytes("")) == 0);
  REQUIRE(Crc32c(AsBytes("123456789")) == 0xe3069283);
  // RFC 3720, B.4.
  REQUIRE(Crc32c(AsBytes(std::string(32, '\0'))) == 0x8a9136aa);
  REQUIRE(Crc32c(AsBytes(std::string(32, '\xff'))) == 0x62a8ab43);
}

TEST_CASE("a checksum can be continued at any byte") {
  const std::string text = "the quick brown fox jumps over the lazy dog";
  for (size_t cut = 0; cut <= text.size(); ++cut) {
    uint32_t first = Crc32c(AsBytes(text).first(cut));
    REQUIRE(ExtendCrc32c(first, AsBytes(text).subspan(cut)) == Crc32c(AsBytes(text)));
  }
}
