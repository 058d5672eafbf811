// The C header serves C++17 programs as it stands.
#include <type_traits>

#include "zeropoint/c/zeropoint.h"

static_assert(std::is_same_v<zp_status, int32_t>);
static_assert(std::is_standard_layout_v<zp_tensor_view> && std::is_trivial_v<zp_tensor_view>);

extern "C" uint32_t VersionSeenByCpp17() { return zp_version(); }
