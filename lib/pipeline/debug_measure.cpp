#include "pipeline/debug_measure.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "pipeline/recipe.h"

namespace zeropoint::pipeline {
namespace {

using evaluate::OutputFigures;

// Enough to tell a gain from chance; more would only take time, and every mend is a conversion and a run.
constexpr size_t kMendSamples = 32;
// A change that leaves more than three quarters of the noise is not worth a line.
constexpr double kWorthwhile = 0.25;
// Of several changes the first that gains nearly as many decibels as the best: they stand in the order of what they
// cost.
constexpr double kNearlyBest = 0.9;

double Recovered(const std::vector<OutputFigures>& before, const std::vector<OutputFigures>& after) {
  const double noise = evaluate::NoiseOf(before);
  return noise > 0.0 ? 1.0 - evaluate::NoiseOf(after) / noise : 0.0;
}

}  // namespace

Measurer::Measurer(const DebugView& view, const Context& context)
    : v_(view),
      context_(context),
      samples_(
          absl::MakeConstSpan(view.conversion.samples).first(std::min(view.conversion.samples.size(), kMendSamples))) {}

absl::StatusOr<std::vector<OutputFigures>> Measurer::Outputs(const ir::Model& model,
                                                             absl::Span<const evaluate::Sample> samples) const {
  const evaluate::Pairing pairing = evaluate::PairByIds(v_.conversion.prepared.model, model);
  return evaluate::CompareOutputs({v_.conversion.prepared.model, model, pairing, v_.conversion.models.has_state},
                                  samples, context_);
}

// The outputs after converting again.
absl::StatusOr<std::vector<OutputFigures>> Measurer::OutputsWith(const Mend& mend,
                                                                 absl::Span<const evaluate::Sample> samples) const {
  plan::PlanOptions options = v_.conversion.prepared.mode.plan;
  ir::Statistics statistics = v_.conversion.statistics;
  ZP_ASSIGN_OR_RETURN(const Recipe recipe, ReadRecipe(absl::StrCat("{\"rules\": [", mend.Line(), "]}")));
  ZP_RETURN_IF_ERROR(ApplyRules(recipe, v_.conversion.prepared.model, options));
  ZP_RETURN_IF_ERROR(ApplyRanges(recipe, v_.conversion.prepared.model, statistics));
  ZP_ASSIGN_OR_RETURN(const QuantizedModel changed,
                      QuantizeModel(v_.conversion.prepared, std::move(statistics), options, context_));
  return Outputs(changed.model, samples);
}

absl::Status Measurer::MeasureCandidate(const Candidate& candidate, const std::vector<OutputFigures>& before,
                                        std::vector<Measured>& measured) const {
  struct Tried {
    const Mend* mend;
    double recovered, sqnr_db;
  };
  std::vector<Tried> tried;
  double best = 0.0;
  for (const Mend& mend : candidate.mends) {
    if (mend.rules.empty()) continue;
    const absl::StatusOr<std::vector<OutputFigures>> after = OutputsWith(mend, samples_);
    if (absl::IsCancelled(after.status())) return after.status();
    // A rule that this model cannot follow, or an op that the engine has no kernel for, mends nothing.
    if (!after.ok()) continue;
    tried.push_back({&mend, Recovered(before, *after), evaluate::OutputSqnrDb(*after)});
    best = std::max(best, tried.back().recovered);
  }
  if (best < kWorthwhile) return absl::OkStatus();
  const double start = evaluate::OutputSqnrDb(before);
  double most = 0.0;
  for (const Tried& one : tried) most = std::max(most, one.sqnr_db - start);
  const auto chosen = std::find_if(tried.begin(), tried.end(), [&](const Tried& one) {
    return one.sqnr_db - start >= kNearlyBest * most || !std::isfinite(one.sqnr_db);
  });
  DebugFinding finding = Describe(candidate);
  finding.fix.line = chosen->mend->Line();
  finding.sqnr_before_db = evaluate::OutputSqnrDb(before);
  finding.sqnr_after_db = chosen->sqnr_db;
  finding.recovered = chosen->recovered;
  measured.push_back({chosen->recovered, candidate.diagnosis.cause, PlaceOf(candidate), std::move(finding)});
  return absl::OkStatus();
}

// Inputs come before all ops.
int Measurer::PlaceOf(const Candidate& candidate) const {
  const std::vector<ir::NodeId> order = v_.Quantized(candidate.graph).Order();
  const auto found = std::find(order.begin(), order.end(), candidate.node);
  return found == order.end() ? -1 : static_cast<int>(found - order.begin());
}

DebugFinding Measurer::Describe(const Candidate& candidate) const {
  const ir::Graph& graph = v_.Quantized(candidate.graph);
  DebugFinding finding;
  finding.cause = std::string(evaluate::CauseName(candidate.diagnosis.cause));
  finding.graph = candidate.graph;
  ir::NodeId node = candidate.node;
  if (node == ir::kNoNode && !graph.uses(candidate.tensor).empty()) node = graph.uses(candidate.tensor)[0].node;
  if (node != ir::kNoNode) {
    finding.op = graph.node(node).op();
    finding.node = graph.node(node).info.name;
  }
  finding.tensor = graph.value(candidate.tensor).name;
  finding.channels = candidate.diagnosis.channels;
  finding.text = candidate.diagnosis.text;
  return finding;
}

absl::Status Measurer::MeasureSamples(const Candidate& candidate, absl::Span<const Trial> trials,
                                      const std::string& line, std::vector<Measured>& measured,
                                      const std::string& input, bool has_scale) const {
  std::vector<OutputFigures> before, after;
  for (const Trial& trial : trials) {
    ZP_ASSIGN_OR_RETURN(std::vector<OutputFigures> now, Outputs(v_.conversion.quantized.model, trial.samples));
    evaluate::Merge(std::move(now), before);
    ZP_ASSIGN_OR_RETURN(const QuantizedModel changed, QuantizeModel(v_.conversion.prepared, trial.statistics,
                                                                    v_.conversion.prepared.mode.plan, context_));
    ZP_ASSIGN_OR_RETURN(std::vector<OutputFigures> then, Outputs(changed.model, trial.samples));
    evaluate::Merge(std::move(then), after);
  }
  const double recovered = Recovered(before, after);
  if (recovered < kWorthwhile) return absl::OkStatus();
  DebugFinding finding = Describe(candidate);
  finding.fix.kind = DebugFix::Kind::kData;
  finding.fix.line = line;
  finding.fix.input = input;
  finding.fix.has_scale = has_scale;
  finding.fix.scale = candidate.diagnosis.scale;
  finding.fix.offset = candidate.diagnosis.offset;
  finding.sqnr_before_db = evaluate::OutputSqnrDb(before);
  finding.sqnr_after_db = evaluate::OutputSqnrDb(after);
  finding.recovered = recovered;
  // A gain of other ops' changes on ranges that are wrong is none: what is wrong with the samples comes first.
  constexpr double kFirst = 1.0;
  measured.push_back({kFirst + recovered, candidate.diagnosis.cause, PlaceOf(candidate), std::move(finding)});
  return absl::OkStatus();
}

}  // namespace zeropoint::pipeline
