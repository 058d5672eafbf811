#include "ops/affine.h"

#include <cstring>

#include "absl/strings/str_cat.h"
#include "kernels/convert.h"
#include "kernels/encode.h"
#include "ops/data_movement.h"

namespace zeropoint::ops {
namespace {

// Of types that no kernel is made for.
template <typename Load>
void DequantizeOneByOne(const ParamsOfElements& params, int64_t count, float* to, Load load) {
  for (int64_t i = 0; i < count; ++i) {
    const size_t at = params.index(i);
    const int64_t q = static_cast<int64_t>(load(i)) - params.params->zero_point[at];
    to[i] = params.params->scale[at] * static_cast<float>(q);
  }
}

template <typename T>
void Dequantize(const ParamsOfElements& params, const TensorView& from, float* to) {
  const ir::QuantParams& quant = *params.params;
  kernels::Decode(from.As<T>(), params.layout(from.elements()), quant.scale, quant.zero_point, to);
}

// Two's complement in four bits, the first element of a byte in its low half.
int LoadInt4(const uint8_t* packed, int64_t i) {
  const int nibble = (packed[i / 2] >> (i % 2 == 0 ? 0 : 4)) & 0xf;
  return nibble >= 8 ? nibble - 16 : nibble;
}

}  // namespace

absl::StatusOr<ParamsOfElements> FindParams(const ir::QuantParams* params, absl::Span<const int64_t> dims) {
  if (params == nullptr || !params->quantized()) {
    return absl::InvalidArgumentError("a quantized tensor has no scale");
  }
  ParamsOfElements found{params};
  if (params->scale.size() == 1) return found;
  const int rank = static_cast<int>(dims.size());
  if (params->axis < 0 || params->axis >= rank ||
      dims[static_cast<size_t>(params->axis)] != static_cast<int64_t>(params->scale.size())) {
    return absl::InvalidArgumentError(absl::StrCat(params->scale.size(), " scales along axis ", params->axis,
                                                   " do not fit the shape ", ir::Shape(dims).ToString()));
  }
  found.inner = Product(dims, params->axis + 1, rank);
  return found;
}

absl::Status ToReal(const TensorView& from, float* to) {
  const int64_t count = from.elements();
  if (from.type == ElementType::kFloat32) {
    if (count > 0) std::memcpy(to, from.data, static_cast<size_t>(count) * sizeof(float));
    return absl::OkStatus();
  }
  if (from.type == ElementType::kFloat16) {
    kernels::FromHalf(from.As<uint16_t>(), static_cast<size_t>(count), to);
    return absl::OkStatus();
  }
  if (!Traits(from.type).is_integer) {
    return absl::UnimplementedError(absl::StrCat("no kernel for elements of type ", Name(from.type)));
  }
  ZP_ASSIGN_OR_RETURN(const ParamsOfElements params, FindParams(from.quant, from.dims));
  switch (from.type) {
    case ElementType::kInt8:
      Dequantize<int8_t>(params, from, to);
      break;
    case ElementType::kUInt8:
      Dequantize<uint8_t>(params, from, to);
      break;
    case ElementType::kInt16:
      Dequantize<int16_t>(params, from, to);
      break;
    case ElementType::kInt32:
      DequantizeOneByOne(params, count, to, [&](int64_t i) { return from.As<int32_t>()[i]; });
      break;
    case ElementType::kInt4:
      DequantizeOneByOne(params, count, to, [&](int64_t i) { return LoadInt4(from.As<uint8_t>(), i); });
      break;
    default:
      return absl::UnimplementedError(absl::StrCat("no kernel for elements of type ", Name(from.type)));
  }
  return absl::OkStatus();
}

}  // namespace zeropoint::ops
