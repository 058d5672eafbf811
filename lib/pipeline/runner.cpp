// Runner (zeropoint/runner.h): the engine behind the public API.
#include "zeropoint/runner.h"

#include <cstddef>
#include <cstring>
#include <map>
#include <mutex>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "calibrate/binding.h"
#include "calibrate/state.h"
#include "engine/engine.h"
#include "formats/tflite/tflite.h"
#include "kernels/level.h"
#include "ops/stored_bytes.h"
#include "pipeline/recipe.h"
#include "pipeline/samples.h"

namespace zeropoint {
namespace {

constexpr absl::string_view kInMemory = "(bytes)";  // stands for the file's name in errors
constexpr absl::string_view kStage = "run";

// A type that the public API has a word for; strings are no plain bytes.
bool IsPublic(ElementType type) {
  switch (type) {
    case ElementType::kFloat32:
    case ElementType::kFloat16:
    case ElementType::kInt32:
    case ElementType::kUInt8:
    case ElementType::kInt64:
    case ElementType::kBool:
    case ElementType::kInt16:
    case ElementType::kInt8:
      return true;
    default:
      return false;
  }
}

absl::StatusOr<Tensor> Copy(const std::string& name, const ops::TensorView& view) {
  if (!IsPublic(view.type)) {
    return Annotate(
        absl::UnimplementedError(absl::StrCat("results of type ", zeropoint::Name(view.type), " are not supported")),
        Place::kTensor, name);
  }
  Tensor tensor{name, static_cast<Type>(view.type), {view.dims.begin(), view.dims.end()}, {}, 0.0f, 0};
  const auto* first = static_cast<const uint8_t*>(view.data);
  tensor.data.assign(first, first + view.bytes());
  if (view.quant != nullptr && view.quant->scale.size() == 1) {
    tensor.scale = view.quant->scale[0];
    tensor.zero_point = view.quant->zero_point.empty() ? 0 : view.quant->zero_point[0];
  }
  return tensor;
}

// What runners of one model share.
struct Loaded {
  ir::Model model;
  std::unique_ptr<engine::Program> program;
  std::mutex preparing;  // held for Program::Prepare
};

}  // namespace

struct Runner::State {
  std::shared_ptr<Loaded> loaded;
  std::map<int, std::unique_ptr<engine::Session>> sessions;  // by graph; relatives of each other
  uint64_t runs = 0;

