// The random numbers of RANDOM_UNIFORM, RANDOM_STANDARD_NORMAL and MULTINOMIAL: Philox 4x32 with ten rounds (Salmon et
// al., "Parallel random numbers: as easy as 1, 2, 3", 2011), as LiteRT draws them from an op's two seeds.
//
// LiteRT goes on where the last run of a model ended, and begins anywhere when both seeds are zero. Here every run
// gives what LiteRT's first one gives (or Philox's numbers for the seeds 0 and 0), so that calibration depends neither
// on the order of the samples nor on the threads.
#ifndef ZEROPOINT_OPS_PHILOX_H_
#define ZEROPOINT_OPS_PHILOX_H_

#include <array>
#include <cstdint>

#include "base/status.h"
#include "ops/op_def.h"

namespace zeropoint::ops {

class Philox {
 public:
  Philox(int64_t seed, int64_t seed2);
  // Seeded by the attributes of an op with RandomOptions.
  explicit Philox(const ir::Attributes& attrs);

  uint32_t Next();
  float NextFloat();    // in [0, 1), 23 random bits
  double NextDouble();  // in [0, 1), 52 random bits

 private:
  std::array<uint32_t, 2> key_;
  std::array<uint32_t, 4> counter_;
  std::array<uint32_t, 4> block_{};
  size_t used_ = 4;  // of the block
};

// A record with RandomOptions; operands and results are the op's own.
OpDef RandomRecord(absl::string_view name, int32_t code, absl::string_view tf, Arity inputs, InferFn infer,
                   EvalFn eval);

// infer of ops whose operand 0 is the shape of a float32 result.
absl::Status InferRandomFloats(InferContext& context);

}  // namespace zeropoint::ops

#endif  // ZEROPOINT_OPS_PHILOX_H_
