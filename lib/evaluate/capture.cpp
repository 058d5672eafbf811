#include "evaluate/capture.h"

#include <cstring>
#include <utility>

namespace zeropoint::evaluate {

Held Held::CopyOf(const ops::TensorView& view) {
  Held held{view.type, {view.dims.begin(), view.dims.end()}, engine::Buffer(view.bytes()), view.quant};
  if (view.bytes() > 0) std::memcpy(held.data.data(), view.data, view.bytes());
  return held;
}

ops::TensorView Held::view() const {
  ops::TensorView view;
  view.type = type;
  view.dims = dims;
  view.data = data.data();
  view.quant = quant;
  return view;
}

absl::StatusOr<Capture> Recorder::Run(int graph, absl::Span<const ops::TensorView> inputs, bool fresh_state) {
  std::unique_ptr<engine::Session>& session = sessions_[graph];
  if (session == nullptr) {
    ZP_ASSIGN_OR_RETURN(const engine::Executable* executable, program_.Prepare(graph));
    engine::Session* relative = nullptr;
    for (const auto& [other, known] : sessions_) relative = known == nullptr ? relative : known.get();
    session = engine::Session::Create(*executable, relative);
  }
  if (fresh_state) session->ResetState();
  Capture capture;
  const ir::Graph& ran = model_.graphs[static_cast<size_t>(graph)];
  const engine::Observer keep = [&](const engine::Sight& sight) -> absl::Status {
    const bool wanted = sight.kind == engine::Sight::kResult || sight.kind == engine::Sight::kInput;
    if (!wanted || sight.graph != graph || Traits(sight.tensor.type).bits == 0) return absl::OkStatus();
    Held held = Held::CopyOf(sight.tensor);
    held.quant = &ran.value(sight.value).quant;
    capture.insert_or_assign(sight.value, std::move(held));
    return absl::OkStatus();
  };
  ZP_RETURN_IF_ERROR(session->Run(inputs, &keep));
  return capture;
}

absl::StatusOr<std::vector<Held>> RunPart(const Part& part, engine::Session& session,
                                          absl::Span<const ops::TensorView> inputs) {
  ZP_RETURN_IF_ERROR(session.Run(inputs, nullptr));
  std::vector<Held> results;
  for (size_t i = 0; i < part.outputs.size(); ++i) {
    results.push_back(Held::CopyOf(session.output(static_cast<int>(i))));
    results.back().quant = &part.graph->value(part.graph->outputs[i]).quant;
  }
  return results;
}

ops::TensorView ConstantView(const ir::Value& value) {
  ops::TensorView view;
  view.type = value.type;
  view.dims = value.shape.dims();
  view.data = value.data.data();
  view.quant = &value.quant;
  return view;
}

}  // namespace zeropoint::evaluate