  absl::StatusOr<engine::Session*> SessionOf(int graph);
  absl::StatusOr<std::vector<Tensor>> Results(const engine::Session& session, int graph, const std::string& signature);
};

absl::StatusOr<engine::Session*> Runner::State::SessionOf(int graph) {
  std::unique_ptr<engine::Session>& session = sessions[graph];
  if (session == nullptr) {
    const std::lock_guard<std::mutex> lock(loaded->preparing);
    ZP_ASSIGN_OR_RETURN(const engine::Executable* executable, loaded->program->Prepare(graph));
    engine::Session* relative = nullptr;
    for (const auto& [other, known] : sessions) relative = known == nullptr ? relative : known.get();
    session = engine::Session::Create(*executable, relative);
  }
  return session.get();
}

absl::StatusOr<std::vector<Tensor>> Runner::State::Results(const engine::Session& session, int graph,
                                                           const std::string& key) {
  const ir::Model& model = loaded->model;
  const ir::Graph& ran = model.graphs[static_cast<size_t>(graph)];
  const ir::Signature* signature = nullptr;
  for (const ir::Signature& one : model.signatures) {
    const bool wanted = key.empty() ? signature == nullptr : one.key == key;
    if (wanted && one.graph == graph) signature = &one;
  }
  std::vector<Tensor> results;
  auto add = [&](const std::string& name, ir::ValueId id) -> absl::Status {
    for (size_t i = 0; i < ran.outputs.size(); ++i) {
      if (ran.outputs[i] != id) continue;
      ZP_ASSIGN_OR_RETURN(Tensor tensor, Copy(name, session.output(static_cast<int>(i))));
      results.push_back(std::move(tensor));
      return absl::OkStatus();
    }
    return absl::InvalidArgumentError(absl::StrCat("output ", name, " is not among the graph's outputs"));
  };
  if (signature != nullptr) {
    for (const ir::NamedValue& output : signature->outputs) ZP_RETURN_IF_ERROR(add(output.name, output.value));
  } else {
    for (ir::ValueId id : ran.outputs) ZP_RETURN_IF_ERROR(add(ran.value(id).name, id));
  }
  return results;
}

Runner::Runner(std::unique_ptr<State> state) : state_(std::move(state)) {}
Runner::Runner(Runner&&) noexcept = default;
Runner& Runner::operator=(Runner&&) noexcept = default;
Runner::~Runner() = default;

namespace {

absl::StatusOr<std::shared_ptr<Loaded>> Load(const Bytes& file, const std::string& source) {
  const absl::Status level = kernels::CheckSimdVariable();
  if (!level.ok()) return Annotate(level, Place::kStage, pipeline::kOptionsStage);
  absl::StatusOr<ir::Model> model = formats::tflite::Read(file, source);
  if (!model.ok()) return Annotate(Annotate(model.status(), Place::kStage, "import"), Place::kFile, source);
  auto loaded = std::make_shared<Loaded>();
  loaded->model = *std::move(model);
  loaded->program = engine::Program::Create(loaded->model);
  return loaded;
}

}  // namespace

absl::StatusOr<Runner> Runner::FromFile(const std::string& path) {
  absl::StatusOr<Bytes> file = MapFile(path);
  if (!file.ok()) return Annotate(file.status(), Place::kStage, "import");
  auto state = std::make_unique<State>();
  ZP_ASSIGN_OR_RETURN(state->loaded, Load(*file, path));
  return Runner(std::move(state));
}

absl::StatusOr<Runner> Runner::FromBytes(absl::string_view bytes) {
  const auto* data = reinterpret_cast<const uint8_t*>(bytes.data());
  auto state = std::make_unique<State>();
  const Bytes file = Bytes::Own(std::vector<uint8_t>(data, data + bytes.size()));
  ZP_ASSIGN_OR_RETURN(state->loaded, Load(file, std::string(kInMemory)));
  return Runner(std::move(state));
}

Runner Runner::Another() const {
  auto state = std::make_unique<State>();
  state->loaded = state_->loaded;
  return Runner(std::move(state));
}

bool Runner::HasState() const { return calibrate::HasState(state_->loaded->model); }

std::vector<SignatureInputs> Runner::Signatures() const { return pipeline::SignaturesOf(state_->loaded->model); }

absl::StatusOr<std::vector<Tensor>> Runner::Run(const SampleView& view) {
  if (state_->loaded->model.graphs.empty()) return absl::InvalidArgumentError("the model has no graph");
  const calibrate::Sample sample = pipeline::ToSample(view);
  absl::StatusOr<calibrate::Binding> binding = calibrate::Bind(state_->loaded->model, sample);
  const std::string index = absl::StrCat(state_->runs++);
  if (!binding.ok()) return Annotate(Annotate(binding.status(), Place::kStage, kStage), Place::kSample, index);
  const ir::Graph& graph = state_->loaded->model.graphs[static_cast<size_t>(binding->graph)];
  absl::StatusOr<engine::Session*> session = state_->SessionOf(binding->graph);
  if (!session.ok()) return Annotate(session.status(), Place::kStage, kStage);
  std::vector<ops::TensorView> inputs;
  std::vector<std::vector<std::max_align_t>> aligned(graph.inputs.size());
  for (size_t i = 0; i < graph.inputs.size(); ++i) {
    const calibrate::SampleTensor& tensor = sample.tensors[binding->tensors[i]];
    aligned[i].resize(tensor.data.size() / sizeof(std::max_align_t) + 1);
    if (tensor.data.size() > 0) std::memcpy(aligned[i].data(), tensor.data.data(), tensor.data.size());
    ops::TensorView input;
    input.type = tensor.type;
    input.dims = tensor.shape.dims();
    input.data = aligned[i].data();
    inputs.push_back(input);
  }
  const engine::Observer show = [&](const engine::Sight& sight) {
    if (sight.kind != engine::Sight::kResult || sight.graph != binding->graph || !IsPublic(sight.tensor.type)) {
      return absl::OkStatus();
    }
    observer({graph.value(sight.value).name,
              static_cast<Type>(sight.tensor.type),
              {sight.tensor.dims.begin(), sight.tensor.dims.end()},
              sight.tensor.data,
              sight.tensor.bytes()});
    return absl::OkStatus();
  };
  absl::Status ran = (*session)->Run(inputs, observer ? &show : nullptr);
  if (!ran.ok()) return Annotate(std::move(ran), Place::kStage, kStage);
  return state_->Results(**session, binding->graph, view.signature);
}

void Runner::ResetState() {
  for (auto& [graph, session] : state_->sessions) {
    if (session != nullptr) session->ResetState();
  }
}

}  // namespace zeropoint
