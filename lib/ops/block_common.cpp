#include "ops/block_common.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "ops/data_movement.h"

namespace zeropoint::ops {
namespace {

absl::Status CheckSpaceAndBatch(const SpaceAndBatch& blocks) {
  if (blocks.edges.size() != 2 * blocks.block.size()) {
    return absl::InvalidArgumentError(absl::StrCat(blocks.edges.size(), " edges for ", blocks.block.size(), " blocks"));
  }
  for (int64_t block : blocks.block) {
    if (block < 1) return absl::InvalidArgumentError(absl::StrCat("a block of size ", block));
  }
  for (int64_t edge : blocks.edges) {
    if (edge < 0) return absl::InvalidArgumentError(absl::StrCat("an edge of size ", edge));
  }
  return absl::OkStatus();
}

// The indices i in [0, count) for which i * block + offset lies in [0, size): a dimension of the batch side, seen from
// the space side.
struct Overlap {
  int64_t begin, end;
};
Overlap Inside(int64_t offset, int64_t block, int64_t count, int64_t size) {
  const int64_t begin = offset < 0 ? (-offset + block - 1) / block : 0;
  const int64_t end = size <= offset ? 0 : (size - offset + block - 1) / block;
  return {begin, std::min(end, count)};
}

absl::Status ImportBlockOp(ir::Graph& graph, ir::NodeId node) {
  const ir::Attributes& from = graph.node(node).attrs();
  const std::string format = from.String("data_format", "NHWC");
  if (format != "NHWC") return absl::UnimplementedError(absl::StrCat("data format ", format, " is not lowered yet"));
  ir::Attributes attrs;
  attrs.Set("block_size", from.Int("block_size"));
  graph.node(node).info.attrs = std::move(attrs);
  return absl::OkStatus();
}

// int8, and not int16: LiteRT has no such form.
QuantSpec BlockQuantization() {
  QuantSpec spec = MovesData({OperandSpec::Activation()});
  spec.int16 = false;
  return spec;
}

int BlockVersion(const VersionContext& context) { return context.input_type(0) == ElementType::kInt8 ? 2 : 1; }

int SpaceAndBatchVersion(const VersionContext& context) {
  if (context.input_type(0) == ElementType::kInt16) return 4;
  if (context.input_shape(0).rank() != 4) return 3;
  return context.input_type(0) == ElementType::kInt8 ? 2 : 1;
}

}  // namespace

OpDef BlockRecord(absl::string_view name, int32_t code, absl::string_view tf, InferFn infer, EvalFn eval) {
  OpDef def;
  def.name = name;
  def.code = code;
  def.tf = {{tf, ImportBlockOp}};
  def.infer = infer;
  def.eval_float = eval;
  def.eval_quantized = eval;
  def.quant = BlockQuantization();
  def.version = BlockVersion;
  return def;
}

absl::Status CheckBlock(const InferContext& context) {
  const ir::Shape& from = context.input_shape(0);
  if (from.ranked() && from.rank() != 4) {
    return absl::InvalidArgumentError(absl::StrCat("images of shape ", from.ToString(), " are not of rank 4"));
  }
  if (context.attrs().Int("block_size") < 1) return absl::InvalidArgumentError("block_size is not positive");
  return absl::OkStatus();
}

absl::Status CopyBlocks(const EvalContext& context, bool to_depth) {
  const TensorView& from = context.inputs[0];
  const MutableView& to = context.outputs[0];
  ZP_ASSIGN_OR_RETURN(const size_t width, ElementBytes(from.type));
  const int64_t block = context.attrs.Int("block_size");
  const auto deep = to_depth ? absl::MakeConstSpan(to.dims) : absl::MakeConstSpan(from.dims);
  const int64_t channels = deep[3] / (block * block);
  // The image's index order, for both sides.
  const ir::Dims dims = {deep[0], deep[1], block, deep[2], block, channels};
  const ir::Dims image = RowMajorStrides(dims);
  const ir::Dims deep_strides = {
      deep[1] * deep[2] * deep[3], deep[2] * deep[3], block * channels, deep[3], channels, 1};
  CopyStrided(dims, width, from.data, to_depth ? image : deep_strides, to.data, to_depth ? deep_strides : image);
  return absl::OkStatus();
}

OpDef SpaceAndBatchRecord(absl::string_view name, int32_t code, int options, absl::string_view tf, InferFn infer,
                          EvalFn eval) {
  OpDef def;
  def.name = name;
  def.code = code;
  def.inputs = {3, 3};
  def.options = {options, {}, /*written=*/false};
  def.tf = {{tf}};
  def.infer = infer;
  def.eval_float = eval;
  def.eval_quantized = eval;
  def.quant = MovesData({OperandSpec::Activation(), OperandSpec::Other()});
  def.version = SpaceAndBatchVersion;
  return def;
}

absl::StatusOr<std::optional<SpaceAndBatch>> FindSpaceAndBatch(const InferContext& context) {
  auto block = context.input_ints(1), edges = context.input_ints(2);
  if (!block || !edges || !context.input_ints_complete(1) || !context.input_ints_complete(2)) return std::nullopt;
  SpaceAndBatch found{*std::move(block), *std::move(edges)};
  ZP_RETURN_IF_ERROR(CheckSpaceAndBatch(found));
  const ir::Shape& from = context.input_shape(0);
  if (from.ranked() && from.rank() <= static_cast<int>(found.block.size())) {
    return absl::InvalidArgumentError(
        absl::StrCat(found.block.size(), " blocks in a tensor of shape ", from.ToString()));
  }
  return std::optional<SpaceAndBatch>(std::move(found));
}

absl::StatusOr<SpaceAndBatch> ReadSpaceAndBatch(const EvalContext& context) {
  SpaceAndBatch read;
  ZP_ASSIGN_OR_RETURN(read.block, ReadInts(context.inputs[1]));
  ZP_ASSIGN_OR_RETURN(read.edges, ReadInts(context.inputs[2]));
  ZP_RETURN_IF_ERROR(CheckSpaceAndBatch(read));
  return read;
}

absl::Status CopySpaceAndBatch(const SpaceAndBatch& blocks, size_t width, const TensorView& from, const MutableView& to,
                               bool to_batch) {
  const auto space = to_batch ? absl::MakeConstSpan(from.dims) : absl::MakeConstSpan(to.dims);
  const auto batch = to_batch ? absl::MakeConstSpan(to.dims) : absl::MakeConstSpan(from.dims);
  const ir::Dims space_strides = RowMajorStrides(space), batch_strides = RowMajorStrides(batch);
  const size_t count = blocks.block.size();
  const int64_t groups = Product(blocks.block, 0, static_cast<int>(count));
  ir::Dims offset_in_block(count, 0);
  for (int64_t group = 0; group < groups; ++group) {
    ir::Dims dims = {space[0]}, along_space = {space_strides[0]}, along_batch = {batch_strides[0]};
    int64_t space_corner = 0, batch_corner = group * space[0] * batch_strides[0];
    for (size_t i = 0; i < count; ++i) {
      const int64_t block = blocks.block[i], offset = offset_in_block[i] - blocks.edges[2 * i];
      const Overlap inside = Inside(offset, block, batch[i + 1], space[i + 1]);
      dims.push_back(std::max<int64_t>(0, inside.end - inside.begin));
      space_corner += (inside.begin * block + offset) * space_strides[i + 1];
      batch_corner += inside.begin * batch_strides[i + 1];
      along_space.push_back(block * space_strides[i + 1]);
      along_batch.push_back(batch_strides[i + 1]);
    }
    for (size_t i = count + 1; i < space.size(); ++i) {
      dims.push_back(space[i]);
      along_space.push_back(space_strides[i]);
      along_batch.push_back(batch_strides[i]);
    }
    const auto source =
        static_cast<const uint8_t*>(from.data) + (to_batch ? space_corner : batch_corner) * static_cast<int64_t>(width);
    const auto target =
        static_cast<uint8_t*>(to.data) + (to_batch ? batch_corner : space_corner) * static_cast<int64_t>(width);
    CopyStrided(dims, width, source, to_batch ? along_space : along_batch, target,
                to_batch ? along_batch : along_space);
    for (size_t i = count; i-- > 0 && ++offset_in_block[i] == blocks.block[i];) offset_in_block[i] = 0;
  }
  return absl::OkStatus();
}

}  // namespace zeropoint::ops
