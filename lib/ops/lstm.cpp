// LSTM: one step of an LSTM, [batch, depth]. Kernel type FULL has the operands of UNIDIRECTIONAL_SEQUENCE_LSTM; BASIC,
// an older form, has one matrix for all gates and returns what it works with.
#include <algorithm>
#include <cmath>

#include "ops/integer_lstm.h"
#include "ops/lstm_cell.h"
#include "ops/weights.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {
namespace {

constexpr char kKernelType[] = "kernel_type";

bool IsBasic(const ir::Attributes& attrs) { return attrs.Int(kKernelType) == schema::LSTMKernelType_BASIC; }

// Kernel type BASIC. Its gates are input, cell, forget, output: rows of one matrix over [input, previous output].
namespace basic {

enum Operand { kInput, kOutputState, kWeights, kBiases, kCellState, kOperands };
enum Result { kOutput, kCell, kConcatenation, kSums, kResults };
constexpr int64_t kGateCount = 4;

absl::Status Infer(InferContext& context) {
  ZP_RETURN_IF_ERROR(CheckArity(context, kOperands, kOperands, kResults));
  ZP_ASSIGN_OR_RETURN(const int64_t batch, BatchOf(context, kInput, 2, false));
  const int64_t depth = DimOrDynamic(context, kInput, 1), cells = DimOrDynamic(context, kCellState, 1);
  const bool known = depth != ir::kDynamic && cells != ir::kDynamic;
  const int64_t width = known ? depth + cells : ir::kDynamic;
  const int64_t rows = cells == ir::kDynamic ? ir::kDynamic : kGateCount * cells;
  if (width == 0 || rows == 0) return absl::InvalidArgumentError("the weights have no elements");
  ZP_RETURN_IF_ERROR(CheckShape(context, kOutputState, {batch, cells}));
  ZP_RETURN_IF_ERROR(CheckShape(context, kCellState, {batch, cells}));
  ZP_RETURN_IF_ERROR(CheckShape(context, kWeights, {rows, width}));
  ZP_RETURN_IF_ERROR(CheckShape(context, kBiases, {rows}));
  const ElementType type = context.input_type(kInput);
  context.set_output(kOutput, type, {batch, cells});
  context.set_output(kCell, type, {batch, cells});
  context.set_output(kConcatenation, type, {batch, width});
  context.set_output(kSums, type, {batch, rows});
  return absl::OkStatus();
}

absl::StatusOr<std::shared_ptr<const void>> Prepare(const PrepareContext& context) {
  std::optional<GateProduct> product =
      GateProduct::Pack({OperandOrNone(context.inputs, kWeights)}, context.attrs.Bool(kAsymmetricInputs));
  if (!product.has_value()) return std::shared_ptr<const void>();
  return std::make_shared<const GateProduct>(*std::move(product));
}

float Logistic(float x) { return 1.0f / (1.0f + std::exp(-x)); }

void UpdateCell(const float* sums, int64_t cells, float* cell, float* output) {
  for (int64_t c = 0; c < cells; ++c) {
    const float in = Logistic(sums[c]), candidate = std::tanh(sums[cells + c]), forget = Logistic(sums[2 * cells + c]);
    cell[c] = in * candidate + forget * cell[c];
    output[c] = Logistic(sums[3 * cells + c]) * std::tanh(cell[c]);
  }
}

absl::Status Eval(const EvalContext& context) {
  std::optional<GateProduct> now;
  const auto* product = static_cast<const GateProduct*>(context.prepared);
  if (product == nullptr) {
    now = GateProduct::Pack({OperandOrNone(context.inputs, kWeights)}, context.attrs.Bool(kAsymmetricInputs));
    if (!now.has_value()) return absl::InvalidArgumentError("the weights are no matrix of float32 or int8");
    product = &*now;
  }
  ZP_ASSIGN_OR_RETURN(float* const output_state, StateOf(context, kOutputState));
  ZP_ASSIGN_OR_RETURN(float* const cell_state, StateOf(context, kCellState));
  const int64_t batch = context.inputs[kInput].dim(0), depth = context.inputs[kInput].dim(1),
                cells = context.outputs[kCell].dim(1);
  if (batch == 0) return absl::OkStatus();
  auto* row = context.outputs[kConcatenation].As<float>();
  for (int64_t b = 0; b < batch; ++b) {
    row = std::copy_n(context.inputs[kInput].As<float>() + b * depth, depth, row);
    row = std::copy_n(output_state + b * cells, cells, row);
  }
  auto* sums = context.outputs[kSums].As<float>();
  product->Run(context.outputs[kConcatenation].As<float>(), batch, context.inputs[kBiases].As<float>(), sums,
               context.scratch.Get(product->ScratchBytes(batch)));
  for (int64_t b = 0; b < batch; ++b) {
    UpdateCell(sums + b * kGateCount * cells, cells, cell_state + b * cells, output_state + b * cells);
  }
  std::copy_n(output_state, batch * cells, context.outputs[kOutput].As<float>());
  std::copy_n(cell_state, batch * cells, context.outputs[kCell].As<float>());
  return absl::OkStatus();
}

}  // namespace basic

absl::Status Infer(InferContext& context) {
  if (IsBasic(context.attrs())) return basic::Infer(context);
  ZP_RETURN_IF_ERROR(CheckArity(context, 1, kMaxLstmOperands));
  if (context.num_inputs() < kMinLstmOperands) {
    return absl::InvalidArgumentError(
        absl::StrCat("the op takes at least ", kMinLstmOperands, " operands, the node has ", context.num_inputs()));
  }
  ZP_ASSIGN_OR_RETURN(const int64_t batch, BatchOf(context, 0, 2, false));
  ZP_ASSIGN_OR_RETURN(const int64_t outputs, CheckLstm(context, LstmOperands::OneDirection(), batch, false));
  context.set_output(0, context.input_type(0), LikeRows(context.input_shape(0), outputs));
  return absl::OkStatus();
}

absl::StatusOr<std::shared_ptr<const void>> Prepare(const PrepareContext& context) {
  return IsBasic(context.attrs) ? basic::Prepare(context) : PrepareLstm(context);
}

absl::Status Eval(const EvalContext& context) {
  ZP_RETURN_IF_ERROR(CheckFloatsOrHybrid(context));
  return IsBasic(context.attrs) ? basic::Eval(context) : EvalLstm(context);
}

absl::StatusOr<std::shared_ptr<const void>> PrepareQuantized(const PrepareContext& context) {
  if (IsBasic(context.attrs)) return absl::UnimplementedError("kernel type BASIC has no integer kernel");
  return PrepareIntegerLstm(context);
}

int Version(const VersionContext& context) {
  constexpr int kWeights = 2;  // into the forget gate; of kernel type BASIC, all weights
  const ElementType in = context.input_type(0), weight = context.input_type(kWeights);
  if (in == ElementType::kInt16 && weight == ElementType::kInt8) return 5;
  if (in == ElementType::kFloat32 && weight == ElementType::kInt8)
    return context.attrs().Bool(kAsymmetricInputs) ? 4 : 3;
  return IsBasic(context.attrs()) ? 2 : 1;
}

absl::string_view IntegerGap(const ir::Graph& graph, const ir::Node& node) {
  return IsBasic(node.attrs()) ? "kernel type BASIC has no int8 recipe" : LstmIntegerGap(graph, node);
}

}  // namespace

