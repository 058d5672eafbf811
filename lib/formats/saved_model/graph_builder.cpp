#include "formats/saved_model/graph_builder.h"

#include "formats/saved_model/builder.h"

namespace zeropoint::formats::saved_model {

absl::StatusOr<SignatureGraph> BuildGraph(Program& program, Variables& variables, const Bytes& file,
                                          const SignatureDef& signature, Resources& resources, CalledGraphs& called) {
  Import import{program, variables, resources, file, called};
  return Builder(import).Build(signature);
}

}  // namespace zeropoint::formats::saved_model
