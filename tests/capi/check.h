/* The least a test program in C needs. */
#ifndef ZEROPOINT_TESTS_CAPI_CHECK_H_
#define ZEROPOINT_TESTS_CAPI_CHECK_H_

#include <stdio.h>

/* Defined by the program; how many checks did not hold. */
extern int failures;

#define CHECK(condition)                                                             \
  do {                                                                               \
    if (!(condition)) {                                                              \
      fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #condition); \
      ++failures;                                                                    \
    }                                                                                \
  } while (0)

/* `call` fails with `code`; the error object is read by `also`, an expression of `error`, and freed. */
#define CHECK_FAILS(code, call, also)                                                                               \
  do {                                                                                                              \
    zp_error* error = NULL;                                                                                         \
    zp_error** err = &error;                                                                                        \
    zp_status status = (call);                                                                                      \
    if (status != (code)) {                                                                                         \
      fprintf(stderr, "%s:%d: %s: %s, expected %s: %s\n", __FILE__, __LINE__, #call, zp_status_name(status), #code, \
              zp_error_describe(error));                                                                            \
      ++failures;                                                                                                   \
    } else {                                                                                                        \
      CHECK(error != NULL && zp_error_code(error) == (code));                                                       \
      CHECK(also);                                                                                                  \
    }                                                                                                               \
    zp_error_free(error);                                                                                           \
  } while (0)

/* `call` succeeds and leaves no error object. */
#define CHECK_OK(call)                                                                         \
  do {                                                                                         \
    zp_error* error = (zp_error*)&failures; /* must be overwritten with NULL */                \
    zp_error** err = &error;                                                                   \
    zp_status status = (call);                                                                 \
    if (status != ZP_OK) {                                                                     \
      fprintf(stderr, "%s:%d: %s: %s\n", __FILE__, __LINE__, #call, zp_error_describe(error)); \
      ++failures;                                                                              \
      zp_error_free(error);                                                                    \
    } else {                                                                                   \
      CHECK(error == NULL);                                                                    \
    }                                                                                          \
  } while (0)

#endif /* ZEROPOINT_TESTS_CAPI_CHECK_H_ */
