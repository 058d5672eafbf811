// Lists of tensors become tensors whose first dimension counts the elements.
//
// Before                                          After
// list = tf.TensorListFromTensor(x, shape)        x
// list = tf.TensorListReserve(shape, n)           FILL([n, *shape], 0)
// list = tf.EmptyTensorList(shape, most)          FILL([0, *shape], 0)
// tf.TensorListGetItem(list, i, shape)            GATHER(list, i)
// tf.TensorListSetItem(list, i, x)                DYNAMIC_UPDATE_SLICE(list, EXPAND_DIMS(x, 0), [i, 0, ...])
//   of a list of one element                      EXPAND_DIMS(x, 0)
//   that makes the list longer where i is behind  the same on PAD(list, [[0, MAXIMUM(i + 1 - n, 0)], ...])
// tf.TensorListStack(list, shape)                 list
// tf.TensorListGather(list, indices, shape)       GATHER(list, indices), or list when the indices are all in order
// tf.TensorListScatter(x, indices, shape)         x, where the indices are all in order
// tf.TensorListScatterIntoExistingList(list, x, indices)   DYNAMIC_UPDATE_SLICE(list, x, [0, ...]), likewise; x when it
//                                                 has as many elements as the list
// tf.TensorListPushBack(list, x)                  CONCATENATION(list, EXPAND_DIMS(x, 0))
// list, x = tf.TensorListPopBack(list, shape)     STRIDED_SLICE(list)[:-1], STRIDED_SLICE(list)[-1]
// tf.TensorListLength(list)                       n, or SHAPE(list)[0]
// tf.TensorListElementShape(list)                 shape, or SHAPE(list)[1:]
// x, lengths = tf.TensorListConcatV2(list)        RESHAPE(list, [-1, *shape[1:]]), FILL([n], shape[0])
// tf.TensorListSplit(x, shape, lengths)           RESHAPE(x, [n, -1, *shape[1:]]), where the lengths are equal
//
// The TensorArray ops of TF1 likewise. Operands and results of loops and branches, and the inputs and outputs of the
// graphs that they call, become tensors with the list that they are.
//
// Conditions: all elements of a list have one shape, of which at least the rank is known. Where the operand does not
// tell all of a new list's element shape (a batch of any size), the elements that are written later tell it: their
// dimension is traced to what the loop begins with (dimensions.h), and SHAPE of that is put in front of the loop. What
// cannot be told yet waits for a later round of legalization. kUnimplemented names an op that is not in the table.
// Algebra: the elements that were never written are zeros in TensorFlow, too. GATHER and DYNAMIC_UPDATE_SLICE compute
// the same as long as indices are inside the list; TensorFlow refuses others.
#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ir/constants.h"
#include "passes/edit.h"
#include "passes/lists/dimensions.h"
#include "passes/lists/list_classes.h"
#include "passes/lists/list_ops.h"
#include "passes/lists/lists.h"

namespace zeropoint::passes {
namespace {

using ir::ValueId;
using lists::Dimension;
using lists::ListClass;
using lists::ListKind;
using lists::ListOp;
using lists::NodeAt;
using lists::Port;

// One element of a shape: a number, or an int32 scalar.
struct Part {
  int64_t known = ir::kDynamic;
  ValueId scalar = ir::kNoValue;
};

// Writes the tensor ops that stand for one list op.
class Lowering {
 public:
  Lowering(ir::Graph& graph, ir::NodeId id, const ListOp& op, const ListClass& list)
      : graph_(graph), id_(id), op_(op), list_(list) {}

  // Ops that only read the list. False when the op is none of them.
  absl::StatusOr<bool> Read() {
    switch (op_.kind) {
      case ListKind::kGetItem:
        Become(graph_, id_, "GATHER", {List(), Index()}, GatherAttrs());
        return true;
      case ListKind::kStack:
        passes::Forward(graph_, id_, {List()});
        return true;
      case ListKind::kGather:
        Gather();
        return true;
      case ListKind::kLength:
        passes::Forward(graph_, id_, {AsScalar(LengthPart())});
        return true;
      case ListKind::kElementShape:
        ElementShape();
        return true;
      case ListKind::kConcat:
        ZP_RETURN_IF_ERROR(Concat());
        return true;
      default:
        return false;
    }
  }

