// Every record's options go into a file and come back, whatever the op.
#include <catch2/catch.hpp>

#include "formats/tflite/tflite.h"
#include "ops/op_def.h"

using namespace zeropoint;
using ops::FieldKind;
using ops::OptionField;

namespace {

constexpr int64_t kOtherGraphs = 2;

// A value that is not the schema's default, different for fields beside each other.
ir::AttrValue Unusual(const OptionField& field, int64_t salt) {
  const int64_t number = static_cast<int64_t>(field.otherwise) + 2 + salt;
  switch (field.kind) {
    case FieldKind::kBool:
      return field.otherwise == 0;
    case FieldKind::kInt8:
      return number;
    case FieldKind::kInt32:
      return number << 20;
    case FieldKind::kInt64:
      return number << 40;
    case FieldKind::kFloat:
      return static_cast<float>(field.otherwise) + 0.37f + static_cast<float>(salt);
    case FieldKind::kString:
      return "text " + std::to_string(salt);
    case FieldKind::kBytes:
      return std::string("b\0\xFFy", 4) + std::to_string(salt);
    case FieldKind::kInts:
      return std::vector<int64_t>{-1, number, int64_t{1} << 30};
    case FieldKind::kLongs:
      return std::vector<int64_t>{-1, number << 40};
    case FieldKind::kBools:
      return std::vector<int64_t>{1, 0, 1, 1};
    case FieldKind::kFloats:
      return std::vector<float>{0.1f, -2.0f, static_cast<float>(number)};
    case FieldKind::kGraph:
      return 1 + salt % kOtherGraphs;
    case FieldKind::kGraphs:
      return std::vector<int64_t>{2, 1};
  }
  return int64_t{0};
}

// The op with as few operands and results as it may have.
ir::Model OneNode(const ops::OpDef& op) {
  ir::Graph graph;
  std::vector<ir::ValueId> inputs, outputs;
  for (int i = 0; i < op.inputs.min; ++i) {
    inputs.push_back(graph.AddValue({"in" + std::to_string(i), ElementType::kFloat32, {2, 3}}));
  }
  for (int i = 0; i < std::max(1, op.outputs.min); ++i) {
    outputs.push_back(graph.AddValue({"out" + std::to_string(i), ElementType::kFloat32, {2, 3}}));
  }
  if (op.outputs.max == 0) outputs.clear();
  graph.inputs = inputs;
  graph.outputs = outputs;
  ir::NodeInfo info;
  info.op = std::string(op.name);
  int64_t salt = 0;
  for (const OptionField& field : op.options.fields) info.attrs.Set(field.name, Unusual(field, salt++));
  graph.AddNode(std::move(info), inputs, outputs);
  ir::Model model;
  model.graphs.push_back(std::move(graph));
  for (int64_t i = 0; i < kOtherGraphs; ++i) {
    ir::Graph other;
    other.name = "other" + std::to_string(i);
    const ir::ValueId x = other.AddValue({"x", ElementType::kFloat32, {2, 3}});
    other.inputs = other.outputs = {x};
    model.graphs.push_back(std::move(other));
  }
  return model;
}

bool Same(const ir::AttrValue& a, const ir::AttrValue& b) {
  return std::visit(
      [&b](const auto& x) {
        using T = std::decay_t<decltype(x)>;
        if constexpr (std::is_same_v<T, ir::TensorLiteral>)
          return false;  // no option is one
        else
          return std::holds_alternative<T>(b) && std::get<T>(b) == x;
      },
      a);
}

}  // namespace

TEST_CASE("every record's options come back from a file as they were written") {
  for (const ops::OpDef* op : ops::AllOps()) {
    INFO(op->name);
    const ir::Model model = OneNode(*op);
    const auto file = formats::tflite::Write(model);
    INFO(Describe(file.status()));
    REQUIRE(file.ok());
    const auto again = formats::tflite::Read(Bytes::Own(*file), "written");
    INFO(Describe(again.status()));
    REQUIRE(again.ok());
    const ir::Graph& before = model.graphs[0];
    const ir::Graph& after = again->graphs[0];
    REQUIRE(after.num_nodes() == 1);
    const ir::Node& node = after.node(after.first());
    CHECK(node.op() == op->name);
    CHECK(node.inputs().size() == before.node(before.first()).inputs().size());
    CHECK(node.outputs().size() == before.node(before.first()).outputs().size());
    const ir::Attributes& attrs = before.node(before.first()).attrs();
    CHECK(node.attrs().all().size() == attrs.all().size());
    for (const OptionField& field : op->options.fields) {
      INFO(field.name);
      const ir::AttrValue* value = node.attrs().Find(field.name);
      REQUIRE(value != nullptr);
      CHECK(Same(*value, *attrs.Find(field.name)));
    }
  }
}
