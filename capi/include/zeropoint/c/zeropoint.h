/* Zeropoint's C ABI: post-training quantization of TensorFlow SavedModels and float .tflite files.
 *
 * Rules (docs/c_api.md has them with examples):
 *   - Handles are opaque. zp_x_free(NULL) does nothing. A `const` pointer that is returned is borrowed until its owner
 *     is freed or changed; what an out parameter receives belongs to the caller.
 *   - A function that can fail returns a zp_status and takes a last `zp_error **err`, which may be NULL. On failure
 *     *err receives an object to free with zp_error_free; on success NULL. Out parameters are NULL after a failure.
 *   - Different handles may be used from different threads; one handle from one thread at a time, except
 *     zp_converter_cancel. Callbacks run inside the call that needs them, on its thread. They must not unwind.
 *   - Strings are UTF-8 and end with NUL. Nothing is printed, no exception leaves, the environment is read
 *     for TMPDIR and ZEROPOINT_SIMD only (docs/c_api.md).
 */
#ifndef ZEROPOINT_C_ZEROPOINT_H_
#define ZEROPOINT_C_ZEROPOINT_H_

#include <stddef.h>
#include <stdint.h>

#if defined(_WIN32)
#define ZP_API
#elif defined(__GNUC__)
#define ZP_API __attribute__((visibility("default")))
#else
#define ZP_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Values: pinned for ever, gaps left. ---- */

typedef int32_t zp_status; /* ZP_OK is 0; every other value, known or not, is a failure */
enum {
  ZP_OK = 0,
  ZP_ERR_ARGUMENT = 10,     /* NULL, out of range, or options that contradict each other */
  ZP_ERR_DATA = 12,         /* samples that do not fit the model, NaN in them, none at all */
  ZP_ERR_IO = 20,           /* a file or folder is missing, or cannot be read or written */
  ZP_ERR_FORMAT = 30,       /* not a model, truncated, corrupt, or without the signature asked for */
  ZP_ERR_UNSUPPORTED = 40,  /* a valid model that asks for something Zeropoint does not have */
  ZP_ERR_QUANTIZATION = 42, /* strict mode: the message lists every op that cannot be integer, one a line */
  ZP_ERR_MEMORY = 50,
  ZP_CANCELLED = 60,   /* zp_converter_cancel, or the progress callback asked to stop */
  ZP_ERR_USER = 70,    /* the dataset callback returned non-zero; zp_error_user_value has the value */
  ZP_ERR_INTERNAL = 90 /* a mistake of ours */
};

typedef int32_t zp_type; /* element types; LiteRT's codes */
enum { ZP_F32 = 0, ZP_F16 = 1, ZP_I32 = 2, ZP_U8 = 3, ZP_I64 = 4, ZP_STRING = 5, ZP_BOOL = 6, ZP_I16 = 7, ZP_I8 = 9 };

enum { ZP_OPTIMIZE_DEFAULT = 1u }; /* flags of zp_converter_set_optimizations */

/* flags of zp_converter_set_supported_ops */
enum {
  ZP_OPS_TFLITE_BUILTINS = 1u,      /* the default: float and integer kernels */
  ZP_OPS_TFLITE_BUILTINS_INT8 = 2u, /* int8 only: an op that cannot be integer is an error */
  ZP_OPS_INT16X8 = 4u               /* int16 activations, int8 weights; with ..._BUILTINS: float fallback */
};

enum {                                /* of zp_converter_set_calibration */
       ZP_CALIBRATION_TENSORFLOW = 0, /* the default: ranges as TensorFlow's calibrator records them */
       ZP_CALIBRATION_EXACT = 1       /* ranges that each tensor really held */
};

enum {                     /* of zp_converter_set_sample_state: a model's variables between samples */
       ZP_STATE_CARRY = 0, /* the default: they stay, as TensorFlow's calibrator has it */
       ZP_STATE_RESET = 1  /* they start anew with each sample but those that continue the one before */
};

enum { ZP_LOG_DEBUG = 0, ZP_LOG_INFO = 1, ZP_LOG_WARNING = 2 };

