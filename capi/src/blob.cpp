// Bytes that belong to the caller.
#include <string>
#include <utility>
#include <vector>

#include "handles.h"

struct zp_blob {
  std::vector<uint8_t> bytes;  // of a model; empty when the blob is text
  std::string text;
  bool is_text = false;
};

namespace zeropoint::capi {

zp_blob* NewBlob(std::vector<uint8_t> bytes) {
  bytes.push_back(0);
  return new zp_blob{std::move(bytes), "", false};
}

zp_blob* NewBlob(std::string text) { return new zp_blob{{}, std::move(text), true}; }

}  // namespace zeropoint::capi

const void* zp_blob_data(const zp_blob* blob) {
  if (blob == nullptr) return nullptr;
  return blob->is_text ? static_cast<const void*>(blob->text.c_str()) : blob->bytes.data();
}

size_t zp_blob_size(const zp_blob* blob) {
  if (blob == nullptr) return 0;
  return blob->is_text ? blob->text.size() : blob->bytes.size() - 1;
}

void zp_blob_free(zp_blob* blob) { delete blob; }
