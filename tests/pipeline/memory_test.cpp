// Weights stay in the mapped file until they are written: converting to a file takes far less memory than they do.
#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <fstream>
#include <string>
#include <thread>

#include "tests/formats/saved_model/writer.h"
#include "zeropoint/converter.h"

namespace zeropoint {
namespace {

namespace writer = formats::saved_model::testing;
using writer::ConstNode, writer::Encode, writer::kFloat, writer::kString, writer::ModelSpec, writer::Raw,
    writer::ShapeAttr, writer::StoredTensor, writer::StringTensor, writer::TensorProto, writer::Types, writer::Unary;

constexpr size_t kMegabyte = size_t{1} << 20;
constexpr int64_t kUnits = 2048;
constexpr int kLayers = 10;  // of 16 MB each

// Pages of the process that are no file's, as Linux counts them; 0 where it does not.
size_t OwnMemory() {
  std::ifstream file("/proc/self/status");
  size_t kilobytes = 0;
  for (std::string line; std::getline(file, line);) {
    if (line.rfind("RssAnon:", 0) == 0 || line.rfind("RssShmem:", 0) == 0) {
      kilobytes += std::stoul(line.substr(line.find(':') + 1));
    }
  }
  return kilobytes * 1024;
}

// The most there was while it lived.
class Watch {
 public:
  Watch()
      : thread_([this] {
          while (!done_) {
            most_ = std::max(most_.load(), OwnMemory());
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
          }
        }) {}
  size_t Stop() {
    done_ = true;
    thread_.join();
    return most_;
  }

 private:
  std::atomic<bool> done_{false};
  std::atomic<size_t> most_{0};
  std::thread thread_;
};

std::string VariableName(int layer) { return "w" + std::to_string(layer); }

// Dense layers, their matrices transposed on the way, and multiplied by a scale that is folded into them.
void WriteModel(const std::string& folder) {
  ModelSpec model;
  model.nodes = {writer::PlaceholderNode("x", {-1, kUnits})};
  std::vector<std::string> names, slices;
  std::vector<int> types;
  std::map<std::string, StoredTensor> stored;
  std::string last = "x";
  model.nodes.push_back(ConstNode("scale", TensorProto(kFloat, {}, Raw({0.5f})), kFloat));
  for (int layer = 0; layer < kLayers; ++layer) {
    const std::string name = VariableName(layer);
    model.nodes.push_back(
        {name, "VariableV2", {}, {{"dtype", writer::Type(kFloat)}, {"shape", ShapeAttr({kUnits, kUnits})}}});
    model.nodes.push_back({name + "/mul", "MatMul", {last, name}, {{"T", writer::Type(kFloat)}}});
    model.nodes.push_back({name + "/scaled", "Mul", {name + "/mul", "scale"}, {{"T", writer::Type(kFloat)}}});
    model.nodes.push_back(Unary(name + "/relu", "Relu", name + "/scaled"));
    last = name + "/relu";
    names.push_back(name);
    slices.push_back("");
    types.push_back(kFloat);
    std::vector<float> elements(static_cast<size_t>(kUnits * kUnits));
    for (size_t i = 0; i < elements.size(); ++i) {
      elements[i] = static_cast<float>((i * 7 + static_cast<size_t>(layer)) % 1021) / 1021.0f;
    }
    stored[name] = {kFloat, {kUnits, kUnits}, Raw(elements)};
  }
  model.nodes.push_back({"save/Const", "Const", {}, {{"dtype", writer::Type(kString)}}});
  model.nodes.push_back(ConstNode("save/names", StringTensor({kLayers}, names), kString));
  model.nodes.push_back(ConstNode("save/slices", StringTensor({kLayers}, slices), kString));
  model.nodes.push_back(
      {"save/RestoreV2", "RestoreV2", {"save/Const", "save/names", "save/slices"}, {{"dtypes", Types(types)}}});
  std::vector<std::string> assigned;
  for (int layer = 0; layer < kLayers; ++layer) {
    const std::string result = "save/RestoreV2" + (layer == 0 ? "" : ":" + std::to_string(layer));
    const std::string name = "save/Assign_" + std::to_string(layer);
    model.nodes.push_back({name, "Assign", {VariableName(layer), result}, {{"T", writer::Type(kFloat)}}});
    assigned.push_back("^" + name);
  }
  model.nodes.push_back({"save/restore_all", "NoOp", assigned, {}});
  model.restore_op = "save/restore_all";
  model.signatures["serving_default"] = {{{"x", {"x:0", kFloat, {-1, kUnits}}}}, {{"y", {last + ":0", kFloat, {}}}}};
  writer::WriteFile(folder + "/saved_model.pb", Encode(std::vector<ModelSpec>{model}));
  writer::WriteBundle(folder + "/variables/variables", stored);
}

}  // namespace

namespace {

// What a conversion to a file takes at most, beyond what the process had before.
size_t MostOf(const std::string& model, const std::string& result, const std::vector<Optimize>& optimizations,
              const std::vector<Type>& types) {
  const size_t before = OwnMemory();
  Watch watch;
  auto converter = Converter::FromSavedModel(model);
  absl::Status status = converter.status();
  if (converter.ok()) {
    converter->optimizations = optimizations;
    converter->target_spec.supported_types = types;
    status = converter->ConvertToFile(result).status();
  }
  const size_t most = watch.Stop();
  INFO(status.ToString());
  REQUIRE(status.ok());
  return most - std::min(before, most);
}

}  // namespace

TEST_CASE("a SavedModel converts in a fraction of its weights' memory") {
  if (OwnMemory() == 0) {
    WARN("this system does not tell what memory a process has of its own");
    return;
  }
  const writer::TemporaryFolder folder;
  const std::string result = folder.path() + "/model.tflite";
  WriteModel(folder.path());
  const size_t size = kLayers * static_cast<size_t>(kUnits * kUnits) * sizeof(float);
  SECTION("as float") {
    const size_t most = MostOf(folder.path(), result, {}, {});
    REQUIRE(std::filesystem::file_size(result) > size);  // nothing was folded away
    INFO(most / kMegabyte << " MB for " << size / kMegabyte << " MB of weights");
    CHECK(most < 3 * size / 10 + 64 * kMegabyte);
  }
  // Less than one layer: neither weights nor their quantized form are copied into memory.
  SECTION("quantized to int8") {
    const size_t most = MostOf(folder.path(), result, {Optimize::kDefault}, {});
    REQUIRE(std::filesystem::file_size(result) > size / 4);
    INFO(most / kMegabyte << " MB for " << size / kMegabyte << " MB of weights");
    CHECK(most < size / kLayers);
  }
  SECTION("as float16") {
    const size_t most = MostOf(folder.path(), result, {Optimize::kDefault}, {Type::kFloat16});
    REQUIRE(std::filesystem::file_size(result) > size / 2);
    INFO(most / kMegabyte << " MB for " << size / kMegabyte << " MB of weights");
    CHECK(most < size / kLayers);
  }
}

}  // namespace zeropoint
