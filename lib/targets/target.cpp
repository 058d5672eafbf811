#include "targets/target.h"

#include <algorithm>
#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "targets/parse.h"
#include "targets/target_data.h"

namespace zeropoint::targets {
namespace {

constexpr absl::string_view kLitert = "litert";

// What an operand of the form may be, references to other operands resolved.
const TypeSet& Resolved(const TypeForm& form, const TypeSet& set) {
  return set.like_operand < 0 ? set : form.inputs[static_cast<size_t>(set.like_operand)];
}

bool AnyHas(const TypeForm& form, const std::vector<TypeSet>& list, ElementType type) {
  return std::any_of(list.begin(), list.end(), [&](const TypeSet& set) { return Resolved(form, set).Has(type); });
}

// The form that the planner means by int8: results of that type, or operands of that type where no result is a number
// that could be one (comparisons, positions of maxima).
bool IsInteger(const TypeForm& form, ElementType type) {
  if (AnyHas(form, form.outputs, type)) return true;
  for (ElementType number : {ElementType::kFloat32, ElementType::kInt8, ElementType::kInt16}) {
    if (AnyHas(form, form.outputs, number)) return false;
  }
  return AnyHas(form, form.inputs, type);
}

bool Is(const TypeForm& form, ops::KernelForm wanted) {
  switch (wanted) {
    case ops::KernelForm::kInt8:
      return IsInteger(form, ElementType::kInt8);
    case ops::KernelForm::kInt16:
      return IsInteger(form, ElementType::kInt16);
    case ops::KernelForm::kHybrid:
      return AnyHas(form, form.outputs, ElementType::kFloat32) && form.outputs.front().like_operand < 0 &&
             AnyHas(form, form.inputs, ElementType::kInt8);
    case ops::KernelForm::kReal:
      return AnyHas(form, form.outputs, ElementType::kFloat32) || AnyHas(form, form.inputs, ElementType::kFloat32) ||
             !(IsInteger(form, ElementType::kInt8) || IsInteger(form, ElementType::kInt16));
  }
  return false;
}

struct All {
  std::vector<std::unique_ptr<const Target>> owned;
  std::vector<const Target*> list;
  absl::Status status;  // of reading the data, which is part of the program: not OK is our mistake

  void Add(Target target) {
    owned.push_back(std::make_unique<const Target>(std::move(target)));
    list.push_back(owned.back().get());
  }
};

void AddLitert(absl::string_view text, All& all) {
  std::vector<Target> releases;
  for (const ops::Release& release : ops::KnownReleases()) {
    Target target;
    target.name = absl::StrCat(kLitert, "-", ops::ToString(release));
    target.litert = release;
    releases.push_back(std::move(target));
  }
  all.status.Update(ReadLitertVersions(text, releases));
  for (Target& target : releases) all.Add(std::move(target));
}

void AddOthers(bool accelerators, All& all) {
  for (const DataFile& file : DataFiles()) {
    if (file.name == kLitert) continue;
    absl::StatusOr<Target> target = ParseTarget(file.text, all.list);
    // An accelerator's file names a runtime, so runtimes come first, and a first attempt may fail for that reason.
    if (!accelerators && !target.ok()) continue;
    if (!target.ok()) {
      all.status.Update(absl::InternalError(absl::StrCat("target ", file.name, ": ", target.status().message())));
      continue;
    }
    if (target->accelerates != accelerators) continue;
    target->name = std::string(file.name);
    all.Add(*std::move(target));
  }
}

All ReadAll() {
  All all;
  for (const DataFile& file : DataFiles()) {
    if (file.name == kLitert) AddLitert(file.text, all);
  }
  AddOthers(/*accelerators=*/false, all);
  AddOthers(/*accelerators=*/true, all);
  return all;
}

const All& Everything() {
  static const All all = ReadAll();
  return all;
}

}  // namespace

bool Target::Runs(const ops::OpDef& op, ops::KernelForm form) const {
  if (rest != nullptr) return rest->Runs(op, form);
  if (litert.has_value()) return ops::Since(op.runtime, form) <= *litert;
  auto entry = ops.find(std::string(op.name));
  if (entry == ops.end()) return false;
  return std::any_of(entry->second.forms.begin(), entry->second.forms.end(),
                     [&](const TypeForm& one) { return Is(one, form); });
}

bool Target::RunsAsIntegers(const ops::OpDef& op, ops::KernelForm form) const {
  const ops::QuantSpec& spec = op.quant;
  const bool has_form =
      form == ops::KernelForm::kInt8 ? spec.int8 || spec.int8_by_request : spec.int16 || spec.int16_by_request;
  return has_form && Runs(op, form);
}

bool Target::WantsOneScale(absl::string_view op, int operand) const {
  if (rest != nullptr && rest->WantsOneScale(op, operand)) return true;
  auto entry = ops.find(std::string(op));
  if (entry == ops.end()) return false;
  for (const Rule& rule : entry->second.rules) {
    if (rule.kind != RuleKind::kScales || rule.max != 1 || rule.except.size() > 0) continue;
    for (const TensorRef& tensor : rule.tensors) {
      if (!tensor.output && (tensor.index < 0 || tensor.index == operand)) return true;
    }
  }
  return false;
}

absl::Span<const Target* const> AllTargets() { return Everything().list; }

absl::StatusOr<const Target*> FindTarget(absl::string_view name) {
  ZP_RETURN_IF_ERROR(Everything().status);
  if (name == kLitert) return &NewestLitert();
  for (const Target* target : AllTargets()) {
    if (target->name == name) return target;
  }
  return absl::InvalidArgumentError(
      absl::StrCat("there is no target '", name, "'; there are ",
                   absl::StrJoin(AllTargets(), ", ",
                                 [](std::string* out, const Target* target) { absl::StrAppend(out, target->name); })));
}

const Target& LitertTarget(const ops::Release& release) {
  for (const Target* target : AllTargets()) {
    if (target->litert.has_value() && release <= *target->litert) return *target;
  }
  return NewestLitert();
}

const Target& NewestLitert() {
  const Target* newest = nullptr;
  for (const Target* target : AllTargets()) {
    if (target->litert.has_value()) newest = target;
  }
  return *newest;
}

}  // namespace zeropoint::targets
