// _zeropoint: the C ABI as Python objects, and nothing above it. The package beside it gives them their shape.
//
// The global interpreter lock is released while the library works and taken for each callback. What a callback raises
// is kept and raised again when the conversion has come back.
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "zeropoint/c/zeropoint.h"

namespace py = pybind11;

namespace {

constexpr int kPythonRaised = 1;  // a callback's return value: the exception is in Session::raised

template <typename T, void (*Free)(T*)>
struct Deleter {
  void operator()(T* handle) const { Free(handle); }
};
template <typename T, void (*Free)(T*)>
using Handle = std::unique_ptr<T, Deleter<T, Free>>;
using ConverterHandle = Handle<zp_converter, zp_converter_free>;
using BlobHandle = Handle<zp_blob, zp_blob_free>;
using DatasetHandle = Handle<zp_dataset, zp_dataset_free>;
using ErrorHandle = Handle<zp_error, zp_error_free>;
using OptionsHandle = Handle<zp_open_options, zp_open_options_free>;
using JudgeHandle = Handle<zp_judge, zp_judge_free>;
using ReportHandle = Handle<zp_report, zp_report_free>;

// Raises the Python exception for `error`; the package chooses its class.
[[noreturn]] void Raise(ErrorHandle error) {
  const zp_error* e = error.get();
  py::object exception = py::module_::import("zeropoint._errors")
                             .attr("from_c")(zp_error_code(e), zp_error_describe(e), zp_error_message(e),
                                             zp_error_stage(e), zp_error_file(e), zp_error_signature(e), zp_error_op(e),
                                             zp_error_node(e), zp_error_tensor(e), zp_error_sample(e));
  PyErr_SetObject(reinterpret_cast<PyObject*>(Py_TYPE(exception.ptr())), exception.ptr());
  throw py::error_already_set();
}

// Calls a fallible function with a place for its error; raises when it fails.
template <typename Call>
void Check(Call&& call) {
  zp_error* error = nullptr;
  if (call(&error) != ZP_OK) Raise(ErrorHandle(error));
}

std::string Text(const zp_blob* blob) {
  return std::string(static_cast<const char*>(zp_blob_data(blob)), zp_blob_size(blob));
}

py::memoryview Memory(const void* data, size_t bytes) {
  static const char kNothing = 0;  // a view of nothing needs an address
  return py::memoryview::from_memory(data != nullptr ? data : &kNothing, static_cast<py::ssize_t>(bytes));
}

// What the callbacks of one conversion need.
struct Session {
  py::object start;     // called for a new iterator over samples
  py::object samples;   // that iterator
  py::object progress;  // called with stage, done, total; None: nobody listens
  py::object log;       // called with severity, text
  py::object layers;    // called with what a zp_layer holds; None: nobody looks
  std::exception_ptr raised;

  // The current sample: its views point into the other members.
  std::string signature;
  bool continues = false;
  std::vector<std::optional<std::string>> names;
  std::vector<py::buffer_info> buffers;
  std::vector<std::vector<int64_t>> shapes;
  std::vector<zp_tensor_view> views;

