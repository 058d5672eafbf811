#include "formats/saved_model/tables.h"

#include <algorithm>
#include <cstring>
#include <set>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "base/file.h"
#include "formats/saved_model/node_attributes.h"

namespace zeropoint::formats::saved_model {
namespace {

constexpr absl::string_view kTables[] = {"HashTableV2", "HashTable"};
constexpr absl::string_view kFromTensors[] = {"LookupTableImportV2", "LookupTableImport", "InitializeTableV2",
                                              "InitializeTable"};
constexpr absl::string_view kFromTextFile[] = {"InitializeTableFromTextFileV2", "InitializeTableFromTextFile"};
// Comparing with every key costs a number of them for each element that is looked up.
constexpr size_t kMaxCompared = 1 << 16;
// Of InitializeTableFromTextFile: what key or value is, beside a column.
constexpr int64_t kWholeLine = -2, kLineNumber = -1;

template <size_t n>
bool Contains(const absl::string_view (&names)[n], absl::string_view name) {
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

bool IsInteger(ElementType type) { return type == ElementType::kInt32 || type == ElementType::kInt64; }

size_t CountOf(const ir::TensorLiteral& literal) {
  if (literal.type == ElementType::kString) return literal.strings.size();
  return static_cast<size_t>(literal.shape.NumElements());
}

ir::TensorLiteral Int64s(const std::vector<int64_t>& values) {
  return {.type = ElementType::kInt64,
          .shape = {static_cast<int64_t>(values.size())},
          .data = Bytes::Of(absl::MakeConstSpan(values))};
}

template <typename T>
std::vector<int64_t> Widened(const Bytes& data) {
  std::vector<T> values(data.size() / sizeof(T));
  if (!values.empty()) std::memcpy(values.data(), data.data(), values.size() * sizeof(T));
  return {values.begin(), values.end()};
}

std::vector<int64_t> IntegersOf(const ir::TensorLiteral& literal) {
  return literal.type == ElementType::kInt32 ? Widened<int32_t>(literal.data) : Widened<int64_t>(literal.data);
}

std::vector<int64_t> Count(size_t n) {
  std::vector<int64_t> numbers(n);
  for (size_t i = 0; i < n; ++i) numbers[i] = static_cast<int64_t>(i);
  return numbers;
}

// Adds TF nodes with one result each.
class Emitter {
 public:
  Emitter(ir::Graph& graph, std::string name) : graph_(graph), name_(std::move(name)) {}

  ir::ValueId Add(absl::string_view part, absl::string_view op, std::vector<ir::ValueId> inputs, ElementType type,
                  ir::Shape shape, ir::Attributes attrs) {
    ir::NodeInfo info{.op = std::string(op), .name = NameOf(part), .attrs = std::move(attrs)};
    const ir::ValueId result = graph_.AddValue({.name = info.name, .type = type, .shape = std::move(shape)});
    graph_.AddNode(std::move(info), std::move(inputs), {result});
    return result;
  }
  ir::ValueId Cast(absl::string_view part, ir::ValueId value, ElementType type) {
    if (graph_.value(value).type == type) return value;
    ir::Attributes attrs;
    attrs.Set("SrcT", static_cast<int64_t>(graph_.value(value).type));
    attrs.Set("DstT", static_cast<int64_t>(type));
    attrs.Set("Truncate", false);
    return Add(part, "tf.Cast", {value}, type, graph_.value(value).shape, std::move(attrs));
  }
  ir::ValueId Constant(absl::string_view part, const ir::TensorLiteral& literal) {
    return graph_.AddConstant(NameOf(part), literal.type, literal.shape, literal.data);
  }
  ir::ValueId Int32(absl::string_view part, int32_t value) {
    return graph_.AddConstant(NameOf(part), ir::Shape{}, absl::MakeConstSpan(&value, 1));
  }
  // Elements of a vector.
  ir::ValueId Gather(absl::string_view part, ir::ValueId from, ir::ValueId indices) {
    ir::Attributes attrs;
    attrs.Set("Tparams", static_cast<int64_t>(graph_.value(from).type));
    attrs.Set("Tindices", static_cast<int64_t>(graph_.value(indices).type));
    attrs.Set("Taxis", static_cast<int64_t>(ElementType::kInt32));
    attrs.Set("batch_dims", int64_t{0});
    return Add(part, "tf.GatherV2", {from, indices, Int32(absl::StrCat(part, "_axis"), 0)}, graph_.value(from).type,
               graph_.value(indices).shape, std::move(attrs));
  }

 private:
  std::string NameOf(absl::string_view part) const { return part.empty() ? name_ : absl::StrCat(name_, "/", part); }

  ir::Graph& graph_;
  std::string name_;
};

ir::Attributes Typed(ElementType type) {
  ir::Attributes attrs;
  attrs.Set("T", static_cast<int64_t>(type));
  return attrs;
}

// values[where keys == key], or `otherwise` where there is none: by comparing each with all keys.
ir::ValueId AddComparison(const ir::TensorLiteral& keys, const ir::TensorLiteral& values, ir::ValueId wanted,
                          ir::ValueId otherwise, const std::string& name, ir::Graph& graph) {
  Emitter emit(graph, name);
  const ir::Shape shape = graph.value(wanted).shape;
  ir::Shape column = ir::Shape::Unranked(), pairs = ir::Shape::Unranked();
  if (shape.ranked()) {
    std::vector<int64_t> dims(shape.dims().begin(), shape.dims().end());
    dims.push_back(1);
    column = ir::Shape(dims);
    dims.back() = static_cast<int64_t>(CountOf(keys));
    pairs = ir::Shape(dims);
  }
  ir::Attributes expand = Typed(keys.type);
  expand.Set("Tdim", static_cast<int64_t>(ElementType::kInt32));
  const ir::ValueId last = emit.Int32("last", -1);
  const ir::ValueId expanded =
      emit.Add("column", "tf.ExpandDims", {wanted, last}, keys.type, column, std::move(expand));
  ir::Attributes equal = Typed(keys.type);
  equal.Set("incompatible_shape_error", true);
  const ir::ValueId same = emit.Add("same", "tf.Equal", {expanded, emit.Constant("keys", keys)}, ElementType::kBool,
                                    pairs, std::move(equal));
  const ir::ValueId numbers = emit.Cast("numbers", same, ElementType::kInt32);
  ir::Attributes first = Typed(ElementType::kInt32);
  first.Set("Tidx", static_cast<int64_t>(ElementType::kInt32));
  first.Set("output_type", static_cast<int64_t>(ElementType::kInt32));
  const ir::ValueId place = emit.Add("place", "tf.ArgMax", {numbers, emit.Int32("dimension", -1)}, ElementType::kInt32,
                                     shape, std::move(first));
  ir::Attributes any;
  any.Set("Tidx", static_cast<int64_t>(ElementType::kInt32));
  any.Set("keep_dims", false);
  const ir::ValueId found =
      emit.Add("found", "tf.Any", {same, emit.Int32("axis", -1)}, ElementType::kBool, shape, std::move(any));
  const ir::ValueId value = emit.Gather("value", emit.Constant("values", values), place);
  return emit.Add("", "tf.SelectV2", {found, value, otherwise}, values.type, shape, Typed(values.type));
}

absl::Status Unsupported(absl::string_view what) {
  return absl::UnimplementedError(absl::StrCat("a lookup table ", what, " is not supported"));
}

// Elements of a text file's column as a constant.
absl::StatusOr<ir::TensorLiteral> Parsed(const std::vector<std::string>& texts, ElementType type) {
  ir::TensorLiteral literal{.type = type, .shape = {static_cast<int64_t>(texts.size())}};
  std::vector<int64_t> integers;
  std::vector<float> reals;
  for (const std::string& text : texts) {
    int64_t integer = 0;
    float real = 0.0f;
    const bool ok = type == ElementType::kString || (IsInteger(type) && absl::SimpleAtoi(text, &integer)) ||
                    (type == ElementType::kFloat32 && absl::SimpleAtof(text, &real));
    if (!ok) return absl::InvalidArgumentError(absl::StrCat("the table's file has '", text, "' for a ", Name(type)));
    integers.push_back(integer);
    reals.push_back(real);
  }
  if (type == ElementType::kString) literal.strings = texts;
  if (type == ElementType::kInt64) literal.data = Bytes::Of(absl::MakeConstSpan(integers));
  if (type == ElementType::kFloat32) literal.data = Bytes::Of(absl::MakeConstSpan(reals));
  if (type == ElementType::kInt32) {
    const std::vector<int32_t> narrow(integers.begin(), integers.end());
    literal.data = Bytes::Of(absl::MakeConstSpan(narrow));
  }
  return literal;
}

}  // namespace

bool IsTable(const NodeDef& node) { return Contains(kTables, node.op); }

// All functions that nodes of the top graph call: which of them runs first is no matter, tables do not change.
absl::Status Tables::FindInitializers() {
  if (searched_) return absl::OkStatus();
  searched_ = true;
  return FindInitializers(program_.root());
}

absl::Status Tables::FindInitializers(Frame& frame) {
  for (const NodeDef& node : *frame.body->nodes) {
    ZP_ASSIGN_OR_RETURN(Frame * callee, program_.Callee(frame, node));
    if (callee != nullptr) ZP_RETURN_IF_ERROR(FindInitializers(*callee));
    if (!Contains(kFromTensors, node.op) && !Contains(kFromTextFile, node.op)) continue;
    ZP_ASSIGN_OR_RETURN(Source table, program_.Resolve(frame, DataInput(node, 0)));
    initializers_.emplace(table.node, Source{&frame, &node, 0});
  }
  return absl::OkStatus();
}

absl::StatusOr<ir::TensorLiteral> Tables::Constant(const Source& at, size_t input) {
  ZP_ASSIGN_OR_RETURN(Source source, program_.Resolve(*at.frame, DataInput(*at.node, input)));
  // A chain of identities is as long as the graph at most; a longer one is a circle.
  for (size_t i = 0; source.node->op == "Identity" && i < source.frame->body->nodes->size(); ++i) {
    ZP_ASSIGN_OR_RETURN(source, program_.Resolve(*source.frame, DataInput(*source.node, 0)));
  }
  ZP_ASSIGN_OR_RETURN(AttrValue value, program_.Attr(*source.frame, *source.node, "value"));
  if (source.node->op != "Const" || value.kind != AttrValue::Kind::kTensor) {
    return Unsupported("that is filled with what is computed");
  }
  ZP_ASSIGN_OR_RETURN(ir::TensorLiteral literal, DecodeTensor(value.text, file_));
  return literal;
}

absl::StatusOr<const Tables::Contents*> Tables::ContentsOf(const Source& table) {
  auto known = contents_.find(table.node);
  if (known != contents_.end()) return &known->second;
  ZP_RETURN_IF_ERROR(FindInitializers());
  auto initializer = initializers_.find(table.node);
  if (initializer == initializers_.end()) return Unsupported("that nothing fills");
  ZP_ASSIGN_OR_RETURN(Contents contents, ReadContents(initializer->second, table));
  const size_t count = CountOf(contents.keys);
  if (CountOf(contents.values) != count) {
    return absl::InvalidArgumentError(
        absl::StrCat("the table has ", count, " keys and ", CountOf(contents.values), " values"));
  }
  if (count == 0) return Unsupported("without keys");
  for (ir::TensorLiteral* literal : {&contents.keys, &contents.values}) {
    if (literal->type != ElementType::kString) continue;
    ZP_ASSIGN_OR_RETURN(literal->data, PackStrings(literal->strings));
  }
  contents.keys.shape = contents.values.shape = {static_cast<int64_t>(count)};
  return &contents_.emplace(table.node, std::move(contents)).first->second;
}

absl::StatusOr<Tables::Contents> Tables::ReadContents(const Source& initializer, const Source& table) {
  if (Contains(kFromTextFile, initializer.node->op)) return ReadTextFile(initializer, table);
  Contents contents;
  ZP_ASSIGN_OR_RETURN(contents.keys, Constant(initializer, 1));
  ZP_ASSIGN_OR_RETURN(contents.values, Constant(initializer, 2));
  return contents;
}

// What the top graph assigns to the variable that the node reads: TensorFlow 2 keeps names of files in variables. The
// node itself where it reads none.
absl::StatusOr<Source> Tables::Assigned(const Source& read) const {
  if (read.node->op != "ReadVariableOp") return read;
  ZP_ASSIGN_OR_RETURN(const Source variable, program_.Resolve(*read.frame, DataInput(*read.node, 0)));
  for (const NodeDef& node : *program_.root().body->nodes) {
    if (node.op != "AssignVariableOp") continue;
    ZP_ASSIGN_OR_RETURN(const Source to, program_.Resolve(program_.root(), DataInput(node, 0)));
    if (to.node == variable.node) return program_.Resolve(program_.root(), DataInput(node, 1));
  }
  return read;
}

// The file in the folder that stands for the name in the graph.
absl::StatusOr<std::string> Tables::AssetPath(const Source& name) const {
  ZP_ASSIGN_OR_RETURN(const Source at, Assigned(name));
  const std::string tensor = PathOf(*at.frame, *at.node);
  for (const auto& [asset, file] : meta_.assets) {
    if (asset.substr(0, asset.find(':')) == tensor) return absl::StrCat(folder_, "/assets/", file);
  }
  return Unsupported("from a file that is no asset of the model");
}

absl::StatusOr<Tables::Contents> Tables::ReadTextFile(const Source& initializer, const Source& table) {
  ZP_ASSIGN_OR_RETURN(Source name, program_.Resolve(*initializer.frame, DataInput(*initializer.node, 1)));
  ZP_ASSIGN_OR_RETURN(const std::string path, AssetPath(name));
  ZP_ASSIGN_OR_RETURN(const Bytes file, MapFile(path));
  ZP_ASSIGN_OR_RETURN(const ir::Attributes attrs,
                      ImportAttributes(program_, *initializer.frame, *initializer.node, file_));
  ZP_ASSIGN_OR_RETURN(const ir::Attributes types, ImportAttributes(program_, *table.frame, *table.node, file_));
  std::vector<std::string> lines =
      absl::StrSplit(absl::string_view(reinterpret_cast<const char*>(file.data()), file.size()), '\n');
  if (!lines.empty() && lines.back().empty()) lines.pop_back();
  const auto skipped = std::clamp<int64_t>(attrs.Int("offset"), 0, static_cast<int64_t>(lines.size()));
  lines.erase(lines.begin(), lines.begin() + skipped);
  const int64_t vocabulary = attrs.Int("vocab_size", -1);
  if (vocabulary >= 0 && vocabulary < static_cast<int64_t>(lines.size())) lines.resize(static_cast<size_t>(vocabulary));

  const auto column = [&](int64_t index, ElementType type) -> absl::StatusOr<ir::TensorLiteral> {
    std::vector<std::string> texts;
    for (size_t i = 0; i < lines.size(); ++i) {
      const absl::string_view line = absl::StripSuffix(lines[i], "\r");
      if (index == kLineNumber) {
        texts.push_back(absl::StrCat(i));
      } else if (index == kWholeLine) {
        texts.emplace_back(line);
      } else {
        const std::vector<absl::string_view> parts = absl::StrSplit(line, attrs.String("delimiter"));
        if (index < 0 || static_cast<size_t>(index) >= parts.size()) {
          return absl::InvalidArgumentError(absl::StrCat("line ", i, " of the table's file has no column ", index));
        }
        texts.emplace_back(parts[static_cast<size_t>(index)]);
      }
    }
    return Parsed(texts, type);
  };
  Contents contents;
  ZP_ASSIGN_OR_RETURN(contents.keys, column(attrs.Int("key_index"), static_cast<ElementType>(types.Int("key_dtype"))));
  ZP_ASSIGN_OR_RETURN(contents.values,
                      column(attrs.Int("value_index"), static_cast<ElementType>(types.Int("value_dtype"))));
  return contents;
}

absl::StatusOr<int64_t> Tables::SizeOf(const Source& table) {
  ZP_ASSIGN_OR_RETURN(const Contents* contents, ContentsOf(table));
  if (contents->keys.type == ElementType::kString) {
    return static_cast<int64_t>(
        std::set<std::string>(contents->keys.strings.begin(), contents->keys.strings.end()).size());
  }
  if (!IsInteger(contents->keys.type)) return Unsupported("with such keys");
  const std::vector<int64_t> keys = IntegersOf(contents->keys);
  return static_cast<int64_t>(std::set<int64_t>(keys.begin(), keys.end()).size());
}

ir::ValueId Tables::AddFind(const Source& table, int part, LiteTable contents, ir::ValueId keys, ir::ValueId otherwise,
                            const std::string& name, ir::Graph& graph) {
  const std::pair<const NodeDef*, int> use{table.node, part};
  auto known = std::find_if(tables_.begin(), tables_.end(), [&](const auto& entry) { return entry.first == use; });
  const auto id = static_cast<int64_t>(known - tables_.begin());
  const ElementType key_type = contents.keys.type, value_type = contents.values.type;
  if (known == tables_.end()) tables_.emplace_back(use, std::move(contents));
  Emitter emit(graph, name);
  ir::Attributes attrs;
  attrs.Set("table_id", id);
  attrs.Set("key_dtype", static_cast<int64_t>(key_type));
  attrs.Set("value_dtype", static_cast<int64_t>(value_type));
  const ir::ValueId handle =
      emit.Add(absl::StrCat("table_", id), "HASHTABLE", {}, ElementType::kResource, ir::Shape{}, std::move(attrs));
  return emit.Add(absl::StrCat("find_", id), "HASHTABLE_FIND", {handle, keys, otherwise}, value_type,
                  graph.value(keys).shape, {});
}

absl::StatusOr<ir::ValueId> Tables::AddLookup(const Source& table, ir::ValueId keys, ir::ValueId otherwise,
                                              std::string name, ir::Graph& graph) {
  ZP_ASSIGN_OR_RETURN(const Contents* contents, ContentsOf(table));
  const bool text_keys = contents->keys.type == ElementType::kString;
  const bool text_values = contents->values.type == ElementType::kString;
  if (!text_keys && !IsInteger(contents->keys.type)) return Unsupported("with such keys");
  if (graph.value(keys).type != contents->keys.type || graph.value(otherwise).type != contents->values.type) {
    return absl::InvalidArgumentError("the lookup's types are not those of the table");
  }
  Emitter emit(graph, name);
  enum Part { kToIndex, kToText };
  if (!text_keys && !text_values) {
    if (CountOf(contents->keys) > kMaxCompared) {
      return Unsupported(absl::StrCat("of ", CountOf(contents->keys), " numbers"));
    }
    return AddComparison(contents->keys, contents->values, keys, otherwise, name, graph);
  }
  if (!text_keys) {
    return AddFind(table, kToText, {Int64s(IntegersOf(contents->keys)), contents->values},
                   emit.Cast("keys", keys, ElementType::kInt64), otherwise, name, graph);
  }
  if (contents->values.type == ElementType::kInt64) {
    return AddFind(table, kToIndex, {contents->keys, contents->values}, keys, otherwise, name, graph);
  }
  // By way of the key's number.
  const auto count = static_cast<int64_t>(CountOf(contents->keys));
  LiteTable numbers{contents->keys, Int64s(Count(static_cast<size_t>(count)))};
  const int64_t missing = text_values ? -1 : count;
  const ir::ValueId none =
      graph.AddConstant(absl::StrCat(name, "/none"), ir::Shape{}, absl::MakeConstSpan(&missing, 1));
  const ir::ValueId number = AddFind(table, kToIndex, std::move(numbers), keys, none, name, graph);
  if (text_values) {
    LiteTable texts{Int64s(Count(static_cast<size_t>(count))), contents->values};
    return AddFind(table, kToText, std::move(texts), number, otherwise, name, graph);
  }
  // values and, behind them, the one for keys that are not there
  ir::Attributes reshape = Typed(contents->values.type);
  reshape.Set("Tshape", static_cast<int64_t>(ElementType::kInt32));
  const int32_t one = 1;
  const ir::ValueId one_element =
      graph.AddConstant(absl::StrCat(name, "/one"), ir::Shape{1}, absl::MakeConstSpan(&one, 1));
  const ir::ValueId last =
      emit.Add("otherwise", "tf.Reshape", {otherwise, one_element}, contents->values.type, {1}, std::move(reshape));
  ir::Attributes concat = Typed(contents->values.type);
  concat.Set("N", int64_t{2});
  concat.Set("Tidx", static_cast<int64_t>(ElementType::kInt32));
  const ir::ValueId all =
      emit.Add("all", "tf.ConcatV2", {emit.Constant("values", contents->values), last, emit.Int32("all_axis", 0)},
               contents->values.type, {count + 1}, std::move(concat));
  return emit.Gather("value", all, number);
}

void Tables::AddFirstValues(ir::Graph& graph) const {
  for (size_t id = 0; id < tables_.size(); ++id) {
    const LiteTable& table = tables_[id].second;
    Emitter emit(graph, absl::StrCat("table_", id));
    ir::Attributes attrs;
    attrs.Set("table_id", static_cast<int64_t>(id));
    attrs.Set("key_dtype", static_cast<int64_t>(table.keys.type));
    attrs.Set("value_dtype", static_cast<int64_t>(table.values.type));
    const ir::ValueId handle = emit.Add("", "HASHTABLE", {}, ElementType::kResource, ir::Shape{}, std::move(attrs));
    const ir::ValueId keys = emit.Constant("keys", table.keys), values = emit.Constant("values", table.values);
    graph.AddNode({.op = "HASHTABLE_IMPORT", .name = absl::StrCat("table_", id, "/import")}, {handle, keys, values},
                  {});
  }
}

}  // namespace zeropoint::formats::saved_model
