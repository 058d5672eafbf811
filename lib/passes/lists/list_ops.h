// TensorFlow's ops on lists of tensors: which operand is the list, which the index, and so on.
//
// TensorLists (TF2) are values of type variant. TensorArrays (TF1) are a resource and beside it a float, the "flow",
// which goes through every op that writes and so carries the order of the writes; here the flow is the list.
#ifndef ZEROPOINT_PASSES_LISTS_LIST_OPS_H_
#define ZEROPOINT_PASSES_LISTS_LIST_OPS_H_

#include "absl/strings/string_view.h"

namespace zeropoint::passes::lists {

enum class ListKind {
  kReserve,      // a list of so many elements, none of them set
  kEmpty,        // a list of no elements
  kFromTensor,   // the slices of a tensor
  kScatter,      // a new list; its elements at some indices are the slices of a tensor
  kScatterInto,  // the same in a list that exists
  kGetItem,
  kSetItem,
  kStack,   // all elements as one tensor
  kGather,  // some elements as one tensor
  kLength,
  kElementShape,
  kPushBack,
  kPopBack,
  kConcat,  // the elements joined along their first dimension
  kSplit,   // the reverse
  kOther,   // not lowered
};

// Operands and results by index; -1: the op has none.
struct ListOp {
  absl::string_view op;
  ListKind kind;
  int list = -1;  // operand
  int list_result = -1;
  int index = -1;          // operand: an index, or a vector of them
  int item = -1;           // operand: an element, or a tensor of several
  int element_shape = -1;  // operand
  int size = -1;           // operand
  int item_result = -1;
};

// Null for other ops.
const ListOp* FindListOp(absl::string_view op);

}  // namespace zeropoint::passes::lists

#endif  // ZEROPOINT_PASSES_LISTS_LIST_OPS_H_