enum { /* of zp_recommend_options: what is wanted of a mode that is good enough */
       ZP_PREFER_SIZE = 0,
       ZP_PREFER_LATENCY = 1
};

/* ---- Opaque handles ---- */

typedef struct zp_blob zp_blob;
typedef struct zp_converter zp_converter;
typedef struct zp_dataset zp_dataset;
typedef struct zp_error zp_error;
typedef struct zp_judge zp_judge;
typedef struct zp_open_options zp_open_options;
typedef struct zp_report zp_report;

/* ---- Transparent structs: set struct_size to sizeof. They grow at the end; an absent tail is the default. ---- */

/* One tensor, not owned: row-major, packed. In an array of views, struct_size of the first is the distance between
 * elements, and the same in all. */
typedef struct zp_tensor_view {
  size_t struct_size;
  const char* name; /* the signature's input name; NULL: by position */
  zp_type type;
  size_t rank;
  const int64_t* dims; /* rank numbers; may be NULL when rank is 0 */
  const void* data;
  size_t bytes; /* the product of dims times the element size */
} zp_tensor_view;

typedef struct zp_progress {
  size_t struct_size;
  const char*
      stage; /* "optimize", "calibrate", "quantize", "write", "prove" and steps within; borrowed during the callback */
  uint64_t done;
  uint64_t total; /* 0: unknown */
} zp_progress;

/* Points the outputs at the next sample; sets *count to 0 at the end. *signature is NULL before the call: the model's
 * only or first signature. The views must live until the next call. Non-zero stops the conversion with ZP_ERR_USER. */
typedef int (*zp_next_sample_fn)(const char** signature, const zp_tensor_view** inputs, size_t* count, void* user);
/* The same with *continues, which is 0 before the call: non-zero says that the sample is a further step of the sequence
 * that the one before belongs to. */
typedef int (*zp_next_step_fn)(const char** signature, const zp_tensor_view** inputs, size_t* count, int* continues,
                               void* user);
/* Back to the first sample; called at the start of each conversion that reads the data. */
typedef void (*zp_reset_dataset_fn)(void* user);
/* Non-zero cancels. */
typedef int (*zp_progress_fn)(const zp_progress* now, void* user);
typedef void (*zp_log_fn)(int severity, const char* text, void* user);

/* The host's side of a converter. Copied when a converter is opened. */
typedef struct zp_env {
  size_t struct_size;
  zp_log_fn log;           /* may be NULL */
  zp_progress_fn progress; /* may be NULL */
  void* user;              /* given to both */
  uint32_t threads;        /* 0: as many as the machine has */
} zp_env;

/* A model, by path (a SavedModel folder or a .tflite) or, where path is NULL, as the bytes of a .tflite. */
typedef struct zp_model_source {
  size_t struct_size;
  const char* path;
  const void* data;
  size_t size;
} zp_model_source;

typedef struct zp_recommend_options {
  size_t struct_size;
  const char* const* modes; /* names; NULL: all */
  size_t mode_count;
  int32_t prefer;     /* ZP_PREFER_... */
  const char* target; /* what shall run the result: "tflm", "litert-1.4" ...; NULL: the newest LiteRT that is known */
} zp_recommend_options;

/* A quantized result of one layer in one sample; after the layers of a sample come the model's outputs, with an empty
 * op. Everything is borrowed during the callback. */
typedef struct zp_layer {
  size_t struct_size;
  uint64_t sample;      /* counted from 0 */
  const char* op;       /* "CONV_2D"; "": an output */
  const char* tensor;   /* as the float model calls it; of an output, the signature's name for it */
  int32_t tensor_index; /* in the quantized model's subgraph; of an output, its position */
  zp_type type;         /* of the quantized model's tensor */
  float scale;          /* 0: the tensor is not quantized */
  int64_t zero_point;
  size_t rank;
  const int64_t* dims;
  const float* real;      /* the float layer on the operands of the quantized one; of an output, the float model's */
  const float* quantized; /* the quantized layer's own; of an output, the quantized model's; both as real numbers */
  size_t count;           /* of each */
} zp_layer;
/* Non-zero stops with ZP_ERR_USER. */
typedef int (*zp_layer_fn)(const zp_layer* layer, void* user);