  // kReserve and kEmpty; the dimensions are those of values that stand before the node.
  absl::Status Make(absl::Span<const Dimension> element) {
    std::vector<Part> parts = {op_.kind == ListKind::kReserve ? PartOf(Operand(op_.size)) : Part{.known = 0}};
    for (const Dimension& dimension : element) {
      const bool known = dimension.value == ir::kNoValue;
      parts.push_back(known ? Part{.known = dimension.known} : DimensionPart(dimension.value, dimension.axis));
    }
    const ValueId zeros = Emit(graph_, id_, "FILL", {ShapeOf(parts), Zero()}, {}, list_.type);
    passes::Forward(graph_, id_, ListResult(zeros));
    return absl::OkStatus();
  }

  // Other ops that write.
  absl::Status Write() {
    switch (op_.kind) {
      case ListKind::kFromTensor:
        return Replace(Item());
      case ListKind::kScatter:
        return Scatter();
      case ListKind::kScatterInto:
        return ScatterInto();
      case ListKind::kSetItem:
        return SetItem();
      case ListKind::kPushBack:
        return PushBack();
      case ListKind::kPopBack:
        return PopBack();
      case ListKind::kSplit:
        return Split();
      default:
        return absl::UnimplementedError("this op on lists of tensors has no form on tensors");
    }
  }

 private:
  const ir::Node& node() const { return graph_.node(id_); }
  ValueId Operand(int i) const { return node().input(i); }
  ValueId List() const { return Operand(op_.list); }
  ValueId Index() const { return Operand(op_.index); }
  ValueId Item() const { return Operand(op_.item); }
  int rank() const { return list_.element.rank() + 1; }
  std::string Name(absl::string_view what) const { return absl::StrCat(node().info.name, "/", what); }
  static ir::Attributes GatherAttrs() { return Attrs({{"axis", int64_t{0}}, {"batch_dims", int64_t{0}}}); }
  static ir::Attributes NoActivation() { return Attrs({{"fused_activation_function", int64_t{0}}}); }

  ValueId Op(absl::string_view op, std::vector<ValueId> inputs, ir::Attributes attrs = {}) {
    return Emit(graph_, id_, op, std::move(inputs), std::move(attrs));
  }
  ValueId Ints(absl::Span<const int64_t> elements) { return AddInts(graph_, Name("ints"), elements); }

  // The node's first result is that value from now on.
  absl::Status Replace(ValueId value) {
    passes::Forward(graph_, id_, {value});
    return absl::OkStatus();
  }

  // --- shapes

  Part PartOf(ValueId scalar) const {
    if (const auto known = ir::IntScalar(graph_, scalar)) return {.known = *known};
    return {.scalar = scalar};
  }
  ValueId ShapeOf(ValueId value) {
    const auto type = static_cast<int64_t>(ElementType::kInt32);
    return Emit(graph_, id_, "SHAPE", {value}, Attrs({{"out_type", type}}), ElementType::kInt32);
  }
  // value[begin:end], end 0: to the last; an axis that shrinks has one index only.
  ValueId SliceFirst(ValueId value, int64_t begin, int64_t end, bool shrink) {
    ir::Attributes attrs = Attrs({{"begin_mask", int64_t{0}},
                                  {"end_mask", int64_t{end == 0 && !shrink ? 1 : 0}},
                                  {"ellipsis_mask", int64_t{0}},
                                  {"new_axis_mask", int64_t{0}},
                                  {"shrink_axis_mask", int64_t{shrink ? 1 : 0}},
                                  {"offset", false}});
    return Op("STRIDED_SLICE", {value, Ints({begin}), Ints({end}), Ints({1})}, std::move(attrs));
  }
  Part DimensionPart(ValueId value, int axis) {
    const ir::Shape& shape = graph_.value(value).shape;
    if (axis < shape.rank() && shape[axis] != ir::kDynamic) return {.known = shape[axis]};
    return {.scalar = SliceFirst(ShapeOf(value), axis, axis + 1, /*shrink=*/true)};
  }
  Part LengthPart() {
    if (list_.length != ir::kDynamic) return {.known = list_.length};
    return {.scalar = SliceFirst(ShapeOf(List()), 0, 1, /*shrink=*/true)};
  }
  ValueId AsScalar(const Part& part) {
    return part.scalar != ir::kNoValue ? part.scalar : AddInt(graph_, Name("length"), part.known);
  }
  ValueId ShapeOf(const std::vector<Part>& parts) {
    std::vector<int64_t> known;
    for (const Part& part : parts) {
      if (part.scalar == ir::kNoValue) known.push_back(part.known);
    }
    if (known.size() == parts.size()) return Ints(known);
    std::vector<ValueId> scalars;
    for (const Part& part : parts) scalars.push_back(AsScalar(part));
    return Pack(std::move(scalars));
  }
  ValueId Pack(std::vector<ValueId> scalars) {
    const auto count = static_cast<int64_t>(scalars.size());
    return Op("PACK", std::move(scalars), Attrs({{"axis", int64_t{0}}, {"values_count", count}}));
  }
  std::vector<int64_t> Zeros(int count) const { return std::vector<int64_t>(static_cast<size_t>(count)); }

