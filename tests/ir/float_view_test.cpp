#include "ir/float_view.h"

#include <catch2/catch.hpp>
#include <cstring>

#include "ir/text.h"

using namespace zeropoint;
using namespace zeropoint::ir;

namespace {

Graph With(const std::string& declaration) {
  auto graph = ParseGraph("const %c : " + declaration);
  REQUIRE(graph.ok());
  return *std::move(graph);
}

std::vector<float> Elements(const FloatView& view) { return {view.begin(), view.end()}; }

}  // namespace

TEST_CASE("floats are seen where they lie") {
  const Graph graph = With("float32[3] = 1 -2 0.5");
  const auto view = FloatView::Of(graph, 0);
  REQUIRE(view.has_value());
  REQUIRE(Elements(*view) == std::vector<float>{1.0f, -2.0f, 0.5f});
  REQUIRE(reinterpret_cast<const uint8_t*>(view->data()) == graph.value(0).data.data());
}

TEST_CASE("floats at an odd address are copied to an even one") {
  Graph graph = With("float32[2] = 0 0");
  const std::vector<float> floats = {3.0f, -4.0f};
  for (size_t shift : {1, 2, 3}) {
    std::vector<uint8_t> bytes(shift + 8);
    std::memcpy(bytes.data() + shift, floats.data(), 8);
    const Bytes whole = Bytes::Own(bytes);
    graph.value(0).data = Bytes(std::make_shared<const Bytes>(whole), whole.data() + shift, 8);
    const auto view = FloatView::Of(graph, 0);
    REQUIRE(view.has_value());
    REQUIRE(reinterpret_cast<uintptr_t>(view->data()) % alignof(float) == 0);
    REQUIRE(Elements(*view) == floats);
  }
}

TEST_CASE("half floats are widened, other types and what is no constant give nothing") {
  // 1, -2, the smallest subnormal.
  REQUIRE(Elements(*FloatView::Of(With("float16[3] = 0x003c00c00100"), 0)) ==
          std::vector<float>{1.0f, -2.0f, 0x1p-24f});
  REQUIRE(FloatView::Of(With("float32[0] ="), 0)->empty());
  REQUIRE_FALSE(FloatView::Of(With("int8[2] = 1 2"), 0).has_value());
  REQUIRE_FALSE(FloatView::Of(With("float32[1] = 1"), kNoValue).has_value());
}