/* Of the numbers, 0 is the default and, of the last two, less than 0 is none. */
typedef struct zp_debug_options {
  size_t struct_size;
  const zp_model_source* quantized; /* a .tflite to look at instead of converting: no causes then; NULL: convert */
  const zp_dataset* evaluation;     /* what is measured on; NULL: the converter's samples */
  int32_t max_samples;              /* more are left out; 0: 100 */
  int32_t costed_ops;               /* whose cost at the outputs is measured; 0: 10 */
  int32_t mended;                   /* causes whose mend is measured by converting again; 0: 5 */
  zp_layer_fn layers;               /* called for every layer and output of every sample, in order; may be NULL */
  void* layers_user;                /* given to it */
} zp_debug_options;

/* A metric of the host's own: sets *value for one sample, counted from 0, of which the mean counts. outputs are
 * float32; label has label_count numbers, none without labels. Non-zero stops with ZP_ERR_USER. */
typedef int (*zp_metric_fn)(uint64_t sample, const zp_tensor_view* outputs, size_t count, const float* label,
                            size_t label_count, double* value, void* user);
/* Runs a .tflite elsewhere than in Zeropoint's engine: points *outputs at the results, in the signature's order and
 * with its names, which must live until the next call. model follows from the file's bytes and tells models apart.
 * *seconds may be set to the time of the inference alone. Non-zero stops with ZP_ERR_USER. */
typedef int (*zp_run_fn)(uint64_t model, const void* tflite, size_t size, const char* signature,
                         const zp_tensor_view* inputs, size_t count, int continues, const zp_tensor_view** outputs,
                         size_t* output_count, double* seconds, void* user);

/* ---- Version ---- */

ZP_API uint32_t zp_version(void);                    /* major << 16 | minor << 8 | patch */
ZP_API const char* zp_version_string(void);          /* "0.1.0" */
ZP_API const char* zp_status_name(zp_status status); /* "ZP_OK"; "unknown" for a value this version does not know */

/* ---- Errors. The strings are never NULL: empty when unknown. A NULL error reads as ZP_OK with empty strings. ---- */

ZP_API zp_status zp_error_code(const zp_error* error);
ZP_API const char* zp_error_message(const zp_error* error);
ZP_API const char* zp_error_describe(const zp_error* error); /* message and place in one text */
ZP_API const char* zp_error_stage(const zp_error* error);
ZP_API const char* zp_error_file(const zp_error* error);
ZP_API const char* zp_error_signature(const zp_error* error);
ZP_API const char* zp_error_node(const zp_error* error);
ZP_API const char* zp_error_op(const zp_error* error);
ZP_API const char* zp_error_tensor(const zp_error* error);
ZP_API int64_t zp_error_sample(const zp_error* error); /* counted from 0; -1: unknown */
ZP_API int zp_error_user_value(const zp_error* error); /* of ZP_ERR_USER; otherwise 0 */
ZP_API void zp_error_free(zp_error* error);

/* ---- Bytes ---- */

ZP_API const void* zp_blob_data(const zp_blob* blob); /* a NUL stands behind the last byte */
ZP_API size_t zp_blob_size(const zp_blob* blob);
ZP_API void zp_blob_free(zp_blob* blob);

/* ---- Samples, pushed: the data is copied ---- */

ZP_API zp_status zp_dataset_create(zp_dataset** out, zp_error** err);
/* signature: NULL for the model's only or first one. */
ZP_API zp_status zp_dataset_add_sample(zp_dataset* dataset, const char* signature, const zp_tensor_view* inputs,
                                       size_t count, zp_error** err);
/* A further step of the sequence that the sample added last belongs to. */
ZP_API zp_status zp_dataset_add_step(zp_dataset* dataset, const char* signature, const zp_tensor_view* inputs,
                                     size_t count, zp_error** err);
