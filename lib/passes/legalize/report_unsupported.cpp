// Refuses a model that still has TF nodes, when their time to become LiteRT's is over, or ops on types that LiteRT's
// kernels do not take.
//
// One message for the whole model, one line a node: its op, its name, the layer of the Python program that made it (the
// scopes of its name without what TensorFlow's calls and Keras' models put around them), and the nearest rewrite of the
// program where one is known.
#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "ops/op_def.h"
#include "passes/legalize/kernel_types.h"
#include "passes/passes.h"

namespace zeropoint::passes {
namespace {

constexpr absl::string_view kOutOfScope =
    "Flex ops, which run TensorFlow inside LiteRT, are out of scope; allow_custom_ops (--allow-custom-ops) writes such "
    "nodes "
    "as custom ops, for which the application brings kernels";

constexpr absl::string_view kStringsOutside =
    "prepare text outside the model: export a signature that takes numbers, such as token ids";
constexpr absl::string_view kImagesOutside =
    "decode outside the model: export a signature that takes the decoded tensor";
constexpr absl::string_view kParsedOutside = "export a signature that takes the tensors themselves";
constexpr absl::string_view kDecodeOutside = "export a signature that ends with the logits, and decode them outside";
constexpr absl::string_view kPlainResize = "tf.image.resize with method 'bilinear' or 'nearest' has a LiteRT form";
constexpr absl::string_view kFourierProducts =
    "tf.signal.rfft where the input is real; otherwise, for a fixed length, real products with cosine and sine "
    "matrices";
constexpr absl::string_view kBeforeExport = "where the operand does not depend on inputs, compute it before the export";
constexpr absl::string_view kNoPython = "Python does not run in LiteRT: write the function in TensorFlow's ops";

struct Advice {
  absl::string_view op, text;
};

constexpr Advice kAdvice[] = {
    {"AsString", "leave the output out: export another signature, and print the numbers outside"},
    {"CTCBeamSearchDecoder", kDecodeOutside},
    {"CTCGreedyDecoder", kDecodeOutside},
    {"Cholesky", kBeforeExport},
    {"DecodeImage", kImagesOutside},
    {"DecodeJpeg", kImagesOutside},
    {"DecodePng", kImagesOutside},
    {"DecodeWav", kImagesOutside},
    {"EagerPyFunc", kNoPython},
    {"ExtractImagePatches", "tf.nn.conv2d with a constant one-hot kernel gives the same patches"},
    {"FFT", kFourierProducts},
    {"IFFT", kFourierProducts},
    {"MatrixDeterminant", kBeforeExport},
    {"MatrixInverse", kBeforeExport},
    {"MaxPoolWithArgmax", "tf.nn.max_pool2d where the positions of the maxima are not needed"},
    {"ParseExample", kParsedOutside},
    {"ParseExampleV2", kParsedOutside},
    {"ParseSingleExample", kParsedOutside},
    {"PyFunc", kNoPython},
    {"Qr", kBeforeExport},
    {"RegexReplace", kStringsOutside},
    {"ResizeArea", kPlainResize},
    {"ResizeBicubic", kPlainResize},
    {"SparseTensorDenseMatMul", "tf.sparse.to_dense and tf.matmul have LiteRT forms"},
    {"StaticRegexReplace", kStringsOutside},
    {"StringLower", kStringsOutside},
    {"StringSplitV2", kStringsOutside},
    {"Svd", kBeforeExport},
};

absl::string_view AdviceFor(absl::string_view op) {
  const Advice* found =
      std::find_if(std::begin(kAdvice), std::end(kAdvice), [&](const Advice& a) { return a.op == op; });
  return found == std::end(kAdvice) ? absl::string_view() : found->text;
}

// "lstm_1" -> "lstm": TensorFlow and Keras number what has a name already.
absl::string_view WithoutNumber(absl::string_view scope) {
  const size_t end = scope.find_last_not_of("0123456789");
  if (end == absl::string_view::npos || end + 1 == scope.size() || scope[end] != '_') return scope;
  return scope.substr(0, end);
}

template <size_t kCount>
bool IsOneOf(absl::string_view scope, const absl::string_view (&names)[kCount]) {
  return std::find(std::begin(names), std::end(names), WithoutNumber(scope)) != std::end(names);
}

constexpr absl::string_view kCalls[] = {"StatefulPartitionedCall", "PartitionedCall"};
constexpr absl::string_view kModels[] = {"functional", "model", "sequential"};
constexpr absl::string_view kControlFlow[] = {"while", "cond"};

// "StatefulPartitionedCall/functional_1/lstm_1/while/MatMul" -> "lstm_1". What lies in a loop or a branch belongs to
// the layer around it. Empty when the node stands in no scope.
std::string LayerOf(absl::string_view name) {
  std::vector<absl::string_view> scopes = absl::StrSplit(name, '/', absl::SkipEmpty());
  if (!scopes.empty()) scopes.pop_back();  // the op
  std::vector<absl::string_view> layers;
  for (absl::string_view scope : scopes) {
    if (IsOneOf(scope, kCalls)) continue;
    if (IsOneOf(scope, kControlFlow)) break;
    if (layers.empty() && IsOneOf(scope, kModels)) continue;
    layers.push_back(scope);
  }
  return absl::StrJoin(layers, "/");
}

std::string Line(const ir::Node& node) {
  std::string line = absl::StrCat(node.op(), " (", node.info.name, ")");
  const std::string layer = LayerOf(node.info.name);
  if (!layer.empty()) absl::StrAppend(&line, " of layer '", layer, "'");
  const absl::string_view advice = AdviceFor(absl::StripPrefix(node.op(), ops::kTfPrefix));
  if (!advice.empty()) absl::StrAppend(&line, ": ", advice);
  return line;
}

// The type for which LiteRT has no kernel of the node's op; nothing where there is one.
std::optional<ElementType> LackingType(const ir::Graph& graph, const ir::Node& node) {
  const size_t data = node.op() == "SPLIT" ? 1 : 0;  // SPLIT has its axis first
  if (node.inputs().size() <= data || node.inputs()[data] == ir::kNoValue) return std::nullopt;
  const ir::Value& value = graph.value(node.inputs()[data]);
  if (value.quant.quantized() || !LacksKernel(node.op(), value.type)) return std::nullopt;
  return value.type;
}

}  // namespace

absl::StatusOr<int> ReportUnsupported(const ir::Model& model, ir::Graph&) {
  std::vector<std::string> lines;
  for (const ir::Graph& graph : model.graphs) {
    for (ir::NodeId id = graph.first(); id != ir::kNoNode; id = graph.next(id)) {
      const ir::Node& node = graph.node(id);
      if (absl::StartsWith(node.op(), ops::kTfPrefix)) {
        lines.push_back(Line(node));
      } else if (const auto type = LackingType(graph, node); type.has_value()) {
        lines.push_back(absl::StrCat(Line(node), ": LiteRT's kernel does not take ", Name(*type), "; cast to ",
                                     "another type around it"));
      }
    }
  }
  if (lines.empty()) return 0;
  return absl::UnimplementedError(absl::StrCat("no LiteRT form for ", lines.size(),
                                               lines.size() == 1 ? " node:" : " nodes:", "\n  ",
                                               absl::StrJoin(lines, "\n  "), "\n", kOutOfScope));
}

}  // namespace zeropoint::passes
