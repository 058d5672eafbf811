// LSTM, RNN and SVDF against what LiteRT's float kernels computed (tests/data/make_recurrent_golden.py), several runs
// in a row; and what their records refuse.
#include <catch2/catch.hpp>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>

#include "fake_contexts.h"
#include "ops/op_def.h"

namespace zeropoint::ops {
namespace {

using Json = nlohmann::json;

const Json& Cases() {
  static const Json cases = [] {
    std::ifstream file(ZEROPOINT_SOURCE_DIR "/tests/data/recurrent_golden.json");
    REQUIRE(file.good());
    return Json::parse(file);
  }();
  return cases;
}

ir::Attributes AttrsOf(const Json& json) {
  ir::Attributes attrs;
  for (const auto& [name, value] : json.items()) {
    if (value.is_boolean())
      attrs.Set(name, value.get<bool>());
    else if (value.is_number_integer())
      attrs.Set(name, value.get<int64_t>());
    else
      attrs.Set(name, value.get<float>());
  }
  return attrs;
}

class TestScratch : public Scratch {
 public:
  void* Get(size_t bytes) override {
    constexpr size_t kAlignment = 64;
    memory_.assign(bytes / sizeof(Line) + 1, {});
    static_assert(sizeof(Line) == kAlignment);
    return memory_.data();
  }

 private:
  struct alignas(64) Line {
    char bytes[64];
  };
  std::vector<Line> memory_;
};

struct Tensor {
  std::vector<int64_t> dims;
  std::vector<float> data;

  size_t Resize() {
    size_t n = 1;
    for (int64_t dim : dims) n *= static_cast<size_t>(dim);
    data.resize(n);
    return n;
  }
  MutableView view() { return {{ElementType::kFloat32, dims, data.data()}}; }
};

// A node on its own, whose variables live as long as it does.
class Node {
 public:
  explicit Node(const Json& golden) : op_(*FindOp(golden["op"].get<std::string>())), attrs_(AttrsOf(golden["attrs"])) {
    for (const Json& operand : golden["operands"]) {
      Tensor tensor;
      kinds_.push_back(operand.is_null() ? "" : operand["kind"].get<std::string>());
      if (!operand.is_null()) tensor.dims = operand["shape"].get<std::vector<int64_t>>();
      if (!operand.is_null()) tensor.Resize();
      if (kinds_.back() == "constant") tensor.data = operand["data"].get<std::vector<float>>();
      operands_.push_back(std::move(tensor));
    }
    for (const Json& shape : golden["outputs"]) {
      outputs_.push_back({shape.get<std::vector<int64_t>>(), {}});
      outputs_.back().Resize();
    }
  }

  std::vector<FakeOperand> Declared() const {
    std::vector<FakeOperand> declared;
    for (size_t i = 0; i < operands_.size(); ++i) {
      declared.push_back({ElementType::kFloat32, ir::Shape(operands_[i].dims), std::nullopt, !kinds_[i].empty()});
    }
    return declared;
  }

  void CheckShapes() const {
    FakeInfer infer(Declared(), attrs_, static_cast<int>(outputs_.size()));
    const absl::Status status = op_.infer(infer);
    INFO(status.ToString());
    REQUIRE(status.ok());
    for (size_t i = 0; i < outputs_.size(); ++i) CHECK(infer.shapes[i] == ir::Shape(outputs_[i].dims));
  }

  void Prepare() {
    std::vector<TensorView> known;
    for (size_t i = 0; i < operands_.size(); ++i) {
      known.push_back(kinds_[i].empty() ? TensorView() : operands_[i].view().view());
      if (kinds_[i] != "constant") known.back().data = nullptr;
    }
    auto prepared = op_.prepare({attrs_, known});
    INFO(prepared.status().ToString());
    REQUIRE(prepared.ok());
    REQUIRE(*prepared != nullptr);
    prepared_ = *prepared;
  }

  absl::Status Run(const Json& inputs,
                   const std::function<absl::Status(int, const TensorView&)>* intermediate = nullptr) {
    size_t next = 0;
    std::vector<TensorView> views;
    std::vector<MutableView> states, results;
    for (size_t i = 0; i < operands_.size(); ++i) {
      if (kinds_[i] == "input") operands_[i].data = inputs[next++].get<std::vector<float>>();
      views.push_back(kinds_[i].empty() ? TensorView() : operands_[i].view().view());
      states.push_back(kinds_[i] == "variable" ? operands_[i].view() : MutableView());
    }
    for (Tensor& output : outputs_) results.push_back(output.view());
    return op_.eval_float({attrs_, views, results, prepared_.get(), scratch_, states, nullptr, intermediate});
  }

