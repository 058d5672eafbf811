// Before: y = tf.Einsum(a, b) {equation}, like "abc,cde->abde"
// After:  BATCH_MATMUL of a as [batch..., rows..., k] and b as [batch..., k, columns], RESHAPEd and TRANSPOSEd to the
//         labels of the result. TRANSPOSE and RESHAPE come only where the operands are not so already; an operand
//         with its last two groups swapped is taken by adj_x or adj_y.
//
// Before: y = tf.Einsum(a) {equation}, like "abc->ca"
// After:  TRANSPOSE(SUM(a, {1}), {1, 0})
//
// What one operand alone sums over, as in "abc,cd->ad", is summed first: SUM(a, {1}), then "ac,cd->ad".
//
// Conditions: one or two operands of known rank; no label twice in one operand; a label of the result comes from an
// operand. "..." stands for leading labels. Unknown dimensions are carried
// through: as -1 where there is one, else through SHAPE.
// Algebra: labels in both operands and the result are batch, those in both but not in the result are summed over, and
// the rest are rows (of a) and columns (of b) of a matrix product.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "passes/edit.h"
#include "passes/legalize/legalize.h"

namespace zeropoint::passes {
namespace {

using ir::ValueId;

bool Has(absl::string_view labels, char label) { return labels.find(label) != absl::string_view::npos; }

bool Distinct(absl::string_view labels) {
  for (size_t i = 0; i < labels.size(); ++i) {
    if (Has(labels.substr(i + 1), labels[i])) return false;
  }
  return true;
}

// "ab,bc->ac" as its operands and its result.
struct Sides {
  std::vector<std::string> operands;
  std::string result;
};

std::optional<Sides> Split(std::string text) {
  text.erase(std::remove(text.begin(), text.end(), ' '), text.end());
  const std::vector<std::string> sides = absl::StrSplit(text, "->");
  if (sides.size() != 2) return std::nullopt;
  return Sides{absl::StrSplit(sides[0], ','), sides[1]};
}

struct Equation {
  std::string a, b, result;                  // labels
  std::string batch, rows, columns, summed;  // groups, in the order of the operand they come from
};

// "..." as labels that equations do not use: control characters, one a dimension, aligned at the last.
std::string ExpandEllipsis(absl::string_view labels, int dims) {
  const size_t at = labels.find("...");
  if (at == absl::string_view::npos) return std::string(labels);
  std::string leading;
  for (int i = dims; i > 0; --i) leading.push_back(static_cast<char>(i));
  return absl::StrCat(labels.substr(0, at), leading, labels.substr(at + 3));
}

std::optional<Equation> Parse(const Sides& sides, int a_rank, int b_rank) {
  const std::vector<std::string>& operands = sides.operands;
  auto hidden = [](const std::string& labels, int rank) {
    return absl::string_view(labels).find("...") == absl::string_view::npos
               ? 0
               : rank - static_cast<int>(labels.size()) + 3;
  };
  const int a_hidden = hidden(operands[0], a_rank), b_hidden = hidden(operands[1], b_rank);
  constexpr int kMostHidden = 8;
  if (a_hidden < 0 || b_hidden < 0 || std::max(a_hidden, b_hidden) > kMostHidden) return std::nullopt;

  Equation e;
  e.a = ExpandEllipsis(operands[0], a_hidden);
  e.b = ExpandEllipsis(operands[1], b_hidden);
  e.result = ExpandEllipsis(sides.result, std::max(a_hidden, b_hidden));
  if (static_cast<int>(e.a.size()) != a_rank || static_cast<int>(e.b.size()) != b_rank) return std::nullopt;
  if (!Distinct(e.a) || !Distinct(e.b) || !Distinct(e.result)) return std::nullopt;
  for (char label : e.a) {
    if (Has(e.b, label)) {
      (Has(e.result, label) ? e.batch : e.summed).push_back(label);
    } else if (Has(e.result, label)) {
      e.rows.push_back(label);
    } else {
      return std::nullopt;
    }
  }
  for (char label : e.b) {
    if (Has(e.a, label)) continue;
    if (!Has(e.result, label)) return std::nullopt;
    e.columns.push_back(label);
  }
  for (char label : e.result) {
    if (!Has(e.a, label) && !Has(e.b, label)) return std::nullopt;
  }
  return e;
}

// Writes the ops of one equation.
class Writer {
 public:
  Writer(ir::Graph& graph, ir::NodeId id, const Equation& e)
      : graph_(graph),
        id_(id),
        e_(e),
        name_(graph.node(id).info.name),
        a_(graph.node(id).input(0)),
        b_(graph.node(id).input(1)) {}

