// Small questions that ops with weights and a bias ask.
#ifndef ZEROPOINT_OPS_WEIGHTS_H_
#define ZEROPOINT_OPS_WEIGHTS_H_

#include <memory>

#include "base/status.h"
#include "ops/op_def.h"

namespace zeropoint::ops {

// kUnimplemented when an operand that is present is not float32.
absl::Status CheckFloats(const EvalContext& context);

// The operand's elements; null when it is absent.
inline const float* OptionalFloats(const EvalContext& context, size_t i) {
  return i < context.inputs.size() ? context.inputs[i].As<float>() : nullptr;
}

// What `prepare` packed; where it could not, since the weights were not constant then, packs them for this call: `now`
// holds the result of `pack`.
template <typename Packed, typename Pack>
const Packed* PreparedOrNow(const EvalContext& context, std::unique_ptr<Packed>& now, Pack pack) {
  if (context.prepared != nullptr) return static_cast<const Packed*>(context.prepared);
  now = pack();
  return now.get();
}

inline bool IsPerChannel(const ir::QuantParams& quant) { return quant.scale.size() > 1; }

}  // namespace zeropoint::ops

#endif  // ZEROPOINT_OPS_WEIGHTS_H_
