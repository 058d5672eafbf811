// Before                      After            Condition
// POW(x, 2)                   MUL(x, x)        float32; the exponent a scalar constant
// POW(x, 0.5)                 SQRT(x)          likewise
// POW(x, -0.5)                RSQRT(x)         likewise
// SELECT_V2(c, a, b)          SELECT(c, a, b)  the three shapes are static and equal: nothing is broadcast
// ADD(NEG(x), y)              SUB(y, x)        either operand
// DIV(x, SQRT(y))             MUL(x, RSQRT(y)) nothing else reads the SQRT
// SQUARE(SUB(x, y))           SQUARED_DIFFERENCE(x, y), float32
// MUL(x, 0)                   0                the shapes are static; x comes from LOGISTIC, TANH, SOFTMAX or RELU6,
// which
//                                              are finite, or is a part of that
// PACK(x)                     RESHAPE(x, [1])  one operand, a scalar
// RANGE(a, b, c), float32     CAST(RANGE)      whole numbers that float32 tells from their neighbours, constants, c not
// 0
//
// Algebra: the definitions. Between whole numbers a RANGE has whole numbers; the shape rule of integers knows how many,
// that of floats does not, so that what hangs on it (the angles of rotary embeddings) becomes constant.
#include <cmath>
#include <optional>

#include "absl/strings/str_cat.h"
#include "ir/constants.h"
#include "passes/canonical/canonical.h"
#include "passes/edit.h"

