#include "calibrate/calibrate.h"

#include <atomic>
#include <catch2/catch.hpp>
#include <cstring>
#include <limits>

#include "ir/text.h"

using namespace zeropoint;
using calibrate::Calibrate;
using calibrate::Sample;
using calibrate::SampleTensor;

namespace {

ir::Model ModelOf(const std::string& text) {
  auto graph = ir::ParseGraph(text);
  INFO(Describe(graph.status()));
  REQUIRE(graph.ok());
  ir::Model model;
  model.graphs.push_back(*std::move(graph));
  return model;
}

constexpr char kPad[] = R"(graph main
input %x : float32[1,3]
input %unread : float32[1]
const %paddings : int32[2,2] = 0 0 1 0
const %bias : float32[1] = 9
const %flat : int32[1] = -1
%p = PAD(%x, %paddings) : float32[1,4]
%i = CAST(%p) {out_data_type=2} : int32[1,4]
%y = RESHAPE(%p, %flat) : float32[4]
output %y
output %i
)";

SampleTensor Tensor(const std::string& name, ir::Shape shape, const std::vector<float>& elements) {
  return {name, ElementType::kFloat32, std::move(shape), Bytes::Of<float>(elements)};
}

Sample PadSample(std::vector<float> x) { return {"", {Tensor("x", {1, 3}, x), Tensor("unread", {1}, {5})}}; }

calibrate::NextSample From(std::vector<Sample> samples) {
  auto at = std::make_shared<size_t>(0);
  return [samples = std::move(samples), at](Sample& sample) -> absl::StatusOr<bool> {
    if (*at == samples.size()) return false;
    sample = samples[(*at)++];
    return true;
  };
}

Context Threads(int threads) {
  Context context;
  context.threads = threads;
  return context;
}

ir::ValueId Id(const ir::Model& model, const std::string& name, int graph = 0) {
  const ir::Graph& from = model.graphs[static_cast<size_t>(graph)];
  for (ir::ValueId id = 0; id < from.num_values(); ++id) {
    if (from.value(id).name == name) return id;
  }
  FAIL("no value " << name);
  return 0;
}

absl::Status ErrorOf(const ir::Model& model, std::vector<Sample> samples, int threads = 1) {
  auto statistics = Calibrate(model, From(std::move(samples)), Threads(threads));
  REQUIRE_FALSE(statistics.ok());
  return statistics.status();
}

bool Says(const absl::Status& status, const std::string& text) {
  INFO(Describe(status));
  const bool said = std::string(status.message()).find(text) != std::string::npos;
  CHECK(said);
  return said;
}

}  // namespace

TEST_CASE("ranges are those of all samples, of float values that are not constant") {
  const ir::Model model = ModelOf(kPad);
  auto statistics = Calibrate(model, From({PadSample({1, 2, 3}), PadSample({-4, 0, 2})}), Threads(1));
  REQUIRE(statistics.ok());
  REQUIRE(statistics->samples == 2);
  REQUIRE(statistics->ranges.size() == 3);
  for (const char* name : {"x", "p", "y"}) {
    const ir::Range* range = statistics->Find(0, Id(model, name));
    REQUIRE(range != nullptr);
    REQUIRE(range->min == -4.0f);
    REQUIRE(range->max == 3.0f);
  }
}

TEST_CASE("a value that is never positive has the smallest normal number for its maximum") {
  const ir::Model model = ModelOf(kPad);
  auto statistics = Calibrate(model, From({PadSample({-1, -2, -3})}), Threads(1));
  REQUIRE(statistics.ok());
  REQUIRE(statistics->Find(0, Id(model, "x"))->max == 1.17549435e-38f);
  REQUIRE(statistics->Find(0, Id(model, "x"))->min == -3.0f);
}

TEST_CASE("any number of threads gives the same ranges to the last bit") {
  const ir::Model model = ModelOf(kPad);
  std::vector<Sample> samples;
  for (int i = 0; i < 200; ++i) {
    const float a = static_cast<float>((i * 7919) % 211) / 7.0f - 15.0f;
    samples.push_back(PadSample({a, i % 2 == 0 ? -0.0f : 0.0f, a * 0.3f}));
  }
  std::vector<ir::Statistics> all;
  for (int threads : {1, 2, 8}) {
    auto statistics = Calibrate(model, From(samples), Threads(threads));
    REQUIRE(statistics.ok());
    all.push_back(*std::move(statistics));
  }
  for (const ir::Statistics& other : all) {
    REQUIRE(other.samples == 200);
    REQUIRE(other.ranges.size() == all[0].ranges.size());
    for (const auto& [key, range] : all[0].ranges) {
      REQUIRE(std::memcmp(&range, &other.ranges.at(key), sizeof(range)) == 0);
    }
  }
}

