// SavedModels with lists of tensors (tests/data/lists/make_models.py) give TensorFlow's results.
#include <catch2/catch.hpp>

#include "tests/support/golden_models.h"

TEST_CASE("SavedModels with lists of tensors give TensorFlow's results") {
  zeropoint::golden::CheckModels(ZEROPOINT_SOURCE_DIR "/tests/data/lists/");
}
