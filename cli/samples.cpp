#include "samples.h"

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "npy.h"

namespace zeropoint::cli {
namespace {

namespace fs = std::filesystem;

// All values of one input: the first axis counts the samples.
struct Column {
  InputInfo input;
  Array array;
};

// What one signature is fed with.
struct Table {
  std::string signature;
  std::vector<Column> columns;
  int64_t rows = 0;
  int64_t steps = 1;  // of each row
};

std::string Quoted(const std::string& text) { return absl::StrCat("'", text, "'"); }

// "'image' [-1,28,28,1]", as the user must deliver it.
std::string Wanted(const SignatureInputs& signature, bool with_key) {
  return absl::StrJoin(signature.inputs, ", ", [&](std::string* out, const InputInfo& input) {
    absl::StrAppend(out, "'", with_key ? absl::StrCat(signature.key, "/") : "", input.name, "' [",
                    absl::StrJoin(input.shape, ","), "]");
  });
}

std::string AllWanted(const std::vector<SignatureInputs>& signatures) {
  return absl::StrJoin(signatures, ", ", [&](std::string* out, const SignatureInputs& signature) {
    absl::StrAppend(out, Wanted(signature, signatures.size() > 1));
  });
}

std::string Names(const std::vector<Array>& arrays) {
  return absl::StrJoin(arrays, ", ",
                       [](std::string* out, const Array& array) { absl::StrAppend(out, Quoted(array.name)); });
}

absl::Status CheckDtype(const Array& array) {
  if (array.type.has_value()) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("array ", Quoted(array.name), " is ", array.dtype,
                   ", which no model input takes; save it in the input's type, with .astype(numpy.float32) say"));
}

TensorView ViewOf(const InputInfo& input, Type type, std::vector<int64_t> shape, const char* data, size_t bytes) {
  if (shape.size() + 1 == input.shape.size()) shape.insert(shape.begin(), 1);
  return {input.name, type, std::move(shape), data, bytes};
}

absl::Status AddColumn(Table& table, const InputInfo& input, const Array& array) {
  absl::Status dtype = CheckDtype(array);
  if (!dtype.ok()) return dtype;
  if (array.shape.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("array ", Quoted(array.name), " is a single number; its first axis must count the samples"));
  }
  if (!table.columns.empty() && array.shape[0] != table.rows) {
    return absl::InvalidArgumentError(absl::StrCat("array ", Quoted(array.name), " has ", array.shape[0], " samples, ",
                                                   Quoted(table.columns[0].array.name), " has ", table.rows));
  }
  table.rows = array.shape[0];
  table.columns.push_back({input, array});
  return absl::OkStatus();
}

const Array* FindArray(const std::vector<Array>& arrays, const std::string& name) {
  auto found = std::find_if(arrays.begin(), arrays.end(), [&](const Array& array) { return array.name == name; });
  return found == arrays.end() ? nullptr : &*found;
}

// The array named "signature/input", or without the signature when there is only one; at last, as the graph names it.
const Array* FindArray(const std::vector<Array>& arrays, const SignatureInputs& signature, const InputInfo& input,
                       bool only_signature) {
  const Array* found = FindArray(arrays, absl::StrCat(signature.key, "/", input.name));
  if (found == nullptr && only_signature) found = FindArray(arrays, input.name);
  if (found == nullptr && only_signature && !input.tensor.empty()) found = FindArray(arrays, input.tensor);
  return found;
}

