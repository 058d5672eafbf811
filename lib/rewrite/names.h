// Names for values that rewrite adds: unique in their graph.
#ifndef ZEROPOINT_REWRITE_NAMES_H_
#define ZEROPOINT_REWRITE_NAMES_H_

#include <set>
#include <string>

#include "absl/strings/string_view.h"
#include "ir/graph.h"

namespace zeropoint::rewrite {

class Names {
 public:
  explicit Names(const ir::Graph& graph);
  // `wanted`, or `wanted` followed by the smallest number from 1 that makes it new.
  std::string Unique(absl::string_view wanted);

 private:
  std::set<std::string, std::less<>> taken_;
};

}  // namespace zeropoint::rewrite

#endif  // ZEROPOINT_REWRITE_NAMES_H_
