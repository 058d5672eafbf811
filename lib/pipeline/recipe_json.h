// What the two readers of recipes share: JSON objects whose members are taken by key, with errors that name the place.
// Private to lib/pipeline.
#ifndef ZEROPOINT_PIPELINE_RECIPE_JSON_H_
#define ZEROPOINT_PIPELINE_RECIPE_JSON_H_

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status.h"
#include "nlohmann/json.hpp"
#include "pipeline/recipe.h"

namespace zeropoint::pipeline {

using Json = nlohmann::json;

// Reads the members of one object. The first error is kept in `status`, which objects share; after an error everything
// reads as absent.
class JsonObject {
 public:
  JsonObject(const Json& json, std::string path, absl::Status& status);

  const Json* Take(const char* key);  // null: absent
  std::optional<std::string> Text(const char* key);
  std::vector<std::string> Texts(const char* key);  // one text or a list of at least one; empty: absent
  std::optional<bool> Flag(const char* key);
  std::optional<int64_t> Count(const char* key);  // from 0
  // The value that stands beside the text in `table`.
  template <typename T, size_t N>
  std::optional<T> Choice(const char* key, const std::pair<const char*, T> (&table)[N]);

  void Fail(const std::string& key, const std::string& message) const;
  void FailUnimplemented(const std::string& key, const std::string& message) const;
  // Members that nobody took are errors.
  void Finish() const;
  std::string At(const std::string& key) const;  // "rules[2].scheme"

 private:
  const Json& json_;
  const std::string path_;
  absl::Status& status_;
  std::set<std::string> known_;
};

template <typename T, size_t N>
std::optional<T> JsonObject::Choice(const char* key, const std::pair<const char*, T> (&table)[N]) {
  const std::optional<std::string> text = Text(key);
  if (!text.has_value()) return std::nullopt;
  std::vector<std::string> names;
  for (const auto& [name, value] : table) {
    if (*text == name) return value;
    names.push_back(name);
  }
  Fail(key, absl::StrCat("'", *text, "' is none of ", absl::StrJoin(names, ", ")));
  return std::nullopt;
}

// The members of a recipe, without its file.
absl::Status ReadOwnRecipe(const Json& json, Recipe& recipe);
absl::Status ReadLitertRecipe(const Json& json, Recipe& recipe);

}  // namespace zeropoint::pipeline

#endif  // ZEROPOINT_PIPELINE_RECIPE_JSON_H_
