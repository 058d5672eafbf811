#include "evaluate/judge.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "evaluate/metrics.h"

namespace zeropoint::evaluate {
namespace {

constexpr double kPercent = 0.01;
constexpr absl::string_view kTopPrefix = "top";

struct Row {
  MetricKind kind;
  absl::string_view name;
  Unit unit;
  bool higher_is_better, wants_classes;
  std::optional<double> perfect;
};

constexpr Row kRows[] = {
    {MetricKind::kTop, kTopPrefix, Unit::kFraction, true, true, 1.0},
    {MetricKind::kAuc, "auc", Unit::kFraction, true, true, 1.0},
    {MetricKind::kAgreement, "agreement", Unit::kFraction, true, false, 1.0},
    {MetricKind::kMse, "mse", Unit::kPlain, false, false, 0.0},
    {MetricKind::kPsnr, "psnr", Unit::kDecibels, true, false, std::nullopt},
    {MetricKind::kSqnr, "sqnr", Unit::kDecibels, true, false, std::nullopt},
    {MetricKind::kCosine, "cosine", Unit::kFraction, true, false, 1.0},
};

const Row& RowOf(MetricKind kind) {
  return *std::find_if(std::begin(kRows), std::end(kRows), [kind](const Row& row) { return row.kind == kind; });
}

// A single score and its threshold as the scores of two classes.
struct TwoScores {
  float scores[2];
};

absl::Status RefuseSingleScore() {
  return absl::InvalidArgumentError(
      "the output has one score, which says no class: give a threshold above which it means class 1, or use auc or "
      "mse");
}

// The scores of row `row`; `two` is their place when there is only one.
absl::StatusOr<absl::Span<const float>> RowOfScores(const Output& output, size_t row, std::optional<float> threshold,
                                                    TwoScores& two) {
  const size_t classes = output.classes();
  const absl::Span<const float> scores = output.values.subspan(row * classes, classes);
  if (classes != 1) return scores;
  if (!threshold.has_value()) return RefuseSingleScore();
  two = {{*threshold, scores[0]}};
  return absl::Span<const float>(two.scores);
}

class TopJudge : public Judge {
 public:
  explicit TopJudge(const MetricSpec& spec) : spec_(spec) {}
  absl::Status Add(const Output& output, absl::Span<const float> expected) override {
    for (size_t row = 0; row < output.rows(); ++row) {
      TwoScores two;
      ZP_ASSIGN_OR_RETURN(const absl::Span<const float> scores, RowOfScores(output, row, spec_.threshold, two));
      if (spec_.k > scores.size()) {
        return absl::InvalidArgumentError(absl::StrCat("top", spec_.k, " of ", scores.size(), " classes"));
      }
      right_ += InTopK(scores, static_cast<size_t>(expected[row]), spec_.k) ? 1 : 0;
      ++rows_;
    }
    return absl::OkStatus();
  }
  absl::StatusOr<double> Value() const override {
    return rows_ == 0 ? 0.0 : static_cast<double>(right_) / static_cast<double>(rows_);
  }

 private:
  const MetricSpec spec_;
  uint64_t right_ = 0, rows_ = 0;
};

class AgreementJudge : public Judge {
 public:
  explicit AgreementJudge(const MetricSpec& spec) : spec_(spec) {}
  absl::Status Add(const Output& output, absl::Span<const float> expected) override {
    const Output reference{output.shape, expected};
    for (size_t row = 0; row < output.rows(); ++row) {
      TwoScores ours, theirs;
      ZP_ASSIGN_OR_RETURN(const absl::Span<const float> found, RowOfScores(output, row, spec_.threshold, ours));
      ZP_ASSIGN_OR_RETURN(const absl::Span<const float> wanted, RowOfScores(reference, row, spec_.threshold, theirs));
      same_ += TopClass(found) == TopClass(wanted) ? 1 : 0;
      ++rows_;
    }
    return absl::OkStatus();
  }
  absl::StatusOr<double> Value() const override {
    return rows_ == 0 ? 0.0 : static_cast<double>(same_) / static_cast<double>(rows_);
  }

