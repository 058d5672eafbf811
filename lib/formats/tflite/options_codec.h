// Options tables to attributes and back, driven by the op record's list of fields: no table is named here.
#ifndef ZEROPOINT_FORMATS_TFLITE_OPTIONS_CODEC_H_
#define ZEROPOINT_FORMATS_TFLITE_OPTIONS_CODEC_H_

#include "base/status.h"
#include "flatbuffers/flatbuffers.h"
#include "ir/attributes.h"
#include "ops/op_def.h"

namespace zeropoint::formats::tflite {

// Sets an attribute for every scalar field of the table, defaults included, and for every string and vector that is
// there. `table` is verified and of the type that `spec` names, or null. A null table gives defaults where the writer
// would write the table anyway and nothing otherwise, so that reading what was written gives the same attributes.
void ReadOptions(const flatbuffers::Table* table, const ops::OptionsSpec& spec, ir::Attributes& attrs);

// The offset of the table; 0 when the op has none or `spec` says that this node goes without.
// kInternal when an attribute does not fit its field.
absl::StatusOr<flatbuffers::Offset<void>> WriteOptions(const ir::Attributes& attrs, const ops::OptionsSpec& spec,
                                                       flatbuffers::FlatBufferBuilder& builder);

}  // namespace zeropoint::formats::tflite

#endif  // ZEROPOINT_FORMATS_TFLITE_OPTIONS_CODEC_H_