TEST_CASE("inputs go by the signature's name, the graph's, or their place") {
  ir::Model model = ModelOf(kPad);
  model.signatures.push_back({"serving_default", 0, {{"image", Id(model, "x")}, {"other", Id(model, "unread")}}, {}});
  const std::vector<float> x = {1, 2, 3}, one = {5};
  auto named = [&](const std::string& first, const std::string& second) {
    return Calibrate(model, From({{"", {Tensor(second, {1}, one), Tensor(first, {1, 3}, x)}}}), Threads(1)).status();
  };
  REQUIRE(named("image", "other").ok());
  REQUIRE(named("x", "unread").ok());
  REQUIRE(named("image", "unread").ok());
  REQUIRE(Calibrate(model, From({{"", {Tensor("", {1, 3}, x), Tensor("", {1}, one)}}}), Threads(1)).ok());
  const absl::Status unknown = named("picture", "other");
  REQUIRE(Says(unknown, "image, other"));
  REQUIRE(Annotation(unknown, Place::kTensor) == "picture");
}

TEST_CASE("each signature calibrates its own graph") {
  ir::Model model = ModelOf(kPad);
  model.graphs.push_back(ModelOf("graph two\ninput %x : float32[?]\nconst %s : int32[2] = 1 -1\n"
                                 "%y = RESHAPE(%x, %s) : float32[1,?]\noutput %y\n")
                             .graphs[0]);
  model.signatures.push_back({"first", 0, {{"x", Id(model, "x")}, {"unread", Id(model, "unread")}}, {}});
  model.signatures.push_back({"second", 1, {{"x", Id(model, "x", 1)}}, {}});
  Sample second{"second", {Tensor("x", {2}, {7, 8})}};
  auto statistics = Calibrate(model, From({PadSample({1, 2, 3}), second}), Threads(2));
  REQUIRE(statistics.ok());
  REQUIRE(statistics->Find(0, Id(model, "x"))->max == 3.0f);
  REQUIRE(statistics->Find(1, Id(model, "y", 1))->max == 8.0f);

  const absl::Status unknown = ErrorOf(model, {{"third", {}}});
  REQUIRE(Says(unknown, "first, second"));
  REQUIRE(Annotation(unknown, Place::kSignature) == "third");
}

TEST_CASE("infinity that a model computes is the widest range, NaN an error") {
  const ir::Model model = ModelOf(R"(graph main
input %x : float32[2]
%log = LOG(%x) : float32[2]
%y = EXP(%log) : float32[2]
output %y
)");
  auto statistics = Calibrate(model, From({Sample{"", {Tensor("x", {2}, {0, 1})}}}), Threads(1));
  REQUIRE(statistics.ok());
  REQUIRE(statistics->Find(0, Id(model, "log"))->min == std::numeric_limits<float>::lowest());
  REQUIRE(statistics->Find(0, Id(model, "log"))->max == std::numeric_limits<float>::max());
  REQUIRE(statistics->Find(0, Id(model, "y"))->max == 1.0f);
  REQUIRE(
      Says(ErrorOf(model, {Sample{"", {Tensor("x", {2}, {-1, 1})}}}), "NaN or infinity in the result 'log' of LOG"));
}

TEST_CASE("what is wrong with a sample is said with its number and tensor") {
  const ir::Model model = ModelOf(kPad);
  const Sample good = PadSample({1, 2, 3});
  auto error = [&](SampleTensor x) {
    Sample bad = good;
    bad.tensors[0] = std::move(x);
    const absl::Status status = ErrorOf(model, {good, good, bad, good});
    CHECK(status.code() == absl::StatusCode::kInvalidArgument);
    CHECK(Annotation(status, Place::kSample) == "2");
    CHECK(Annotation(status, Place::kTensor) == "x");
    return status;
  };
  REQUIRE(Says(error({"x", ElementType::kInt32, {1, 3}, good.tensors[0].data}), "float32"));
  REQUIRE(Says(error(Tensor("x", {1, 3, 1}, {1, 2, 3})), "rank 3 instead of 2"));
  REQUIRE(Says(error(Tensor("x", {3}, {1, 2, 3})), "batch dimension is missing"));
  REQUIRE(Says(error(Tensor("x", {1, 2}, {1, 2})), "[1,3]"));
  REQUIRE(Says(error(Tensor("x", {1, 3}, {1, 2})), "8 bytes"));
  REQUIRE(Says(error(Tensor("x", {1, 3}, {1, std::numeric_limits<float>::quiet_NaN(), 3})), "NaN or infinity"));
  REQUIRE(Says(error(Tensor("x", {1, 3}, {1, 2, std::numeric_limits<float>::infinity()})), "NaN or infinity"));

  Sample missing = good;
  missing.tensors.pop_back();
  REQUIRE(Says(ErrorOf(model, {missing}), "lacks input 'unread'"));
  Sample twice = good;
  twice.tensors[1] = twice.tensors[0];
  REQUIRE(Says(ErrorOf(model, {twice}), "twice"));
  Sample extra{"", {Tensor("", {1, 3}, {1, 2, 3}), Tensor("", {1}, {5}), Tensor("", {1}, {5})}};
  REQUIRE(Says(ErrorOf(model, {extra}), "3 tensors for the 2 inputs"));
  REQUIRE(Says(ErrorOf(model, {}), "no samples"));
}

