#include <catch2/catch.hpp>
#include <string>

#include "zeropoint/debug.h"

using namespace zeropoint;
using Catch::Contains;

namespace {

// One convolution whose second channel has lost most.
DebugReport Debugged() {
  DebugReport report;
  report.costed_ops = 1;
  report.outputs.push_back({"scores", "y", 0, {20.0, 0.995, 0.01, 0.25}});
  DebugOp op;
  op.op = "CONV_2D";
  op.name = "conv";
  op.inputs = {"x", "w", std::nullopt};
  op.outputs = {"y"};
  op.total = DebugSplit{0.01, 20.0};
  op.made = DebugSplit{0.004, 24.0};
  op.inherited = DebugSplit{0.006, 22.5};
  op.cost = 0.01;
  op.share = 0.5;
  op.rank = 1;
  report.ops.push_back(op);
  DebugTensor tensor;
  tensor.name = "y";
  tensor.compared = tensor.has_range = true;
  tensor.float_min = -3.0f;
  tensor.float_max = 5.0f;
  tensor.clipped = 0.125;
  tensor.codes_used = 64;
  tensor.codes = 256;
  tensor.error = {20.0, 0.9875, 0.01, 0.25};
  report.tensors.push_back(tensor);
  DebugWeights weights;
  weights.name = "w";
  weights.sqnr_db = 40.0;
  weights.channels = {{-1.0f, 1.0f, 0.1f, 45.0}, {-0.125f, 0.25f, 0.1f, 12.5}};
  report.weights.push_back(weights);
  return report;
}

// The line that ends with `name`, behind the header that ends with `column`.
std::string Row(const std::string& text, const std::string& column, const std::string& name) {
  const size_t header = text.find(column + "\n");
  REQUIRE(header != std::string::npos);
  const size_t end = text.find(name + "\n", header + column.size() + 1);
  REQUIRE(end != std::string::npos);
  return text.substr(text.rfind('\n', end) + 1, end - text.rfind('\n', end) - 1);
}

}  // namespace

TEST_CASE("a ranked op is told with its cost, and with what it made and inherited") {
  const std::string row = Row(Debugged().ToText(), "total dB  name", "conv");
  CHECK_THAT(row, Contains("CONV_2D") && Contains("20.0") && Contains("50.0%") && Contains("24.0") && Contains("22.5"));
}

TEST_CASE("its result is told with error, clipping, use of the scale and range") {
  const std::string row = Row(Debugged().ToText(), "result", "y");
  CHECK_THAT(row,
             Contains("0.987500") && Contains("0.25") && Contains("12.5%") && Contains("25.0%") && Contains("[-3, 5]"));
}

TEST_CASE("its weights are told with the channel that lost most") {
  const std::string row = Row(Debugged().ToText(), "weights", "w");
  CHECK_THAT(row, Contains("40.0") && Contains("         1      12.5") && Contains("[-0.125, 0.25]"));
}

TEST_CASE("below the ops asked for nothing is told of them") {
  const std::string text = Debugged().ToText(0);
  CHECK_THAT(text, Contains("output scores") && !Contains("conv\n"));
}
