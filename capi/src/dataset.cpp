// Samples that the host pushes, and the reading of tensor views.
#include <cstddef>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "guard.h"
#include "handles.h"

using zeropoint::TensorView;
using zeropoint::capi::BadArgument;
using zeropoint::capi::Guard;

namespace zeropoint::capi {
namespace {

// The struct as of the first version of the header: the least a host can fill.
constexpr size_t kFirstViewSize = offsetof(zp_tensor_view, bytes) + sizeof(size_t);
// No model has tensors of more dimensions; a greater number is a struct that was never filled.
constexpr size_t kMaxRank = 64;

absl::StatusOr<TensorView> ReadView(const zp_tensor_view& view) {
  if (view.struct_size < kFirstViewSize) {
    return absl::InvalidArgumentError(
        absl::StrCat("struct_size of a zp_tensor_view is ", view.struct_size, ", less than ", kFirstViewSize));
  }
  if (view.rank > kMaxRank) return absl::InvalidArgumentError(absl::StrCat("a tensor of rank ", view.rank));
  if (view.rank > 0 && view.dims == nullptr) return BadArgument("dims of a zp_tensor_view is NULL");
  if (view.bytes > 0 && view.data == nullptr) return BadArgument("data of a zp_tensor_view is NULL");
  TensorView result;
  if (view.name != nullptr) result.name = view.name;
  absl::StatusOr<Type> type = ReadType(view.type, "type of a zp_tensor_view");
  if (!type.ok()) return type.status();
  result.type = *type;
  result.shape.assign(view.dims, view.dims + view.rank);
  result.data = view.data;
  result.bytes = view.bytes;
  return result;
}

}  // namespace

absl::StatusOr<Type> ReadType(zp_type type, const char* what) {
  switch (type) {
    case ZP_F32:
    case ZP_F16:
    case ZP_I32:
    case ZP_U8:
    case ZP_I64:
    case ZP_STRING:
    case ZP_BOOL:
    case ZP_I16:
    case ZP_I8:
      return static_cast<Type>(type);
    default:
      return absl::InvalidArgumentError(absl::StrCat(what, " is ", type, ", which is no zp_type"));
  }
}

absl::StatusOr<std::vector<TensorView>> ReadViews(const zp_tensor_view* views, size_t count) {
  if (count > 0 && views == nullptr) return BadArgument("inputs is NULL");
  std::vector<TensorView> result;
  const auto* next = reinterpret_cast<const char*>(views);
  for (size_t i = 0; i < count; ++i) {
    const auto& view = *reinterpret_cast<const zp_tensor_view*>(next);
    if (view.struct_size != views->struct_size) return BadArgument("views of one array differ in struct_size");
    absl::StatusOr<TensorView> read = ReadView(view);
    if (!read.ok()) return read.status();
    result.push_back(*std::move(read));
    next += views->struct_size;
  }
  return result;
}

}  // namespace zeropoint::capi

zp_status zp_dataset_create(zp_dataset** out, zp_error** err) {
  return Guard(err, [&]() -> absl::Status {
    if (out == nullptr) return BadArgument("out is NULL");
    *out = nullptr;
    *out = new zp_dataset;
    return absl::OkStatus();
  });
}

namespace {

absl::Status AddSample(zp_dataset* dataset, const char* signature, const zp_tensor_view* inputs, size_t count,
                       bool continues) {
  if (dataset == nullptr) return BadArgument("dataset is NULL");
  if (count == 0) return BadArgument("a sample without inputs");
  if (continues && dataset->samples->empty()) return BadArgument("there is no sample that a step could follow");
  absl::StatusOr<std::vector<TensorView>> views = zeropoint::capi::ReadViews(inputs, count);
  if (!views.ok()) return views.status();
  auto sample = std::make_unique<zeropoint::capi::StoredSample>();
  if (signature != nullptr) sample->view.signature = signature;
  sample->view.continues = continues;
  sample->view.tensors = *std::move(views);
  for (TensorView& tensor : sample->view.tensors) {
    const auto* first = static_cast<const uint8_t*>(tensor.data);
    sample->data.emplace_back(first, first + tensor.bytes);
    tensor.data = sample->data.back().data();  // stays when `data` grows: moving a vector keeps its buffer
  }
  dataset->samples->push_back(std::move(sample));
  return absl::OkStatus();
}

}  // namespace

zp_status zp_dataset_add_sample(zp_dataset* dataset, const char* signature, const zp_tensor_view* inputs, size_t count,
                                zp_error** err) {
  return Guard(err, [&] { return AddSample(dataset, signature, inputs, count, /*continues=*/false); });
}

zp_status zp_dataset_add_step(zp_dataset* dataset, const char* signature, const zp_tensor_view* inputs, size_t count,
                              zp_error** err) {
  return Guard(err, [&] { return AddSample(dataset, signature, inputs, count, /*continues=*/true); });
}

size_t zp_dataset_size(const zp_dataset* dataset) { return dataset == nullptr ? 0 : dataset->samples->size(); }

void zp_dataset_free(zp_dataset* dataset) { delete dataset; }
