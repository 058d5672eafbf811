#include "rewrite/names.h"

#include "absl/strings/str_cat.h"

namespace zeropoint::rewrite {

Names::Names(const ir::Graph& graph) {
  for (ir::ValueId id = 0; id < graph.num_values(); ++id) taken_.insert(graph.value(id).name);
}

std::string Names::Unique(absl::string_view wanted) {
  std::string name(wanted);
  for (int i = 1; !taken_.insert(name).second; ++i) name = absl::StrCat(wanted, i);
  return name;
}

}  // namespace zeropoint::rewrite
