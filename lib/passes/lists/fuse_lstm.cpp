// Before: steps, h, c = WHILE(0, zeros, zeros, zeros, TRANSPOSE(x, [1, 0, 2])), the body one step of an LSTM
// (lstm_loop.h) After:  y = UNIDIRECTIONAL_SEQUENCE_LSTM(x, weights and biases of four gates, state variables); steps
// read it
//         transposed, h is its last step
//
// Conditions: shapes are static (the state variables' shapes are stored in the file); nobody reads the last c.
// Algebra: the op is that loop. No peepholes, projection, layer normalization or clipping: Keras has none of them.
// (TensorFlow writes cell_clip 10, which changes a cell state beyond that; we write what the layer computes.)
//
// The op keeps its state when the interpreter is invoked again, the loop begins with zeros each time. Therefore only
// loops are fused that TensorFlow's converter fuses, tf_keras' own LSTM layers, unless the user asks for the others.
#include <cstring>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "ir/constants.h"
#include "passes/edit.h"
#include "passes/lists/lists.h"
#include "passes/lists/lstm_loop.h"

namespace zeropoint::passes {
namespace {

using ir::ValueId;
using lists::LstmLoop;

constexpr int kGates = 4;
constexpr int64_t kTanh = 4;                  // schema::ActivationFunctionType_TANH
constexpr absl::string_view kMark = "lstm_";  // how the functions of Keras' LSTM layers are called
constexpr int64_t kBatchAndTime[] = {1, 0, 2};

class Fusion {
 public:
  Fusion(ir::Graph& graph, ir::NodeId loop, const ir::Graph& body, const LstmLoop& lstm)
      : graph_(graph), id_(loop), body_(body), lstm_(lstm) {}

  void Run() {
    const ValueId sequence = EmitLstm();
    if (lstm_.steps >= 0) ReplaceSteps(sequence);
    const ValueId hidden = Result(lstm_.hidden);
    if (graph_.NumUses(hidden) > 0) graph_.ReplaceUses(hidden, LastStep(sequence, /*keep_time=*/false));
    graph_.RemoveNode(id_);
  }

 private:
  ValueId Result(int i) const { return graph_.node(id_).output(i); }
  std::string Name(absl::string_view what) const { return absl::StrCat(graph_.node(id_).info.name, "/", what); }

  ValueId EmitLstm() {
    ValueId x = graph_.node(id_).input(lstm_.sequence);
    const ir::NodeId transpose = ProducerOf(graph_, x, "TRANSPOSE");
    if (transpose != ir::kNoNode) {
      const auto perm = ir::IntElements(graph_, graph_.node(transpose).input(1));
      time_major_ = !perm.has_value() || absl::MakeConstSpan(*perm) != absl::MakeConstSpan(kBatchAndTime);
      if (!time_major_) x = graph_.node(transpose).input(0);
    }
    std::vector<ValueId> operands = {x};
    for (ValueId weights : {lstm_.input_weights, lstm_.recurrent_weights}) {
      for (int gate = 0; gate < kGates; ++gate) operands.push_back(Weights(weights, gate));
    }
    const int peepholes = 3, projection = 2, norms = 4;
    operands.insert(operands.end(), peepholes, ir::kNoValue);
    for (int gate = 0; gate < kGates; ++gate) operands.push_back(Bias(gate));
    operands.insert(operands.end(), projection, ir::kNoValue);
    operands.push_back(State("output_state"));
    operands.push_back(State("cell_state"));
    operands.insert(operands.end(), norms, ir::kNoValue);
    return Emit(graph_, id_, "UNIDIRECTIONAL_SEQUENCE_LSTM", std::move(operands),
                Attrs({{"fused_activation_function", kTanh},
                       {"cell_clip", 0.0f},
                       {"proj_clip", 0.0f},
                       {"time_major", time_major_},
                       {"asymmetric_quantize_inputs", false},
                       {"diagonal_recurrent_tensors", false}}));
  }

  // One gate's columns of a constant of the body [depth, 4 units], as rows.
  ValueId Weights(ValueId all, int gate) {
    const std::vector<float> columns = *ir::FloatElements(body_, all);
    const auto units = static_cast<size_t>(lstm_.units), width = units * kGates, depth = columns.size() / width;
    std::vector<float> rows(units * depth);
    for (size_t unit = 0; unit < units; ++unit) {
      for (size_t i = 0; i < depth; ++i) {
        rows[unit * depth + i] = columns[i * width + static_cast<size_t>(gate) * units + unit];
      }
    }
    return AddFloats(graph_, absl::StrCat(body_.value(all).name, "/gate_", gate),
                     {lstm_.units, static_cast<int64_t>(depth)}, rows);
  }

  ValueId Bias(int gate) {
    const auto units = static_cast<size_t>(lstm_.units);
    std::vector<float> bias(units, 0.0f);
    if (lstm_.bias != ir::kNoValue) {
      const std::vector<float> all = *ir::FloatElements(body_, lstm_.bias);
      std::copy_n(all.begin() + gate * static_cast<std::ptrdiff_t>(units), units, bias.begin());
    }
    return AddFloats(graph_, Name(absl::StrCat("bias_", gate)), {lstm_.units}, bias);
  }

