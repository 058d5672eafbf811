// Findings: diagnoses of evaluate/causes, each with a change that mends it, measured by converting again.
#include <algorithm>
#include <cmath>
#include <set>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "calibrate/state.h"
#include "evaluate/causes.h"
#include "nlohmann/json.hpp"
#include "ops/op_def.h"
#include "pipeline/debug.h"

namespace zeropoint::pipeline {
namespace {

using evaluate::Cause;
using evaluate::NodeRef;
using evaluate::OutputFigures;
using evaluate::ValueRef;
using plan::Scheme;

// Enough to tell a gain from chance; more would only take time, and every mend is a conversion and a run.
constexpr size_t kMendSamples = 32;
// A change that leaves more than three quarters of the noise is not worth a line.
constexpr double kWorthwhile = 0.25;
// Of several changes the first that gains nearly as many decibels as the best: they stand in the order of what they
// cost.
constexpr double kNearlyBest = 0.9;

// A change to the recipe.
struct Mend {
  nlohmann::ordered_json rules = nlohmann::ordered_json::array();

  std::string Line() const {
    std::string line;
    for (const auto& rule : rules) {
      absl::StrAppend(&line, line.empty() ? "" : ", ",
                      rule.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
    }
    return line;
  }
};

struct Candidate {
  evaluate::Diagnosis diagnosis;
  int graph = 0;  // float and quantized graphs have the same index in a conversion of ours
  ir::NodeId node = ir::kNoNode;
  ir::ValueId tensor = ir::kNoValue;
  std::vector<Mend> mends;
  double weight = 0.0;  // what the ops around the tensor cost
};

// Calibration by other samples, and those that it is measured on.
struct Trial {
  ir::Statistics statistics;
  std::vector<evaluate::Sample> samples;
};

// A finding whose mend was measured.
struct Measured {
  double recovered = 0.0;
  Cause cause = Cause::kRangeCollapse;
  int place = 0;  // of the op, in order of execution
  DebugFinding finding;

  // What gains as much, to a fiftieth of the noise, is told in the order of causes, then of execution.
  std::tuple<int64_t, Cause, int> Key() const {
    constexpr double kSteps = 50.0;
    return {-std::llround(recovered * kSteps), cause, place};
  }
};

class Finder {
 public:
  Finder(const DebugConversion& conversion, const Context& context)
      : c_(conversion),
        context_(context),
        samples_(absl::MakeConstSpan(c_.samples).first(std::min(c_.samples.size(), kMendSamples))) {}

  absl::StatusOr<std::vector<DebugFinding>> Run(int mended) {
    if (!c_.prepared.mode.quantizes_activations) return std::vector<DebugFinding>();
    for (const auto& [at, figures] : c_.comparison.tensors) Examine(at, figures);
    for (const OutputFigures& ran : c_.comparison.outputs) ExamineOperands(ran.graph);
    std::stable_sort(candidates_.begin(), candidates_.end(),
                     [](const Candidate& a, const Candidate& b) { return a.weight > b.weight; });
    std::vector<Measured> measured;
    ZP_RETURN_IF_ERROR(AddSampleFindings(measured));
    ZP_ASSIGN_OR_RETURN(const std::vector<OutputFigures> before, Outputs(c_.quantized.model, samples_));
    const size_t count = std::min(candidates_.size(), static_cast<size_t>(std::max(mended, 0)));
    for (size_t i = 0; i < count; ++i) ZP_RETURN_IF_ERROR(MeasureCandidate(candidates_[i], before, measured));
    std::stable_sort(measured.begin(), measured.end(),
                     [](const Measured& a, const Measured& b) { return a.Key() < b.Key(); });
    return Distinct(std::move(measured));
  }

 private:
  const ir::Graph& Quantized(int g) const { return c_.quantized.model.graphs[static_cast<size_t>(g)]; }
  const ir::Graph& Real(int g) const { return c_.prepared.model.graphs[static_cast<size_t>(g)]; }

