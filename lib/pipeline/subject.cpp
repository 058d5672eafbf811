#include "pipeline/subject.h"

#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstring>
#include <limits>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "evaluate/metrics.h"
#include "ir/graph.h"
#include "ops/tensor_view.h"
#include "zeropoint/model.h"

namespace zeropoint::pipeline {
namespace {

constexpr absl::string_view kInMemory = "(bytes)";  // stands for the file's name in errors

bool IsFolder(const std::string& path) {
  struct stat info;
  return ::stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode);
}

template <typename T>
void QuantizeInto(absl::Span<const float> values, const InputInfo& info, std::vector<uint8_t>& bytes) {
  bytes.resize(values.size() * sizeof(T));
  constexpr float kLow = std::numeric_limits<T>::min(), kHigh = std::numeric_limits<T>::max();
  for (size_t i = 0; i < values.size(); ++i) {
    // As LiteRT's QUANTIZE.
    const float q = std::round(values[i] / info.scale) + static_cast<float>(info.zero_point);
    const T stored = static_cast<T>(std::clamp(q, kLow, kHigh));
    std::memcpy(bytes.data() + i * sizeof(T), &stored, sizeof(T));
  }
}

// One quantized tensor of the public API as the engine's layers see it.
struct View {
  ir::QuantParams quant;
  ops::TensorView tensor;

