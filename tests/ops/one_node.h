// A model of one node, built operand by operand and run by the engine.
#ifndef ZEROPOINT_TESTS_OPS_ONE_NODE_H_
#define ZEROPOINT_TESTS_OPS_ONE_NODE_H_

#include <catch2/catch.hpp>
#include <cstring>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "engine/engine.h"
#include "ir/text.h"
#include "real.h"

namespace zeropoint {

inline ir::Attributes AttrsOf(std::initializer_list<std::pair<const char*, ir::AttrValue>> list) {
  ir::Attributes attrs;
  for (const auto& [name, value] : list) attrs.Set(name, value);
  return attrs;
}

// Elements of any type T that the tensor's type is stored as.
template <typename T>
struct Elements {
  std::vector<int64_t> dims;
  std::vector<T> data;
};

class OneNode {
 public:
  explicit OneNode(std::string op, ir::Attributes attrs = {}) {
    model_.graphs.resize(1);
    info_ = {.op = std::move(op), .name = "node", .attrs = std::move(attrs)};
  }

  // What each run gets anew. Shapes are exact.
  void Input(ElementType type, std::vector<int64_t> dims, ir::QuantParams quant = {}) {
    operands_.push_back(AddValue(type, std::move(dims), std::move(quant)));
    graph().inputs.push_back(operands_.back());
  }
  template <typename T>
  void Constant(ElementType type, const Elements<T>& elements) {
    operands_.push_back(
        graph().AddConstant(NextName(), type, ir::Shape(elements.dims), Bytes::Of(absl::MakeConstSpan(elements.data))));
  }
  void Variable(std::vector<int64_t> dims) {
    operands_.push_back(AddValue(ElementType::kFloat32, std::move(dims), {}));
    graph().value(operands_.back()).is_variable = true;
  }
  void Absent() { operands_.push_back(ir::kNoValue); }
  void Result(ElementType type, ir::QuantParams quant = {}) {
    const ir::ValueId id = AddValue(type, {}, std::move(quant));
    graph().value(id).shape = ir::Shape::Unranked();
    graph().outputs.push_back(id);
  }
  // Another graph of the model, in its text form.
  void Called(const char* text) {
    auto called = ir::ParseGraph(text);
    INFO(Describe(called.status()));
    REQUIRE(called.ok());
    model_.graphs.push_back(*std::move(called));
  }

  // `inputs`: the elements of each, in the order of Input(). States stay from run to run.
  absl::Status Run(const std::vector<const void*>& inputs) {
    if (session_ == nullptr) ZP_RETURN_IF_ERROR(Prepare());
    std::vector<ops::TensorView> views;
    for (size_t i = 0; i < inputs.size(); ++i) {
      const ir::Value& value = graph().value(graph().inputs[i]);
      views.push_back({{value.type, value.shape.dims(), inputs[i], &value.quant}});
    }
    return session_->Run(views, nullptr);
  }
  void MustRun(const std::vector<const void*>& inputs) {
    const absl::Status status = Run(inputs);
    INFO(info_.op << ": " << Describe(status));
    REQUIRE(status.ok());
  }
  template <typename T>
  Elements<T> Output(int i = 0) const {
    const ops::TensorView view = session_->output(i);
    Elements<T> copy{{view.dims.begin(), view.dims.end()}, std::vector<T>(static_cast<size_t>(view.elements()))};
    if (!copy.data.empty()) std::memcpy(copy.data.data(), view.data, copy.data.size() * sizeof(T));
    return copy;
  }

 private:
  ir::Graph& graph() { return model_.graphs[0]; }
  std::string NextName() { return "value" + std::to_string(graph().num_values()); }
  ir::ValueId AddValue(ElementType type, std::vector<int64_t> dims, ir::QuantParams quant) {
    ir::Value value;
    value.name = NextName();
    value.type = type;
    value.shape = ir::Shape(dims);
    value.quant = std::move(quant);
    return graph().AddValue(std::move(value));
  }
  absl::Status Prepare() {
    graph().AddNode(info_, operands_, graph().outputs);
    ZP_RETURN_IF_ERROR(engine::InferShapes(model_));
    program_ = engine::Program::Create(model_);
    ZP_ASSIGN_OR_RETURN(const engine::Executable* executable, program_->Prepare(0));
    session_ = engine::Session::Create(*executable);
    return absl::OkStatus();
  }

  ir::Model model_;
  ir::NodeInfo info_;
  std::vector<ir::ValueId> operands_;
  std::unique_ptr<engine::Program> program_;
  std::unique_ptr<engine::Session> session_;
};

inline size_t CountOf(const std::vector<int64_t>& dims) {
  int64_t n = 1;
  for (int64_t d : dims) n *= d;
  return static_cast<size_t>(n);
}

// Numbers spread evenly.
inline Elements<float> RandomFloats(std::mt19937& random, std::vector<int64_t> dims, float low, float high) {
  std::uniform_real_distribution<float> spread(low, high);
  Elements<float> tensor{dims, std::vector<float>(CountOf(dims))};
  for (float& x : tensor.data) x = spread(random);
  return tensor;
}

inline Real RealOf(float x) { return {static_cast<double>(x)}; }

}  // namespace zeropoint

#endif  // ZEROPOINT_TESTS_OPS_ONE_NODE_H_
