// Matrices from diagonals, diagonals from matrices, and diagonals put into matrices, where one LiteRT op does not say
// it.
//
// Before: tf.MatrixDiagV2/V3(d, k, rows, columns, padding)   After: SELECT_V2(mask, picked, padding)
// Before: tf.MatrixSetDiagV2/V3(x, d, k)                     After: SELECT_V2(mask, picked, x)
//         picked = RESHAPE(GATHER(RESHAPE(d), places), [.., rows, columns])
// Before: tf.MatrixDiagPart/V2/V3(x, k, padding)             After: RESHAPE(GATHER(RESHAPE(x), places)), with
//         SELECT_V2(mask, ., padding) where diagonals differ in length
// Before: tf.Diag(d), d a vector                             After: MATRIX_DIAG(d)
// Before: tf.DiagPart(x), x a matrix                         After: GATHER(RESHAPE(x, [-1]), places)
//
// Conditions: sizes of matrices and diagonals known, k constant; of the dimensions before them at most one unknown. The
// main diagonal in a square of zeros, and the main diagonal set, are MATRIX_DIAG and MATRIX_SET_DIAG (their records
// import them). Algebra: element (i, j) lies on diagonal j - i, at row i (j - i >= 0) or column j of it. `places`
// holds, for each element of the result, where it stands in the flattened operand; `mask` is false where the result has
// the padding.
#include <algorithm>

#include "absl/strings/match.h"
#include "ir/constants.h"
#include "passes/legalize/formula.h"
#include "passes/passes.h"

namespace zeropoint::passes {
namespace {

using ir::ValueId;

// The diagonals low .. high of matrices of that size, as TF packs them: a row each, the highest first.
struct Band {
  int64_t rows, columns, low, high;
  std::string align;

