// What the UNSORTED_SEGMENT ops share: the slices of operand 0 whose id (operand 1) is k, combined into slice k of as
// many as operand 2 says. Slices with a negative id are left out; a slice that nothing goes to holds the neutral
// element.
#ifndef ZEROPOINT_OPS_UNSORTED_SEGMENT_H_
#define ZEROPOINT_OPS_UNSORTED_SEGMENT_H_

#include <algorithm>
#include <limits>
#include <type_traits>
#include <vector>

#include "base/status.h"
#include "ops/elementwise.h"
#include "ops/op_def.h"

namespace zeropoint::ops {

// The usual record; `options` is a table without fields.
OpDef UnsortedSegmentRecord(absl::string_view name, int32_t code, int options, absl::string_view tf, EvalFn eval);

// Where each slice goes (-1: nowhere), and how long a slice is.
struct Segments {
  std::vector<int64_t> targets;
  int64_t length;
};
absl::StatusOr<Segments> SegmentsOf(const EvalContext& context);

template <typename T, typename Combine>
absl::Status CombineSegments(const EvalContext& context, T neutral, Combine combine) {
  ZP_ASSIGN_OR_RETURN(const Segments segments, SegmentsOf(context));
  T* to = context.outputs[0].As<T>();
  std::fill_n(to, context.outputs[0].elements(), neutral);
  const T* slice = context.inputs[0].As<T>();
  for (int64_t target : segments.targets) {
    for (int64_t i = 0; target >= 0 && i < segments.length; ++i) {
      T& held = to[target * segments.length + i];
      held = combine(held, slice[i]);
    }
    slice += segments.length;
  }
  return absl::OkStatus();
}

// `Op` has a static Neutral<T>() and Combine(a, b).
template <typename Op>
absl::Status EvalUnsortedSegment(const EvalContext& context) {
  switch (context.inputs[0].type) {
    case ElementType::kFloat32:
      return CombineSegments(context, Op::template Neutral<float>(), Op::template Combine<float>);
    case ElementType::kInt32:
      return CombineSegments(context, Op::template Neutral<int32_t>(), Op::template Combine<int32_t>);
    default:
      return NoKernelFor(context.inputs[0].type);
  }
}

}  // namespace zeropoint::ops

#endif  // ZEROPOINT_OPS_UNSORTED_SEGMENT_H_