// A table for each signature that has arrays at all.
absl::StatusOr<std::vector<Table>> MatchArrays(const std::vector<Array>& arrays,
                                               const std::vector<SignatureInputs>& signatures,
                                               const std::string& labels, std::vector<std::string>& warnings) {
  std::vector<Table> tables;
  std::vector<const Array*> used;
  for (const SignatureInputs& signature : signatures) {
    Table table{signature.key, {}, 0};
    std::string missing;
    for (const InputInfo& input : signature.inputs) {
      const Array* array = FindArray(arrays, signature, input, signatures.size() == 1);
      if (array == nullptr) {
        missing = input.name;
        continue;
      }
      absl::Status added = AddColumn(table, input, *array);
      if (!added.ok()) return added;
      used.push_back(array);
    }
    if (table.columns.empty()) continue;
    if (!missing.empty()) {
      return absl::InvalidArgumentError(absl::StrCat("no array for input ", Quoted(missing), " of signature ",
                                                     Quoted(signature.key), "; there are ", Names(arrays)));
    }
    tables.push_back(std::move(table));
  }
  if (tables.empty()) {
    return absl::InvalidArgumentError(absl::StrCat("no array is named as an input; the model's inputs are ",
                                                   AllWanted(signatures), ", the arrays are ",
                                                   arrays.empty() ? "none" : Names(arrays)));
  }
  for (const Array& array : arrays) {
    if (std::find(used.begin(), used.end(), &array) != used.end() || array.name == labels) continue;
    warnings.push_back(absl::StrCat("array ", Quoted(array.name), " is not used: the model has no such input"));
  }
  return tables;
}

// Row after row, table after table.
RepresentativeDataset Rows(std::vector<Table> list) {
  struct State {
    std::vector<Table> tables;
    size_t table = 0;
    int64_t row = 0;
  };
  auto state = std::make_shared<State>();
  state->tables = std::move(list);
  auto next = [state](SampleView& sample) -> absl::StatusOr<bool> {
    while (state->table < state->tables.size() && state->row == state->tables[state->table].rows) {
      ++state->table;
      state->row = 0;
    }
    if (state->table == state->tables.size()) return false;
    const Table& table = state->tables[state->table];
    sample.signature = table.signature;
    sample.continues = state->row % table.steps != 0;
    sample.tensors.clear();
    for (const Column& column : table.columns) {
      const Array& array = column.array;
      size_t bytes = array.data.bytes.size() / static_cast<size_t>(table.rows);
      sample.tensors.push_back(ViewOf(column.input, *array.type, {array.shape.begin() + 1, array.shape.end()},
                                      array.data.bytes.data() + bytes * static_cast<size_t>(state->row), bytes));
    }
    ++state->row;
    return true;
  };
  return RepresentativeDataset::FromFunction(std::move(next), [state] {
    state->table = 0;
    state->row = 0;
  });
}

// A file a sample, opened when its turn comes.
RepresentativeDataset FilePerSample(std::vector<fs::path> list, const SignatureInputs& signature) {
  struct State {
    std::vector<fs::path> paths;
    SignatureInputs signature;
    size_t position = 0;
    Array current;  // keeps the data alive until the next call
  };
  auto state = std::make_shared<State>();
  state->paths = std::move(list);
  state->signature = signature;
  auto next = [state](SampleView& sample) -> absl::StatusOr<bool> {
    if (state->position == state->paths.size()) return false;
    const fs::path& path = state->paths[state->position++];
    absl::StatusOr<Buffer> file = MapFile(path.string());
    if (!file.ok()) return file.status();
    absl::StatusOr<Array> array = ReadNpy(*file, path.string());
    if (!array.ok()) return array.status();
    absl::Status dtype = CheckDtype(*array);
    if (!dtype.ok()) return dtype;
    state->current = *std::move(array);
    const absl::string_view data = state->current.data.bytes;
    sample.signature = state->signature.key;
    sample.tensors = {
        ViewOf(state->signature.inputs[0], *state->current.type, state->current.shape, data.data(), data.size())};
    return true;
  };
  return RepresentativeDataset::FromFunction(std::move(next), [state] { state->position = 0; });
}

bool HasOneInput(const std::vector<SignatureInputs>& signatures) {
  return signatures.size() == 1 && signatures[0].inputs.size() == 1;
}

absl::StatusOr<std::vector<fs::path>> NpyFilesIn(const std::string& folder) {
  std::error_code error;
  std::vector<fs::path> files;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    if (entry->path().extension() == ".npy") files.push_back(entry->path());
  }
  if (error) return absl::UnavailableError(absl::StrCat("reading folder ", Quoted(folder), ": ", error.message()));
  if (files.empty()) return absl::InvalidArgumentError(absl::StrCat("folder ", Quoted(folder), " has no .npy files"));
  std::sort(files.begin(), files.end());
  return files;
}