  const evaluate::Spread* SpreadOf(int g, ir::ValueId real) const {
    const auto found = c_.comparison.spreads.find({g, real});
    return found == c_.comparison.spreads.end() ? nullptr : &found->second;
  }

  double CostOf(int g, ir::NodeId id) const {
    const auto found = c_.comparison.nodes.find({g, id});
    return found == c_.comparison.nodes.end() ? 0.0 : found->second.cost.value_or(0.0);
  }

  // What the op that computes a tensor and those that read it cost.
  double WeightOf(int g, ir::ValueId id) const {
    const ir::Graph& graph = Quantized(g);
    const ir::NodeId producer = graph.producer(id);
    double weight = producer == ir::kNoNode ? 0.0 : CostOf(g, producer);
    for (const ir::Use& use : graph.uses(id)) weight = std::max(weight, CostOf(g, use.node));
    return weight;
  }

  // --- rules about one tensor

  void Examine(const ValueRef& at, const evaluate::TensorFigures& figures) {
    const auto& [g, id] = at;
    const ir::Value& value = Quantized(g).value(id);
    const evaluate::Spread* spread = SpreadOf(g, figures.real);
    const std::optional<ir::Range> held = evaluate::RepresentableRange(value);
    // The tensor that the float model has too: its copies in other forms have the same values.
    if (spread == nullptr || !held.has_value() || figures.distance.elements() == 0) return;
    evaluate::ActivationFacts facts;
    facts.real = spread->range;
    facts.held = *held;
    facts.step = value.quant.scale[0];
    facts.channels = spread->channels;
    const auto elements = static_cast<double>(figures.distance.elements());
    facts.negative = static_cast<double>(spread->negative) / static_cast<double>(spread->elements);
    facts.clipped = static_cast<double>(figures.clipped) / elements;
    facts.codes_used = figures.CodesUsed();
    facts.codes = static_cast<uint64_t>(evaluate::CodesOf(value.type));
    facts.histogram = figures.histogram.counts;
    if (Real(g).IsGraphInput(figures.real)) {
      if (auto found = evaluate::FindSaturatedInput(facts)) Add(*std::move(found), g, id, figures.real);
      return;
    }
    if (figures.real != id) return;
    if (RangeIsFixed(g, id)) {
      // No channel or value has set the range, and of a result that the samples do not move nothing is lost.
      if (IsResultOnly(g, id)) return;
      if (auto collapse = evaluate::FindRangeCollapse(facts)) Add(*std::move(collapse), g, id, figures.real);
      return;
    }
    std::optional<evaluate::Diagnosis> found = evaluate::FindDeadChannel(facts);
    if (!found.has_value() && !HasMixedOperands(g, id)) found = evaluate::FindOutlierChannel(facts);
    if (found.has_value()) Add(*std::move(found), g, id, figures.real);
    if (auto tail = evaluate::FindSwishTail(facts)) Add(*std::move(tail), g, id, figures.real);
    // A scale that the tensor has to share is its reader's matter.
    const bool shares =
        std::any_of(Quantized(g).uses(id).begin(), Quantized(g).uses(id).end(), [&, g = g](const ir::Use& use) {
          return use.node < Real(g).max_node_id() && Real(g).alive(use.node) && MixedOperands(g, use.node).has_value();
        });
    if (shares) return;
    if (auto collapse = evaluate::FindRangeCollapse(facts)) Add(*std::move(collapse), g, id, figures.real);
  }

  // Whether the op fixes the range (SOFTMAX's is [0, 1]), or the one that the value came from.
  bool RangeIsFixed(int g, ir::ValueId id) const {
    const ir::Graph& graph = Quantized(g);
    for (ir::NodeId at = graph.producer(id); at != ir::kNoNode; at = graph.producer(graph.node(at).input(0))) {
      const ops::OpDef* op = ops::FindOp(graph.node(at).op());
      if (op == nullptr) return false;
      const auto& fixed = graph.value(id).type == ElementType::kInt16 ? op->quant.fixed_int16 : op->quant.fixed_int8;
      if (fixed.has_value()) return true;
      if (!op->quant.same_scale || graph.node(at).inputs().empty() || graph.node(at).input(0) == ir::kNoValue)
        return false;
    }
    return false;
  }

