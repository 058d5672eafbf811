// UNSORTED_SEGMENT_SUM: the sum of the slices that share an id.
#include "ops/unsorted_segment.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {
namespace {

struct Sum {
  template <typename T>
  static T Neutral() {
    return 0;
  }
  template <typename T>
  static T Combine(T a, T b) {
    if constexpr (std::is_integral_v<T>)
      return WrapAdd(a, b);
    else
      return a + b;
  }
};

}  // namespace

OpDef UnsortedSegmentSum() {
  return UnsortedSegmentRecord("UNSORTED_SEGMENT_SUM", schema::BuiltinOperator_UNSORTED_SEGMENT_SUM,
                               schema::BuiltinOptions_UnsortedSegmentSumOptions, "UnsortedSegmentSum",
                               EvalUnsortedSegment<Sum>);
}

}  // namespace zeropoint::ops::records
