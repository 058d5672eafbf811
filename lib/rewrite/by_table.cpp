// Before: y = f(x), x and y integers of 8 or 16 bits with scales s and zero points z
// After:  y = table[x - smallest integer]
//
// Algebra: table[i] = round(f((i + smallest - z_x) * s_x) / s_y) + z_y, clamped: what an exact kernel would compute.
// Where f is not defined (the logarithm of what is not positive), the entry is that of the nearest x where it is:
// calibration saw no such x, rounding may still produce one.
#include "rewrite/by_table.h"

#include <cmath>
#include <limits>
#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "kernels/encode.h"
#include "numeric/quantize.h"
#include "ops/op_def.h"
#include "ops/table_lookup.h"

namespace zeropoint::rewrite {
namespace {

struct Integers {
  int64_t low, high;
  size_t count() const { return static_cast<size_t>(high - low + 1); }
};

template <typename T>
Integers LimitsOf() {
  return {std::numeric_limits<T>::min(), std::numeric_limits<T>::max()};
}

Integers IntegersOf(ElementType type) { return type == ElementType::kInt16 ? LimitsOf<int16_t>() : LimitsOf<int8_t>(); }

std::vector<float> RealValues(const ir::Value& value) {
  const Integers integers = IntegersOf(value.type);
  std::vector<float> reals;
  reals.reserve(integers.count());
  for (int64_t q = integers.low; q <= integers.high; ++q) {
    reals.push_back(value.quant.scale[0] * static_cast<float>(q - value.quant.zero_point[0]));
  }
  return reals;
}

// False when no element is a number.
bool FillUndefined(std::vector<float>& values) {
  const size_t n = values.size();
  std::vector<size_t> before(n, n);  // the nearest defined element on the left; n: none
  for (size_t i = 0, last = n; i < n; ++i) {
    if (!std::isnan(values[i])) last = i;
    before[i] = last;
  }
  if (before[n - 1] == n) return false;
  for (size_t i = n, next = n; i-- > 0;) {
    if (!std::isnan(values[i])) {
      next = i;
      continue;
    }
    const bool left = before[i] != n && (next == n || i - before[i] <= next - i);
    values[i] = values[left ? before[i] : next];
  }
  return true;
}

std::vector<uint8_t> Encoded(const std::vector<float>& values, const ir::Value& result) {
  const Integers integers = IntegersOf(result.type);
  numeric::Encoding encoding;
  encoding.rule = numeric::Encoding::Rule::kDivide;
  encoding.factors = {static_cast<double>(result.quant.scale[0])};
  encoding.zero_point = result.quant.zero_point[0];
  encoding.low = integers.low;
  encoding.high = integers.high;
  std::vector<uint8_t> data(ByteSize(result.type, values.size()));
  kernels::Encode(values, {1, 1, values.size()}, encoding, result.type, data.data());
  return data;
}

class TableMaker {
 public:
  TableMaker(ir::Graph& graph, Names& names) : graph_(graph), names_(names) {}

  absl::Status Replace(ir::NodeId id) {
    const ir::Value& argument = graph_.value(graph_.node(id).input(0));
    const Integers integers = IntegersOf(argument.type);
    ops::LookupValues values;
    ZP_ASSIGN_OR_RETURN(values.table, TableOf(id));
    values.offset = Offset(static_cast<int32_t>(-integers.low));
    values.wide = AddIndex(id, "/cast");
    values.index = AddIndex(id, "/index");
    ops::BecomeLookup(graph_, id, values);
    return absl::OkStatus();
  }

 private:
  absl::StatusOr<ir::ValueId> TableOf(ir::NodeId id) {
    const ir::Node& node = graph_.node(id);
    const ops::OpDef* op = ops::FindOp(node.op());
    const ir::Value& argument = graph_.value(node.input(0));
    const ir::Value& result = graph_.value(node.output());
    if (op == nullptr || !argument.quant.quantized() || !result.quant.quantized()) {
      return absl::InternalError("the plan makes a table of what is not quantized");
    }
    ZP_ASSIGN_OR_RETURN(std::vector<float> values, ops::FunctionValues(*op, graph_, id, RealValues(argument)));
    // A scale of 0 stands for a result that is 0 throughout.
    if (!FillUndefined(values) || result.quant.scale[0] == 0.0f) {
      ir::Value zeros = result;
      values.assign(values.size(), 0.0f);
      zeros.quant.scale[0] = 1.0f;
      return Constant(id, values, zeros);
    }
    return Constant(id, values, result);
  }

  // Nodes with one function and one set of parameters share their table.
  ir::ValueId Constant(ir::NodeId id, const std::vector<float>& values, const ir::Value& as) {
    std::vector<uint8_t> data = Encoded(values, as);
    const ir::Value& result = graph_.value(graph_.node(id).output());
    Key key{result.type, result.quant.scale[0], result.quant.zero_point[0], data};
    auto known = tables_.find(key);
    if (known != tables_.end()) return known->second;
    ir::Value table;
    table.name = names_.Unique(absl::StrCat(result.name, "/table"));
    table.type = result.type;
    table.shape = {static_cast<int64_t>(values.size())};
    table.quant = result.quant;
    table.is_constant = true;
    table.data = Bytes::Own(std::move(data));
    return tables_[std::move(key)] = graph_.AddValue(std::move(table));
  }

  ir::ValueId Offset(int32_t offset) {
    auto known = offsets_.find(offset);
    if (known != offsets_.end()) return known->second;
    ir::Value value;
    value.name = names_.Unique("table_offset");
    value.type = ElementType::kInt32;
    value.shape = ir::Shape();
    value.is_constant = true;
    value.data = Bytes::Of(absl::MakeConstSpan(&offset, 1));
    return offsets_[offset] = graph_.AddValue(std::move(value));
  }

  ir::ValueId AddIndex(ir::NodeId id, const char* suffix) {
    ir::Value value;
    value.name = names_.Unique(absl::StrCat(graph_.value(graph_.node(id).output()).name, suffix));
    value.type = ElementType::kInt32;
    value.shape = graph_.value(graph_.node(id).input(0)).shape;
    return graph_.AddValue(std::move(value));
  }

  using Key = std::tuple<ElementType, float, int64_t, std::vector<uint8_t>>;
  ir::Graph& graph_;
  Names& names_;
  std::map<Key, ir::ValueId> tables_;
  std::map<int32_t, ir::ValueId> offsets_;
};

}  // namespace

absl::Status ExpandTables(ir::Graph& graph, const plan::GraphPlan& plan, Names& names) {
  TableMaker maker(graph, names);
  for (ir::NodeId id : graph.Order()) {
    auto decision = plan.nodes.find(id);
    if (decision == plan.nodes.end() || !decision->second.quantized || !decision->second.by_table) continue;
    absl::Status replaced = maker.Replace(id);
    if (!replaced.ok()) return Annotate(replaced, Place::kNode, decision->second.name);
  }
  return absl::OkStatus();
}

}  // namespace zeropoint::rewrite
