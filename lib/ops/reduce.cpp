#include "ops/reduce.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <vector>

#include "ir/constants.h"
#include "ops/elementwise.h"
#include "ops/quantized.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops {
namespace {

constexpr char kKeepDims[] = "keep_dims";

// One flag per dimension: it is reduced.
using Flags = absl::InlinedVector<bool, 6>;

absl::StatusOr<Flags> ReducedDims(absl::Span<const int64_t> axes, int rank) {
  Flags reduced(static_cast<size_t>(rank), false);
  for (int64_t axis : axes) {
    ZP_ASSIGN_OR_RETURN(const int at, NormalizeAxis(axis, rank));
    reduced[static_cast<size_t>(at)] = true;
  }
  return reduced;
}

absl::Status InferReduced(InferContext& context) {
  ZP_RETURN_IF_ERROR(CheckType(context, 1, {ElementType::kInt32, ElementType::kInt64}));
  const ir::Shape& input = context.input_shape(0);
  const bool keep = context.attrs().Bool(kKeepDims);
  const auto axes = context.input_ints(1);
  ir::Shape shape;
  if (!input.ranked()) {
    shape = ir::Shape::Unranked();
  } else if (!axes) {
    shape = ir::Shape::Unranked();
    if (keep) shape = ir::Shape(ir::Dims(static_cast<size_t>(input.rank()), ir::kDynamic));
  } else {
    ZP_ASSIGN_OR_RETURN(const Flags reduced, ReducedDims(*axes, input.rank()));
    for (int i = 0; i < input.rank(); ++i) {
      if (!reduced[static_cast<size_t>(i)]) {
        shape.Append(input[i]);
      } else if (keep) {
        shape.Append(1);
      }
    }
  }
  context.set_output(0, context.input_type(0), std::move(shape));
  return absl::OkStatus();
}

absl::Status Infer(InferContext& context) {
  ZP_RETURN_IF_ERROR(CheckArity(context, 2, 2));
  ZP_RETURN_IF_ERROR(CheckReal(context, 0));
  return InferReduced(context);
}

absl::Status InferBools(InferContext& context) {
  ZP_RETURN_IF_ERROR(CheckArity(context, 2, 2));
  ZP_RETURN_IF_ERROR(CheckType(context, 0, {ElementType::kBool}));
  return InferReduced(context);
}

absl::Status Import(ir::Graph& graph, ir::NodeId id) {
  ir::Attributes attrs;
  attrs.Set(kKeepDims, graph.node(id).attrs().Bool("keep_dims"));
  graph.node(id).info.attrs = std::move(attrs);
  // LiteRT's kernels read the axes as int32.
  const ir::ValueId axes = graph.node(id).input(1);
  if (axes == ir::kNoValue || graph.value(axes).type != ElementType::kInt64) return absl::OkStatus();
  const auto elements = ir::IntElements(graph, axes);
  if (!elements) return absl::UnimplementedError("axes of type int64 that are not constant are not one LiteRT op");
  const std::vector<int32_t> narrow(elements->begin(), elements->end());
  const std::string name = graph.value(axes).name + "_int32";
  const ir::Shape shape = graph.value(axes).shape;
  graph.SetInput(id, 1, graph.AddConstant<int32_t>(name, shape, narrow));
  return absl::OkStatus();
}

// Neighbouring dimensions that are all reduced, or all kept, as one.
struct Groups {
  ir::Dims sizes;
  Flags reduced;
};

Groups Merge(absl::Span<const int64_t> dims, const Flags& reduced) {
  Groups groups;
  for (size_t i = 0; i < dims.size(); ++i) {
    if (dims[i] == 1) continue;
    if (!groups.sizes.empty() && groups.reduced.back() == reduced[i]) {
      groups.sizes.back() *= dims[i];
    } else {
      groups.sizes.push_back(dims[i]);
      groups.reduced.push_back(reduced[i]);
    }
  }
  if (groups.sizes.empty()) {
    groups.sizes.push_back(1);
    groups.reduced.push_back(true);
  }
  return groups;
}

// Walks the rows (the last group) of the operand in order; row(input row, first element of the result it goes to).
template <typename Row>
void ForEachInputRow(const Groups& groups, Row row) {
  const size_t outer = groups.sizes.size() - 1;
  int64_t rows = 1;
  ir::Dims strides(outer, 0), index(outer, 0);
  int64_t stride = groups.reduced.back() ? 1 : groups.sizes.back();
  for (size_t d = outer; d-- > 0;) {
    rows *= groups.sizes[d];
    if (groups.reduced[d]) continue;
    strides[d] = stride;
    stride *= groups.sizes[d];
  }
  if (groups.sizes.back() == 0) rows = 0;
  int64_t to = 0;
  for (int64_t r = 0; r < rows; ++r) {
    row(r * groups.sizes.back(), to);
    for (size_t d = outer; d-- > 0;) {
      to += strides[d];
      if (++index[d] < groups.sizes[d]) break;
      to -= strides[d] * groups.sizes[d];
      index[d] = 0;
    }
  }
}

absl::StatusOr<Groups> GroupsOf(const EvalContext& context) {
  const TensorView& axes = context.inputs[1];
  std::vector<int64_t> list;
  for (int64_t i = 0; i < axes.elements(); ++i) {
    list.push_back(axes.type == ElementType::kInt64 ? axes.As<int64_t>()[i] : axes.As<int32_t>()[i]);
  }
  const absl::Span<const int64_t> dims = context.inputs[0].dims;
  ZP_ASSIGN_OR_RETURN(const Flags reduced, ReducedDims(list, static_cast<int>(dims.size())));
  return Merge(dims, reduced);
}

void ReduceFloats(const EvalContext& context, const Groups& groups, kernels::Reduction op) {
  const float* x = context.inputs[0].As<float>();
  float* y = context.outputs[0].As<float>();
  std::fill_n(y, context.outputs[0].elements(), kernels::Neutral(op));
  const size_t length = static_cast<size_t>(groups.sizes.back());
  const bool row_reduces = groups.reduced.back();
  // Rows that follow each other and go to the same elements are taken together.
  const size_t outer = groups.sizes.size() - 1;
  const int64_t together = !row_reduces && outer > 0 ? groups.sizes[outer - 1] : 1;
  ForEachInputRow(groups, [&](int64_t from, int64_t to) {
    if (row_reduces) {
      const float part = kernels::ReduceRow(op, x + from, length);
      kernels::AccumulateRow(op, &part, y + to, 1);
    } else if (from / groups.sizes.back() % together == 0) {
      kernels::AccumulateRows(op, x + from, static_cast<size_t>(together), y + to, length);
    }
  });
}

template <typename T>
T Combine(kernels::Reduction op, T a, T b) {
  switch (op) {
    case kernels::Reduction::kSum:
      return WrapAdd(a, b);
    case kernels::Reduction::kProduct:
      return WrapMul(a, b);
    case kernels::Reduction::kMaximum:
      return std::max(a, b);
    case kernels::Reduction::kMinimum:
      return std::min(a, b);
    case kernels::Reduction::kCount:
      break;
  }
  return a;
}

template <typename T>
T IntNeutral(kernels::Reduction op) {
  switch (op) {
    case kernels::Reduction::kSum:
      return 0;
    case kernels::Reduction::kProduct:
      return 1;
    case kernels::Reduction::kMaximum:
      return std::numeric_limits<T>::lowest();
    case kernels::Reduction::kMinimum:
      return std::numeric_limits<T>::max();
    case kernels::Reduction::kCount:
      break;
  }
  return 0;
}

template <typename T>
void ReduceInts(const EvalContext& context, const Groups& groups, kernels::Reduction op) {
  const T* x = context.inputs[0].As<T>();
  T* y = context.outputs[0].As<T>();
  std::fill_n(y, context.outputs[0].elements(), IntNeutral<T>(op));
  const int64_t step = groups.reduced.back() ? 0 : 1;
  ForEachInputRow(groups, [&](int64_t from, int64_t to) {
    for (int64_t i = 0; i < groups.sizes.back(); ++i) y[to + i * step] = Combine(op, y[to + i * step], x[from + i]);
  });
}

}  // namespace

