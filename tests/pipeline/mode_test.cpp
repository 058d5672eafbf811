#include "pipeline/mode.h"

#include <catch2/catch.hpp>

using namespace zeropoint;
using pipeline::ResolveMode;

namespace {

RepresentativeDataset OneSample() {
  return RepresentativeDataset::FromFunction([](SampleView&) -> absl::StatusOr<bool> { return false; });
}

ConverterOptions Quantizing() {
  ConverterOptions options;
  options.optimizations = {Optimize::kDefault};
  return options;
}

}  // namespace

TEST_CASE("the six modes follow from the options as LiteRT's users expect") {
  ConverterOptions options = Quantizing();

  SECTION("no optimizations: float") { REQUIRE(ResolveMode(ConverterOptions())->name == "float"); }
  SECTION("optimizations alone: dynamic range") {
    REQUIRE(ResolveMode(options)->name == "dynamic");
    REQUIRE_FALSE(ResolveMode(options)->calibrates);
  }
  SECTION("with a dataset: int8 with float fallback") {
    options.representative_dataset = OneSample();
    auto mode = ResolveMode(options);
    REQUIRE(mode->name == "int8");
    REQUIRE(mode->calibrates);
    REQUIRE(mode->plan.allow_float_fallback);
  }
  SECTION("with int8 builtins only: strict int8") {
    options.representative_dataset = OneSample();
    options.target_spec.supported_ops = {OpsSet::kTfliteBuiltinsInt8};
    options.inference_input_type = Type::kUInt8;
    auto mode = ResolveMode(options);
    REQUIRE(mode->name == "int8-only");
    REQUIRE_FALSE(mode->plan.allow_float_fallback);
    REQUIRE(mode->plan.input_type == ElementType::kUInt8);
  }
  SECTION("float16 among the supported types: float16") {
    options.target_spec.supported_types = {Type::kFloat16};
    REQUIRE(ResolveMode(options)->name == "float16");
  }
  SECTION("16x8 alone is strict, beside the builtins it falls back to float") {
    options.representative_dataset = OneSample();
    options.target_spec.supported_ops = {OpsSet::kInt16x8};
    REQUIRE(ResolveMode(options)->name == "int16x8");
    options.target_spec.supported_ops.push_back(OpsSet::kTfliteBuiltins);
    REQUIRE(ResolveMode(options)->name == "int16x8-fallback");
  }
}

TEST_CASE("options that contradict each other are refused by name") {
  ConverterOptions options = Quantizing();

  SECTION("an integer mode without data") {
    options.target_spec.supported_ops = {OpsSet::kTfliteBuiltinsInt8};
    REQUIRE(std::string(ResolveMode(options).status().message()).find("representative_dataset") != std::string::npos);
  }
  SECTION("integer input in a float mode") {
    options.inference_input_type = Type::kInt8;
    std::string message(ResolveMode(options).status().message());
    REQUIRE(message.find("inference_input_type is int8") != std::string::npos);
    REQUIRE(message.find("float32") != std::string::npos);
  }
  SECTION("uint8 output in 16x8") {
    options.representative_dataset = OneSample();
    options.target_spec.supported_ops = {OpsSet::kInt16x8};
    options.inference_output_type = Type::kUInt8;
    REQUIRE(ResolveMode(options).status().code() == absl::StatusCode::kInvalidArgument);
  }
  SECTION("a supported type that no mode has") {
    options.target_spec.supported_types = {Type::kInt32};
    REQUIRE(std::string(ResolveMode(options).status().message()).find("int32") != std::string::npos);
  }
  SECTION("no op set at all") {
    options.target_spec.supported_ops.clear();
    REQUIRE_FALSE(ResolveMode(options).ok());
  }
}

TEST_CASE("options without effect are warned about, not dropped in silence") {
  ConverterOptions options;
  options.representative_dataset = OneSample();
  options.target_spec.supported_types = {Type::kFloat16};
  REQUIRE(ResolveMode(options)->warnings.size() == 2);
}