  void CheckOutputs(const Json& wanted) const {
    constexpr double kEpsilon = 4e-6;  // LiteRT sums in another order and approximates functions in its own way
    for (size_t i = 0; i < outputs_.size(); ++i) {
      const auto want = wanted[i].get<std::vector<double>>();
      REQUIRE(want.size() == outputs_[i].data.size());
      for (size_t e = 0; e < want.size(); ++e) {
        REQUIRE(static_cast<double>(outputs_[i].data[e]) == Approx(want[e]).epsilon(kEpsilon).margin(kEpsilon));
      }
    }
  }

  const OpDef& op_;
  ir::Attributes attrs_;
  std::vector<std::string> kinds_;
  std::vector<Tensor> operands_, outputs_;
  std::shared_ptr<const void> prepared_;
  TestScratch scratch_;
};

const Json& FirstCase(const std::string& op) {
  for (const Json& golden : Cases()) {
    if (golden["op"] == op) return golden;
  }
  FAIL("no case of " << op);
  return Cases()[0];
}

TEST_CASE("Every recurrent op computes what LiteRT's interpreter computed, run after run") {
  for (const bool prepares : {true, false}) {
    for (const Json& golden : Cases()) {
      INFO(golden["op"] << " " << golden["attrs"].dump() << (prepares ? "" : ", weights not constant"));
      Node node(golden);
      node.CheckShapes();
      if (prepares) node.Prepare();
      for (const Json& run : golden["runs"]) {
        const absl::Status status = node.Run(run["inputs"]);
        INFO(status.ToString());
        REQUIRE(status.ok());
        node.CheckOutputs(run["outputs"]);
      }
    }
  }
}

TEST_CASE("A recurrent op without a variable to keep its state in says so") {
  for (const char* op : {"LSTM", "UNIDIRECTIONAL_SEQUENCE_LSTM", "BIDIRECTIONAL_SEQUENCE_LSTM", "RNN",
                         "UNIDIRECTIONAL_SEQUENCE_RNN", "BIDIRECTIONAL_SEQUENCE_RNN", "SVDF"}) {
    INFO(op);
    const Json& golden = FirstCase(op);
    Node node(golden);
    for (std::string& kind : node.kinds_) {
      if (kind == "variable") kind = "constant";
    }
    const absl::Status status = node.Run(golden["runs"][0]["inputs"]);
    CHECK(status.code() == absl::StatusCode::kFailedPrecondition);
  }
}

TEST_CASE("A recurrent op refuses operands that do not fit each other") {
  for (const Json& golden : Cases()) {
    const Node node(golden);
    const std::vector<FakeOperand> sound = node.Declared();
    for (size_t i = 0; i < sound.size(); ++i) {
      if (!sound[i].present) continue;
      INFO(golden["op"] << " " << golden["attrs"].dump() << " operand " << i);
      std::vector<FakeOperand> broken = sound;
      broken[i].shape.Append(7);
      FakeInfer infer(std::move(broken), node.attrs_, static_cast<int>(golden["outputs"].size()));
      CHECK_FALSE(node.op_.infer(infer).ok());
    }
  }
}

TEST_CASE("Packing a recurrent op's weights survives operands that do not fit each other") {
  for (const Json& golden : Cases()) {
    const Node sound(golden);
    for (size_t i = 0; i < sound.operands_.size(); ++i) {
      if (sound.kinds_[i] != "constant") continue;
      INFO(golden["op"] << " " << golden["attrs"].dump() << " operand " << i);
      std::vector<Tensor> operands = sound.operands_;
      for (const std::vector<int64_t>& dims : {std::vector<int64_t>{}, {1}, {2, 3}, {0, 4}, {2, 2, 2}}) {
        operands[i].dims = dims;
        operands[i].Resize();
        std::vector<TensorView> views;
        for (size_t k = 0; k < operands.size(); ++k) {
          views.push_back(sound.kinds_[k] == "constant" ? operands[k].view().view() : TensorView());
        }
        CHECK(sound.op_.prepare({sound.attrs_, views}).ok());
      }
      CHECK(sound.op_.prepare({sound.attrs_, {}}).ok());
    }
  }
}

TEST_CASE("A recurrent op infers what it can from shapes that are not known yet") {
  for (const Json& golden : Cases()) {
    const Node node(golden);
    std::vector<FakeOperand> unknown = node.Declared();
    for (size_t i = 0; i < unknown.size(); ++i) {
      if (node.kinds_[i] != "constant") unknown[i].shape = ir::Shape::Unranked();
    }
    FakeInfer infer(std::move(unknown), node.attrs_, static_cast<int>(golden["outputs"].size()));
    INFO(golden["op"] << " " << golden["attrs"].dump());
    CHECK(node.op_.infer(infer).ok());
  }
}

TEST_CASE("Calibration sees an LSTM's sums before normalization, and its output before projection") {
  for (const Json& golden : Cases()) {
    if (golden["op"] != "UNIDIRECTIONAL_SEQUENCE_LSTM") continue;
    constexpr size_t kInputNorm = 20, kForgetNorm = 21;
    const bool normalized = !golden["operands"][kForgetNorm].is_null();
    const bool coupled = normalized && golden["operands"][kInputNorm].is_null();
    INFO(golden["attrs"].dump());
    std::vector<int> seen(5, 0);
    const std::function<absl::Status(int, const TensorView&)> look = [&](int i, const TensorView& view) {
      seen[static_cast<size_t>(i)] += static_cast<int>(view.elements());
      return absl::OkStatus();
    };
    Node node(golden);
    REQUIRE(node.Run(golden["runs"][0]["inputs"], &look).ok());
    const int hidden = 2 * 3 * 5;  // batch, time, cells
    const int sums = normalized ? hidden : 0;
    CHECK(seen == std::vector<int>{coupled ? 0 : sums, sums, sums, sums, hidden});
  }
}

TEST_CASE("Recurrent ops have the version of their types and options") {
  const auto version = [](const char* op, ElementType input, ElementType weights, const ir::Attributes& attrs) {
    std::vector<FakeTensor> operands(48);
    for (FakeTensor& operand : operands) operand.type = weights;
    operands[0].type = input;
    FakeTensor output;
    output.type = input;
    return FindOp(op)->version(FakeVersion(operands, output, attrs));
  };
  const auto kReal = ElementType::kFloat32;
  const auto kInt8 = ElementType::kInt8;
  ir::Attributes asymmetric, basic, diagonal;
  asymmetric.Set("asymmetric_quantize_inputs", true);
  basic.Set("kernel_type", int64_t{1});
  diagonal.Set("diagonal_recurrent_tensors", true);
  struct Row {
    const char* op;
    int real, hybrid, asymmetric, int8;
  };
  for (const Row& row : {Row{"LSTM", 1, 3, 4, 1}, Row{"UNIDIRECTIONAL_SEQUENCE_LSTM", 1, 2, 3, 1},
                         Row{"BIDIRECTIONAL_SEQUENCE_LSTM", 1, 2, 3, 1}, Row{"RNN", 1, 2, 3, 1},
                         Row{"UNIDIRECTIONAL_SEQUENCE_RNN", 1, 2, 3, 1}, Row{"BIDIRECTIONAL_SEQUENCE_RNN", 1, 2, 3, 1},
                         Row{"SVDF", 1, 2, 4, 3}}) {
    INFO(row.op);
    CHECK(version(row.op, kReal, kReal, {}) == row.real);
    CHECK(version(row.op, kReal, kInt8, {}) == row.hybrid);
    CHECK(version(row.op, kReal, kInt8, asymmetric) == row.asymmetric);
    CHECK(version(row.op, kInt8, kInt8, {}) == row.int8);
  }
  CHECK(version("LSTM", kReal, kReal, basic) == 2);
  CHECK(version("LSTM", ElementType::kInt16, kInt8, {}) == 5);
  CHECK(version("UNIDIRECTIONAL_SEQUENCE_LSTM", kReal, kReal, diagonal) == 4);
  CHECK(version("UNIDIRECTIONAL_SEQUENCE_LSTM", ElementType::kInt16, kInt8, {}) == 5);
}

}  // namespace
}  // namespace zeropoint::ops
