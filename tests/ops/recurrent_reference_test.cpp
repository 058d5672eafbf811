// LSTM, RNN and SVDF, in one direction and in two, against their equations in double precision: several steps, and
// several runs with what the op remembers in between.
#include <array>
#include <functional>

#include "one_node.h"
#include "run_references.h"
#include "schema/schema_generated.h"

namespace zeropoint {
namespace {

using Floats = Elements<float>;
using Reals = std::vector<Real>;

constexpr int64_t kBatch = 2, kTime = 4, kDepth = 5;
constexpr int kRuns = 2;
constexpr int64_t kNone = schema::ActivationFunctionType_NONE, kRelu = schema::ActivationFunctionType_RELU,
                  kRelu6 = schema::ActivationFunctionType_RELU6, kTanh = schema::ActivationFunctionType_TANH;
const std::mt19937::result_type kSeed = 20260901;

Real Activation(int64_t code, const Real& x) {
  if (code == kTanh) return Tanh(x);
  if (code == kRelu) return Larger(x, Real(0));
  return code == kRelu6 ? Clamped(x, 0, 6) : x;
}

// Adds the products of row `row` with x.
void AddRow(const Floats& matrix, size_t row, const Reals& x, Sum& sum) {
  for (size_t i = 0; i < x.size(); ++i) sum.Add(RealOf(matrix.data[row * x.size() + i]) * x[i]);
}

// --- sequences

struct Sequence {
  Floats tensor;
  bool time_major;

  // Of one step of one sample.
  size_t Offset(int64_t b, int64_t t) const {
    if (tensor.dims.size() == 2) return static_cast<size_t>(b * tensor.dims[1]);
    return static_cast<size_t>((time_major ? t * tensor.dims[1] + b : b * tensor.dims[1] + t) * tensor.dims[2]);
  }
  Reals Row(int64_t b, int64_t t) const {
    Reals row;
    for (int64_t i = 0; i < tensor.dims.back(); ++i)
      row.push_back(RealOf(tensor.data[Offset(b, t) + static_cast<size_t>(i)]));
    return row;
  }
};
std::vector<int64_t> Dims(bool time_major, int64_t depth) {
  return time_major ? std::vector<int64_t>{kTime, kBatch, depth} : std::vector<int64_t>{kBatch, kTime, depth};
}

// Part [first, first + row.size()) of the step's elements.
void CheckRow(const Sequence& out, int64_t b, int64_t t, size_t first, const Reals& want) {
  for (size_t i = 0; i < want.size(); ++i) {
    INFO("sample " << b << ", step " << t << ", element " << first + i);
    RequireClose(out.tensor.data[out.Offset(b, t) + first + i], want[i]);
  }
}

// --- the LSTM

enum Gate : size_t { kIn, kForget, kCell, kOut, kGates };

struct LstmShape {
  size_t cells = 6, outputs = 6;
  bool coupled = false, peephole = false, norm = false, projection_bias = false, diagonal = false;
  int64_t aux = 0;
  int64_t activation = kTanh;
  float cell_clip = 0, projection_clip = 0;

  bool projects() const { return outputs != cells; }
  ir::Attributes Attrs() const {
    return AttrsOf(
        {{"fused_activation_function", activation}, {"cell_clip", cell_clip}, {"proj_clip", projection_clip}});
  }
};

// Tensors without elements are absent.
struct LstmWeights {
  std::array<Floats, kGates> input, recurrent, aux, bias, norm;
  std::array<Floats, 3> peephole;  // input, forget, output
  Floats projection, projection_bias;

  LstmWeights(const LstmShape& shape, std::mt19937& random) {
    const auto cells = static_cast<int64_t>(shape.cells), outputs = static_cast<int64_t>(shape.outputs);
    const auto any = [&](std::vector<int64_t> dims) { return RandomFloats(random, std::move(dims), -0.7f, 0.7f); };
    for (size_t gate = shape.coupled ? kForget : kIn; gate < kGates; ++gate) {
      input[gate] = any({cells, kDepth});
      recurrent[gate] = shape.diagonal ? any({outputs}) : any({cells, outputs});
      bias[gate] = any({cells});
      if (shape.aux > 0) aux[gate] = any({cells, shape.aux});
      if (shape.norm) norm[gate] = any({cells});
    }
    for (size_t i = shape.coupled ? 1 : 0; i < peephole.size(); ++i) {
      if (shape.peephole) peephole[i] = any({cells});
    }
    if (shape.projects()) projection = any({outputs, cells});
    if (shape.projection_bias) projection_bias = any({outputs});
  }
};

// What one direction does with one sample.
class LstmWalk {
 public:
  LstmWalk(const LstmShape& shape, const LstmWeights& weights)
      : shape_(shape), weights_(weights), cell_(shape.cells), output_(shape.outputs) {}

