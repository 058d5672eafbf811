/* The C ABI as a C11 program sees it. Models: tests/data/tiny. */
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check.h"
#include "zeropoint/c/zeropoint.h"

#define DATA ZEROPOINT_TEST_DATA "/tiny/"

enum { kImageSize = 8 * 8, kSamples = 20 };

int failures = 0;

uint32_t VersionSeenByCpp17(void);

/* ---- A host: samples by callback, progress ---- */

typedef struct Host {
  float image[kImageSize];
  int64_t dims[4];
  zp_tensor_view view;
  int next;
  int samples; /* how many there are; negative: no end */
  int fail_at; /* this sample returns fail_value */
  int fail_value;
  int nan_at;            /* this sample has a NaN */
  const char* cancel_in; /* the stage whose progress is answered with "cancel" */
  int progress_calls;
  char stages[256];
} Host;

static Host MakeHost(void) {
  Host host;
  memset(&host, 0, sizeof(host));
  host.dims[0] = 1, host.dims[1] = 8, host.dims[2] = 8, host.dims[3] = 1;
  host.samples = kSamples;
  host.fail_at = host.nan_at = -1;
  return host;
}

static void FillImage(float* image, int sample) {
  for (int i = 0; i < kImageSize; ++i) image[i] = (float)((i * 37 + sample * 11) % 101) / 50.0f - 1.0f;
}

static int NextSample(const char** signature, const zp_tensor_view** inputs, size_t* count, void* user) {
  Host* host = (Host*)user;
  (void)signature;
  if (host->next == host->fail_at) return host->fail_value;
  if (host->next == host->samples) {
    *count = 0;
    return 0;
  }
  FillImage(host->image, host->next);
  if (host->next == host->nan_at) host->image[5] = NAN;
  ++host->next;
  zp_tensor_view view = {sizeof(view), "image", ZP_F32, 4, host->dims, host->image, sizeof(host->image)};
  host->view = view;
  *inputs = &host->view;
  *count = 1;
  return 0;
}

static void Reset(void* user) { ((Host*)user)->next = 0; }

static int OnProgress(const zp_progress* now, void* user) {
  Host* host = (Host*)user;
  ++host->progress_calls;
  if (strstr(host->stages, now->stage) == NULL &&
      strlen(host->stages) + strlen(now->stage) + 2 < sizeof(host->stages)) {
    strcat(strcat(host->stages, now->stage), " ");
  }
  return now->struct_size >= sizeof(zp_progress) && host->cancel_in != NULL && strcmp(now->stage, host->cancel_in) == 0;
}

static zp_env EnvOf(Host* host) {
  zp_env env = {sizeof(env), NULL, OnProgress, host, 1};
  return env;
}

static zp_converter* Open(const char* path, const zp_env* env) {
  zp_converter* converter = NULL;
  CHECK_OK(zp_converter_open(&converter, path, NULL, env, err));
  return converter;
}

/* A converter for int8 with float fallback, fed by the host's callback. */
static zp_converter* OpenInt8(Host* host) {
  zp_env env = EnvOf(host);
  zp_converter* converter = Open(DATA "classifier", &env);
  CHECK_OK(zp_converter_set_optimizations(converter, ZP_OPTIMIZE_DEFAULT, err));
  CHECK_OK(zp_converter_set_dataset(converter, NextSample, Reset, host, err));
  return converter;
}

static int IsModel(const zp_blob* blob) {
  const char* data = (const char*)zp_blob_data(blob);
  return data != NULL && zp_blob_size(blob) > 8 && memcmp(data + 4, "TFL3", 4) == 0;
}

static int SameBytes(const zp_blob* a, const zp_blob* b) {
  return zp_blob_size(a) == zp_blob_size(b) && memcmp(zp_blob_data(a), zp_blob_data(b), zp_blob_size(a)) == 0;
}

static int Has(const zp_blob* text, const char* part) { return strstr((const char*)zp_blob_data(text), part) != NULL; }

/* ---- Tests ---- */

static void VersionsAgree(void) {
  char text[32];
  uint32_t version = zp_version();
  snprintf(text, sizeof(text), "%u.%u.%u", (unsigned)(version >> 16), (unsigned)(version >> 8 & 255),
           (unsigned)(version & 255));
  CHECK(strcmp(text, zp_version_string()) == 0);
  CHECK(VersionSeenByCpp17() == version);
  CHECK(strcmp(zp_status_name(ZP_ERR_DATA), "ZP_ERR_DATA") == 0);
  CHECK(strcmp(zp_status_name(12345), "unknown") == 0);
}

static void FreeTakesNull(void) {
  zp_blob_free(NULL);
  zp_converter_free(NULL);
  zp_dataset_free(NULL);
  zp_error_free(NULL);
  zp_open_options_free(NULL);
  zp_report_free(NULL);
  zp_converter_cancel(NULL);
}