  // Whether the value is only delivered, as it is or in another form.
  bool IsResultOnly(int g, ir::ValueId id) const {
    const ir::Graph& graph = Quantized(g);
    return std::all_of(graph.uses(id).begin(), graph.uses(id).end(), [&](const ir::Use& use) {
      const ops::OpDef* op = ops::FindOp(graph.node(use.node).op());
      return op != nullptr && op->conversion != ops::Conversion::kNone &&
             graph.uses(graph.node(use.node).output()).empty();
    });
  }

  void Add(evaluate::Diagnosis diagnosis, int g, ir::ValueId id, ir::ValueId real) {
    Candidate candidate{std::move(diagnosis), g, Quantized(g).producer(id), id, {}, WeightOf(g, id)};
    if (candidate.diagnosis.range.has_value())
      candidate.mends.push_back(RangeMend(g, real, *candidate.diagnosis.range));
    if (candidate.diagnosis.cause != Cause::kSaturatedInput) {
      const std::set<ir::NodeId> nodes = Around(g, real);
      candidate.mends.push_back(SchemeMend(g, nodes, Scheme::kInt16x8));
      candidate.mends.push_back(SchemeMend(g, nodes, Scheme::kFloat));
    }
    candidates_.push_back(std::move(candidate));
  }

  // --- rules about one op's operands

  static bool SharesScale(const ir::Node& node) {
    const ops::OpDef* op = ops::FindOp(node.op());
    return op != nullptr && op->quant.same_scale;
  }

  std::vector<evaluate::Operand> OperandsOf(int g, ir::NodeId id) const {
    std::vector<evaluate::Operand> operands;
    for (ir::ValueId value : Real(g).node(id).inputs()) {
      const evaluate::Spread* spread = value == ir::kNoValue ? nullptr : SpreadOf(g, value);
      if (spread != nullptr) operands.push_back({Real(g).value(value).name, spread->range});
    }
    return operands;
  }

  std::optional<evaluate::Diagnosis> MixedOperands(int g, ir::NodeId id) const {
    const ir::Node& node = Quantized(g).node(id);
    if (!SharesScale(node) || !Real(g).alive(id) || Quantized(g).value(node.output()).quant.scale.size() != 1)
      return std::nullopt;
    return evaluate::FindMixedRange(OperandsOf(g, id), Quantized(g).value(node.output()).quant.scale[0]);
  }

  bool HasMixedOperands(int g, ir::ValueId id) const {
    const ir::NodeId producer = Quantized(g).producer(id);
    return producer != ir::kNoNode && producer < Real(g).max_node_id() && MixedOperands(g, producer).has_value();
  }

  void ExamineOperands(int g) {
    for (ir::NodeId id : Real(g).Order()) {
      if (!Quantized(g).alive(id)) continue;
      std::optional<evaluate::Diagnosis> found = MixedOperands(g, id);
      if (!found.has_value()) continue;
      const ir::ValueId result = Real(g).node(id).output();
      double weight = WeightOf(g, result);
      std::set<ir::NodeId> nodes = Behind(g, result);
      nodes.insert(id);
      for (ir::ValueId value : Quantized(g).node(id).inputs()) {
        if (value != ir::kNoValue && !Quantized(g).value(value).is_constant)
          weight = std::max(weight, WeightOf(g, value));
      }
      Candidate candidate{*std::move(found), g, id, result, {}, weight};
      candidate.mends.push_back(SchemeMend(g, nodes, Scheme::kInt16x8));
      candidate.mends.push_back(SchemeMend(g, nodes, Scheme::kFloat));
      candidates_.push_back(std::move(candidate));
    }
  }