bool HasFileForEveryInput(const std::vector<fs::path>& files, const SignatureInputs& signature) {
  return std::all_of(signature.inputs.begin(), signature.inputs.end(), [&](const InputInfo& input) {
    return std::any_of(files.begin(), files.end(), [&](const fs::path& path) { return path.stem() == input.name; });
  });
}

absl::StatusOr<std::vector<Array>> ReadEach(const std::vector<fs::path>& files) {
  std::vector<Array> arrays;
  for (const fs::path& path : files) {
    absl::StatusOr<Buffer> file = MapFile(path.string());
    if (!file.ok()) return file.status();
    absl::StatusOr<Array> array = ReadNpy(*file, path.stem().string());
    if (!array.ok()) return array.status();
    arrays.push_back(*std::move(array));
  }
  return arrays;
}

// Each row becomes as many as it has steps; all arrays of a table have the same number.
absl::Status SplitSteps(Table& table) {
  for (Column& column : table.columns) {
    Array& array = column.array;
    if (array.shape.size() < 2) {
      return absl::InvalidArgumentError(
          absl::StrCat("array ", Quoted(array.name), " has no second axis, which would count the steps"));
    }
    if (&column != &table.columns.front() && array.shape[1] != table.steps) {
      return absl::InvalidArgumentError(absl::StrCat("array ", Quoted(array.name), " has ", array.shape[1], " steps, ",
                                                     Quoted(table.columns[0].array.name), " has ", table.steps));
    }
    table.steps = array.shape[1];
    array.shape[0] *= array.shape[1];
    array.shape.erase(array.shape.begin() + 1);
  }
  table.rows *= table.steps;
  return absl::OkStatus();
}

absl::StatusOr<Samples> FromArrays(const std::vector<Array>& arrays, const std::vector<SignatureInputs>& signatures,
                                   bool steps, const std::string& labels) {
  Samples samples;
  absl::StatusOr<std::vector<Table>> tables = MatchArrays(arrays, signatures, labels, samples.warnings);
  if (!tables.ok()) return tables.status();
  for (Table& table : *tables) {
    absl::Status split = steps ? SplitSteps(table) : absl::OkStatus();
    if (!split.ok()) return split;
  }
  if (std::all_of(tables->begin(), tables->end(), [](const Table& table) { return table.rows == 0; })) {
    return absl::InvalidArgumentError("the arrays hold no samples: their first axis is 0");
  }
  samples.dataset = Rows(*std::move(tables));
  return samples;
}

absl::StatusOr<Samples> FromFolder(const std::string& path, const std::vector<SignatureInputs>& signatures, bool steps,
                                   const std::string& labels) {
  absl::StatusOr<std::vector<fs::path>> files = NpyFilesIn(path);
  if (!files.ok()) return files.status();
  if (signatures.size() == 1 && HasFileForEveryInput(*files, signatures[0])) {
    absl::StatusOr<std::vector<Array>> arrays = ReadEach(*files);
    if (!arrays.ok()) return arrays.status();
    return FromArrays(*arrays, signatures, steps, labels);
  }
  if (steps) return absl::InvalidArgumentError("a folder with one file a sample has no axis of steps");
  if (HasOneInput(signatures)) return Samples{FilePerSample(*std::move(files), signatures[0]), {}};
  return absl::InvalidArgumentError(absl::StrCat("the model's inputs are ", AllWanted(signatures),
                                                 ": the folder must have a file for each, named <input>.npy, or use an "
                                                 ".npz"));
}