OpDef Lstm() {
  using Table = schema::LSTMOptions;
  OpDef def;
  def.name = "LSTM";
  def.code = schema::BuiltinOperator_LSTM;
  def.inputs = {1, kMaxLstmOperands};  // infer knows which of the first are there in which variant
  def.outputs = {1, basic::kResults};
  def.options = {schema::BuiltinOptions_LSTMOptions,
                 {{kFusedActivation, Table::VT_FUSED_ACTIVATION_FUNCTION, FieldKind::kInt8},
                  {"cell_clip", Table::VT_CELL_CLIP, FieldKind::kFloat},
                  {"proj_clip", Table::VT_PROJ_CLIP, FieldKind::kFloat},
                  {kKernelType, Table::VT_KERNEL_TYPE, FieldKind::kInt8},
                  {kAsymmetricInputs, Table::VT_ASYMMETRIC_QUANTIZE_INPUTS, FieldKind::kBool}}};
  def.infer = Infer;
  def.prepare = def.prepare_hybrid = Prepare;
  def.eval_float = def.eval_hybrid = Eval;
  def.prepare_quantized = PrepareQuantized;
  def.eval_quantized = EvalIntegerLstm;
  def.quant = LstmQuantization();
  def.quant.integer_gap = IntegerGap;
  def.version = Version;
  def.runtime.int16 = kNever;
  def.runtime.gap = kLstmGap;
  return def;
}

}  // namespace zeropoint::ops::records
