// Lookup tables: LiteRT's where it has them, comparisons or a detour by the key's number where it has not.
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "formats/saved_model/saved_model.h"
#include "ir/verifier.h"
#include "tests/formats/saved_model/writer.h"

using namespace zeropoint;
using namespace zeropoint::formats::saved_model;
using namespace zeropoint::formats::saved_model::testing;

namespace {

std::string Int64s(const std::vector<int64_t>& values) {
  return TensorProto(kInt64, {static_cast<int64_t>(values.size())},
                     std::string(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(int64_t)));
}

// y = table[x]; an initializer that nothing leads to fills the table.
ModelSpec Lookup(const std::string& keys, int key_type, const std::string& values, int value_type,
                 const std::string& otherwise) {
  ModelSpec spec;
  spec.nodes = {
      {"x", "Placeholder", {}, {{"dtype", Type(key_type)}, {"shape", ShapeAttr({2})}}},
      {"hash", "HashTableV2", {}, {{"key_dtype", Type(key_type)}, {"value_dtype", Type(value_type)}}},
      ConstNode("keys", keys, key_type),
      ConstNode("values", values, value_type),
      ConstNode("otherwise", otherwise, value_type),
      {"fill",
       "LookupTableImportV2",
       {"hash", "keys", "values"},
       {{"Tin", Type(key_type)}, {"Tout", Type(value_type)}}},
      {"find", "LookupTableFindV2", {"hash", "x", "otherwise"}, {{"Tin", Type(key_type)}, {"Tout", Type(value_type)}}}};
  spec.signatures["serving_default"] = {{{"x", {"x:0", key_type, {2}}}}, {{"y", {"find:0", value_type, {2}}}}};
  return spec;
}

absl::StatusOr<ir::Model> ReadBack(const ModelSpec& spec) {
  TemporaryFolder folder;
  WriteModel(folder.path(), spec);
  return Read(folder.path(), {});
}

std::vector<std::string> Ops(const ir::Graph& graph) {
  std::vector<std::string> ops;
  for (ir::NodeId id : graph.Order()) ops.push_back(graph.node(id).op());
  return ops;
}

}  // namespace

TEST_CASE("a table from strings to int64 is LiteRT's, filled by a graph that runs once") {
  auto model = ReadBack(Lookup(StringTensor({2}, {"a", "b"}), kString, Int64s({5, 6}), kInt64,
                               TensorProto(kInt64, {}, std::string(8, '\0'))));
  INFO(Describe(model.status()));
  REQUIRE(model.ok());
  REQUIRE(ir::Verify(*model).ok());
  REQUIRE(model->graphs.size() == 2);
  CHECK(Ops(model->graphs[0]) == std::vector<std::string>{"CALL_ONCE", "HASHTABLE", "HASHTABLE_FIND"});
  CHECK(Ops(model->graphs[1]) == std::vector<std::string>{"HASHTABLE", "HASHTABLE_IMPORT"});
}

TEST_CASE("a table from numbers to numbers is compared with, and needs no other graph") {
  auto model = ReadBack(Lookup(Int64s({7, 9}), kInt64, TensorProto(kFloat, {2}, Raw({0.5f, 1.5f})), kFloat,
                               TensorProto(kFloat, {}, Raw({0}))));
  INFO(Describe(model.status()));
  REQUIRE(model.ok());
  REQUIRE(ir::Verify(*model).ok());
  REQUIRE(model->graphs.size() == 1);
  CHECK(Ops(model->graphs[0]) == std::vector<std::string>{"tf.ExpandDims", "tf.Equal", "tf.Cast", "tf.ArgMax", "tf.Any",
                                                          "tf.GatherV2", "tf.SelectV2"});
}

TEST_CASE("a table from strings to floats goes by the key's number") {
  auto model = ReadBack(Lookup(StringTensor({2}, {"a", "b"}), kString, TensorProto(kFloat, {2}, Raw({0.5f, 1.5f})),
                               kFloat, TensorProto(kFloat, {}, Raw({0}))));
  INFO(Describe(model.status()));
  REQUIRE(model.ok());
  REQUIRE(ir::Verify(*model).ok());
  CHECK(Ops(model->graphs[0]) == std::vector<std::string>{"CALL_ONCE", "HASHTABLE", "HASHTABLE_FIND", "tf.Reshape",
                                                          "tf.ConcatV2", "tf.GatherV2"});
}

TEST_CASE("tables that cannot be read say why") {
  ModelSpec computed = Lookup(Int64s({7}), kInt64, Int64s({1}), kInt64, TensorProto(kInt64, {}, std::string(8, '\0')));
  computed.node("keys") = {"keys", "Neg", {"values"}, {{"T", Type(kInt64)}}};
  CHECK(Describe(ReadBack(computed).status()).find("filled with what is computed") != std::string::npos);
  ModelSpec empty = Lookup(Int64s({7}), kInt64, Int64s({1}), kInt64, TensorProto(kInt64, {}, std::string(8, '\0')));
  empty.node("fill") = ConstNode("fill", Int64s({1}), kInt64);
  CHECK(Describe(ReadBack(empty).status()).find("that nothing fills") != std::string::npos);
  ModelSpec uneven = Lookup(Int64s({7}), kInt64, Int64s({1, 2}), kInt64, TensorProto(kInt64, {}, std::string(8, '\0')));
  CHECK(Describe(ReadBack(uneven).status()).find("1 keys and 2 values") != std::string::npos);
}
