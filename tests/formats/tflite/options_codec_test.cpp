#include "formats/tflite/options_codec.h"

#include <catch2/catch.hpp>

#include "schema/schema_generated.h"

using namespace zeropoint;
using formats::tflite::ReadOptions;
using formats::tflite::WriteOptions;
using ops::FieldKind;
using ops::OptionsSpec;

namespace {

// The options table in a file of its own; null when none was written.
struct File {
  flatbuffers::FlatBufferBuilder builder;
  const flatbuffers::Table* table = nullptr;

  File(const ir::Attributes& attrs, const OptionsSpec& spec) {
    auto offset = WriteOptions(attrs, spec, builder);
    REQUIRE(offset.ok());
    if (offset->IsNull()) return;
    builder.Finish(flatbuffers::Offset<flatbuffers::Table>(offset->o));
    table = flatbuffers::GetRoot<flatbuffers::Table>(builder.GetBufferPointer());
  }
  template <typename T>
  const T& As() const {
    flatbuffers::Verifier verifier(builder.GetBufferPointer(), builder.GetSize());
    REQUIRE(verifier.VerifyBuffer<T>(nullptr));
    return *reinterpret_cast<const T*>(table);
  }
};

using Sub = schema::SubOptions;
using Random = schema::RandomOptions;
using Var = schema::VarHandleOptions;
using Reshape = schema::ReshapeOptions;
using Bucketize = schema::BucketizeOptions;
using Leaky = schema::LeakyReluOptions;
using Gather = schema::GatherOptions;

OptionsSpec SubSpec() {
  return {schema::BuiltinOptions_SubOptions,
          {{"fused_activation_function", Sub::VT_FUSED_ACTIVATION_FUNCTION, FieldKind::kInt8},
           {"pot_scale_int16", Sub::VT_POT_SCALE_INT16, FieldKind::kBool, 1}}};
}
OptionsSpec ReshapeSpec(bool written) {
  return {schema::BuiltinOptions_ReshapeOptions, {{"new_shape", Reshape::VT_NEW_SHAPE, FieldKind::kInts}}, written};
}

}  // namespace

