#include "ops/infer.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace zeropoint::ops {

absl::Status CheckArity(const InferContext& context, int min, int max, int outputs) {
  const int n = context.num_inputs();
  if (n < min || n > max) {
    return absl::InvalidArgumentError(absl::StrCat("the op takes ",
                                                   min == max ? absl::StrCat(min) : absl::StrCat(min, " to ", max),
                                                   " operands, the node has ", n));
  }
  for (int i = 0; i < min; ++i) {
    if (!context.has_input(i))
      return absl::InvalidArgumentError(absl::StrCat("operand ", i, " is required but absent"));
  }
  if (context.num_outputs() != outputs) {
    return absl::InvalidArgumentError(
        absl::StrCat("the op has ", outputs, " results, the node has ", context.num_outputs()));
  }
  return absl::OkStatus();
}

absl::Status CheckType(const InferContext& context, int i, std::initializer_list<ElementType> allowed) {
  const ElementType type = context.input_type(i);
  if (std::find(allowed.begin(), allowed.end(), type) != allowed.end()) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("operand ", i, " has type ", Name(type), ", which the op does not take"));
}

absl::Status CheckReal(const InferContext& context, int i) {
  const TypeTraits& traits = Traits(context.input_type(i));
  if (traits.is_float || traits.is_integer) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("operand ", i, " has type ", traits.name, ", which the op does not take"));
}

absl::Status CheckRank(const InferContext& context, int i, int rank, absl::string_view what) {
  const ir::Shape& shape = context.input_shape(i);
  if (!shape.ranked() || shape.rank() == rank) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("the ", what, " must have ", rank, " dimensions, its shape is ", shape.ToString()));
}

absl::StatusOr<ir::Shape> BroadcastShape(const ir::Shape& a, const ir::Shape& b) {
  if (!a.ranked() || !b.ranked()) return ir::Shape::Unranked();
  const int rank = std::max(a.rank(), b.rank());
  ir::Shape result;
  for (int i = 0; i < rank; ++i) {
    const int ia = i - (rank - a.rank()), ib = i - (rank - b.rank());
    const int64_t da = ia < 0 ? 1 : a[ia], db = ib < 0 ? 1 : b[ib];
    if (da == 1) {
      result.Append(db);
    } else if (db == 1) {
      result.Append(da);
    } else if (Compatible(da, db)) {
      result.Append(Known(da, db));
    } else {
      return absl::InvalidArgumentError(
          absl::StrCat("shapes ", a.ToString(), " and ", b.ToString(), " do not broadcast"));
    }
  }
  return result;
}

absl::Status InferUnary(InferContext& context) {
  ZP_RETURN_IF_ERROR(CheckArity(context, 1, 1));
  ZP_RETURN_IF_ERROR(CheckReal(context, 0));
  context.set_output(0, context.input_type(0), context.input_shape(0));
  return absl::OkStatus();
}

namespace {

absl::StatusOr<ir::Shape> InferPair(const InferContext& context) {
  ZP_RETURN_IF_ERROR(CheckArity(context, 2, 2));
  if (context.input_type(0) != context.input_type(1)) {
    return absl::InvalidArgumentError(absl::StrCat("the operands have different types: ", Name(context.input_type(0)),
                                                   " and ", Name(context.input_type(1))));
  }
  return BroadcastShape(context.input_shape(0), context.input_shape(1));
}

}  // namespace

absl::Status InferBinary(InferContext& context) {
  ZP_ASSIGN_OR_RETURN(ir::Shape shape, InferPair(context));
  ZP_RETURN_IF_ERROR(CheckReal(context, 0));
  context.set_output(0, context.input_type(0), std::move(shape));
  return absl::OkStatus();
}

absl::Status InferComparison(InferContext& context) {
  ZP_ASSIGN_OR_RETURN(ir::Shape shape, InferPair(context));
  context.set_output(0, ElementType::kBool, std::move(shape));
  return absl::OkStatus();
}

absl::StatusOr<int> NormalizeAxis(int64_t axis, int rank) {
  if (axis < -rank || axis >= rank) {
    return absl::InvalidArgumentError(
        absl::StrCat("axis ", axis, " is outside the ", rank, " dimensions of the operand"));
  }
  return static_cast<int>(axis < 0 ? axis + rank : axis);
}

}  // namespace zeropoint::ops
