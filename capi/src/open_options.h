// What stands behind zp_open_options.
#ifndef ZEROPOINT_CAPI_OPEN_OPTIONS_H_
#define ZEROPOINT_CAPI_OPEN_OPTIONS_H_

#include "zeropoint/c/zeropoint.h"
#include "zeropoint/converter.h"

struct zp_open_options {
  zeropoint::SavedModelOptions saved_model;
};

#endif  // ZEROPOINT_CAPI_OPEN_OPTIONS_H_