  void Load(const py::tuple& sample);
  // As zp_next_step_fn. With the lock; raises what the iterator raises.
  void Next(const char** key, const zp_tensor_view** inputs, size_t* count, int* further);
};

// `sample` is (signature or None, [(name or None, type code, C-contiguous buffer)], continues the sample before).
void Session::Load(const py::tuple& sample) {
  signature = sample[0].is_none() ? "" : sample[0].cast<std::string>();
  py::list tensors = sample[1];
  continues = sample[2].cast<bool>();
  names.clear();
  shapes.clear();
  views.clear();
  buffers.clear();
  for (py::handle item : tensors) {
    py::tuple tensor = item.cast<py::tuple>();
    names.push_back(tensor[0].is_none() ? std::nullopt : std::optional(tensor[0].cast<std::string>()));
    buffers.push_back(tensor[2].cast<py::buffer>().request());
    shapes.emplace_back(buffers.back().shape.begin(), buffers.back().shape.end());
    zp_tensor_view view{};
    view.struct_size = sizeof(view);
    view.type = tensor[1].cast<zp_type>();
    view.rank = shapes.back().size();
    view.data = buffers.back().ptr;
    view.bytes = static_cast<size_t>(buffers.back().size * buffers.back().itemsize);
    views.push_back(view);
  }
  for (size_t i = 0; i < views.size(); ++i) {  // the vectors have stopped growing: their elements stay where they are
    views[i].name = names[i].has_value() ? names[i]->c_str() : nullptr;
    views[i].dims = shapes[i].data();
  }
}

void Session::Next(const char** key, const zp_tensor_view** inputs, size_t* count, int* further) {
  if (!samples) samples = start();
  PyObject* next = PyIter_Next(samples.ptr());
  if (next == nullptr && PyErr_Occurred() != nullptr) throw py::error_already_set();
  *count = 0;
  if (next == nullptr) return;
  Load(py::reinterpret_steal<py::object>(next).cast<py::tuple>());
  *key = signature.empty() ? nullptr : signature.c_str();
  *inputs = views.data();
  *count = views.size();
  *further = continues ? 1 : 0;
}

// A model as the C ABI takes it: a path, or the bytes of a .tflite.
class Source {
 public:
  explicit Source(const py::object& model) {
    source_.struct_size = sizeof(source_);
    if (py::isinstance<py::str>(model)) {
      path_ = model.cast<std::string>();
      source_.path = path_.c_str();
      return;
    }
    bytes_ = model.cast<py::buffer>().request();
    source_.data = bytes_.ptr;
    source_.size = static_cast<size_t>(bytes_.size * bytes_.itemsize);
  }
  Source(const Source&) = delete;
  Source& operator=(const Source&) = delete;
  const zp_model_source* get() const { return &source_; }

 private:
  std::string path_;
  py::buffer_info bytes_;
  zp_model_source source_{};
};

class Converter {
 public:
  static std::unique_ptr<Converter> Open(const std::string& path, const std::vector<std::string>& signatures,
                                         const std::vector<std::string>& tags) {
    OptionsHandle options = MakeOptions(signatures, tags);
    return Make([&](zp_converter** out, const zp_env* env, zp_error** err) {
      return zp_converter_open(out, path.c_str(), options.get(), env, err);
    });
  }

  static std::unique_ptr<Converter> OpenBytes(const py::buffer& data) {
    py::buffer_info bytes = data.request();
    return Make([&](zp_converter** out, const zp_env* env, zp_error** err) {
      return zp_converter_open_bytes(out, bytes.ptr, static_cast<size_t>(bytes.size * bytes.itemsize), env, err);
    });
  }

  // [(key, [(name, type code, shape)], [output name])]
  py::list Signatures() const {
    py::list result;
    const zp_converter* c = handle_.get();
    for (size_t s = 0; s < zp_converter_signature_count(c); ++s) {
      py::list inputs, outputs;
      for (size_t i = 0; i < zp_converter_input_count(c, s); ++i) {
        const int64_t* dims = zp_converter_input_dims(c, s, i);
        std::vector<int64_t> shape(dims, dims + zp_converter_input_rank(c, s, i));
        inputs.append(py::make_tuple(zp_converter_input_name(c, s, i), zp_converter_input_type(c, s, i), shape));
      }
      for (size_t o = 0; o < zp_converter_output_count(c, s); ++o) outputs.append(zp_converter_output_name(c, s, o));
      result.append(py::make_tuple(zp_converter_signature_key(c, s), inputs, outputs));
    }
    return result;
  }

