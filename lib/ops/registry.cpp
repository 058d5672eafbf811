#include "ops/registry.h"

#include <map>
#include <string>

namespace zeropoint::ops {
namespace {

// Built once, then only read.
struct Index {
  std::vector<OpDef> records = MakeRecords();
  std::vector<const OpDef*> all;
  std::map<absl::string_view, const OpDef*> by_name;
  std::map<int32_t, const OpDef*> by_code;
  std::map<absl::string_view, TfMatch> by_tf;

  Index() {
    for (const OpDef& op : records) {
      all.push_back(&op);
      by_name[op.name] = &op;
      by_code[op.code] = &op;
      for (const TfForm& form : op.tf) by_tf[form.op] = {&op, &form};
    }
  }
};

const Index& GetIndex() {
  static const Index index;
  return index;
}

template <typename Map, typename Key>
const OpDef* Lookup(const Map& map, const Key& key) {
  auto at = map.find(key);
  return at == map.end() ? nullptr : at->second;
}

}  // namespace

absl::Span<const OpDef* const> AllOps() { return GetIndex().all; }

const OpDef* FindOp(absl::string_view name) { return Lookup(GetIndex().by_name, name); }

const OpDef* FindOpByCode(int32_t code) { return Lookup(GetIndex().by_code, code); }

const OpDef* FindConversion(Conversion role) {
  for (const OpDef* op : AllOps()) {
    if (op->conversion == role) return op;
  }
  return nullptr;
}

std::optional<TfMatch> FindTfForm(absl::string_view tf_op) {
  const auto& map = GetIndex().by_tf;
  auto at = map.find(tf_op);
  if (at == map.end()) return std::nullopt;
  return at->second;
}

}  // namespace zeropoint::ops
