#include "engine/kernel_choice.h"

#include <catch2/catch.hpp>

#include "ir/graph.h"
#include "ops/runtime.h"

using namespace zeropoint;

namespace {

absl::Status Nothing(const ops::EvalContext&) { return absl::OkStatus(); }
absl::Status Integers(const ops::EvalContext&) { return absl::OkStatus(); }
absl::Status Both(const ops::EvalContext&) { return absl::OkStatus(); }

const ir::QuantParams kParams = {{0.5f}, {0}, 0, {}, {}};
const ir::QuantParams kNone;

ops::TensorView Tensor(ElementType type, const ir::QuantParams& quant) {
  ops::TensorView view;
  view.type = type;
  view.quant = &quant;
  return view;
}

const ops::TensorView kReal = Tensor(ElementType::kFloat32, kNone), kInt8 = Tensor(ElementType::kInt8, kParams),
                      kIndex = Tensor(ElementType::kInt32, kNone);

ops::OpDef Record() {
  ops::OpDef op;
  op.name = "CONV_2D";
  op.eval_float = Nothing;
  op.quant.inputs = {ops::OperandSpec::Activation(), ops::OperandSpec::Weight(0)};
  return op;
}

}  // namespace

TEST_CASE("a node on real numbers, or on integers that stand for themselves, has the float kernel") {
  ops::OpDef op = Record();
  op.eval_quantized = Integers;
  CHECK(engine::ChooseKernel(op, {kReal, kIndex}, {kReal})->eval == Nothing);
}

TEST_CASE("a node with a quantized operand or result has the integer kernel, and says so when there is none") {
  ops::OpDef op = Record();
  const auto missing = engine::ChooseKernel(op, {kInt8, kInt8}, {kInt8});
  CHECK(missing.status().code() == absl::StatusCode::kUnimplemented);
  CHECK(missing.status().message() == "there is no integer kernel for CONV_2D");
  op.eval_quantized = Integers;
  CHECK(engine::ChooseKernel(op, {kInt8, kInt8}, {kInt8})->eval == Integers);
  CHECK(engine::ChooseKernel(op, {kReal}, {kInt8})->eval == Integers);
}

TEST_CASE("quantized weights beside real activations have the hybrid kernel where the op has one") {
  ops::OpDef op = Record();
  op.eval_quantized = Integers;
  op.eval_hybrid = Both;
  CHECK(engine::ChooseKernel(op, {kReal, kInt8}, {kReal})->eval == Both);
  CHECK(engine::ChooseKernel(op, {kInt8, kInt8}, {kReal})->eval == Integers);
}

TEST_CASE("ops that move elements take integers with their only kernel") {
  ops::OpDef op = Record();
  op.moves_elements = true;
  CHECK(engine::ChooseKernel(op, {kInt8, kIndex}, {kInt8})->eval == Nothing);
}

// Every form that the planner can write runs here: an integer kernel, or one that moves elements as they are.
TEST_CASE("an op that LiteRT runs on integers has a kernel for them") {
  for (const ops::OpDef* op : ops::AllOps()) {
    const bool int8 = (op->quant.int8 || op->quant.int8_by_request) && op->runtime.int8 <= ops::kNewestRelease;
    const bool int16 = (op->quant.int16 || op->quant.int16_by_request) && op->runtime.int16 <= ops::kNewestRelease;
    if (!int8 && !int16) continue;
    INFO(op->name);
    CHECK(engine::ChooseKernel(*op, {kInt8}, {kInt8}).ok());
  }
}

// Weights of 8 bits beside real activations: a kernel of their own, or the float kernel on what they stand for.
TEST_CASE("an op whose weights alone are stored as integers has a kernel") {
  for (const ops::OpDef* op : ops::AllOps()) {
    if (op->quant.dynamic_range.empty()) continue;
    INFO(op->name);
    CHECK((op->eval_hybrid != nullptr || op->eval_float != nullptr));
  }
}
