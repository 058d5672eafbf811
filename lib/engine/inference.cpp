#include "engine/inference.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/engine.h"
#include "engine/evaluate.h"
#include "ops/stored_bytes.h"

namespace zeropoint::engine {
namespace {

// Shapes, indices and the like; larger values are data.
constexpr int64_t kMaxKnownElements = 1024;

bool SmallEnough(const ir::Shape& shape) { return shape.IsStatic() && shape.NumElements() <= kMaxKnownElements; }

template <typename T>
std::vector<int64_t> Widen(const void* elements, int64_t count) {
  std::vector<int64_t> wide(static_cast<size_t>(count));
  for (int64_t i = 0; i < count; ++i) {
    T element;
    std::memcpy(&element, static_cast<const uint8_t*>(elements) + static_cast<size_t>(i) * sizeof(T), sizeof(T));
    wide[static_cast<size_t>(i)] = static_cast<int64_t>(element);
  }
  return wide;
}

std::optional<std::vector<int64_t>> Ints(const Operand& operand) {
  if (!operand.present || !SmallEnough(*operand.shape)) return std::nullopt;
  const int64_t count = operand.shape->NumElements();
  // A list without elements is known without being stored.
  if (operand.elements == nullptr && count > 0) return std::nullopt;
  switch (operand.type) {
    case ElementType::kInt8:
      return Widen<int8_t>(operand.elements, count);
    case ElementType::kInt16:
      return Widen<int16_t>(operand.elements, count);
    case ElementType::kInt32:
      return Widen<int32_t>(operand.elements, count);
    case ElementType::kInt64:
      return Widen<int64_t>(operand.elements, count);
    case ElementType::kUInt8:
    case ElementType::kBool:
      return Widen<uint8_t>(operand.elements, count);
    case ElementType::kUInt16:
      return Widen<uint16_t>(operand.elements, count);
    case ElementType::kUInt32:
      return Widen<uint32_t>(operand.elements, count);
    default:
      return std::nullopt;
  }
}

template <typename T>
std::shared_ptr<const Buffer> Narrow(const std::vector<int64_t>& elements) {
  auto buffer = std::make_shared<Buffer>(elements.size() * sizeof(T));
  for (size_t i = 0; i < elements.size(); ++i) {
    const T element = static_cast<T>(elements[i]);
    std::memcpy(buffer->data() + i * sizeof(T), &element, sizeof(T));
  }
  return buffer;
}

class Inferrer : public ops::InferContext {
 public:
  Inferrer(const ir::Graph& graph, const ir::Node& node, absl::Span<const Operand> operands, const Scope& scope)
      : graph_(graph), node_(node), operands_(operands), scope_(scope), results_(node.outputs().size()) {}

  const ir::Attributes& attrs() const override { return node_.attrs(); }
  int num_inputs() const override { return static_cast<int>(operands_.size()); }
  int num_outputs() const override { return static_cast<int>(results_.size()); }
  bool has_input(int i) const override { return i < num_inputs() && at(i).present; }
  ElementType input_type(int i) const override { return at(i).type; }
  const ir::Shape& input_shape(int i) const override { return has_input(i) ? *at(i).shape : unranked_; }
  ElementType output_type(int i) const override { return graph_.value(node_.output(i)).type; }
  const ir::Shape& output_shape(int i) const override { return graph_.value(node_.output(i)).shape; }
  std::optional<std::vector<int64_t>> input_ints(int i) const override {
    return has_input(i) ? Ints(at(i)) : std::nullopt;
  }
  bool input_ints_complete(int i) const override { return at(i).complete; }
  void set_output(int i, ElementType type, ir::Shape shape) override {
    Facts& result = results_[static_cast<size_t>(i)];
    result.type = type;
    result.shape = std::move(shape);
    set_[static_cast<size_t>(i)] = true;
  }
  void set_output_ints(int i, std::vector<int64_t> elements) override {
    Facts& result = results_[static_cast<size_t>(i)];
    result.complete = std::find(elements.begin(), elements.end(), ir::kDynamic) == elements.end();
    result.elements = result.type == ElementType::kInt64 ? Narrow<int64_t>(elements) : Narrow<int32_t>(elements);
  }