  ValueId State(absl::string_view what) {
    ir::Value state;
    state.name = Name(what);
    state.shape = {lstm_.batch, lstm_.units};
    state.is_variable = true;
    return graph_.AddValue(std::move(state));
  }

  // What read the outputs time first reads them as they are, where the reader allows it.
  void ReplaceSteps(ValueId sequence) {
    const ValueId steps = Result(lstm_.steps);
    if (!lstm_.keeps_all) {
      graph_.ReplaceUses(steps, TimeFirst(LastStep(sequence, /*keep_time=*/true)));
      return;
    }
    std::vector<ir::NodeId> readers;
    for (const ir::Use& use : graph_.uses(steps)) readers.push_back(use.node);
    for (ir::NodeId reader : readers) {
      if (time_major_ || !graph_.alive(reader) || graph_.node(reader).op() != "TRANSPOSE") continue;
      const auto perm = ir::IntElements(graph_, graph_.node(reader).input(1));
      if (!perm.has_value() || absl::MakeConstSpan(*perm) != absl::MakeConstSpan(kBatchAndTime)) continue;
      Forward(graph_, reader, {sequence});
    }
    for (ir::NodeId reader : readers) {
      if (graph_.alive(reader) && TakesLastStep(reader)) Forward(graph_, reader, {LastStep(sequence, false)});
    }
    if (graph_.NumUses(steps) > 0) graph_.ReplaceUses(steps, TimeFirst(sequence));
  }

  // steps[-1]
  bool TakesLastStep(ir::NodeId reader) const {
    const ir::Node& node = graph_.node(reader);
    if (node.op() != "STRIDED_SLICE" || node.attrs().Int("shrink_axis_mask") != 1) return false;
    const auto begin = ir::IntElements(graph_, node.input(1)), stride = ir::IntElements(graph_, node.input(3));
    if (!begin.has_value() || !stride.has_value() || begin->empty() || stride->empty()) return false;
    const ir::Attributes& attrs = node.attrs();
    const int64_t more = attrs.Int("ellipsis_mask") | attrs.Int("new_axis_mask") | (attrs.Int("begin_mask") & 1);
    if (more != 0 || stride->front() != 1 || !(begin->front() == -1 || begin->front() == lstm_.time - 1)) return false;
    return graph_.value(node.output()).shape == ir::Shape{lstm_.batch, lstm_.units};
  }

  ValueId TimeFirst(ValueId sequence) {
    return time_major_ ? sequence : EmitTranspose(graph_, id_, sequence, kBatchAndTime);
  }

  ValueId LastStep(ValueId sequence, bool keep_time) {
    const int axis = time_major_ ? 0 : 1;
    std::vector<int64_t> begin(3, 0), end = {lstm_.batch, lstm_.time, lstm_.units};
    if (time_major_) std::swap(end[0], end[1]);
    begin[static_cast<size_t>(axis)] = lstm_.time - 1;
    const int64_t others = 7 & ~(1 << axis);  // of three dimensions
    return Emit(graph_, id_, "STRIDED_SLICE",
                {sequence, AddInts(graph_, Name("begin"), begin), AddInts(graph_, Name("end"), end),
                 AddInts(graph_, Name("strides"), {{1, 1, 1}})},
                Attrs({{"begin_mask", others},
                       {"end_mask", others},
                       {"ellipsis_mask", int64_t{0}},
                       {"new_axis_mask", int64_t{0}},
                       {"shrink_axis_mask", int64_t{keep_time ? 0 : 1 << axis}},
                       {"offset", false}}));
  }

  ir::Graph& graph_;
  const ir::NodeId id_;
  const ir::Graph& body_;
  const LstmLoop& lstm_;
  bool time_major_ = true;
};

bool OthersUnread(const ir::Graph& graph, const ir::Node& loop, const LstmLoop& lstm) {
  for (int i = 0; i < static_cast<int>(loop.outputs().size()); ++i) {
    if (i != lstm.hidden && i != lstm.steps && graph.NumUses(loop.output(i)) > 0) return false;
  }
  return true;
}

absl::StatusOr<int> Fuse(ir::Model& model, bool only_marked) {
  int applied = 0;
  for (ir::Graph& graph : model.graphs) {
    auto wanted = [&](const ir::Node& node) {
      const bool marked = absl::StartsWith(node.attrs().String(kApiImplements), kMark);
      return node.op() == "WHILE" && (marked || !only_marked);
    };
    ZP_ASSIGN_OR_RETURN(const int times, RewriteEachIf(graph, wanted, [&](ir::NodeId id) -> absl::StatusOr<bool> {
                          const std::optional<LstmLoop> lstm = lists::MatchLstm(model, graph, graph.node(id));
                          if (!lstm.has_value() || !OthersUnread(graph, graph.node(id), *lstm)) return false;
                          const int64_t body = graph.node(id).attrs().Int("body_subgraph_index");
                          Fusion(graph, id, model.graphs[static_cast<size_t>(body)], *lstm).Run();
                          return true;
                        }));
    applied += times;
  }
  return applied;
}

}  // namespace

absl::StatusOr<int> FuseMarkedLstm(ir::Model& model) { return Fuse(model, /*only_marked=*/true); }
absl::StatusOr<int> FuseLstm(ir::Model& model) { return Fuse(model, /*only_marked=*/false); }

}  // namespace zeropoint::passes
