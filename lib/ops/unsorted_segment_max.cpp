// UNSORTED_SEGMENT_MAX: the maximum of the slices that share an id.
#include <algorithm>

#include "ops/unsorted_segment.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {
namespace {

struct Max {
  template <typename T>
  static T Neutral() {
    return std::numeric_limits<T>::lowest();
  }
  template <typename T>
  static T Combine(T a, T b) {
    return std::max(a, b);
  }
};

}  // namespace

OpDef UnsortedSegmentMax() {
  return UnsortedSegmentRecord("UNSORTED_SEGMENT_MAX", schema::BuiltinOperator_UNSORTED_SEGMENT_MAX,
                               schema::BuiltinOptions_UnsortedSegmentMaxOptions, "UnsortedSegmentMax",
                               EvalUnsortedSegment<Max>);
}

}  // namespace zeropoint::ops::records