static void AccessorsTakeNull(void) {
  CHECK(zp_error_code(NULL) == ZP_OK && zp_error_sample(NULL) == -1 && zp_error_user_value(NULL) == 0);
  CHECK(strcmp(zp_error_message(NULL), "") == 0 && strcmp(zp_error_describe(NULL), "") == 0);
  CHECK(strcmp(zp_error_file(NULL), "") == 0 && strcmp(zp_error_tensor(NULL), "") == 0);
  CHECK(zp_blob_data(NULL) == NULL && zp_blob_size(NULL) == 0 && zp_dataset_size(NULL) == 0);
  CHECK(zp_converter_signature_count(NULL) == 0 && zp_converter_signature_key(NULL, 0) == NULL);
  CHECK(zp_converter_input_name(NULL, 0, 0) == NULL && zp_converter_input_type(NULL, 0, 0) == -1);
}

static void NullArgumentsAreErrors(void) {
  zp_converter* none = NULL;
  CHECK_FAILS(ZP_ERR_ARGUMENT, zp_converter_open(NULL, DATA "classifier", NULL, NULL, err), 1);
  CHECK_FAILS(ZP_ERR_ARGUMENT, zp_converter_open(&none, NULL, NULL, NULL, err), none == NULL);
  CHECK_FAILS(ZP_ERR_ARGUMENT, zp_converter_open_bytes(&none, NULL, 4, NULL, err), none == NULL);
  CHECK_FAILS(ZP_ERR_ARGUMENT, zp_converter_convert(NULL, NULL, NULL, err), 1);
  CHECK_FAILS(ZP_ERR_ARGUMENT, zp_converter_convert_to_file(NULL, "x.tflite", NULL, err), 1);
  CHECK_FAILS(ZP_ERR_ARGUMENT, zp_converter_set_optimizations(NULL, 0, err), 1);
  CHECK_FAILS(ZP_ERR_ARGUMENT, zp_converter_set_supported_ops(NULL, 1, err), 1);
  CHECK_FAILS(ZP_ERR_ARGUMENT, zp_converter_set_supported_types(NULL, NULL, 0, err), 1);
  CHECK_FAILS(ZP_ERR_ARGUMENT, zp_converter_set_io_types(NULL, ZP_F32, ZP_F32, err), 1);
  CHECK_FAILS(ZP_ERR_ARGUMENT, zp_converter_set_per_channel(NULL, 1, 1, err), 1);
  CHECK_FAILS(ZP_ERR_ARGUMENT, zp_converter_set_calibration(NULL, ZP_CALIBRATION_EXACT, err), 1);
  CHECK_FAILS(ZP_ERR_ARGUMENT, zp_converter_set_recipe_json(NULL, "{}", err), 1);
  CHECK_FAILS(ZP_ERR_ARGUMENT, zp_converter_set_prove_run(NULL, 1, err), 1);
  CHECK_FAILS(ZP_ERR_ARGUMENT, zp_converter_set_target(NULL, "tflm", err), 1);
  CHECK_FAILS(ZP_ERR_ARGUMENT, zp_converter_set_target_litert(NULL, "2.3", err), 1);
  CHECK_FAILS(ZP_ERR_ARGUMENT, zp_converter_set_integer_only_rewrite(NULL, 1, err), 1);
  CHECK_FAILS(ZP_ERR_ARGUMENT, zp_converter_set_variable_quantization(NULL, 1, err), 1);
  CHECK_FAILS(ZP_ERR_ARGUMENT, zp_converter_set_fuse_lstm(NULL, 1, err), 1);
  CHECK_FAILS(ZP_ERR_ARGUMENT, zp_converter_set_allow_custom_ops(NULL, 1, err), 1);
  CHECK_FAILS(ZP_ERR_ARGUMENT, zp_converter_set_threads(NULL, 1, err), 1);
  CHECK_FAILS(ZP_ERR_ARGUMENT, zp_converter_set_max_memory(NULL, 1, err), 1);
  CHECK_FAILS(ZP_ERR_ARGUMENT, zp_converter_set_sample_state(NULL, ZP_STATE_RESET, err), 1);
  CHECK_FAILS(ZP_ERR_ARGUMENT, zp_converter_set_steps(NULL, NULL, NULL, NULL, err), 1);
  CHECK_FAILS(ZP_ERR_ARGUMENT, zp_dataset_add_step(NULL, NULL, NULL, 0, err), 1);
  CHECK_FAILS(ZP_ERR_ARGUMENT, zp_converter_set_dataset(NULL, NextSample, Reset, NULL, err), 1);
  CHECK_FAILS(ZP_ERR_ARGUMENT, zp_converter_set_dataset_handle(NULL, NULL, err), 1);
  CHECK_FAILS(ZP_ERR_ARGUMENT, zp_dataset_create(NULL, err), 1);
  CHECK_FAILS(ZP_ERR_ARGUMENT, zp_dataset_add_sample(NULL, NULL, NULL, 0, err), 1);
  CHECK_FAILS(ZP_ERR_ARGUMENT, zp_open_options_create(NULL, err), 1);
  CHECK_FAILS(ZP_ERR_ARGUMENT, zp_open_options_add_signature(NULL, "a", err), 1);
  CHECK_FAILS(ZP_ERR_ARGUMENT, zp_open_options_add_tag(NULL, "a", err), 1);
  CHECK_FAILS(ZP_ERR_ARGUMENT, zp_report_json(NULL, 1, NULL, err), 1);
  CHECK_FAILS(ZP_ERR_ARGUMENT, zp_inspect(NULL, NULL, err), 1);
  CHECK_FAILS(ZP_ERR_ARGUMENT, zp_inspect_bytes(NULL, 0, NULL, err), 1);
  CHECK(zp_converter_open(&none, NULL, NULL, NULL, NULL) == ZP_ERR_ARGUMENT); /* nobody wants the object */
}

