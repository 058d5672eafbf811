// FAKE_QUANT: each element as the nearest of 2^num_bits values spread evenly over [min, max], which moves a little so
// that 0 is one of them.
#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "ir/constants.h"
#include "ops/elementwise.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops {
namespace {

struct Grid {
  float min, max;
  int64_t bits;
  bool narrow;  // leaves out the lowest value
};

absl::StatusOr<Grid> GridOf(const ir::Attributes& attrs) {
  const Grid grid{attrs.Float("min"), attrs.Float("max"), attrs.Int("num_bits"), attrs.Bool("narrow_range")};
  if (grid.bits < 2 || grid.bits > 16) {
    return absl::InvalidArgumentError(absl::StrCat("num_bits ", grid.bits, " is outside [2, 16]"));
  }
  if (!(grid.min < grid.max) || !std::isfinite(grid.max - grid.min)) {
    return absl::InvalidArgumentError(absl::StrCat("no range from ", grid.min, " to ", grid.max));
  }
  return grid;
}

absl::Status Infer(InferContext& context) {
  ZP_RETURN_IF_ERROR(GridOf(context.attrs()).status());
  return InferUnary(context);
}

absl::Status Eval(const EvalContext& context) {
  if (context.inputs[0].type != ElementType::kFloat32) return NoKernelFor(context.inputs[0].type);
  ZP_ASSIGN_OR_RETURN(const Grid grid, GridOf(context.attrs));
  const float low = grid.narrow ? 1.0f : 0.0f, high = static_cast<float>((int64_t{1} << grid.bits) - 1);
  const float scale = (grid.max - grid.min) / (high - low);
  const float zero_point = std::round(std::clamp(low - grid.min / scale, low, high));
  const float min = (low - zero_point) * scale, max = (high - zero_point) * scale;
  const float inverse = 1.0f / scale;
  MapUnary<float, float>(context, [=](float x) {
    const float inside = std::min(max, std::max(min, x));
    return std::round((inside - min) * inverse) * scale + min;
  });
  return absl::OkStatus();
}

void SetAttrs(ir::Graph& graph, ir::NodeId id, float min, float max) {
  const ir::Attributes& tf = graph.node(id).attrs();
  ir::Attributes attrs;
  attrs.Set("min", min);
  attrs.Set("max", max);
  attrs.Set("num_bits", tf.Int("num_bits"));
  attrs.Set("narrow_range", tf.Bool("narrow_range"));
  graph.node(id).info.attrs = std::move(attrs);
}

absl::Status ImportArgs(ir::Graph& graph, ir::NodeId id) {
  SetAttrs(graph, id, graph.node(id).attrs().Float("min"), graph.node(id).attrs().Float("max"));
  return absl::OkStatus();
}

// The range is two operands.
absl::Status ImportVars(ir::Graph& graph, ir::NodeId id) {
  const auto min = ir::FloatScalar(graph, graph.node(id).input(1));
  const auto max = ir::FloatScalar(graph, graph.node(id).input(2));
  if (!min || !max) return absl::UnimplementedError("a range that is not constant is not one LiteRT op");
  graph.SetInputs(id, {graph.node(id).input(0)});
  SetAttrs(graph, id, *min, *max);
  return absl::OkStatus();
}

int Version(const VersionContext& context) { return context.attrs().Bool("narrow_range") ? 2 : 1; }

}  // namespace

namespace records {

OpDef FakeQuant() {
  using Table = schema::FakeQuantOptions;
  OpDef def = UnaryRecord("FAKE_QUANT", schema::BuiltinOperator_FAKE_QUANT, "", Eval);
  def.options = {schema::BuiltinOptions_FakeQuantOptions,
                 {{"min", Table::VT_MIN, FieldKind::kFloat},
                  {"max", Table::VT_MAX, FieldKind::kFloat},
                  {"num_bits", Table::VT_NUM_BITS, FieldKind::kInt32},
                  {"narrow_range", Table::VT_NARROW_RANGE, FieldKind::kBool}}};
  def.tf = {{"FakeQuantWithMinMaxArgs", ImportArgs}, {"FakeQuantWithMinMaxVars", ImportVars}};
  def.infer = Infer;
  def.version = Version;
  def.runtime = {.int8 = kNever, .int16 = kNever, .gap = "its kernel takes float32 only, and no narrow range"};
  return def;
}

}  // namespace records
}  // namespace zeropoint::ops
