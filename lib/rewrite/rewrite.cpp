#include "rewrite/rewrite.h"

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/parallel.h"
#include "base/scratch.h"
#include "ir/float_view.h"
#include "kernels/encode.h"
#include "ops/op_def.h"
#include "rewrite/by_table.h"
#include "rewrite/names.h"

namespace zeropoint::rewrite {
namespace {

using plan::ValuePlan;

// TensorFlow's names for what it adds; the ones of the 16x8 mode tell the type.
constexpr char kQuantizedInput[] = "tfl.quantize";
constexpr char kInt16Suffix[] = "_int16";
constexpr char kFloatSuffix[] = "_float";
// What tells GPU delegates that float16 arithmetic is good enough.
constexpr char kReducedPrecisionKey[] = "reduced_precision_support";
constexpr char kReducedPrecision[] = "fp16accfp32";

// The int8 form of the same real values as a uint8 form.
ValuePlan Int8Of(ValuePlan form) {
  constexpr int64_t kUInt8Shift = 128;
  form.type = ElementType::kInt8;
  for (int64_t& zero_point : form.params.zero_point) zero_point -= kUInt8Shift;
  return form;
}

// A constant to be stored in another form.
struct EncodeJob {
  int graph;
  ir::ValueId from, to;
  const ValuePlan* form;
};

// Applies the plan of one graph. Constants of another form are added empty and listed in `jobs`: they are filled in
// later, in parallel.
class GraphRewriter {
 public:
  GraphRewriter(ir::Graph& graph, int index, const plan::GraphPlan& plan, std::vector<EncodeJob>& jobs)
      : graph_(graph), index_(index), plan_(plan), names_(graph), jobs_(jobs) {}

  absl::Status Run() {
    ClearFloatParams();
    StoreValues();
    for (ir::NodeId id : graph_.Order()) {
      for (const ops::AttrOverride& attr : AttrsOf(id)) graph_.node(id).info.attrs.Set(attr.name, attr.value);
      ZP_RETURN_IF_ERROR(ReadOperands(id));
    }
    ZP_RETURN_IF_ERROR(ExpandTables(graph_, plan_, names_));
    return DeliverOutputs();
  }

  // Old output -> what the graph delivers instead.
  const std::map<ir::ValueId, ir::ValueId>& delivered() const { return delivered_; }

 private:
  // A float value has no parameters, whatever the file it came from says.
  void ClearFloatParams() {
    for (ir::ValueId id = 0; id < graph_.num_values(); ++id) {
      if (graph_.value(id).type == ElementType::kFloat32) graph_.value(id).quant = {};
    }
  }

  void StoreValues() {
    for (const auto& [id, form] : plan_.values) {
      if (graph_.value(id).is_constant) {
        stored_[id] = Encoded(id, form);
      } else {
        graph_.value(id).type = form.type;
        graph_.value(id).quant = form.params;
      }
    }
  }

  const std::vector<ops::AttrOverride>& AttrsOf(ir::NodeId id) const {
    static const std::vector<ops::AttrOverride> none;
    auto decision = plan_.nodes.find(id);
    return decision == plan_.nodes.end() ? none : decision->second.attrs;
  }

  absl::Status ReadOperands(ir::NodeId id) {
    for (int i = 0; i < static_cast<int>(graph_.node(id).inputs().size()); ++i) {
      const ir::ValueId value = graph_.node(id).input(i);
      auto wanted = plan_.operands.find({id, i});
      if (value == ir::kNoValue || wanted == plan_.operands.end()) continue;
      const bool floats = wanted->second.type == ElementType::kFloat32;
      if (graph_.value(value).is_constant && !floats) {
        graph_.SetInput(id, i, Encoded(value, wanted->second));
        continue;
      }
      ZP_ASSIGN_OR_RETURN(const ir::ValueId converted, Converted(StoredFor(id, i), wanted->second, id));
      graph_.SetInput(id, i, converted);
    }
    return absl::OkStatus();
  }

