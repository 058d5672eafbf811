// The StableHLO ops that call another graph on scalars, with a sum or a maximum as that graph, against double
// precision.
#include <functional>
#include <map>

#include "one_node.h"
#include "run_references.h"

namespace zeropoint {
namespace {

using Floats = Elements<float>;
using Longs = std::vector<int64_t>;
using Index = std::vector<int64_t>;

constexpr char kAdd[] = R"(graph add
input %a : float32[]
input %b : float32[]
%y = STABLEHLO_ADD(%a, %b) : float32[]
output %y)";
constexpr char kMaximum[] = R"(graph maximum
input %a : float32[]
input %b : float32[]
%y = STABLEHLO_MAXIMUM(%a, %b) : float32[]
output %y)";

struct Body {
  const char* text;
  float initial;
  std::function<Real(const std::vector<Real>&)> of;  // all elements that meet, the initial one included
};
std::vector<Body> Bodies() {
  return {{kAdd, 0.75f,
           [](const std::vector<Real>& terms) {
             Sum sum;
             for (const Real& term : terms) sum.Add(term);
             return sum.total();
           }},
          {kMaximum, -0.5f, [](const std::vector<Real>& list) {
             Real most = list[0];
             for (const Real& x : list) most = Larger(most, x);
             return most;
           }}};
}

// Every index below dims with its number in row-major order.
void ForEach(const std::vector<int64_t>& dims, const std::function<void(const Index&, size_t)>& f) {
  for (size_t at = 0; at < CountOf(dims); ++at) {
    Index index(dims.size());
    size_t rest = at;
    for (size_t axis = dims.size(); axis-- > 0;) {
      index[axis] = static_cast<int64_t>(rest % static_cast<size_t>(dims[axis]));
      rest /= static_cast<size_t>(dims[axis]);
    }
    f(index, at);
  }
}

// What meets in each place of the result, by its index.
using Meetings = std::map<Index, std::vector<Real>>;

void CheckMeetings(const Floats& got, const Meetings& meetings, const Body& body) {
  REQUIRE(got.data.size() == meetings.size());
  ForEach(got.dims, [&](const Index& index, size_t at) {
    INFO("element " << at);
    RequireClose(got.data[at], body.of(meetings.at(index)));
  });
}

void CheckReduce() {
  std::mt19937 random(7);
  const std::vector<int64_t> dims = {3, 5, 4};
  for (const Body& body : Bodies()) {
    for (const Longs& axes : {Longs{1}, Longs{0, 2}, Longs{0, 1, 2}}) {
      const Floats x = RandomFloats(random, dims, -3, 3);
      OneNode node("STABLEHLO_REDUCE", AttrsOf({{"dimensions", axes}, {"body_subgraph_index", int64_t{1}}}));
      node.Called(body.text);
      node.Input(ElementType::kFloat32, dims);
      node.Constant(ElementType::kFloat32, Floats{{}, {body.initial}});
      node.Result(ElementType::kFloat32);
      node.MustRun({x.data.data()});
      Meetings meetings;
      ForEach(dims, [&](const Index& index, size_t at) {
        Index kept;
        for (int64_t axis = 0; axis < 3; ++axis) {
          if (std::find(axes.begin(), axes.end(), axis) == axes.end()) kept.push_back(index[static_cast<size_t>(axis)]);
        }
        meetings.try_emplace(kept, 1, RealOf(body.initial)).first->second.push_back(RealOf(x.data[at]));
      });
      CheckMeetings(node.Output<float>(), meetings, body);
    }
  }
}

struct Windows {
  Longs sizes, strides, base, dilations, padding;
};

