// BATCH_MATMUL: matrix products of the last two dimensions, the others broadcast; "adj_x" and "adj_y" transpose.
#include <algorithm>
#include <vector>

#include "kernels/gemm.h"
#include "kernels/integer.h"
#include "ops/activation.h"
#include "ops/broadcast.h"
#include "ops/hybrid.h"
#include "ops/infer.h"
#include "ops/quantized.h"
#include "ops/weights.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {
namespace {

constexpr char kAdjX[] = "adj_x", kAdjY[] = "adj_y", kAsymmetric[] = "asymmetric_quantize_inputs";

absl::Status Infer(InferContext& context) {
  ZP_RETURN_IF_ERROR(CheckArity(context, 2, 2));
  ZP_RETURN_IF_ERROR(CheckReal(context, 0));
  ZP_RETURN_IF_ERROR(CheckReal(context, 1));
  const ir::Shape& x = context.input_shape(0);
  const ir::Shape& y = context.input_shape(1);
  ir::Shape shape = ir::Shape::Unranked();
  if (x.ranked() && y.ranked()) {
    const int rx = x.rank(), ry = y.rank();
    if (rx < 2 || ry < 2) {
      return absl::InvalidArgumentError(
          absl::StrCat("operands ", x.ToString(), " and ", y.ToString(), " are not matrices"));
    }
    const bool adj_x = context.attrs().Bool(kAdjX), adj_y = context.attrs().Bool(kAdjY);
    if (!Compatible(x[adj_x ? rx - 2 : rx - 1], y[adj_y ? ry - 1 : ry - 2])) {
      return absl::InvalidArgumentError(
          absl::StrCat("matrices ", x.ToString(), " and ", y.ToString(), " do not multiply"));
    }
    ZP_ASSIGN_OR_RETURN(shape, BroadcastShape(ir::Shape(x.dims().first(static_cast<size_t>(rx - 2))),
                                              ir::Shape(y.dims().first(static_cast<size_t>(ry - 2)))));
    shape.Append(x[adj_x ? rx - 1 : rx - 2]);
    shape.Append(y[adj_y ? ry - 2 : ry - 1]);
  }
  context.set_output(0, context.input_type(0), std::move(shape));
  return absl::OkStatus();
}

// to[c][r] = from[r][c].
void Transpose(const float* from, int64_t rows, int64_t columns, float* to) {
  for (int64_t r = 0; r < rows; ++r) {
    for (int64_t c = 0; c < columns; ++c) to[c * rows + r] = from[r * columns + c];
  }
}

absl::Status Eval(const EvalContext& context) {
  ZP_RETURN_IF_ERROR(CheckFloats(context));
  ZP_ASSIGN_OR_RETURN(const kernels::Clamp none, FusedClamp({}));
  const TensorView& x = context.inputs[0];
  const TensorView& y = context.inputs[1];
  const MutableView& z = context.outputs[0];
  if (z.elements() == 0) return absl::OkStatus();
  const bool adj_x = context.attrs.Bool(kAdjX), adj_y = context.attrs.Bool(kAdjY);
  const int64_t rows = z.dim(z.rank() - 2), columns = z.dim(z.rank() - 1);
  const int64_t depth = x.dim(adj_x ? x.rank() - 2 : x.rank() - 1);
  const kernels::KernelTable& kernels = kernels::BestKernels();
  // The product wants rows of x, and y packed. Panels first: they are aligned.
  const size_t panels = kernels::PackedFloats(kernels, columns, depth);
  const size_t turned = adj_x ? static_cast<size_t>((rows * depth + 1) / 2 * 2) : 0;  // even: pointers follow
  const size_t pointers = static_cast<size_t>(kernels::BlockRows(kernels, rows, depth));
  char* space = static_cast<char*>(context.scratch.Get(sizeof(float) * (panels + turned) + sizeof(float*) * pointers));
  float* packed = reinterpret_cast<float*>(space);
  const float** row_pointers = reinterpret_cast<const float**>(packed + panels + turned);
  const BroadcastRows batches(z.dims.first(z.dims.size() - 2),
                              {x.dims.first(x.dims.size() - 2), y.dims.first(y.dims.size() - 2)});
  batches.ForEach([&](const BroadcastRows::Offsets& from, int64_t to) {
    for (int64_t i = 0; i < batches.length(); ++i) {
      const float* a = x.As<float>() + (from[0] + i * batches.step(0)) * rows * depth;
      const float* b = y.As<float>() + (from[1] + i * batches.step(1)) * columns * depth;
      if (adj_x) {
        Transpose(a, depth, rows, packed + panels);
        a = packed + panels;
      }
      kernels::Pack(kernels, b, columns, adj_y ? depth : 1, depth, adj_y ? 1 : columns, depth, 0, packed);
      kernels::GemmRows(kernels, a, depth, rows, packed, columns, depth, nullptr, none,
                        z.As<float>() + (to + i) * rows * columns, row_pointers);
    }
  });
  return absl::OkStatus();
}

// A matrix as rows of 16 bits without its zero point; transposed when it is stored the other way round.
template <typename T>
void WidenRows(const T* from, int64_t rows, int64_t depth, bool transposed, int32_t zero, int16_t* to) {
  if (!transposed) {
    kernels::Widen(from, rows * depth, zero, to);
    return;
  }
  for (int64_t r = 0; r < rows; ++r) {
    for (int64_t d = 0; d < depth; ++d) to[r * depth + d] = static_cast<int16_t>(from[d * rows + r] - zero);
  }
}

absl::Status EvalQuantized(const EvalContext& context) {
  const TensorView& x = context.inputs[0];
  const TensorView& y = context.inputs[1];
  const MutableView& z = context.outputs[0];
  ZP_ASSIGN_OR_RETURN(const Params px, ParamsOf(x.quant));
  ZP_ASSIGN_OR_RETURN(const Params py, ParamsOf(y.quant));
  ZP_ASSIGN_OR_RETURN(const Params pz, ParamsOf(z.quant));
  if (z.elements() == 0) return absl::OkStatus();
  const bool adj_x = context.attrs.Bool(kAdjX), adj_y = context.attrs.Bool(kAdjY);
  const int64_t rows = z.dim(z.rank() - 2), columns = z.dim(z.rank() - 1);
  const int64_t depth = x.dim(adj_x ? x.rank() - 2 : x.rank() - 1);
  const numeric::Multiplier factor =
      numeric::ToMultiplier(static_cast<double>(px.scale * py.scale) / static_cast<double>(pz.scale));
  std::vector<int16_t> left(static_cast<size_t>(rows * depth)), right(static_cast<size_t>(columns * depth));
  const BroadcastRows batches(z.dims.first(z.dims.size() - 2),
                              {x.dims.first(x.dims.size() - 2), y.dims.first(y.dims.size() - 2)});
  return ForIntegers(context, 2, [&]<typename T>(T) -> absl::Status {
    constexpr bool kWide = sizeof(T) > 1;
    std::vector<kernels::SumOf<T>> sums(static_cast<size_t>(rows * columns));
    batches.ForEach([&](const BroadcastRows::Offsets& from, int64_t to) {
      for (int64_t i = 0; i < batches.length(); ++i) {
        WidenRows(x.As<T>() + (from[0] + i * batches.step(0)) * rows * depth, rows, depth, adj_x, px.zero_point,
                  left.data());
        WidenRows(y.As<T>() + (from[1] + i * batches.step(1)) * columns * depth, columns, depth, !adj_y, py.zero_point,
                  right.data());
        T* result = z.As<T>() + (to + i) * rows * columns;
        if constexpr (kWide) {
          kernels::BestIntegerKernels().wide_products(left.data(), rows, right.data(), columns, depth, sums.data());
        } else {
          kernels::Products(left.data(), rows, right.data(), columns, depth, sums.data());
        }
        for (kernels::SumOf<T> sum : sums) {
          *result++ = static_cast<T>(LimitsOf<T>().Clamp(WrapAdd(numeric::Rescale(sum, factor), pz.zero_point)));
        }
      }
    });
    return absl::OkStatus();
  });
}

// int8 weights on the right: each row on the left is rounded apart.
absl::Status EvalHybrid(const EvalContext& context) {
  const TensorView& x = context.inputs[0];
  const TensorView& y = context.inputs[1];
  const MutableView& z = context.outputs[0];
  if (x.type != ElementType::kFloat32 || y.type != ElementType::kInt8) {
    return absl::UnimplementedError(absl::StrCat("the op has no kernel for ", Name(x.type), " beside ", Name(y.type)));
  }
  if (z.elements() == 0) return absl::OkStatus();
  const bool adj_x = context.attrs.Bool(kAdjX), adj_y = context.attrs.Bool(kAdjY),
             asymmetric = context.attrs.Bool(kAsymmetric);
  const int64_t rows = z.dim(z.rank() - 2), columns = z.dim(z.rank() - 1);
  const int64_t depth = x.dim(adj_x ? x.rank() - 2 : x.rank() - 1);
  ZP_ASSIGN_OR_RETURN(const WeightScales scales, WeightScalesOf(y, columns));
  std::vector<float> turned(static_cast<size_t>(adj_x ? rows * depth : 0));
  std::vector<int16_t> left(static_cast<size_t>(rows * depth)), right(static_cast<size_t>(columns * depth));
  std::vector<int32_t> sums(static_cast<size_t>(rows * columns));
  const BroadcastRows batches(z.dims.first(z.dims.size() - 2),
                              {x.dims.first(x.dims.size() - 2), y.dims.first(y.dims.size() - 2)});
  batches.ForEach([&](const BroadcastRows::Offsets& from, int64_t to) {
    for (int64_t i = 0; i < batches.length(); ++i) {
      const float* a = x.As<float>() + (from[0] + i * batches.step(0)) * rows * depth;
      if (adj_x) {
        Transpose(a, depth, rows, turned.data());
        a = turned.data();
      }
      const QuantizedRows rounded = QuantizeRows(a, rows, depth, asymmetric);
      for (int64_t r = 0; r < rows; ++r) {
        kernels::Widen(rounded.elements.data() + r * depth, depth, rounded.params[static_cast<size_t>(r)].zero,
                       left.data() + r * depth);
      }
      WidenRows(y.As<int8_t>() + (from[1] + i * batches.step(1)) * columns * depth, columns, depth, !adj_y, 0,
                right.data());
      kernels::Products(left.data(), rows, right.data(), columns, depth, sums.data());
      float* result = z.As<float>() + (to + i) * rows * columns;
      for (int64_t k = 0; k < rows * columns; ++k) {
        const float scale = rounded.params[static_cast<size_t>(k / columns)].scale * scales.of(k % columns);
        result[k] = scale * static_cast<float>(sums[static_cast<size_t>(k)]);
      }
    }
  });
  return absl::OkStatus();
}

absl::Status Import(ir::Graph& graph, ir::NodeId id) {
  const ir::Attributes& tf = graph.node(id).attrs();
  ir::Attributes attrs;
  attrs.Set(kAdjX, tf.Bool("adj_x"));
  attrs.Set(kAdjY, tf.Bool("adj_y"));
  graph.node(id).info.attrs = std::move(attrs);
  return absl::OkStatus();
}

int Version(const VersionContext& context) {
  const ElementType x = context.input_type(0);
  if (x == ElementType::kInt16) return 3;
  if (x == ElementType::kInt8) return 2;
  const bool hybrid = x == ElementType::kFloat32 && context.input_type(1) == ElementType::kInt8;
  return hybrid && context.attrs().Bool(kAsymmetric) ? 4 : 1;
}

}  // namespace