  // What the file has in the place of the operand.
  ir::ValueId StoredFor(ir::NodeId id, int operand) {
    const ir::ValueId value = graph_.node(id).input(operand);
    auto own = plan_.constants.find({id, operand});
    if (own != plan_.constants.end()) return Encoded(value, own->second);
    auto stored = stored_.find(value);
    return stored == stored_.end() ? value : stored->second;
  }

  // The copy of a constant in that form.
  ir::ValueId Encoded(ir::ValueId constant, const ValuePlan& form) {
    std::vector<std::pair<const ValuePlan*, ir::ValueId>>& copies = encoded_[constant];
    for (const auto& [known, copy] : copies) {
      if (SameForm(*known, form) && known->encoding == form.encoding) return copy;
    }
    ir::Value value;
    // The first copy inherits the name: most constants have one form and the original goes away.
    value.name = copies.empty() ? graph_.value(constant).name : names_.Unique(graph_.value(constant).name);
    value.type = form.type;
    value.shape = graph_.value(constant).shape;
    value.is_constant = true;
    value.quant = form.params;
    const ir::ValueId copy = graph_.AddValue(std::move(value));
    copies.emplace_back(&form, copy);
    jobs_.push_back({index_, constant, copy, &form});
    return copy;
  }

  bool IsStoredAs(ir::ValueId id, const ValuePlan& form) const {
    ValuePlan stored;
    stored.type = graph_.value(id).type;
    stored.params = graph_.value(id).quant;
    if (form.type == ElementType::kFloat32) return stored.type == form.type;
    return SameForm(stored, form);
  }

  // `value` in that form: itself, or the result of a QUANTIZE or DEQUANTIZE that all who want it share.
  absl::StatusOr<ir::ValueId> Converted(ir::ValueId value, const ValuePlan& form, ir::NodeId before) {
    if (IsStoredAs(value, form)) return value;
    // LiteRT's QUANTIZE does not go from int16 to uint8 in one step.
    if (form.type == ElementType::kUInt8 && graph_.value(value).type == ElementType::kInt16) {
      ZP_ASSIGN_OR_RETURN(value, Converted(value, Int8Of(form), before));
    }
    std::vector<std::pair<ValuePlan, ir::ValueId>>& results = converted_[value];
    for (const auto& [known, result] : results) {
      if (SameForm(known, form)) return result;
    }
    const bool floats = form.type == ElementType::kFloat32;
    const ops::OpDef* op = ops::FindConversion(floats ? ops::Conversion::kDequantize : ops::Conversion::kQuantize);
    if (op == nullptr) return absl::InternalError("no op record converts between float and integer");
    ir::Value result;
    result.name = names_.Unique(NameOfConverted(value, form.type));
    result.type = form.type;
    result.shape = graph_.value(value).shape;
    result.quant = form.params;
    ir::NodeInfo info;
    info.op = std::string(op->name);
    info.name = result.name;
    const ir::ValueId added = graph_.AddValue(std::move(result));
    graph_.AddNode(std::move(info), {value}, {added}, before);
    results.emplace_back(form, added);
    return added;
  }

  std::string NameOfConverted(ir::ValueId value, ElementType type) const {
    const std::string& name = graph_.value(value).name;
    if (type == ElementType::kInt16) return absl::StrCat(name, kInt16Suffix);
    const bool floats = type == ElementType::kFloat32;
    if (floats && graph_.value(value).type == ElementType::kInt16) return absl::StrCat(name, kFloatSuffix);
    if (!floats && graph_.IsGraphInput(value)) return kQuantizedInput;
    return name;
  }

