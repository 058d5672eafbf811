#include "ir/verifier.h"

#include <algorithm>
#include <limits>

#include "absl/strings/str_cat.h"

namespace zeropoint::ir {
namespace {

template <typename... Parts>
absl::Status Broken(const Parts&... parts) {
  return absl::InternalError(absl::StrCat("broken graph: ", parts...));
}

bool InRange(const Graph& graph, ValueId id) { return id >= 0 && id < graph.num_values(); }

absl::Status VerifyConstantData(const Value& value) {
  const size_t bits = static_cast<size_t>(Traits(value.type).bits);
  if (bits == 0) return absl::OkStatus();  // strings: the format's packed form, of any length
  if (!value.shape.IsStatic()) return Broken("constant of unknown shape ", value.shape.ToString());
  const uint64_t count = static_cast<uint64_t>(value.shape.NumElements());
  const bool countable = count <= std::numeric_limits<size_t>::max() / bits;
  if (!countable || ByteSize(value.type, static_cast<size_t>(count)) != value.data.size()) {
    return Broken("constant ", Name(value.type), value.shape.ToString(), " has ", value.data.size(), " bytes");
  }
  return absl::OkStatus();
}

absl::Status VerifyQuantization(const Value& value) {
  const QuantParams& quant = value.quant;
  if (quant.scale.size() != quant.zero_point.size()) {
    return Broken(quant.scale.size(), " scales but ", quant.zero_point.size(), " zero points");
  }
  if (quant.min.size() != quant.max.size()) return Broken("ranges with one end");
  if (quant.quantized() && !quant.min.empty() && quant.min.size() != quant.scale.size()) {
    return Broken("ranges do not match the scales");
  }
  const size_t slices = std::max(quant.scale.size(), quant.min.size());
  if (slices <= 1 || !value.shape.ranked()) return absl::OkStatus();
  if (quant.axis < 0 || quant.axis >= value.shape.rank()) {
    return Broken("quantized along axis ", quant.axis, " of ", value.shape.ToString());
  }
  const int64_t size = value.shape[quant.axis];
  if (size != kDynamic && static_cast<uint64_t>(size) != slices) {
    return Broken(slices, " scales or ranges along axis ", quant.axis, " of ", value.shape.ToString());
  }
  return absl::OkStatus();
}

absl::Status VerifyValue(const Graph& graph, ValueId id) {
  const Value& value = graph.value(id);
  if (FindTraits(static_cast<int>(value.type)) == nullptr) return Broken("unknown element type");
  for (int64_t dim : value.shape.dims()) {
    if (dim < 0 && dim != kDynamic) return Broken("shape ", value.shape.ToString());
  }
  if (value.is_constant) {
    if (graph.producer(id) != kNoNode) return Broken("a constant has a producer");
    ZP_RETURN_IF_ERROR(VerifyConstantData(value));
  }
  return VerifyQuantization(value);
}

// Walks the nodes in order of execution and checks that what they read exists by then.
class OrderCheck {
 public:
  explicit OrderCheck(const Graph& graph) : graph_(graph), defined_(static_cast<size_t>(graph.num_values()), false) {}

  absl::Status Run() {
    for (ValueId id : graph_.inputs) {
      if (!InRange(graph_, id)) return Broken("graph input ", id, " does not exist");
      if (graph_.producer(id) != kNoNode) return At(id, Broken("a graph input has a producer"));
    }
    DefineSources();
    for (NodeId id : graph_.Order()) {
      const Node& node = graph_.node(id);
      absl::Status status = Check(id, node);
      ZP_RETURN_IF_ERROR(Annotate(Annotate(status, Place::kNode, node.info.name), Place::kOp, node.op()));
    }
    for (ValueId id : graph_.outputs) {
      if (!InRange(graph_, id)) return Broken("graph output ", id, " does not exist");
      if (!Defined(id)) return At(id, Broken("nothing computes a graph output"));
    }
    return absl::OkStatus();
  }

 private:
  absl::Status At(ValueId id, absl::Status status) const {
    return Annotate(std::move(status), Place::kTensor, graph_.value(id).name);
  }
  bool Defined(ValueId id) const { return defined_[static_cast<size_t>(id)]; }
  void Define(ValueId id) { defined_[static_cast<size_t>(id)] = true; }

  void DefineSources() {
    for (ValueId id : graph_.inputs) Define(id);
    for (ValueId id = 0; id < graph_.num_values(); ++id) {
      if (graph_.value(id).is_constant || graph_.value(id).is_variable) Define(id);
    }
  }

  absl::Status Check(NodeId id, const Node& node) {
    for (ValueId in : node.inputs()) {
      if (in == kNoValue) continue;
      if (!InRange(graph_, in)) return Broken("operand ", in, " does not exist");
      if (!Defined(in)) return At(in, Broken("an operand is read before it is computed"));
    }
    for (ValueId scratch : node.info.intermediates) {
      if (scratch != kNoValue && !InRange(graph_, scratch)) return Broken("intermediate ", scratch, " does not exist");
    }
    if (!node.info.mutates.empty() && node.info.mutates.size() != node.inputs().size()) {
      return Broken(node.info.mutates.size(), " flags of mutated operands for ", node.inputs().size(), " operands");
    }
    for (ValueId out : node.outputs()) {
      if (!InRange(graph_, out)) return Broken("result ", out, " does not exist");
      if (graph_.producer(out) != id) return At(out, Broken("a result has two producers"));
      Define(out);
    }
    return absl::OkStatus();
  }

  const Graph& graph_;
  std::vector<bool> defined_;
};

absl::Status VerifySignature(const Model& model, const Signature& signature) {
  if (signature.graph < 0 || static_cast<size_t>(signature.graph) >= model.graphs.size()) {
    return Broken("a signature names graph ", signature.graph, " of ", model.graphs.size());
  }
  const Graph& graph = model.graphs[static_cast<size_t>(signature.graph)];
  for (const std::vector<NamedValue>* list : {&signature.inputs, &signature.outputs}) {
    for (const NamedValue& named : *list) {
      if (!InRange(graph, named.value)) {
        return Annotate(Broken("a signature names value ", named.value), Place::kTensor, named.name);
      }
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status Verify(const Graph& graph) {
  for (ValueId id = 0; id < graph.num_values(); ++id) {
    ZP_RETURN_IF_ERROR(Annotate(VerifyValue(graph, id), Place::kTensor, graph.value(id).name));
  }
  return OrderCheck(graph).Run();
}

absl::Status Verify(const Model& model) {
  if (model.graphs.empty()) return Broken("no graph");
  for (const Graph& graph : model.graphs) ZP_RETURN_IF_ERROR(Verify(graph));
  for (const Signature& signature : model.signatures) {
    ZP_RETURN_IF_ERROR(Annotate(VerifySignature(model, signature), Place::kSignature, signature.key));
  }
  return absl::OkStatus();
}

}  // namespace zeropoint::ir
