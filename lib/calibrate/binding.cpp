#include "calibrate/binding.h"

#include <algorithm>
#include <limits>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "ops/stored_bytes.h"

namespace zeropoint::calibrate {
namespace {

constexpr size_t kNone = std::numeric_limits<size_t>::max();

// What the user calls each input of the graph.
std::vector<std::string> InputNames(const ir::Graph& graph, const ir::Signature* signature) {
  std::vector<std::string> names;
  for (ir::ValueId input : graph.inputs) {
    std::string name = graph.value(input).name;
    for (size_t i = 0; signature != nullptr && i < signature->inputs.size(); ++i) {
      if (signature->inputs[i].value == input) name = signature->inputs[i].name;
    }
    names.push_back(std::move(name));
  }
  return names;
}

absl::StatusOr<const ir::Signature*> FindSignature(const ir::Model& model, const std::string& key) {
  if (key.empty()) return model.signatures.empty() ? nullptr : &model.signatures.front();
  std::vector<std::string> keys;
  for (const ir::Signature& signature : model.signatures) {
    if (signature.key == key) return &signature;
    keys.push_back(signature.key);
  }
  return Annotate(absl::InvalidArgumentError(absl::StrCat(
                      "no signature '", key, "'; the model has: ", keys.empty() ? "none" : absl::StrJoin(keys, ", "))),
                  Place::kSignature, key);
}

absl::Status Complaint(const std::string& name, const std::string& message) {
  return Annotate(absl::InvalidArgumentError(message), Place::kTensor, name);
}

absl::StatusOr<std::vector<size_t>> Match(const ir::Graph& graph, const std::vector<std::string>& names,
                                          const Sample& sample) {
  std::vector<size_t> tensors(names.size(), kNone);
  const bool by_position =
      std::all_of(sample.tensors.begin(), sample.tensors.end(), [](const SampleTensor& t) { return t.name.empty(); });
  for (size_t t = 0; t < sample.tensors.size(); ++t) {
    const std::string& name = sample.tensors[t].name;
    size_t input = by_position ? t : kNone;
    for (size_t i = names.size(); !by_position && i-- > 0;) {
      if (graph.value(graph.inputs[i]).name == name && input == kNone) input = i;
      if (names[i] == name) input = i;
    }
    if (input >= names.size()) {
      if (by_position) {
        return absl::InvalidArgumentError(absl::StrCat("the sample has ", sample.tensors.size(), " tensors for the ",
                                                       names.size(), " inputs: ", absl::StrJoin(names, ", ")));
      }
      return Complaint(name, absl::StrCat("no input '", name, "'; the inputs are: ", absl::StrJoin(names, ", ")));
    }
    if (tensors[input] != kNone) return Complaint(name, absl::StrCat("the sample has '", names[input], "' twice"));
    tensors[input] = t;
  }
  for (size_t i = 0; i < names.size(); ++i) {
    if (tensors[i] == kNone) return Complaint(names[i], absl::StrCat("the sample lacks input '", names[i], "'"));
  }
  return tensors;
}

bool Fits(const ir::Shape& given, int from, const ir::Shape& wanted, int wanted_from) {
  for (int i = 0; wanted_from + i < wanted.rank(); ++i) {
    const int64_t want = wanted[wanted_from + i];
    if (want != ir::kDynamic && want != given[from + i]) return false;
  }
  return true;
}

absl::Status CheckTensor(const std::string& name, const ir::Value& input, const SampleTensor& tensor) {
  if (tensor.type != input.type) {
    return Complaint(
        name, absl::StrCat("input '", name, "' has type ", Name(input.type), ", the sample ", Name(tensor.type)));
  }
  const ir::Shape &wanted = input.shape, &given = tensor.shape;
  const std::string shapes =
      absl::StrCat("input '", name, "' has shape ", wanted.ToString(), ", the sample ", given.ToString());
  if (!given.IsStatic()) return Complaint(name, absl::StrCat(shapes, ", which is not known"));
  if (wanted.ranked() && given.rank() != wanted.rank()) {
    const bool lacks_batch = given.rank() + 1 == wanted.rank() && Fits(given, 0, wanted, 1);
    return Complaint(name, absl::StrCat(shapes, ": rank ", given.rank(), " instead of ", wanted.rank(),
                                        lacks_batch ? "; the batch dimension is missing, add a leading 1" : ""));
  }
  if (wanted.ranked() && !Fits(given, 0, wanted, 0)) return Complaint(name, shapes);
  if (tensor.type == ElementType::kString) {
    const absl::string_view packed(reinterpret_cast<const char*>(tensor.data.data()), tensor.data.size());
    return Annotate(ops::CheckPackedStrings(packed, given.NumElements()), Place::kTensor, name);
  }
  const size_t bytes = ByteSize(tensor.type, static_cast<size_t>(given.NumElements()));
  if (tensor.data.size() != bytes) {
    return Complaint(name, absl::StrCat("the data of '", name, "' has ", tensor.data.size(), " bytes, its shape ",
                                        given.ToString(), " needs ", bytes));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Binding> Bind(const ir::Model& model, const Sample& sample) {
  ZP_ASSIGN_OR_RETURN(const ir::Signature* signature, FindSignature(model, sample.signature));
  Binding binding;
  binding.graph = signature == nullptr ? 0 : signature->graph;
  const ir::Graph& graph = model.graphs[static_cast<size_t>(binding.graph)];
  const std::vector<std::string> names = InputNames(graph, signature);
  ZP_ASSIGN_OR_RETURN(binding.tensors, Match(graph, names, sample));
  for (size_t i = 0; i < names.size(); ++i) {
    ZP_RETURN_IF_ERROR(CheckTensor(names[i], graph.value(graph.inputs[i]), sample.tensors[binding.tensors[i]]));
  }
  return binding;
}

}  // namespace zeropoint::calibrate
