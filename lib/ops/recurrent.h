// What ops that walk over time share: the sequence, products with weights of several gates, states.
#ifndef ZEROPOINT_OPS_RECURRENT_H_
#define ZEROPOINT_OPS_RECURRENT_H_

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "base/status.h"
#include "kernels/conv.h"
#include "kernels/elementwise.h"
#include "ops/infer.h"
#include "ops/op_def.h"

namespace zeropoint::ops {

inline constexpr char kTimeMajor[] = "time_major";
inline constexpr char kAsymmetricInputs[] = "asymmetric_quantize_inputs";

// --- sequences

// Rows [batch, time], or [time, batch] when time_major; one step has `batch` rows.
struct Sequence {
  int64_t batch = 0, time = 1;
  bool time_major = true;

  int64_t rows() const { return batch * time; }
  int64_t row(int64_t step, int64_t b) const { return time_major ? step * batch + b : b * time + step; }
  // The step that is computed as the `i`th.
  int64_t step(int64_t i, bool backwards) const { return backwards ? time - 1 - i : i; }
};

// Of an operand [batch, time, depth] or [time, batch, depth]; of [batch, depth]: one step.
Sequence SequenceOf(const TensorView& input, bool time_major);

// The fused activation as a function; nothing for NONE. kUnimplemented for one that no kernel applies.
absl::StatusOr<std::optional<kernels::Unary>> FusedFunction(const ir::Attributes& attrs);
void ApplyInPlace(const std::optional<kernels::Unary>& function, float* x, int64_t n);

// --- shapes

// The dimension `axis` of an operand, kDynamic when it is not known.
int64_t DimOrDynamic(const InferContext& context, int operand, int axis);
// kInvalidArgument unless the operand, when present, is a real tensor of that shape as far as both are known.
absl::Status CheckShape(const InferContext& context, int operand, std::initializer_list<int64_t> shape);
// The batch dimension of a sequence operand with `rank` dimensions. kInvalidArgument for another rank.
absl::StatusOr<int64_t> BatchOf(const InferContext& context, int operand, int rank, bool time_major);
// The shape of a result with the rows of the operand and that many elements in each.
ir::Shape LikeRows(const ir::Shape& input, int64_t depth);

// --- memory

// A variable operand. kFailedPrecondition when the run keeps no such variable, kUnimplemented when it has another type.
absl::StatusOr<MutableView> StateOf(const EvalContext& context, int operand, ElementType type);
// The elements of one that is float32.
absl::StatusOr<float*> StateOf(const EvalContext& context, int operand);

// Hands out parts of one block of scratch memory: first asked for, then taken in the same order.
class ScratchPlan {
 public:
  // Returns the offset of a part.
  size_t Add(int64_t floats) { return AddBytes(static_cast<size_t>(floats) * sizeof(float)); }
  size_t AddBytes(size_t bytes) {
    const size_t at = bytes_;
    bytes_ += (bytes + kernels::kAlignment - 1) / kernels::kAlignment * kernels::kAlignment;
    return at;
  }
  size_t bytes() const { return bytes_; }

 private:
  size_t bytes_ = 0;
};

// The operand, or what stands for an absent one.
TensorView OperandOrNone(absl::Span<const TensorView> inputs, int i);

// --- products

// Weights [units, depth] of one or several gates, stacked: a product gives the units of all gates in one row. With
// int8 weights, each of one scale, rows become int8 first, as LiteRT's hybrid kernels round them.
class GateProduct {
 public:
  // Empty when a part is no matrix of float32 or int8, or they do not fit together. Parts without data are absent ones
  // and are left out; with all of them absent it is empty, too. `asymmetric`: how rows become int8.
  static std::optional<GateProduct> Pack(absl::Span<const TensorView> parts, bool asymmetric);

  int64_t units() const { return units_; }
  size_t ScratchBytes(int64_t rows) const;
  // bias: as many as units, or null.
  void Run(const float* x, int64_t rows, const float* bias, float* out, void* scratch) const;

 private:
  // Weights of 8 bits as 16, and the scale of each unit.
  struct Integers {
    std::vector<int16_t> weights;
    std::vector<float> scales;
    bool asymmetric = false;
  };

  GateProduct(const std::vector<float>& weights, int64_t units, int64_t depth)
      : units_(units),
        depth_(depth),
        packed_(std::in_place, kernels::BestKernels(), weights.data(), units, 1, depth, 1) {}
  GateProduct(Integers integers, int64_t units, int64_t depth)
      : units_(units), depth_(depth), integers_(std::move(integers)) {}
  kernels::Window WindowOf(int64_t rows) const;
  void RunIntegers(const float* x, int64_t rows, const float* bias, float* out, void* scratch) const;

  int64_t units_, depth_;
  std::optional<kernels::PackedConv> packed_;  // of float32; otherwise:
  Integers integers_;
};

// A vector of weights as real numbers: its own, or those that its int8 elements stand for, kept in `real`. Null when it
// is absent. kUnimplemented for other types.
absl::StatusOr<const float*> RealVector(const TensorView& weights, std::vector<float>& real);
// kUnimplemented when an operand that is present is neither float32 nor int8 weights.
absl::Status CheckFloatsOrHybrid(const EvalContext& context);

}  // namespace zeropoint::ops

#endif  // ZEROPOINT_OPS_RECURRENT_H_