static void StructsFromOtherVersions(void) {
  zp_converter* converter = NULL;
  zp_env small = {4, NULL, NULL, NULL, 0};
  CHECK_FAILS(ZP_ERR_ARGUMENT, zp_converter_open(&converter, DATA "classifier", NULL, &small, err), converter == NULL);

  /* A host built with a later header: what we do not know is left alone. */
  struct {
    zp_env env;
    void* later;
  } large = {{sizeof(large), NULL, NULL, NULL, 1}, &large};
  converter = Open(DATA "classifier", &large.env);
  CHECK(converter != NULL);
  zp_converter_free(converter);

  zp_dataset* dataset = NULL;
  CHECK_OK(zp_dataset_create(&dataset, err));
  float value = 1.0f;
  int64_t one = 1;
  zp_tensor_view unset = {0, "x", ZP_F32, 1, &one, &value, sizeof(value)};
  CHECK_FAILS(ZP_ERR_ARGUMENT, zp_dataset_add_sample(dataset, NULL, &unset, 1, err), 1);
  zp_tensor_view set = {sizeof(set), "x", ZP_F32, 1, &one, &value, sizeof(value)};
  CHECK_FAILS(ZP_ERR_ARGUMENT, zp_dataset_add_step(dataset, NULL, &set, 1, err), 1); /* a step after nothing */
  struct {
    zp_tensor_view view;
    void* later;
  } views[2] = {{{sizeof(views[0]), "x", ZP_F32, 1, &one, &value, sizeof(value)}, views},
                {{sizeof(views[0]), "y", ZP_F32, 1, &one, &value, sizeof(value)}, views}};
  CHECK_OK(zp_dataset_add_sample(dataset, NULL, &views[0].view, 2, err));
  CHECK(zp_dataset_size(dataset) == 1);
  zp_tensor_view bad_type = {sizeof(bad_type), "x", 1234, 1, &one, &value, sizeof(value)};
  CHECK_FAILS(ZP_ERR_ARGUMENT, zp_dataset_add_sample(dataset, NULL, &bad_type, 1, err),
              strstr(zp_error_message(error), "1234") != NULL);
  zp_tensor_view no_dims = {sizeof(no_dims), "x", ZP_F32, 1, NULL, &value, sizeof(value)};
  CHECK_FAILS(ZP_ERR_ARGUMENT, zp_dataset_add_sample(dataset, NULL, &no_dims, 1, err), 1);
  zp_dataset_free(dataset);
}

static void BadModelsAreNamed(void) {
  zp_converter* converter = NULL;
  CHECK_FAILS(ZP_ERR_IO, zp_converter_open(&converter, DATA "nowhere", NULL, NULL, err),
              converter == NULL && strstr(zp_error_describe(error), "nowhere") != NULL);
  CHECK_FAILS(ZP_ERR_FORMAT, zp_converter_open(&converter, DATA "make_models.py", NULL, NULL, err),
              strstr(zp_error_file(error), "make_models.py") != NULL);
  CHECK_FAILS(ZP_ERR_FORMAT, zp_converter_open_bytes(&converter, "no model", 8, NULL, err), converter == NULL);
  zp_blob* json = NULL;
  CHECK_FAILS(ZP_ERR_IO, zp_inspect(DATA "nowhere", &json, err), json == NULL);

  zp_open_options* options = NULL;
  CHECK_OK(zp_open_options_create(&options, err));
  CHECK_OK(zp_open_options_add_signature(options, "absent", err));
  CHECK_FAILS(ZP_ERR_FORMAT, zp_converter_open(&converter, DATA "classifier", options, NULL, err),
              strstr(zp_error_describe(error), "absent") != NULL);
  zp_open_options_free(options);
}

static void OptionsAreChecked(void) {
  zp_converter* converter = Open(DATA "classifier", NULL);
  zp_type types[] = {ZP_F16, 77};
  CHECK_FAILS(ZP_ERR_ARGUMENT, zp_converter_set_optimizations(converter, 8, err), 1);
  CHECK_FAILS(ZP_ERR_ARGUMENT, zp_converter_set_supported_ops(converter, 0, err), 1);
  CHECK_FAILS(ZP_ERR_ARGUMENT, zp_converter_set_supported_ops(converter, 64, err), 1);
  CHECK_FAILS(ZP_ERR_ARGUMENT, zp_converter_set_supported_types(converter, types, 2, err), 1);
  CHECK_FAILS(ZP_ERR_ARGUMENT, zp_converter_set_io_types(converter, 77, ZP_F32, err), 1);
  CHECK_FAILS(ZP_ERR_ARGUMENT, zp_converter_set_threads(converter, UINT32_MAX, err), 1);
  /* Options that contradict each other come out at conversion. */
  CHECK_OK(zp_converter_set_io_types(converter, ZP_I8, ZP_I8, err));
  CHECK_FAILS(ZP_ERR_ARGUMENT, zp_converter_convert(converter, NULL, NULL, err), 1);
  CHECK_OK(zp_converter_set_io_types(converter, ZP_F32, ZP_F32, err));
  CHECK_OK(zp_converter_set_recipe_json(converter, "{\"rules\": [{\"op\": \"NO_OP\", \"scheme\": \"float\"}]}", err));
  CHECK_FAILS(ZP_ERR_ARGUMENT, zp_converter_convert(converter, NULL, NULL, err),
              strstr(zp_error_message(error), "rules[0].op: 'NO_OP'") != NULL);
  CHECK_OK(
      zp_converter_set_recipe_json(converter, "{\"rules\": [{\"op\": \"SOFTMAX\", \"scheme\": \"float16\"}]}", err));
  CHECK_OK(zp_converter_convert(converter, NULL, NULL, err));
  CHECK_OK(zp_converter_set_recipe_json(converter, NULL, err));
  CHECK_OK(zp_converter_convert(converter, NULL, NULL, err));
  zp_converter_free(converter);
}