  // Where an element begins in the tensor.
  ValueId Begin(ValueId index) {
    std::vector<Part> parts = {PartOf(index)};
    parts.resize(static_cast<size_t>(rank()), Part{.known = 0});
    return ShapeOf(parts);
  }
  ValueId AsSlice(ValueId item) { return Op("EXPAND_DIMS", {item, AddInt(graph_, Name("axis"), 0)}); }

  // --- ops

  ValueId Zero() {
    if (*list_.type == ElementType::kFloat32) return AddFloat(graph_, Name("zero"), 0);
    const size_t bytes = ByteSize(*list_.type, 1);
    return graph_.AddConstant(Name("zero"), *list_.type, ir::Shape(), Bytes::Own(std::vector<uint8_t>(bytes)));
  }
  // What replaces the node's results when the list becomes that value. A TensorArray's other result, the resource, has
  // no meaning to anything but ops on the array.
  std::vector<ValueId> ListResult(ValueId list) {
    return std::vector<ValueId>(static_cast<size_t>(op_.list_result) + 1, list);
  }

  // True when the indices are 0, 1, 2, ... to the last.
  bool InOrder(ValueId indices) const {
    if (const auto known = ir::IntElements(graph_, indices)) {
      for (size_t i = 0; i < known->size(); ++i) {
        if ((*known)[i] != static_cast<int64_t>(i)) return false;
      }
      return true;
    }
    const ir::NodeId range = ProducerOf(graph_, indices, "RANGE");
    return range != ir::kNoNode && IsScalar(graph_, graph_.node(range).input(0), 0) &&
           IsScalar(graph_, graph_.node(range).input(2), 1);
  }
  // Indices in order, of which there are as many as elements in the list.
  bool AreAll(ValueId indices) const {
    if (!InOrder(indices)) return false;
    const ir::Shape& shape = graph_.value(indices).shape;
    if (list_.length != ir::kDynamic && shape.ranked() && shape.rank() == 1 && shape[0] == list_.length) return true;
    const ir::NodeId range = ProducerOf(graph_, indices, "RANGE");
    if (range == ir::kNoNode) return false;
    const ir::NodeId limit = graph_.producer(graph_.node(range).input(1));
    if (limit == ir::kNoNode) return false;
    const ListOp* op = lists::FindListOp(graph_.node(limit).op());
    return op != nullptr && op->kind == ListKind::kLength && graph_.node(limit).input(op->list) == List();
  }

  void Gather() {
    if (AreAll(Index())) {
      passes::Forward(graph_, id_, {List()});
    } else {
      Become(graph_, id_, "GATHER", {List(), Index()}, GatherAttrs());
    }
  }

  void ElementShape() {
    const ElementType type = graph_.value(node().output()).type;
    ValueId shape =
        list_.element.IsStatic() ? Ints(list_.element.dims()) : SliceFirst(ShapeOf(List()), 1, 0, /*shrink=*/false);
    if (type != ElementType::kInt32) {
      const auto to = static_cast<int64_t>(type), from = static_cast<int64_t>(ElementType::kInt32);
      shape = Emit(graph_, id_, "CAST", {shape}, Attrs({{"in_data_type", from}, {"out_data_type", to}}), type);
    }
    passes::Forward(graph_, id_, {shape});
  }

