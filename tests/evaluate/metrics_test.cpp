#include "evaluate/metrics.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "ir/graph.h"

using namespace zeropoint;
using evaluate::Distance;

namespace {

// What tests/data/make_metrics_golden.py had NumPy and scikit-learn compute.
nlohmann::json Golden() {
  std::ifstream file(std::string(ZEROPOINT_SOURCE_DIR) + "/tests/data/metrics_golden.json");
  return nlohmann::json::parse(file);
}

// Theirs and ours differ by the order of sums in double.
Approx Near(double value) { return Approx(value).epsilon(1e-9).margin(1e-12); }

void CheckDecibels(const nlohmann::json& wanted, double found) {
  if (wanted.is_null()) {
    CHECK(std::isinf(found));
  } else {
    CHECK(found == Near(wanted.get<double>()));
  }
}

ops::TensorView ViewOf(ElementType type, const std::vector<int64_t>& dims, const void* data,
                       const ir::QuantParams* quant) {
  ops::TensorView view;
  view.type = type;
  view.dims = dims;
  view.data = data;
  view.quant = quant;
  return view;
}

}  // namespace

TEST_CASE("Distances are those of NumPy and scikit-learn") {
  const nlohmann::json golden = Golden();
  for (const nlohmann::json& one : golden["distances"]) {
    INFO(one["name"]);
    const auto reference = one["reference"].get<std::vector<float>>(), test = one["test"].get<std::vector<float>>();
    Distance distance;
    distance.Add(reference, test);
    CHECK(distance.Mse() == Near(one["mse"].get<double>()));
    CHECK(distance.MaxError() == Near(one["max_error"].get<double>()));
    CHECK(distance.Cosine() == Near(one["cosine"].get<double>()));
    CheckDecibels(one["sqnr_db"], distance.SqnrDb());
    CheckDecibels(one["psnr_db"], distance.PsnrDb(one["peak"].get<double>()));
  }
}

TEST_CASE("Samples added apart and merged give what they give together") {
  const nlohmann::json one = Golden()["distances"][0];
  const auto reference = one["reference"].get<std::vector<float>>(), test = one["test"].get<std::vector<float>>();
  const size_t half = reference.size() / 2;
  Distance first, second;
  first.Add(absl::MakeSpan(reference).first(half), absl::MakeSpan(test).first(half));
  second.Add(absl::MakeSpan(reference).subspan(half), absl::MakeSpan(test).subspan(half));
  first.Merge(second);
  CHECK(first.elements() == reference.size());
  CHECK(first.Mse() == Near(one["mse"].get<double>()));
  CHECK(first.MaxError() == Near(one["max_error"].get<double>()));
  CheckDecibels(one["sqnr_db"], first.SqnrDb());
  CheckDecibels(one["psnr_db"], first.PsnrDb());
}

TEST_CASE("A distance without signal or without error has its limits, and no NaN") {
  const std::vector<float> zeros(3, 0.0f), ones(3, 1.0f);
  Distance nothing, same, only_noise;
  same.Add(zeros, zeros);
  only_noise.Add(zeros, ones);
  CHECK(nothing.Mse() == 0.0);
  CHECK(same.Cosine() == 1.0);
  CHECK(std::isinf(same.SqnrDb()));
  CHECK(only_noise.Cosine() == 0.0);
  CHECK(only_noise.SqnrDb() == -std::numeric_limits<double>::infinity());
}

TEST_CASE("Infinities that both have are no error; one alone is an infinite one") {
  const float inf = std::numeric_limits<float>::infinity();
  Distance same, other;
  same.Add({-inf, 2.0f}, {-inf, 2.0f});
  other.Add({-inf, 2.0f}, {-100.0f, 2.0f});
  CHECK(same.MaxError() == 0.0);
  CHECK(same.Signal() == 4.0);
  CHECK(std::isinf(other.MaxError()));
  CHECK_FALSE(std::isnan(other.Cosine()));
}

TEST_CASE("Rankings are those of NumPy and scikit-learn, ties included") {
  const nlohmann::json golden = Golden();
  for (const nlohmann::json& one : golden["rankings"]) {
    INFO(one["name"]);
    const auto scores = one["scores"].get<std::vector<float>>();
    const auto labels = one["labels"].get<std::vector<int64_t>>();
    const size_t classes = one["classes"].get<size_t>();
    const auto auc = evaluate::Auc(scores, classes, labels);
    REQUIRE(auc.ok());
    CHECK(*auc == Near(one["auc"].get<double>()));
    if (!one.contains("top1")) continue;
    double top1 = 0.0, top3 = 0.0;
    for (size_t i = 0; i < labels.size(); ++i) {
      const auto row = absl::MakeSpan(scores).subspan(i * classes, classes);
      const auto label = static_cast<size_t>(labels[i]);
      top1 += evaluate::TopClass(row) == label ? 1.0 : 0.0;
      top3 += evaluate::InTopK(row, label, 3) ? 1.0 : 0.0;
      CHECK(evaluate::InTopK(row, label, 1) == (evaluate::TopClass(row) == label));
    }
    CHECK(top1 / static_cast<double>(labels.size()) == Near(one["top1"].get<double>()));
    CHECK(top3 / static_cast<double>(labels.size()) == Near(one["top3"].get<double>()));
  }
}

TEST_CASE("AUC of a class that no sample has is an error that names it") {
  const std::vector<float> scores(9, 0.5f);
  const std::vector<int64_t> labels = {0, 1, 1};
  const auto auc = evaluate::Auc(scores, 3, labels);
  REQUIRE_FALSE(auc.ok());
  CHECK(std::string(auc.status().message()).find("class 2") != std::string::npos);
}

TEST_CASE("Quantized tensors are read as the real numbers that they stand for") {
  const int8_t integers[] = {-128, 0, 3, 127};
  ir::QuantParams quant;
  quant.scale = {0.5f};
  quant.zero_point = {3};
  const auto real = evaluate::RealValues(ViewOf(ElementType::kInt8, {4}, integers, &quant));
  REQUIRE(real.ok());
  CHECK(*real == std::vector<float>{-65.5f, -1.5f, 0.0f, 62.0f});

  quant.scale = {1.0f, 10.0f};
  quant.zero_point = {0, 0};
  quant.axis = 0;
  const auto channels = evaluate::RealValues(ViewOf(ElementType::kInt8, {2, 2}, integers, &quant));
  REQUIRE(channels.ok());
  CHECK(*channels == std::vector<float>{-128.0f, 0.0f, 30.0f, 1270.0f});

  const int64_t plain[] = {7, -9};
  const auto numbers = evaluate::RealValues(ViewOf(ElementType::kInt64, {2}, plain, nullptr));
  REQUIRE(numbers.ok());
  CHECK(*numbers == std::vector<float>{7.0f, -9.0f});
  CHECK_FALSE(evaluate::RealValues(ViewOf(ElementType::kString, {0}, nullptr, nullptr)).ok());
}

TEST_CASE("The first NaN is found") {
  const std::vector<float> values = {0.0f, 1.0f, std::nanf(""), std::nanf("")};
  CHECK(evaluate::FindNan(values) == size_t{2});
  CHECK_FALSE(evaluate::FindNan(absl::MakeSpan(values).first(2)).has_value());
}