absl::Status EvalReduction(const EvalContext& context, kernels::Reduction op) {
  ZP_ASSIGN_OR_RETURN(const Groups groups, GroupsOf(context));
  switch (context.inputs[0].type) {
    case ElementType::kFloat32:
      ReduceFloats(context, groups, op);
      return absl::OkStatus();
    case ElementType::kInt32:
      ReduceInts<int32_t>(context, groups, op);
      return absl::OkStatus();
    case ElementType::kInt64:
      ReduceInts<int64_t>(context, groups, op);
      return absl::OkStatus();
    default:
      return NoKernelFor(context.inputs[0].type);
  }
}

namespace {

// Calls combine(so far, element of the operand) for every element; `so far` begins as `first` for each result.
template <typename T, typename A, typename F>
std::vector<A> Accumulate(const EvalContext& context, const Groups& groups, A first, F combine) {
  const T* x = context.inputs[0].As<T>();
  std::vector<A> found(static_cast<size_t>(context.outputs[0].elements()), first);
  const int64_t step = groups.reduced.back() ? 0 : 1;
  ForEachInputRow(groups, [&](int64_t from, int64_t to) {
    for (int64_t i = 0; i < groups.sizes.back(); ++i) {
      A& so_far = found[static_cast<size_t>(to + i * step)];
      so_far = combine(so_far, x[from + i]);
    }
  });
  return found;
}

}  // namespace

