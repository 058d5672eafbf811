// UNSORTED_SEGMENT_MIN: the minimum of the slices that share an id.
#include <algorithm>

#include "ops/unsorted_segment.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {
namespace {

struct Min {
  template <typename T>
  static T Neutral() {
    return std::numeric_limits<T>::max();
  }
  template <typename T>
  static T Combine(T a, T b) {
    return std::min(a, b);
  }
};

}  // namespace

OpDef UnsortedSegmentMin() {
  return UnsortedSegmentRecord("UNSORTED_SEGMENT_MIN", schema::BuiltinOperator_UNSORTED_SEGMENT_MIN,
                               schema::BuiltinOptions_UnsortedSegmentMinOptions, "UnsortedSegmentMin",
                               EvalUnsortedSegment<Min>);
}

}  // namespace zeropoint::ops::records