static void SignaturesAreTold(void) {
  zp_converter* converter = Open(DATA "classifier", NULL);
  CHECK(zp_converter_signature_count(converter) == 1);
  CHECK(strcmp(zp_converter_signature_key(converter, 0), "serving_default") == 0);
  CHECK(zp_converter_input_count(converter, 0) == 1 && zp_converter_output_count(converter, 0) == 1);
  CHECK(strcmp(zp_converter_input_name(converter, 0, 0), "image") == 0);
  CHECK(strcmp(zp_converter_output_name(converter, 0, 0), "scores") == 0);
  CHECK(zp_converter_input_type(converter, 0, 0) == ZP_F32 && zp_converter_input_rank(converter, 0, 0) == 4);
  const int64_t* dims = zp_converter_input_dims(converter, 0, 0);
  CHECK(dims != NULL && dims[0] == -1 && dims[1] == 8 && dims[2] == 8 && dims[3] == 1);
  CHECK(zp_converter_signature_key(converter, 1) == NULL && zp_converter_input_name(converter, 0, 1) == NULL);
  CHECK(zp_converter_output_name(converter, 0, 9) == NULL && zp_converter_input_dims(converter, 9, 0) == NULL);
  zp_converter_free(converter);
}

static void FloatConversionReports(void) {
  zp_converter* converter = Open(DATA "classifier", NULL);
  zp_blob *model = NULL, *json = NULL, *inside = NULL;
  zp_report* report = NULL;
  CHECK_OK(zp_converter_convert(converter, &model, &report, err));
  CHECK(IsModel(model));
  CHECK_OK(zp_report_json(report, 0, &json, err));
  CHECK(Has(json, "\"float\"") && Has(json, "CONV_2D"));
  CHECK_OK(zp_inspect_bytes(zp_blob_data(model), zp_blob_size(model), &inside, err));
  CHECK(Has(inside, "CONV_2D") && Has(inside, "serving_default"));
  /* What was written can be opened again, from memory, and the bytes need not outlive the call. */
  zp_converter* again = NULL;
  CHECK_OK(zp_converter_open_bytes(&again, zp_blob_data(model), zp_blob_size(model), NULL, err));
  zp_blob_free(model);
  CHECK_OK(zp_converter_convert(again, &model, NULL, err));
  CHECK(IsModel(model));
  zp_converter_free(again);
  zp_blob_free(inside);
  zp_blob_free(json);
  zp_blob_free(model);
  zp_report_free(report);
  zp_converter_free(converter);
}

static zp_dataset* PushedSamples(void) {
  zp_dataset* dataset = NULL;
  CHECK_OK(zp_dataset_create(&dataset, err));
  float image[kImageSize];
  int64_t dims[] = {1, 8, 8, 1};
  for (int i = 0; i < kSamples; ++i) {
    FillImage(image, i);
    zp_tensor_view view = {sizeof(view), i % 2 == 0 ? "image" : NULL, ZP_F32, 4, dims, image, sizeof(image)};
    CHECK_OK(zp_dataset_add_sample(dataset, NULL, &view, 1, err));
  }
  CHECK(zp_dataset_size(dataset) == kSamples);
  return dataset;
}

static void PulledAndPushedSamplesGiveTheSameBytes(void) {
  Host host = MakeHost();
  zp_converter* converter = OpenInt8(&host);
  zp_blob *pulled = NULL, *again = NULL, *pushed = NULL, *json = NULL;
  zp_report* report = NULL;
  CHECK_OK(zp_converter_convert(converter, &pulled, &report, err));
  CHECK(IsModel(pulled) && host.next == kSamples && host.progress_calls > 0);
  CHECK(strstr(host.stages, "calibrate") != NULL && strstr(host.stages, "quantize") != NULL);
  CHECK_OK(zp_report_json(report, 1, &json, err));
  CHECK(Has(json, "\"samples\": 20"));
  CHECK_OK(zp_converter_convert(converter, &again, NULL, err)); /* reset brings the samples back */
  CHECK(SameBytes(pulled, again));

  zp_dataset* dataset = PushedSamples();
  CHECK_OK(zp_converter_set_dataset_handle(converter, dataset, err));
  zp_dataset_free(dataset); /* the converter shares the samples */
  CHECK_OK(zp_converter_set_threads(converter, 4, err));
  CHECK_OK(zp_converter_convert(converter, &pushed, NULL, err));
  CHECK(SameBytes(pulled, pushed));

  CHECK_OK(zp_converter_set_max_memory(converter, 1, err));
  CHECK_FAILS(ZP_ERR_MEMORY, zp_converter_convert(converter, &again, NULL, err), 1);
  CHECK_OK(zp_converter_set_max_memory(converter, UINT64_C(1) << 30, err));
  zp_blob_free(pushed);
  CHECK_OK(zp_converter_convert(converter, &pushed, NULL, err));
  CHECK(SameBytes(pulled, pushed));

  zp_blob_free(json);
  zp_blob_free(pulled);
  zp_blob_free(again);
  zp_blob_free(pushed);
  zp_report_free(report);
  zp_converter_free(converter);
}