absl::StatusOr<Samples> FromFile(const std::string& path, const std::vector<SignatureInputs>& signatures, bool steps,
                                 const std::string& labels) {
  absl::StatusOr<Buffer> file = MapFile(path);
  if (!file.ok()) return file.status();
  if (IsNpz(file->bytes)) {
    absl::StatusOr<std::vector<Array>> arrays = ReadNpz(*file);
    if (!arrays.ok()) return arrays.status();
    return FromArrays(*arrays, signatures, steps, labels);
  }
  if (!IsNpy(file->bytes)) return absl::InvalidArgumentError("neither an .npz nor an .npy file");
  if (!HasOneInput(signatures)) {
    return absl::InvalidArgumentError(
        absl::StrCat("an .npy serves a model with one input; this one has ", AllWanted(signatures), ": use an .npz"));
  }
  absl::StatusOr<Array> array = ReadNpy(*file, signatures[0].inputs[0].name);
  if (!array.ok()) return array.status();
  return FromArrays({*array}, signatures, steps, labels);
}

}  // namespace

absl::StatusOr<Samples> LoadSamples(const std::string& path, const std::vector<SignatureInputs>& signatures, bool steps,
                                    const std::string& labels) {
  std::error_code ignored;  // what cannot be told a folder is opened as a file, which says why it cannot
  return fs::is_directory(path, ignored) ? FromFolder(path, signatures, steps, labels)
                                         : FromFile(path, signatures, steps, labels);
}

namespace {

template <typename T>
std::vector<float> Converted(absl::string_view bytes) {
  std::vector<float> values(bytes.size() / sizeof(T));
  for (size_t i = 0; i < values.size(); ++i) {
    T value;
    std::memcpy(&value, bytes.data() + i * sizeof(T), sizeof(T));
    values[i] = static_cast<float>(value);
  }
  return values;
}

absl::StatusOr<Labels> ToLabels(const Array& array) {
  constexpr std::pair<const char*, std::vector<float> (*)(absl::string_view)> kReaders[] = {
      {"float32", Converted<float>},   {"float64", Converted<double>},  {"int64", Converted<int64_t>},
      {"int32", Converted<int32_t>},   {"int16", Converted<int16_t>},   {"int8", Converted<int8_t>},
      {"uint8", Converted<uint8_t>},   {"uint16", Converted<uint16_t>}, {"uint32", Converted<uint32_t>},
      {"uint64", Converted<uint64_t>}, {"bool", Converted<uint8_t>}};
  if (array.shape.empty()) {
    return absl::InvalidArgumentError(absl::StrCat("the labels ", Quoted(array.name), " are a single number"));
  }
  for (const auto& [dtype, read] : kReaders) {
    if (array.dtype == dtype) return Labels{array.shape, read(array.data.bytes)};
  }
  return absl::InvalidArgumentError(absl::StrCat("labels ", Quoted(array.name), " of type ", array.dtype));
}

absl::StatusOr<std::vector<Array>> ArraysOf(const std::string& path) {
  absl::StatusOr<Buffer> file = MapFile(path);
  if (!file.ok()) return file.status();
  if (IsNpz(file->bytes)) return ReadNpz(*file);
  if (!IsNpy(file->bytes)) return absl::InvalidArgumentError("neither an .npz nor an .npy file");
  absl::StatusOr<Array> array = ReadNpy(*file, "labels");
  if (!array.ok()) return array.status();
  return std::vector<Array>{*std::move(array)};
}

}  // namespace

absl::StatusOr<Labels> LoadLabels(const std::string& labels, const std::string& data) {
  std::error_code ignored;
  if (fs::exists(labels, ignored)) {
    absl::StatusOr<std::vector<Array>> arrays = ArraysOf(labels);
    if (!arrays.ok()) return arrays.status();
    if (arrays->size() == 1) return ToLabels(arrays->front());
    return absl::InvalidArgumentError(absl::StrCat("the labels are one array; the file has ", Names(*arrays)));
  }
  if (!fs::is_regular_file(data, ignored)) return absl::NotFoundError("there is no such file");
  absl::StatusOr<std::vector<Array>> arrays = ArraysOf(data);
  if (!arrays.ok()) return arrays.status();
  const Array* found = FindArray(*arrays, labels);
  if (found != nullptr) return ToLabels(*found);
  return absl::NotFoundError(absl::StrCat("neither a file nor an array of ", data, ", which has ", Names(*arrays)));
}

}  // namespace zeropoint::cli
