// Every record on tensors without elements: shape inference and kernel succeed or say why not, and never crash.
#include <functional>
#include <map>
#include <random>
#include <set>

#include "one_node.h"
#include "ops/op_def.h"
#include "tests/support/golden.h"

namespace zeropoint {
namespace {

// A node and what it is given; operands that are null are absent.
struct Trial {
  std::string op;
  ir::Attributes attrs;
  std::vector<std::optional<ir::Value>> operands;
  std::set<size_t> variables, constants;
  std::vector<ElementType> results;
  std::vector<std::string> called;  // other graphs, as text
};

absl::Status Run(const Trial& trial) {
  OneNode node(trial.op, trial.attrs);
  std::vector<const void*> inputs;
  static constexpr uint8_t kNothing[64] = {};
  for (size_t i = 0; i < trial.operands.size(); ++i) {
    if (!trial.operands[i].has_value()) {
      node.Absent();
      continue;
    }
    const ir::Value& value = *trial.operands[i];
    const std::vector<int64_t> dims(value.shape.dims().begin(), value.shape.dims().end());
    if (trial.variables.count(i) != 0) {
      node.Variable(dims);
    } else if (trial.constants.count(i) != 0) {
      node.Constant(value.type, Elements<uint8_t>{dims, {value.data.data(), value.data.data() + value.data.size()}});
    } else {
      node.Input(value.type, dims, value.quant);
      inputs.push_back(value.data.empty() ? kNothing : value.data.data());
    }
  }
  for (ElementType type : trial.results) node.Result(type);
  for (const std::string& text : trial.called) node.Called(text.c_str());
  return node.Run(inputs);
}

// True: it ran. An error must be one that the user can act on, not one of ours.
bool RunsOrTells(const Trial& trial) {
  const absl::Status status = Run(trial);
  if (status.ok()) return true;
  INFO(trial.op << ": " << Describe(status));
  CHECK(!status.message().empty());
  CHECK(status.code() != absl::StatusCode::kInternal);
  CHECK(status.code() != absl::StatusCode::kUnknown);
  return false;
}

// The operand cut to a shape; the elements that stay are the first ones.
ir::Value Cut(const ir::Value& value, const ir::Shape& shape) {
  ir::Value cut = value;
  cut.shape = shape;
  const size_t bytes = ByteSize(value.type, static_cast<size_t>(shape.NumElements()));
  cut.data = bytes == 0 ? Bytes() : Bytes::Of(value.data.span().first(bytes));
  return cut;
}

// All variants of a trial in which a dimension is 0: of one operand alone, and of every operand where it has that size.
void ForEachEmptied(const Trial& whole, const std::function<void(const Trial&)>& f) {
  for (size_t i = 0; i < whole.operands.size(); ++i) {
    if (!whole.operands[i].has_value()) continue;
    const ir::Shape& shape = whole.operands[i]->shape;
    for (int axis = 0; axis < shape.rank(); ++axis) {
      Trial alone = whole, all = whole;
      ir::Shape empty = shape;
      empty.set(axis, 0);
      alone.operands[i] = Cut(*whole.operands[i], empty);
      for (std::optional<ir::Value>& operand : all.operands) {
        if (!operand.has_value()) continue;
        ir::Shape other = operand->shape;
        for (int k = 0; k < other.rank(); ++k) {
          if (other[k] == shape[axis]) other.set(k, 0);
        }
        // Lists of sizes and axes keep their elements: they are not the dimension.
        const bool is_list = other.rank() == 1 && !Traits(operand->type).is_float && operand->shape != shape;
        if (!is_list) operand = Cut(*operand, other);
      }
      f(alone);
      f(all);
    }
  }
}

constexpr char kAddBody[] = R"(graph add
input %a : float32[]
input %b : float32[]
%y = ADD(%a, %b) {fused_activation_function=0} : float32[]
output %y)";

// The cases that the scripts in tests/data recorded, whatever their file's form.
std::vector<Trial> GoldenTrials() {
  std::vector<Trial> trials;
  for (const char* file : {"op_golden.json", "data_op_golden.json", "selection_golden.json", "signal_golden.json",
                           "stablehlo_golden.json"}) {
    for (const Json& golden : ReadGolden(file)) {
      Trial trial{golden["op"], GoldenAttrs(golden["attrs"]), {}, {}, {}, {}, {}};
      const std::set<size_t> fed = golden.value("fed", std::set<size_t>{});
      for (const Json& input : golden["inputs"]) {
        const size_t i = trial.operands.size();
        const bool constant = golden.contains("fed") ? fed.count(i) == 0 : input.value("constant", i > 0);
        if (constant) trial.constants.insert(i);
        trial.operands.emplace_back();
        if (!input.is_null()) trial.operands.back() = GoldenValue(input, "x");
      }
      const Json outputs = golden.contains("outputs") ? golden["outputs"] : Json::array({golden["output"]});
      for (const Json& output : outputs) trial.results.push_back(FindTraits(output["type"].get<std::string>())->type);
      if (!golden.value("body", "").empty()) trial.called = {kAddBody};
      trials.push_back(std::move(trial));
    }
  }
  for (const Json& golden : ReadGolden("recurrent_golden.json")) {
    Trial trial{golden["op"], GoldenAttrs(golden["attrs"]), {}, {}, {}, {}, {}};
    for (const Json& operand : golden["operands"]) {
      const size_t i = trial.operands.size();
      trial.operands.emplace_back();
      if (operand.is_null()) continue;
      if (operand["kind"] == "variable") trial.variables.insert(i);
      if (operand["kind"] == "constant") trial.constants.insert(i);
      ir::Value value{.name = "x", .shape = ir::Shape(operand["shape"].get<std::vector<int64_t>>())};
      value.data = Bytes::Own(std::vector<uint8_t>(static_cast<size_t>(value.shape.NumElements()) * sizeof(float)));
      if (operand.contains("data")) value.data = GoldenElements<float>(operand["data"]);
      trial.operands.back() = std::move(value);
    }
    trial.results.assign(golden["outputs"].size(), ElementType::kFloat32);
    trials.push_back(std::move(trial));
  }
  return trials;
}

// --- trials from the record alone

class Dice {
 public:
  int64_t Roll(int64_t least, int64_t most) { return std::uniform_int_distribution<int64_t>(least, most)(random_); }
  bool Likely() { return Roll(0, 2) != 0; }
  std::vector<int64_t> List(int64_t least, int64_t most) {
    std::vector<int64_t> list(static_cast<size_t>(Roll(0, 4)));
    for (int64_t& entry : list) entry = Roll(least, most);
    return list;
  }