static void EveryModeConverts(void) {
  static const struct {
    const char* name;
    uint32_t optimizations, ops;
    zp_type type;
    size_t types;
    zp_type io;
  } modes[] = {{"\"float\"", 0, ZP_OPS_TFLITE_BUILTINS, 0, 0, ZP_F32},
               {"\"dynamic\"", 1, ZP_OPS_TFLITE_BUILTINS, 0, 0, ZP_F32},
               {"\"int8-only\"", 1, ZP_OPS_TFLITE_BUILTINS_INT8, 0, 0, ZP_U8},
               {"\"float16\"", 1, ZP_OPS_TFLITE_BUILTINS, ZP_F16, 1, ZP_F32},
               {"\"int16x8\"", 1, ZP_OPS_INT16X8, 0, 0, ZP_I16},
               {"\"int16x8-fallback\"", 1, ZP_OPS_INT16X8 | ZP_OPS_TFLITE_BUILTINS, 0, 0, ZP_F32}};
  for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); ++i) {
    Host host = MakeHost();
    zp_converter* converter = OpenInt8(&host);
    int calibrates = (modes[i].ops != ZP_OPS_TFLITE_BUILTINS);
    if (!calibrates) CHECK_OK(zp_converter_set_dataset(converter, NULL, NULL, NULL, err));
    CHECK_OK(zp_converter_set_optimizations(converter, modes[i].optimizations, err));
    CHECK_OK(zp_converter_set_supported_ops(converter, modes[i].ops, err));
    CHECK_OK(zp_converter_set_supported_types(converter, &modes[i].type, modes[i].types, err));
    CHECK_OK(zp_converter_set_io_types(converter, modes[i].io, modes[i].io, err));
    zp_blob *model = NULL, *json = NULL;
    zp_report* report = NULL;
    CHECK_OK(zp_converter_convert(converter, &model, &report, err));
    CHECK(IsModel(model));
    if (report != NULL) {
      CHECK_OK(zp_report_json(report, 0, &json, err));
      CHECK(Has(json, modes[i].name));
    }
    zp_blob_free(json);
    zp_blob_free(model);
    zp_report_free(report);
    zp_converter_free(converter);
  }
}

static void AFailingCallbackKeepsItsValue(void) {
  Host host = MakeHost();
  host.fail_at = 3;
  host.fail_value = 42;
  zp_converter* converter = OpenInt8(&host);
  zp_blob* model = NULL;
  CHECK_FAILS(ZP_ERR_USER, zp_converter_convert(converter, &model, NULL, err),
              zp_error_user_value(error) == 42 && model == NULL);
  host.fail_at = -1; /* the next conversion starts afresh */
  CHECK_OK(zp_converter_convert(converter, &model, NULL, err));
  zp_blob_free(model);
  zp_converter_free(converter);
}

static void BadSamplesAreNamed(void) {
  Host host = MakeHost();
  host.nan_at = 17;
  zp_converter* converter = OpenInt8(&host);
  CHECK_FAILS(ZP_ERR_DATA, zp_converter_convert(converter, NULL, NULL, err),
              zp_error_sample(error) == 17 && strcmp(zp_error_tensor(error), "image") == 0);
  host.nan_at = -1;
  host.dims[1] = 7; /* 448 bytes are too many then */
  CHECK_FAILS(ZP_ERR_DATA, zp_converter_convert(converter, NULL, NULL, err), zp_error_sample(error) == 0);
  host.dims[1] = 4, host.dims[2] = 16;
  CHECK_FAILS(ZP_ERR_DATA, zp_converter_convert(converter, NULL, NULL, err),
              zp_error_sample(error) == 0 && strcmp(zp_error_tensor(error), "image") == 0);
  host.samples = 0;
  CHECK_FAILS(ZP_ERR_DATA, zp_converter_convert(converter, NULL, NULL, err), 1);

  zp_dataset* dataset = NULL;
  CHECK_OK(zp_dataset_create(&dataset, err));
  float image[kImageSize] = {0};
  int64_t dims[] = {1, 8, 8, 1};
  zp_tensor_view typo = {sizeof(typo), "imgae", ZP_F32, 4, dims, image, sizeof(image)};
  CHECK_OK(zp_dataset_add_sample(dataset, NULL, &typo, 1, err));
  CHECK_OK(zp_converter_set_dataset_handle(converter, dataset, err));
  CHECK_FAILS(ZP_ERR_DATA, zp_converter_convert(converter, NULL, NULL, err),
              strstr(zp_error_describe(error), "imgae") != NULL);
  zp_dataset_free(dataset);
  CHECK_OK(zp_dataset_create(&dataset, err));
  zp_tensor_view wrong_type = {sizeof(wrong_type), "image", ZP_I32, 4, dims, image, sizeof(image)};
  CHECK_OK(zp_dataset_add_sample(dataset, NULL, &wrong_type, 1, err));
  CHECK_OK(zp_converter_set_dataset_handle(converter, dataset, err));
  CHECK_FAILS(ZP_ERR_DATA, zp_converter_convert(converter, NULL, NULL, err),
              strstr(zp_error_describe(error), "int32") != NULL);
  zp_dataset_free(dataset);
  zp_converter_free(converter);
}