  const Reals& Step(const Reals& x, const Reals& aux) {
    const Reals forget = Squashed(kForget, x, aux), candidate = Gated(kCell, x, aux);
    Reals in;
    if (!shape_.coupled) in = Squashed(kIn, x, aux);
    for (size_t c = 0; c < shape_.cells; ++c) {
      const Real admitted = shape_.coupled ? Real(1) - forget[c] : in[c];
      cell_[c] = forget[c] * cell_[c] + admitted * Activation(shape_.activation, candidate[c]);
      if (shape_.cell_clip > 0) cell_[c] = Clipped(cell_[c], shape_.cell_clip);
    }
    const Reals out = Squashed(kOut, x, aux);  // its peephole sees the new cell
    Reals hidden;
    for (size_t c = 0; c < shape_.cells; ++c) hidden.push_back(out[c] * Activation(shape_.activation, cell_[c]));
    output_ = shape_.projects() ? Projected(hidden) : hidden;
    return output_;
  }

 private:
  static Real Clipped(const Real& x, float limit) {
    return Clamped(x, -static_cast<double>(limit), static_cast<double>(limit));
  }

  // The sum that goes into the gate's function.
  Reals Gated(Gate gate, const Reals& x, const Reals& aux) const {
    Reals sums;
    for (size_t c = 0; c < shape_.cells; ++c) {
      Sum sum;
      AddRow(weights_.input[gate], c, x, sum);
      if (!weights_.aux[gate].data.empty()) AddRow(weights_.aux[gate], c, aux, sum);
      if (shape_.diagonal)
        sum.Add(RealOf(weights_.recurrent[gate].data[c]) * output_[c]);
      else
        AddRow(weights_.recurrent[gate], c, output_, sum);
      if (shape_.peephole && gate != kCell) {
        sum.Add(RealOf(weights_.peephole[gate == kOut ? 2 : gate].data[c]) * cell_[c]);
      }
      if (!shape_.norm) sum.Add(RealOf(weights_.bias[gate].data[c]));
      sums.push_back(sum.total());
    }
    return shape_.norm ? Normalized(gate, sums) : sums;
  }

  Reals Normalized(Gate gate, const Reals& sums) const {
    const Real count(static_cast<double>(sums.size()));
    Sum all, squares;
    for (const Real& x : sums) all.Add(x);
    const Real mean = all.total() / count;
    for (const Real& x : sums) squares.Add((x - mean) * (x - mean));
    const Real deviation = Sqrt(squares.total() / count + Real(1e-8));
    Reals y;
    for (size_t c = 0; c < sums.size(); ++c) {
      y.push_back((sums[c] - mean) / deviation * RealOf(weights_.norm[gate].data[c]) +
                  RealOf(weights_.bias[gate].data[c]));
    }
    return y;
  }

  Reals Squashed(Gate gate, const Reals& x, const Reals& aux) const {
    Reals y = Gated(gate, x, aux);
    for (Real& sum : y) sum = Logistic(sum);
    return y;
  }

  Reals Projected(const Reals& hidden) const {
    Reals y;
    for (size_t o = 0; o < shape_.outputs; ++o) {
      Sum sum;
      AddRow(weights_.projection, o, hidden, sum);
      if (shape_.projection_bias) sum.Add(RealOf(weights_.projection_bias.data[o]));
      y.push_back(shape_.projection_clip > 0 ? Clipped(sum.total(), shape_.projection_clip) : sum.total());
    }
    return y;
  }

