#include "pipeline/debug_candidates.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "ops/op_def.h"

namespace zeropoint::pipeline {
namespace {

using evaluate::Cause;
using evaluate::OutputFigures;
using evaluate::ValueRef;
using plan::Scheme;

class Finder {
 public:
  explicit Finder(const DebugView& view) : v_(view) {}

  std::vector<Candidate> Run() {
    for (const auto& [at, figures] : v_.conversion.comparison.tensors) Examine(at, figures);
    for (const OutputFigures& ran : v_.conversion.comparison.outputs) ExamineOperands(ran.graph);
    std::stable_sort(candidates_.begin(), candidates_.end(),
                     [](const Candidate& a, const Candidate& b) { return a.weight > b.weight; });
    return std::move(candidates_);
  }

 private:
  // --- rules about one tensor

  void Examine(const ValueRef& at, const evaluate::TensorFigures& figures) {
    const auto& [g, id] = at;
    const ir::Value& value = v_.Quantized(g).value(id);
    const evaluate::Spread* spread = v_.SpreadOf(g, figures.real);
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
    if (v_.Real(g).IsGraphInput(figures.real)) {
      if (auto found = evaluate::FindSaturatedInput(facts)) Add(*std::move(found), g, id, figures.real);
      return;
    }
    if (figures.real != id) return;
    if (v_.RangeIsFixed(g, id)) {
      // No channel or value has set the range, and of a result that the samples do not move nothing is lost.
      if (v_.IsResultOnly(g, id)) return;
      if (auto collapse = evaluate::FindRangeCollapse(facts)) Add(*std::move(collapse), g, id, figures.real);
      return;
    }
    std::optional<evaluate::Diagnosis> found = evaluate::FindDeadChannel(facts);
    if (!found.has_value() && !HasMixedOperands(g, id)) found = evaluate::FindOutlierChannel(facts);
    if (found.has_value()) Add(*std::move(found), g, id, figures.real);
    if (auto tail = evaluate::FindSwishTail(facts)) Add(*std::move(tail), g, id, figures.real);
    // A scale that the tensor has to share is its reader's matter.
    const bool shares =
        std::any_of(v_.Quantized(g).uses(id).begin(), v_.Quantized(g).uses(id).end(), [&, g = g](const ir::Use& use) {
          return use.node < v_.Real(g).max_node_id() && v_.Real(g).alive(use.node) &&
                 MixedOperands(g, use.node).has_value();
        });
    if (shares) return;
    if (auto collapse = evaluate::FindRangeCollapse(facts)) Add(*std::move(collapse), g, id, figures.real);
  }

  void Add(evaluate::Diagnosis diagnosis, int g, ir::ValueId id, ir::ValueId real) {
    Candidate candidate{std::move(diagnosis), g, v_.Quantized(g).producer(id), id, {}, v_.WeightOf(g, id)};
    if (candidate.diagnosis.range.has_value())
      candidate.mends.push_back(RangeMend(v_, g, real, *candidate.diagnosis.range));
    if (candidate.diagnosis.cause != Cause::kSaturatedInput) {
      const std::set<ir::NodeId> nodes = NodesAround(v_, g, real);
      candidate.mends.push_back(SchemeMend(v_, g, nodes, Scheme::kInt16x8));
      candidate.mends.push_back(SchemeMend(v_, g, nodes, Scheme::kFloat));
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
    for (ir::ValueId value : v_.Real(g).node(id).inputs()) {
      const evaluate::Spread* spread = value == ir::kNoValue ? nullptr : v_.SpreadOf(g, value);
      if (spread != nullptr) operands.push_back({v_.Real(g).value(value).name, spread->range});
    }
    return operands;
  }

  std::optional<evaluate::Diagnosis> MixedOperands(int g, ir::NodeId id) const {
    const ir::Node& node = v_.Quantized(g).node(id);
    if (!SharesScale(node) || !v_.Real(g).alive(id) || v_.Quantized(g).value(node.output()).quant.scale.size() != 1)
      return std::nullopt;
    return evaluate::FindMixedRange(OperandsOf(g, id), v_.Quantized(g).value(node.output()).quant.scale[0]);
  }

  bool HasMixedOperands(int g, ir::ValueId id) const {
    const ir::NodeId producer = v_.Quantized(g).producer(id);
    return producer != ir::kNoNode && producer < v_.Real(g).max_node_id() && MixedOperands(g, producer).has_value();
  }

  void ExamineOperands(int g) {
    for (ir::NodeId id : v_.Real(g).Order()) {
      if (!v_.Quantized(g).alive(id)) continue;
      std::optional<evaluate::Diagnosis> found = MixedOperands(g, id);
      if (!found.has_value()) continue;
      const ir::ValueId result = v_.Real(g).node(id).output();
      double weight = v_.WeightOf(g, result);
      std::set<ir::NodeId> nodes = NodesBehind(v_, g, result);
      nodes.insert(id);
      for (ir::ValueId value : v_.Quantized(g).node(id).inputs()) {
        if (value != ir::kNoValue && !v_.Quantized(g).value(value).is_constant)
          weight = std::max(weight, v_.WeightOf(g, value));
      }
      Candidate candidate{*std::move(found), g, id, result, {}, weight};
      candidate.mends.push_back(SchemeMend(v_, g, nodes, Scheme::kInt16x8));
      candidate.mends.push_back(SchemeMend(v_, g, nodes, Scheme::kFloat));
      candidates_.push_back(std::move(candidate));
    }
  }

  const DebugView& v_;
  std::vector<Candidate> candidates_;
};

}  // namespace

std::vector<Candidate> FindCandidates(const DebugView& view) { return Finder(view).Run(); }

}  // namespace zeropoint::pipeline
