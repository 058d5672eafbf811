#include "evaluate/judge.h"

#include <catch2/catch.hpp>

using namespace zeropoint;
using namespace zeropoint::evaluate;
using Catch::Contains;

namespace {

std::string Message(const absl::Status& status) { return std::string(status.message()); }

}  // namespace

TEST_CASE("A metric is known by its name, any k behind top") {
  CHECK(ParseMetric("top1")->k == 1);
  CHECK(ParseMetric("top12")->k == 12);
  CHECK(NameOf(*ParseMetric("top12")) == "top12");
  for (const char* name : {"auc", "agreement", "mse", "psnr", "sqnr", "cosine"}) {
    REQUIRE(ParseMetric(name).ok());
    CHECK(NameOf(*ParseMetric(name)) == name);
  }
  for (const char* name : {"top", "top0", "top-1", "accuracy", ""}) {
    INFO(name);
    REQUIRE_FALSE(ParseMetric(name).ok());
    CHECK_THAT(Message(ParseMetric(name).status()), Contains("auc, agreement"));
  }
}

TEST_CASE("An amount is points of a fraction, decibels, or a plain number") {
  CHECK(*ParseAmount("1%", Unit::kFraction, "max_drop") == Approx(0.01));
  CHECK(*ParseAmount("0.01", Unit::kFraction, "max_drop") == Approx(0.01));
  CHECK(*ParseAmount(" 2.5 dB", Unit::kDecibels, "max_drop") == Approx(2.5));
  CHECK(*ParseAmount("2.5", Unit::kDecibels, "max_drop") == Approx(2.5));
  CHECK(*ParseAmount("1e-3", Unit::kPlain, "max_drop") == Approx(0.001));
  CHECK_FALSE(ParseAmount("1dB", Unit::kFraction, "max_drop").ok());
  CHECK_FALSE(ParseAmount("1%", Unit::kDecibels, "max_drop").ok());
  CHECK_FALSE(ParseAmount("1%", Unit::kPlain, "max_drop").ok());
  CHECK_FALSE(ParseAmount("-1", Unit::kPlain, "max_drop").ok());
  CHECK_THAT(Message(ParseAmount("much", Unit::kFraction, "max_drop").status()), Contains("max_drop 'much'"));
}

TEST_CASE("Labels are class numbers, one-hot rows or tensors, one entry a sample or one a row of its batch") {
  const std::vector<float> two_rows = {0.1f, 0.7f, 0.2f, 0.5f, 0.3f, 0.2f};
  const std::vector<int64_t> one{1, 3}, batch{2, 3};
  const Output single{one, absl::MakeSpan(two_rows).first(3)}, pair{batch, two_rows};

  const std::vector<float> classes = {1, 0, 2};
  LabelReader numbers({3}, classes);
  CHECK(*numbers.NextClasses(single) == std::vector<float>{1});
  CHECK(*numbers.NextClasses(pair) == std::vector<float>{0, 2});
  CHECK(numbers.Finish(2).ok());
  CHECK_THAT(Message(numbers.NextClasses(single).status()), Contains("more samples than labels, which are 3"));

  const std::vector<float> wide = {0, 1, 0, 0, 0, 1};
  LabelReader one_hot({2, 3}, wide), rows({1, 2, 3}, wide), tensors({1, 2, 3}, wide);
  CHECK(*one_hot.NextClasses(single) == std::vector<float>{1});
  CHECK_THAT(Message(one_hot.Finish(1)), Contains("2 labels, and 1 samples"));
  CHECK(*rows.NextClasses(pair) == std::vector<float>{1, 2});
  CHECK(*tensors.NextTensor(pair) == wide);

  const std::vector<float> beyond = {3}, half = {0.5f};
  CHECK_THAT(Message(LabelReader({1}, beyond).NextClasses(single).status()), Contains("0 to 2"));
  CHECK_FALSE(LabelReader({1}, half).NextClasses(single).ok());
  CHECK_THAT(Message(LabelReader({1, 2}, absl::MakeSpan(classes).first(2)).NextClasses(single).status()),
             Contains("shape [1,2]"));
}

TEST_CASE("The classes of an output are its last axis that counts something") {
  const std::vector<float> ten(10);
  const std::vector<int64_t> flat{1, 10}, image{1, 10, 1, 1}, single{10, 1}, vector{10};
  CHECK(Output{flat, ten}.classes() == 10);
  CHECK(Output{image, ten}.classes() == 10);
  CHECK(Output{single, ten}.classes() == 1);
  CHECK(Output{single, ten}.rows() == 10);
  CHECK(Output{vector, ten}.classes() == 10);
}

TEST_CASE("A single score says a class only by a threshold") {
  const std::vector<float> scores = {0.9f, 0.2f}, labels = {1, 1};
  const std::vector<int64_t> shape{2, 1};
  MetricSpec spec;
  CHECK_THAT(Message(Judge::Create(spec)->Add({shape, scores}, labels)), Contains("threshold"));
  spec.threshold = 0.5f;
  const auto judge = Judge::Create(spec);
  REQUIRE(judge->Add({shape, scores}, labels).ok());
  CHECK(*judge->Value() == 0.5);
}
