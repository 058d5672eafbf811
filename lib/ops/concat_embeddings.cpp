// CONCAT_EMBEDDINGS: no public description and no kernel; read and written so that a model that holds it survives.
#include "ops/op_def.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops {
namespace {

absl::Status Infer(InferContext& context) {
  context.set_output(0, context.output_type(0), context.output_shape(0));
  return absl::OkStatus();
}

}  // namespace

namespace records {

OpDef ConcatEmbeddings() {
  using Table = schema::ConcatEmbeddingsOptions;
  OpDef def;
  def.name = "CONCAT_EMBEDDINGS";
  def.code = schema::BuiltinOperator_CONCAT_EMBEDDINGS;
  def.inputs = {1, kMany};
  def.options = {schema::BuiltinOptions_ConcatEmbeddingsOptions,
                 {{"num_channels", Table::VT_NUM_CHANNELS, FieldKind::kInt32},
                  {"num_columns_per_channel", Table::VT_NUM_COLUMNS_PER_CHANNEL, FieldKind::kInts},
                  {"embedding_dim_per_channel", Table::VT_EMBEDDING_DIM_PER_CHANNEL, FieldKind::kInts}}};
  def.infer = Infer;
  def.runtime.real = def.runtime.int8 = def.runtime.int16 = kNever;
  def.runtime.gap = "LiteRT registers no kernel";
  return def;
}

}  // namespace records
}  // namespace zeropoint::ops
