// The host's side of handles that run models, and the samples that it pushed.
#include <cstddef>
#include <cstring>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "handles.h"

namespace zeropoint::capi {

constexpr size_t kFirstEnvSize = offsetof(zp_env, threads) + sizeof(uint32_t);

// The host's struct, however old its header is; a newer one's tail is unknown to us and left out.
absl::StatusOr<zp_env> ReadEnv(const zp_env* env) {
  zp_env result{};
  if (env == nullptr) return result;
  if (env->struct_size < kFirstEnvSize) {
    return absl::InvalidArgumentError(
        absl::StrCat("struct_size of zp_env is ", env->struct_size, ", less than ", kFirstEnvSize));
  }
  std::memcpy(&result, env, env->struct_size < sizeof(result) ? env->struct_size : sizeof(result));
  return result;
}

absl::StatusOr<int> ReadThreads(uint32_t threads) {
  constexpr uint32_t kMaxThreads = 4096;  // more is a mistake: no machine has as many
  if (threads > kMaxThreads) return absl::InvalidArgumentError(absl::StrCat("threads is ", threads));
  return static_cast<int>(threads);
}

RepresentativeDataset DatasetOf(const zp_dataset& dataset) {
  auto position = std::make_shared<size_t>(0);
  auto next = [samples = dataset.samples, position](SampleView& sample) -> absl::StatusOr<bool> {
    if (*position >= samples->size()) return false;
    sample = (*samples)[(*position)++]->view;
    return true;
  };
  return RepresentativeDataset::FromFunction(std::move(next), [position] { *position = 0; });
}

}  // namespace zeropoint::capi