  // --- mends

  // The ops that read a value, and on through those that have no weights, to the first that mix it with weights.
  std::set<ir::NodeId> Behind(int g, ir::ValueId real) const {
    const ir::Graph& graph = Real(g);
    std::set<ir::NodeId> nodes;
    std::vector<ir::ValueId> todo{real};
    while (!todo.empty()) {
      const ir::ValueId at = todo.back();
      todo.pop_back();
      for (const ir::Use& use : graph.uses(at)) {
        if (!nodes.insert(use.node).second || HasWeights(graph, use.node)) continue;
        for (ir::ValueId result : graph.node(use.node).outputs()) todo.push_back(result);
      }
    }
    return nodes;
  }

  static bool HasWeights(const ir::Graph& graph, ir::NodeId id) {
    const ops::OpDef* op = ops::FindOp(graph.node(id).op());
    if (op == nullptr) return true;
    for (int i = 0; i < static_cast<int>(graph.node(id).inputs().size()); ++i) {
      if (op->quant.input(i).role == ops::Role::kWeight) return true;
    }
    return false;
  }

  std::set<ir::NodeId> Around(int g, ir::ValueId real) const {
    std::set<ir::NodeId> nodes = Behind(g, real);
    // Back over ops that only move the value on, to the one that made it.
    for (ir::NodeId at = Real(g).producer(real); at != ir::kNoNode;) {
      nodes.insert(at);
      at = HasWeights(Real(g), at) || Real(g).node(at).input(0) == ir::kNoValue
               ? ir::kNoNode
               : Real(g).producer(Real(g).node(at).input(0));
    }
    return nodes;
  }

  Mend SchemeMend(int g, const std::set<ir::NodeId>& nodes, Scheme scheme) const {
    Mend mend;
    nlohmann::ordered_json names = nlohmann::ordered_json::array();
    for (ir::NodeId id : Real(g).Order()) {
      if (nodes.count(id) == 0) continue;
      const std::string& name = Real(g).node(id).info.name;
      if (!name.empty()) names.push_back(name);
    }
    if (!names.empty()) mend.rules.push_back({{"name", names}, {"scheme", SchemeName(scheme)}});
    return mend;
  }

  // The range of a tensor, and of those that have their parameters from it.
  Mend RangeMend(int g, ir::ValueId real, const ir::Range& range) const {
    const ir::Graph& graph = Quantized(g);
    std::set<ir::ValueId> values{real};
    std::vector<ir::ValueId> todo{real};
    const auto reach = [&](ir::ValueId at) {
      const bool same = at != ir::kNoValue && at < Real(g).num_values() &&
                        graph.value(at).type == graph.value(real).type &&
                        graph.value(at).quant.scale == graph.value(real).quant.scale &&
                        graph.value(at).quant.zero_point == graph.value(real).quant.zero_point;
      if (same && values.insert(at).second) todo.push_back(at);
    };
    while (!todo.empty() && !Real(g).IsGraphInput(real)) {
      const ir::ValueId at = todo.back();
      todo.pop_back();
      for (const ir::Use& use : graph.uses(at)) {
        for (ir::ValueId result : graph.node(use.node).outputs()) reach(result);
      }
      if (graph.producer(at) != ir::kNoNode) {
        for (ir::ValueId operand : graph.node(graph.producer(at)).inputs()) reach(operand);
      }
    }
    nlohmann::ordered_json names = nlohmann::ordered_json::array();
    for (ir::ValueId value : values) {
      if (!Real(g).value(value).name.empty()) names.push_back(Real(g).value(value).name);
    }
    Mend mend;
    if (!names.empty()) mend.rules.push_back({{"tensor", names}, {"range", {range.min, range.max}}});
    return mend;
  }

  // --- measuring

