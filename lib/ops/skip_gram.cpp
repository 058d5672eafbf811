// SKIP_GRAM: the n-grams of the words of a string that skip at most max_skip_size words.
#include "ops/infer.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops {
namespace {

absl::Status Infer(InferContext& context) {
  ZP_RETURN_IF_ERROR(CheckType(context, 0, {ElementType::kString}));
  context.set_output(0, ElementType::kString, {ir::kDynamic});
  return absl::OkStatus();
}

}  // namespace

namespace records {

OpDef SkipGram() {
  using Table = schema::SkipGramOptions;
  OpDef def;
  def.name = "SKIP_GRAM";
  def.code = schema::BuiltinOperator_SKIP_GRAM;
  def.options = {schema::BuiltinOptions_SkipGramOptions,
                 {{"ngram_size", Table::VT_NGRAM_SIZE, FieldKind::kInt32},
                  {"max_skip_size", Table::VT_MAX_SKIP_SIZE, FieldKind::kInt32},
                  {"include_all_ngrams", Table::VT_INCLUDE_ALL_NGRAMS, FieldKind::kBool}}};
  def.infer = Infer;
  return def;
}

}  // namespace records
}  // namespace zeropoint::ops