absl::Status EvalQuantizedMean(const EvalContext& context) {
  ZP_ASSIGN_OR_RETURN(const Groups groups, GroupsOf(context));
  ZP_ASSIGN_OR_RETURN(const Params from, ParamsOf(context.inputs[0].quant));
  ZP_ASSIGN_OR_RETURN(const Params to, ParamsOf(context.outputs[0].quant));
  numeric::Multiplier factor = numeric::ToMultiplier(static_cast<double>(from.scale) / static_cast<double>(to.scale));
  const int64_t count = ReducedCount(context);
  if (count > 1) {
    // The division goes into the factor, with as many digits as its shift has room for.
    constexpr int kMaxShift = 32, kShiftRoom = 31;
    const int digits = 63 - std::countl_zero(static_cast<uint64_t>(count));
    const int shift = std::min({digits, kMaxShift, kShiftRoom + factor.shift});
    factor.value = static_cast<int32_t>((static_cast<int64_t>(factor.value) << shift) / count);
    factor.shift -= shift;
  }
  return ForIntegers(context, 1, [&]<typename T>(T) -> absl::Status {
    const auto sums = Accumulate<T, int64_t>(context, groups, 0, [](int64_t sum, T q) { return sum + q; });
    T* y = context.outputs[0].As<T>();
    for (size_t i = 0; i < sums.size(); ++i) {
      const int32_t sum = static_cast<int32_t>(sums[i] - from.zero_point * count);
      y[i] = static_cast<T>(LimitsOf<T>().Clamp(WrapAdd(numeric::Rescale(sum, factor), to.zero_point)));
    }
    return absl::OkStatus();
  });
}

// As LiteRT's optimized kernel, in float32: the reference kernel of 2.3 takes all integers for uint8.
absl::Status EvalQuantizedTotal(const EvalContext& context) {
  ZP_ASSIGN_OR_RETURN(const Groups groups, GroupsOf(context));
  ZP_ASSIGN_OR_RETURN(const Params from, ParamsOf(context.inputs[0].quant));
  ZP_ASSIGN_OR_RETURN(const Params to, ParamsOf(context.outputs[0].quant));
  const float scale = from.scale / to.scale;
  const float bias = static_cast<float>(-from.zero_point) * scale * static_cast<float>(ReducedCount(context));
  return ForIntegers(context, 1, [&]<typename T>(T) -> absl::Status {
    const auto sums = Accumulate<T, int64_t>(context, groups, 0, [](int64_t sum, T q) { return sum + q; });
    constexpr float kFar = 1 << 30;  // what is farther has left the limits anyway
    T* y = context.outputs[0].As<T>();
    for (size_t i = 0; i < sums.size(); ++i) {
      const float total = std::round(static_cast<float>(static_cast<int32_t>(sums[i])) * scale + bias);
      y[i] = static_cast<T>(LimitsOf<T>().Clamp(static_cast<int32_t>(std::clamp(total, -kFar, kFar)) + to.zero_point));
    }
    return absl::OkStatus();
  });
}