 private:
  std::mt19937 random_{20261101};
};

ir::Attributes AnyAttrs(const ops::OpDef& op, Dice& dice) {
  using ops::FieldKind;
  ir::Attributes attrs;
  for (const ops::OptionField& field : op.options.fields) {
    const std::string name(field.name);
    switch (field.kind) {
      case FieldKind::kBool:
        attrs.Set(name, dice.Roll(0, 1) == 1);
        break;
      case FieldKind::kFloat:
        attrs.Set(name, static_cast<float>(dice.Roll(-1, 2)));
        break;
      case FieldKind::kString:
      case FieldKind::kBytes:
        attrs.Set(name, std::string());
        break;
      case FieldKind::kFloats:
        attrs.Set(name, std::vector<float>{0.5f, 1});
        break;
      case FieldKind::kBools:
        attrs.Set(name, dice.List(0, 1));
        break;
      case FieldKind::kInts:
      case FieldKind::kLongs:
        attrs.Set(name, dice.List(-1, 3));
        break;
      case FieldKind::kGraph:
        attrs.Set(name, dice.Roll(-1, 2));
        break;
      case FieldKind::kGraphs:
        attrs.Set(name, dice.List(-1, 2));
        break;
      default:
        attrs.Set(name, dice.Roll(-1, 4));
        break;
    }
  }
  return attrs;
}

// Mostly floats of a common shape that has a 0, and short lists of small integers.
ir::Value AnyOperand(const ir::Shape& common, Dice& dice) {
  ir::Value value{.name = "x"};
  if (dice.Likely()) {
    value.shape = dice.Likely() ? common : ir::Shape(dice.List(0, 3));
    constexpr ElementType kTypes[] = {ElementType::kFloat32, ElementType::kFloat32, ElementType::kFloat32,
                                      ElementType::kInt32,   ElementType::kInt64,   ElementType::kBool,
                                      ElementType::kInt8};
    value.type = kTypes[dice.Roll(0, 6)];
    value.data = Bytes::Own(std::vector<uint8_t>(ByteSize(value.type, static_cast<size_t>(value.shape.NumElements()))));
    return value;
  }
  std::vector<int32_t> list(static_cast<size_t>(dice.Roll(0, 4)));
  for (int32_t& entry : list) entry = static_cast<int32_t>(dice.Roll(-1, 3));
  if (list.size() == 1 && dice.Likely())
    value.shape = {};
  else
    value.shape = {static_cast<int64_t>(list.size())};
  value.type = ElementType::kInt32;
  value.data = Bytes::Of(absl::MakeConstSpan(list));
  return value;
}

Trial AnyTrial(const ops::OpDef& op, Dice& dice) {
  Trial trial{std::string(op.name), AnyAttrs(op, dice), {}, {}, {}, {}, {kAddBody}};
  std::vector<int64_t> dims = dice.List(0, 3);
  if (dims.empty()) dims = {0};
  dims[static_cast<size_t>(dice.Roll(0, static_cast<int64_t>(dims.size()) - 1))] = 0;
  const int64_t count = dice.Roll(op.inputs.min, std::min(op.inputs.max, op.inputs.min + 3));
  for (int64_t i = 0; i < count; ++i) {
    trial.operands.push_back(AnyOperand(ir::Shape(dims), dice));
    if (dice.Roll(0, 1) == 1) trial.constants.insert(static_cast<size_t>(i));
  }
  trial.results.assign(static_cast<size_t>(dice.Roll(op.outputs.min, std::min(op.outputs.max, op.outputs.min + 1))),
                       dice.Likely() ? ElementType::kFloat32 : ElementType::kInt32);
  return trial;
}

}  // namespace

