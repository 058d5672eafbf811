// Before: tf.BitwiseAnd(x, y)        After: STABLEHLO_AND(x, y), each BROADCAST_TO the shape of both where they differ
// Before: tf.BitwiseOr(x, y)         After: BITWISE_XOR(BITWISE_XOR(x, y), the same AND)
// Before: tf.Invert(x)               After: BITWISE_XOR(x, -1)
// Before: tf.LeftShift(x, y)         After: MUL(x, GATHER([1, 2, 4, ...], y))
//
// Conditions: And, Or: int8, int16, int32, whose kernels LiteRT has, and shapes known unless they are equal. Invert,
// LeftShift: int32. Algebra: x | y = x ^ y ^ (x & y); ~x = x ^ -1; x << y = x * 2^y modulo 2^32.
#include "passes/legalize/formula.h"
#include "passes/legalize/legalize.h"

namespace zeropoint::passes {
namespace {

using ir::ValueId;

constexpr int kBits = 32;

bool HasAnd(ElementType type) {
  return type == ElementType::kInt8 || type == ElementType::kInt16 || type == ElementType::kInt32;
}

absl::StatusOr<bool> And(ir::Graph& graph, ir::NodeId id, bool is_or) {
  const Formula f(graph, id);
  if (!HasAnd(f.type()) || !f.shape(0).ranked() || !f.shape(1).ranked()) return false;
  ZP_ASSIGN_OR_RETURN(const auto alike, f.Alike(f.x(0), f.x(1)));
  const auto [x, y] = alike;
  if (is_or) {
    f.Is("BITWISE_XOR", {f.Op("BITWISE_XOR", {x, y}), f.Op("STABLEHLO_AND", {x, y})});
  } else {
    f.Is("STABLEHLO_AND", {x, y});
  }
  return true;
}

absl::StatusOr<bool> Invert(ir::Graph& graph, ir::NodeId id) {
  const Formula f(graph, id);
  if (f.type() != ElementType::kInt32) return false;
  f.Is("BITWISE_XOR", {f.x(), f.Number(-1)});
  return true;
}

absl::StatusOr<bool> LeftShift(ir::Graph& graph, ir::NodeId id) {
  const Formula f(graph, id);
  if (f.type() != ElementType::kInt32) return false;
  std::vector<int64_t> powers;
  for (int i = 0; i < kBits; ++i) powers.push_back(static_cast<int32_t>(uint32_t{1} << i));
  f.Is("MUL", {f.x(0), f.Gather(f.Ints(powers), f.x(1), /*axis=*/0)});
  return true;
}

}  // namespace

absl::StatusOr<int> LegalizeBits(ir::Graph& graph) {
  ZP_ASSIGN_OR_RETURN(const int ands,
                      RewriteEach(graph, "tf.BitwiseAnd", [&](ir::NodeId id) { return And(graph, id, false); }));
  ZP_ASSIGN_OR_RETURN(const int ors,
                      RewriteEach(graph, "tf.BitwiseOr", [&](ir::NodeId id) { return And(graph, id, true); }));
  ZP_ASSIGN_OR_RETURN(const int nots,
                      RewriteEach(graph, "tf.Invert", [&](ir::NodeId id) { return Invert(graph, id); }));
  ZP_ASSIGN_OR_RETURN(const int shifts,
                      RewriteEach(graph, "tf.LeftShift", [&](ir::NodeId id) { return LeftShift(graph, id); }));
  return ands + ors + nots + shifts;
}

}  // namespace zeropoint::passes
