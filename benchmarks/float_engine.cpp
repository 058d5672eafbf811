// Runs the float engine on one model, as float_inference.py asks on stdin; one JSON object a line on stdout.
//
//   bench_float_engine MODEL.tflite
//     run N        N runs on one thread
//     observe N    the same with the minimum and maximum of every result, as calibration takes them
//     threads T N  N runs on each of T threads that share the weights
//     ops N        milliseconds of one run by kind of op, the mean of N runs
//     nodes N      the same by node, with its result's shape
//     macs         multiplications of one run (CONV_2D, DEPTHWISE_CONV_2D, FULLY_CONNECTED, BATCH_MATMUL)
//     roof N       GFLOP/s of a matrix product in the first-level cache, GB/s of reading 256 MB
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <deque>
#include <iostream>
#include <map>
#include <memory>
#include <random>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "engine/engine.h"
#include "formats/tflite/tflite.h"
#include "kernels/gemm.h"
#include "kernels/kernel_table.h"

namespace zeropoint {
namespace {

double Now() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

double CpuSeconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

class Bench {
 public:
  absl::Status Load(const std::string& path);
  absl::Status Do(const std::string& line);

 private:
  absl::Status Run(engine::Session& session, int times, const engine::Observer* observer) const;
  absl::Status Threads(int threads, int times) const;
  absl::Status Profile(int times, bool nodes);
  absl::Status CountMacs();

