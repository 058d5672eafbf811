// Findings: diagnoses of evaluate/causes, each with a change that mends it, measured by converting again.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "pipeline/debug.h"
#include "pipeline/debug_candidates.h"
#include "pipeline/debug_measure.h"
#include "pipeline/debug_samples.h"
#include "pipeline/debug_view.h"

namespace zeropoint::pipeline {
namespace {

// One finding for a cause and its ops: what a mend of an earlier one covers is not told again.
std::vector<DebugFinding> Distinct(std::vector<Measured>&& measured) {
  std::vector<DebugFinding> findings;
  for (Measured& one : measured) {
    DebugFinding& finding = one.finding;
    const bool told = std::any_of(findings.begin(), findings.end(), [&finding](const DebugFinding& other) {
      return other.cause == finding.cause &&
             (other.node == finding.node || other.fix.line == finding.fix.line ||
              absl::string_view(other.fix.line).find(absl::StrCat("\"", finding.node, "\"")) !=
                  absl::string_view::npos);
    });
    if (!told) findings.push_back(std::move(finding));
  }
  return findings;
}

}  // namespace

absl::StatusOr<std::vector<DebugFinding>> FindCauses(const DebugConversion& conversion, int mended,
                                                     const Context& context) {
  if (!conversion.prepared.mode.quantizes_activations) return std::vector<DebugFinding>();
  const DebugView view{conversion};
  const Measurer measurer(view, context);
  const std::vector<Candidate> candidates = FindCandidates(view);
  std::vector<Measured> measured;
  ZP_RETURN_IF_ERROR(AddSampleFindings(view, measurer, context, measured));
  ZP_ASSIGN_OR_RETURN(const std::vector<evaluate::OutputFigures> before,
                      measurer.Outputs(conversion.quantized.model, measurer.samples()));
  const size_t count = std::min(candidates.size(), static_cast<size_t>(std::max(mended, 0)));
  for (size_t i = 0; i < count; ++i) {
    ZP_RETURN_IF_ERROR(measurer.MeasureCandidate(candidates[i], before, measured));
  }
  std::stable_sort(measured.begin(), measured.end(),
                   [](const Measured& a, const Measured& b) { return a.Key() < b.Key(); });
  return Distinct(std::move(measured));
}

}  // namespace zeropoint::pipeline