  absl::StatusOr<std::vector<ops::TypedShape>> CallResults(int graph,
                                                           absl::Span<const ops::TypedShape> arguments) override;

  // The op wanted to know of other graphs while there are none.
  bool misses_graphs() const { return misses_graphs_; }
  bool all_set() const { return std::find(set_.begin(), set_.end(), false) == set_.end(); }
  std::vector<Facts> Take() { return std::move(results_); }

 private:
  const Operand& at(int i) const { return operands_[static_cast<size_t>(i)]; }

  const ir::Graph& graph_;
  const ir::Node& node_;
  absl::Span<const Operand> operands_;
  const Scope& scope_;
  bool misses_graphs_ = false;
  std::vector<Facts> results_;
  std::vector<bool> set_ = std::vector<bool>(results_.size());
  const ir::Shape unranked_ = ir::Shape::Unranked();
};

// kInvalidArgument unless a node in `scope` may call the graph with such arguments.
absl::Status CheckCall(const Scope& scope, int callee, absl::Span<const ops::TypedShape> arguments) {
  if (callee < 0 || static_cast<size_t>(callee) >= scope.model->graphs.size()) {
    return absl::InvalidArgumentError(
        absl::StrCat("there is no graph ", callee, " to call; the model has ", scope.model->graphs.size()));
  }
  const ir::Graph& graph = scope.model->graphs[static_cast<size_t>(callee)];
  for (const Scope* caller = &scope; caller != nullptr; caller = caller->caller) {
    if (caller->graph == callee) return absl::InvalidArgumentError(absl::StrCat("graph ", graph.name, " calls itself"));
  }
  if (arguments.size() != graph.inputs.size()) {
    return absl::InvalidArgumentError(absl::StrCat("graph ", graph.name, " has ", graph.inputs.size(),
                                                   " inputs, the call ", arguments.size(), " arguments"));
  }
  for (size_t i = 0; i < arguments.size(); ++i) {
    const ir::Value& input = graph.value(graph.inputs[i]);
    if (input.type != arguments[i].type) {
      return absl::InvalidArgumentError(absl::StrCat("input ", input.name, " of graph ", graph.name, " is ",
                                                     Name(input.type), ", the argument ", Name(arguments[i].type)));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<ops::TypedShape>> Inferrer::CallResults(int graph,
                                                                   absl::Span<const ops::TypedShape> arguments) {
  if (scope_.model == nullptr) {
    misses_graphs_ = true;
    return absl::UnimplementedError("a graph that stands alone cannot call others");
  }
  ZP_RETURN_IF_ERROR(CheckCall(scope_, graph, arguments));
  // What was inferred once calls none of its callers, so that the check for cycles has been made for this caller, too.
  if (scope_.known != nullptr) {
    if (const auto* known = scope_.known->Find(graph, arguments); known != nullptr) return *known;
  }
  const ir::Graph& callee = scope_.model->graphs[static_cast<size_t>(graph)];
  std::vector<ir::Shape> shapes;
  for (const ops::TypedShape& argument : arguments) shapes.push_back(argument.shape);
  ZP_ASSIGN_OR_RETURN(const std::vector<Facts> facts,
                      InferGraph(callee, shapes, {scope_.model, graph, &scope_, scope_.known}));
  std::vector<ops::TypedShape> results;
  for (ir::ValueId id : callee.outputs) {
    const Facts& result = facts[static_cast<size_t>(id)];
    results.push_back({result.type, result.shape});
  }
  if (scope_.known != nullptr) scope_.known->Add(graph, arguments, results);
  return results;
}

absl::Status CheckArity(const ir::Node& node, const ops::OpDef& op, absl::Span<const Operand> operands) {
  const int inputs = static_cast<int>(operands.size()), outputs = static_cast<int>(node.outputs().size());
  if (inputs < op.inputs.min || inputs > op.inputs.max) {
    return absl::InvalidArgumentError(absl::StrCat(op.name, " with ", inputs, " operands"));
  }
  if (outputs < op.outputs.min || outputs > op.outputs.max) {
    return absl::InvalidArgumentError(absl::StrCat(op.name, " with ", outputs, " results"));
  }
  for (int i = 0; i < op.inputs.min; ++i) {
    if (!operands[static_cast<size_t>(i)].present) {
      return absl::InvalidArgumentError(absl::StrCat(op.name, " lacks operand ", i));
    }
  }
  return absl::OkStatus();
}

Facts DeclaredFacts(const ir::Value& value) {
  Facts facts;
  facts.type = value.type;
  facts.shape = value.shape;
  return facts;
}

// A dimension or rank that inference cannot tell may still be declared (a .tflite says so of data-dependent shapes).
ir::Shape FillGaps(ir::Shape inferred, const ir::Shape& declared) {
  if (!inferred.ranked()) return declared.rank() > 0 ? declared : inferred;
  if (!declared.ranked() || declared.rank() != inferred.rank()) return inferred;
  for (int i = 0; i < inferred.rank(); ++i) {
    if (inferred[i] == ir::kDynamic) inferred.set(i, declared[i]);
  }
  return inferred;
}

// Elements of results that follow from elements of operands.
void Materialize(const ir::Graph& graph, ir::NodeId id, const ops::OpDef& op, absl::Span<const Operand> operands,
                 std::vector<Facts>& results) {
  if (op.eval_float == nullptr || op.has_side_effects || operands.empty()) return;
  bool complete = true;
  for (size_t i = 0; i < operands.size(); ++i) {
    if (operands[i].present && operands[i].elements == nullptr) return;
    if (operands[i].complete) continue;
    complete = false;
    // An unknown element may be moved around, but it can neither be computed with nor be an index.
    const bool data = op.quant.input(static_cast<int>(i)).role == ops::Role::kActivation;
    if (!op.moves_elements || !data) return;
  }
  for (const Facts& result : results) {
    const bool holds_unknown = complete || Traits(result.type).is_integer;
    if (result.elements != nullptr || !SmallEnough(result.shape) || !holds_unknown) return;
  }
  auto buffers = EvaluateKnown(graph, id, op, operands, results);
  if (!buffers.ok()) return;  // the run will say so, should it come here
  for (size_t i = 0; i < results.size(); ++i) {
    results[i].elements = (*buffers)[i];
    results[i].complete = complete;
  }
}

Operand MakeOperand(const ir::Graph& graph, const std::vector<Facts>& facts, ir::ValueId id) {
  if (id == ir::kNoValue) return {};
  const Facts& known = facts[static_cast<size_t>(id)];
  Operand operand{true, known.type, &known.shape};
  const ir::Value& value = graph.value(id);
  if (value.is_constant) {
    // Large constants are data: what is computed from them is left to the run or to constant folding.
    if (SmallEnough(known.shape)) operand.elements = value.data.data();
  } else if (known.elements != nullptr) {
    operand.elements = known.elements->data();
    operand.complete = known.complete;
  }
  return operand;
}

absl::Status InferOne(const ir::Graph& graph, ir::NodeId id, const Scope& scope, std::vector<Facts>& facts) {
  const ir::Node& node = graph.node(id);
  const ops::OpDef* op = ops::FindOp(node.op());
  if (op == nullptr || op->infer == nullptr) return absl::OkStatus();
  std::vector<Operand> operands;
  for (ir::ValueId input : node.inputs()) operands.push_back(MakeOperand(graph, facts, input));
  ZP_ASSIGN_OR_RETURN(std::vector<Facts> results, InferNode(graph, id, *op, operands, scope));
  Materialize(graph, id, *op, operands, results);
  for (size_t i = 0; i < results.size(); ++i) {
    facts[static_cast<size_t>(node.output(static_cast<int>(i)))] = std::move(results[i]);
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status AnnotateNode(absl::Status status, const ir::Graph& graph, ir::NodeId id) {
  if (status.ok()) return status;
  const ir::Node& node = graph.node(id);
  status = Annotate(std::move(status), Place::kOp, node.op());
  if (!node.outputs().empty()) {
    const std::string& tensor = graph.value(node.output()).name;
    status = Annotate(std::move(status), Place::kTensor, tensor);
    if (node.info.name.empty()) return Annotate(std::move(status), Place::kNode, tensor);
  }
  return Annotate(std::move(status), Place::kNode, node.info.name);
}

absl::StatusOr<std::vector<Facts>> InferNode(const ir::Graph& graph, ir::NodeId id, const ops::OpDef& op,
                                             absl::Span<const Operand> operands, const Scope& scope) {
  const ir::Node& node = graph.node(id);
  absl::Status status = CheckArity(node, op, operands);
  Inferrer context(graph, node, operands, scope);
  if (status.ok()) status = op.infer(context);
  if (context.misses_graphs()) {
    std::vector<Facts> declared;
    for (ir::ValueId output : node.outputs()) declared.push_back(DeclaredFacts(graph.value(output)));
    return declared;
  }
  if (status.ok() && !context.all_set()) {
    status = absl::InternalError(absl::StrCat("shape inference of ", op.name, " left a result out"));
  }
  if (!status.ok()) return AnnotateNode(std::move(status), graph, id);
  return context.Take();
}

const std::vector<ops::TypedShape>* KnownCalls::Find(int graph, absl::Span<const ops::TypedShape> arguments) const {
  const auto calls = calls_.find(graph);
  if (calls == calls_.end()) return nullptr;
  auto same = [](const ops::TypedShape& a, const ops::TypedShape& b) { return a.type == b.type && a.shape == b.shape; };
  for (const Call& call : calls->second) {
    if (std::equal(call.arguments.begin(), call.arguments.end(), arguments.begin(), arguments.end(), same))
      return &call.results;
  }
  return nullptr;
}

void KnownCalls::Add(int graph, absl::Span<const ops::TypedShape> arguments, std::vector<ops::TypedShape> results) {
  calls_[graph].push_back({{arguments.begin(), arguments.end()}, std::move(results)});
}

absl::StatusOr<std::vector<Facts>> InferGraph(const ir::Graph& graph, absl::Span<const ir::Shape> input_shapes,
                                              const Scope& outer) {
  KnownCalls calls;
  Scope scope = outer;
  if (scope.known == nullptr) scope.known = &calls;
  std::vector<Facts> facts;
  for (ir::ValueId id = 0; id < graph.num_values(); ++id) facts.push_back(DeclaredFacts(graph.value(id)));
  for (size_t i = 0; i < input_shapes.size(); ++i) {
    facts[static_cast<size_t>(graph.inputs[i])].shape = input_shapes[i];
  }
  for (ir::NodeId id = graph.first(); id != ir::kNoNode; id = graph.next(id)) {
    ZP_RETURN_IF_ERROR(InferOne(graph, id, scope, facts));
  }
  return facts;
}

namespace {

void Declare(std::vector<Facts> facts, ir::Graph& graph) {
  for (ir::NodeId id = graph.first(); id != ir::kNoNode; id = graph.next(id)) {
    for (ir::ValueId output : graph.node(id).outputs()) {
      Facts& known = facts[static_cast<size_t>(output)];
      graph.value(output).type = known.type;
      graph.value(output).shape = FillGaps(std::move(known.shape), graph.value(output).shape);
    }
  }
}

}  // namespace

absl::Status InferShapes(ir::Graph& graph) {
  ZP_ASSIGN_OR_RETURN(std::vector<Facts> facts, InferGraph(graph, {}, Scope()));
  Declare(std::move(facts), graph);
  return absl::OkStatus();
}

absl::Status InferShapes(ir::Model& model) {
  for (size_t i = 0; i < model.graphs.size(); ++i) {
    ZP_ASSIGN_OR_RETURN(std::vector<Facts> facts, InferGraph(model.graphs[i], {}, {&model, static_cast<int>(i)}));
    Declare(std::move(facts), model.graphs[i]);
  }
  return absl::OkStatus();
}

std::vector<std::pair<ir::ValueId, ir::Value>> KnownValues(const ir::Graph& graph) {
  std::vector<std::pair<ir::ValueId, ir::Value>> known;
  auto facts = InferGraph(graph, {}, Scope());
  if (!facts.ok()) return known;
  for (ir::ValueId id = 0; id < graph.num_values(); ++id) {
    const Facts& fact = (*facts)[static_cast<size_t>(id)];
    if (!fact.known()) continue;
    ir::Value value = graph.value(id);
    value.type = fact.type;
    value.shape = fact.shape;
    value.is_constant = true;
    value.data = Bytes(fact.elements, fact.elements->data(), fact.elements->size());
    known.emplace_back(id, std::move(value));
  }
  return known;
}

}  // namespace zeropoint::engine