  // The element's dimensions from the second on, by a tensor whose dimension i + 1 - `offset` is the element's i.
  std::vector<Part> WithoutFirst(ValueId like, int offset) {
    std::vector<Part> parts;
    for (int i = 1; i < list_.element.rank(); ++i) {
      const bool known = list_.element[i] != ir::kDynamic;
      parts.push_back(known ? Part{.known = list_.element[i]} : DimensionPart(like, i + 1 - offset));
    }
    return parts;
  }

  // How many slices a tensor has; kDynamic also where that is no tensor of slices.
  int64_t Slices(ValueId tensor) const {
    const ir::Shape& shape = graph_.value(tensor).shape;
    return shape.rank() > 0 ? shape[0] : ir::kDynamic;
  }
  absl::Status RequireRows() const {
    if (list_.element.rank() > 0) return absl::OkStatus();
    return absl::InvalidArgumentError(
        "the list's elements are scalars, which have no dimension to join or split along");
  }

  absl::Status Concat() {
    ZP_RETURN_IF_ERROR(RequireRows());
    std::vector<Part> to = WithoutFirst(List(), 0);
    to.insert(to.begin(), Part{.known = -1});
    const ValueId joined = Op("RESHAPE", {List(), ShapeOf(to)});
    const Part each = list_.element[0] != ir::kDynamic ? Part{.known = list_.element[0]} : DimensionPart(List(), 1);
    const auto from = static_cast<int64_t>(ElementType::kInt32), wide = static_cast<int64_t>(ElementType::kInt64);
    const ValueId lengths = Op("FILL", {ShapeOf({LengthPart()}), AsScalar(each)});
    graph_.value(lengths).type = ElementType::kInt32;
    const ValueId as_long = Emit(graph_, id_, "CAST", {lengths},
                                 Attrs({{"in_data_type", from}, {"out_data_type", wide}}), ElementType::kInt64);
    passes::Forward(graph_, id_, {joined, as_long});
    return absl::OkStatus();
  }

  absl::Status Scatter() {
    const Part size = op_.size >= 0 ? PartOf(Operand(op_.size)) : Part{.known = -1};
    const bool as_many = size.scalar == ir::kNoValue && (size.known < 0 || Slices(Item()) == size.known);
    if (InOrder(Index()) && as_many) return Replace(Item());
    return absl::UnimplementedError("only indices 0, 1, 2, ... to the last are lowered to a tensor");
  }

  absl::Status ScatterInto() {
    if (!InOrder(Index())) return absl::UnimplementedError("only indices 0, 1, 2, ... are lowered to a tensor");
    if (list_.length != ir::kDynamic && Slices(Item()) == list_.length) return Replace(Item());
    Become(graph_, id_, "DYNAMIC_UPDATE_SLICE", {List(), Item(), Ints(Zeros(rank()))});
    return absl::OkStatus();
  }

  absl::Status SetItem() {
    const ValueId slice = AsSlice(Item());
    if (list_.length == 1) return Replace(slice);  // there is one place only
    const bool grows = node().attrs().Bool("resize_if_index_out_of_bounds");
    const ValueId list = grows ? GrownTo(Index()) : List();
    Become(graph_, id_, "DYNAMIC_UPDATE_SLICE", {list, slice, Begin(Index())});
    return absl::OkStatus();
  }

  // The list with zeros behind it, so that it has the index.
  ValueId GrownTo(ValueId index) {
    const ValueId next = Op("ADD", {index, AddInt(graph_, Name("one"), 1)}, NoActivation());
    const ValueId missing = Op("SUB", {next, AsScalar(LengthPart())}, NoActivation());
    const ValueId more = Op("MAXIMUM", {missing, AddInt(graph_, Name("zero"), 0)});
    std::vector<Part> parts(static_cast<size_t>(2 * rank()), Part{.known = 0});
    parts[1] = {.scalar = more};
    const ValueId padding = Op("RESHAPE", {ShapeOf(parts), Ints({rank(), 2})});
    return Op("PAD", {List(), padding});
  }

