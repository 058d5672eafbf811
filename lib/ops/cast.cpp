// CAST: each element converted to the result's type. Real numbers lose their fraction on the way to integers.
#include <cmath>
#include <limits>
#include <type_traits>

#include "absl/strings/str_cat.h"
#include "numeric/float16.h"
#include "ops/data_movement.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops {
namespace {

struct Half {
  uint16_t bits;
};
struct Bool {
  uint8_t value;
};

// Saturates, where C++ leaves a real number beyond the integer's range undefined; NaN becomes 0.
template <typename To, typename From>
To ToInteger(From value) {
  if (!(value == value)) return 0;
  constexpr double low = static_cast<double>(std::numeric_limits<To>::lowest());
  constexpr double high = static_cast<double>(std::numeric_limits<To>::max());
  if (static_cast<double>(value) <= low) return std::numeric_limits<To>::lowest();
  if (static_cast<double>(value) >= high) return std::numeric_limits<To>::max();
  return static_cast<To>(value);
}

template <typename T>
auto Load(const T& stored) {
  if constexpr (std::is_same_v<T, Half>)
    return numeric::HalfToFloat(stored.bits);
  else if constexpr (std::is_same_v<T, Bool>)
    return static_cast<int32_t>(stored.value != 0);
  else
    return stored;
}

template <typename To, typename Plain>
To Convert(Plain value) {
  if constexpr (std::is_same_v<To, Half>)
    return {numeric::FloatToHalf(static_cast<float>(value))};
  else if constexpr (std::is_same_v<To, Bool>)
    return {static_cast<uint8_t>(value != 0)};
  else if constexpr (std::is_floating_point_v<Plain> && std::is_integral_v<To>)
    return ToInteger<To>(value);
  else
    return static_cast<To>(value);
}

template <typename From, typename To>
void CastAll(const TensorView& from, const MutableView& to) {
  const From* source = from.As<From>();
  To* target = to.As<To>();
  for (int64_t i = 0, n = from.elements(); i < n; ++i) target[i] = Convert<To>(Load(source[i]));
}

template <typename From>
bool CastFrom(const TensorView& from, const MutableView& to) {
  switch (to.type) {
    case ElementType::kFloat32:
      return CastAll<From, float>(from, to), true;
    case ElementType::kFloat64:
      return CastAll<From, double>(from, to), true;
    case ElementType::kFloat16:
      return CastAll<From, Half>(from, to), true;
    case ElementType::kInt8:
      return CastAll<From, int8_t>(from, to), true;
    case ElementType::kInt16:
      return CastAll<From, int16_t>(from, to), true;
    case ElementType::kInt32:
      return CastAll<From, int32_t>(from, to), true;
    case ElementType::kInt64:
      return CastAll<From, int64_t>(from, to), true;
    case ElementType::kUInt8:
      return CastAll<From, uint8_t>(from, to), true;
    case ElementType::kUInt16:
      return CastAll<From, uint16_t>(from, to), true;
    case ElementType::kUInt32:
      return CastAll<From, uint32_t>(from, to), true;
    case ElementType::kUInt64:
      return CastAll<From, uint64_t>(from, to), true;
    case ElementType::kBool:
      return CastAll<From, Bool>(from, to), true;
    default:
      return false;
  }
}

bool CastAny(const TensorView& from, const MutableView& to) {
  switch (from.type) {
    case ElementType::kFloat32:
      return CastFrom<float>(from, to);
    case ElementType::kFloat64:
      return CastFrom<double>(from, to);
    case ElementType::kFloat16:
      return CastFrom<Half>(from, to);
    case ElementType::kInt8:
      return CastFrom<int8_t>(from, to);
    case ElementType::kInt16:
      return CastFrom<int16_t>(from, to);
    case ElementType::kInt32:
      return CastFrom<int32_t>(from, to);
    case ElementType::kInt64:
      return CastFrom<int64_t>(from, to);
    case ElementType::kUInt8:
      return CastFrom<uint8_t>(from, to);
    case ElementType::kUInt16:
      return CastFrom<uint16_t>(from, to);
    case ElementType::kUInt32:
      return CastFrom<uint32_t>(from, to);
    case ElementType::kUInt64:
      return CastFrom<uint64_t>(from, to);
    case ElementType::kBool:
      return CastFrom<Bool>(from, to);
    default:
      return false;
  }
}

absl::Status Eval(const EvalContext& context) {
  const TensorView& from = context.inputs[0];
  const MutableView& to = context.outputs[0];
  if (CastAny(from, to)) return absl::OkStatus();
  return absl::UnimplementedError(absl::StrCat("no cast from ", Name(from.type), " to ", Name(to.type)));
}

absl::Status Infer(InferContext& context) {
  // TensorFlow's converter leaves the options out: then the result's own type is all there is.
  const int64_t code = context.attrs().Int("out_data_type", static_cast<int64_t>(context.output_type(0)));
  if (code < 0 || code > std::numeric_limits<int8_t>::max() || FindTraits(static_cast<int>(code)) == nullptr) {
    return absl::InvalidArgumentError(absl::StrCat("there is no element type ", code));
  }
  const auto type = static_cast<ElementType>(code);
  context.set_output(0, type, context.input_shape(0));
  // Sizes of tensors survive a cast among the types that hold them.
  auto ints = context.input_ints(0);
  if (ints && context.input_type(0) != ElementType::kBool &&
      (type == ElementType::kInt32 || type == ElementType::kInt64)) {
    context.set_output_ints(0, *std::move(ints));
  }
  return absl::OkStatus();
}

absl::Status ImportTf(ir::Graph& graph, ir::NodeId id) {
  ir::Node& node = graph.node(id);
  ir::Value& to = graph.value(node.output());
  to.type = static_cast<ElementType>(node.attrs().Int("DstT", static_cast<int64_t>(to.type)));
  node.info.attrs = {};
  return absl::OkStatus();
}

int Version(const VersionContext& context) {
  const ElementType from = context.input_type(0), to = context.output_type(0);
  auto has = [&](ElementType type) { return from == type || to == type; };
  if (has(ElementType::kFloat8E4M3) || has(ElementType::kFloat8E5M2)) return 9;
  if (has(ElementType::kInt2) || has(ElementType::kUInt4)) return 8;
  if (has(ElementType::kBFloat16)) return 7;
  if (from == ElementType::kInt4 && to == ElementType::kFloat32) return 6;
  if (has(ElementType::kFloat64) || has(ElementType::kFloat16)) return 5;
  if (has(ElementType::kUInt16)) return 4;
  if (has(ElementType::kInt8)) return 3;
  return has(ElementType::kUInt32) ? 2 : 1;
}

}  // namespace

namespace records {

OpDef Cast() {
  return {.name = "CAST",
          .code = schema::BuiltinOperator_CAST,
          .inputs = {1, 1},
          .outputs = {1, 1},
          .options = {schema::BuiltinOptions_CastOptions,
                      {{"in_data_type", schema::CastOptions::VT_IN_DATA_TYPE, FieldKind::kInt8},
                       {"out_data_type", schema::CastOptions::VT_OUT_DATA_TYPE, FieldKind::kInt8}},
                      /*written=*/false},
          .tf = {{"Cast", ImportTf}},
          .infer = Infer,
          .eval_float = Eval,
          .version = Version};
}

}  // namespace records
}  // namespace zeropoint::ops
