// Names of SIMD levels, and that no kernel above the cap is taken.
#include "kernels/level.h"

#include <catch2/catch.hpp>

#include "kernels/integer.h"
#include "kernels/kernel_table.h"

namespace zeropoint::kernels {
namespace {

struct Table {
  Isa isa;
};

TEST_CASE("a SIMD level has a name, and what has none here is an error that lists those that do") {
  REQUIRE(ParseSimdLevel("scalar").ok());
  CHECK(*ParseSimdLevel("scalar") == Isa::kReference);
  for (const char* name : {"", "AVX2", "avx", "sse4"}) {
    const absl::Status status = ParseSimdLevel(name).status();
    CHECK(status.code() == absl::StatusCode::kInvalidArgument);
    CHECK(std::string(status.message()).find("only scalar") != std::string::npos);
  }
}

TEST_CASE("the best table within the cap is taken") {
  const Table scalar{Isa::kReference}, sse2{Isa::kSse2}, avx512{Isa::kAvx512};
  const std::vector<const Table*> tables = {&scalar, &sse2, &avx512};
  CHECK(Best(tables, Isa::kReference) == &scalar);
  CHECK(Best(tables, Isa::kSse2) == &sse2);
  CHECK(Best(tables, Isa::kAvx2) == &sse2);
  CHECK(Best(tables, Isa::kNeon64) == &avx512);
  CHECK(BestKernels().isa <= SimdCap());
  CHECK(BestIntegerKernels().isa <= SimdCap());
}

TEST_CASE("every processor has scalar kernels first, and tables in rising order") {
  CHECK(AvailableKernels().front()->isa == Isa::kReference);
  for (size_t i = 1; i < AvailableKernels().size(); ++i) {
    CHECK(AvailableKernels()[i - 1]->isa < AvailableKernels()[i]->isa);
  }
}

}  // namespace
}  // namespace zeropoint::kernels