  View(Type type, const std::vector<int64_t>& shape, const void* data, float scale, int64_t zero_point) {
    tensor.type = static_cast<ElementType>(type);
    tensor.dims = shape;
    tensor.data = data;
    if (scale == 0.0f) return;
    quant.scale = {scale};
    quant.zero_point = {zero_point};
    tensor.quant = &quant;
  }
  View(const View&) = delete;
  View& operator=(const View&) = delete;
};

const InputInfo* FindInput(const SignatureInputs* signature, const TensorView& tensor, size_t position) {
  if (signature == nullptr) return nullptr;
  for (size_t i = 0; i < signature->inputs.size(); ++i) {
    const InputInfo& input = signature->inputs[i];
    if (tensor.name.empty() ? i == position : input.name == tensor.name || input.tensor == tensor.name) return &input;
  }
  return nullptr;
}

// Real numbers where a quantized input stands, or the other way round. True when `stored` holds what `to` takes.
absl::StatusOr<bool> Adapt(const TensorView& tensor, const InputInfo* from, const InputInfo* to,
                           std::vector<uint8_t>& stored) {
  if (to == nullptr || tensor.type == to->type) return false;
  // Copied for its alignment, which a sample's need not have.
  std::vector<uint8_t> aligned(static_cast<const uint8_t*>(tensor.data),
                               static_cast<const uint8_t*>(tensor.data) + tensor.bytes);
  std::vector<float> real;
  if (tensor.type == Type::kFloat32 && to->scale != 0.0f) {
    real.resize(aligned.size() / sizeof(float));
    std::memcpy(real.data(), aligned.data(), real.size() * sizeof(float));
  } else if (from != nullptr && from->type == tensor.type && from->scale != 0.0f) {
    const View view(tensor.type, tensor.shape, aligned.data(), from->scale, from->zero_point);
    if (view.tensor.bytes() != aligned.size()) return false;  // the model says what does not fit
    ZP_ASSIGN_OR_RETURN(real, evaluate::RealValues(view.tensor));
  } else {
    return false;
  }
  switch (to->type) {
    case Type::kFloat32:
      stored.resize(real.size() * sizeof(float));
      std::memcpy(stored.data(), real.data(), stored.size());
      return true;
    case Type::kInt8:
      QuantizeInto<int8_t>(real, *to, stored);
      return true;
    case Type::kUInt8:
      QuantizeInto<uint8_t>(real, *to, stored);
      return true;
    case Type::kInt16:
      QuantizeInto<int16_t>(real, *to, stored);
      return true;
    default:
      return false;
  }
}

// FNV-1a.
uint64_t NumberOf(const std::string& bytes) {
  uint64_t number = 0xcbf29ce484222325;
  for (char byte : bytes) number = (number ^ static_cast<uint8_t>(byte)) * 0x100000001b3;
  return number;
}

absl::Status CheckInput(const TensorView& tensor, size_t position) {
  if (tensor.type != Type::kFloat32) return absl::OkStatus();
  for (size_t at = 0; at + sizeof(float) <= tensor.bytes; at += sizeof(float)) {
    float value;
    std::memcpy(&value, static_cast<const uint8_t*>(tensor.data) + at, sizeof(float));
    if (!std::isnan(value)) continue;
    const std::string name = tensor.name.empty() ? absl::StrCat("#", position) : tensor.name;
    return Annotate(absl::InvalidArgumentError(absl::StrCat("NaN in the data of input '", name, "'")), Place::kTensor,
                    name);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::string> TfliteBytes(const ModelSource& source, const std::vector<std::string>& keys) {
  if (source.path.empty()) return source.bytes;
  if (!IsFolder(source.path)) {
    absl::StatusOr<Bytes> file = MapFile(source.path);
    if (!file.ok()) return Annotate(file.status(), Place::kStage, "import");
    return std::string(reinterpret_cast<const char*>(file->data()), file->size());
  }
  ZP_ASSIGN_OR_RETURN(Converter converter, Converter::FromSavedModel(source.path, {keys, {}}));
  ZP_ASSIGN_OR_RETURN(const Conversion conversion, converter.Convert());
  return std::string(conversion.model.begin(), conversion.model.end());
}

absl::StatusOr<Subject> Subject::Open(const ModelSource& source, const RunModel& run, int threads,
                                      const std::vector<std::string>& keys) {
  Subject subject;
  subject.name_ = source.path.empty() ? std::string(kInMemory) : source.path;
  subject.run_ = run;
  subject.seconds_.resize(static_cast<size_t>(std::max(threads, 1)));
  const bool is_file = !source.path.empty() && !IsFolder(source.path) && !run;
  if (!is_file) {
    ZP_ASSIGN_OR_RETURN(subject.bytes_, TfliteBytes(source, keys));
  }
  absl::StatusOr<Runner> first = is_file ? Runner::FromFile(source.path) : Runner::FromBytes(subject.bytes_);
  if (!first.ok()) return Annotate(first.status(), Place::kFile, subject.name_);
  subject.signatures_ = first->Signatures();
  subject.has_state_ = first->HasState();
  if (run) {
    if (subject.has_state_) {
      return Annotate(
          absl::UnimplementedError("a model that keeps a state from sample to sample needs Zeropoint's engine"),
          Place::kFile, subject.name_);
    }
    ZP_RETURN_IF_ERROR(subject.LearnResultParameters());
    subject.number_ = NumberOf(subject.bytes_);
    return subject;
  }
  subject.bytes_.clear();
  subject.runners_.push_back(*std::move(first));
  for (int i = 1; i < threads; ++i) subject.runners_.push_back(subject.runners_.front().Another());
  return subject;
}

absl::Status Subject::LearnResultParameters() {
  ZP_ASSIGN_OR_RETURN(const ModelInfo info, ModelInfo::FromBytes(bytes_));
  auto learn = [&](const std::string& key, const std::string& name, int graph, int tensor) {
    const TensorInfo& result = info.subgraphs[static_cast<size_t>(graph)].tensors[static_cast<size_t>(tensor)];
    if (result.scale.size() != 1) return;
    parameters_[{key, name}] = {result.scale[0], result.zero_point.empty() ? 0 : result.zero_point[0]};
  };
  for (const SignatureInfo& signature : info.signatures) {
    for (size_t i = 0; i < signature.outputs.size(); ++i) {
      learn(signature.key, signature.output_names[i], signature.subgraph, signature.outputs[i]);
    }
  }
  if (!info.signatures.empty() || info.subgraphs.empty()) return absl::OkStatus();
  for (int output : info.subgraphs[0].outputs) {
    learn("", info.subgraphs[0].tensors[static_cast<size_t>(output)].name, 0, output);
  }
  return absl::OkStatus();
}

const SignatureInputs* Subject::FindSignature(const std::string& key) const {
  for (const SignatureInputs& signature : signatures_) {
    if (key.empty() || signature.key == key) return &signature;
  }
  return nullptr;
}

absl::StatusOr<std::vector<Tensor>> Subject::RunAnywhere(int worker, const SampleView& sample) {
  if (!run_) {
    const auto began = std::chrono::steady_clock::now();
    absl::StatusOr<std::vector<Tensor>> results = runners_[static_cast<size_t>(worker)].Run(sample);
    seconds_[static_cast<size_t>(worker)] =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
    return results;
  }
  ZP_ASSIGN_OR_RETURN(RunResult ran, run_(number_, bytes_, sample));
  seconds_[0] = ran.seconds;
  std::vector<Tensor> results = std::move(ran.tensors);
  const SignatureInputs* signature = FindSignature(sample.signature);
  for (Tensor& tensor : results) {
    const auto known = parameters_.find({signature == nullptr ? "" : signature->key, tensor.name});
    if (tensor.type == Type::kFloat32 || tensor.scale != 0.0f || known == parameters_.end()) continue;
    std::tie(tensor.scale, tensor.zero_point) = known->second;
  }
  return results;
}

// Files that other tools wrote may name neither signature nor inputs: where there is one of each, no name is needed.
void Subject::DropUnknownNames(SampleView& sample) const {
  if (signatures_.size() != 1) return;
  if (FindSignature(sample.signature) == nullptr) sample.signature = signatures_.front().key;
  if (signatures_.front().inputs.size() != 1 || sample.tensors.size() != 1) return;
  TensorView& only = sample.tensors.front();
  if (FindInput(&signatures_.front(), only, 0) == nullptr) only.name.clear();
}

absl::StatusOr<std::vector<RealTensor>> Subject::Run(int worker, const SampleView& sample, const Subject& given) {
  SampleView adapted = sample;
  if (&given != this) DropUnknownNames(adapted);
  std::vector<std::vector<uint8_t>> storage(sample.tensors.size());
  for (size_t i = 0; i < adapted.tensors.size(); ++i) {
    TensorView& tensor = adapted.tensors[i];
    ZP_RETURN_IF_ERROR(CheckInput(tensor, i));
    const InputInfo* to = FindInput(FindSignature(adapted.signature), tensor, i);
    const InputInfo* from = FindInput(given.FindSignature(sample.signature), sample.tensors[i], i);
    ZP_ASSIGN_OR_RETURN(const bool changed, Adapt(tensor, from, to, storage[i]));
    if (!changed) continue;
    tensor.type = to->type;
    tensor.data = storage[i].data();
    tensor.bytes = storage[i].size();
  }
  absl::StatusOr<std::vector<Tensor>> results = RunAnywhere(worker, adapted);
  if (!results.ok()) return Annotate(results.status(), Place::kFile, name_);
  std::vector<RealTensor> real;
  for (const Tensor& tensor : *results) {
    const View view(tensor.type, tensor.shape, tensor.data.data(), tensor.scale, tensor.zero_point);
    absl::StatusOr<std::vector<float>> values = evaluate::RealValues(view.tensor);
    if (!values.ok()) return Annotate(Annotate(values.status(), Place::kTensor, tensor.name), Place::kFile, name_);
    if (evaluate::FindNan(*values).has_value()) {
      return Annotate(Annotate(absl::InvalidArgumentError(absl::StrCat("NaN in the result '", tensor.name, "'")),
                               Place::kTensor, tensor.name),
                      Place::kFile, name_);
    }
    real.push_back({tensor.name, tensor.shape, *std::move(values)});
  }
  return real;
}

void Subject::ResetState(int worker) {
  if (!run_) runners_[static_cast<size_t>(worker)].ResetState();
}

}  // namespace zeropoint::pipeline
