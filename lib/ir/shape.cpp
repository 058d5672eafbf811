#include "ir/shape.h"

#include <algorithm>
#include <limits>

#include "absl/strings/str_cat.h"

namespace zeropoint::ir {

bool Shape::IsStatic() const {
  return ranked_ && std::all_of(dims_.begin(), dims_.end(), [](int64_t d) { return d >= 0; });
}

int64_t Shape::NumElements() const {
  if (!IsStatic()) return kDynamic;
  if (std::find(dims_.begin(), dims_.end(), 0) != dims_.end()) return 0;
  int64_t product = 1;
  for (int64_t d : dims_) {
    if (product > std::numeric_limits<int64_t>::max() / d) return std::numeric_limits<int64_t>::max();
    product *= d;
  }
  return product;
}

std::string Shape::ToString() const {
  if (!ranked_) return "[*]";
  std::string text = "[";
  for (size_t i = 0; i < dims_.size(); ++i) {
    if (i > 0) text += ",";
    if (dims_[i] == kDynamic)
      text += "?";
    else
      absl::StrAppend(&text, dims_[i]);
  }
  return text + "]";
}

}  // namespace zeropoint::ir