  void SetOptions(uint32_t optimizations, uint32_t op_sets, const std::vector<zp_type>& types, zp_type input,
                  zp_type output, bool per_channel, bool per_channel_dense, bool exact_calibration, bool reset_state,
                  const std::string& recipe, const std::string& target, const std::string& target_litert,
                  bool integer_only_rewrite, bool variable_quantization, bool fuse_lstm, bool allow_custom_ops,
                  uint32_t threads, uint64_t max_memory) {
    zp_converter* c = handle_.get();
    Check([&](zp_error** err) { return zp_converter_set_optimizations(c, optimizations, err); });
    Check([&](zp_error** err) { return zp_converter_set_supported_ops(c, op_sets, err); });
    Check([&](zp_error** err) { return zp_converter_set_supported_types(c, types.data(), types.size(), err); });
    Check([&](zp_error** err) { return zp_converter_set_io_types(c, input, output, err); });
    Check([&](zp_error** err) { return zp_converter_set_per_channel(c, per_channel, per_channel_dense, err); });
    int32_t calibration = exact_calibration ? ZP_CALIBRATION_EXACT : ZP_CALIBRATION_TENSORFLOW;
    Check([&](zp_error** err) { return zp_converter_set_calibration(c, calibration, err); });
    int32_t state = reset_state ? ZP_STATE_RESET : ZP_STATE_CARRY;
    Check([&](zp_error** err) { return zp_converter_set_sample_state(c, state, err); });
    Check([&](zp_error** err) { return zp_converter_set_recipe_json(c, recipe.c_str(), err); });
    Check([&](zp_error** err) { return zp_converter_set_target(c, target.c_str(), err); });
    Check([&](zp_error** err) { return zp_converter_set_target_litert(c, target_litert.c_str(), err); });
    Check([&](zp_error** err) { return zp_converter_set_integer_only_rewrite(c, integer_only_rewrite, err); });
    Check([&](zp_error** err) { return zp_converter_set_variable_quantization(c, variable_quantization, err); });
    Check([&](zp_error** err) { return zp_converter_set_fuse_lstm(c, fuse_lstm, err); });
    Check([&](zp_error** err) { return zp_converter_set_allow_custom_ops(c, allow_custom_ops, err); });
    Check([&](zp_error** err) { return zp_converter_set_threads(c, threads, err); });
    Check([&](zp_error** err) { return zp_converter_set_max_memory(c, max_memory, err); });
  }

  void SetInstrument(bool instrument) {
    Check([&](zp_error** err) { return zp_converter_set_instrument(handle_.get(), instrument ? 1 : 0, err); });
  }

  // (model, report as JSON). `start` returns an iterator over samples; None: no data.
  py::tuple Convert(py::object start, py::object progress, py::object log) {
    BlobHandle model;
    ReportHandle report;
    Run(std::move(start), std::move(progress), std::move(log), [&](zp_error** err) {
      zp_blob* bytes = nullptr;
      zp_report* decisions = nullptr;
      const zp_status status = zp_converter_convert(handle_.get(), &bytes, &decisions, err);
      model.reset(bytes);
      report.reset(decisions);
      return status;
    });
    zp_blob* json = nullptr;
    Check([&](zp_error** err) { return zp_report_json(report.get(), 1, &json, err); });
    BlobHandle json_owner(json);
    const auto* first = static_cast<const char*>(zp_blob_data(model.get()));
    return py::make_tuple(py::bytes(first, zp_blob_size(model.get())), Text(json));
  }

  // What quantization costs, as JSON. `evaluation` is as `start`; `quantized` a path, bytes or None. Numbers as
  // zp_debug_options has them, but that max_samples is at least 1. `layers`: a function or None.
  std::string Debug(py::object start, py::object progress, py::object log, const py::object& evaluation,
                    const py::object& quantized, int32_t max_samples, int32_t costed_ops, int32_t mended,
                    py::object layers) {
    std::optional<Source> source;
    if (!quantized.is_none()) source.emplace(quantized);
    DatasetHandle measured;
    if (!evaluation.is_none()) measured = Collect(evaluation, max_samples);
    zp_debug_options options{};
    options.struct_size = sizeof(options);
    options.quantized = source.has_value() ? source->get() : nullptr;
    options.evaluation = measured.get();
    options.max_samples = max_samples;
    options.costed_ops = costed_ops;
    options.mended = mended;
    options.layers = layers.is_none() ? nullptr : &OnLayer;
    options.layers_user = this;
    BlobHandle json;
    const auto debug = [&](zp_error** err) {
      zp_blob* text = nullptr;
      const zp_status status = zp_debug(handle_.get(), &options, &text, err);
      json.reset(text);
      return status;
    };
    Run(std::move(start), std::move(progress), std::move(log), debug, std::move(layers));
    return Text(json.get());
  }