absl::Status EvalQuantizedProduct(const EvalContext& context) {
  ZP_ASSIGN_OR_RETURN(const Groups groups, GroupsOf(context));
  ZP_ASSIGN_OR_RETURN(const Params from, ParamsOf(context.inputs[0].quant));
  ZP_ASSIGN_OR_RETURN(const Params to, ParamsOf(context.outputs[0].quant));
  // Each factor takes its share of the result's scale.
  const double share = std::pow(static_cast<double>(to.scale), 1.0 / static_cast<double>(ReducedCount(context)));
  const numeric::Multiplier factor = numeric::ToMultiplier(static_cast<double>(from.scale) / share);
  return ForIntegers(context, 1, [&]<typename T>(T) -> absl::Status {
    constexpr int32_t kNone = std::numeric_limits<int32_t>::min();  // no factor so far
    const auto products = Accumulate<T, int32_t>(context, groups, kNone, [&](int32_t product, T q) {
      const int32_t x = static_cast<int32_t>(q) - from.zero_point;
      return product == kNone ? x : numeric::Rescale(static_cast<int64_t>(product) * x, factor);
    });
    T* y = context.outputs[0].As<T>();
    for (size_t i = 0; i < products.size(); ++i) {
      const int32_t scaled = numeric::Rescale(static_cast<int64_t>(products[i] == kNone ? 0 : products[i]), factor);
      y[i] = static_cast<T>(LimitsOf<T>().Clamp(WrapAdd(scaled, to.zero_point)));
    }
    return absl::OkStatus();
  });
}

absl::Status EvalQuantizedExtreme(const EvalContext& context, kernels::Reduction op) {
  ZP_ASSIGN_OR_RETURN(const Groups groups, GroupsOf(context));
  return ForIntegers(context, 1, [&]<typename T>(T) -> absl::Status {
    ReduceInts<T>(context, groups, op);
    return absl::OkStatus();
  });
}

absl::Status EvalBoolReduction(const EvalContext& context, bool all) {
  ZP_ASSIGN_OR_RETURN(const Groups groups, GroupsOf(context));
  const bool* x = context.inputs[0].As<bool>();
  bool* y = context.outputs[0].As<bool>();
  std::fill_n(y, context.outputs[0].elements(), all);
  const int64_t step = groups.reduced.back() ? 0 : 1;
  ForEachInputRow(groups, [&](int64_t from, int64_t to) {
    for (int64_t i = 0; i < groups.sizes.back(); ++i) {
      if (x[from + i] != all) y[to + i * step] = !all;
    }
  });
  return absl::OkStatus();
}

int64_t ReducedCount(const EvalContext& context) {
  const int64_t results = context.outputs[0].elements();
  return results == 0 ? 1 : context.inputs[0].elements() / results;
}

OpDef ReduceRecord(absl::string_view name, int32_t code, absl::string_view tf, EvalFn eval) {
  OpDef def;
  def.name = name;
  def.code = code;
  def.inputs = {2, 2};
  def.options = {schema::BuiltinOptions_ReducerOptions,
                 {{kKeepDims, schema::ReducerOptions::VT_KEEP_DIMS, FieldKind::kBool}}};
  def.tf = {{tf, Import}};
  def.infer = Infer;
  def.eval_float = eval;
  def.quant.inputs = {OperandSpec::Activation(), OperandSpec::Other()};
  def.quant.outputs = {OperandSpec::Activation()};
  def.quant.int8 = def.quant.int16 = true;
  return def;
}

OpDef BoolReduceRecord(absl::string_view name, int32_t code, absl::string_view tf, EvalFn eval) {
  OpDef def = ReduceRecord(name, code, tf, eval);
  def.infer = InferBools;
  def.quant = {};
  return def;
}

}  // namespace zeropoint::ops