  absl::Status DeliverOutputs() {
    for (const auto& [position, form] : plan_.outputs) {
      const ir::ValueId value = graph_.outputs[static_cast<size_t>(position)];
      ZP_ASSIGN_OR_RETURN(const ir::ValueId result, Converted(value, form, ir::kNoNode));
      if (result == value) continue;
      graph_.outputs[static_cast<size_t>(position)] = result;
      if (!delivered_.emplace(value, result).second) continue;
      // The user knows the name: it goes with what the graph delivers.
      const std::string name = graph_.value(value).name;
      const bool has_int16 = graph_.value(value).type == ElementType::kInt16 || form.type == ElementType::kInt16;
      graph_.value(value).name =
          has_int16 ? names_.Unique(absl::StrCat(name, kInt16Suffix)) : graph_.value(result).name;
      graph_.value(result).name = name;
    }
    return absl::OkStatus();
  }

  ir::Graph& graph_;
  const int index_;
  const plan::GraphPlan& plan_;
  Names names_;
  std::vector<EncodeJob>& jobs_;
  std::map<ir::ValueId, ir::ValueId> stored_;  // constants stored in another form
  std::map<ir::ValueId, std::vector<std::pair<const ValuePlan*, ir::ValueId>>> encoded_;
  std::map<ir::ValueId, std::vector<std::pair<ValuePlan, ir::ValueId>>> converted_;
  std::map<ir::ValueId, ir::ValueId> delivered_;
};

absl::Status EncodeConstant(ir::Graph& graph, const EncodeJob& job) {
  const ir::Value& from = graph.value(job.from);
  const std::optional<ir::FloatView> elements = ir::FloatView::Of(graph, job.from);
  if (!elements.has_value()) {
    return Annotate(absl::InternalError("the plan quantizes a constant that is not float"), Place::kTensor, from.name);
  }
  const bool per_channel = job.form->encoding.factors.size() > 1;
  const numeric::ChannelLayout layout = numeric::LayoutOf(from.shape.dims(), per_channel ? job.form->params.axis : -1);
  if (layout.elements() != elements->size() || (per_channel && layout.channels != job.form->encoding.factors.size())) {
    return Annotate(absl::InternalError("the plan's parameters do not fit the constant"), Place::kTensor, from.name);
  }
  const size_t size = ByteSize(job.form->type, elements->size());
  const std::shared_ptr<uint8_t> data = ScratchMemory(size);
  kernels::Encode(*elements, layout, job.form->encoding, job.form->type, data.get());
  graph.value(job.to).data = Bytes(data, data.get(), size);
  return absl::OkStatus();
}

void RenameOutputs(ir::Model& model, int graph, const std::map<ir::ValueId, ir::ValueId>& delivered) {
  for (ir::Signature& signature : model.signatures) {
    if (signature.graph != graph) continue;
    for (ir::NamedValue& output : signature.outputs) {
      auto now = delivered.find(output.value);
      if (now != delivered.end()) output.value = now->second;
    }
  }
}

}  // namespace

absl::StatusOr<ir::Model> ApplyPlan(ir::Model model, const plan::Plan& plan, const Context& context) {
  if (plan.graphs.size() != model.graphs.size()) {
    return absl::InternalError("the plan was made for another model: it has another number of graphs");
  }
  std::vector<EncodeJob> jobs;
  for (size_t g = 0; g < model.graphs.size(); ++g) {
    GraphRewriter rewriter(model.graphs[g], static_cast<int>(g), plan.graphs[g], jobs);
    ZP_RETURN_IF_ERROR(rewriter.Run());
    RenameOutputs(model, static_cast<int>(g), rewriter.delivered());
  }
  ZP_RETURN_IF_ERROR(ParallelFor(context.threads, jobs.size(), [&](int, size_t i) {
    return EncodeConstant(model.graphs[static_cast<size_t>(jobs[i].graph)], jobs[i]);
  }));
  if (plan.options.scheme == plan::Scheme::kFloat16 && !plan::IsMixed(plan)) {
    const absl::string_view text = kReducedPrecision;
    model.metadata.push_back({kReducedPrecisionKey, Bytes::Of(absl::MakeConstSpan(text.data(), text.size()))});
  }
  return model;
}

}  // namespace zeropoint::rewrite
