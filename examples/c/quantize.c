/* Quantizes a model with one input to int8 through the C ABI.
 *
 *   quantize MODEL SAMPLES.f32 OUT.tflite
 *
 * SAMPLES.f32 holds bare float32 numbers, sample after sample. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zeropoint/c/zeropoint.h>

enum { kMaxRank = 8 };

typedef struct Source {
  FILE* file;
  float* values;
  size_t count; /* numbers in a sample */
  int64_t dims[kMaxRank];
  zp_tensor_view view;
} Source;

static int Next(const char** signature, const zp_tensor_view** inputs, size_t* count, void* user) {
  Source* source = (Source*)user;
  (void)signature; /* the model's only one */
  *count = fread(source->values, sizeof(float), source->count, source->file) == source->count ? 1 : 0;
  *inputs = &source->view;
  return ferror(source->file); /* non-zero ends the conversion with ZP_ERR_USER */
}

static void Reset(void* user) { rewind(((Source*)user)->file); }

/* Asks the model what a sample looks like; a size it leaves open, the batch, becomes 1. */
static int Prepare(Source* source, const zp_converter* converter) {
  size_t rank = zp_converter_input_rank(converter, 0, 0);
  const int64_t* dims = zp_converter_input_dims(converter, 0, 0);
  if (zp_converter_input_count(converter, 0) != 1 || rank > kMaxRank) return 0;
  source->count = 1;
  for (size_t i = 0; i < rank; ++i) {
    source->dims[i] = dims[i] < 0 ? 1 : dims[i];
    source->count *= (size_t)source->dims[i];
  }
  source->values = malloc(source->count * sizeof(float));
  zp_tensor_view view = {sizeof(view),
                         zp_converter_input_name(converter, 0, 0),
                         ZP_F32,
                         rank,
                         source->dims,
                         source->values,
                         source->count * sizeof(float)};
  source->view = view;
  return source->values != NULL;
}

static int Fail(zp_error* error) {
  fprintf(stderr, "%s: %s\n", zp_status_name(zp_error_code(error)), zp_error_describe(error));
  zp_error_free(error);
  return EXIT_FAILURE;
}

int main(int argc, char** argv) {
  if (argc != 4) {
    fprintf(stderr, "usage: %s MODEL SAMPLES.f32 OUT.tflite\n", argv[0]);
    return EXIT_FAILURE;
  }
  zp_error* error = NULL;
  zp_converter* converter = NULL;
  if (zp_converter_open(&converter, argv[1], NULL, NULL, &error) != ZP_OK) return Fail(error);

  Source source;
  memset(&source, 0, sizeof(source));
  source.file = fopen(argv[2], "rb");
  if (source.file == NULL || !Prepare(&source, converter)) {
    fprintf(stderr, "%s cannot be read, or the model has not one input\n", argv[2]);
    zp_converter_free(converter);
    return EXIT_FAILURE;
  }

  zp_status status = zp_converter_set_optimizations(converter, ZP_OPTIMIZE_DEFAULT, &error);
  if (status == ZP_OK) status = zp_converter_set_dataset(converter, Next, Reset, &source, &error);
  if (status == ZP_OK) status = zp_converter_convert_to_file(converter, argv[3], NULL, &error);

  zp_converter_free(converter);
  fclose(source.file);
  free(source.values);
  return status == ZP_OK ? EXIT_SUCCESS : Fail(error);
}