TEST_CASE("an activation that is NaN names the node that made it") {
  const ir::Model model = ModelOf(R"(graph main
input %x : float32[1,3]
const %paddings : int32[2,2] = 0 0 1 0
const %value : float32[] = nan
%p = PADV2(%x, %paddings, %value) : float32[1,4]
output %p
)");
  const absl::Status status = ErrorOf(model, {{"", {Tensor("x", {1, 3}, {1, 2, 3})}}});
  REQUIRE(Annotation(status, Place::kTensor) == "p");
  REQUIRE(Annotation(status, Place::kOp) == "PADV2");
  REQUIRE(Annotation(status, Place::kSample) == "0");
}

TEST_CASE("the first bad sample is reported, however many threads meet others") {
  const ir::Model model = ModelOf(kPad);
  std::vector<Sample> samples(60, PadSample({1, 2, 3}));
  for (size_t bad : {23u, 24u, 31u, 50u}) samples[bad] = PadSample({1, std::numeric_limits<float>::quiet_NaN(), 3});
  samples[40].tensors.pop_back();
  for (int threads : {1, 2, 3, 8}) {
    for (int round = 0; round < 5; ++round) {
      REQUIRE(Annotation(ErrorOf(model, samples, threads), Place::kSample) == "23");
    }
  }
}

TEST_CASE("the samples' own error comes through") {
  const ir::Model model = ModelOf(kPad);
  int pulled = 0;
  auto next = [&](Sample& sample) -> absl::StatusOr<bool> {
    if (pulled++ == 3) return absl::DataLossError("the disk is gone");
    sample = PadSample({1, 2, 3});
    return true;
  };
  auto statistics = Calibrate(model, next, Threads(2));
  REQUIRE(statistics.status().code() == absl::StatusCode::kDataLoss);
  REQUIRE(Annotation(statistics.status(), Place::kSample) == "3");
}

TEST_CASE("an op without a kernel is the model's fault, not a sample's") {
  const ir::Model model = ModelOf("graph main\ninput %x : float32[1]\n%y = custom.Odd(%x) : float32[1]\noutput %y\n");
  const absl::Status status = ErrorOf(model, {{"", {Tensor("x", {1}, {1})}}});
  REQUIRE(status.code() == absl::StatusCode::kUnimplemented);
  REQUIRE(Annotation(status, Place::kSample).empty());
}

TEST_CASE("progress is reported on the caller's thread and can end the work") {
  const ir::Model model = ModelOf(kPad);
  for (int threads : {1, 4}) {
    Context context = Threads(threads);
    uint64_t last = 0;
    context.progress = [&](const Progress& now) {
      CHECK(now.stage == "calibrate");
      CHECK(now.done >= last);
      last = now.done;
      return true;
    };
    REQUIRE(Calibrate(model, From(std::vector<Sample>(30, PadSample({1, 2, 3}))), context).ok());
    REQUIRE(last == 30);

    context.progress = [](const Progress& now) { return now.done < 5; };
    const auto endless = [](Sample& sample) -> absl::StatusOr<bool> {
      sample = PadSample({1, 2, 3});
      return true;
    };
    REQUIRE(Calibrate(model, endless, context).status().code() == absl::StatusCode::kCancelled);
  }
}

TEST_CASE("few samples are held at once, however many there are") {
  const ir::Model model = ModelOf(kPad);
  static std::atomic<int> alive;
  static int most;
  alive = 0;
  most = 0;
  int pulled = 0;
  auto next = [&](Sample& sample) -> absl::StatusOr<bool> {
    if (pulled++ == 300) return false;
    sample = PadSample({1, 2, 3});
    // Bytes whose owner counts the samples that are alive.
    auto data = std::make_shared<std::vector<float>>(std::vector<float>{1, 2, 3});
    std::shared_ptr<const void> counted(data->data(), [data](const void*) { --alive; });
    most = std::max(most, ++alive);
    sample.tensors[0].data = Bytes(counted, reinterpret_cast<const uint8_t*>(data->data()), 12);
    return true;
  };
  REQUIRE(Calibrate(model, next, Threads(4)).ok());
  REQUIRE(alive == 0);
  REQUIRE(most <= 4 + 4 + 1);  // in work, in the queue, in hand
}