 private:
  const MetricSpec spec_;
  uint64_t same_ = 0, rows_ = 0;
};

class AucJudge : public Judge {
 public:
  absl::Status Add(const Output& output, absl::Span<const float> expected) override {
    if (!labels_.empty() && classes_ != output.classes()) {
      return absl::InvalidArgumentError("the number of classes differs from sample to sample");
    }
    classes_ = output.classes();
    scores_.insert(scores_.end(), output.values.begin(), output.values.end());
    for (float label : expected) labels_.push_back(static_cast<int64_t>(label));
    return absl::OkStatus();
  }
  absl::StatusOr<double> Value() const override { return Auc(scores_, classes_, labels_); }

 private:
  size_t classes_ = 0;
  std::vector<float> scores_;
  std::vector<int64_t> labels_;
};

class DistanceJudge : public Judge {
 public:
  explicit DistanceJudge(const MetricSpec& spec) : spec_(spec) {}
  absl::Status Add(const Output& output, absl::Span<const float> expected) override {
    distance_.Add(expected, output.values);
    return absl::OkStatus();
  }
  absl::StatusOr<double> Value() const override {
    switch (spec_.kind) {
      case MetricKind::kMse:
        return distance_.Mse();
      case MetricKind::kPsnr:
        return distance_.PsnrDb(spec_.peak);
      case MetricKind::kSqnr:
        return distance_.SqnrDb();
      default:
        return distance_.Cosine();
    }
  }

