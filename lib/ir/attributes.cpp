#include "ir/attributes.h"

#include <algorithm>

namespace zeropoint::ir {
namespace {

using Entry = std::pair<std::string, AttrValue>;

bool Before(const Entry& entry, absl::string_view name) { return absl::string_view(entry.first) < name; }

template <typename T>
T Get(const AttrValue* value, T otherwise) {
  const T* held = value != nullptr ? std::get_if<T>(value) : nullptr;
  return held != nullptr ? *held : std::move(otherwise);
}

}  // namespace

const AttrValue* Attributes::Find(absl::string_view name) const {
  auto at = std::lower_bound(entries_.begin(), entries_.end(), name, Before);
  return at != entries_.end() && at->first == name ? &at->second : nullptr;
}

void Attributes::Set(absl::string_view name, AttrValue value) {
  auto at = std::lower_bound(entries_.begin(), entries_.end(), name, Before);
  if (at != entries_.end() && at->first == name) {
    at->second = std::move(value);
  } else {
    entries_.emplace(at, std::string(name), std::move(value));
  }
}

void Attributes::Remove(absl::string_view name) {
  auto at = std::lower_bound(entries_.begin(), entries_.end(), name, Before);
  if (at != entries_.end() && at->first == name) entries_.erase(at);
}

int64_t Attributes::Int(absl::string_view name, int64_t otherwise) const { return Get<int64_t>(Find(name), otherwise); }
bool Attributes::Bool(absl::string_view name, bool otherwise) const { return Get<bool>(Find(name), otherwise); }
float Attributes::Float(absl::string_view name, float otherwise) const { return Get<float>(Find(name), otherwise); }
std::string Attributes::String(absl::string_view name, absl::string_view otherwise) const {
  return Get<std::string>(Find(name), std::string(otherwise));
}
std::vector<int64_t> Attributes::Ints(absl::string_view name) const {
  return Get<std::vector<int64_t>>(Find(name), {});
}
std::vector<float> Attributes::Floats(absl::string_view name) const { return Get<std::vector<float>>(Find(name), {}); }
std::vector<std::string> Attributes::Strings(absl::string_view name) const {
  return Get<std::vector<std::string>>(Find(name), {});
}

}  // namespace zeropoint::ir
