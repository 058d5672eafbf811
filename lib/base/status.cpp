#include "base/status.h"

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"

namespace zeropoint {
namespace {

struct PlaceName {
  Place place;
  const char* url;   // payload key inside absl::Status
  const char* text;  // word in Describe()
};

// The order of the annotations in Describe().
constexpr PlaceName kPlaces[] = {
    {Place::kStage, "zeropoint/stage", "stage"},
    {Place::kFile, "zeropoint/file", "file"},
    {Place::kSignature, "zeropoint/signature", "signature"},
    {Place::kOp, "zeropoint/op", "op"},
    {Place::kNode, "zeropoint/node", "node"},
    {Place::kTensor, "zeropoint/tensor", "tensor"},
    {Place::kSample, "zeropoint/sample", "sample"},
};

const PlaceName& Named(Place place) {
  for (const PlaceName& row : kPlaces) {
    if (row.place == place) return row;
  }
  return kPlaces[0];
}

}  // namespace

absl::Status Annotate(absl::Status status, Place place, absl::string_view value) {
  const char* url = Named(place).url;
  if (!status.ok() && !value.empty() && !status.GetPayload(url).has_value()) {
    status.SetPayload(url, absl::Cord(value));
  }
  return status;
}

std::string Annotation(const absl::Status& status, Place place) {
  auto payload = status.GetPayload(Named(place).url);
  return payload.has_value() ? std::string(*payload) : std::string();
}

std::string Describe(const absl::Status& status) {
  std::string places;
  for (const PlaceName& row : kPlaces) {
    std::string value = Annotation(status, row.place);
    if (!value.empty()) absl::StrAppend(&places, places.empty() ? "" : ", ", row.text, " ", value);
  }
  std::string text(status.message());
  if (!places.empty()) absl::StrAppend(&text, " (", places, ")");
  return text;
}

}  // namespace zeropoint