  void Write() {
    // Rows stay apart when there is no batch and b is a plain matrix then: [rows..., k] x [k, columns].
    const bool rows_apart = e_.batch.empty() && !e_.rows.empty();
    bool adj_x = false, adj_y = false;
    ValueId left = Arrange(a_, e_.a, e_.rows, e_.summed, &adj_x);
    ValueId right = Arrange(b_, e_.b, e_.summed, e_.columns, &adj_y);
    if (adj_x && rows_apart && e_.rows.size() > 1) {
      left = Transpose(a_, e_.a, absl::StrCat(e_.batch, e_.rows, e_.summed));
      adj_x = false;
    }
    left = adj_x ? Merge(left, {Split(e_.batch), {e_.summed}, {e_.rows}})
                 : Merge(left, {Split(e_.batch), rows_apart ? Split(e_.rows) : Groups{e_.rows}, {e_.summed}});
    right = adj_y ? Merge(right, {Split(e_.batch), {e_.columns}, {e_.summed}})
                  : Merge(right, {Split(e_.batch), {e_.summed}, {e_.columns}});
    ValueId product = Emit(graph_, id_, "BATCH_MATMUL", {left, right},
                           Attrs({{"adj_x", adj_x}, {"adj_y", adj_y}, {"asymmetric_quantize_inputs", false}}));
    const std::string labels = absl::StrCat(e_.batch, e_.rows, e_.columns);
    const bool as_it_is = (rows_apart || e_.rows.size() == 1) && e_.columns.size() == 1;
    if (!as_it_is) product = Reshape(product, labels);
    Finish(product, labels);
  }

 private:
  using Groups = std::vector<std::string>;

  static Groups Split(const std::string& labels) {
    Groups groups;
    for (char label : labels) groups.emplace_back(1, label);
    return groups;
  }

  ValueId Transpose(ValueId x, const std::string& from, const std::string& to) {
    if (from == to) return x;
    std::vector<int64_t> perm;
    for (char label : to) perm.push_back(static_cast<int64_t>(from.find(label)));
    return EmitTranspose(graph_, id_, x, perm);
  }

  // The operand as batch, first, second; or as it is, with *adjoint set, when it is batch, second, first.
  ValueId Arrange(ValueId x, const std::string& labels, const std::string& first, const std::string& second,
                  bool* adjoint) {
    *adjoint = !first.empty() && !second.empty() && labels == absl::StrCat(e_.batch, second, first);
    if (*adjoint) return x;
    return Transpose(x, labels, absl::StrCat(e_.batch, first, second));
  }

  // RESHAPE to one dimension a group, unless every group is one label. An empty group is a dimension of size 1.
  ValueId Merge(ValueId x, const std::vector<Groups>& parts) {
    Groups groups;
    for (const Groups& part : parts) groups.insert(groups.end(), part.begin(), part.end());
    const bool plain = std::all_of(groups.begin(), groups.end(), [](const std::string& g) { return g.size() == 1; });
    return plain ? x : Emit(graph_, id_, "RESHAPE", {x, MergedShape(x, groups)});
  }

  ValueId Reshape(ValueId x, const std::string& labels) { return Emit(graph_, id_, "RESHAPE", {x, ShapeOf(labels)}); }

  int64_t SizeOf(char label) const {
    for (const auto& [value, labels] : {std::pair(a_, &e_.a), std::pair(b_, &e_.b)}) {
      if (!Has(*labels, label)) continue;
      const int64_t size = graph_.value(value).shape[static_cast<int>(labels->find(label))];
      if (size != ir::kDynamic) return size;
    }
    return ir::kDynamic;
  }

  int64_t SizeOf(const std::string& group) const {
    int64_t size = 1;
    for (char label : group) {
      const int64_t factor = SizeOf(label);
      if (factor == ir::kDynamic) return ir::kDynamic;
      size *= factor;
    }
    return size;
  }

