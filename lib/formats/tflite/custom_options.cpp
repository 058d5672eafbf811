#include "formats/tflite/custom_options.h"

#include <string>
#include <variant>

#include "flatbuffers/flexbuffers.h"

namespace zeropoint::formats::tflite {
namespace {

class Encoder {
 public:
  Encoder(flexbuffers::Builder& builder, const std::string& key) : builder_(builder), key_(key.c_str()) {}

  void operator()(bool value) { builder_.Bool(key_, value); }
  void operator()(int64_t value) { builder_.Int(key_, value); }
  void operator()(float value) { builder_.Float(key_, value); }
  void operator()(const std::string& value) {
    builder_.Key(key_);
    builder_.String(value);  // with its length: it may hold zeros
  }
  template <typename T>
  void operator()(const std::vector<T>& values) {
    if (values.empty()) return;
    const size_t start = builder_.StartVector(key_);
    for (const T& value : values) builder_.Add(value);
    builder_.EndVector(start, /*typed=*/true, /*fixed=*/false);
  }
  void operator()(const ir::Shape&) {}
  void operator()(const ir::TensorLiteral&) {}

 private:
  flexbuffers::Builder& builder_;
  const char* key_;
};

}  // namespace

std::vector<uint8_t> CustomOptions(const ir::Attributes& attrs) {
  if (attrs.all().empty()) return {};
  flexbuffers::Builder builder;
  builder.Map([&] {
    for (const auto& [name, value] : attrs.all()) std::visit(Encoder(builder, name), value);
  });
  builder.Finish();
  return builder.GetBuffer();
}

}  // namespace zeropoint::formats::tflite
