// The records' RuntimeForms against what was found by running every form (tests/data/probe_kernels.py).
#include <catch2/catch.hpp>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "ops/op_def.h"
#include "ops/runtime.h"

namespace zeropoint::ops {
namespace {

using Json = nlohmann::json;

Json ReadFindings() {
  std::ifstream file(ZEROPOINT_SOURCE_DIR "/tests/data/kernel_forms.json");
  REQUIRE(file.good());
  return Json::parse(file);
}

// Kernels that run and compute something else: they take the integers for the numbers.
bool IsWrong(const Json& finding) { return finding.value("wrong", false); }

Release Found(const Json& finding, const std::string& oldest) {
  if (finding["since"].is_null() || IsWrong(finding)) return kNever;
  const std::string since = finding["since"];
  return since == oldest ? kEver : *ParseRelease(since);
}

bool Same(const Release& a, const Release& b) { return a <= b && b <= a; }

TEST_CASE("records know which releases run which form") {
  const Json findings = ReadFindings();
  const std::string oldest = findings["releases"][0];
  CHECK(findings["releases"].back() == ToString(kNewestRelease));
  constexpr std::pair<const char*, KernelForm> kForms[] = {{"real", KernelForm::kReal},
                                                           {"hybrid", KernelForm::kHybrid},
                                                           {"int8", KernelForm::kInt8},
                                                           {"int16", KernelForm::kInt16}};
  for (const auto& [name, forms] : findings["ops"].items()) {
    const OpDef* op = FindOp(name);
    if (op == nullptr) continue;
    for (const auto& [text, form] : kForms) {
      if (!forms.contains(text)) continue;
      INFO(name << " " << text);
      CHECK(Same(Since(op->runtime, form), Found(forms[text], oldest)));
    }
  }
}

TEST_CASE("a form that some release lacks says what is missing") {
  for (const OpDef* op : AllOps()) {
    INFO(op->name);
    const RuntimeForms& forms = op->runtime;
    const bool ever =
        Same(forms.real, kEver) && Same(forms.hybrid, kEver) && Same(forms.int8, kEver) && Same(forms.int16, kEver);
    CHECK(ever == forms.gap.empty());
  }
}

TEST_CASE("an op is integer by default, by request, or never") {
  for (const OpDef* op : AllOps()) {
    INFO(op->name);
    CHECK_FALSE((op->quant.int8 && op->quant.int8_by_request));
    CHECK_FALSE((op->quant.int16 && op->quant.int16_by_request));
    CHECK((!op->quant.int8_by_request || op->runtime.int8 <= kNewestRelease));
    CHECK((!op->quant.int16_by_request || op->runtime.int16 <= kNewestRelease));
  }
}

}  // namespace
}  // namespace zeropoint::ops
