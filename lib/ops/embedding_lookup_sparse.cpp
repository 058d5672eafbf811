// EMBEDDING_LOOKUP_SPARSE: weighted sums (or means) of rows of a table, one for each leading index of a sparse tensor
// of row numbers: operands are the row numbers, their indices, the sparse tensor's shape, the weights and the table.
#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "ops/data_movement.h"
#include "ops/infer.h"
#include "ops/live_result.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops {
namespace {

constexpr int kIds = 0, kIndices = 1, kShape = 2, kWeights = 3, kTable = 4;
constexpr char kCombiner[] = "combiner";

// [leading dimensions of the sparse shape] + [dimensions of a row].
ir::Shape ResultShape(const ir::Shape& sparse, const ir::Shape& table) {
  if (!sparse.ranked() || !table.ranked()) return ir::Shape::Unranked();
  ir::Shape to;
  for (int i = 0; i + 1 < sparse.rank(); ++i) to.Append(sparse[i]);
  for (int i = 1; i < table.rank(); ++i) to.Append(table[i]);
  return to;
}

absl::Status Infer(InferContext& context) {
  for (int i : {kIds, kIndices, kShape}) ZP_RETURN_IF_ERROR(CheckType(context, i, {ElementType::kInt32}));
  for (int i : {kWeights, kTable}) ZP_RETURN_IF_ERROR(CheckType(context, i, {ElementType::kFloat32}));
  for (int i : {kIds, kShape, kWeights}) ZP_RETURN_IF_ERROR(CheckRank(context, i, 1, "operand"));
  ZP_RETURN_IF_ERROR(CheckRank(context, kIndices, 2, "indices"));
  const ir::Shape &ids = context.input_shape(kIds), &indices = context.input_shape(kIndices);
  const ir::Shape &weights = context.input_shape(kWeights), &table = context.input_shape(kTable);
  const int64_t rank = VectorLength(context.input_shape(kShape));
  const bool counts_fit = !ids.ranked() || ((!indices.ranked() || Compatible(indices[0], ids[0])) &&
                                            (!weights.ranked() || Compatible(weights[0], ids[0])));
  if (!counts_fit || (indices.ranked() && !Compatible(indices[1], rank)) || rank == 0 ||
      (table.ranked() && table.rank() < 2)) {
    return absl::InvalidArgumentError(absl::StrCat("ids ", ids.ToString(), ", indices ", indices.ToString(),
                                                   ", weights ", weights.ToString(), " and table ", table.ToString(),
                                                   " do not fit together"));
  }
  ZP_ASSIGN_OR_RETURN(const ir::Shape sparse, ShapeFromInts(context, kShape));
  context.set_output(0, ElementType::kFloat32, ResultShape(sparse, table));
  return absl::OkStatus();
}

// What each weighted sum is divided by: 1, the sum of the weights or the length of the vector of weights.
std::vector<float> Divisors(int64_t combiner, const std::vector<int64_t>& targets, const float* weights,
                            size_t results) {
  std::vector<float> divisors(results, combiner == schema::CombinerType_SUM ? 1.0f : 0.0f);
  for (size_t i = 0; i < targets.size(); ++i) {
    float& divisor = divisors[static_cast<size_t>(targets[i])];
    if (combiner == schema::CombinerType_MEAN) divisor += weights[i];
    if (combiner == schema::CombinerType_SQRTN) divisor += weights[i] * weights[i];
  }
  if (combiner == schema::CombinerType_SQRTN) {
    for (float& divisor : divisors) divisor = std::sqrt(divisor);
  }
  return divisors;
}

// The result's row for each id.
absl::StatusOr<std::vector<int64_t>> Targets(const TensorView& indices, const std::vector<int64_t>& shape) {
  ZP_ASSIGN_OR_RETURN(const std::vector<int64_t> all, ReadInts(indices));
  const size_t rank = shape.size();
  std::vector<int64_t> targets;
  for (size_t first = 0; first < all.size(); first += rank) {
    int64_t target = 0;
    for (size_t d = 0; d + 1 < rank; ++d) {
      const int64_t index = all[first + d];
      if (index < 0 || index >= shape[d]) {
        return absl::OutOfRangeError(absl::StrCat("index ", index, " is outside a dimension of size ", shape[d]));
      }
      target = target * shape[d] + index;
    }
    targets.push_back(target);
  }
  return targets;
}

absl::Status Eval(const EvalContext& context) {
  const TensorView& table = context.inputs[kTable];
  ZP_ASSIGN_OR_RETURN(const std::vector<int64_t> ids, ReadInts(context.inputs[kIds]));
  ZP_ASSIGN_OR_RETURN(const std::vector<int64_t> shape, ReadInts(context.inputs[kShape]));
  if (std::any_of(shape.begin(), shape.end(), [](int64_t size) { return size < 0; })) {
    return absl::InvalidArgumentError("the sparse shape has a negative size");
  }
  ZP_ASSIGN_OR_RETURN(const std::vector<int64_t> targets, Targets(context.inputs[kIndices], shape));
  ZP_ASSIGN_OR_RETURN(const MutableView to, LiveResult(context, 0, ElementType::kFloat32,
                                                       ResultShape(ir::Shape(shape), ir::Shape(table.dims))));
  const int64_t length = Product(table.dims, 1, table.rank());
  std::fill_n(to.As<float>(), to.elements(), 0.0f);
  if (length == 0) return absl::OkStatus();
  const float* weights = context.inputs[kWeights].As<float>();
  for (size_t i = 0; i < ids.size(); ++i) {
    if (ids[i] < 0 || ids[i] >= table.dim(0)) {
      return absl::OutOfRangeError(absl::StrCat("row ", ids[i], " is outside a table of ", table.dim(0), " rows"));
    }
    const float* row = table.As<float>() + ids[i] * length;
    float* sum = to.As<float>() + targets[i] * length;
    for (int64_t k = 0; k < length; ++k) sum[k] += weights[i] * row[k];
  }
  const size_t results = static_cast<size_t>(to.elements() / length);
  const std::vector<float> divisors = Divisors(context.attrs.Int(kCombiner), targets, weights, results);
  for (size_t r = 0; r < results; ++r) {
    float* sum = to.As<float>() + static_cast<int64_t>(r) * length;
    if (divisors[r] == 0.0f) continue;  // nothing was added
    for (int64_t k = 0; k < length; ++k) sum[k] /= divisors[r];
  }
  return absl::OkStatus();
}

}  // namespace

namespace records {

OpDef EmbeddingLookupSparse() {
  OpDef def;
  def.name = "EMBEDDING_LOOKUP_SPARSE";
  def.code = schema::BuiltinOperator_EMBEDDING_LOOKUP_SPARSE;
  def.inputs = {5, 5};
  def.options = {schema::BuiltinOptions_EmbeddingLookupSparseOptions,
                 {{kCombiner, schema::EmbeddingLookupSparseOptions::VT_COMBINER, FieldKind::kInt8}}};
  def.infer = Infer;
  def.eval_float = Eval;
  def.runtime = {.int8 = kNever, .int16 = kNever, .gap = "its kernel takes float32 only"};
  return def;
}

}  // namespace records
}  // namespace zeropoint::ops
