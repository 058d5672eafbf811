// What stands behind the opaque handles that more than one source uses.
#ifndef ZEROPOINT_CAPI_HANDLES_H_
#define ZEROPOINT_CAPI_HANDLES_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "zeropoint/c/zeropoint.h"
#include "zeropoint/dataset.h"
#include "zeropoint/report.h"

namespace zeropoint::capi {

// A sample that owns its data.
struct StoredSample {
  SampleView view;                         // points into `data`
  std::vector<std::vector<uint8_t>> data;  // one buffer a tensor
};

using StoredSamples = std::vector<std::unique_ptr<StoredSample>>;

// Reads `count` views as the host's version of the header lays them out. The data is not copied.
absl::StatusOr<std::vector<TensorView>> ReadViews(const zp_tensor_view* views, size_t count);

// The element type of `type`; an error names `what` when there is no such type.
absl::StatusOr<Type> ReadType(zp_type type, const char* what);

// The host's struct, however old its header is; a newer one's tail is unknown to us and left out. NULL: all zero.
absl::StatusOr<zp_env> ReadEnv(const zp_env* env);
absl::StatusOr<int> ReadThreads(uint32_t threads);

// Shares the samples of the handle.
RepresentativeDataset DatasetOf(const zp_dataset& dataset);

// A blob that ends with NUL, which its size does not count.
zp_blob* NewBlob(std::vector<uint8_t> bytes);
zp_blob* NewBlob(std::string text);

}  // namespace zeropoint::capi

struct zp_dataset {
  std::shared_ptr<zeropoint::capi::StoredSamples> samples = std::make_shared<zeropoint::capi::StoredSamples>();
};

struct zp_report {
  zeropoint::Report report;
};

#endif  // ZEROPOINT_CAPI_HANDLES_H_
