// UNSORTED_SEGMENT_PROD: the product of the slices that share an id.
#include "ops/unsorted_segment.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {
namespace {

struct Prod {
  template <typename T>
  static T Neutral() {
    return 1;
  }
  template <typename T>
  static T Combine(T a, T b) {
    if constexpr (std::is_integral_v<T>)
      return WrapMul(a, b);
    else
      return a * b;
  }
};

}  // namespace

OpDef UnsortedSegmentProd() {
  return UnsortedSegmentRecord("UNSORTED_SEGMENT_PROD", schema::BuiltinOperator_UNSORTED_SEGMENT_PROD,
                               schema::BuiltinOptions_UnsortedSegmentProdOptions, "UnsortedSegmentProd",
                               EvalUnsortedSegment<Prod>);
}

}  // namespace zeropoint::ops::records