  void Cancel() { zp_converter_cancel(handle_.get()); }

 private:
  // The session that callbacks find while a conversion runs.
  struct SessionScope {
    SessionScope(Converter& converter, Session& session) : owner(converter) { owner.session_ = &session; }
    ~SessionScope() { owner.session_ = nullptr; }
    Converter& owner;
  };

  // Makes `call` without the lock, as the session that the callbacks find; raises what they raised, or its error.
  template <typename Call>
  void Run(py::object start, py::object progress, py::object log, Call&& call, py::object layers = py::none()) {
    if (session_ != nullptr) throw std::runtime_error("this converter is converting already");
    Session session;
    session.start = std::move(start);
    session.progress = std::move(progress);
    session.log = std::move(log);
    session.layers = std::move(layers);
    SessionScope scope(*this, session);
    zp_next_step_fn next = session.start.is_none() ? nullptr : &NextStep;
    Check([&](zp_error** err) { return zp_converter_set_steps(handle_.get(), next, &ResetSamples, this, err); });
    zp_error* error = nullptr;
    zp_status status = ZP_OK;
    {
      py::gil_scoped_release unlocked;
      status = call(&error);
    }
    ErrorHandle error_owner(error);
    if (session.raised) std::rethrow_exception(session.raised);
    if (status != ZP_OK) Raise(std::move(error_owner));
  }

  // A copy of the first `limit` samples that `start` gives.
  static DatasetHandle Collect(const py::object& start, int32_t limit) {
    zp_dataset* dataset = nullptr;
    Check([&](zp_error** err) { return zp_dataset_create(&dataset, err); });
    DatasetHandle owner(dataset);
    Session session;
    session.start = start;
    for (int32_t i = 0; i < limit; ++i) {
      const char* signature = nullptr;
      const zp_tensor_view* inputs = nullptr;
      size_t count = 0;
      int continues = 0;
      session.Next(&signature, &inputs, &count, &continues);
      if (count == 0) break;
      auto* add = continues != 0 ? &zp_dataset_add_step : &zp_dataset_add_sample;
      Check([&](zp_error** err) { return add(dataset, signature, inputs, count, err); });
    }
    return owner;
  }

  static OptionsHandle MakeOptions(const std::vector<std::string>& signatures, const std::vector<std::string>& tags) {
    zp_open_options* options = nullptr;
    Check([&](zp_error** err) { return zp_open_options_create(&options, err); });
    OptionsHandle owner(options);
    for (const std::string& key : signatures) {
      Check([&](zp_error** err) { return zp_open_options_add_signature(options, key.c_str(), err); });
    }
    for (const std::string& tag : tags) {
      Check([&](zp_error** err) { return zp_open_options_add_tag(options, tag.c_str(), err); });
    }
    return owner;
  }

  template <typename OpenCall>
  static std::unique_ptr<Converter> Make(OpenCall&& open) {
    auto converter = std::make_unique<Converter>();
    zp_env env{};
    env.struct_size = sizeof(env);
    env.log = &OnLog;
    env.progress = &OnProgress;
    env.user = converter.get();
    zp_converter* handle = nullptr;
    zp_error* error = nullptr;
    zp_status status = ZP_OK;
    {
      py::gil_scoped_release unlocked;
      status = open(&handle, &env, &error);
    }
    if (status != ZP_OK) Raise(ErrorHandle(error));
    converter->handle_.reset(handle);
    return converter;
  }

  static Session& SessionOf(void* user) { return *static_cast<Converter*>(user)->session_; }

  // Runs `body` with the lock; keeps what it raises.
  template <typename Body>
  static int Guarded(void* user, Body&& body) {
    py::gil_scoped_acquire locked;
    Session& session = SessionOf(user);
    if (session.raised) return kPythonRaised;
    try {
      body(session);
      return 0;
    } catch (...) {
      session.raised = std::current_exception();
      return kPythonRaised;
    }
  }

  static void ResetSamples(void* user) {
    Guarded(user, [](Session& session) { session.samples = session.start(); });
  }

