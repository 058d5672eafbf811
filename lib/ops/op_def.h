// The op record: everything that Zeropoint knows of one op, written in one file, lib/ops/<op>.cpp.
//
// The build lists lib/ops/*.cpp and writes the registry from the file names: hard_swish.cpp defines
// `OpDef zeropoint::ops::records::HardSwish()`, so adding an op touches its file and its test and nothing else.
#ifndef ZEROPOINT_OPS_OP_DEF_H_
#define ZEROPOINT_OPS_OP_DEF_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "base/status.h"
#include "ir/graph.h"
#include "ops/quant_spec.h"
#include "ops/tensor_view.h"

namespace zeropoint::kernels {
class PartialRange;
}  // namespace zeropoint::kernels

namespace zeropoint::ops {

inline constexpr int kMany = 1 << 20;  // as the upper end of an Arity: no bound

struct Arity {
  int min = 1;
  int max = 1;
};

// --- options table <-> attributes ---------------------------------------------------------------------------------

enum class FieldKind : uint8_t {
  kBool,
  kInt8,
  kInt32,
  kInt64,
  kFloat,
  kString,
  kBytes,  // a vector of ubyte in the file; a string attribute that holds them as they are
  kInts,   // a vector of int32
  kLongs,  // a vector of int64
  kBools,  // a vector of bool; an attribute of 0 and 1
  kFloats,
  kGraph,   // an int32: the index of another graph of the model, which the op calls
  kGraphs,  // a vector of such
};

// One field of the op's options table and the attribute it becomes. kInt8 (enumerations), kInt32, kInt64 and kGraph are
// int64 attributes, their vectors are vectors of int64.
struct OptionField {
  absl::string_view name;  // attribute name = schema field name
  uint16_t vtable_offset;  // schema::<Table>::VT_<FIELD>
  FieldKind kind;
  double otherwise = 0;  // the schema's default
};

struct OptionsSpec {
  int table = 0;  // schema::BuiltinOptions_<Table>, or BuiltinOptions2_<Table> when `second`; 0: the op has none
  std::vector<OptionField> fields;
  // TensorFlow's converter leaves the table out for some ops that have one; then it is written only when the node
  // carries one of its attributes.
  bool written = true;
  bool second = false;  // the table is one of the schema's second union, builtin_options_2
};

// --- shapes -------------------------------------------------------------------------------------------------------

struct TypedShape {
  ElementType type = ElementType::kFloat32;
  ir::Shape shape;
};

// Computes types and shapes of results from those of operands; called with partly unknown shapes at import, and with
// exact ones before a run.
class InferContext {
 public:
  virtual ~InferContext() = default;
  virtual const ir::Attributes& attrs() const = 0;
  virtual int num_inputs() const = 0;
  virtual int num_outputs() const = 0;
  virtual bool has_input(int i) const = 0;  // false: absent
  virtual ElementType input_type(int i) const = 0;
  virtual const ir::Shape& input_shape(int i) const = 0;
  // The type that result i has in the graph today, for ops whose operands and attributes do not say it (CAST).
  virtual ElementType output_type(int i) const = 0;
  // Its shape there, for ops that say it nowhere else (StableHLO's RESHAPE, IOTA).
  virtual const ir::Shape& output_shape(int i) const = 0;
  // Elements of an integer operand when they are known by now (a constant, or computed from known shapes); elements
  // not known yet are ir::kDynamic only in values that came from a SHAPE.
  virtual std::optional<std::vector<int64_t>> input_ints(int i) const = 0;
  // False: a kDynamic among input_ints(i) stands for an element that is not known; true: it is a plain -1.
  virtual bool input_ints_complete(int i) const = 0;
  virtual void set_output(int i, ElementType type, ir::Shape shape) = 0;
  // The result's elements are known from shapes alone (SHAPE, RANK).
  virtual void set_output_ints(int i, std::vector<int64_t> elements) = 0;
  // What another graph of the model delivers for such arguments. kUnimplemented where the graph stands alone.
  virtual absl::StatusOr<std::vector<TypedShape>> CallResults(int graph, absl::Span<const TypedShape> arguments) = 0;
};
using InferFn = absl::Status (*)(InferContext&);

// --- execution ----------------------------------------------------------------------------------------------------

// Work done once per model and shared by all threads: packed weights.
struct PrepareContext {
  const ir::Attributes& attrs;
  absl::Span<const TensorView> inputs;        // data is null unless constant
  absl::Span<const TensorView> outputs = {};  // data is null; types and parameters as the graph declares them
  absl::Span<const ir::QuantParams* const> intermediates = {};  // of NodeInfo::intermediates, where the node has some
};
using PrepareFn = absl::StatusOr<std::shared_ptr<const void>> (*)(const PrepareContext&);

// Memory that grows to what the hungriest op of a thread needs and is reused by all.
class Scratch {
 public:
  virtual ~Scratch() = default;
  // Aligned to 64 bytes, uninitialised, valid until the op returns. A second call in the same op invalidates the first.
  virtual void* Get(size_t bytes) = 0;
};

// Something that ops share by name for as long as the session lives: a variable, a table.
class Resource {
 public:
  virtual ~Resource() = default;
};

// What an op may ask of the run that it is part of.
class Runtime {
 public:
  virtual ~Runtime() = default;
  // Runs another graph of the model. The results are valid until the same graph is called again.
  virtual absl::StatusOr<std::vector<TensorView>> Call(int graph, absl::Span<const TensorView> arguments) = 0;
  // The place where the resource of that name is kept; null until an op puts one there.
  virtual std::shared_ptr<Resource>& resource(absl::string_view name) = 0;
  // Allocates result i when its shape came to be known only now (a result of a called graph).
  virtual absl::StatusOr<MutableView> ResizeOutput(int i, ElementType type, const ir::Shape& shape) = 0;
};

struct EvalContext {
  const ir::Attributes& attrs;
  absl::Span<const TensorView> inputs;
  absl::Span<const MutableView> outputs;  // typed, shaped and allocated as `infer` said
  const void* prepared;                   // what `prepare` returned; null when the op has none
  Scratch& scratch;
  // By operand: the memory of a variable operand, which the op may change; data is null for other operands. Empty when
  // the node has none.
  absl::Span<const MutableView> states = {};
  Runtime* runtime = nullptr;  // null when the node is evaluated alone, on constants
  // Shows the observer a value inside the op that calibration wants (NodeInfo::intermediates[i]); null: nobody looks.
  const std::function<absl::Status(int i, const TensorView&)>* intermediate = nullptr;
  // The range of result 0: a kernel that makes it in parts may add each while it is in cache, all of them or none.
  // Null: nobody wants it.
  kernels::PartialRange* range = nullptr;
};
using EvalFn = absl::Status (*)(const EvalContext&);

// --- TensorFlow forms ---------------------------------------------------------------------------------------------

// Turns the node of a TF op (op "tf.<name>", TF attributes) into this op, in place: operands, attributes, nothing
// else. What needs more than one op is a pass (passes/legalize). Defaults of TF attributes are filled in already.
using TfImportFn = absl::Status (*)(ir::Graph&, ir::NodeId);

struct TfForm {
  absl::string_view op;         // "Relu", without the prefix
  TfImportFn import = nullptr;  // null: same operands and results, no attributes
};

// --- versions -----------------------------------------------------------------------------------------------------

// Types are those of the node as it will be written.
class VersionContext {
 public:
  virtual ~VersionContext() = default;
  virtual const ir::Attributes& attrs() const = 0;
  virtual int num_inputs() const = 0;
  virtual bool has_input(int i) const = 0;
  virtual ElementType input_type(int i) const = 0;
  virtual ElementType output_type(int i) const = 0;
  virtual const ir::Shape& input_shape(int i) const = 0;
  virtual const ir::QuantParams& input_quant(int i) const = 0;
  virtual const ir::QuantParams& output_quant(int i) const = 0;
  virtual bool input_is_constant(int i) const = 0;
};
// The smallest op version of the LiteRT schema that has this form. Null in a record: always 1.
using VersionFn = int (*)(const VersionContext&);

// --- kernels of the runtime ---------------------------------------------------------------------------------------

// A release of LiteRT; compares as versions do.
struct Release {
  int major = 0, minor = 0;
  friend constexpr bool operator<=(const Release& a, const Release& b) {
    return a.major != b.major ? a.major < b.major : a.minor <= b.minor;
  }
};
inline constexpr Release kEver{0, 0};         // as old as any release that we know of
inline constexpr Release kNever{1 << 20, 0};  // not in the newest one

// Since which release LiteRT's built-in kernels run the op in a form. What is not stated is kEver; where TensorFlow's
// quantizer writes a form that no kernel runs, this keeps us from doing the same.
struct RuntimeForms {
  Release real = kEver;    // float32, or the op's own types where it has no floats
  Release hybrid = kEver;  // int8 weights beside float32 activations
  Release int8 = kEver;
  Release int16 = kEver;
  absl::string_view gap;  // what is missing, in words, where one of them is not kEver
};

// --- tests --------------------------------------------------------------------------------------------------------

// Where the op is defined: the values that the generic tests give it.
struct TestPlan {
  float low = -4.0f, high = 4.0f;
};

// --- conversions --------------------------------------------------------------------------------------------------

// The two ops with which rewrite joins float and integer parts; exactly one record has each role.
enum class Conversion : uint8_t {
  kNone,
  kQuantize,    // float or integer -> integer
  kDequantize,  // integer or float16 -> float32
};

// --- the record ---------------------------------------------------------------------------------------------------

inline constexpr size_t kPackedPartBytes = size_t{16} << 20;

struct OpDef {
  absl::string_view name;  // "HARD_SWISH"; equals the file name in upper case
  int32_t code = -1;       // schema::BuiltinOperator_<NAME>
  Arity inputs, outputs;
  OptionsSpec options;
  std::vector<TfForm> tf;
  InferFn infer = nullptr;
  PrepareFn prepare = nullptr;
  // Bytes that what `prepare` returns takes. Null: as many as the constant operands.
  size_t (*prepared_bytes)(const PrepareContext&) = nullptr;
  // Where weights are packed for one run only, `prepare` is not called at all: the kernels, whose `prepared` is null
  // then, pack kPackedPartBytes at a time. They take float16 weights, too, and widen what they pack.
  bool packs_in_parts = false;
  EvalFn eval_float = nullptr;  // float32, and int32/int64/bool where the op admits them; also the constant folder
  // Nodes with quantized operands or results, as LiteRT's reference kernels compute them, bit for bit. Null where there
  // is no such kernel; records whose eval_float takes integers as they are (moves_elements, is_view, conversions)
  // need none.
  PrepareFn prepare_quantized = nullptr;
  EvalFn eval_quantized = nullptr;
  // Nodes with quantized weights beside real activations (dynamic range). Null: the float kernel on the weights' real
  // values.
  PrepareFn prepare_hybrid = nullptr;
  EvalFn eval_hybrid = nullptr;
  QuantSpec quant;
  Conversion conversion = Conversion::kNone;
  VersionFn version = nullptr;
  RuntimeForms runtime;
  TestPlan check;