TEST_CASE("every recorded op runs or tells why not when a dimension is 0") {
  // Their lists of sizes, windows or paddings name elements that are not there any more.
  const std::set<std::string> sized = {"BROADCAST_TO", "MIRROR_PAD", "REDUCE_WINDOW", "TRANSPOSE_CONV"};
  std::map<std::string, int> ran;
  for (const Trial& whole : GoldenTrials()) {
    ForEachEmptied(whole, [&](const Trial& trial) { ran[whole.op] += RunsOrTells(trial); });
  }
  REQUIRE(ran.size() >= 120);
  for (const auto& [op, count] : ran) {
    INFO(op << " runs on " << count << " tensors without elements");
    CHECK((count > 0) == (sized.count(op) == 0));
  }
}

TEST_CASE("ops whose operands are sizes run when those say 0") {
  const auto ints = [](std::vector<int32_t> list) {
    ir::Value value{.name = "x", .type = ElementType::kInt32, .shape = {static_cast<int64_t>(list.size())}};
    value.data = Bytes::Of(absl::MakeConstSpan(list));
    return value;
  };
  const auto floats = [](std::vector<int64_t> dims) {
    ir::Value value{.name = "x", .shape = ir::Shape(dims)};
    value.data = Bytes::Own(std::vector<uint8_t>(CountOf(dims) * sizeof(float)));
    return value;
  };
  const ir::Attributes conv = AttrsOf({{"stride_h", int64_t{1}}, {"stride_w", int64_t{1}}, {"padding", int64_t{0}}});
  for (const bool constant : {false, true}) {
    const auto check = [&](Trial trial, std::set<size_t> constants) {
      if (constant) trial.constants = std::move(constants);
      trial.results = {ElementType::kFloat32};
      INFO(trial.op);
      CHECK(RunsOrTells(trial));
    };
    check({"BROADCAST_TO", {}, {floats({1}), ints({3, 0})}, {}, {}, {}, {}}, {1});
    check({"FILL", {}, {ints({2, 0}), floats({})}, {}, {}, {}, {}}, {0});
    check({"TRANSPOSE_CONV", conv, {ints({0, 4, 4, 3}), floats({3, 3, 3, 2}), floats({0, 4, 4, 2})}, {}, {}, {}, {}},
          {0});
    ir::Value no_padding = ints({0, 0, 1, 1});
    no_padding.shape = {2, 2};
    check({"MIRROR_PAD", AttrsOf({{"mode", int64_t{1}}}), {floats({0, 3}), no_padding}, {}, {}, {}, {}}, {1});
  }
}

TEST_CASE("every record runs or tells why not on any operands without elements") {
  constexpr int kTrials = 300;
  Dice dice;
  for (const ops::OpDef* op : ops::AllOps()) {
    for (int i = 0; i < kTrials; ++i) RunsOrTells(AnyTrial(*op, dice));
  }
}

}  // namespace zeropoint
