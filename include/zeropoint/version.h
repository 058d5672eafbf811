// Version of the library; the build reads it from here.
#ifndef ZEROPOINT_VERSION_H_
#define ZEROPOINT_VERSION_H_

#define ZEROPOINT_VERSION_MAJOR 0
#define ZEROPOINT_VERSION_MINOR 1
#define ZEROPOINT_VERSION_PATCH 0

#endif  // ZEROPOINT_VERSION_H_