  absl::Status PushBack() {
    const ValueId slice = AsSlice(Item());
    ir::Attributes attrs = NoActivation();
    attrs.Set("axis", int64_t{0});
    Become(graph_, id_, "CONCATENATION", {List(), slice}, std::move(attrs));
    return absl::OkStatus();
  }

  absl::Status PopBack() {
    const ValueId rest = SliceFirst(List(), 0, -1, /*shrink=*/false);
    const ValueId last = SliceFirst(List(), -1, 0, /*shrink=*/true);
    passes::Forward(graph_, id_, {rest, last});
    return absl::OkStatus();
  }

  absl::Status Split() {
    ZP_RETURN_IF_ERROR(RequireRows());
    const auto lengths = ir::IntElements(graph_, Operand(op_.size));
    if (!lengths.has_value() || lengths->empty() || list_.element[0] == ir::kDynamic) {
      return absl::UnimplementedError("only a split into elements of one known length becomes a tensor");
    }
    std::vector<Part> to = WithoutFirst(Item(), 1);
    to.insert(to.begin(), {{.known = static_cast<int64_t>(lengths->size())}, {.known = list_.element[0]}});
    return Replace(Op("RESHAPE", {Item(), ShapeOf(to)}));
  }

  ir::Graph& graph_;
  ir::NodeId id_;
  const ListOp& op_;
  const ListClass& list_;
};

// Where a new list gets the shape of its elements from.
struct NewList {
  NodeAt at;
  std::vector<Dimension> element;
};

// Turns one class of values from lists to tensors.
class ClassLowering {
 public:
  ClassLowering(ir::Model& model, const ListClass& list, absl::Span<const lists::CallSite> sites)
      : model_(model), list_(list), sites_(sites), values_(list.values.begin(), list.values.end()) {}

  absl::StatusOr<int> Run() {
    if (!list_.type.has_value() || !list_.element.ranked()) return 0;
    int applied = Retype();
    // What reads is lowered at once, backwards so that a gather still sees what its indices count. What writes waits
    // until all shapes are known, because it tells them.
    for (auto at = list_.nodes.rbegin(); at != list_.nodes.rend(); ++at) {
      ZP_ASSIGN_OR_RETURN(const bool read, Lower(*at, [](Lowering lowering) { return lowering.Read(); }));
      applied += read ? 1 : 0;
    }
    if (!FindElements()) return applied;
    for (const NewList& made : new_lists_) {
      ZP_RETURN_IF_ERROR(Make(made));
      ++applied;
    }
    auto write = [](Lowering lowering) -> absl::StatusOr<bool> {
      ZP_RETURN_IF_ERROR(lowering.Write());
      return true;
    };
    for (const NodeAt& at : list_.nodes) {
      if (!StillThere(at)) continue;
      ZP_RETURN_IF_ERROR(Lower(at, write).status());
      ++applied;
    }
    return applied;
  }

 private:
  ir::Graph& graph(int index) { return model_.graphs[static_cast<size_t>(index)]; }
  bool StillThere(const NodeAt& at) {
    return graph(at.graph).alive(at.node) && lists::FindListOp(graph(at.graph).node(at.node).op()) != nullptr;
  }

  // Only ever adds knowledge, so that rounds of inference and of this come to an end.
  int Retype() {
    int changed = 0;
    const ir::Shape shape = list_.TensorShape();
    for (const Port& port : list_.values) {
      ir::Value& value = graph(port.graph).value(port.value);
      const bool fresh = value.type != *list_.type || !value.shape.ranked() || value.shape.rank() != shape.rank();
      if (fresh) value.shape = shape;
      changed += fresh ? 1 : 0;
      value.type = *list_.type;
      for (int i = 0; i < shape.rank(); ++i) {
        if (value.shape[i] != ir::kDynamic || shape[i] == ir::kDynamic) continue;
        value.shape.set(i, shape[i]);
        ++changed;
      }
    }
    return changed;
  }

