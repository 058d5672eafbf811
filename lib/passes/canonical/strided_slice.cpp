// Before: STRIDED_SLICE(x, begin, end, strides) {ellipsis_mask, new_axis_mask, fewer entries than x has dimensions}
//         tf.StridedSlice likewise, with one of the two masks
// After:  STRIDED_SLICE(RESHAPE(x), ...) with one entry per dimension and neither mask; RESHAPE puts in the new axes.
//
// Before: tf.StridedSlice(x, begin, end, strides) {ellipsis_mask}, as many entries as x has dimensions
// After:  STRIDED_SLICE(x, begin, end, strides), the ellipsis in begin_mask and end_mask; begin and end need not be
//         constant
//
// Before: STRIDED_SLICE(x, begin, end, 1, 1, ...) without masks
// After:  SLICE(x, begin, end - begin)
//
// Conditions: begin, end and strides constant (the second form: strides alone, the ellipsis' own being 1), x
// of known rank. SLICE: 0 <= begin <= end <= size in every dimension,
// because SLICE does not clip as STRIDED_SLICE does. Several new axes on a shape with several unknown dimensions become
// EXPAND_DIMS, as no constant shape says that.
// Algebra: a dimension that the ellipsis stands for, a new axis, and one beyond the entries are all taken whole, which
// is what their bits in begin_mask and end_mask say.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "ir/constants.h"
#include "passes/canonical/canonical.h"
#include "passes/edit.h"

namespace zeropoint::passes {
namespace {

bool Bit(int64_t mask, size_t i) { return (mask >> i) & 1; }

// The entries of the node, one per dimension of the (expanded) operand once Expand is done.
struct Entries {
  std::vector<int64_t> begin, end, strides;
  int64_t begin_mask = 0, end_mask = 0, shrink_axis_mask = 0;

