#include "formats/saved_model/saved_model.h"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/file.h"
#include "formats/saved_model/functions.h"
#include "formats/saved_model/graph_builder.h"
#include "formats/saved_model/graph_def.h"
#include "formats/saved_model/variables.h"

namespace zeropoint::formats::saved_model {
namespace {

constexpr char kDefaultTag[] = "serve";
constexpr char kDefaultSignature[] = "serving_default";
// TensorFlow keeps the op that initializes tables among the signatures.
constexpr char kInitSignature[] = "__saved_model_init_op";

bool Exists(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::exists(path, ignored);
}

absl::StatusOr<Bytes> MapModel(const std::string& folder) {
  const std::string path = folder + "/saved_model.pb";
  if (Exists(path)) return MapFile(path);
  absl::Status status;
  if (!Exists(folder)) {
    status = absl::NotFoundError(absl::StrCat("there is no folder '", folder, "'"));
  } else if (Exists(folder + "/saved_model.pbtxt")) {
    status = absl::UnimplementedError("saved_model.pbtxt, the form as text, is not read: save it as saved_model.pb");
  } else if (Exists(folder + "/saved_model.cpb")) {
    status = absl::UnimplementedError("saved_model.cpb, the form in chunks, is not read: save it as saved_model.pb");
  } else {
    status = absl::NotFoundError(absl::StrCat("not a SavedModel: '", folder, "' holds no saved_model.pb"));
  }
  return Annotate(status, Place::kFile, folder);
}

absl::StatusOr<const MetaGraph*> ChooseGraph(const std::vector<MetaGraph>& graphs, std::vector<std::string> tags) {
  if (tags.empty()) tags.push_back(kDefaultTag);
  std::sort(tags.begin(), tags.end());
  std::vector<std::string> there;
  for (const MetaGraph& graph : graphs) {
    std::vector<std::string> sorted = graph.tags;
    std::sort(sorted.begin(), sorted.end());
    if (sorted == tags) return &graph;
    there.push_back(absl::StrCat("{", absl::StrJoin(sorted, ", "), "}"));
  }
  return absl::InvalidArgumentError(absl::StrCat("the model has no graph with the tags {", absl::StrJoin(tags, ", "),
                                                 "}; it has ", absl::StrJoin(there, ", ")));
}

absl::StatusOr<std::vector<const SignatureDef*>> ChooseSignatures(const MetaGraph& graph,
                                                                  const std::vector<std::string>& keys) {
  std::vector<const SignatureDef*> served, chosen;
  std::vector<std::string> names;
  for (const SignatureDef& signature : graph.signatures) {
    if (signature.key == kInitSignature) continue;
    served.push_back(&signature);
    names.push_back(absl::StrCat("'", signature.key, "'"));
  }
  const std::string there = names.empty() ? "it has none" : absl::StrCat("it has ", absl::StrJoin(names, ", "));
  std::vector<std::string> wanted = keys;
  if (wanted.empty()) wanted.push_back(served.size() == 1 ? served[0]->key : kDefaultSignature);
  for (const std::string& key : wanted) {
    auto at = std::find_if(served.begin(), served.end(), [&](const SignatureDef* s) { return s->key == key; });
    if (at == served.end()) {
      return Annotate(absl::InvalidArgumentError(absl::StrCat("the model has no signature '", key, "'; ", there)),
                      Place::kSignature, key);
    }
    if (std::find(chosen.begin(), chosen.end(), *at) == chosen.end()) chosen.push_back(*at);
  }
  return chosen;
}

// What one signature changes, no other may take for a constant.
absl::StatusOr<AssignedVariables> ChangedBy(Program& program, const std::vector<const SignatureDef*>& signatures) {
  AssignedVariables changed;
  for (const SignatureDef* signature : signatures) {
    std::vector<absl::string_view> tensors;
    for (const TensorInfo& output : signature->outputs) {
      if (!output.name.empty()) tensors.push_back(output.name);
    }
    auto assigned = FindAssigned(program, tensors);
    if (!assigned.ok()) return Annotate(assigned.status(), Place::kSignature, signature->key);
    changed.merge(*std::move(assigned));
  }
  return changed;
}

absl::StatusOr<ir::Model> ReadModel(const std::string& folder, const Bytes& file, const ReadOptions& options) {
  absl::string_view text(reinterpret_cast<const char*>(file.data()), file.size());
  ZP_ASSIGN_OR_RETURN(std::vector<MetaGraph> graphs, ParseSavedModel(text));
  ZP_ASSIGN_OR_RETURN(const MetaGraph* graph, ChooseGraph(graphs, options.tags));
  ZP_ASSIGN_OR_RETURN(std::vector<const SignatureDef*> signatures, ChooseSignatures(*graph, options.signature_keys));
  ZP_ASSIGN_OR_RETURN(std::unique_ptr<Program> program, Program::Create(*graph));
  Variables variables(*program, *graph, file, folder);
  ir::Model model;
  model.source = folder;
  ZP_ASSIGN_OR_RETURN(AssignedVariables changed, ChangedBy(*program, signatures));
  Resources resources(*program, variables, Tables(*program, *graph, file, folder), std::move(changed));
  CalledGraphs called{.first_index = static_cast<int>(signatures.size())};
  for (const SignatureDef* signature : signatures) {
    auto built = BuildGraph(*program, variables, file, *signature, resources, called);
    if (!built.ok()) return Annotate(built.status(), Place::kSignature, signature->key);
    built->signature.graph = static_cast<int>(model.graphs.size());
    model.graphs.push_back(std::move(built->graph));
    model.signatures.push_back(std::move(built->signature));
  }
  for (ir::Graph& graph : called.graphs) model.graphs.push_back(std::move(graph));
  ZP_RETURN_IF_ERROR(resources.Finish(model));
  return model;
}

}  // namespace

absl::StatusOr<ir::Model> Read(const std::string& folder, const ReadOptions& options) {
  ZP_ASSIGN_OR_RETURN(Bytes file, MapModel(folder));
  auto model = ReadModel(folder, file, options);
  if (!model.ok()) return Annotate(model.status(), Place::kFile, folder + "/saved_model.pb");
  return model;
}

}  // namespace zeropoint::formats::saved_model
