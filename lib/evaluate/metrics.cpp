#include "evaluate/metrics.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "absl/strings/str_cat.h"
#include "ir/graph.h"
#include "numeric/float16.h"
#include "numeric/quantize.h"

namespace zeropoint::evaluate {
namespace {

constexpr double kDecibelsOfPower = 10.0;  // a decibel is a tenth of a power's decade
constexpr double kInfinity = std::numeric_limits<double>::infinity();

double Decibels(double power, double noise) {
  if (noise == 0.0) return kInfinity;
  return kDecibelsOfPower * std::log10(power / noise);
}

template <typename T>
std::vector<float> Converted(const ops::TensorView& tensor) {
  const T* values = tensor.As<T>();
  std::vector<float> real(static_cast<size_t>(tensor.elements()));
  std::transform(values, values + real.size(), real.begin(), [](T value) { return static_cast<float>(value); });
  return real;
}

absl::StatusOr<std::vector<float>> Stored(const ops::TensorView& tensor) {
  switch (tensor.type) {
    case ElementType::kFloat32:
      return Converted<float>(tensor);
    case ElementType::kFloat64:
      return Converted<double>(tensor);
    case ElementType::kBool:
      return Converted<bool>(tensor);
    case ElementType::kInt8:
      return Converted<int8_t>(tensor);
    case ElementType::kUInt8:
      return Converted<uint8_t>(tensor);
    case ElementType::kInt16:
      return Converted<int16_t>(tensor);
    case ElementType::kUInt16:
      return Converted<uint16_t>(tensor);
    case ElementType::kInt32:
      return Converted<int32_t>(tensor);
    case ElementType::kUInt32:
      return Converted<uint32_t>(tensor);
    case ElementType::kInt64:
      return Converted<int64_t>(tensor);
    case ElementType::kUInt64:
      return Converted<uint64_t>(tensor);
    case ElementType::kFloat16: {
      const uint16_t* halves = tensor.As<uint16_t>();
      std::vector<float> real(static_cast<size_t>(tensor.elements()));
      std::transform(halves, halves + real.size(), real.begin(), numeric::HalfToFloat);
      return real;
    }
    default:
      return absl::UnimplementedError(
          absl::StrCat("elements of type ", Name(tensor.type), " are no numbers to compare"));
  }
}

}  // namespace

absl::StatusOr<std::vector<float>> RealValues(const ops::TensorView& tensor) {
  ZP_ASSIGN_OR_RETURN(std::vector<float> values, Stored(tensor));
  if (tensor.quant == nullptr || !tensor.quant->quantized()) return values;
  const ir::QuantParams& quant = *tensor.quant;
  const numeric::ChannelLayout layout = numeric::LayoutOf(tensor.dims, quant.scale.size() == 1 ? -1 : quant.axis);
  if (quant.scale.size() != layout.channels) {
    return absl::InvalidArgumentError(
        absl::StrCat(quant.scale.size(), " scales for ", layout.channels, " channels of axis ", quant.axis));
  }
  for (size_t i = 0; i < values.size(); ++i) {
    const size_t channel = i / layout.inner % layout.channels;
    const int64_t zero_point = channel < quant.zero_point.size() ? quant.zero_point[channel] : 0;
    values[i] = quant.scale[channel] * (values[i] - static_cast<float>(zero_point));
  }
  return values;
}

std::optional<size_t> FindNan(absl::Span<const float> values) {
  const auto found = std::find_if(values.begin(), values.end(), [](float value) { return std::isnan(value); });
  if (found == values.end()) return std::nullopt;
  return static_cast<size_t>(found - values.begin());
}

void Distance::Add(absl::Span<const float> reference, absl::Span<const float> test) {
  elements_ += reference.size();
  for (size_t i = 0; i < reference.size(); ++i) {
    const double wanted = reference[i], found = test[i];
    const double error = wanted == found ? 0.0 : found - wanted;  // inf - inf is no error
    noise_ += error * error;
    max_error_ = std::max(max_error_, std::abs(error));
    if (!std::isfinite(wanted)) continue;
    signal_ += wanted * wanted;
    smallest_ = std::min(smallest_, reference[i]);
    largest_ = std::max(largest_, reference[i]);
    if (!std::isfinite(found)) continue;
    test_signal_ += found * found;
    product_ += wanted * found;
  }
}

void Distance::Merge(const Distance& next) {
  elements_ += next.elements_;
  signal_ += next.signal_;
  noise_ += next.noise_;
  test_signal_ += next.test_signal_;
  product_ += next.product_;
  max_error_ = std::max(max_error_, next.max_error_);
  smallest_ = std::min(smallest_, next.smallest_);
  largest_ = std::max(largest_, next.largest_);
}

double Distance::Mse() const { return elements_ == 0 ? 0.0 : noise_ / static_cast<double>(elements_); }

double Distance::SqnrDb() const { return Decibels(signal_, noise_); }

double Distance::PsnrDb(double peak) const {
  const double range = smallest_ > largest_ ? 0.0 : static_cast<double>(largest_) - static_cast<double>(smallest_);
  const double top = peak > 0.0 ? peak : range;
  return Decibels(top * top, Mse());
}

double Distance::Cosine() const {
  if (signal_ == 0.0 && test_signal_ == 0.0) return 1.0;
  if (signal_ == 0.0 || test_signal_ == 0.0) return 0.0;
  return std::clamp(product_ / (std::sqrt(signal_) * std::sqrt(test_signal_)), -1.0, 1.0);
}

size_t TopClass(absl::Span<const float> scores) {
  return static_cast<size_t>(std::max_element(scores.begin(), scores.end()) - scores.begin());
}

bool InTopK(absl::Span<const float> scores, size_t label, size_t k) {
  size_t before = 0;
  for (size_t i = 0; i < scores.size(); ++i) {
    if (scores[i] > scores[label] || (scores[i] == scores[label] && i < label)) ++before;
  }
  return before < k;
}

absl::StatusOr<double> BinaryAuc(absl::Span<const float> scores, const std::vector<bool>& positive) {
  std::vector<size_t> order(scores.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) { return scores[a] < scores[b]; });
  // Mann and Whitney: the sum of the positives' ranks, equal scores sharing the mean of theirs.
  double ranks = 0.0;
  size_t positives = 0;
  for (size_t first = 0; first < order.size();) {
    size_t last = first, found = 0;
    for (; last < order.size() && scores[order[last]] == scores[order[first]]; ++last)
      found += positive[order[last]] ? 1 : 0;
    const double rank = (static_cast<double>(first) + static_cast<double>(last) + 1.0) / 2.0;  // ranks count from 1
    ranks += rank * static_cast<double>(found);
    positives += found;
    first = last;
  }
  const size_t negatives = scores.size() - positives;
  if (positives == 0 || negatives == 0) {
    return absl::InvalidArgumentError("AUC needs samples of the class and samples of others");
  }
  const double p = static_cast<double>(positives), n = static_cast<double>(negatives);
  return (ranks - p * (p + 1.0) / 2.0) / (p * n);
}

absl::StatusOr<double> Auc(absl::Span<const float> scores, size_t classes, absl::Span<const int64_t> labels) {
  std::vector<float> column(labels.size());
  std::vector<bool> positive(labels.size());
  const bool binary = classes <= 2;
  double sum = 0.0;
  for (size_t c = binary ? 1 : 0; c < (binary ? size_t{2} : classes); ++c) {
    for (size_t i = 0; i < labels.size(); ++i) {
      const float* row = scores.data() + i * classes;
      column[i] = !binary ? row[c] : classes == 1 ? row[0] : row[1] - row[0];
      positive[i] = labels[i] == static_cast<int64_t>(c);
    }
    absl::StatusOr<double> area = BinaryAuc(column, positive);
    if (!area.ok())
      return absl::InvalidArgumentError(absl::StrCat(area.status().message(), "; class ", c, " has not both"));
    sum += *area;
  }
  return binary ? sum : sum / static_cast<double>(classes);
}

}  // namespace zeropoint::evaluate
