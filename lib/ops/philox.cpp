#include "ops/philox.h"

#include <cstring>

#include "ops/data_movement.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops {
namespace {

constexpr char kSeed[] = "seed", kSeed2[] = "seed2";

// The multipliers and the additions to the key of Philox 4x32, from the paper.
constexpr uint64_t kMultiplyA = 0xD2511F53, kMultiplyB = 0xCD9E8D57;
constexpr uint32_t kKeyA = 0x9E3779B9, kKeyB = 0xBB67AE85;
constexpr int kRounds = 10;

uint32_t Low(uint64_t x) { return static_cast<uint32_t>(x); }
uint32_t High(uint64_t x) { return static_cast<uint32_t>(x >> 32); }

std::array<uint32_t, 4> Scramble(std::array<uint32_t, 4> c, std::array<uint32_t, 2> key) {
  for (int round = 0; round < kRounds; ++round) {
    const uint64_t a = kMultiplyA * c[0], b = kMultiplyB * c[2];
    c = {High(b) ^ c[1] ^ key[0], Low(b), High(a) ^ c[3] ^ key[1], Low(a)};
    key[0] += kKeyA;
    key[1] += kKeyB;
  }
  return c;
}

// Only the seeds of TensorFlow's op are options of LiteRT's.
absl::Status ImportTf(ir::Graph& graph, ir::NodeId id) {
  const ir::Attributes& tf = graph.node(id).attrs();
  ir::Attributes attrs;
  attrs.Set(kSeed, tf.Int(kSeed));
  attrs.Set(kSeed2, tf.Int(kSeed2));
  graph.node(id).info.attrs = std::move(attrs);
  return absl::OkStatus();
}

}  // namespace

Philox::Philox(int64_t seed, int64_t seed2) {
  const uint64_t a = static_cast<uint64_t>(seed), b = static_cast<uint64_t>(seed2);
  key_ = {Low(a), High(a)};
  counter_ = {0, 0, Low(b), High(b)};
}

// LiteRT's kernels keep no more than 32 bits of the seeds in the file.
Philox::Philox(const ir::Attributes& attrs)
    : Philox(static_cast<int32_t>(attrs.Int(kSeed)), static_cast<int32_t>(attrs.Int(kSeed2))) {}

uint32_t Philox::Next() {
  if (used_ == block_.size()) {
    block_ = Scramble(counter_, key_);
    used_ = 0;
    for (uint32_t& digit : counter_) {
      if (++digit != 0) break;  // carries
    }
  }
  return block_[used_++];
}

// Random bits behind the exponent of [1, 2).
float Philox::NextFloat() {
  const uint32_t bits = (uint32_t{127} << 23) | (Next() & 0x7FFFFF);
  float number;
  std::memcpy(&number, &bits, sizeof(number));
  return number - 1.0f;
}

double Philox::NextDouble() {
  const uint64_t high = Next() & 0xFFFFF, low = Next();
  const uint64_t bits = (uint64_t{1023} << 52) | (high << 32) | low;
  double number;
  std::memcpy(&number, &bits, sizeof(number));
  return number - 1.0;
}

OpDef RandomRecord(absl::string_view name, int32_t code, absl::string_view tf, Arity inputs, InferFn infer,
                   EvalFn eval) {
  OpDef def;
  def.name = name;
  def.code = code;
  def.inputs = inputs;
  def.options = {schema::BuiltinOptions_RandomOptions,
                 {{kSeed, schema::RandomOptions::VT_SEED, FieldKind::kInt64},
                  {kSeed2, schema::RandomOptions::VT_SEED2, FieldKind::kInt64}}};
  def.tf = {{tf, ImportTf}};
  def.infer = infer;
  def.eval_float = eval;
  def.quant.outputs = {OperandSpec::Activation()};
  def.runtime.int8 = def.runtime.int16 = kNever;
  def.runtime.gap = "random numbers are drawn as float32 only";
  def.has_side_effects = true;  // draws from a generator: neither folded nor merged with another
  return def;
}

absl::Status InferRandomFloats(InferContext& context) {
  if (context.output_type(0) != ElementType::kFloat32) {
    return absl::UnimplementedError("random numbers of a type other than float32");
  }
  ZP_ASSIGN_OR_RETURN(ir::Shape shape, ShapeFromInts(context, 0));
  context.set_output(0, ElementType::kFloat32, std::move(shape));
  return absl::OkStatus();
}

}  // namespace zeropoint::ops