  const LstmShape& shape_;
  const LstmWeights& weights_;
  Reals cell_, output_;
};

void AddOptional(OneNode& node, const Floats& tensor) {
  if (tensor.data.empty())
    node.Absent();
  else
    node.Constant(ElementType::kFloat32, tensor);
}

template <size_t n>
void AddAll(OneNode& node, const std::array<Floats, n>& list) {
  for (const Floats& tensor : list) AddOptional(node, tensor);
}

// The 17 operands that follow the input in every LSTM.
void AddWeights(OneNode& node, const LstmWeights& weights) {
  AddAll(node, weights.input);
  AddAll(node, weights.recurrent);
  AddAll(node, weights.peephole);
  AddAll(node, weights.bias);
  AddOptional(node, weights.projection);
  AddOptional(node, weights.projection_bias);
}
void AddStates(OneNode& node, const LstmShape& shape) {
  node.Variable({kBatch, static_cast<int64_t>(shape.outputs)});
  node.Variable({kBatch, static_cast<int64_t>(shape.cells)});
}

std::vector<LstmShape> LstmShapes() {
  LstmShape projected{.cells = 7, .outputs = 3, .projection_bias = true, .cell_clip = 0.4f, .projection_clip = 0.3f};
  return {{},
          {.peephole = true},
          {.coupled = true, .peephole = true},
          {.cells = 9, .outputs = 9, .norm = true},
          {.coupled = true, .norm = true},
          projected,
          {.cells = 7, .outputs = 4, .peephole = true, .norm = true},
          {.activation = kRelu6},
          {.activation = kNone}};
}

// One direction over a sequence, or one step of it when `op` is LSTM.
void CheckLstm(const char* op, const LstmShape& shape, bool time_major, std::mt19937& random) {
  const bool one_step = std::string(op) == "LSTM";
  const std::vector<int64_t> dims = one_step ? std::vector<int64_t>{kBatch, kDepth} : Dims(time_major, kDepth);
  const LstmWeights weights(shape, random);
  ir::Attributes attrs = shape.Attrs();
  if (!one_step) attrs.Set("time_major", time_major);
  if (shape.diagonal) attrs.Set("diagonal_recurrent_tensors", true);
  OneNode node(op, attrs);
  node.Input(ElementType::kFloat32, dims);
  AddWeights(node, weights);
  AddStates(node, shape);
  if (shape.norm) AddAll(node, weights.norm);
  node.Result(ElementType::kFloat32);
  std::vector<LstmWalk> walks(kBatch, LstmWalk(shape, weights));
  for (int run = 0; run < kRuns; ++run) {
    const Sequence x{RandomFloats(random, dims, -2, 2), time_major};
    node.MustRun({x.tensor.data.data()});
    const Sequence out{node.Output<float>(), time_major};
    for (int64_t b = 0; b < kBatch; ++b) {
      for (int64_t t = 0; t < (one_step ? 1 : kTime); ++t) {
        CheckRow(out, b, t, 0, walks[static_cast<size_t>(b)].Step(x.Row(b, t), {}));
      }
    }
  }
}

void CheckLstmSequences() {
  std::mt19937 random(kSeed);
  for (const LstmShape& shape : LstmShapes()) {
    CheckLstm("UNIDIRECTIONAL_SEQUENCE_LSTM", shape, false, random);
    CheckLstm("UNIDIRECTIONAL_SEQUENCE_LSTM", shape, true, random);
  }
  CheckLstm("UNIDIRECTIONAL_SEQUENCE_LSTM", {.diagonal = true}, false, random);
}

// The older form: one matrix, gates in the order input, candidate, forget, output.
void CheckBasicLstm(std::mt19937& random) {
  constexpr size_t cells = 6;
  const Floats weights = RandomFloats(random, {4 * cells, kDepth + cells}, -0.7f, 0.7f);
  const Floats bias = RandomFloats(random, {4 * cells}, -0.7f, 0.7f);
  OneNode node("LSTM",
               AttrsOf({{"kernel_type", int64_t{schema::LSTMKernelType_BASIC}}, {"fused_activation_function", kTanh}}));
  node.Input(ElementType::kFloat32, {kBatch, kDepth});
  node.Variable({kBatch, cells});
  node.Constant(ElementType::kFloat32, weights);
  node.Constant(ElementType::kFloat32, bias);
  node.Variable({kBatch, cells});
  for (int i = 0; i < 4; ++i) node.Result(ElementType::kFloat32);
  std::vector<Reals> hidden(kBatch, Reals(cells)), cell(kBatch, Reals(cells));
  for (int run = 0; run < 2 * kRuns; ++run) {
    const Sequence x{RandomFloats(random, {kBatch, kDepth}, -2, 2), false};
    node.MustRun({x.tensor.data.data()});
    for (size_t b = 0; b < kBatch; ++b) {
      Reals both = x.Row(static_cast<int64_t>(b), 0), sums;
      both.insert(both.end(), hidden[b].begin(), hidden[b].end());
      for (size_t row = 0; row < 4 * cells; ++row) {
        Sum sum;
        AddRow(weights, row, both, sum);
        sum.Add(RealOf(bias.data[row]));
        sums.push_back(sum.total());
      }
      for (size_t c = 0; c < cells; ++c) {
        cell[b][c] = Logistic(sums[c]) * Tanh(sums[cells + c]) + Logistic(sums[2 * cells + c]) * cell[b][c];
        hidden[b][c] = Logistic(sums[3 * cells + c]) * Tanh(cell[b][c]);
      }
      const Reals* const wanted[] = {&hidden[b], &cell[b], &both, &sums};
      for (int i = 0; i < 4; ++i) CheckRow({node.Output<float>(i), false}, static_cast<int64_t>(b), 0, 0, *wanted[i]);
    }
  }
}

void CheckLstmSteps() {
  std::mt19937 random(kSeed);
  for (const LstmShape& shape : LstmShapes()) CheckLstm("LSTM", shape, false, random);
  CheckBasicLstm(random);
}

// --- two directions

enum class Aux {
  kAbsent,
  kWeighed,    // beside the input of both
  kBackwards,  // in place of the input of the second
};

// Walks over the samples of `x`, the second direction from the end, and holds both results against `node`'s.
// step(direction, sample, x, aux) gives the output row.
void CheckBothWays(OneNode& node, bool time_major, bool merge, Aux aux_kind, int64_t aux_depth, std::mt19937& random,
                   const std::function<Reals(int, size_t, const Reals&, const Reals&)>& step) {
  for (int run = 0; run < kRuns; ++run) {
    const Sequence x{RandomFloats(random, Dims(time_major, kDepth), -2, 2), time_major};
    const Sequence aux{RandomFloats(random, Dims(time_major, aux_depth), -2, 2), time_major};
    std::vector<const void*> inputs = {x.tensor.data.data()};
    if (aux_kind != Aux::kAbsent) inputs.push_back(aux.tensor.data.data());
    node.MustRun(inputs);
    size_t forward_width = 0;
    for (int direction = 0; direction < 2; ++direction) {
      const Sequence out{node.Output<float>(merge ? 0 : direction), time_major};
      for (int64_t b = 0; b < kBatch; ++b) {
        for (int64_t i = 0; i < kTime; ++i) {
          const int64_t t = direction == 0 ? i : kTime - 1 - i;
          const bool instead = direction == 1 && aux_kind == Aux::kBackwards;
          const Reals row = step(direction, static_cast<size_t>(b), instead ? aux.Row(b, t) : x.Row(b, t),
                                 aux_kind == Aux::kWeighed ? aux.Row(b, t) : Reals());
          CheckRow(out, b, t, direction == 1 && merge ? forward_width : 0, row);
          if (direction == 0) forward_width = row.size();
        }
      }
    }
  }
}

void CheckBidirectionalLstm(const LstmShape& forward, const LstmShape& backward, bool time_major, bool merge, Aux aux,
                            std::mt19937& random) {
  const std::array<LstmWeights, 2> weights = {LstmWeights(forward, random), LstmWeights(backward, random)};
  ir::Attributes attrs = forward.Attrs();
  attrs.Set("time_major", time_major);
  attrs.Set("merge_outputs", merge);
  OneNode node("BIDIRECTIONAL_SEQUENCE_LSTM", attrs);
  node.Input(ElementType::kFloat32, Dims(time_major, kDepth));
  for (const LstmWeights& one : weights) AddWeights(node, one);
  AddStates(node, forward);
  AddStates(node, backward);
  const int64_t aux_depth = aux == Aux::kWeighed ? forward.aux : kDepth;
  if (aux == Aux::kAbsent)
    node.Absent();
  else
    node.Input(ElementType::kFloat32, Dims(time_major, aux_depth));
  for (const LstmWeights& one : weights) AddAll(node, one.aux);
  node.Result(ElementType::kFloat32);
  if (!merge) node.Result(ElementType::kFloat32);
  std::vector<LstmWalk> walks[2] = {std::vector<LstmWalk>(kBatch, LstmWalk(forward, weights[0])),
                                    std::vector<LstmWalk>(kBatch, LstmWalk(backward, weights[1]))};
  CheckBothWays(node, time_major, merge, aux, aux_depth, random,
                [&](int direction, size_t b, const Reals& x, const Reals& beside) {
                  return walks[direction][b].Step(x, beside);
                });
}

void CheckBidirectionalLstms() {
  std::mt19937 random(kSeed);
  const LstmShape plain, wide{.cells = 8, .outputs = 8, .peephole = true},
      small{.cells = 7, .outputs = 3, .coupled = true};
  CheckBidirectionalLstm(plain, wide, false, true, Aux::kAbsent, random);
  CheckBidirectionalLstm(small, plain, true, false, Aux::kAbsent, random);
  CheckBidirectionalLstm(plain, plain, true, true, Aux::kBackwards, random);
  CheckBidirectionalLstm({.aux = 3}, {.peephole = true, .aux = 3}, false, false, Aux::kWeighed, random);
}

// --- the plain cell

struct RnnWeights {
  Floats input, recurrent, bias, aux;

