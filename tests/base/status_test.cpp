#include "base/status.h"

#include <catch2/catch.hpp>

using namespace zeropoint;

TEST_CASE("an annotation that is set stays: the lowest layer knows best") {
  absl::Status status = Annotate(absl::InvalidArgumentError("bad shape"), Place::kTensor, "x");
  status = Annotate(status, Place::kTensor, "outer");
  REQUIRE(Annotation(status, Place::kTensor) == "x");
}

TEST_CASE("a description names the places in a fixed order") {
  absl::Status status = absl::InvalidArgumentError("bad shape");
  status = Annotate(status, Place::kSample, "17");
  status = Annotate(status, Place::kFile, "m.tflite");
  REQUIRE(Describe(status) == "bad shape (file m.tflite, sample 17)");
}

TEST_CASE("OK takes no annotation") { REQUIRE(Annotate(absl::OkStatus(), Place::kNode, "n").ok()); }
