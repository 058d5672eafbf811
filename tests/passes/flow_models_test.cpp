// SavedModels with branches and loops (tests/data/flow/make_models.py): read, brought into LiteRT's form and run, they
// give TensorFlow's results.
#include "tests/support/golden_models.h"

using namespace zeropoint;

TEST_CASE("branches and loops of SavedModels give TensorFlow's results") {
  golden::CheckModels(ZEROPOINT_SOURCE_DIR "/tests/data/flow/");
}
