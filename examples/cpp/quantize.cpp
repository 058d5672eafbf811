// Quantizes a model with one input to int8 through the C++ API, and says which operators stay float.
//
//   quantize MODEL SAMPLES.f32 OUT.tflite
//
// SAMPLES.f32 holds bare float32 numbers, sample after sample.
#include <zeropoint/converter.h>

#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

namespace {

// All samples of a file, in the shape that the model asks for; a size it leaves open, the batch, becomes 1.
zeropoint::RepresentativeDataset ReadSamples(const std::string& path, const zeropoint::InputInfo& input) {
  std::ifstream file(path, std::ios::binary);
  std::vector<char> bytes{std::istreambuf_iterator<char>(file), {}};
  zeropoint::SampleView sample;
  sample.tensors.push_back({input.name, zeropoint::Type::kFloat32, input.shape, nullptr, sizeof(float)});
  zeropoint::TensorView& tensor = sample.tensors[0];
  for (int64_t& dim : tensor.shape) {
    if (dim < 0) dim = 1;
    tensor.bytes *= static_cast<size_t>(dim);
  }
  std::vector<zeropoint::SampleView> samples;
  for (size_t at = 0; at + tensor.bytes <= bytes.size(); at += tensor.bytes) {
    tensor.data = bytes.data() + at;
    samples.push_back(sample);
  }
  return zeropoint::RepresentativeDataset::FromSamples(samples);
}

int Fail(const absl::Status& status) {
  std::cerr << zeropoint::DescribeError(status) << "\n";
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::cerr << "usage: " << argv[0] << " MODEL SAMPLES.f32 OUT.tflite\n";
    return 1;
  }
  absl::StatusOr<zeropoint::Converter> converter = zeropoint::Converter::FromPath(argv[1]);
  if (!converter.ok()) return Fail(converter.status());

  const zeropoint::InputInfo input = converter->Signatures()[0].inputs[0];
  converter->optimizations = {zeropoint::Optimize::kDefault};
  converter->representative_dataset = ReadSamples(argv[2], input);
  absl::StatusOr<zeropoint::Report> report = converter->ConvertToFile(argv[3]);
  if (!report.ok()) return Fail(report.status());

  std::cout << report->bytes << " bytes, " << report->samples << " samples\n";
  for (const zeropoint::OpReport& op : report->ops) {
    if (!op.quantized) std::cout << op.op << " '" << op.name << "' stays float: " << op.reason << "\n";
  }
  return 0;
}
