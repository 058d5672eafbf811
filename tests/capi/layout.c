/* The transparent structs as compiled programs know them: an offset that moves here breaks every one of them. */
#include <stddef.h>

#include "zeropoint/c/zeropoint.h"

#if UINTPTR_MAX == UINT64_MAX
_Static_assert(offsetof(zp_tensor_view, struct_size) == 0, "zp_tensor_view");
_Static_assert(offsetof(zp_tensor_view, name) == 8, "zp_tensor_view");
_Static_assert(offsetof(zp_tensor_view, type) == 16, "zp_tensor_view");
_Static_assert(offsetof(zp_tensor_view, rank) == 24, "zp_tensor_view");
_Static_assert(offsetof(zp_tensor_view, dims) == 32, "zp_tensor_view");
_Static_assert(offsetof(zp_tensor_view, data) == 40, "zp_tensor_view");
_Static_assert(offsetof(zp_tensor_view, bytes) == 48, "zp_tensor_view");

_Static_assert(offsetof(zp_progress, struct_size) == 0, "zp_progress");
_Static_assert(offsetof(zp_progress, stage) == 8, "zp_progress");
_Static_assert(offsetof(zp_progress, done) == 16, "zp_progress");
_Static_assert(offsetof(zp_progress, total) == 24, "zp_progress");

_Static_assert(offsetof(zp_env, struct_size) == 0, "zp_env");
_Static_assert(offsetof(zp_env, log) == 8, "zp_env");
_Static_assert(offsetof(zp_env, progress) == 16, "zp_env");
_Static_assert(offsetof(zp_env, user) == 24, "zp_env");
_Static_assert(offsetof(zp_env, threads) == 32, "zp_env");

_Static_assert(offsetof(zp_model_source, struct_size) == 0, "zp_model_source");
_Static_assert(offsetof(zp_model_source, path) == 8, "zp_model_source");
_Static_assert(offsetof(zp_model_source, data) == 16, "zp_model_source");
_Static_assert(offsetof(zp_model_source, size) == 24, "zp_model_source");

_Static_assert(offsetof(zp_recommend_options, struct_size) == 0, "zp_recommend_options");
_Static_assert(offsetof(zp_recommend_options, modes) == 8, "zp_recommend_options");
_Static_assert(offsetof(zp_recommend_options, mode_count) == 16, "zp_recommend_options");
_Static_assert(offsetof(zp_recommend_options, prefer) == 24, "zp_recommend_options");
_Static_assert(offsetof(zp_recommend_options, target) == 32, "zp_recommend_options");

_Static_assert(offsetof(zp_debug_options, struct_size) == 0, "zp_debug_options");
_Static_assert(offsetof(zp_debug_options, quantized) == 8, "zp_debug_options");
_Static_assert(offsetof(zp_debug_options, evaluation) == 16, "zp_debug_options");
_Static_assert(offsetof(zp_debug_options, max_samples) == 24, "zp_debug_options");
_Static_assert(offsetof(zp_debug_options, costed_ops) == 28, "zp_debug_options");
_Static_assert(offsetof(zp_debug_options, mended) == 32, "zp_debug_options");
_Static_assert(offsetof(zp_debug_options, layers) == 40, "zp_debug_options");
_Static_assert(offsetof(zp_debug_options, layers_user) == 48, "zp_debug_options");

_Static_assert(offsetof(zp_layer, struct_size) == 0, "zp_layer");
_Static_assert(offsetof(zp_layer, sample) == 8, "zp_layer");
_Static_assert(offsetof(zp_layer, op) == 16, "zp_layer");
_Static_assert(offsetof(zp_layer, tensor) == 24, "zp_layer");
_Static_assert(offsetof(zp_layer, tensor_index) == 32, "zp_layer");
_Static_assert(offsetof(zp_layer, type) == 36, "zp_layer");
_Static_assert(offsetof(zp_layer, scale) == 40, "zp_layer");
_Static_assert(offsetof(zp_layer, zero_point) == 48, "zp_layer");
_Static_assert(offsetof(zp_layer, rank) == 56, "zp_layer");
_Static_assert(offsetof(zp_layer, dims) == 64, "zp_layer");
_Static_assert(offsetof(zp_layer, real) == 72, "zp_layer");
_Static_assert(offsetof(zp_layer, quantized) == 80, "zp_layer");
_Static_assert(offsetof(zp_layer, count) == 88, "zp_layer");
#endif

_Static_assert(sizeof(zp_status) == 4 && sizeof(zp_type) == 4, "codes are 32 bits wide");
_Static_assert(ZP_PREFER_SIZE == 0 && ZP_PREFER_LATENCY == 1, "preferences are pinned");
_Static_assert(ZP_OK == 0 && ZP_ERR_ARGUMENT == 10 && ZP_ERR_DATA == 12 && ZP_ERR_IO == 20 && ZP_ERR_FORMAT == 30 &&
                   ZP_ERR_UNSUPPORTED == 40 && ZP_ERR_QUANTIZATION == 42 && ZP_ERR_MEMORY == 50 && ZP_CANCELLED == 60 &&
                   ZP_ERR_USER == 70 && ZP_ERR_INTERNAL == 90,
               "status values are pinned");
_Static_assert(ZP_F32 == 0 && ZP_F16 == 1 && ZP_I32 == 2 && ZP_U8 == 3 && ZP_I64 == 4 && ZP_STRING == 5 &&
                   ZP_BOOL == 6 && ZP_I16 == 7 && ZP_I8 == 9,
               "types are LiteRT's codes");