  size_t size() const { return begin.size(); }
  void Whole(int64_t end_value) {
    begin_mask |= int64_t{1} << size();
    end_mask |= int64_t{1} << size();
    begin.push_back(0);
    end.push_back(end_value);
    strides.push_back(1);
  }
  void CopyFrom(const Entries& from, size_t i) {
    begin_mask |= int64_t{Bit(from.begin_mask, i)} << size();
    end_mask |= int64_t{Bit(from.end_mask, i)} << size();
    shrink_axis_mask |= int64_t{Bit(from.shrink_axis_mask, i)} << size();
    begin.push_back(from.begin[i]);
    end.push_back(from.end[i]);
    strides.push_back(from.strides[i]);
  }
};

struct Expanded {
  Entries entries;
  std::vector<int64_t> shape;     // of the operand with its new axes
  std::vector<int64_t> new_axes;  // positions in `shape`
};

std::optional<Entries> Read(const ir::Graph& graph, const ir::Node& node) {
  auto begin = ir::IntElements(graph, node.input(1)), end = ir::IntElements(graph, node.input(2)),
       strides = ir::IntElements(graph, node.input(3));
  constexpr size_t kMaskBits = 32;
  if (!begin || !end || !strides || begin->size() != end->size() || begin->size() != strides->size() ||
      begin->size() > kMaskBits) {
    return std::nullopt;
  }
  return Entries{*begin,
                 *end,
                 *strides,
                 node.attrs().Int("begin_mask"),
                 node.attrs().Int("end_mask"),
                 node.attrs().Int("shrink_axis_mask")};
}

std::optional<Expanded> Expand(const Entries& given, const ir::Shape& shape, int64_t ellipsis_mask,
                               int64_t new_axis_mask) {
  Expanded out;
  int axis = 0;
  size_t plain = 0;  // entries that stand for one dimension of x each
  for (size_t i = 0; i < given.size(); ++i) plain += !Bit(ellipsis_mask, i) && !Bit(new_axis_mask, i) ? 1 : 0;
  if (static_cast<int>(plain) > shape.rank()) return std::nullopt;
  for (size_t i = 0; i < given.size(); ++i) {
    if (Bit(ellipsis_mask, i)) {
      for (size_t k = plain; k < static_cast<size_t>(shape.rank()); ++k) {
        out.shape.push_back(shape[axis++]);
        out.entries.Whole(0);
      }
    } else if (Bit(new_axis_mask, i)) {
      out.new_axes.push_back(static_cast<int64_t>(out.shape.size()));
      out.shape.push_back(1);
      out.entries.Whole(0);
    } else {
      out.shape.push_back(shape[axis++]);
      out.entries.CopyFrom(given, i);
    }
  }
  while (axis < shape.rank()) {
    const int64_t size = shape[axis++];
    out.shape.push_back(size);
    out.entries.Whole(size == ir::kDynamic ? 0 : size);
  }
  return out;
}

ir::ValueId InsertAxes(ir::Graph& graph, ir::NodeId id, ir::ValueId x, const Expanded& expanded) {
  if (expanded.new_axes.empty()) return x;
  if (std::count(expanded.shape.begin(), expanded.shape.end(), ir::kDynamic) <= 1) {
    return EmitReshape(graph, id, x, expanded.shape);
  }
  for (int64_t axis : expanded.new_axes) {
    x = Emit(graph, id, "EXPAND_DIMS", {x, AddInt(graph, absl::StrCat(graph.node(id).info.name, "/axis"), axis)});
  }
  return x;
}

bool IsPlainSlice(const Entries& e, const ir::Shape& shape) {
  if (e.begin_mask != 0 || e.end_mask != 0 || e.shrink_axis_mask != 0) return false;
  for (size_t i = 0; i < e.size(); ++i) {
    const int64_t size = shape[static_cast<int>(i)];
    if (e.strides[i] != 1 || e.begin[i] < 0 || e.end[i] < e.begin[i] || size == ir::kDynamic || e.end[i] > size) {
      return false;
    }
  }
  return true;
}

// An ellipsis that stands for one dimension is that dimension, whole.
bool EllipsisToMasks(ir::Graph& graph, ir::NodeId id) {
  const ir::Shape& shape = graph.value(graph.node(id).input(0)).shape;
  const auto strides = ir::IntElements(graph, graph.node(id).input(3));
  ir::Attributes& attrs = graph.node(id).info.attrs;
  const int64_t ellipsis = attrs.Int("ellipsis_mask");
  if (ellipsis == 0 || attrs.Int("new_axis_mask") != 0 || !shape.ranked() || !strides.has_value()) return false;
  if (static_cast<int>(strides->size()) != shape.rank()) return false;
  for (size_t i = 0; i < strides->size(); ++i) {
    if (Bit(ellipsis, i) && (*strides)[i] != 1) return false;
  }
  attrs.Set("begin_mask", attrs.Int("begin_mask") | ellipsis);
  attrs.Set("end_mask", attrs.Int("end_mask") | ellipsis);
  attrs.Set("shrink_axis_mask", attrs.Int("shrink_axis_mask") & ~ellipsis);
  attrs.Set("ellipsis_mask", int64_t{0});
  return true;
}

absl::StatusOr<bool> StridedSlice(ir::Graph& graph, ir::NodeId id) {
  const ir::ValueId x = graph.node(id).input(0);
  const ir::Shape shape = graph.value(x).shape;
  const std::optional<Entries> given = Read(graph, graph.node(id));
  if (!given.has_value()) return EllipsisToMasks(graph, id);
  if (!shape.ranked()) return false;
  const int64_t ellipsis_mask = graph.node(id).attrs().Int("ellipsis_mask");
  const int64_t new_axis_mask = graph.node(id).attrs().Int("new_axis_mask");
  const std::string name = graph.node(id).info.name;  // a copy: nodes move when one is added
  auto ints = [&](absl::string_view what, absl::Span<const int64_t> elements) {
    return AddInts(graph, absl::StrCat(name, "/", what), elements);
  };

  const bool full = static_cast<int>(given->size()) == shape.rank();
  if (full && ellipsis_mask == 0 && new_axis_mask == 0) {
    if (!IsPlainSlice(*given, shape)) return false;
    std::vector<int64_t> sizes = given->end;
    for (size_t i = 0; i < sizes.size(); ++i) sizes[i] -= given->begin[i];
    Become(graph, id, "SLICE", {x, ints("begin", given->begin), ints("size", sizes)});
    return true;
  }

  const std::optional<Expanded> expanded = Expand(*given, shape, ellipsis_mask, new_axis_mask);
  if (!expanded.has_value()) return absl::InvalidArgumentError("more entries than dimensions");
  const Entries& e = expanded->entries;
  ir::ValueId operand = InsertAxes(graph, id, x, *expanded);
  Become(graph, id, "STRIDED_SLICE", {operand, ints("begin", e.begin), ints("end", e.end), ints("strides", e.strides)},
         Attrs({{"begin_mask", e.begin_mask},
                {"end_mask", e.end_mask},
                {"ellipsis_mask", int64_t{0}},
                {"new_axis_mask", int64_t{0}},
                {"shrink_axis_mask", e.shrink_axis_mask}}));
  return true;
}

}  // namespace

// tf.StridedSlice has the attributes of STRIDED_SLICE; its record takes the nodes without these masks.
absl::StatusOr<int> LegalizeStridedSlice(ir::Graph& graph) {
  auto wanted = [](const ir::Node& node) {
    return node.op() == "tf.StridedSlice" &&
           (node.attrs().Int("ellipsis_mask") != 0 || node.attrs().Int("new_axis_mask") != 0);
  };
  return RewriteEachIf(graph, wanted, [&](ir::NodeId id) { return StridedSlice(graph, id); });
}

absl::StatusOr<int> SimplifyStridedSlice(ir::Graph& graph) {
  return RewriteEach(graph, "STRIDED_SLICE", [&](ir::NodeId id) { return StridedSlice(graph, id); });
}

}  // namespace zeropoint::passes
