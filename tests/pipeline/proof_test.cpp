// Proof before return: what is not as meant is found, and what is not found does no harm.
#include "pipeline/proof.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "base/file.h"
#include "formats/tflite/tflite.h"
#include "ir/text.h"
#include "targets/target.h"
#include "zeropoint/converter.h"

namespace zeropoint::pipeline {
namespace {

constexpr char kFloatModel[] = ZEROPOINT_SOURCE_DIR "/tests/data/tiny/classifier.tflite";

ir::Model Read(const std::vector<uint8_t>& bytes) {
  absl::StatusOr<ir::Model> model = formats::tflite::Read(Bytes::Own(bytes), "test");
  REQUIRE(model.ok());
  return *std::move(model);
}

// A file with int8 weights, per channel, and a DEQUANTIZE or hybrid op.
std::vector<uint8_t> DynamicRangeFile() {
  absl::StatusOr<Converter> converter = Converter::FromTflite(kFloatModel);
  REQUIRE(converter.ok());
  converter->optimizations = {Optimize::kDefault};
  absl::StatusOr<Conversion> result = converter->Convert();
  INFO(result.status());
  REQUIRE(result.ok());
  return result->model;
}

absl::Status Check(const std::vector<uint8_t>& bytes, const ir::Model& meant) {
  return CheckBytes(Bytes::Own(bytes), meant, targets::NewestLitert()).status();
}

ir::Model Parsed(const std::string& text) {
  absl::StatusOr<ir::Graph> graph = ir::ParseGraph(text);
  REQUIRE(graph.ok());
  ir::Model model;
  model.graphs.push_back(*std::move(graph));
  return model;
}

ir::Model Negation(const char* op) {
  return Parsed(std::string("graph main\ninput %x : float32[2]\n%y = ") + op + "(%x) : float32[2]\noutput %y\n");
}

}  // namespace

TEST_CASE("the bytes that are written are what was meant") {
  const std::vector<uint8_t> file = DynamicRangeFile();
  CHECK(Check(file, Read(file)).ok());
}

TEST_CASE("a run that does not fit into max_memory is left out, and the report says so") {
  absl::StatusOr<Converter> converter = Converter::FromTflite(kFloatModel);
  REQUIRE(converter.ok());
  converter->optimizations = {Optimize::kDefault};
  converter->prove_run = true;
  converter->max_memory = 1;
  absl::StatusOr<Conversion> result = converter->Convert();
  INFO(result.status());
  REQUIRE(result.ok());
  CHECK_FALSE(result->report.proof.ran);
  CHECK(result->report.proof.note.find("more than max_memory") != std::string::npos);
  converter->max_memory = uint64_t{1} << 30;
  result = converter->Convert();
  REQUIRE(result.ok());
  CHECK(result->report.proof.ran);
}

TEST_CASE("a byte that is changed is found, or changes nothing") {
  const std::vector<uint8_t> file = DynamicRangeFile();
  const ir::Model meant = Read(file);
  const std::string text = ir::ToText(meant, {.all_elements = true});
  size_t found = 0;
  for (size_t at = 0; at < file.size(); ++at) {
    for (const uint8_t change : {uint8_t{0x01}, uint8_t{0x80}, uint8_t{0xFF}}) {
      std::vector<uint8_t> broken = file;
      broken[at] ^= change;
      const absl::Status status = Check(broken, meant);
      if (!status.ok()) {
        ++found;
        if (status.code() != absl::StatusCode::kInternal) FAIL(status);
        continue;
      }
      if (ir::ToText(Read(broken), {.all_elements = true}) != text) {
        FAIL("byte " << at << " changed by " << int{change} << " goes unnoticed");
      }
    }
  }
  // Weights and indices are most of a file.
  CHECK(found > file.size());
}

TEST_CASE("a file that is cut off is found") {
  const std::vector<uint8_t> file = DynamicRangeFile();
  const ir::Model meant = Read(file);
  for (size_t size : {size_t{0}, size_t{4}, file.size() / 2, file.size() - 1}) {
    CHECK_FALSE(Check(std::vector<uint8_t>(file.begin(), file.begin() + static_cast<long>(size)), meant).ok());
  }
}

TEST_CASE("every part of the model is compared") {
  const std::vector<uint8_t> file = DynamicRangeFile();
  const ir::Model original = Read(file);
  const auto found = [&](auto change) {
    ir::Model meant = original;
    change(meant, meant.graphs[0], meant.graphs[0].node(meant.graphs[0].first()));
    return !Check(file, meant).ok();
  };
  using Model = ir::Model;
  using Graph = ir::Graph;
  using Node = ir::Node;
  CHECK_FALSE(found([](Model&, Graph&, Node&) {}));
  CHECK(found([](Model&, Graph&, Node& node) { node.info.version += 1; }));
  CHECK(found([](Model&, Graph&, Node& node) { node.info.op = "NEG"; }));
  CHECK(found([](Model&, Graph& graph, Node& node) { graph.value(node.input(0)).name += "x"; }));
  CHECK(found([](Model&, Graph& graph, Node& node) { graph.value(node.output()).type = ElementType::kInt32; }));
  CHECK(found([](Model&, Graph& graph, Node& node) { graph.value(node.output()).shape = {7}; }));
  CHECK(found([](Model&, Graph& graph, Node& node) { graph.value(node.output()).is_variable = true; }));
  CHECK(found([](Model&, Graph& graph, Node& node) { graph.value(node.output()).quant = {{0.5f}, {0}, 0, {}, {}}; }));
  CHECK(found([](Model&, Graph& graph, Node&) { graph.inputs.push_back(graph.outputs[0]); }));
  CHECK(found([](Model&, Graph& graph, Node&) { graph.RemoveNode(graph.first()); }));
  CHECK(found([](Model& model, Graph&, Node&) { model.description += "x"; }));
  CHECK(found([](Model& model, Graph&, Node&) { model.metadata.push_back({"m", Bytes()}); }));
  CHECK(found([](Model& model, Graph&, Node&) { model.signatures.push_back({}); }));
  CHECK(found([](Model& model, Graph&, Node&) { model.graphs.emplace_back(); }));
}

TEST_CASE("parameters that no file may have are found even where they are meant") {
  const auto status = [](ir::QuantParams quant) {
    ir::Model model = Parsed("graph main\ninput %x : int8[2,3]\n%y = NEG(%x) : int8[2,3]\noutput %y\n");
    model.graphs[0].value(model.graphs[0].inputs[0]).quant = std::move(quant);
    absl::StatusOr<std::vector<uint8_t>> file = formats::tflite::Write(model);
    REQUIRE(file.ok());
    return Check(*file, model);
  };
  CHECK(status({{0.5f}, {-128}, 0, {}, {}}).ok());
  CHECK(status({{0.5f, 1, 2}, {0, 0, 0}, 1, {}, {}}).ok());
  CHECK_FALSE(status({{0.5f}, {128}, 0, {}, {}}).ok());
  CHECK_FALSE(status({{-0.5f}, {0}, 0, {}, {}}).ok());
  CHECK_FALSE(status({{std::numeric_limits<float>::infinity()}, {0}, 0, {}, {}}).ok());
  CHECK_FALSE(status({{0.5f, 1, 2}, {0, 0, 0}, 0, {}, {}}).ok());
}

TEST_CASE("the run compares the result with the float model") {
  ProofReport report;
  const TrialRun trial = TrialRun::OfFloatModel(Negation("NEG"));
  CHECK(trial.Compare(Negation("NEG"), report).ok());
  CHECK(report.ran);
  REQUIRE(report.outputs.size() == 1);
  CHECK(report.outputs[0].name == "y");
  CHECK(std::isinf(report.outputs[0].sqnr));
  report = {};
  CHECK(trial.Compare(Negation("ABS"), report).ok());  // 1 for -1: an error of twice the signal
  REQUIRE(report.outputs.size() == 1);
  CHECK(report.outputs[0].sqnr == Approx(10 * std::log10(1.0 / 4.0)));
}

TEST_CASE("what calibration's first sample gave is what the result is compared with") {
  const float values[] = {2.0f, -3.0f};
  FirstRun first;
  first.sample.tensors.push_back({"x", ElementType::kFloat32, ir::Shape({2}), Bytes::Of(absl::MakeConstSpan(values))});
  first.outputs = {{-2.0, 3.0}};
  ProofReport report;
  CHECK(TrialRun::OfCalibration(Negation("NEG"), first).Compare(Negation("NEG"), report).ok());
  REQUIRE(report.outputs.size() == 1);
  CHECK(std::isinf(report.outputs[0].sqnr));
  report = {};
  CHECK(TrialRun::OfCalibration(Negation("NEG"), first).Compare(Negation("ABS"), report).ok());  // 2 for -2
  CHECK(report.outputs[0].sqnr == Approx(10 * std::log10(13.0 / 16.0)));
}

TEST_CASE("infinity that the float model does not deliver is an error") {
  ProofReport report;
  const ir::Model infinite =
      Parsed("graph main\ninput %x : float32[2]\nconst %z : float32[] = 0\n%y = DIV(%x, %z) : float32[2]\noutput %y\n");
  const absl::Status status = TrialRun::OfFloatModel(Negation("NEG")).Compare(infinite, report);
  CHECK(status.code() == absl::StatusCode::kFailedPrecondition);
  CHECK(PlaceOf(status).tensor == "y");
  CHECK(TrialRun::OfFloatModel(infinite).Compare(infinite, report).ok());
}

TEST_CASE("what cannot be run is a note") {
  ProofReport report;
  const ir::Model custom = Parsed("graph main\ninput %x : float32[2]\n%y = custom.Mine(%x) : float32[2]\noutput %y\n");
  CHECK(TrialRun::OfFloatModel(custom).Compare(custom, report).ok());
  CHECK_FALSE(report.ran);
  CHECK(report.note.find("the float model does not run") == 0);
  report = {};
  CHECK(TrialRun::OfFloatModel(Negation("NEG")).Compare(custom, report).ok());
  CHECK_FALSE(report.ran);
  CHECK(report.note.find("no kernel") != std::string::npos);
}

}  // namespace zeropoint::pipeline
