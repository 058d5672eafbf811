#include "ops/stablehlo_body.h"

#include "absl/strings/str_cat.h"
#include "ops/copy_bytes.h"
#include "ops/data_movement.h"
#include "ops/stablehlo.h"

namespace zeropoint::ops::stablehlo {

absl::StatusOr<Body> Body::Create(const EvalContext& context, int64_t graph, absl::Span<const TensorView> tensors) {
  if (context.runtime == nullptr)
    return absl::UnimplementedError("the op calls a graph, which needs a run of the model");
  Body body;
  body.runtime_ = context.runtime;
  body.graph_ = static_cast<int>(graph);
  for (const TensorView& tensor : tensors) {
    ZP_ASSIGN_OR_RETURN(const size_t width, ElementBytes(tensor.type));
    body.widths_.push_back(width);
  }
  body.arguments_.resize(2 * tensors.size());
  return body;
}

absl::Status Body::Accumulate(absl::Span<const MutableView> acc, int64_t to, absl::Span<const TensorView> x,
                              int64_t from) {
  const size_t n = widths_.size();
  for (size_t k = 0; k < n; ++k) {
    arguments_[k].type = acc[k].type;
    arguments_[k].data = acc[k].As<uint8_t>() + static_cast<size_t>(to) * widths_[k];
    arguments_[n + k].type = x[k].type;
    arguments_[n + k].data = x[k].As<uint8_t>() + static_cast<size_t>(from) * widths_[k];
  }
  ZP_ASSIGN_OR_RETURN(const std::vector<TensorView> results, runtime_->Call(graph_, arguments_));
  bool fits = results.size() == n;
  for (size_t k = 0; fits && k < n; ++k) fits = results[k].type == acc[k].type && results[k].elements() == 1;
  if (!fits)
    return absl::InvalidArgumentError(absl::StrCat("graph ", graph_, " does not deliver a scalar for each operand"));
  for (size_t k = 0; k < n; ++k) {
    CopyBytes(acc[k].As<uint8_t>() + static_cast<size_t>(to) * widths_[k], results[k].data, widths_[k]);
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> Body::Compare(absl::Span<const TensorView> x, int64_t a, int64_t b) {
  for (size_t k = 0; k < widths_.size(); ++k) {
    arguments_[2 * k].type = arguments_[2 * k + 1].type = x[k].type;
    arguments_[2 * k].data = x[k].As<uint8_t>() + static_cast<size_t>(a) * widths_[k];
    arguments_[2 * k + 1].data = x[k].As<uint8_t>() + static_cast<size_t>(b) * widths_[k];
  }
  ZP_ASSIGN_OR_RETURN(const std::vector<TensorView> results, runtime_->Call(graph_, arguments_));
  if (results.size() == 1 && results[0].type == ElementType::kBool && results[0].elements() == 1) {
    return *results[0].As<uint8_t>() != 0;
  }
  return absl::InvalidArgumentError(absl::StrCat("graph ", graph_, " does not deliver one bool"));
}

absl::Status FillWith(absl::Span<const TensorView> initial, absl::Span<const MutableView> results) {
  for (size_t k = 0; k < results.size(); ++k) {
    ZP_ASSIGN_OR_RETURN(const size_t width, ElementBytes(results[k].type));
    FillElements(results[k].data, initial[k].data, width, results[k].elements());
  }
  return absl::OkStatus();
}

absl::Status CheckReduced(const InferContext& context) {
  const int n = context.num_outputs();
  if (context.num_inputs() != 2 * n) {
    return absl::InvalidArgumentError(absl::StrCat(context.num_inputs(), " operands for ", n, " results"));
  }
  for (int k = 0; k < n; ++k) {
    const ir::Shape& initial = context.input_shape(n + k);
    const bool one = !initial.IsStatic() || initial.NumElements() == 1;
    if (!one || context.input_type(n + k) != context.input_type(k)) {
      return absl::InvalidArgumentError(
          absl::StrCat("operand ", n + k, " is not one element to begin operand ", k, " with"));
    }
    ZP_RETURN_IF_ERROR(MergedShape(context.input_shape(0), context.input_shape(k)).status());
  }
  return absl::OkStatus();
}

}  // namespace zeropoint::ops::stablehlo
