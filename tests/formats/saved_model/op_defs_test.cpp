#include "formats/saved_model/op_defs.h"

#include <catch2/catch.hpp>
#include <cstring>

#include "formats/saved_model/op_defs_table.h"

using namespace zeropoint::formats::saved_model;

TEST_CASE("the table of ops is sorted, and every type in it is one of TensorFlow's") {
  const OpRow* last = nullptr;
  for (const OpRow& row : OpRows()) {
    INFO(row.name);
    REQUIRE((last == nullptr || std::strcmp(last->name, row.name) < 0));
    last = &row;
    const OpSignature* op = FindOp(row.name);
    REQUIRE(op != nullptr);
    for (const auto* args : {&op->inputs, &op->outputs}) {
      for (const OpArg& arg : *args) {
        // Exactly one says what the type is.
        REQUIRE((arg.data_type != kDtInvalid) + !arg.type_attr.empty() + !arg.type_list_attr.empty() == 1);
      }
    }
    for (const AttrDefault& attr : op->defaults) {
      if (attr.value.kind == AttrValue::Kind::kType) REQUIRE(attr.value.number != kDtInvalid);
    }
  }
}

TEST_CASE("an op's row is read in full") {
  const OpSignature* concat = FindOp("ConcatV2");
  REQUIRE(concat != nullptr);
  REQUIRE(concat->inputs.size() == 2);
  REQUIRE(concat->inputs[0].name == "values");
  REQUIRE(concat->inputs[0].number_attr == "N");
  REQUIRE(concat->inputs[1].type_attr == "Tidx");
  REQUIRE(concat->Default("Tidx")->value.number == DataTypeFromName("int32"));
  const OpSignature* conv = FindOp("Conv2D");
  REQUIRE(conv->Default("dilations")->value.numbers == std::vector<int64_t>{1, 1, 1, 1});
  REQUIRE(conv->Default("explicit_paddings")->value.kind == AttrValue::Kind::kList);
  REQUIRE(conv->Default("data_format")->value.text == "NHWC");
  REQUIRE(conv->Default("strides") == nullptr);
  REQUIRE(FindOp("LeakyRelu")->Default("alpha")->value.real == 0.2f);
  REQUIRE(FindOp("FusedBatchNormV3")->Default("is_training")->value.number == 1);
  REQUIRE(FindOp("IdentityN")->outputs[0].type_list_attr == "T");
  REQUIRE(FindOp("Less")->outputs[0].data_type == DataTypeFromName("bool"));
  REQUIRE(FindOp("NoSuchOp") == nullptr);
}