ZP_API size_t zp_dataset_size(const zp_dataset* dataset);
ZP_API void zp_dataset_free(zp_dataset* dataset);

/* ---- Opening a model ---- */

ZP_API zp_status zp_open_options_create(zp_open_options** out, zp_error** err);
/* None: "serving_default", or the only one. */
ZP_API zp_status zp_open_options_add_signature(zp_open_options* options, const char* key, zp_error** err);
/* None: "serve". */
ZP_API zp_status zp_open_options_add_tag(zp_open_options* options, const char* tag, zp_error** err);
ZP_API void zp_open_options_free(zp_open_options* options);

/* A folder is a SavedModel, anything else a .tflite. options and env may be NULL. */
ZP_API zp_status zp_converter_open(zp_converter** out, const char* path, const zp_open_options* options,
                                   const zp_env* env, zp_error** err);
/* A .tflite in memory; the bytes are copied. */
ZP_API zp_status zp_converter_open_bytes(zp_converter** out, const void* data, size_t size, const zp_env* env,
                                         zp_error** err);
ZP_API void zp_converter_free(zp_converter* converter);

/* ---- What the model asks for. Out of range: 0, NULL or -1. ---- */

ZP_API size_t zp_converter_signature_count(const zp_converter* converter);
ZP_API const char* zp_converter_signature_key(const zp_converter* converter, size_t signature);
ZP_API size_t zp_converter_input_count(const zp_converter* converter, size_t signature);
ZP_API const char* zp_converter_input_name(const zp_converter* converter, size_t signature, size_t input);
ZP_API zp_type zp_converter_input_type(const zp_converter* converter, size_t signature, size_t input);
ZP_API size_t zp_converter_input_rank(const zp_converter* converter, size_t signature, size_t input);
/* rank numbers, -1 where unknown */
ZP_API const int64_t* zp_converter_input_dims(const zp_converter* converter, size_t signature, size_t input);
ZP_API size_t zp_converter_output_count(const zp_converter* converter, size_t signature);
ZP_API const char* zp_converter_output_name(const zp_converter* converter, size_t signature, size_t output);

/* ---- Options. Each keeps its value until it is set again. ---- */

ZP_API zp_status zp_converter_set_optimizations(zp_converter* converter, uint32_t flags, zp_error** err);
ZP_API zp_status zp_converter_set_supported_ops(zp_converter* converter, uint32_t op_sets, zp_error** err);
ZP_API zp_status zp_converter_set_supported_types(zp_converter* converter, const zp_type* types, size_t count,
                                                  zp_error** err);
ZP_API zp_status zp_converter_set_io_types(zp_converter* converter, zp_type input, zp_type output, zp_error** err);
/* per_channel 0: weights are quantized per tensor; dense 0: those of FULLY_CONNECTED are. Both are 1 at first. */
ZP_API zp_status zp_converter_set_per_channel(zp_converter* converter, int per_channel, int dense, zp_error** err);
/* ZP_CALIBRATION_...; they differ for operands that LiteRT overwrites with an op's result. */
ZP_API zp_status zp_converter_set_calibration(zp_converter* converter, int32_t calibration, zp_error** err);
/* ZP_STATE_...; no matter to models without variables. */
ZP_API zp_status zp_converter_set_sample_state(zp_converter* converter, int32_t state, zp_error** err);
/* What parts of the model shall be: a recipe's JSON text, or the path of a file that holds it; NULL or "": none. Read
 * by the next conversion; what it states takes the place of the options above. */
ZP_API zp_status zp_converter_set_recipe_json(zp_converter* converter, const char* recipe, zp_error** err);
/* What shall run the result: "tflm", "litert-1.4" ... (docs/targets.md); NULL or "": the newest LiteRT that is known.
 * What it cannot run is ZP_ERR_QUANTIZATION, with a list; what an accelerator leaves to the runtime beside it, a
 * warning. */