// By the specification: the tensor is spread out by `base` and padded, and windows, spread by `dilations`, are laid on
// it.
Meetings MeetingsOf(const Windows& w, const Floats& x, float initial) {
  const size_t rank = x.dims.size();
  std::vector<int64_t> padded(rank), counts(rank);
  for (size_t i = 0; i < rank; ++i) {
    padded[i] = (x.dims[i] - 1) * w.base[i] + 1 + w.padding[2 * i] + w.padding[2 * i + 1];
    counts[i] = (padded[i] - ((w.sizes[i] - 1) * w.dilations[i] + 1)) / w.strides[i] + 1;
  }
  std::map<Index, Real> places;  // of the padded tensor
  ForEach(x.dims, [&](const Index& index, size_t at) {
    Index place(rank);
    for (size_t i = 0; i < rank; ++i) place[i] = index[i] * w.base[i] + w.padding[2 * i];
    places[place] = RealOf(x.data[at]);
  });
  Meetings meetings;
  ForEach(counts, [&](const Index& to, size_t) {
    std::vector<Real>& met = meetings[to];
    met.push_back(RealOf(initial));
    ForEach(w.sizes, [&](const Index& in, size_t) {
      Index place(rank);
      for (size_t i = 0; i < rank; ++i) place[i] = to[i] * w.strides[i] + in[i] * w.dilations[i];
      if (const auto found = places.find(place); found != places.end()) met.push_back(found->second);
    });
  });
  return meetings;
}

void CheckReduceWindow() {
  std::mt19937 random(8);
  const Windows list[] = {{{2, 3}, {1, 2}, {1, 1}, {1, 1}, {0, 0, 0, 0}},
                          {{2, 2}, {2, 1}, {2, 3}, {1, 2}, {1, 0, 2, 3}},
                          {{3, 2}, {1, 1}, {1, 1}, {2, 1}, {2, 2, -1, 1}}};
  for (const Body& body : Bodies()) {
    for (const Windows& w : list) {
      const Floats x = RandomFloats(random, {5, 7}, -3, 3);
      OneNode node("STABLEHLO_REDUCE_WINDOW", AttrsOf({{"window_dimensions", w.sizes},
                                                       {"window_strides", w.strides},
                                                       {"base_dilations", w.base},
                                                       {"window_dilations", w.dilations},
                                                       {"padding", w.padding},
                                                       {"body_subgraph_index", int64_t{1}}}));
      node.Called(body.text);
      node.Input(ElementType::kFloat32, x.dims);
      node.Constant(ElementType::kFloat32, Floats{{}, {body.initial}});
      node.Result(ElementType::kFloat32);
      node.MustRun({x.data.data()});
      CheckMeetings(node.Output<float>(), MeetingsOf(w, x, body.initial), body);
    }
  }
}

// Rows of updates [count, width] go into rows of a tensor by a list of row numbers, some twice, one outside.
void CheckScatter() {
  std::mt19937 random(9);
  const std::vector<int64_t> dims = {4, 6};
  const Elements<int32_t> rows{{5, 1}, {2, 0, 2, 9, 2}};
  for (const Body& body : Bodies()) {
    const Floats x = RandomFloats(random, dims, -3, 3), updates = RandomFloats(random, {5, 6}, -3, 3);
    OneNode node("STABLEHLO_SCATTER", AttrsOf({{"update_window_dims", Longs{1}},
                                               {"inserted_window_dims", Longs{0}},
                                               {"scatter_dims_to_operand_dims", Longs{0}},
                                               {"index_vector_dim", int64_t{1}},
                                               {"update_computation_subgraph_index", int64_t{1}}}));
    node.Called(body.text);
    node.Input(ElementType::kFloat32, dims);
    node.Constant(ElementType::kInt32, rows);
    node.Input(ElementType::kFloat32, updates.dims);
    node.Result(ElementType::kFloat32);
    node.MustRun({x.data.data(), updates.data.data()});
    Meetings meetings;
    ForEach(dims, [&](const Index& index, size_t at) { meetings[index] = {RealOf(x.data[at])}; });
    ForEach(updates.dims, [&](const Index& index, size_t at) {
      const int64_t row = rows.data[static_cast<size_t>(index[0])];
      if (row < dims[0]) meetings[{row, index[1]}].push_back(RealOf(updates.data[at]));
    });
    CheckMeetings(node.Output<float>(), meetings, body);
  }
}

constexpr RunReference kReferences[] = {{"STABLEHLO_REDUCE", CheckReduce},
                                        {"STABLEHLO_REDUCE_WINDOW", CheckReduceWindow},
                                        {"STABLEHLO_SCATTER", CheckScatter}};

}  // namespace

absl::Span<const RunReference> BodyReferences() { return kReferences; }

TEST_CASE("StableHLO's reductions and scatter are as close to their sums as float32 arithmetic allows") {
  for (const RunReference& one : BodyReferences()) {
    INFO(one.op);
    one.check();
  }
}

}  // namespace zeropoint
