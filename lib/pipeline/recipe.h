// Recipes: JSON that says which parts of a model become what. docs/recipes.md describes them for users.
#ifndef ZEROPOINT_PIPELINE_RECIPE_H_
#define ZEROPOINT_PIPELINE_RECIPE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/status.h"
#include "ir/graph.h"
#include "ir/statistics.h"
#include "plan/plan.h"
#include "zeropoint/types.h"

namespace zeropoint::pipeline {

// The stage of errors that are about the user's options, though they are found on the way.
inline constexpr absl::string_view kOptionsStage = "options";

// The nodes on the ways from tensors to tensors; where one end is empty, all that is before or behind the other.
struct Region {
  std::vector<std::string> from, to;
};

// Selectors, and what the nodes that all stated selectors agree on shall be.
struct Rule {
  std::string path;  // "rules[2]", for messages
  int index = 0;

  std::vector<std::string> ops;      // "CONV_2D"
  std::vector<std::string> names;    // globs of node names
  std::vector<std::string> regexes;  // searched for in node names
  std::vector<std::string> scopes;   // searched for in the names of a node's results
  std::vector<std::string>
      tensors;  // globs: the nodes that compute them; of constants and inputs, those that read them
  std::vector<std::string> graphs, signatures;  // globs
  std::optional<Region> region;
  bool optional = false;        // may select nothing
  bool where_possible = false;  // selects only nodes whose op has a form in the scheme

  std::optional<plan::Scheme> scheme;
  std::optional<bool> per_channel, explicit_dequantize, weights_only;
  std::optional<int64_t> min_weight_elements;
  std::optional<ir::Range> range;  // of `tensors`, instead of the calibrated one
};

struct Recipe {
  std::string file;  // empty: it was given as text
  // What the whole model shall be; absent: as the converter's options say.
  std::optional<std::string> mode;
  std::optional<Type> input_type, output_type;
  std::optional<bool> per_channel, per_channel_dense, integer_only_rewrite, variable_quantization, trained_ranges;
  std::optional<Calibration> calibration;
  std::optional<SampleState> sample_state;
  std::vector<Rule> rules;  // a later one overrides earlier ones

  // Rules whose op is "INPUT" or "OUTPUT" select inputs and outputs of the model, as litert-quantizer has it.
  bool rules_have_io = false;
};

// JSON text (it begins with a brace or bracket), or the path of a file that holds it: Zeropoint's format, or
// litert-quantizer's. Errors, with file and place: kNotFound, kInvalidArgument (not JSON, with line and column; an
// unknown key; a value that a key does not have), kUnimplemented (what litert-quantizer has and Zeropoint has not).
absl::StatusOr<Recipe> ReadRecipe(const std::string& text_or_path);

// Turns the rules into choices for the nodes of `model`, which has gone through all passes. Errors: kInvalidArgument
// when a rule that is not optional, or one of its patterns, selects nothing; rules about ranges are checked as well.
absl::Status ApplyRules(const Recipe& recipe, const ir::Model& model, plan::PlanOptions& options);
// Puts the ranges that rules state in the place of calibrated ones.
absl::Status ApplyRanges(const Recipe& recipe, const ir::Model& model, ir::Statistics& statistics);

// "float", "float16", "int8", "int16x8" or "dynamic".
absl::string_view SchemeName(plan::Scheme scheme);

}  // namespace zeropoint::pipeline

#endif  // ZEROPOINT_PIPELINE_RECIPE_H_