OpDef BatchMatmul() {
  using Table = schema::BatchMatMulOptions;
  OpDef def;
  def.name = "BATCH_MATMUL";
  def.code = schema::BuiltinOperator_BATCH_MATMUL;
  def.inputs = {2, 2};
  def.options = {schema::BuiltinOptions_BatchMatMulOptions,
                 {{kAdjX, Table::VT_ADJ_X, FieldKind::kBool},
                  {kAdjY, Table::VT_ADJ_Y, FieldKind::kBool},
                  {kAsymmetric, Table::VT_ASYMMETRIC_QUANTIZE_INPUTS, FieldKind::kBool}}};
  def.tf = {{"BatchMatMul", Import}, {"BatchMatMulV2", Import}, {"BatchMatMulV3", Import}};
  def.infer = Infer;
  def.eval_float = Eval;
  def.eval_quantized = EvalQuantized;
  def.eval_hybrid = EvalHybrid;
  def.quant.inputs = {OperandSpec::Activation()};
  def.quant.outputs = {OperandSpec::Activation()};
  def.quant.int8 = def.quant.int16 = true;
  def.quant.dynamic_range = {{1, -1, /*hybrid=*/true}};
  def.quant.dynamic_range_attrs = {{kAsymmetric, true}};
  def.version = Version;
  return def;
}

}  // namespace zeropoint::ops::records
