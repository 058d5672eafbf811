// Lookup tables that do not change: what the model's initialization puts into them, and lookups made of LiteRT's ops.
//
// LiteRT has tables from strings to int64 and from int64 to strings. Others become these, or comparisons with all keys.
#ifndef ZEROPOINT_FORMATS_SAVED_MODEL_TABLES_H_
#define ZEROPOINT_FORMATS_SAVED_MODEL_TABLES_H_

#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/status.h"
#include "formats/saved_model/functions.h"
#include "ir/graph.h"

namespace zeropoint::formats::saved_model {

bool IsTable(const NodeDef& node);

// Keys and values of one of LiteRT's tables; one of the two are strings, the others int64.
struct LiteTable {
  ir::TensorLiteral keys, values;
};

// The tables of a model, and those of the result. Not thread-safe.
class Tables {
 public:
  // All must outlive this. `file` is the mapped saved_model.pb.
  Tables(Program& program, const MetaGraph& meta, const Bytes& file, std::string folder)
      : program_(program), meta_(meta), file_(file), folder_(std::move(folder)) {}

  // Adds a lookup of `keys`, of any shape, to the graph; `otherwise` is the value of keys that the table does not have.
  // kUnimplemented for a table that the model does not fill with constants, and for keys that cannot be compared.
  absl::StatusOr<ir::ValueId> AddLookup(const Source& table, ir::ValueId keys, ir::ValueId otherwise, std::string name,
                                        ir::Graph& graph);
  absl::StatusOr<int64_t> SizeOf(const Source& table);

  // Makes and fills all tables that lookups use.
  void AddFirstValues(ir::Graph& graph) const;
  bool empty() const { return tables_.empty(); }

 private:
  struct Contents {
    ir::TensorLiteral keys, values;
  };

  absl::StatusOr<const Contents*> ContentsOf(const Source& table);
  absl::Status FindInitializers();
  absl::Status FindInitializers(Frame& frame);
  absl::StatusOr<Contents> ReadContents(const Source& initializer, const Source& table);
  absl::StatusOr<Contents> ReadTextFile(const Source& initializer, const Source& table);
  absl::StatusOr<Source> Assigned(const Source& read) const;
  absl::StatusOr<std::string> AssetPath(const Source& name) const;
  absl::StatusOr<ir::TensorLiteral> Constant(const Source& at, size_t input);
  // The value of each key, of one of LiteRT's tables. `id` by the table's node and what it is used for.
  ir::ValueId AddFind(const Source& table, int part, LiteTable contents, ir::ValueId keys, ir::ValueId otherwise,
                      const std::string& name, ir::Graph& graph);

  Program& program_;
  const MetaGraph& meta_;
  const Bytes& file_;
  std::string folder_;
  bool searched_ = false;
  std::unordered_map<const NodeDef*, Source> initializers_;                   // by table
  std::unordered_map<const NodeDef*, Contents> contents_;                     // by table
  std::vector<std::pair<std::pair<const NodeDef*, int>, LiteTable>> tables_;  // of the result; the index is the id
};

}  // namespace zeropoint::formats::saved_model

#endif  // ZEROPOINT_FORMATS_SAVED_MODEL_TABLES_H_