static void ProgressCancels(void) {
  Host host = MakeHost();
  zp_converter* converter = OpenInt8(&host);
  zp_blob* model = NULL;
  host.cancel_in = "calibrate";
  CHECK_FAILS(ZP_CANCELLED, zp_converter_convert(converter, &model, NULL, err), model == NULL);
  host.cancel_in = NULL;
  CHECK_OK(zp_converter_convert(converter, &model, NULL, err));
  CHECK(IsModel(model));
  zp_blob_free(model);
  zp_converter_free(converter);
}

static void* CancelSoon(void* converter) {
  usleep(20000);
  zp_converter_cancel((zp_converter*)converter);
  return NULL;
}

static void AnotherThreadCancels(void) {
  Host host = MakeHost();
  host.samples = -1; /* without cancel this would never end */
  zp_converter* converter = OpenInt8(&host);
  pthread_t thread;
  CHECK(pthread_create(&thread, NULL, CancelSoon, converter) == 0);
  CHECK_FAILS(ZP_CANCELLED, zp_converter_convert(converter, NULL, NULL, err), 1);
  pthread_join(thread, NULL);
  zp_converter_free(converter);
}

static void FilesAreWrittenWholeOrNot(void) {
  char folder[] = P_tmpdir "/zeropoint-capi-XXXXXX";
  char path[64], missing[80];
  CHECK(mkdtemp(folder) != NULL);
  snprintf(path, sizeof(path), "%s/out.tflite", folder);
  snprintf(missing, sizeof(missing), "%s/none/out.tflite", folder);
  Host host = MakeHost();
  zp_converter* converter = OpenInt8(&host);
  CHECK_FAILS(ZP_ERR_IO, zp_converter_convert_to_file(converter, missing, NULL, err), access(missing, F_OK) != 0);
  host.fail_at = 1;
  host.fail_value = 1;
  CHECK_FAILS(ZP_ERR_USER, zp_converter_convert_to_file(converter, path, NULL, err), access(path, F_OK) != 0);
  host.fail_at = -1;
  CHECK_OK(zp_converter_convert_to_file(converter, path, NULL, err));
  zp_blob* json = NULL;
  CHECK_OK(zp_inspect(path, &json, err));
  CHECK(Has(json, "int8"));
  zp_blob_free(json);
  CHECK_FAILS(ZP_ERR_ARGUMENT, zp_converter_convert_to_file(converter, NULL, NULL, err), 1);
  unlink(path);
  CHECK(rmdir(folder) == 0); /* nothing else was left in it */
  zp_converter_free(converter);
}

/* Two signatures, each with samples of its own. */
static void SignaturesAreFedApart(void) {
  zp_open_options* options = NULL;
  zp_converter* converter = NULL;
  CHECK_OK(zp_open_options_create(&options, err));
  CHECK_OK(zp_open_options_add_signature(options, "encode", err));
  CHECK_OK(zp_open_options_add_signature(options, "decode", err));
  CHECK_OK(zp_open_options_add_tag(options, "serve", err));
  CHECK_OK(zp_converter_open(&converter, DATA "two_signatures", options, NULL, err));
  zp_open_options_free(options);
  CHECK(zp_converter_signature_count(converter) == 2);

  zp_dataset* dataset = NULL;
  CHECK_OK(zp_dataset_create(&dataset, err));
  float a[4] = {-1.0f, 0.25f, 0.5f, 1.0f}, b[4] = {0.5f, -0.5f, 0.25f, 0.125f};
  int64_t dims[] = {1, 4};
  zp_tensor_view encode[] = {{sizeof(encode[0]), "image", ZP_F32, 2, dims, a, sizeof(a)},
                             {sizeof(encode[0]), "bias", ZP_F32, 2, dims, b, sizeof(b)}};
  zp_tensor_view decode[] = {{sizeof(decode[0]), "image", ZP_F32, 2, dims, a, sizeof(a)},
                             {sizeof(decode[0]), "hint", ZP_F32, 2, dims, b, sizeof(b)}};
  CHECK_OK(zp_dataset_add_sample(dataset, "encode", encode, 2, err));
  CHECK_OK(zp_dataset_add_sample(dataset, "decode", decode, 2, err));
  CHECK_OK(zp_converter_set_optimizations(converter, ZP_OPTIMIZE_DEFAULT, err));
  CHECK_OK(zp_converter_set_dataset_handle(converter, dataset, err));
  zp_blob* model = NULL;
  CHECK_OK(zp_converter_convert(converter, &model, NULL, err));
  CHECK(IsModel(model));
  CHECK_OK(zp_dataset_add_sample(dataset, "transcode", encode, 2, err));
  CHECK_FAILS(ZP_ERR_DATA, zp_converter_convert(converter, NULL, NULL, err),
              strstr(zp_error_describe(error), "transcode") != NULL);
  zp_blob_free(model);
  zp_dataset_free(dataset);
  zp_converter_free(converter);
}