  // Dimensions [begin, end) of an operand at run time.
  ValueId RunTimeSizes(ValueId operand, int64_t begin, int64_t end) {
    auto ints = [&](int64_t element) { return AddInts(graph_, absl::StrCat(name_, "/index"), {element}); };
    return Emit(graph_, id_, "STRIDED_SLICE", {RunTimeShape(operand), ints(begin), ints(end), ints(1)},
                Attrs({{"begin_mask", int64_t{0}},
                       {"end_mask", int64_t{0}},
                       {"ellipsis_mask", int64_t{0}},
                       {"new_axis_mask", int64_t{0}},
                       {"shrink_axis_mask", int64_t{0}}}));
  }

  ValueId RunTimeShape(ValueId operand) {
    return Emit(graph_, id_, "SHAPE", {operand}, Attrs({{"out_type", static_cast<int64_t>(ElementType::kInt32)}}),
                ElementType::kInt32);
  }

  // The labels' sizes as a constant, where one -1 can stand for what is unknown.
  std::optional<ValueId> KnownShape(const Groups& groups) {
    std::vector<int64_t> sizes;
    for (const std::string& group : groups) sizes.push_back(SizeOf(group));
    if (std::count(sizes.begin(), sizes.end(), ir::kDynamic) > 1) return std::nullopt;
    return AddInts(graph_, absl::StrCat(name_, "/shape"), sizes);
  }

  // One dimension a label: what stands side by side in an operand is sliced from its shape at once.
  ValueId ShapeOf(const std::string& labels) {
    if (auto known = KnownShape(Split(labels))) return *known;
    std::vector<ValueId> parts;
    for (size_t i = 0; i < labels.size();) {
      size_t end = i + 1;
      if (SizeOf(labels[i]) != ir::kDynamic) {
        std::vector<int64_t> sizes = {SizeOf(labels[i])};
        for (; end < labels.size() && SizeOf(labels[end]) != ir::kDynamic; ++end) sizes.push_back(SizeOf(labels[end]));
        parts.push_back(AddInts(graph_, absl::StrCat(name_, "/sizes"), sizes));
      } else {
        const bool in_a = Has(e_.a, labels[i]);
        const std::string& from = in_a ? e_.a : e_.b;
        const size_t at = from.find(labels[i]);
        while (end < labels.size() && SizeOf(labels[end]) == ir::kDynamic && from.find(labels[end]) == at + end - i)
          ++end;
        parts.push_back(RunTimeSizes(in_a ? a_ : b_, static_cast<int64_t>(at), static_cast<int64_t>(at + end - i)));
      }
      i = end;
    }
    if (parts.size() == 1) return parts[0];
    return Emit(graph_, id_, "CONCATENATION", parts,
                Attrs({{"axis", int64_t{0}}, {"fused_activation_function", int64_t{0}}}), ElementType::kInt32);
  }

  // One dimension a group of x's dimensions, all of them in order: their products.
  ValueId MergedShape(ValueId x, const Groups& groups) {
    if (auto known = KnownShape(groups)) return *known;
    std::vector<int64_t> group_of;
    for (size_t i = 0; i < groups.size(); ++i)
      group_of.insert(group_of.end(), groups[i].size(), static_cast<int64_t>(i));
    return Emit(graph_, id_, "UNSORTED_SEGMENT_PROD",
                {RunTimeShape(x), AddInts(graph_, absl::StrCat(name_, "/groups"), group_of),
                 AddInt(graph_, absl::StrCat(name_, "/num_groups"), static_cast<int64_t>(groups.size()))});
  }

  // The product's last op becomes the node, so that the result keeps its name.
  void Finish(ValueId product, const std::string& labels) {
    if (labels != e_.result) {
      std::vector<int64_t> perm;
      for (char label : e_.result) perm.push_back(static_cast<int64_t>(labels.find(label)));
      Become(graph_, id_, "TRANSPOSE", {product, AddInts(graph_, absl::StrCat(name_, "/perm"), perm)});
      return;
    }
    const ir::NodeId last = graph_.producer(product);
    std::vector<ValueId> inputs(graph_.node(last).inputs().begin(), graph_.node(last).inputs().end());
    const std::string op = graph_.node(last).op();
    ir::Attributes attrs = graph_.node(last).attrs();
    graph_.RemoveNode(last);
    Become(graph_, id_, op, std::move(inputs), std::move(attrs));
  }

