// The order of the passes, and why it is so.
#include <utility>

#include "ops/op_def.h"
#include "passes/lists/lists.h"
#include "passes/pass_manager.h"
#include "passes/passes.h"
#include "passes/quantization_aware/absorb.h"

namespace zeropoint::passes {
namespace {

constexpr Pass kInferShapes = {"infer_shapes", InferShapes};
constexpr Pass kRemoveDead = {"remove_dead", RemoveDead};

// What the graphs that call each other know of each other. Constants first, for a condition may be one.
std::vector<Pass> WithCalls(std::vector<Pass> passes) {
  const Pass calls[] = {{.name = "sink_constants", .run_on_model = SinkConstants},
                        {.name = "inline_branches", .run_on_model = InlineBranches},
                        {.name = "prune_calls", .run_on_model = PruneCalls},
                        {.name = "infer_called_shapes", .run_on_model = InferCalledShapes}};
  passes.insert(passes.end(), std::begin(calls), std::end(calls));
  return passes;
}

// Constants and shapes, each of which makes the other known; cheap, and every other pass sees more after it.
std::vector<Pass> WithFolding(std::vector<Pass> passes) {
  const Pass folding[] = {kInferShapes,
                          {"merge_duplicates", MergeDuplicates},  // equal weights are transposed once
                          {"materialize_shapes", MaterializeShapes},
                          {"fold_constants", FoldConstants},
                          {"order_operands", OrderOperands},
                          {"remove_no_ops", RemoveNoOps}};
  passes.insert(passes.begin(), std::begin(folding), std::end(folding));
  passes.push_back(kRemoveDead);
  return WithCalls(std::move(passes));
}

}  // namespace

std::vector<Phase> ImportPipeline(const ImportOptions& options) {
  return {
      // Dead first: an op without a LiteRT form that nothing reads is no reason to refuse a model.
      {"prepare", WithCalls({kRemoveDead, {"remove_forwarders", RemoveForwarders}, kRemoveDead})},
      // Several rounds: some forms wait for shapes that are inferred, and constants that are folded, only when the ops
      // before them are LiteRT's. The specific passes come before the general one.
      {"legalize",
       WithCalls({{"split_complex", SplitComplex},
                  kRemoveDead,  // the complex ops that were split have no LiteRT form
                  {"legalize_renamed_forms", LegalizeRenamedForms},
                  {"legalize_quantize_and_dequantize", LegalizeQuantizeAndDequantize},
                  {"legalize_channels_first", LegalizeChannelsFirst},
                  {"legalize_volumes", LegalizeVolumes},
                  {"legalize_conv_2d", LegalizeConv2D},
                  {"legalize_depthwise_conv_2d", LegalizeDepthwiseConv2D},
                  {"legalize_transpose_conv", LegalizeTransposeConv},
                  {"legalize_mat_mul", LegalizeMatMul},
                  {"legalize_einsum", LegalizeEinsum},
                  {"legalize_bias_add", LegalizeBiasAdd},
                  {"legalize_batch_norm", LegalizeBatchNorm},
                  {"legalize_rfft", LegalizeRfft},
                  {"legalize_strided_slice", LegalizeStridedSlice},
                  {"legalize_composites", LegalizeComposites},
                  {"legalize_trigonometry", LegalizeTrigonometry},
                  {"legalize_bits", LegalizeBits},
                  {"legalize_roll", LegalizeRoll},
                  {"legalize_band_part", LegalizeBandPart},
                  {"legalize_cumulative", LegalizeCumulative},
                  {"legalize_search_sorted", LegalizeSearchSorted},
                  {"legalize_scatter_update", LegalizeScatterUpdate},
                  {"legalize_suppression", LegalizeSuppression},
                  {"legalize_one_to_one", LegalizeOneToOne},
                  {"legalize_diagonals", LegalizeDiagonals},
                  {"narrow_indices", NarrowIndices},
                  kInferShapes,
                  {"materialize_shapes", MaterializeShapes},
                  {"absorb_weight_fake_quant", AbsorbWeightFakeQuant},  // each makes constants for the other
                  {"fold_constants", FoldConstants},
                  kRemoveDead,
                  // Lists become tensors as soon as their elements' shapes are known, which takes the loops' bodies in
                  // LiteRT's
                  // ops; an LSTM is recognized before the passes below change its step.
                  {.name = "lower_lists", .run_on_model = LowerLists},
                  {.name = "fuse_lstm", .run_on_model = options.fuse_lstm ? FuseLstm : FuseMarkedLstm}})},
      // Patterns of several ops before their parts disappear: a fused activation hides the RELU6 of a HARD_SWISH, and a
      // convolution in front takes its factor 1/6. Division first, so that patterns know products only.
      {"patterns", WithFolding({{"squeeze_to_reshape", SqueezeToReshape},
                                {"expand_dims_to_reshape", ExpandDimsToReshape},
                                {"simplify_strided_slice", SimplifyStridedSlice},
                                {"use_cheaper_ops", UseCheaperOps},
                                {"divide_by_constant", DivideByConstant},
                                {"fuse_relu_clips", FuseReluClips},
                                {"fuse_hard_swish", FuseHardSwish},
                                {"fuse_gelu", FuseGelu},
                                {"fuse_l2_normalization", FuseL2Normalization},
                                {"fuse_prelu", FusePrelu},
                                {"fuse_softmax", FuseSoftmax},
                                {"fuse_dilated_conv", FuseDilatedConv}})},
      // What the patterns have not taken.
      {"legalize_rest", {{"legalize_erf", LegalizeErf}}, 1},
      {"report",
       {options.allow_custom_ops ? Pass{"write_custom", WriteCustom}
                                 : Pass{.name = "report_unsupported", .run_in_model = ReportUnsupported}},
       1},
      // Factors before terms: (Wx + b) * c + d is a batch norm's order. Into the op before, then into the op after.
      // Activations last in a round, because they close an op to everything else.
      {"fuse", WithFolding({{"move_after_elementwise", MoveAfterElementwise},
                            {"fuse_transpose_into_batch_mat_mul", FuseTransposeIntoBatchMatMul},
                            {"batch_mat_mul_to_fully_connected", BatchMatMulToFullyConnected},
                            {"remove_reshapes_around_fully_connected", RemoveReshapesAroundFullyConnected},
                            {"merge_moves", MergeMoves},
                            {"fuse_pad", FusePad},
                            {"fuse_scale", FuseScale},
                            {"fuse_bias", FuseBias},
                            {"fuse_into_next", FuseIntoNext},
                            {"merge_constants", MergeConstants},
                            {"fuse_activation", FuseActivation}})},
      // What is left of reshapes around sums, such as those of sequences that LiteRT convolves as images.
      {"pairs", WithFolding({{"move_pairs_after_elementwise", MovePairsAfterElementwise},
                             {"move_after_elementwise", MoveAfterElementwise},
                             {"drop_leading_ones", DropLeadingOnes},
                             {"merge_moves", MergeMoves},
                             {"fuse_activation", FuseActivation}})},
      // At the end: the fusing passes change constants in place of their one reader.
      {"merge", {{"merge_equal_constants", MergeEqualConstants}}, 1},
  };
}

std::vector<Phase> TflitePipeline() {
  // Only what calibration and quantization cannot work around: the model is the user's, already in LiteRT's form.
  return {{"widen",
           {{"widen_float16", WidenFloat16}, {"absorb_weight_fake_quant", AbsorbWeightFakeQuant}, kRemoveDead},
           1}};
}

std::vector<Phase> InlinePipeline() {
  // First, so that the other passes see what was inside beside what was around it.
  return {{"inline", {{.name = "inline_composites", .run_in_model = InlineComposites}}}};
}

std::vector<Phase> Int8Pipeline() {
  // TensorFlow's int8 path brings a .tflite into this form; its 16x8 path leaves the ops alone.
  return {{"int8",
           {{"squeeze_to_reshape", SqueezeToReshape},
            {"pack_to_reshape", PackToReshape},
            {"reshape_by_operand", ReshapeByOperand},
            {"remove_reshapes_around_fully_connected", RemoveReshapesAroundFullyConnected},
            {"remove_no_ops", RemoveNoOps},
            {"fuse_activation", FuseActivation},
            kRemoveDead},
           1}};
}

std::vector<Phase> TrainedRangesPipeline() {
  return {{"trained_ranges", {{"absorb_fake_quant", AbsorbFakeQuant}, kRemoveDead}, 1}};
}

std::vector<Phase> IntegerPipeline(ops::KernelForm form, const targets::Target& target) {
  struct Rewrite {
    absl::string_view op;
    Pass pass;
  };
  const Rewrite rewrites[] = {{"ADD_N", {"add_n_to_adds", AddNToAdds}},
                              {"DIV", {"divide_by_constant", DivideByConstant}},
                              {"NEG", {"neg_to_mul", NegToMul}},
                              {"NOT_EQUAL", {"not_equal_to_equal", NotEqualToEqual}},
                              {"PRELU", {"prelu_to_relu", PreluToRelu}},
                              {"SQUARE", {"square_to_mul", SquareToMul}},
                              {"SQUARED_DIFFERENCE", {"squared_difference_to_mul", SquaredDifferenceToMul}}};
  std::vector<Pass> passes;
  for (const Rewrite& rewrite : rewrites) {
    const ops::OpDef* op = ops::FindOp(rewrite.op);
    if (op != nullptr && !target.RunsAsIntegers(*op, form)) passes.push_back(rewrite.pass);
  }
  passes.push_back(kInferShapes);
  return {{"integer", std::move(passes), 1}};
}

std::vector<Phase> Float16Pipeline() {
  return {{"float16", {{"widen_int8_weights", WidenInt8Weights}, kRemoveDead}, 1}};
}

}  // namespace zeropoint::passes