static int FirstScore(uint64_t sample, const zp_tensor_view* outputs, size_t count, const float* label,
                      size_t label_count, double* value, void* user) {
  CHECK(count == 1 && outputs[0].type == ZP_F32 && label_count == 1 && label[0] == 1.0f);
  *value = ((const float*)outputs[0].data)[0];
  *(uint64_t*)user = sample + 1;
  return sample == 3 ? 17 : 0;
}

static void ModelsAreJudged(void) {
  zp_judge* judge = NULL;
  zp_blob* json = NULL;
  zp_dataset* dataset = PushedSamples();
  int64_t count = (int64_t)zp_dataset_size(dataset);
  float labels[64];
  for (size_t i = 0; i < 64; ++i) labels[i] = 1.0f;
  zp_tensor_view view = {sizeof(view), NULL, ZP_F32, 1, &count, labels, (size_t)count * sizeof(float)};
  zp_model_source model = {sizeof(model), DATA "classifier.tflite", NULL, 0};
  zp_model_source folder = {sizeof(folder), DATA "classifier", NULL, 0};
  CHECK_OK(zp_judge_create(&judge, NULL, err));
  CHECK_FAILS(ZP_ERR_ARGUMENT, zp_evaluate(judge, &model, NULL, &json, err), json == NULL);
  CHECK_OK(zp_judge_set_dataset_handle(judge, dataset, err));
  CHECK_OK(zp_judge_set_labels(judge, &view, err));
  CHECK_OK(zp_judge_set_metric(judge, "top1", err));
  CHECK_OK(zp_judge_set_bounds(judge, "1%", NULL, err));
  CHECK_OK(zp_evaluate(judge, &model, &folder, &json, err));
  CHECK(Has(json, "\"metric\": \"top1\"") && Has(json, "\"passed\": true"));
  zp_blob_free(json);
  const char* modes[] = {"int8", "float16"};
  zp_recommend_options options = {sizeof(options), modes, 2, ZP_PREFER_SIZE, NULL};
  CHECK_OK(zp_recommend(judge, &folder, &options, &json, err));
  CHECK(Has(json, "\"recommended\": ") && Has(json, "float16") && !Has(json, "int16x8\""));
  zp_blob_free(json);
  uint64_t called = 0;
  CHECK_OK(zp_judge_set_metric(judge, NULL, err));
  CHECK_OK(zp_judge_set_bounds(judge, NULL, NULL, err));
  CHECK_OK(zp_judge_set_function(judge, FirstScore, 1, &called, err));
  CHECK_FAILS(ZP_ERR_USER, zp_evaluate(judge, &model, NULL, &json, err), zp_error_user_value(error) == 17);
  CHECK(called == 4);
  zp_judge_free(judge);
  zp_dataset_free(dataset);
}

typedef struct LayersSeen {
  uint64_t layers, outputs, last_sample;
  int stop_at_output;
} LayersSeen;

static int SeeLayer(const zp_layer* layer, void* user) {
  LayersSeen* seen = user;
  CHECK(layer->struct_size == sizeof(zp_layer) && layer->sample >= seen->last_sample);
  seen->last_sample = layer->sample;
  size_t count = 1;
  for (size_t i = 0; i < layer->rank; ++i) count *= (size_t)layer->dims[i];
  CHECK(count == layer->count && layer->count > 0 && strlen(layer->tensor) > 0);
  if (layer->op[0] == '\0') {
    ++seen->outputs;
    return seen->stop_at_output ? 29 : 0;
  }
  ++seen->layers;
  CHECK(layer->type == ZP_I8 && layer->scale > 0.0f && layer->tensor_index >= 0);
  return 0;
}

static void LayersAreShown(void) {
  Host host = MakeHost();
  zp_converter* converter = OpenInt8(&host);
  LayersSeen seen = {0, 0, 0, 0};
  zp_debug_options options;
  memset(&options, 0, sizeof(options));
  options.struct_size = sizeof(options);
  options.costed_ops = options.mended = -1;
  options.max_samples = 3;
  options.layers = SeeLayer;
  options.layers_user = &seen;
  zp_blob* json = NULL;
  CHECK_OK(zp_debug(converter, &options, &json, err));
  CHECK(seen.last_sample == 2 && seen.outputs == 3 && seen.layers >= 6 && seen.layers % 3 == 0);
  zp_blob_free(json);
  seen.last_sample = 0;
  seen.stop_at_output = 1;
  CHECK_FAILS(ZP_ERR_USER, zp_debug(converter, &options, &json, err), json == NULL && zp_error_user_value(error) == 29);
  options.struct_size = offsetof(zp_debug_options, layers); /* as hosts of an older header have it */
  CHECK_OK(zp_debug(converter, &options, &json, err));
  zp_blob_free(json);
  zp_converter_free(converter);
}