  ir::Graph& graph_;
  ir::NodeId id_;
  const Equation& e_;
  std::string name_;
  ValueId a_, b_;
};

// Sums over the labels that operand i alone has and the result has not; they leave the equation. False where there are
// none, or where "..." hides how many dimensions stand before them.
bool SumAlone(ir::Graph& graph, ir::NodeId id, Sides& sides, size_t i) {
  std::string others = sides.result, kept;
  for (size_t k = 0; k < sides.operands.size(); ++k) others += k == i ? "" : sides.operands[k];
  std::vector<int64_t> axes;
  for (size_t k = 0; k < sides.operands[i].size(); ++k) {
    const char label = sides.operands[i][k];
    if (Has(others, label)) {
      kept.push_back(label);
    } else {
      axes.push_back(static_cast<int64_t>(k));
    }
  }
  if (axes.empty() || Has(sides.operands[i], '.') || !Distinct(sides.operands[i])) return false;
  const std::string name = graph.node(id).info.name;
  const ValueId axis = AddInts(graph, absl::StrCat(name, "/axes"), axes);
  const ValueId sum =
      Emit(graph, id, "SUM", {graph.node(id).input(static_cast<int>(i)), axis}, Attrs({{"keep_dims", false}}));
  graph.SetInput(id, static_cast<int>(i), sum);
  sides.operands[i] = kept;
  return true;
}

// One operand with the labels of the result, in another order.
absl::StatusOr<bool> Arrange(ir::Graph& graph, ir::NodeId id, const Sides& sides) {
  const ir::Shape& shape = graph.value(graph.node(id).input(0)).shape;
  if (!shape.ranked()) return false;
  const int hidden = shape.rank() - static_cast<int>(sides.operands[0].size()) + 3;
  constexpr int kMostHidden = 8;
  if (hidden > kMostHidden) return false;
  const std::string from = ExpandEllipsis(sides.operands[0], hidden), to = ExpandEllipsis(sides.result, hidden);
  if (static_cast<int>(from.size()) != shape.rank() || from.size() != to.size() || !Distinct(from)) return false;
  std::vector<int64_t> perm;
  for (char label : to) {
    if (!Has(from, label)) return false;
    perm.push_back(static_cast<int64_t>(from.find(label)));
  }
  const ValueId order = AddInts(graph, absl::StrCat(graph.node(id).info.name, "/perm"), perm);
  Become(graph, id, "TRANSPOSE", {graph.node(id).input(0), order});
  return true;
}

absl::StatusOr<bool> Einsum(ir::Graph& graph, ir::NodeId id) {
  std::optional<Sides> sides = Split(graph.node(id).attrs().String("equation"));
  const size_t operands = graph.node(id).inputs().size();
  if (!sides.has_value() || sides->operands.size() != operands || operands == 0 || operands > 2) return false;
  bool summed = false;
  for (size_t i = 0; i < operands; ++i) summed |= SumAlone(graph, id, *sides, i);
  if (summed) {  // the shape of the sum is known in the next round
    graph.node(id).info.attrs.Set("equation", absl::StrCat(absl::StrJoin(sides->operands, ","), "->", sides->result));
    return true;
  }
  if (operands == 1) return Arrange(graph, id, *sides);
  const ir::Shape& a = graph.value(graph.node(id).input(0)).shape;
  const ir::Shape& b = graph.value(graph.node(id).input(1)).shape;
  if (!a.ranked() || !b.ranked()) return false;
  const auto equation = Parse(*sides, a.rank(), b.rank());
  if (!equation.has_value()) return false;
  Writer(graph, id, *equation).Write();
  return true;
}

}  // namespace

absl::StatusOr<int> LegalizeEinsum(ir::Graph& graph) {
  return RewriteEach(graph, "tf.Einsum", [&](ir::NodeId id) { return Einsum(graph, id); });
}

}  // namespace zeropoint::passes