ZP_API zp_status zp_converter_set_target(zp_converter* converter, const char* target, zp_error** err);
/* The same for LiteRT alone: "1.4" is target "litert-1.4". Not beside a target. */
ZP_API zp_status zp_converter_set_target_litert(zp_converter* converter, const char* release, zp_error** err);
/* Not 0: the result is run once, on the first sample or on made-up inputs, and compared with the float model; the
 * report says how near it is. 0 at first. */
ZP_API zp_status zp_converter_set_prove_run(zp_converter* converter, int prove, zp_error** err);
/* Not 0: the float form of every quantized op stands beside it, with a custom op "NumericVerify" that yields the
 * difference, as in TensorFlow's debug models. */
ZP_API zp_status zp_converter_set_instrument(zp_converter* converter, int instrument, zp_error** err);
/* Not 0: ops without an integer kernel become tables of their values, or integer ops that compute the same. */
ZP_API zp_status zp_converter_set_integer_only_rewrite(zp_converter* converter, int rewrite, zp_error** err);
/* Not 0: resource variables hold int8 where what reads and assigns them is int8. Always so in int8-only. */
ZP_API zp_status zp_converter_set_variable_quantization(zp_converter* converter, int quantize, zp_error** err);
/* Not 0: every LSTM layer of a SavedModel that has a fixed batch size and starts from zeros becomes one operator, not
 * only those that TensorFlow fuses. LiteRT's operator keeps its state until the interpreter's variables are reset. */
ZP_API zp_status zp_converter_set_fuse_lstm(zp_converter* converter, int fuse, zp_error** err);
/* Not 0: a SavedModel's ops without a LiteRT form become custom ops under TensorFlow's names, for which the application
 * brings kernels, instead of an error that lists them. */
ZP_API zp_status zp_converter_set_allow_custom_ops(zp_converter* converter, int allow, zp_error** err);
ZP_API zp_status zp_converter_set_threads(zp_converter* converter, uint32_t threads, zp_error** err);
/* Bytes that calibration may take for packed weights, activations and samples in work, beside the program itself and
 * mapped files; 0: no limit. Fewer threads work where they do not fit, then weights are packed for each run of an op;
 * where that is not enough, conversion fails with ZP_ERR_MEMORY and tells the least that would do. */
ZP_API zp_status zp_converter_set_max_memory(zp_converter* converter, uint64_t bytes, zp_error** err);
/* next NULL: no data. reset NULL: the data can be read by one conversion only. */
ZP_API zp_status zp_converter_set_dataset(zp_converter* converter, zp_next_sample_fn next, zp_reset_dataset_fn reset,
                                          void* user, zp_error** err);
/* In place of zp_converter_set_dataset, for samples that are steps of sequences. */
ZP_API zp_status zp_converter_set_steps(zp_converter* converter, zp_next_step_fn next, zp_reset_dataset_fn reset,
                                        void* user, zp_error** err);
/* Shares the samples: the handle may be freed; what is added to it before a conversion takes part in it. NULL: no data.
 */
ZP_API zp_status zp_converter_set_dataset_handle(zp_converter* converter, const zp_dataset* dataset, zp_error** err);

/* ---- Converting. A converter can convert any number of times. ---- */

/* model and report may be NULL. */
ZP_API zp_status zp_converter_convert(zp_converter* converter, zp_blob** model, zp_report** report, zp_error** err);
/* Writes the file as a whole or not at all. report may be NULL. */
ZP_API zp_status zp_converter_convert_to_file(zp_converter* converter, const char* path, zp_report** report,
                                              zp_error** err);
/* Makes a running conversion return ZP_CANCELLED soon; nothing when none runs. From any thread; safe in a signal
 * handler. */
ZP_API void zp_converter_cancel(zp_converter* converter);

/* ---- Reports ---- */

/* What was decided, op by op and tensor by tensor. with_times 0: the same conversion gives the same text. */
ZP_API zp_status zp_report_json(const zp_report* report, int with_times, zp_blob** json, zp_error** err);
ZP_API void zp_report_free(zp_report* report);
/* A report as one HTML page that needs no network, of the JSON of zp_report_json or of `zeropoint debug`; written as a
 * whole or not at all. ZP_ERR_UNSUPPORTED where the library was built without node and npm; ZP_ERR_MODEL for text that
 * is no report. */