  static int NextStep(const char** signature, const zp_tensor_view** inputs, size_t* count, int* continues,
                      void* user) {
    return Guarded(user, [&](Session& session) { session.Next(signature, inputs, count, continues); });
  }

  static int OnProgress(const zp_progress* now, void* user) {
    return Guarded(user, [&](Session& session) {
      if (PyErr_CheckSignals() != 0) throw py::error_already_set();
      if (!session.progress.is_none()) session.progress(now->stage, now->done, now->total);
    });
  }

  // The memory is valid during the call.
  static int OnLayer(const zp_layer* layer, void* user) {
    return Guarded(user, [&](Session& session) {
      const std::vector<int64_t> shape(layer->dims, layer->dims + layer->rank);
      const size_t bytes = layer->count * sizeof(float);
      session.layers(layer->sample, layer->op, layer->tensor, layer->tensor_index, layer->type, layer->scale,
                     layer->zero_point, shape, Memory(layer->real, bytes), Memory(layer->quantized, bytes));
    });
  }

  static void OnLog(int severity, const char* text, void* user) {
    if (static_cast<Converter*>(user)->session_ == nullptr) return;
    Guarded(user, [&](Session& session) {
      if (!session.log.is_none()) session.log(severity, text);
    });
  }

  ConverterHandle handle_;
  Session* session_ = nullptr;
};

// What models are judged by; the Python callbacks of one call.
class Judge {
 public:
  // `ask` has what zeropoint/_judge.py puts in it.
  explicit Judge(const py::dict& ask) {
    session_.start = ask["start"];
    session_.progress = ask["progress"];
    function_ = ask["function"];
    engine_ = ask["engine"];
    zp_env env{};
    env.struct_size = sizeof(env);
    env.progress = &OnProgress;
    env.user = this;
    env.threads = ask["threads"].cast<uint32_t>();
    zp_judge* judge = nullptr;
    Check([&](zp_error** err) { return zp_judge_create(&judge, &env, err); });
    handle_.reset(judge);
    Check([&](zp_error** err) { return zp_judge_set_steps(judge, &NextStep, &ResetSamples, this, err); });
    SetLabels(ask["labels"]);
    SetTexts(ask);
    const int32_t state = ask["reset_state"].cast<bool>() ? ZP_STATE_RESET : ZP_STATE_CARRY;
    Check([&](zp_error** err) { return zp_judge_set_sample_state(judge, state, err); });
    const double peak = ask["peak"].cast<double>();
    Check([&](zp_error** err) { return zp_judge_set_peak(judge, peak, err); });
    if (!ask["threshold"].is_none()) {
      const double threshold = ask["threshold"].cast<double>();
      Check([&](zp_error** err) { return zp_judge_set_threshold(judge, threshold, err); });
    }
    const int higher = ask["higher_is_better"].cast<bool>() ? 1 : 0;
    zp_metric_fn function = function_.is_none() ? nullptr : &OnMetric;
    Check([&](zp_error** err) { return zp_judge_set_function(judge, function, higher, this, err); });
    const std::string name = ask["engine_name"].cast<std::string>();
    zp_run_fn run = engine_.is_none() ? nullptr : &OnRun;
    Check([&](zp_error** err) { return zp_judge_set_engine(judge, run, name.c_str(), this, err); });
  }

  std::string Evaluate(const py::object& model, const py::object& float_model) {
    const Source source(model);
    std::optional<Source> reference;
    if (!float_model.is_none()) reference.emplace(float_model);
    return Run([&](zp_blob** json, zp_error** err) {
      return zp_evaluate(handle_.get(), source.get(), reference.has_value() ? reference->get() : nullptr, json, err);
    });
  }

  std::string Recommend(const py::object& model, const std::vector<std::string>& modes, bool prefer_latency,
                        const std::string& target) {
    const Source source(model);
    std::vector<const char*> names;
    for (const std::string& mode : modes) names.push_back(mode.c_str());
    zp_recommend_options options{};
    options.struct_size = sizeof(options);
    options.modes = names.empty() ? nullptr : names.data();
    options.mode_count = names.size();
    options.prefer = prefer_latency ? ZP_PREFER_LATENCY : ZP_PREFER_SIZE;
    options.target = target.c_str();
    return Run(
        [&](zp_blob** json, zp_error** err) { return zp_recommend(handle_.get(), source.get(), &options, json, err); });
  }

