#include "ir/graph.h"

#include <catch2/catch.hpp>

using namespace zeropoint;
using namespace zeropoint::ir;

namespace {

ValueId Input(Graph& g, const std::string& name) {
  ValueId id = g.AddValue({.name = name, .shape = {1, 2}});
  g.inputs.push_back(id);
  return id;
}

NodeId Unary(Graph& g, const std::string& op, ValueId in, NodeId before = kNoNode) {
  ValueId out = g.AddValue({.name = op + "_out", .shape = {1, 2}});
  return g.AddNode({.op = op}, {in}, {out}, before);
}

}  // namespace

TEST_CASE("a graph keeps producers and uses in step with edits") {
  Graph g;
  ValueId x = Input(g, "x");
  NodeId a = Unary(g, "A", x);
  NodeId b = Unary(g, "B", g.node(a).output());
  g.outputs = {g.node(b).output()};

  REQUIRE(g.producer(g.node(a).output()) == a);
  REQUIRE(g.uses(x).size() == 1);

  SECTION("replacing a value moves its readers and outputs") {
    g.ReplaceUses(g.node(b).output(), x);
    REQUIRE(g.outputs[0] == x);
    REQUIRE(g.NumUses(x) == 2);
  }
  SECTION("removing dead nodes removes whole chains in one sweep") {
    g.outputs = {x};
    REQUIRE(g.RemoveDeadNodes([](const Node&) { return false; }) == 2);
    REQUIRE(g.num_nodes() == 0);
    REQUIRE(g.uses(x).empty());
  }
  SECTION("an inserted node stands where it was put") {
    NodeId c = Unary(g, "C", x, b);
    REQUIRE(g.Order() == std::vector<NodeId>{a, c, b});
    g.MoveBefore(c, a);
    REQUIRE(g.Order() == std::vector<NodeId>{c, a, b});
  }
  SECTION("sorting puts producers first and keeps the order otherwise") {
    g.MoveBefore(b, a);
    REQUIRE(g.SortTopologically());
    REQUIRE(g.Order() == std::vector<NodeId>{a, b});
  }
  SECTION("compacting drops what nothing mentions") {
    g.AddValue({.name = "orphan"});
    g.Compact();
    REQUIRE(g.num_values() == 3);
    REQUIRE(g.node(g.first()).op() == "A");
  }
}

TEST_CASE("sorting reports a cycle") {
  Graph g;
  ValueId v = g.AddValue({.name = "v"}), w = g.AddValue({.name = "w"});
  g.AddNode({.op = "A"}, {w}, {v});
  g.AddNode({.op = "B"}, {v}, {w});
  REQUIRE_FALSE(g.SortTopologically());
}