TEST_CASE("each kind of field arrives where the generated code reads it, and comes back") {
  ir::Attributes attrs, back;
  SECTION("enumerations and booleans") {
    attrs.Set("fused_activation_function", int64_t{3});
    attrs.Set("pot_scale_int16", false);
    File file(attrs, SubSpec());
    REQUIRE(file.As<Sub>().fused_activation_function() == schema::ActivationFunctionType_RELU6);
    REQUIRE_FALSE(file.As<Sub>().pot_scale_int16());
    ReadOptions(file.table, SubSpec(), back);
  }
  SECTION("integers of 32 bits") {
    const OptionsSpec spec = {
        schema::BuiltinOptions_GatherOptions,
        {{"axis", Gather::VT_AXIS, FieldKind::kInt32}, {"batch_dims", Gather::VT_BATCH_DIMS, FieldKind::kInt32}}};
    attrs.Set("axis", int64_t{-2});
    attrs.Set("batch_dims", int64_t{1});
    File file(attrs, spec);
    REQUIRE(file.As<Gather>().axis() == -2);
    REQUIRE(file.As<Gather>().batch_dims() == 1);
    ReadOptions(file.table, spec, back);
  }
  SECTION("integers of 64 bits") {
    const OptionsSpec spec = {
        schema::BuiltinOptions_RandomOptions,
        {{"seed", Random::VT_SEED, FieldKind::kInt64}, {"seed2", Random::VT_SEED2, FieldKind::kInt64}}};
    attrs.Set("seed", int64_t{1} << 40);
    attrs.Set("seed2", int64_t{-1});
    File file(attrs, spec);
    REQUIRE(file.As<Random>().seed() == int64_t{1} << 40);
    ReadOptions(file.table, spec, back);
  }
  SECTION("strings") {
    const OptionsSpec spec = {schema::BuiltinOptions_VarHandleOptions,
                              {{"container", Var::VT_CONTAINER, FieldKind::kString},
                               {"shared_name", Var::VT_SHARED_NAME, FieldKind::kString}}};
    attrs.Set("shared_name", std::string("counter"));
    File file(attrs, spec);
    REQUIRE(file.As<Var>().container() == nullptr);
    REQUIRE(file.As<Var>().shared_name()->str() == "counter");
    ReadOptions(file.table, spec, back);
  }
  SECTION("lists of integers") {
    attrs.Set("new_shape", std::vector<int64_t>{-1, 7});
    File file(attrs, ReshapeSpec(true));
    REQUIRE(file.As<Reshape>().new_shape()->Get(0) == -1);
    ReadOptions(file.table, ReshapeSpec(true), back);
  }
  SECTION("floats and lists of floats") {
    const OptionsSpec leaky = {schema::BuiltinOptions_LeakyReluOptions,
                               {{"alpha", Leaky::VT_ALPHA, FieldKind::kFloat}}};
    attrs.Set("alpha", 0.25f);
    File file(attrs, leaky);
    REQUIRE(file.As<Leaky>().alpha() == 0.25f);
    ReadOptions(file.table, leaky, back);
    const OptionsSpec buckets = {schema::BuiltinOptions_BucketizeOptions,
                                 {{"boundaries", Bucketize::VT_BOUNDARIES, FieldKind::kFloats}}};
    attrs.Set("boundaries", std::vector<float>{0.5f, 1.5f});
    File second(attrs, buckets);
    REQUIRE(second.As<Bucketize>().boundaries()->Get(1) == 1.5f);
    ReadOptions(second.table, buckets, back);
  }
  REQUIRE(back.all().size() == attrs.all().size());
  for (const auto& [name, value] : attrs.all()) {
    INFO(name);
    REQUIRE(back.Has(name));
    REQUIRE(back.Find(name)->index() == value.index());
  }
  REQUIRE(back.Int("axis") == attrs.Int("axis"));
  REQUIRE(back.Int("seed") == attrs.Int("seed"));
  REQUIRE(back.Int("seed2") == attrs.Int("seed2"));
  REQUIRE(back.Bool("pot_scale_int16") == attrs.Bool("pot_scale_int16"));
  REQUIRE(back.String("shared_name") == attrs.String("shared_name"));
  REQUIRE(back.Ints("new_shape") == attrs.Ints("new_shape"));
  REQUIRE(back.Floats("boundaries") == attrs.Floats("boundaries"));
  REQUIRE(back.Float("alpha") == attrs.Float("alpha"));
}

TEST_CASE("defaults cost no bytes and are attributes all the same") {
  ir::Attributes attrs, back;
  attrs.Set("pot_scale_int16", true);
  File file(attrs, SubSpec());
  REQUIRE(file.table != nullptr);
  REQUIRE_FALSE(file.table->CheckField(Sub::VT_POT_SCALE_INT16));
  ReadOptions(file.table, SubSpec(), back);
  REQUIRE(back.Bool("pot_scale_int16"));
  REQUIRE(back.Has("fused_activation_function"));
}

TEST_CASE("a table that is usually left out is written only for a node with one of its attributes") {
  ir::Attributes attrs, back;
  REQUIRE(File(attrs, ReshapeSpec(false)).table == nullptr);
  REQUIRE(File(attrs, ReshapeSpec(true)).table != nullptr);
  attrs.Set("unrelated", true);
  REQUIRE(File(attrs, ReshapeSpec(false)).table == nullptr);
  attrs.Set("new_shape", std::vector<int64_t>{});
  REQUIRE(File(attrs, ReshapeSpec(false)).table != nullptr);
}

TEST_CASE("reading no table gives what reading the written one would") {
  ir::Attributes back;
  ReadOptions(nullptr, ReshapeSpec(false), back);
  REQUIRE(back.all().empty());
  ReadOptions(nullptr, SubSpec(), back);
  REQUIRE(back.Bool("pot_scale_int16"));
  REQUIRE(back.Int("fused_activation_function", -1) == 0);
}

TEST_CASE("an attribute too large for its field is refused") {
  flatbuffers::FlatBufferBuilder builder;
  ir::Attributes attrs;
  attrs.Set("fused_activation_function", int64_t{200});
  REQUIRE(WriteOptions(attrs, SubSpec(), builder).status().code() == absl::StatusCode::kInternal);
  attrs = {};
  attrs.Set("new_shape", std::vector<int64_t>{int64_t{1} << 31});
  REQUIRE(WriteOptions(attrs, ReshapeSpec(true), builder).status().message() ==
          "attribute new_shape=2147483648 does not fit its field");
}