 private:
  void SetLabels(const py::object& labels) {
    if (labels.is_none()) return;
    py::buffer_info array = labels.cast<py::buffer>().request();
    const std::vector<int64_t> shape(array.shape.begin(), array.shape.end());
    zp_tensor_view view{};
    view.struct_size = sizeof(view);
    view.type = ZP_F32;
    view.rank = shape.size();
    view.dims = shape.data();
    view.data = array.ptr;
    view.bytes = static_cast<size_t>(array.size * array.itemsize);
    Check([&](zp_error** err) { return zp_judge_set_labels(handle_.get(), &view, err); });
  }

  void SetTexts(const py::dict& ask) {
    auto text = [&](const char* key) { return ask[key].cast<std::string>(); };
    Check([&](zp_error** err) { return zp_judge_set_metric(handle_.get(), text("metric").c_str(), err); });
    Check([&](zp_error** err) {
      return zp_judge_set_bounds(handle_.get(), text("max_drop").c_str(), text("limit").c_str(), err);
    });
    Check([&](zp_error** err) {
      return zp_judge_set_output(handle_.get(), text("signature").c_str(), text("output").c_str(), err);
    });
  }

  template <typename Call>
  std::string Run(Call&& call) {
    zp_blob* json = nullptr;
    zp_error* error = nullptr;
    zp_status status = ZP_OK;
    {
      py::gil_scoped_release unlocked;
      status = call(&json, &error);
    }
    BlobHandle json_owner(json);
    ErrorHandle error_owner(error);
    if (session_.raised) std::rethrow_exception(session_.raised);
    if (status != ZP_OK) Raise(std::move(error_owner));
    return Text(json);
  }

  // Runs `body` with the lock; keeps what it raises.
  template <typename Body>
  static int Guarded(void* user, Body&& body) {
    py::gil_scoped_acquire locked;
    Judge& judge = *static_cast<Judge*>(user);
    if (judge.session_.raised) return kPythonRaised;
    try {
      body(judge);
      return 0;
    } catch (...) {
      judge.session_.raised = std::current_exception();
      return kPythonRaised;
    }
  }

  static void ResetSamples(void* user) {
    Guarded(user, [](Judge& judge) { judge.session_.samples = judge.session_.start(); });
  }

  static int NextStep(const char** signature, const zp_tensor_view** inputs, size_t* count, int* continues,
                      void* user) {
    return Guarded(user, [&](Judge& judge) { judge.session_.Next(signature, inputs, count, continues); });
  }

  static int OnProgress(const zp_progress* now, void* user) {
    return Guarded(user, [&](Judge& judge) {
      if (PyErr_CheckSignals() != 0) throw py::error_already_set();
      if (!judge.session_.progress.is_none()) judge.session_.progress(now->stage, now->done, now->total);
    });
  }

  // [(name, type code, shape, memory)]; the memory is valid during the call.
  static py::list Tensors(const zp_tensor_view* views, size_t count) {
    py::list tensors;
    for (size_t i = 0; i < count; ++i) {
      const std::vector<int64_t> shape(views[i].dims, views[i].dims + views[i].rank);
      py::object name = py::none();
      if (views[i].name != nullptr) name = py::str(views[i].name);
      tensors.append(py::make_tuple(name, views[i].type, shape, Memory(views[i].data, views[i].bytes)));
    }
    return tensors;
  }

  static int OnMetric(uint64_t sample, const zp_tensor_view* outputs, size_t count, const float* label,
                      size_t label_count, double* value, void* user) {
    return Guarded(user, [&](Judge& judge) {
      const py::memoryview labels = Memory(label, label_count * sizeof(float));
      *value = judge.function_(sample, Tensors(outputs, count), labels).cast<double>();
    });
  }