  ir::Model model_;
  std::unique_ptr<engine::Program> program_;
  const engine::Executable* executable_ = nullptr;
  std::unique_ptr<engine::Session> session_;
  std::deque<ir::Shape> shapes_;               // by input; views point to them
  std::vector<std::vector<double>> elements_;  // by input; double, so that any type is aligned
  std::vector<ops::TensorView> inputs_;
};

absl::Status Bench::Load(const std::string& path) {
  ZP_ASSIGN_OR_RETURN(const Bytes bytes, MapFile(path));
  ZP_ASSIGN_OR_RETURN(model_, formats::tflite::Read(bytes, path));
  program_ = engine::Program::Create(model_);
  ZP_ASSIGN_OR_RETURN(executable_, program_->Prepare(0));
  session_ = engine::Session::Create(*executable_);
  std::mt19937 random(1);
  std::uniform_real_distribution<float> uniform(-1.0f, 1.0f);
  for (ir::ValueId id : model_.graphs[0].inputs) {
    const ir::Value& value = model_.graphs[0].value(id);
    if (!value.shape.ranked()) return absl::InvalidArgumentError(absl::StrCat("input ", value.name, " has no shape"));
    shapes_.push_back(value.shape);
    for (int axis = 0; axis < value.shape.rank(); ++axis) {
      if (value.shape[axis] == ir::kDynamic) shapes_.back().set(axis, 1);  // the batch, as a rule
    }
    ops::TensorView view;
    view.type = value.type;
    view.dims = shapes_.back().dims();
    elements_.emplace_back(view.bytes() / sizeof(double) + 1);
    view.data = elements_.back().data();
    if (view.type == ElementType::kFloat32) {
      float* x = reinterpret_cast<float*>(elements_.back().data());
      for (int64_t i = 0; i < view.elements(); ++i) x[i] = uniform(random);
    }
    inputs_.push_back(view);
  }
  return absl::OkStatus();
}

absl::Status Bench::Run(engine::Session& session, int times, const engine::Observer* observer) const {
  for (int i = 0; i < times; ++i) ZP_RETURN_IF_ERROR(session.Run(inputs_, observer, /*ranges=*/true));
  return absl::OkStatus();
}

absl::Status Bench::Threads(int threads, int times) const {
  std::vector<absl::Status> results(static_cast<size_t>(threads));
  std::vector<std::thread> running;
  for (absl::Status& result : results) {
    running.emplace_back([&] {
      const auto session = engine::Session::Create(*executable_);
      result = Run(*session, times, nullptr);
    });
  }
  for (std::thread& thread : running) thread.join();
  for (const absl::Status& result : results) ZP_RETURN_IF_ERROR(result);
  return absl::OkStatus();
}

absl::Status Bench::Profile(int times, bool nodes) {
  const ir::Graph& graph = model_.graphs[0];
  std::map<std::string, double> seconds;
  std::vector<std::string> order;
  double before = 0;
  const engine::Observer observer = [&](const engine::Sight& sight) {
    const double now = Now();
    if (sight.kind == engine::Sight::kResult && sight.graph == 0) {
      const ir::NodeId node = graph.producer(sight.value);
      std::string key(graph.node(node).op());
      if (nodes) absl::StrAppend(&key, " ", node, " ", ir::Shape(sight.tensor.dims).ToString());
      if (seconds.find(key) == seconds.end()) order.push_back(key);
      seconds[key] += now - before;
    }
    before = Now();
    return absl::OkStatus();
  };
  ZP_RETURN_IF_ERROR(Run(*session_, times, &observer));
  std::string text = "{";
  for (const std::string& key : order) {
    absl::StrAppend(&text, text.size() > 1 ? ", " : "", "\"", key, "\": ", seconds[key] / times * 1e3);
  }
  std::cout << text << "}" << std::endl;
  return absl::OkStatus();
}

// Results times the depth of the sum that each is.
absl::Status Bench::CountMacs() {
  const ir::Graph& graph = model_.graphs[0];
  int64_t macs = 0;
  const engine::Observer observer = [&](const engine::Sight& sight) {
    if (sight.kind != engine::Sight::kResult || sight.graph != 0) return absl::OkStatus();
    const ir::Node& node = graph.node(graph.producer(sight.value));
    int64_t depth = 0;
    if (node.op() == "BATCH_MATMUL") {
      const ir::Shape& left = graph.value(node.input(0)).shape;
      depth = left[node.attrs().Bool("adj_x") ? left.rank() - 2 : left.rank() - 1];
    } else if (node.op() == "CONV_2D" || node.op() == "FULLY_CONNECTED" || node.op() == "DEPTHWISE_CONV_2D") {
      const ir::Shape& weights = graph.value(node.input(1)).shape;
      const int channels = node.op() == "DEPTHWISE_CONV_2D" ? weights.rank() - 1 : 0;
      depth = weights.NumElements() / weights[channels];
    }
    macs += depth * sight.tensor.elements();
    return absl::OkStatus();
  };
  ZP_RETURN_IF_ERROR(Run(*session_, 1, &observer));
  std::cout << absl::StrCat("{\"macs\": ", macs, "}") << std::endl;
  return absl::OkStatus();
}

absl::Status Roof(int times) {
  constexpr int64_t kDepth = 128, kBytes = int64_t{256} << 20, kProducts = 100000;
  const kernels::KernelTable& best = kernels::BestKernels();
  const int64_t rows = best.max_rows, columns = best.panel_width;
  std::vector<float> left(static_cast<size_t>(rows * kDepth), 0.5f), results(static_cast<size_t>(rows * columns));
  const kernels::AlignedFloats packed = kernels::AllocateFloats(kernels::PackedFloats(best, columns, kDepth));
  std::fill_n(packed.get(), kernels::PackedFloats(best, columns, kDepth), 0.5f);
  std::vector<const float*> pointers(static_cast<size_t>(rows));
  const std::vector<float> large(static_cast<size_t>(kBytes) / sizeof(float), 1.0f);
  double flops = 0, bytes = 0;
  for (int i = 0; i < times; ++i) {
    double start = Now();
    for (int64_t k = 0; k < kProducts; ++k) {
      kernels::GemmRows(best, left.data(), kDepth, rows, packed.get(), columns, kDepth, nullptr, {-1e9f, 1e9f},
                        results.data(), pointers.data());
    }
    flops = std::max(flops, 2.0 * static_cast<double>(rows * columns * kDepth * kProducts) / (Now() - start));
    start = Now();
    const kernels::MinMaxResult range = kernels::MinMax(large.data(), large.size());
    if (range.min != 1.0f) return absl::InternalError("the minimum of ones is not one");
    bytes = std::max(bytes, static_cast<double>(kBytes) / (Now() - start));
  }
  std::cout << absl::StrCat("{\"gflops\": ", flops / 1e9, ", \"gbytes\": ", bytes / 1e9, "}") << std::endl;
  return absl::OkStatus();
}

absl::Status Bench::Do(const std::string& line) {
  std::istringstream words(line);
  std::string command;
  int threads = 1, times = 1;
  words >> command;
  if (command == "macs") return CountMacs();
  if (command == "threads") words >> threads;
  words >> times;
  if (!words || threads < 1 || times < 1) return absl::InvalidArgumentError(absl::StrCat("what is '", line, "'?"));
  if (command == "roof") return Roof(times);
  if (command == "ops" || command == "nodes") return Profile(times, command == "nodes");
  const engine::Observer observer = [](const engine::Sight& sight) {
    if (sight.tensor.type == ElementType::kFloat32) {
      const auto range = sight.range != nullptr
                             ? *sight.range
                             : kernels::MinMax(sight.tensor.As<float>(), static_cast<size_t>(sight.tensor.elements()));
      if (!range.all_finite) return absl::InvalidArgumentError("NaN or infinity");
    }
    return absl::OkStatus();
  };
  const double wall = Now(), cpu = CpuSeconds();
  ZP_RETURN_IF_ERROR(command == "threads" ? Threads(threads, times)
                                          : Run(*session_, times, command == "observe" ? &observer : nullptr));
  std::cout << absl::StrCat("{\"wall\": ", Now() - wall, ", \"cpu\": ", CpuSeconds() - cpu, "}") << std::endl;
  return absl::OkStatus();
}

int Main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: bench_float_engine MODEL.tflite" << std::endl;
    return 2;
  }
  Bench bench;
  absl::Status status = bench.Load(argv[1]);
  for (std::string line; status.ok() && std::getline(std::cin, line);) status = bench.Do(line);
  if (!status.ok()) std::cerr << status.ToString() << std::endl;
  return status.ok() ? 0 : 1;
}

}  // namespace
}  // namespace zeropoint

int main(int argc, char** argv) { return zeropoint::Main(argc, argv); }
