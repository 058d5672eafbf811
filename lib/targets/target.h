// What the runtimes and accelerators that a model may be meant for can run. Everything known of one stands in a file of
// lib/targets/data, with its source, and is built into the library; LiteRT's forms stand in the op records.
//
// A target is one of two things. A runtime's kernels are all there is: what it lacks does not run. An accelerator takes
// what it can and leaves the rest to a runtime.
#ifndef ZEROPOINT_TARGETS_TARGET_H_
#define ZEROPOINT_TARGETS_TARGET_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "base/status.h"
#include "numeric/types.h"
#include "ops/op_def.h"
#include "ops/runtime.h"
#include "targets/rule.h"

namespace zeropoint::targets {

// The types that one operand or result may have.
struct TypeSet {
  bool any = false;
  int like_operand = -1;  // the type of that operand; -1: one of `types`
  std::vector<ElementType> types;

  bool Has(ElementType type) const;
};

// "float32|int8, int32 -> in0": types by operand and result; the last of either list stands for all beyond it.
struct TypeForm {
  std::string text;
  std::vector<TypeSet> inputs, outputs;
};
// kInvalidArgument says what is wrong with the text.
absl::StatusOr<TypeForm> ParseTypeForm(absl::string_view text);

// One op on one target.
struct OpEntry {
  std::vector<TypeForm> forms;
  int max_version = 0;               // of the op in the file; 0: the target does not look at it
  std::vector<Rule> rules;           // beyond types
  std::string mend;                  // what helps where the op is not as it should be; may be empty
  std::vector<std::string> sources;  // keys of Target::sources
};

class Target {
 public:
  std::string name, title;
  bool accelerates = false;
  // Accelerators: what runs the ops that it leaves. Null for runtimes.
  const Target* rest = nullptr;
  // Runtimes: set when the kernels' forms are those of LiteRT's release, which the records tell.
  std::optional<ops::Release> litert;
  std::string fallback;                        // accelerators: what becomes of the ops that they leave, in words
  std::string note;                            // for the documentation, in words; may be empty
  std::map<std::string, std::string> sources;  // where the knowledge is from, in words, by key
  std::map<std::string, OpEntry> ops;          // by name; LiteRT: only versions
  std::vector<Rule> rules;                     // for the tensors of every op
  // Accelerators: what the compiler refuses altogether, as rules for every op, and the newest versions it can read.
  std::vector<Rule> refuses;
  std::map<std::string, int> readable_versions;
  bool fixes_batch = false;    // a first dimension of the inputs that may vary is made 1, as every size must be known
  bool refuses_float = false;  // a model without any 8-bit result
  bool integer_only_rewrite = false;  // asks for integers wherever possible

  // What runs on every op: the target itself, or `rest`.
  const Target& kernels() const { return rest == nullptr ? *this : *rest; }
  // The kernels run the op in that form, so far as types go.
  bool Runs(const ops::OpDef& op, ops::KernelForm form) const;
  // The op takes part in a conversion to kInt8 or kInt16 when integers are wanted wherever possible.
  bool RunsAsIntegers(const ops::OpDef& op, ops::KernelForm form) const;
  // The target, or what runs the rest, takes but one scale for the operand of the op.
  bool WantsOneScale(absl::string_view op, int operand) const;
};

// All targets: those of LiteRT by release, then the others by name.
absl::Span<const Target* const> AllTargets();
// "tflm", "litert-1.4", "litert" (the newest). kInvalidArgument, with a list, for anything else.
absl::StatusOr<const Target*> FindTarget(absl::string_view name);
const Target& LitertTarget(const ops::Release& release);
const Target& NewestLitert();

// For the tests: a target of a data file's text. `all`: the targets that it may refer to.
absl::StatusOr<Target> ParseTarget(absl::string_view json, absl::Span<const Target* const> all);

}  // namespace zeropoint::targets

#endif  // ZEROPOINT_TARGETS_TARGET_H_