  static int OnRun(uint64_t model, const void* tflite, size_t size, const char* signature, const zp_tensor_view* inputs,
                   size_t count, int, const zp_tensor_view** outputs, size_t* output_count, double* seconds,
                   void* user) {
    return Guarded(user, [&](Judge& judge) {
      const py::tuple ran =
          judge.engine_(model, Memory(tflite, size), signature, Tensors(inputs, count)).cast<py::tuple>();
      *seconds = ran[1].cast<double>();
      judge.results_.Load(py::make_tuple(py::none(), ran[0], false));
      *outputs = judge.results_.views.data();
      *output_count = judge.results_.views.size();
    });
  }

  Session session_, results_;
  py::object function_, engine_;
  JudgeHandle handle_;
};

std::string Inspect(const std::string& path) {
  zp_blob* json = nullptr;
  Check([&](zp_error** err) { return zp_inspect(path.c_str(), &json, err); });
  return Text(BlobHandle(json).get());
}

std::string InspectBytes(const py::buffer& data) {
  py::buffer_info bytes = data.request();
  zp_blob* json = nullptr;
  Check([&](zp_error** err) {
    return zp_inspect_bytes(bytes.ptr, static_cast<size_t>(bytes.size * bytes.itemsize), &json, err);
  });
  return Text(BlobHandle(json).get());
}

void WriteReportPage(const std::string& json, const std::string& path) {
  Check([&](zp_error** err) {
    py::gil_scoped_release release;
    return zp_report_html_to_file(json.data(), json.size(), path.c_str(), err);
  });
}

}  // namespace

PYBIND11_MODULE(_zeropoint, module) {
  module.doc() = "The C ABI of Zeropoint; use the package zeropoint.";
  py::class_<Converter>(module, "Converter")
      .def_static("open", &Converter::Open, py::arg("path"), py::arg("signatures"), py::arg("tags"))
      .def_static("open_bytes", &Converter::OpenBytes, py::arg("data"))
      .def("signatures", &Converter::Signatures)
      .def("set_options", &Converter::SetOptions, py::kw_only(), py::arg("optimizations"), py::arg("op_sets"),
           py::arg("types"), py::arg("input"), py::arg("output"), py::arg("per_channel"), py::arg("per_channel_dense"),
           py::arg("exact_calibration"), py::arg("reset_state"), py::arg("recipe"), py::arg("target"),
           py::arg("target_litert"), py::arg("integer_only_rewrite"), py::arg("variable_quantization"),
           py::arg("fuse_lstm"), py::arg("allow_custom_ops"), py::arg("threads"), py::arg("max_memory"))
      .def("set_instrument", &Converter::SetInstrument, py::arg("instrument"))
      .def("convert", &Converter::Convert, py::arg("start"), py::arg("progress"), py::arg("log"))
      .def("debug", &Converter::Debug, py::kw_only(), py::arg("start"), py::arg("progress"), py::arg("log"),
           py::arg("evaluation"), py::arg("quantized"), py::arg("max_samples"), py::arg("costed_ops"),
           py::arg("mended"), py::arg("layers"))
      .def("cancel", &Converter::Cancel);
  py::class_<Judge>(module, "Judge")
      .def(py::init<const py::dict&>(), py::arg("ask"))
      .def("evaluate", &Judge::Evaluate, py::arg("model"), py::arg("float_model"))
      .def("recommend", &Judge::Recommend, py::arg("model"), py::arg("modes"), py::arg("prefer_latency"),
           py::arg("target"));
  module.def("write_report_page", &WriteReportPage, py::arg("json"), py::arg("path"));
  module.def("inspect", &Inspect, py::arg("path"));
  module.def("inspect_bytes", &InspectBytes, py::arg("data"));
  module.def("version", [] { return zp_version_string(); });
  module.attr("OPTIMIZE_DEFAULT") = static_cast<uint32_t>(ZP_OPTIMIZE_DEFAULT);
  module.attr("OPS_TFLITE_BUILTINS") = static_cast<uint32_t>(ZP_OPS_TFLITE_BUILTINS);
  module.attr("OPS_TFLITE_BUILTINS_INT8") = static_cast<uint32_t>(ZP_OPS_TFLITE_BUILTINS_INT8);
  module.attr("OPS_INT16X8") = static_cast<uint32_t>(ZP_OPS_INT16X8);
}
