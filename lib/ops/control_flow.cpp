#include "ops/control_flow.h"

#include <cstddef>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ops/copy_bytes.h"
#include "ops/stored_bytes.h"

namespace zeropoint::ops {
namespace {

// A loop variable between two turns: a called graph's results live only until its next run.
class Variable {
 public:
  void Assign(const TensorView& from) {
    const size_t bytes = StoredBytes(from);
    if (bytes > capacity_) {
      memory_ = std::make_unique<std::max_align_t[]>(bytes / sizeof(std::max_align_t) + 1);
      capacity_ = bytes;
    }
    CopyBytes(memory_.get(), from.data, bytes);
    dims_.assign(from.dims.begin(), from.dims.end());
    view_ = from;
    view_.dims = dims_;
    view_.data = memory_.get();
  }
  const TensorView& view() const { return view_; }

 private:
  std::unique_ptr<std::max_align_t[]> memory_;
  size_t capacity_ = 0;
  std::vector<int64_t> dims_;
  TensorView view_;
};

absl::Status CheckResults(size_t count, int wanted) {
  if (count == static_cast<size_t>(wanted)) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("the called graph has ", count, " results instead of ", wanted));
}

// The results of one graph among several that could run in its place.
absl::Status Join(const std::vector<TypedShape>& results, std::vector<TypedShape>& joined) {
  ZP_RETURN_IF_ERROR(CheckResults(results.size(), static_cast<int>(joined.size())));
  for (size_t i = 0; i < results.size(); ++i) {
    if (results[i].type != joined[i].type) {
      return absl::InvalidArgumentError(
          absl::StrCat("result ", i, " is ", Name(joined[i].type), " or ", Name(results[i].type)));
    }
    joined[i].shape = CommonShape(joined[i].shape, results[i].shape);
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> IsTrue(Runtime& runtime, int condition, absl::Span<const TensorView> variables) {
  ZP_ASSIGN_OR_RETURN(const std::vector<TensorView> results, runtime.Call(condition, variables));
  ZP_RETURN_IF_ERROR(CheckResults(results.size(), 1));
  return ReadCondition(results[0]);
}

std::vector<TensorView> Views(const std::vector<Variable>& variables) {
  std::vector<TensorView> views;
  for (const Variable& variable : variables) views.push_back(variable.view());
  return views;
}

}  // namespace

absl::StatusOr<bool> ReadCondition(const TensorView& condition) {
  if (condition.type != ElementType::kBool || condition.elements() != 1) {
    return absl::InvalidArgumentError(absl::StrCat("the condition is ", Name(condition.type), " of ",
                                                   condition.elements(), " elements instead of one bool"));
  }
  return *condition.As<uint8_t>() != 0;
}

ir::Shape CommonShape(const ir::Shape& a, const ir::Shape& b) {
  if (!a.ranked() || !b.ranked() || a.rank() != b.rank()) return ir::Shape::Unranked();
  ir::Shape common = a;
  for (int i = 0; i < a.rank(); ++i) {
    if (a[i] != b[i]) common.set(i, ir::kDynamic);
  }
  return common;
}

std::vector<TypedShape> Arguments(const InferContext& context, int first) {
  std::vector<TypedShape> arguments;
  for (int i = first; i < context.num_inputs(); ++i) {
    arguments.push_back({context.input_type(i), context.input_shape(i)});
  }
  return arguments;
}

absl::Status InferBranches(InferContext& context, absl::Span<const int64_t> graphs, int first_argument) {
  const std::vector<TypedShape> arguments = Arguments(context, first_argument);
  std::vector<TypedShape> results;
  for (size_t i = 0; i < graphs.size(); ++i) {
    ZP_ASSIGN_OR_RETURN(std::vector<TypedShape> branch, context.CallResults(static_cast<int>(graphs[i]), arguments));
    if (i == 0)
      results = std::move(branch);
    else
      ZP_RETURN_IF_ERROR(Join(branch, results));
  }
  ZP_RETURN_IF_ERROR(CheckResults(results.size(), context.num_outputs()));
  for (int i = 0; i < context.num_outputs(); ++i) {
    TypedShape& result = results[static_cast<size_t>(i)];
    context.set_output(i, result.type, std::move(result.shape));
  }
  return absl::OkStatus();
}

absl::Status InferLoop(InferContext& context, int condition, int body) {
  std::vector<TypedShape> variables = Arguments(context, 0);
  ZP_RETURN_IF_ERROR(CheckResults(variables.size(), context.num_outputs()));
  // Each turn makes more dimensions unknown or none, so this ends.
  for (bool changed = true; changed;) {
    ZP_ASSIGN_OR_RETURN(const std::vector<TypedShape> results, context.CallResults(body, variables));
    std::vector<TypedShape> joined = variables;
    ZP_RETURN_IF_ERROR(Join(results, joined));
    changed = false;
    for (size_t i = 0; i < variables.size(); ++i) changed = changed || joined[i].shape != variables[i].shape;
    variables = std::move(joined);
  }
  ZP_ASSIGN_OR_RETURN(const std::vector<TypedShape> results, context.CallResults(condition, variables));
  ZP_RETURN_IF_ERROR(CheckResults(results.size(), 1));
  for (int i = 0; i < context.num_outputs(); ++i) {
    TypedShape& variable = variables[static_cast<size_t>(i)];
    context.set_output(i, variable.type, std::move(variable.shape));
  }
  return absl::OkStatus();
}

absl::StatusOr<Runtime*> RuntimeOf(const EvalContext& context) {
  if (context.runtime == nullptr) return absl::UnimplementedError("there is no run that this is part of");
  return context.runtime;
}

absl::Status CopyToOutput(const EvalContext& context, int i, const TensorView& from) {
  MutableView to = context.outputs[static_cast<size_t>(i)];
  if (from.type == ElementType::kString) {
    auto* allocator = dynamic_cast<StringAllocator*>(context.runtime);
    if (allocator == nullptr) return absl::UnimplementedError("there is no run that could hold strings");
    ZP_ASSIGN_OR_RETURN(to, allocator->ResizeStrings(i, ir::Shape(from.dims), StoredBytes(from)));
  } else if (to.data == nullptr || to.type != from.type || to.dims != from.dims) {
    ZP_ASSIGN_OR_RETURN(Runtime * runtime, RuntimeOf(context));
    ZP_ASSIGN_OR_RETURN(to, runtime->ResizeOutput(i, from.type, ir::Shape(from.dims)));
  }
  const size_t bytes = StoredBytes(from);
  CopyBytes(to.data, from.data, bytes);
  return absl::OkStatus();
}

absl::Status EvalCall(const EvalContext& context, int graph, int first_argument) {
  ZP_ASSIGN_OR_RETURN(Runtime * runtime, RuntimeOf(context));
  ZP_ASSIGN_OR_RETURN(const std::vector<TensorView> results,
                      runtime->Call(graph, context.inputs.subspan(static_cast<size_t>(first_argument))));
  ZP_RETURN_IF_ERROR(CheckResults(results.size(), static_cast<int>(context.outputs.size())));
  for (size_t i = 0; i < results.size(); ++i) {
    ZP_RETURN_IF_ERROR(CopyToOutput(context, static_cast<int>(i), results[i]));
  }
  return absl::OkStatus();
}

absl::Status EvalLoop(const EvalContext& context, int condition, int body) {
  ZP_ASSIGN_OR_RETURN(Runtime * runtime, RuntimeOf(context));
  // A turn may swap variables, so the next ones are made beside the current ones.
  std::vector<Variable> variables(context.inputs.size()), next(context.inputs.size());
  for (size_t i = 0; i < variables.size(); ++i) variables[i].Assign(context.inputs[i]);
  for (;;) {
    const std::vector<TensorView> views = Views(variables);
    ZP_ASSIGN_OR_RETURN(const bool again, IsTrue(*runtime, condition, views));
    if (!again) break;
    ZP_ASSIGN_OR_RETURN(const std::vector<TensorView> results, runtime->Call(body, views));
    ZP_RETURN_IF_ERROR(CheckResults(results.size(), static_cast<int>(next.size())));
    for (size_t i = 0; i < next.size(); ++i) next[i].Assign(results[i]);
    std::swap(variables, next);
  }
  for (size_t i = 0; i < variables.size(); ++i) {
    ZP_RETURN_IF_ERROR(CopyToOutput(context, static_cast<int>(i), variables[i].view()));
  }
  return absl::OkStatus();
}

}  // namespace zeropoint::ops