  absl::StatusOr<std::vector<OutputFigures>> Outputs(const ir::Model& model,
                                                     absl::Span<const evaluate::Sample> samples) const {
    const evaluate::Pairing pairing = evaluate::PairByIds(c_.prepared.model, model);
    return evaluate::CompareOutputs({c_.prepared.model, model, pairing, c_.models.has_state}, samples, context_);
  }

  // The outputs after converting again.
  absl::StatusOr<std::vector<OutputFigures>> OutputsWith(const Mend& mend,
                                                         absl::Span<const evaluate::Sample> samples) const {
    plan::PlanOptions options = c_.prepared.mode.plan;
    ir::Statistics statistics = c_.statistics;
    ZP_ASSIGN_OR_RETURN(const Recipe recipe, ReadRecipe(absl::StrCat("{\"rules\": [", mend.Line(), "]}")));
    ZP_RETURN_IF_ERROR(ApplyRules(recipe, c_.prepared.model, options));
    ZP_RETURN_IF_ERROR(ApplyRanges(recipe, c_.prepared.model, statistics));
    ZP_ASSIGN_OR_RETURN(const QuantizedModel changed,
                        QuantizeModel(c_.prepared, std::move(statistics), options, context_));
    return Outputs(changed.model, samples);
  }

  static double Recovered(const std::vector<OutputFigures>& before, const std::vector<OutputFigures>& after) {
    const double noise = evaluate::NoiseOf(before);
    return noise > 0.0 ? 1.0 - evaluate::NoiseOf(after) / noise : 0.0;
  }