  template <typename Apply>
  absl::StatusOr<bool> Lower(const NodeAt& at, Apply apply) {
    const ir::Node& node = graph(at.graph).node(at.node);
    const std::string op = node.op(), name = node.info.name;
    absl::StatusOr<bool> applied = apply(Lowering(graph(at.graph), at.node, *lists::FindListOp(op), list_));
    if (!applied.ok()) return Annotate(Annotate(applied.status(), Place::kOp, op), Place::kNode, name);
    return applied;
  }

  // Fills new_lists_; false when something is not known yet.
  bool FindElements() {
    for (const NodeAt& at : list_.nodes) {
      if (!StillThere(at)) continue;
      const ListKind kind = lists::FindListOp(graph(at.graph).node(at.node).op())->kind;
      if (kind != ListKind::kReserve && kind != ListKind::kEmpty) continue;
      NewList made{at, {}};
      for (int axis = 0; axis < list_.element.rank(); ++axis) {
        const std::optional<Dimension> found = FindDimension(at, axis);
        if (!found.has_value()) return false;
        made.element.push_back(*found);
      }
      new_lists_.push_back(std::move(made));
    }
    return true;
  }

  std::optional<Dimension> FindDimension(const NodeAt& at, int axis) {
    if (list_.element[axis] != ir::kDynamic) return Dimension{.known = list_.element[axis]};
    for (const NodeAt& writer : list_.nodes) {
      if (!StillThere(writer)) continue;
      const ir::Node& node = graph(writer.graph).node(writer.node);
      const ListOp& op = *lists::FindListOp(node.op());
      if (op.item < 0 || op.kind == ListKind::kSplit) continue;
      const bool one = op.kind == ListKind::kSetItem || op.kind == ListKind::kPushBack;
      const auto found = lists::TraceDimension(model_, sites_, values_, {writer.graph, node.input(op.item)},
                                               one ? axis : axis + 1, at.graph);
      if (found.has_value() && (found->known != ir::kDynamic || IsBefore(*found, at))) return found;
    }
    return std::nullopt;
  }

  // Where the list is read first; the list need not be made earlier.
  ir::NodeId FirstReader(const NodeAt& at) {
    const ir::Graph& home = graph(at.graph);
    const ir::ValueId list = home.node(at.node).output(lists::FindListOp(home.node(at.node).op())->list_result);
    for (ir::NodeId id : home.Order()) {
      const auto inputs = home.node(id).inputs();
      if (std::find(inputs.begin(), inputs.end(), list) != inputs.end()) return id;
    }
    return ir::kNoNode;
  }

  bool IsBefore(const Dimension& dimension, const NodeAt& at) {
    const ir::Graph& home = graph(at.graph);
    const ir::NodeId producer = home.producer(dimension.value);
    if (producer == ir::kNoNode) return true;
    const ir::NodeId reader = FirstReader(at);
    for (ir::NodeId id = home.first(); id != ir::kNoNode && id != reader; id = home.next(id)) {
      if (id == producer) return true;
    }
    return false;
  }

  absl::Status Make(const NewList& made) {
    ir::Graph& home = graph(made.at.graph);
    const ir::NodeId reader = FirstReader(made.at);
    if (reader != ir::kNoNode) home.MoveBefore(made.at.node, reader);
    return Lower(made.at,
                 [&](Lowering lowering) -> absl::StatusOr<bool> {
                   ZP_RETURN_IF_ERROR(lowering.Make(made.element));
                   return true;
                 })
        .status();
  }

  ir::Model& model_;
  const ListClass& list_;
  absl::Span<const lists::CallSite> sites_;
  const std::set<Port> values_;
  std::vector<NewList> new_lists_;
};

}  // namespace

absl::StatusOr<int> LowerLists(ir::Model& model) {
  ZP_ASSIGN_OR_RETURN(const lists::ListClasses classes, lists::ListClasses::Find(model));
  if (classes.all().empty()) return 0;
  const std::vector<lists::CallSite> sites = lists::CallSites(model);
  int applied = 0;
  for (const ListClass& list : classes.all()) {
    ZP_ASSIGN_OR_RETURN(const int times, ClassLowering(model, list, sites).Run());
    applied += times;
  }
  return applied;
}

}  // namespace zeropoint::passes