  // The result has the operand's elements in their order (RESHAPE): the engine may share the memory.
  bool is_view = false;
  // LiteRT's kernel may compute the result in the memory of one of the first so many operands.
  int in_place_operands = 0;
  // So may our float kernel, when that operand has the result's type and shape and nobody reads it afterwards.
  int overwritable_operands = 0;
  // Every element of a result is an element of an operand, unchanged (CONCATENATION, GATHER): integers of which only
  // some are known may flow through.
  bool moves_elements = false;
  // Has effects beyond its results; never removed as dead.
  bool has_side_effects = false;
  // A RELU-like consumer may be folded into attribute "fused_activation_function".
  bool absorbs_activation = false;
  // The ActivationFunctionType that this op becomes when folded into its producer; 0: it cannot be.
  int fused_activation = 0;
};

// --- registry -----------------------------------------------------------------------------------------------------

// Null when there is no such record. Names are LiteRT's ("CONV_2D"), TF names come without the "tf." prefix.
const OpDef* FindOp(absl::string_view name);
const OpDef* FindOpByCode(int32_t code);
struct TfMatch {
  const OpDef* op;
  const TfForm* form;
};
std::optional<TfMatch> FindTfForm(absl::string_view tf_op);
absl::Span<const OpDef* const> AllOps();
// The record with that role; null when there is none.
const OpDef* FindConversion(Conversion role);

// The name of an op that is not a LiteRT builtin: "custom.<custom_code>". Carried through untouched.
inline constexpr absl::string_view kCustomPrefix = "custom.";
// Nodes before legalization: "tf.<op>".
inline constexpr absl::string_view kTfPrefix = "tf.";

}  // namespace zeropoint::ops

#endif  // ZEROPOINT_OPS_OP_DEF_H_
