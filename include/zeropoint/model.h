// A read-only look at a .tflite file.
#ifndef ZEROPOINT_MODEL_H_
#define ZEROPOINT_MODEL_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace zeropoint {

struct TensorInfo {
  std::string name, type;
  std::vector<int64_t> shape;  // -1 where unknown
  std::vector<float> scale;
  std::vector<int64_t> zero_point;
  int axis = 0;
  bool is_constant = false;
  uint64_t bytes = 0;  // of a constant
};

struct OperatorInfo {
  std::string op;
  int version = 1;
  std::vector<int> inputs, outputs;  // tensor indices; -1: an absent operand
};

struct SubgraphInfo {
  std::string name;
  std::vector<TensorInfo> tensors;
  std::vector<OperatorInfo> operators;
  std::vector<int> inputs, outputs;
};

struct SignatureInfo {
  std::string key;
  int subgraph = 0;
  std::vector<std::string> input_names, output_names;
  std::vector<int> inputs, outputs;  // tensor indices, in the order of the names
};

struct ModelInfo {
  std::string description;
  uint64_t bytes = 0;
  std::vector<SubgraphInfo> subgraphs;
  std::vector<SignatureInfo> signatures;
  std::vector<std::string> metadata;  // names

  // Errors as Converter::FromTflite.
  static absl::StatusOr<ModelInfo> FromFile(const std::string& path);
  static absl::StatusOr<ModelInfo> FromBytes(absl::string_view bytes);

  std::string ToText() const;
  std::string ToJson() const;
};

}  // namespace zeropoint

#endif  // ZEROPOINT_MODEL_H_
