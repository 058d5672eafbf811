// Contexts made by hand, to call a record's functions apart from a graph.
#ifndef ZEROPOINT_TESTS_OPS_FAKE_CONTEXTS_H_
#define ZEROPOINT_TESTS_OPS_FAKE_CONTEXTS_H_

#include <optional>
#include <vector>

#include "ops/op_def.h"

namespace zeropoint::ops {

struct FakeOperand {
  ElementType type = ElementType::kFloat32;
  ir::Shape shape;
  std::optional<std::vector<int64_t>> ints;
  bool present = true;
};

class FakeInfer : public InferContext {
 public:
  explicit FakeInfer(std::vector<FakeOperand> operands, ir::Attributes attributes = {}, int results = 1)
      : operands_(std::move(operands)),
        attrs_(std::move(attributes)),
        types(static_cast<size_t>(results)),
        shapes(static_cast<size_t>(results)) {}
  const ir::Attributes& attrs() const override { return attrs_; }
  int num_inputs() const override { return static_cast<int>(operands_.size()); }
  int num_outputs() const override { return static_cast<int>(shapes.size()); }
  bool has_input(int i) const override { return i < num_inputs() && at(i).present; }
  ElementType input_type(int i) const override { return at(i).type; }
  const ir::Shape& input_shape(int i) const override { return at(i).shape; }
  ElementType output_type(int i) const override { return types[static_cast<size_t>(i)]; }
  const ir::Shape& output_shape(int i) const override { return shapes[static_cast<size_t>(i)]; }
  std::optional<std::vector<int64_t>> input_ints(int i) const override { return at(i).ints; }
  bool input_ints_complete(int) const override { return true; }
  void set_output(int i, ElementType type, ir::Shape shape) override {
    types[static_cast<size_t>(i)] = type;
    shapes[static_cast<size_t>(i)] = std::move(shape);
  }
  void set_output_ints(int, std::vector<int64_t>) override {}
  absl::StatusOr<std::vector<TypedShape>> CallResults(int, absl::Span<const TypedShape>) override {
    return absl::UnimplementedError("there is no other graph");
  }

 private:
  const FakeOperand& at(int i) const { return operands_[static_cast<size_t>(i)]; }
  std::vector<FakeOperand> operands_;
  ir::Attributes attrs_;

 public:
  std::vector<ElementType> types;
  std::vector<ir::Shape> shapes;
};

struct FakeTensor {
  ElementType type = ElementType::kFloat32;
  ir::QuantParams quant;
  ir::Shape shape;
};

class FakeVersion : public VersionContext {
 public:
  FakeVersion(std::vector<FakeTensor> inputs, FakeTensor output, ir::Attributes attributes = {})
      : inputs_(std::move(inputs)), output_(std::move(output)), attrs_(std::move(attributes)) {}
  const ir::Attributes& attrs() const override { return attrs_; }
  int num_inputs() const override { return static_cast<int>(inputs_.size()); }
  bool has_input(int) const override { return true; }
  ElementType input_type(int i) const override { return at(i).type; }
  ElementType output_type(int) const override { return output_.type; }
  const ir::Shape& input_shape(int i) const override { return at(i).shape; }
  const ir::QuantParams& input_quant(int i) const override { return at(i).quant; }
  const ir::QuantParams& output_quant(int) const override { return output_.quant; }
  bool input_is_constant(int) const override { return false; }

 private:
  const FakeTensor& at(int i) const { return inputs_[static_cast<size_t>(i)]; }
  std::vector<FakeTensor> inputs_;
  FakeTensor output_;
  ir::Attributes attrs_;
};

}  // namespace zeropoint::ops

#endif  // ZEROPOINT_TESTS_OPS_FAKE_CONTEXTS_H_
