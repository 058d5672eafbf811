/* usage: consumer_c MODEL OUT: converts without quantization through the C ABI. */
#include <stdio.h>
#include <zeropoint/c/zeropoint.h>

int main(int argc, char** argv) {
  zp_converter* converter = NULL;
  zp_error* error = NULL;
  if (argc != 3) return 2;
  if (zp_converter_open(&converter, argv[1], NULL, NULL, &error) != ZP_OK ||
      zp_converter_convert_to_file(converter, argv[2], NULL, &error) != ZP_OK) {
    fprintf(stderr, "%s\n", zp_error_describe(error));
    zp_error_free(error);
    zp_converter_free(converter);
    return 1;
  }
  zp_converter_free(converter);
  return 0;
}