  int64_t Length(int64_t k) const {
    return std::max<int64_t>(0, std::min(rows + std::min<int64_t>(k, 0), columns - std::max<int64_t>(k, 0)));
  }
  int64_t Longest() const {
    int64_t longest = 0;
    for (int64_t k = low; k <= high; ++k) longest = std::max(longest, Length(k));
    return longest;
  }
  int64_t count() const { return high - low + 1; }
  // Where diagonal k starts in its row.
  int64_t Offset(int64_t k) const {
    const bool left = (k >= 0 && absl::StartsWith(align, "LEFT")) || (k <= 0 && absl::EndsWith(align, "LEFT"));
    return left ? 0 : Longest() - Length(k);
  }
  bool fits() const { return low <= high && high < std::max<int64_t>(columns, 1) && -low < std::max<int64_t>(rows, 1); }
};

// For each element of a result its place in the operand, and whether it has one.
struct Picked {
  std::vector<int64_t> places;
  std::vector<bool> mask;
  void Add(std::optional<int64_t> place) {
    places.push_back(place.value_or(0));
    mask.push_back(place.has_value());
  }
  bool whole() const { return std::find(mask.begin(), mask.end(), false) == mask.end(); }
};

Picked MatrixFromDiagonals(const Band& band) {
  Picked picked;
  for (int64_t i = 0; i < band.rows; ++i) {
    for (int64_t j = 0; j < band.columns; ++j) {
      const int64_t k = j - i;
      const int64_t along = k >= 0 ? i : j;
      const bool inside = k >= band.low && k <= band.high;
      picked.Add(inside ? std::optional((band.high - k) * band.Longest() + band.Offset(k) + along) : std::nullopt);
    }
  }
  return picked;
}

Picked DiagonalsFromMatrix(const Band& band) {
  Picked picked;
  for (int64_t k = band.high; k >= band.low; --k) {
    for (int64_t at = 0; at < band.Longest(); ++at) {
      const int64_t along = at - band.Offset(k);
      const int64_t i = along + std::max<int64_t>(-k, 0), j = along + std::max<int64_t>(k, 0);
      const bool inside = along >= 0 && along < band.Length(k);
      picked.Add(inside ? std::optional(i * band.columns + j) : std::nullopt);
    }
  }
  return picked;
}

// The first `count` dimensions of the shape for a RESHAPE, with the others behind; nothing when it cannot say them.
std::optional<std::vector<int64_t>> OuterThen(const ir::Shape& shape, int count, std::vector<int64_t> inner) {
  std::vector<int64_t> dims(shape.dims().begin(), shape.dims().begin() + count);
  if (std::count(dims.begin(), dims.end(), ir::kDynamic) > 1) return std::nullopt;
  dims.insert(dims.end(), inner.begin(), inner.end());
  return dims;
}

// Elements of the operand (flattened behind its first `outer` dimensions) in the shape `inner` behind those.
std::optional<ValueId> Pick(const Formula& f, ValueId x, const ir::Shape& shape, int outer, int64_t flat,
                            const Picked& picked, std::vector<int64_t> inner) {
  const auto rows = OuterThen(shape, outer, {flat}), result = OuterThen(shape, outer, std::move(inner));
  if (!rows.has_value() || !result.has_value()) return std::nullopt;
  return f.Reshape(f.Gather(f.Reshape(x, *rows), f.Ints(picked.places), outer), *result);
}

struct Diagonals {
  int64_t low = 0, high = 0;
};
std::optional<Diagonals> ReadDiagonals(const ir::Graph& graph, ValueId k) {
  if (k == ir::kNoValue) return Diagonals{};
  const auto given = ir::IntElements(graph, k);
  if (!given.has_value() || given->empty() || given->size() > 2) return std::nullopt;
  return Diagonals{given->front(), given->back()};
}

// Before V3, all diagonals start at the left.
std::string AlignmentOf(const Formula& f) {
  const bool chooses = absl::EndsWith(f.graph().node(f.id()).op(), "V3");
  return chooses ? f.attrs().String("align", "RIGHT_LEFT") : "LEFT_LEFT";
}

// Rows and columns of the smallest matrix that has such diagonals, unless the node asks for other ones.
std::optional<Band> BandToFill(const Formula& f, int64_t longest) {
  const auto diagonals = ReadDiagonals(f.graph(), f.x(1));
  const auto rows = ir::IntScalar(f.graph(), f.x(2)), columns = ir::IntScalar(f.graph(), f.x(3));
  if (!diagonals || !rows || !columns) return std::nullopt;
  const int64_t least_rows = longest - std::min<int64_t>(diagonals->high, 0);
  const int64_t least_columns = longest + std::max<int64_t>(diagonals->low, 0);
  Band band{*rows, *columns, diagonals->low, diagonals->high, AlignmentOf(f)};
  if (*rows == -1 && *columns == -1) {
    band.rows = band.columns = std::max(least_rows, least_columns);
  } else if (*rows == -1) {
    band.rows = least_rows;
  } else if (*columns == -1) {
    band.columns = least_columns;
  }
  return band;
}

absl::StatusOr<bool> MatrixDiag(ir::Graph& graph, ir::NodeId id) {
  const Formula f(graph, id);
  const ir::Shape shape = f.shape();
  if (!shape.ranked() || shape.rank() == 0 || shape[shape.rank() - 1] == ir::kDynamic) return false;
  const int64_t longest = shape[shape.rank() - 1];
  const auto band = BandToFill(f, longest);
  if (!band.has_value()) return false;
  const int inner = band->count() > 1 ? 2 : 1;
  if (!band->fits() || band->Longest() != longest || shape.rank() < inner ||
      (inner == 2 && shape[shape.rank() - 2] != band->count())) {
    return absl::InvalidArgumentError("the diagonals do not fit the matrix");
  }
  const Picked picked = MatrixFromDiagonals(*band);
  const auto matrices =
      Pick(f, f.x(), shape, shape.rank() - inner, band->count() * longest, picked, {band->rows, band->columns});
  if (!matrices.has_value()) return false;
  f.Is("SELECT_V2", {f.Bools({band->rows, band->columns}, picked.mask), *matrices, f.x(4)});
  return true;
}

// The last two dimensions as rows and columns.
std::optional<Band> BandOf(const Formula& f, const ir::Shape& shape, ValueId k) {
  if (!shape.ranked() || shape.rank() < 2) return std::nullopt;
  const auto diagonals = ReadDiagonals(f.graph(), k);
  const int64_t rows = shape[shape.rank() - 2], columns = shape[shape.rank() - 1];
  if (!diagonals || rows == ir::kDynamic || columns == ir::kDynamic) return std::nullopt;
  return Band{rows, columns, diagonals->low, diagonals->high, AlignmentOf(f)};
}

absl::StatusOr<bool> MatrixSetDiag(ir::Graph& graph, ir::NodeId id) {
  const Formula f(graph, id);
  const ir::Shape shape = f.shape(), diagonals = f.shape(1);
  const auto band = BandOf(f, shape, f.x(2));
  if (!band.has_value() || (band->low == 0 && band->high == 0)) return false;
  if (!band->fits()) return absl::InvalidArgumentError("the diagonals do not fit the matrix");
  const Picked picked = MatrixFromDiagonals(*band);
  const auto matrices =
      Pick(f, f.x(1), shape, shape.rank() - 2, band->count() * band->Longest(), picked, {band->rows, band->columns});
  if (!matrices.has_value()) return false;
  f.Is("SELECT_V2", {f.Bools({band->rows, band->columns}, picked.mask), *matrices, f.x()});
  return true;
}

absl::StatusOr<bool> MatrixDiagPart(ir::Graph& graph, ir::NodeId id) {
  const Formula f(graph, id);
  const ir::Shape shape = f.shape();
  const auto band = BandOf(f, shape, f.x(1));
  if (!band.has_value()) return false;
  if (!band->fits()) return absl::InvalidArgumentError("the matrix has no such diagonals");
  const Picked picked = DiagonalsFromMatrix(*band);
  const std::vector<int64_t> inner =
      band->count() > 1 ? std::vector<int64_t>{band->count(), band->Longest()} : std::vector<int64_t>{band->Longest()};
  const auto diagonals = Pick(f, f.x(), shape, shape.rank() - 2, band->rows * band->columns, picked, inner);
  if (!diagonals.has_value()) return false;
  if (picked.whole()) {
    Forward(graph, id, {*diagonals});
  } else {
    f.Is("SELECT_V2", {f.Bools(ir::Shape(inner), picked.mask), *diagonals, f.x(2)});
  }
  return true;
}

absl::StatusOr<bool> Diag(ir::Graph& graph, ir::NodeId id) {
  const Formula f(graph, id);
  if (!f.shape().ranked() || f.shape().rank() != 1) return false;
  f.Is("MATRIX_DIAG", {f.x()});
  return true;
}

absl::StatusOr<bool> DiagPart(ir::Graph& graph, ir::NodeId id) {
  const ir::Shape shape = graph.value(graph.node(id).input(0)).shape;
  return shape.ranked() && shape.rank() == 2 ? MatrixDiagPart(graph, id) : false;
}

constexpr RewriteRow kRows[] = {
    {"tf.MatrixDiagV2", MatrixDiag},
    {"tf.MatrixDiagV3", MatrixDiag},
    {"tf.MatrixSetDiagV2", MatrixSetDiag},
    {"tf.MatrixSetDiagV3", MatrixSetDiag},
    {"tf.MatrixDiagPart", MatrixDiagPart},
    {"tf.MatrixDiagPartV2", MatrixDiagPart},
    {"tf.MatrixDiagPartV3", MatrixDiagPart},
    {"tf.Diag", Diag},
    {"tf.DiagPart", DiagPart},
};

}  // namespace

// After the records' own forms have been taken.
absl::StatusOr<int> LegalizeDiagonals(ir::Graph& graph) { return RewriteTable(graph, kRows); }

}  // namespace zeropoint::passes