ZP_API zp_status zp_report_html_to_file(const char* json, size_t size, const char* path, zp_error** err);

/* ---- What quantization costs and why: docs/debugging.md; the JSON is that of docs/debug.schema.json ---- */

/* Converts with the converter's options and samples, runs both models side by side, and looks for causes. options may
 * be NULL. zp_converter_cancel and the progress callback stop it as they do a conversion. */
ZP_API zp_status zp_debug(zp_converter* converter, const zp_debug_options* options, zp_blob** json, zp_error** err);

/* ---- Judging models: docs/accuracy.md has the metrics and the JSON. ---- */

/* What models are judged by. env may be NULL; its log is not used. */
ZP_API zp_status zp_judge_create(zp_judge** out, const zp_env* env, zp_error** err);
ZP_API void zp_judge_free(zp_judge* judge);
/* The samples: as zp_converter_set_steps and zp_converter_set_dataset_handle. */
ZP_API zp_status zp_judge_set_steps(zp_judge* judge, zp_next_step_fn next, zp_reset_dataset_fn reset, void* user,
                                    zp_error** err);
ZP_API zp_status zp_judge_set_dataset_handle(zp_judge* judge, const zp_dataset* dataset, zp_error** err);
/* What the results should be: ZP_F32, ZP_I64, ZP_I32, ZP_U8 or ZP_I8, the first dimension counts the samples. Copied.
 * NULL: none. */
ZP_API zp_status zp_judge_set_labels(zp_judge* judge, const zp_tensor_view* labels, zp_error** err);
/* "top1", "auc", "sqnr" ...; NULL or "": top1 with labels, sqnr without. */
ZP_API zp_status zp_judge_set_metric(zp_judge* judge, const char* metric, zp_error** err);
/* function NULL: none. */
ZP_API zp_status zp_judge_set_function(zp_judge* judge, zp_metric_fn function, int higher_is_better, void* user,
                                       zp_error** err);
/* "1%", "0.01", "1dB"; NULL or "": none. */
ZP_API zp_status zp_judge_set_bounds(zp_judge* judge, const char* max_drop, const char* limit, zp_error** err);
/* The samples of which signature, and which of its outputs; NULL or "": the only signature, the first output. */
ZP_API zp_status zp_judge_set_output(zp_judge* judge, const char* signature, const char* output, zp_error** err);
/* Of outputs with one score: class 1 lies above it. */
ZP_API zp_status zp_judge_set_threshold(zp_judge* judge, double threshold, zp_error** err);
/* Of psnr; 0: the range of what is expected. */
ZP_API zp_status zp_judge_set_peak(zp_judge* judge, double peak, zp_error** err);
/* ZP_STATE_... */
ZP_API zp_status zp_judge_set_sample_state(zp_judge* judge, int32_t state, zp_error** err);
/* run NULL: Zeropoint's engine. name is for reports. */
ZP_API zp_status zp_judge_set_engine(zp_judge* judge, zp_run_fn run, const char* name, void* user, zp_error** err);
/* Makes a running call return ZP_CANCELLED soon. From any thread; safe in a signal handler. */
ZP_API void zp_judge_cancel(zp_judge* judge);
/* float_model may be NULL. A missed bound is no failure: "passed" is false in the JSON. */
ZP_API zp_status zp_evaluate(zp_judge* judge, const zp_model_source* model, const zp_model_source* float_model,
                             zp_blob** json, zp_error** err);
/* Tries every mode. options may be NULL. */
ZP_API zp_status zp_recommend(zp_judge* judge, const zp_model_source* model, const zp_recommend_options* options,
                              zp_blob** json, zp_error** err);

/* ---- A look at a .tflite: operators, tensors, quantization, signatures, as JSON ---- */

ZP_API zp_status zp_inspect(const char* path, zp_blob** json, zp_error** err);
ZP_API zp_status zp_inspect_bytes(const void* data, size_t size, zp_blob** json, zp_error** err);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* ZEROPOINT_C_ZEROPOINT_H_ */
