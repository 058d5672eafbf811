#include "passes/lists/list_ops.h"

namespace zeropoint::passes::lists {
namespace {

using K = ListKind;

constexpr ListOp kListOps[] = {
    {.op = "tf.TensorListReserve", .kind = K::kReserve, .list_result = 0, .element_shape = 0, .size = 1},
    {.op = "tf.EmptyTensorList", .kind = K::kEmpty, .list_result = 0, .element_shape = 0},
    {.op = "tf.TensorListFromTensor", .kind = K::kFromTensor, .list_result = 0, .item = 0, .element_shape = 1},
    {.op = "tf.TensorListScatter", .kind = K::kScatter, .list_result = 0, .index = 1, .item = 0, .element_shape = 2},
    {.op = "tf.TensorListScatterV2",
     .kind = K::kScatter,
     .list_result = 0,
     .index = 1,
     .item = 0,
     .element_shape = 2,
     .size = 3},
    {.op = "tf.TensorListScatterIntoExistingList",
     .kind = K::kScatterInto,
     .list = 0,
     .list_result = 0,
     .index = 2,
     .item = 1},
    {.op = "tf.TensorListGetItem", .kind = K::kGetItem, .list = 0, .index = 1, .element_shape = 2, .item_result = 0},
    {.op = "tf.TensorListSetItem", .kind = K::kSetItem, .list = 0, .list_result = 0, .index = 1, .item = 2},
    {.op = "tf.TensorListStack", .kind = K::kStack, .list = 0, .element_shape = 1, .item_result = 0},
    {.op = "tf.TensorListGather", .kind = K::kGather, .list = 0, .index = 1, .element_shape = 2, .item_result = 0},
    {.op = "tf.TensorListLength", .kind = K::kLength, .list = 0},
    {.op = "tf.TensorListElementShape", .kind = K::kElementShape, .list = 0},
    {.op = "tf.TensorListPushBack", .kind = K::kPushBack, .list = 0, .list_result = 0, .item = 1},
    {.op = "tf.TensorListPopBack",
     .kind = K::kPopBack,
     .list = 0,
     .list_result = 0,
     .element_shape = 1,
     .item_result = 1},
    {.op = "tf.TensorListConcat", .kind = K::kConcat, .list = 0, .item_result = 0},
    {.op = "tf.TensorListConcatV2", .kind = K::kConcat, .list = 0, .element_shape = 1, .item_result = 0},
    {.op = "tf.TensorListSplit", .kind = K::kSplit, .list_result = 0, .item = 0, .size = 2},
    {.op = "tf.TensorListResize", .kind = K::kOther, .list = 0, .list_result = 0},
    {.op = "tf.TensorListConcatLists", .kind = K::kOther, .list = 0, .list_result = 0},
    {.op = "tf.TensorListPushBackBatch", .kind = K::kOther, .list = 0, .list_result = 0},
    {.op = "tf.TensorArrayV3", .kind = K::kReserve, .list_result = 1, .size = 0},
    {.op = "tf.TensorArrayScatterV3", .kind = K::kScatterInto, .list = 3, .list_result = 0, .index = 1, .item = 2},
    {.op = "tf.TensorArrayReadV3", .kind = K::kGetItem, .list = 2, .index = 1, .item_result = 0},
    {.op = "tf.TensorArrayWriteV3", .kind = K::kSetItem, .list = 3, .list_result = 0, .index = 1, .item = 2},
    {.op = "tf.TensorArrayGatherV3", .kind = K::kGather, .list = 2, .index = 1, .item_result = 0},
    {.op = "tf.TensorArraySizeV3", .kind = K::kLength, .list = 1},
    {.op = "tf.TensorArrayConcatV3", .kind = K::kConcat, .list = 1, .item_result = 0},
    {.op = "tf.TensorArraySplitV3", .kind = K::kSplit, .list = 3, .list_result = 0, .item = 1, .size = 2},
};

}  // namespace

const ListOp* FindListOp(absl::string_view op) {
  for (const ListOp& row : kListOps) {
    if (row.op == op) return &row;
  }
  return nullptr;
}

}  // namespace zeropoint::passes::lists
