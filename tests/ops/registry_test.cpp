// What must hold for every op record, whoever wrote it.
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "flatbuffers/idl.h"
#include "ops/op_def.h"
#include "schema/schema_generated.h"

using namespace zeropoint;
using namespace zeropoint::ops;
namespace fs = std::filesystem;

namespace {

const fs::path kSource = ZEROPOINT_SOURCE_DIR;

// The stems of lib/ops/*.cpp that are records: those without a header of the same name, the registry aside.
std::set<std::string> RecordFiles() {
  std::set<std::string> stems;
  for (const auto& entry : fs::directory_iterator(kSource / "lib/ops")) {
    fs::path header = entry.path();
    header.replace_extension(".h");
    if (entry.path().extension() == ".cpp" && !fs::exists(header)) stems.insert(entry.path().stem().string());
  }
  return stems;
}

std::string Contents(const fs::path& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

// The schema itself, not what was generated from it.
const flatbuffers::Parser& Schema() {
  static const auto parser = [] {
    auto made = std::make_unique<flatbuffers::Parser>();
    const bool parsed = made->Parse(Contents(kSource / "lib/schema/schema.fbs").c_str());
    INFO(made->error_);
    REQUIRE(parsed);
    return made;
  }();
  return *parser;
}

const flatbuffers::StructDef* TableOf(const OpDef& op) {
  const char* name = op.options.second
                         ? schema::EnumNameBuiltinOptions2(static_cast<schema::BuiltinOptions2>(op.options.table))
                         : schema::EnumNameBuiltinOptions(static_cast<schema::BuiltinOptions>(op.options.table));
  return Schema().structs_.Lookup(absl::StrCat("zeropoint.schema.", name));
}

// Nothing when attributes have no such kind.
std::optional<FieldKind> KindOf(const flatbuffers::Type& type) {
  switch (type.base_type) {
    case flatbuffers::BASE_TYPE_BOOL:
      return FieldKind::kBool;
    case flatbuffers::BASE_TYPE_CHAR:
      return FieldKind::kInt8;
    case flatbuffers::BASE_TYPE_INT:
    case flatbuffers::BASE_TYPE_UINT:
      return FieldKind::kInt32;
    case flatbuffers::BASE_TYPE_LONG:
      return FieldKind::kInt64;
    case flatbuffers::BASE_TYPE_FLOAT:
      return FieldKind::kFloat;
    case flatbuffers::BASE_TYPE_STRING:
      return FieldKind::kString;
    case flatbuffers::BASE_TYPE_VECTOR:
      if (type.element == flatbuffers::BASE_TYPE_INT || type.element == flatbuffers::BASE_TYPE_UINT)
        return FieldKind::kInts;
      if (type.element == flatbuffers::BASE_TYPE_LONG) return FieldKind::kLongs;
      if (type.element == flatbuffers::BASE_TYPE_BOOL) return FieldKind::kBools;
      if (type.element == flatbuffers::BASE_TYPE_UCHAR) return FieldKind::kBytes;
      if (type.element == flatbuffers::BASE_TYPE_FLOAT) return FieldKind::kFloats;
      return std::nullopt;
    default:
      return std::nullopt;
  }
}

// Numbers of graphs are stored as numbers.
FieldKind StoredKind(FieldKind kind) {
  if (kind == FieldKind::kGraph) return FieldKind::kInt32;
  return kind == FieldKind::kGraphs ? FieldKind::kInts : kind;
}

double DefaultOf(const flatbuffers::FieldDef& field) {
  if (field.value.constant == "true") return 1;
  double value = 0;
  (void)absl::SimpleAtod(field.value.constant, &value);  // "false" and the defaults of strings and vectors are 0
  return value;
}

void CheckOperands(const std::vector<OperandSpec>& specs, int most) {
  for (const OperandSpec& spec : specs) {
    if (spec.role == Role::kBias) {
      CHECK((spec.bias_input >= 0) != (spec.bias_intermediate >= 0));
      CHECK(spec.bias_weight >= 0);
      CHECK(spec.bias_norm < most);
      CHECK(spec.bias_input < most);
      CHECK(spec.bias_weight < most);
    } else {
      CHECK(spec.bias_input == -1);
      CHECK(spec.bias_weight == -1);
    }
    if (spec.role != Role::kWeight) CHECK(spec.axis == -1);
    if (spec.role != Role::kWeight && spec.role != Role::kState) CHECK(spec.int16_steps == 0);
    // The handle of a resource has neither: all that read and assign it agree on one form (plan/variables.h).
    if (spec.role == Role::kState) CHECK_FALSE((spec.like_result >= 0 && spec.int16_steps > 0));
  }
}

bool HasRole(const std::vector<OperandSpec>& specs, Role role) {
  return std::any_of(specs.begin(), specs.end(), [&](const OperandSpec& spec) { return spec.role == role; });
}

}  // namespace

TEST_CASE("every record file makes a record of its name, and no record comes from elsewhere") {
  std::set<std::string> stems = RecordFiles(), records;
  stems.erase("registry");
  for (const OpDef* op : AllOps()) records.insert(absl::AsciiStrToLower(op->name));
  CHECK(records.size() == AllOps().size());  // no name twice
  CHECK(records == stems);
}

TEST_CASE("a record's code is the schema's code of its name, so no code comes twice") {
  for (const OpDef* op : AllOps()) {
    INFO(op->name);
    REQUIRE(op->code >= schema::BuiltinOperator_MIN);
    REQUIRE(op->code <= schema::BuiltinOperator_MAX);
    CHECK(schema::EnumNameBuiltinOperator(static_cast<schema::BuiltinOperator>(op->code)) == std::string(op->name));
    CHECK(FindOp(op->name) == op);
    CHECK(FindOpByCode(op->code) == op);
  }
}

TEST_CASE("no two records claim the same TensorFlow op") {
  std::map<absl::string_view, absl::string_view> owner;
  for (const OpDef* op : AllOps()) {
    for (const TfForm& form : op->tf) {
      auto [at, is_new] = owner.emplace(form.op, op->name);
      INFO("tf." << form.op << " in " << op->name << " and " << at->second);
      CHECK(is_new);
    }
  }
}

TEST_CASE("every record infers shapes and has a sound arity") {
  for (const OpDef* op : AllOps()) {
    INFO(op->name);
    CHECK(op->infer != nullptr);
    CHECK(op->inputs.min >= 0);
    CHECK(op->inputs.min <= op->inputs.max);
    CHECK(op->outputs.min >= 0);
    CHECK(op->outputs.min <= op->outputs.max);
  }
}

TEST_CASE("a record's options are all fields of its table in the schema, at their places, with their defaults") {
  for (const OpDef* op : AllOps()) {
    INFO(op->name);
    if (op->options.table == 0) {
      CHECK(op->options.fields.empty());
      continue;
    }
    const flatbuffers::StructDef* table = TableOf(*op);
    REQUIRE(table != nullptr);
    std::map<std::string, const OptionField*> listed;
    for (const OptionField& field : op->options.fields) {
      CHECK(listed.emplace(std::string(field.name), &field).second);  // no field twice
    }
    for (const flatbuffers::FieldDef* field : table->fields.vec) {
      if (field->deprecated) continue;
      INFO(field->name);
      const bool is_listed = listed.count(field->name) != 0;
      CHECK(is_listed);
      if (!is_listed) continue;
      const OptionField& option = *listed[field->name];
      CHECK(option.vtable_offset == field->value.offset);
      CHECK(KindOf(field->value.type) == StoredKind(option.kind));
      CHECK(DefaultOf(*field) == option.otherwise);
      listed.erase(field->name);
    }
    for (const auto& [name, option] : listed) FAIL_CHECK("the schema has no field " << name);
  }
}

TEST_CASE("quantization is described without gaps") {
  for (const OpDef* op : AllOps()) {
    INFO(op->name);
    const QuantSpec& quant = op->quant;
    CheckOperands(quant.inputs, op->inputs.max);
    CheckOperands(quant.outputs, op->outputs.max);
    if (quant.int8 || quant.int16) {
      CHECK((HasRole(quant.inputs, Role::kActivation) || HasRole(quant.outputs, Role::kActivation)));
    }
    CHECK((!quant.fixed_int8.has_value() || quant.int8));
    CHECK((!quant.fixed_int16.has_value() || quant.int16));
    CHECK(!(quant.same_scale && quant.fixed_int8.has_value()));
    CHECK(quant.int16_result_like_operand < op->inputs.max);
    CHECK((quant.int16_result_like_operand == -1 || !quant.int16_operands_like_result));
    if (quant.fixed_int16.has_value()) CHECK(quant.fixed_int16->zero_point == 0);
    for (const DynamicRangeOperand& operand : quant.dynamic_range) {
      CHECK(operand.operand >= 0);
      CHECK(operand.operand < op->inputs.max);
      CHECK(operand.axis >= -1);
    }
    for (const auto* attrs : {&quant.int16_attrs, &quant.dynamic_range_attrs}) {
      for (const AttrOverride& attr : *attrs) {
        const auto& fields = op->options.fields;
        CHECK(std::any_of(fields.begin(), fields.end(), [&](const OptionField& f) { return f.name == attr.name; }));
      }
    }
  }
}

TEST_CASE("activations are folded only where there is an attribute for them, and each is one op's") {
  std::set<int> activations;
  for (const OpDef* op : AllOps()) {
    INFO(op->name);
    if (op->fused_activation != 0) {
      CHECK(activations.insert(op->fused_activation).second);
      CHECK(op->fused_activation <= schema::ActivationFunctionType_MAX);
    }
    const auto& fields = op->options.fields;
    const bool has_attribute = std::any_of(fields.begin(), fields.end(),
                                           [](const OptionField& f) { return f.name == "fused_activation_function"; });
    if (op->absorbs_activation) CHECK(has_attribute);
  }
}

TEST_CASE("every op is named by a test of its behaviour") {
  // Tests are written per family of ops, with results that LiteRT recorded in tests/data.
  std::set<std::string> named;
  for (const char* folder : {"tests/ops", "tests/engine", "tests/data"}) {
    for (const auto& entry : fs::directory_iterator(kSource / folder)) {
      const std::string file = entry.path().filename().string();
      const bool counts = absl::EndsWith(file, "_test.cpp") || absl::EndsWith(file, ".json");
      if (!counts || file == "registry_test.cpp") continue;
      for (absl::string_view word : absl::StrSplit(Contents(entry.path()), absl::ByAnyChar("\"'() ,{}[]\n@"))) {
        named.insert(std::string(word));
      }
    }
  }
  for (const OpDef* op : AllOps()) {
    INFO(op->name << " is in no tests/ops/*_test.cpp and no tests/data/*.json");
    CHECK(named.count(std::string(op->name)) != 0);
  }
}