namespace zeropoint::passes {
namespace {

absl::StatusOr<bool> Pow(ir::Graph& graph, ir::NodeId id) {
  const ir::ValueId x = graph.node(id).input(0), exponent = graph.node(id).input(1);
  if (graph.value(x).type != ElementType::kFloat32 || IsConstant(graph, x)) return false;
  if (IsScalar(graph, exponent, 2.0)) {
    Become(graph, id, "MUL", {x, x}, Attrs({{"fused_activation_function", int64_t{0}}}));
  } else if (IsScalar(graph, exponent, 0.5)) {
    Become(graph, id, "SQRT", {x});
  } else if (IsScalar(graph, exponent, -0.5)) {
    Become(graph, id, "RSQRT", {x});
  } else {
    return false;
  }
  return true;
}

absl::StatusOr<bool> Select(ir::Graph& graph, ir::NodeId id) {
  const ir::Shape& condition = graph.value(graph.node(id).input(0)).shape;
  if (!condition.ranked() || !condition.IsStatic()) return false;
  for (int i = 1; i <= 2; ++i) {
    if (graph.value(graph.node(id).input(i)).shape != condition) return false;
  }
  graph.node(id).info.op = "SELECT";
  return true;
}

absl::StatusOr<bool> AddNegated(ir::Graph& graph, ir::NodeId id) {
  for (int i = 0; i < 2; ++i) {
    const ir::NodeId neg = ProducerOf(graph, graph.node(id).input(i), "NEG");
    if (neg == ir::kNoNode) continue;
    graph.node(id).info.op = "SUB";
    graph.SetInputs(id, {graph.node(id).input(1 - i), graph.node(neg).input(0)});
    return true;
  }
  return false;
}

absl::StatusOr<bool> DivideByRoot(ir::Graph& graph, ir::NodeId id) {
  const ir::NodeId root = SoleProducerOf(graph, graph.node(id).input(1), "SQRT");
  if (root == ir::kNoNode) return false;
  graph.node(root).info.op = "RSQRT";
  graph.node(id).info.op = "MUL";
  return true;
}

absl::StatusOr<bool> SquareOfDifference(ir::Graph& graph, ir::NodeId id) {
  const ir::NodeId sub = ProducerOf(graph, graph.node(id).input(0), "SUB");
  if (sub == ir::kNoNode || graph.value(graph.node(id).output()).type != ElementType::kFloat32) return false;
  if (graph.node(sub).attrs().Int("fused_activation_function") != 0) return false;
  const std::vector<ir::ValueId> operands(graph.node(sub).inputs().begin(), graph.node(sub).inputs().end());
  Become(graph, id, "SQUARED_DIFFERENCE", operands);
  return true;
}

// Whether the value is a bounded function's result, or a part of one.
bool Bounded(const ir::Graph& graph, ir::ValueId value) {
  ir::NodeId producer = graph.producer(value);
  while (producer != ir::kNoNode) {
    const absl::string_view op = graph.node(producer).op();
    if (op == "LOGISTIC" || op == "TANH" || op == "SOFTMAX" || op == "RELU6") return true;
    if (op != "SPLIT" && op != "SPLIT_V" && op != "STRIDED_SLICE" && op != "SLICE" && op != "RESHAPE") return false;
    producer = graph.producer(graph.node(producer).input(op == "SPLIT" ? 1 : 0));
  }
  return false;
}

// The zero state of the first step of a recurrent layer that is written out.
absl::StatusOr<bool> TimesZero(ir::Graph& graph, ir::NodeId id) {
  const auto operands = SplitConstant(graph, graph.node(id));
  if (!operands.has_value() || !AllEqual(graph, operands->constant, 0) || !Bounded(graph, operands->other))
    return false;
  const ir::Shape shape = graph.value(graph.node(id).output()).shape;
  if (graph.IsGraphOutput(graph.node(id).output()) || !shape.ranked()) return false;
  if (graph.value(operands->constant).shape == shape) {
    Forward(graph, id, {operands->constant});
    return true;
  }
  if (!shape.IsStatic()) return false;
  const std::vector<float> zeros(static_cast<size_t>(shape.NumElements()), 0.0f);
  Forward(graph, id, {AddFloats(graph, absl::StrCat(graph.node(id).info.name, "/zero"), shape, zeros)});
  return true;
}

absl::StatusOr<bool> PackOne(ir::Graph& graph, ir::NodeId id) {
  const ir::ValueId x = graph.node(id).input(0);
  const ir::Shape& shape = graph.value(x).shape;
  if (graph.node(id).inputs().size() != 1 || !shape.ranked() || shape.rank() != 0) return false;
  const ir::ValueId one = AddInts(graph, absl::StrCat(graph.node(id).info.name, "/shape"), {1});
  Become(graph, id, "RESHAPE", {x, one});
  return true;
}

constexpr float kLargestWhole = 1 << 24;  // float32 has 24 bits of mantissa

std::optional<int64_t> WholeNumber(const ir::Graph& graph, ir::ValueId id) {
  if (!IsConstant(graph, id) || graph.value(id).type != ElementType::kFloat32) return std::nullopt;
  const auto elements = ir::FloatElements(graph, id);
  if (!elements.has_value() || elements->size() != 1) return std::nullopt;
  const float x = (*elements)[0];
  if (!(std::abs(x) < kLargestWhole) || x != std::floor(x)) return std::nullopt;
  return static_cast<int64_t>(x);
}

absl::StatusOr<bool> WholeRange(ir::Graph& graph, ir::NodeId id) {
  if (graph.node(id).inputs().size() != 3) return false;
  int64_t ends[3];
  for (int i = 0; i < 3; ++i) {
    const std::optional<int64_t> end = WholeNumber(graph, graph.node(id).input(i));
    if (!end.has_value()) return false;
    ends[i] = *end;
  }
  if (ends[2] == 0) return false;
  const std::string name = graph.node(id).info.name;
  std::vector<ir::ValueId> integers;
  for (int64_t end : ends) integers.push_back(AddInt(graph, absl::StrCat(name, "/whole"), end));
  const ir::ValueId range = Emit(graph, id, "RANGE", std::move(integers));
  Become(graph, id, "CAST", {range});
  return true;
}

}  // namespace

absl::StatusOr<int> UseCheaperOps(ir::Graph& graph) {
  ZP_ASSIGN_OR_RETURN(int powers, RewriteEach(graph, "POW", [&](ir::NodeId id) { return Pow(graph, id); }));
  ZP_ASSIGN_OR_RETURN(int selects, RewriteEach(graph, "SELECT_V2", [&](ir::NodeId id) { return Select(graph, id); }));
  ZP_ASSIGN_OR_RETURN(int sums, RewriteEach(graph, "ADD", [&](ir::NodeId id) { return AddNegated(graph, id); }));
  ZP_ASSIGN_OR_RETURN(int quotients, RewriteEach(graph, "DIV", [&](ir::NodeId id) { return DivideByRoot(graph, id); }));
  ZP_ASSIGN_OR_RETURN(int squares,
                      RewriteEach(graph, "SQUARE", [&](ir::NodeId id) { return SquareOfDifference(graph, id); }));
  ZP_ASSIGN_OR_RETURN(int zeros, RewriteEach(graph, "MUL", [&](ir::NodeId id) { return TimesZero(graph, id); }));
  ZP_ASSIGN_OR_RETURN(int packs, RewriteEach(graph, "PACK", [&](ir::NodeId id) { return PackOne(graph, id); }));
  ZP_ASSIGN_OR_RETURN(int ranges, RewriteEach(graph, "RANGE", [&](ir::NodeId id) { return WholeRange(graph, id); }));
  return powers + selects + sums + quotients + squares + zeros + packs + ranges;
}

}  // namespace zeropoint::passes
