#include "formats/tflite/options_codec.h"

#include <algorithm>
#include <limits>
#include <vector>

#include "absl/strings/str_cat.h"
#include "formats/tflite/flatbuffer_vectors.h"

namespace zeropoint::formats::tflite {
namespace {

using ops::FieldKind;
using ops::OptionField;
using Builder = flatbuffers::FlatBufferBuilder;

template <typename T>
T ReadScalar(const flatbuffers::Table* table, const OptionField& field) {
  const T otherwise = static_cast<T>(field.otherwise);
  return table == nullptr ? otherwise : table->GetField<T>(field.vtable_offset, otherwise);
}

template <typename T>
std::vector<T> ReadVector(const flatbuffers::Table* table, const OptionField& field) {
  return Elements(table->GetPointer<const flatbuffers::Vector<T>*>(field.vtable_offset));
}

template <typename T>
std::vector<int64_t> ReadWidened(const flatbuffers::Table* table, const OptionField& field) {
  const std::vector<T> narrow = ReadVector<T>(table, field);
  return std::vector<int64_t>(narrow.begin(), narrow.end());
}

bool IsOffset(FieldKind kind) {
  switch (kind) {
    case FieldKind::kString:
    case FieldKind::kBytes:
    case FieldKind::kInts:
    case FieldKind::kLongs:
    case FieldKind::kBools:
    case FieldKind::kFloats:
    case FieldKind::kGraphs:
      return true;
    default:
      return false;
  }
}

size_t SizeInTable(FieldKind kind) {
  switch (kind) {
    case FieldKind::kBool:
    case FieldKind::kInt8:
      return 1;
    case FieldKind::kInt64:
      return 8;
    default:
      return 4;
  }
}

void ReadField(const flatbuffers::Table* table, const OptionField& field, ir::Attributes& attrs) {
  switch (field.kind) {
    case FieldKind::kBool:
      attrs.Set(field.name, ReadScalar<uint8_t>(table, field) != 0);
      break;
    case FieldKind::kInt8:
      attrs.Set(field.name, int64_t{ReadScalar<int8_t>(table, field)});
      break;
    case FieldKind::kGraph:
    case FieldKind::kInt32:
      attrs.Set(field.name, int64_t{ReadScalar<int32_t>(table, field)});
      break;
    case FieldKind::kInt64:
      attrs.Set(field.name, ReadScalar<int64_t>(table, field));
      break;
    case FieldKind::kFloat:
      attrs.Set(field.name, ReadScalar<float>(table, field));
      break;
    case FieldKind::kString:
      attrs.Set(field.name, Text(table->GetPointer<const flatbuffers::String*>(field.vtable_offset)));
      break;
    case FieldKind::kBytes: {
      const std::vector<uint8_t> bytes = ReadVector<uint8_t>(table, field);
      attrs.Set(field.name, std::string(bytes.begin(), bytes.end()));
      break;
    }
    case FieldKind::kGraphs:
    case FieldKind::kInts:
      attrs.Set(field.name, ReadWidened<int32_t>(table, field));
      break;
    case FieldKind::kBools:
      attrs.Set(field.name, ReadWidened<uint8_t>(table, field));
      break;
    case FieldKind::kLongs:
      attrs.Set(field.name, ReadVector<int64_t>(table, field));
      break;
    case FieldKind::kFloats:
      attrs.Set(field.name, ReadVector<float>(table, field));
      break;
  }
}

absl::Status DoesNotFit(const OptionField& field, int64_t value) {
  return absl::InternalError(absl::StrCat("attribute ", field.name, "=", value, " does not fit its field"));
}

template <typename T>
absl::Status WriteInt(const ir::Attributes& attrs, const OptionField& field, Builder& builder) {
  const int64_t value = attrs.Int(field.name, static_cast<int64_t>(field.otherwise));
  if (value < std::numeric_limits<T>::min() || value > std::numeric_limits<T>::max()) return DoesNotFit(field, value);
  builder.AddElement<T>(field.vtable_offset, static_cast<T>(value), static_cast<T>(field.otherwise));
  return absl::OkStatus();
}

template <typename T>
absl::StatusOr<flatbuffers::uoffset_t> WriteNarrowed(const ir::Attributes& attrs, const OptionField& field,
                                                     Builder& builder) {
  std::vector<T> narrow;
  for (int64_t element : attrs.Ints(field.name)) {
    if (element != static_cast<T>(element)) return DoesNotFit(field, element);
    narrow.push_back(static_cast<T>(element));
  }
  return builder.CreateVector(narrow).o;
}

// Strings and vectors go into the file before the table that points at them.
absl::StatusOr<flatbuffers::uoffset_t> WriteOutOfLine(const ir::Attributes& attrs, const OptionField& field,
                                                      Builder& builder) {
  switch (field.kind) {
    case FieldKind::kString:
      return builder.CreateSharedString(attrs.String(field.name)).o;
    case FieldKind::kBytes: {
      const std::string bytes = attrs.String(field.name);
      return builder.CreateVector(reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()).o;
    }
    case FieldKind::kFloats:
      return builder.CreateVector(attrs.Floats(field.name)).o;
    case FieldKind::kLongs:
      return builder.CreateVector(attrs.Ints(field.name)).o;
    case FieldKind::kBools:
      return WriteNarrowed<uint8_t>(attrs, field, builder);
    default:
      return WriteNarrowed<int32_t>(attrs, field, builder);
  }
}

absl::Status WriteInline(const ir::Attributes& attrs, const OptionField& field, Builder& builder) {
  const float otherwise = static_cast<float>(field.otherwise);
  switch (field.kind) {
    case FieldKind::kBool:
      builder.AddElement<uint8_t>(field.vtable_offset, attrs.Bool(field.name, field.otherwise != 0) ? 1 : 0,
                                  field.otherwise != 0 ? 1 : 0);
      break;
    case FieldKind::kInt8:
      return WriteInt<int8_t>(attrs, field, builder);
    case FieldKind::kGraph:
    case FieldKind::kInt32:
      return WriteInt<int32_t>(attrs, field, builder);
    case FieldKind::kInt64:
      return WriteInt<int64_t>(attrs, field, builder);
    case FieldKind::kFloat:
      builder.AddElement<float>(field.vtable_offset, attrs.Float(field.name, otherwise), otherwise);
      break;
    default:
      break;  // written out of line
  }
  return absl::OkStatus();
}

}  // namespace

void ReadOptions(const flatbuffers::Table* table, const ops::OptionsSpec& spec, ir::Attributes& attrs) {
  if (spec.table == 0 || (table == nullptr && !spec.written)) return;
  for (const OptionField& field : spec.fields) {
    const bool there = table != nullptr && table->CheckField(field.vtable_offset);
    if (there || !IsOffset(field.kind)) ReadField(table, field, attrs);
  }
}

absl::StatusOr<flatbuffers::Offset<void>> WriteOptions(const ir::Attributes& attrs, const ops::OptionsSpec& spec,
                                                       Builder& builder) {
  const bool carries_one = std::any_of(spec.fields.begin(), spec.fields.end(),
                                       [&](const OptionField& field) { return attrs.Has(field.name); });
  if (spec.table == 0 || (!spec.written && !carries_one)) return flatbuffers::Offset<void>();

  // Wide fields first: the table then needs the least padding.
  std::vector<const OptionField*> fields;
  for (const OptionField& field : spec.fields) fields.push_back(&field);
  std::stable_sort(fields.begin(), fields.end(), [](const OptionField* a, const OptionField* b) {
    return SizeInTable(a->kind) > SizeInTable(b->kind);
  });
  std::vector<flatbuffers::uoffset_t> offsets(fields.size(), 0);
  for (size_t i = 0; i < fields.size(); ++i) {
    if (!IsOffset(fields[i]->kind) || !attrs.Has(fields[i]->name)) continue;
    ZP_ASSIGN_OR_RETURN(offsets[i], WriteOutOfLine(attrs, *fields[i], builder));
  }
  const flatbuffers::uoffset_t start = builder.StartTable();
  absl::Status status;
  for (size_t i = 0; i < fields.size(); ++i) {
    if (offsets[i] != 0) {
      builder.AddOffset(fields[i]->vtable_offset, flatbuffers::Offset<void>(offsets[i]));
    } else {
      status.Update(WriteInline(attrs, *fields[i], builder));
    }
  }
  const flatbuffers::uoffset_t table = builder.EndTable(start);  // also after an error: the builder must stay usable
  ZP_RETURN_IF_ERROR(status);
  return flatbuffers::Offset<void>(table);
}

}  // namespace zeropoint::formats::tflite