 private:
  const MetricSpec spec_;
  Distance distance_;
};

}  // namespace

absl::StatusOr<MetricSpec> ParseMetric(absl::string_view name) {
  MetricSpec spec;
  absl::string_view digits = name;
  if (absl::ConsumePrefix(&digits, kTopPrefix) && absl::SimpleAtoi(digits, &spec.k) && spec.k > 0) return spec;
  for (const Row& row : kRows) {
    if (row.name != name || row.kind == MetricKind::kTop) continue;
    spec.kind = row.kind;
    return spec;
  }
  return absl::InvalidArgumentError(
      absl::StrCat("there is no metric '", name, "'; there are top1, top5 (or another number), ",
                   absl::StrJoin(std::begin(kRows) + 1, std::end(kRows), ", ",
                                 [](std::string* out, const Row& row) { absl::StrAppend(out, row.name); })));
}

std::string NameOf(const MetricSpec& spec) {
  return spec.kind == MetricKind::kTop ? absl::StrCat(kTopPrefix, spec.k) : std::string(RowOf(spec.kind).name);
}

Unit UnitOf(MetricKind kind) { return RowOf(kind).unit; }
bool HigherIsBetter(MetricKind kind) { return RowOf(kind).higher_is_better; }
bool WantsClasses(MetricKind kind) { return RowOf(kind).wants_classes; }
std::optional<double> Perfect(MetricKind kind) { return RowOf(kind).perfect; }

absl::string_view UnitText(Unit unit) {
  switch (unit) {
    case Unit::kFraction:
      return "%";
    case Unit::kDecibels:
      return "dB";
    case Unit::kPlain:
      return "";
  }
  return "";
}

absl::StatusOr<double> ParseAmount(absl::string_view text, Unit unit, absl::string_view option) {
  absl::string_view number = absl::StripAsciiWhitespace(text);
  double factor = 1.0;
  bool fits = true;
  if (absl::ConsumeSuffix(&number, "%")) {
    factor = kPercent;
    fits = unit == Unit::kFraction;
  } else if (absl::EndsWithIgnoreCase(number, "dB")) {
    number.remove_suffix(2);
    fits = unit == Unit::kDecibels;
  }
  const absl::string_view wants = unit == Unit::kFraction   ? "1% or 0.01"
                                  : unit == Unit::kDecibels ? "1dB or 1"
                                                            : "a plain number";
  double value = 0.0;
  if (!fits || !absl::SimpleAtod(number, &value) || !std::isfinite(value) || value < 0.0) {
    return absl::InvalidArgumentError(absl::StrCat(option, " '", text, "': this metric takes ", wants));
  }
  return value * factor;
}

size_t Output::classes() const {
  size_t rank = shape.size();
  while (rank > 2 && shape[rank - 1] == 1) --rank;  // [1,10,1,1]: but [5,1] is five single scores
  return rank == 0 ? 1 : static_cast<size_t>(shape[rank - 1]);
}

LabelReader::LabelReader(absl::Span<const int64_t> shape, absl::Span<const float> values)
    : shape_(shape.begin(), shape.end()), values_(values) {
  entries_ = shape.empty() ? 0 : static_cast<size_t>(shape[0]);
  width_ = entries_ == 0 ? 0 : values.size() / entries_;
}

std::string LabelReader::ShapeText() const { return absl::StrCat("[", absl::StrJoin(shape_, ","), "]"); }

absl::StatusOr<absl::Span<const float>> LabelReader::Take(size_t entries) {
  if (next_ + entries > entries_) {
    return absl::InvalidArgumentError(absl::StrCat("there are more samples than labels, which are ", entries_));
  }
  const absl::Span<const float> taken = values_.subspan(next_ * width_, entries * width_);
  next_ += entries;
  return taken;
}

absl::StatusOr<std::vector<float>> LabelReader::NextClasses(const Output& output) {
  const size_t rows = output.rows(), classes = output.classes();
  const bool one_hot = width_ != rows && width_ != 1 && (width_ == rows * classes || width_ == classes);
  const size_t wanted = one_hot ? rows * classes : rows;
  if (width_ == 0 || wanted % width_ != 0 || (width_ != wanted && width_ != 1 && width_ != classes)) {
    return absl::InvalidArgumentError(absl::StrCat("labels of shape ", ShapeText(), " for an output of ", rows, " row",
                                                   rows == 1 ? "" : "s", " of ", classes, " scores a sample"));
  }
  ZP_ASSIGN_OR_RETURN(const absl::Span<const float> taken, Take(wanted / width_));
  std::vector<float> labels;
  for (size_t row = 0; row < rows; ++row) {
    labels.push_back(one_hot ? static_cast<float>(TopClass(taken.subspan(row * classes, classes))) : taken[row]);
    const float label = labels.back();
    const size_t known = std::max<size_t>(classes, 2);  // a single score tells two classes apart
    if (!(label >= 0.0f) || label != std::floor(label) || label >= static_cast<float>(known)) {
      return absl::InvalidArgumentError(absl::StrCat("label ", label, " is no class: they are 0 to ", known - 1));
    }
  }
  return labels;
}

absl::StatusOr<std::vector<float>> LabelReader::NextTensor(const Output& output) {
  const size_t wanted = output.values.size();
  const size_t batch = output.shape.empty() ? 1 : static_cast<size_t>(output.shape[0]);
  const bool whole = width_ == wanted;
  if (width_ == 0 || (!whole && width_ * batch != wanted)) {
    return absl::InvalidArgumentError(
        absl::StrCat("labels of shape ", ShapeText(), " give ", width_, " numbers a sample, the output has ", wanted));
  }
  ZP_ASSIGN_OR_RETURN(const absl::Span<const float> taken, Take(whole ? 1 : batch));
  return std::vector<float>(taken.begin(), taken.end());
}

absl::StatusOr<std::vector<float>> LabelReader::NextEntry() {
  ZP_ASSIGN_OR_RETURN(const absl::Span<const float> taken, Take(1));
  return std::vector<float>(taken.begin(), taken.end());
}

absl::Status LabelReader::Finish(uint64_t samples) const {
  if (next_ == entries_) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("there are ", entries_, " labels, and ", samples, " samples that take ", next_, " of them"));
}

std::unique_ptr<Judge> Judge::Create(const MetricSpec& spec) {
  switch (spec.kind) {
    case MetricKind::kTop:
      return std::make_unique<TopJudge>(spec);
    case MetricKind::kAuc:
      return std::make_unique<AucJudge>();
    case MetricKind::kAgreement:
      return std::make_unique<AgreementJudge>(spec);
    default:
      return std::make_unique<DistanceJudge>(spec);
  }
}

}  // namespace zeropoint::evaluate