  absl::Status MeasureCandidate(const Candidate& candidate, const std::vector<OutputFigures>& before,
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
  int PlaceOf(const Candidate& candidate) const {
    const std::vector<ir::NodeId> order = Quantized(candidate.graph).Order();
    const auto found = std::find(order.begin(), order.end(), candidate.node);
    return found == order.end() ? -1 : static_cast<int>(found - order.begin());
  }

  DebugFinding Describe(const Candidate& candidate) const {
    const ir::Graph& graph = Quantized(candidate.graph);
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

  // One finding for a cause and its ops: what a mend of an earlier one covers is not told again.
  static std::vector<DebugFinding> Distinct(std::vector<Measured>&& measured) {
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

  // --- rules about the samples: only where others than those that calibrated are measured on

  absl::Status AddSampleFindings(std::vector<Measured>& measured) {
    if (!c_.evaluated_apart || !c_.prepared.mode.calibrates) return absl::OkStatus();
    bool other_unit = false;
    for (const OutputFigures& ran : c_.comparison.outputs) {
      for (ir::ValueId input : Real(ran.graph).inputs) {
        const ir::Range* calibrated = c_.statistics.Find(ran.graph, input);
        const evaluate::Spread* spread = SpreadOf(ran.graph, input);
        if (calibrated == nullptr || spread == nullptr) continue;
        std::optional<evaluate::Diagnosis> found = evaluate::FindUnnormalizedSamples(*calibrated, spread->range);
        if (!found.has_value()) continue;
        other_unit = true;
        ZP_RETURN_IF_ERROR(MeasureNormalized(*found, ran.graph, input, measured));
      }
    }
    return other_unit ? absl::OkStatus() : AddTooFewSamples(measured);
  }

  // Ranges of the samples as they should have been.
  absl::Status MeasureNormalized(const evaluate::Diagnosis& diagnosis, int g, ir::ValueId input,
                                 std::vector<Measured>& measured) const {
    const std::string& name = Real(g).value(input).name;
    ConverterOptions options = c_.options;
    options.representative_dataset = Mapped(c_.options.representative_dataset, c_.prepared.model, g, input, diagnosis);
    Trial trial;
    Report report;
    ZP_ASSIGN_OR_RETURN(trial.statistics, CollectRanges(options, c_.prepared, context_, report));
    trial.samples.assign(samples_.begin(), samples_.end());
    Candidate candidate{diagnosis, g, ir::kNoNode, input, {}, 0.0};
    const std::string line =
        absl::StrCat("x * ", diagnosis.scale, diagnosis.offset < 0.0 ? " - " : " + ", std::abs(diagnosis.offset));
    return MeasureSamples(candidate, {&trial, 1}, absl::StrCat("'", name, "': ", line), measured, name, true);
  }

  absl::Status MeasureSamples(const Candidate& candidate, absl::Span<const Trial> trials, const std::string& line,
                              std::vector<Measured>& measured, const std::string& input, bool has_scale) const {
    std::vector<OutputFigures> before, after;
    for (const Trial& trial : trials) {
      ZP_ASSIGN_OR_RETURN(std::vector<OutputFigures> now, Outputs(c_.quantized.model, trial.samples));
      evaluate::Merge(std::move(now), before);
      ZP_ASSIGN_OR_RETURN(const QuantizedModel changed,
                          QuantizeModel(c_.prepared, trial.statistics, c_.prepared.mode.plan, context_));
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

  // The dataset with one float input changed.
  static RepresentativeDataset Mapped(const RepresentativeDataset& dataset, const ir::Model& model, int g,
                                      ir::ValueId input, const evaluate::Diagnosis& diagnosis) {
    std::set<std::string> names{model.graphs[static_cast<size_t>(g)].value(input).name};
    for (const ir::Signature& signature : model.signatures) {
      for (const ir::NamedValue& named : signature.inputs) {
        if (signature.graph == g && named.value == input) names.insert(named.name);
      }
    }
    const auto& inputs = model.graphs[static_cast<size_t>(g)].inputs;
    const auto position = static_cast<size_t>(std::find(inputs.begin(), inputs.end(), input) - inputs.begin());
    auto buffer = std::make_shared<std::vector<float>>();
    return RepresentativeDataset::FromFunction(
        [dataset, names, position, buffer, scale = diagnosis.scale,
         offset = diagnosis.offset](SampleView& sample) -> absl::StatusOr<bool> {
          absl::StatusOr<bool> more = dataset.next()(sample);
          if (!more.ok() || !*more) return more;
          for (size_t i = 0; i < sample.tensors.size(); ++i) {
            TensorView& tensor = sample.tensors[i];
            const bool wanted = tensor.name.empty() ? i == position : names.count(tensor.name) > 0;
            if (!wanted || tensor.type != Type::kFloat32) continue;
            const auto* values = static_cast<const float*>(tensor.data);
            buffer->assign(values, values + tensor.bytes / sizeof(float));
            for (float& x : *buffer) x = static_cast<float>(x * scale + offset);
            tensor.data = buffer->data();
          }
          return true;
        },
        [dataset] { dataset.Reset(); });
  }

  // A sample as the dataset has it; the views are of the same memory.
  SampleView ViewOf(const evaluate::Sample& sample) const {
    const ir::Model& model = c_.prepared.model;
    const ir::Graph& graph = Real(sample.graph);
    SampleView view;
    view.continues = c_.models.has_state && !sample.fresh_state;
    std::vector<std::string> names;
    for (ir::ValueId input : graph.inputs) names.push_back(graph.value(input).name);
    for (const ir::Signature& signature : model.signatures) {
      if (signature.graph != sample.graph || !view.signature.empty()) continue;
      view.signature = signature.key;
      for (const ir::NamedValue& named : signature.inputs) {
        const auto at = std::find(graph.inputs.begin(), graph.inputs.end(), named.value);
        if (at != graph.inputs.end()) names[static_cast<size_t>(at - graph.inputs.begin())] = named.name;
      }
    }
    for (size_t i = 0; i < sample.inputs.size(); ++i) {
      const ops::TensorView& input = sample.inputs[i];
      view.tensors.push_back(
          {names[i], static_cast<Type>(input.type), {input.dims.begin(), input.dims.end()}, input.data, input.bytes()});
    }
    return view;
  }

  // The samples that calibrated, and then `more`.
  RepresentativeDataset CalibrationWith(absl::Span<const evaluate::Sample> more) const {
    auto views = std::make_shared<std::vector<SampleView>>();
    for (const evaluate::Sample& sample : more) views->push_back(ViewOf(sample));
    if (!views->empty()) views->front().continues = false;  // what came before it is not there
    auto at = std::make_shared<size_t>(0);
    auto first_ended = std::make_shared<bool>(false);
    const RepresentativeDataset first = c_.options.representative_dataset;
    return RepresentativeDataset::FromFunction(
        [=](SampleView& sample) -> absl::StatusOr<bool> {
          if (!*first_ended) {
            absl::StatusOr<bool> more_of_first = first.next()(sample);
            if (!more_of_first.ok() || *more_of_first) return more_of_first;
            *first_ended = true;
          }
          if (*at == views->size()) return false;
          sample = (*views)[(*at)++];
          return true;
        },
        [=] {
          first.Reset();
          *first_ended = false;
          *at = 0;
        });
  }

  // Calibrates with one half of the samples as well and measures on the other, both ways: what is told is a gain on
  // samples that did not calibrate, and no sample decides alone by the half that it is in.
  absl::Status AddTooFewSamples(std::vector<Measured>& measured) {
    if (samples_.size() < 2) return absl::OkStatus();
    std::vector<evaluate::ClippedTensor> tensors;
    Candidate candidate;
    double worst = 0.0;
    for (const auto& [at, figures] : c_.comparison.tensors) {
      const ir::Range* calibrated = c_.statistics.Find(at.first, figures.real);
      const evaluate::Spread* spread = SpreadOf(at.first, figures.real);
      const bool held = evaluate::RepresentableRange(Quantized(at.first).value(at.second)).has_value();
      if (calibrated == nullptr || spread == nullptr || !held || figures.real != at.second) continue;
      // What lies beyond a range that the op fixes is no matter of samples.
      if (RangeIsFixed(at.first, at.second)) continue;
      const double clipped = static_cast<double>(figures.clipped) / static_cast<double>(figures.distance.elements());
      tensors.push_back({Real(at.first).value(figures.real).name, clipped, *calibrated, spread->range});
      if (clipped <= worst) continue;
      worst = clipped;
      candidate.graph = at.first;
      candidate.tensor = at.second;
      candidate.node = Quantized(at.first).producer(at.second);
    }
    std::optional<evaluate::Diagnosis> found = evaluate::FindTooFewSamples(c_.statistics.samples, tensors);
    if (!found.has_value() || candidate.tensor == ir::kNoValue) return absl::OkStatus();
    candidate.diagnosis = *std::move(found);
    // Every second one, since samples may be sorted; where they are steps of sequences, those that follow each other.
    std::vector<evaluate::Sample> halves[2];
    for (size_t i = 0; i < c_.samples.size(); ++i) {
      const size_t half = c_.models.has_state ? 2 * i / c_.samples.size() : i % 2;
      halves[half].push_back(c_.samples[i]);
    }
    std::vector<Trial> trials(2);
    for (size_t half = 0; half < trials.size(); ++half) {
      ConverterOptions options = c_.options;
      options.representative_dataset = CalibrationWith(halves[half]);
      Report report;
      ZP_ASSIGN_OR_RETURN(trials[half].statistics, CollectRanges(options, c_.prepared, context_, report));
      trials[half].samples = halves[1 - half];
    }
    const std::string line =
        absl::StrCat("calibrate with more of them: with the ", c_.samples.size(), " that are evaluated as well, say");
    return MeasureSamples(candidate, trials, line, measured, "", false);
  }

  const DebugConversion& c_;
  const Context& context_;
  const absl::Span<const evaluate::Sample> samples_;
  std::vector<Candidate> candidates_;
};

}  // namespace

absl::StatusOr<std::vector<DebugFinding>> FindCauses(const DebugConversion& conversion, int mended,
                                                     const Context& context) {
  return Finder(conversion, context).Run(mended);
}

}  // namespace zeropoint::pipeline
