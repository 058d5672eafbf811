// The graph that STABLEHLO_REDUCE, STABLEHLO_REDUCE_WINDOW, STABLEHLO_SCATTER and STABLEHLO_SORT call on scalars.
#ifndef ZEROPOINT_OPS_STABLEHLO_BODY_H_
#define ZEROPOINT_OPS_STABLEHLO_BODY_H_

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "base/status.h"
#include "ops/op_def.h"

namespace zeropoint::ops::stablehlo {

class Body {
 public:
  // The graph with that index takes two scalars of each of the tensors' types. kUnimplemented where there is no
  // runtime.
  static absl::StatusOr<Body> Create(const EvalContext& context, int64_t graph, absl::Span<const TensorView> tensors);

  // acc[k][to] = body(acc[0][to], acc[1][to] ..., x[0][from], x[1][from] ...)[k].
  absl::Status Accumulate(absl::Span<const MutableView> acc, int64_t to, absl::Span<const TensorView> x, int64_t from);
  // body(x[0][a], x[0][b], x[1][a], x[1][b] ...), one bool.
  absl::StatusOr<bool> Compare(absl::Span<const TensorView> x, int64_t a, int64_t b);

 private:
  Runtime* runtime_ = nullptr;
  int graph_ = 0;
  std::vector<size_t> widths_;  // bytes of an element, by tensor
  std::vector<TensorView> arguments_;
};

// results[k] filled with the one element of initial[k].
absl::Status FillWith(absl::Span<const TensorView> initial, absl::Span<const MutableView> results);

// kInvalidArgument unless the operands are as many tensors of one shape as scalars of their types, in this order.
absl::Status CheckReduced(const InferContext& context);

}  // namespace zeropoint::ops::stablehlo

#endif  // ZEROPOINT_OPS_STABLEHLO_BODY_H_