static void WhatQuantizationCostsIsTold(void) {
  Host host = MakeHost();
  zp_converter* converter = OpenInt8(&host);
  zp_blob *json = NULL, *again = NULL, *model = NULL;
  CHECK_OK(zp_debug(converter, NULL, &json, err));
  CHECK(Has(json, "\"schema\": \"zeropoint.debug\"") && Has(json, "\"findings\": ") &&
        Has(json, "\"calibration_samples\": 20"));

  zp_debug_options options;
  memset(&options, 0, sizeof(options));
  options.struct_size = sizeof(options);
  CHECK_OK(zp_debug(converter, &options, &again, err)); /* zeros are the defaults */
  CHECK(SameBytes(json, again));
  zp_blob_free(json);
  zp_blob_free(again);

  options.costed_ops = options.mended = -1;
  options.max_samples = 3;
  CHECK_OK(zp_debug(converter, &options, &json, err));
  CHECK(Has(json, "\"samples\": 3,") && Has(json, "\"costed_ops\": 0"));
  zp_blob_free(json);

  /* A file that exists, on samples of its own. */
  CHECK_OK(zp_converter_convert(converter, &model, NULL, err));
  zp_model_source source = {sizeof(source), NULL, zp_blob_data(model), zp_blob_size(model)};
  options.quantized = &source;
  zp_dataset* dataset = PushedSamples();
  options.evaluation = dataset;
  CHECK_OK(zp_converter_set_dataset(converter, NULL, NULL, NULL, err));
  CHECK_OK(zp_debug(converter, &options, &json, err));
  CHECK(Has(json, "\"calibration_samples\": 0"));
  zp_blob_free(json);
  zp_dataset_free(dataset);

  CHECK_OK(zp_dataset_create(&dataset, err));
  options.evaluation = dataset;
  CHECK_FAILS(ZP_ERR_DATA, zp_debug(converter, &options, &json, err), json == NULL); /* none in it */
  zp_dataset_free(dataset);
  options.evaluation = NULL;
  CHECK_FAILS(ZP_ERR_ARGUMENT, zp_debug(converter, &options, &json, err), json == NULL);
  source.size = 0;
  CHECK_FAILS(ZP_ERR_ARGUMENT, zp_debug(converter, &options, &json, err), json == NULL);
  options.quantized = NULL;
  options.max_samples = -1;
  CHECK_FAILS(ZP_ERR_ARGUMENT, zp_debug(converter, &options, &json, err), json == NULL);
  options.struct_size = 8;
  CHECK_FAILS(ZP_ERR_ARGUMENT, zp_debug(converter, &options, &json, err), json == NULL);
  CHECK_FAILS(ZP_ERR_ARGUMENT, zp_debug(NULL, NULL, &json, err), json == NULL);
  CHECK_FAILS(ZP_ERR_ARGUMENT, zp_debug(converter, NULL, NULL, err), 1);
  CHECK_OK(zp_converter_set_dataset(converter, NextSample, Reset, &host, err));
  host.fail_at = 2, host.fail_value = 23;
  CHECK_FAILS(ZP_ERR_USER, zp_debug(converter, NULL, &json, err), zp_error_user_value(error) == 23);
  zp_blob_free(model);
  zp_converter_free(converter);
}

static void AnUnknownOpIsNamed(void) {
  zp_converter* converter = NULL;
  zp_error* error = NULL;
  zp_status status = zp_converter_open(&converter, DATA "unknown_op", NULL, NULL, &error);
  if (status == ZP_OK) status = zp_converter_convert(converter, NULL, NULL, &error);
  CHECK(status == ZP_ERR_UNSUPPORTED);
  CHECK(strstr(zp_error_describe(error), "Cholesky") != NULL);
  zp_error_free(error);
  zp_converter_free(converter);
}

int main(int argc, char** argv) {
  static const struct {
    const char* name;
    void (*run)(void);
  } tests[] = {{"versions agree", VersionsAgree},
               {"free takes NULL", FreeTakesNull},
               {"accessors take NULL", AccessorsTakeNull},
               {"NULL arguments are errors", NullArgumentsAreErrors},
               {"structs from other versions", StructsFromOtherVersions},
               {"bad models are named", BadModelsAreNamed},
               {"options are checked", OptionsAreChecked},
               {"signatures are told", SignaturesAreTold},
               {"a float conversion reports", FloatConversionReports},
               {"pulled and pushed samples give the same bytes", PulledAndPushedSamplesGiveTheSameBytes},
               {"every mode converts", EveryModeConverts},
               {"a failing callback keeps its value", AFailingCallbackKeepsItsValue},
               {"bad samples are named", BadSamplesAreNamed},
               {"progress cancels", ProgressCancels},
               {"another thread cancels", AnotherThreadCancels},
               {"files are written whole or not at all", FilesAreWrittenWholeOrNot},
               {"signatures are fed apart", SignaturesAreFedApart},
               {"models are judged", ModelsAreJudged},
               {"what quantization costs is told", WhatQuantizationCostsIsTold},
               {"layers are shown", LayersAreShown},
               {"an unknown op is named", AnUnknownOpIsNamed}};
  for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); ++i) {
    if (argc > 1 && strcmp(argv[1], tests[i].name) != 0) continue;
    int before = failures;
    tests[i].run();
    printf("%s  %s\n", failures == before ? "ok    " : "FAILED", tests[i].name);
    fflush(stdout);
  }
  return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