  RnnWeights(int64_t units, int64_t aux_depth, std::mt19937& random)
      : input(RandomFloats(random, {units, kDepth}, -0.7f, 0.7f)),
        recurrent(RandomFloats(random, {units, units}, -0.5f, 0.5f)),
        bias(RandomFloats(random, {units}, -0.7f, 0.7f)) {
    if (aux_depth > 0) aux = RandomFloats(random, {units, aux_depth}, -0.7f, 0.7f);
  }
};

Reals RnnStep(const RnnWeights& weights, int64_t activation, const Reals& x, const Reals& aux, Reals& state) {
  Reals next;
  for (size_t u = 0; u < state.size(); ++u) {
    Sum sum;
    AddRow(weights.input, u, x, sum);
    AddRow(weights.recurrent, u, state, sum);
    if (!weights.aux.data.empty()) AddRow(weights.aux, u, aux, sum);
    sum.Add(RealOf(weights.bias.data[u]));
    next.push_back(Activation(activation, sum.total()));
  }
  return state = next;
}

void AddRnn(OneNode& node, const RnnWeights& weights) {
  for (const Floats* tensor : {&weights.input, &weights.recurrent, &weights.bias}) {
    node.Constant(ElementType::kFloat32, *tensor);
  }
  node.Variable({kBatch, weights.bias.dims[0]});
}

void CheckRnn(const char* op, int64_t activation, bool time_major, std::mt19937& random) {
  constexpr size_t units = 6;
  const bool one_step = std::string(op) == "RNN";
  const std::vector<int64_t> dims = one_step ? std::vector<int64_t>{kBatch, kDepth} : Dims(time_major, kDepth);
  ir::Attributes attrs = AttrsOf({{"fused_activation_function", activation}});
  if (!one_step) attrs.Set("time_major", time_major);
  const RnnWeights weights(units, 0, random);
  OneNode node(op, attrs);
  node.Input(ElementType::kFloat32, dims);
  AddRnn(node, weights);
  node.Result(ElementType::kFloat32);
  std::vector<Reals> states(kBatch, Reals(units));
  for (int run = 0; run < kRuns; ++run) {
    const Sequence x{RandomFloats(random, dims, -2, 2), time_major};
    node.MustRun({x.tensor.data.data()});
    const Sequence out{node.Output<float>(), time_major};
    for (int64_t b = 0; b < kBatch; ++b) {
      for (int64_t t = 0; t < (one_step ? 1 : kTime); ++t) {
        CheckRow(out, b, t, 0, RnnStep(weights, activation, x.Row(b, t), {}, states[static_cast<size_t>(b)]));
      }
    }
  }
}

void CheckRnnSteps() {
  std::mt19937 random(kSeed);
  for (int64_t activation : {kTanh, kRelu, kNone}) CheckRnn("RNN", activation, false, random);
}
void CheckRnnSequences() {
  std::mt19937 random(kSeed);
  for (bool time_major : {false, true}) {
    for (int64_t activation : {kTanh, kRelu6}) CheckRnn("UNIDIRECTIONAL_SEQUENCE_RNN", activation, time_major, random);
  }
}

void CheckBidirectionalRnn(bool time_major, bool merge, Aux aux, std::mt19937& random) {
  const int64_t aux_depth = aux == Aux::kWeighed ? 3 : kDepth;
  const std::array<int64_t, 2> units = {6, 4};
  std::vector<RnnWeights> weights;
  for (int64_t n : units) weights.emplace_back(n, aux == Aux::kWeighed ? aux_depth : 0, random);
  OneNode node("BIDIRECTIONAL_SEQUENCE_RNN",
               AttrsOf({{"fused_activation_function", kTanh}, {"time_major", time_major}, {"merge_outputs", merge}}));
  node.Input(ElementType::kFloat32, Dims(time_major, kDepth));
  for (const RnnWeights& one : weights) AddRnn(node, one);
  if (aux == Aux::kAbsent)
    node.Absent();
  else
    node.Input(ElementType::kFloat32, Dims(time_major, aux_depth));
  for (const RnnWeights& one : weights) AddOptional(node, one.aux);
  node.Result(ElementType::kFloat32);
  if (!merge) node.Result(ElementType::kFloat32);
  std::vector<Reals> states[2];
  for (size_t i = 0; i < units.size(); ++i) states[i].assign(kBatch, Reals(static_cast<size_t>(units[i])));
  CheckBothWays(node, time_major, merge, aux, aux_depth, random,
                [&](int direction, size_t b, const Reals& x, const Reals& beside) {
                  return RnnStep(weights[static_cast<size_t>(direction)], kTanh, x, beside, states[direction][b]);
                });
}

void CheckBidirectionalRnns() {
  std::mt19937 random(kSeed);
  CheckBidirectionalRnn(false, false, Aux::kAbsent, random);
  CheckBidirectionalRnn(true, true, Aux::kBackwards, random);
  CheckBidirectionalRnn(false, true, Aux::kWeighed, random);
}

// --- SVDF

// Filter f sees feature f of each of the last `memory` inputs, weighed by when it was; `rank` filters are a unit.
void CheckSvdf(size_t rank, bool has_bias, int64_t activation, std::mt19937& random) {
  constexpr size_t units = 4, memory = 3;
  const size_t filters = units * rank;
  const Floats features = RandomFloats(random, {static_cast<int64_t>(filters), kDepth}, -0.7f, 0.7f);
  const Floats time = RandomFloats(random, {static_cast<int64_t>(filters), memory}, -0.7f, 0.7f);
  Floats bias;
  if (has_bias) bias = RandomFloats(random, {units}, -0.7f, 0.7f);
  OneNode node("SVDF", AttrsOf({{"rank", static_cast<int64_t>(rank)}, {"fused_activation_function", activation}}));
  node.Input(ElementType::kFloat32, {kBatch, kDepth});
  node.Constant(ElementType::kFloat32, features);
  node.Constant(ElementType::kFloat32, time);
  AddOptional(node, bias);
  node.Variable({kBatch, static_cast<int64_t>(filters * memory)});
  node.Result(ElementType::kFloat32);
  std::vector<std::vector<Reals>> seen(kBatch);  // by sample, every input so far
  for (size_t run = 0; run < memory + 2; ++run) {
    const Sequence x{RandomFloats(random, {kBatch, kDepth}, -2, 2), false};
    node.MustRun({x.tensor.data.data()});
    const Sequence out{node.Output<float>(), false};
    for (size_t b = 0; b < kBatch; ++b) {
      seen[b].push_back(x.Row(static_cast<int64_t>(b), 0));
      Reals want;
      for (size_t u = 0; u < units; ++u) {
        Sum sum;
        if (has_bias) sum.Add(RealOf(bias.data[u]));
        for (size_t f = u * rank; f < (u + 1) * rank; ++f) {
          for (size_t age = 0; age < std::min(memory, seen[b].size()); ++age) {
            Sum feature;
            AddRow(features, f, seen[b][seen[b].size() - 1 - age], feature);
            sum.Add(feature.total() * RealOf(time.data[f * memory + memory - 1 - age]));
          }
        }
        want.push_back(Activation(activation, sum.total()));
      }
      CheckRow(out, static_cast<int64_t>(b), 0, 0, want);
    }
  }
}

void CheckSvdfs() {
  std::mt19937 random(kSeed);
  CheckSvdf(1, true, kNone, random);
  CheckSvdf(3, false, kRelu, random);
}

constexpr RunReference kReferences[] = {{"LSTM", CheckLstmSteps},
                                        {"UNIDIRECTIONAL_SEQUENCE_LSTM", CheckLstmSequences},
                                        {"BIDIRECTIONAL_SEQUENCE_LSTM", CheckBidirectionalLstms},
                                        {"RNN", CheckRnnSteps},
                                        {"UNIDIRECTIONAL_SEQUENCE_RNN", CheckRnnSequences},
                                        {"BIDIRECTIONAL_SEQUENCE_RNN", CheckBidirectionalRnns},
                                        {"SVDF", CheckSvdfs}};

}  // namespace

absl::Span<const RunReference> RecurrentReferences() { return kReferences; }

}  // namespace zeropoint

TEST_CASE("recurrent kernels are as close to their equations as float32 arithmetic allows") {
  for (const zeropoint::RunReference& one : zeropoint::RecurrentReferences()) {
    INFO(one.op);
    one.check();
  }
}
