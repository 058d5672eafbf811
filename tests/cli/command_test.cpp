// The command from the outside: files, messages, exit codes.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <vector>

#include "npy_text.h"
#include "run_command.h"

namespace zeropoint::cli {
namespace {

using Catch::Contains;
using Catch::StartsWith;

bool IsModel(const std::string& path) { return ReadFile(path).substr(4, 4) == "TFL3"; }

// One clear error, and nothing beside it.
void CheckError(const Outcome& outcome, int code, const std::string& part) {
  CAPTURE(outcome.out, outcome.err);
  CHECK(outcome.code == code);
  CHECK_THAT(outcome.err, StartsWith("zeropoint: error: "));
  CHECK_THAT(outcome.err, Contains(part));
  CHECK(std::count(outcome.err.begin(), outcome.err.end(), '\n') == 1);
  CHECK(outcome.out.empty());
}

std::string ConvertInt8(const Scratch& scratch, const std::string& data) {
  return "convert " + Tiny("classifier") + " -o " + scratch / "out.tflite" + " --mode int8 --data " + data;
}

std::vector<float> Images(size_t count) {
  std::vector<float> values(count * 64);
  for (size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i % 97) / 48.0f - 1.0f;
  return values;
}

TEST_CASE("the version is printed") {
  Outcome outcome = Run("--version");
  CHECK(outcome.code == 0);
  CHECK_THAT(outcome.out, StartsWith("zeropoint "));
}

TEST_CASE("help lists the exit codes") {
  for (const char* arguments : {"--help", "convert --help", "inspect --help"}) {
    Outcome outcome = Run(arguments);
    CHECK(outcome.code == 0);
    CHECK_THAT(outcome.out, Contains("Exit status"));
  }
}

TEST_CASE("a recipe says how to quantize, with or without a mode") {
  Scratch scratch;
  const std::string recipe = scratch / "recipe.json";
  const std::string start = "convert " + Tiny("classifier") + " -o " + scratch / "out.tflite" + " --recipe " + recipe;
  WriteFile(recipe, R"({"mode": "int8", "rules": [{"op": "SOFTMAX", "scheme": "float"}]})");
  Outcome outcome = Run(start + " --report - -q --data " + Tiny("samples.npz"));
  CAPTURE(outcome.err);
  CHECK(outcome.code == 0);
  CHECK_THAT(outcome.out, Contains("\"mode\": \"int8+recipe\"") && Contains("\"rule\": 0"));
  CHECK(IsModel(scratch / "out.tflite"));
  CheckError(Run(start), 2, "representative_dataset");

  WriteFile(recipe, R"({"rules": [{"op": "SOFTMAX", "scheme": "float16"}]})");
  CHECK(Run(start).code == 0);
  CHECK(Run(start + " --mode dynamic").code == 0);
  CheckError(Run(start + " --mode dynamic --data " + Tiny("samples.npz")), 2, "let the recipe say");

  WriteFile(recipe, R"({"rules": [{"op": "SOFTMAKS", "scheme": "float"}]})");
  CheckError(Run(start), 2, "rules[0].op: 'SOFTMAKS' matches no op");
  CheckError(Run(start), 2, "recipe.json");
  CheckError(
      Run("convert " + Tiny("classifier") + " -o " + scratch / "out.tflite" + " --recipe " + scratch / "no.json"), 3,
      "no.json");
}

TEST_CASE("ops lists what is known of every op, as Markdown or JSON") {
  const Outcome markdown = Run("ops"), json = Run("ops --json");
  CHECK(markdown.code == 0);
  CHECK_THAT(markdown.out, Contains("\n| CONV_2D | yes |"));
  CHECK(Run("ops --markdown").out == markdown.out);
  CHECK(json.code == 0);
  CHECK_THAT(json.out, StartsWith("["));
}

TEST_CASE("a target that is no release of LiteRT is an error that lists them") {
  Scratch scratch;
  CheckError(Run("convert " + Tiny("classifier") + " -o " + scratch / "out.tflite" + " --mode float --litert 2.14"), 2,
             "1.0, 1.1, ");
}

TEST_CASE("every mode writes a model and says nothing in a pipe") {
  for (const char* mode : {"float", "dynamic", "int8", "int8-only", "float16", "int16x8", "int16x8-fallback"}) {
    CAPTURE(mode);
    Scratch scratch;
    std::string data = std::strchr("df", mode[0]) != nullptr ? "" : " --data " + Tiny("samples.npz") + " --quiet";
    Outcome outcome = Run("convert " + Tiny("classifier") + " -o " + scratch / "out.tflite" + " --mode " + mode + data);
    CAPTURE(outcome.err);
    CHECK(outcome.code == 0);
    CHECK(outcome.out.empty());
    CHECK(outcome.err.empty());
    CHECK(IsModel(scratch / "out.tflite"));
    CHECK(scratch.files() == 1);
  }
}

TEST_CASE("an array that is no input is left out with a warning") {
  Scratch scratch;
  Outcome outcome = Run(ConvertInt8(scratch, Tiny("samples.npz")));
  CHECK(outcome.code == 0);
  CHECK(outcome.err == "zeropoint: warning: array 'label' is not used: the model has no such input\n");
}

TEST_CASE("the report says what was decided") {
  Scratch scratch;
  Outcome outcome = Run(ConvertInt8(scratch, Tiny("samples.npz")) + " -q --report " + scratch / "report.json");
  CHECK(outcome.code == 0);
  std::string report = ReadFile(scratch / "report.json");
  CHECK_THAT(report, Contains("\"mode\": \"int8\""));
  CHECK_THAT(report, Contains("\"samples\": 20"));
  CHECK(scratch.files() == 2);
  CHECK_THAT(Run(ConvertInt8(scratch, Tiny("samples.npz")) + " -q --report -").out, StartsWith("{"));
}

TEST_CASE("a float .tflite is quantized as well, to the types asked for") {
  Scratch scratch;
  Outcome outcome = Run("convert " + Tiny("classifier.tflite") + " -o " + scratch / "out.tflite" +
                        " --mode int8-only --input-type uint8 --output-type int8 -q --data " + Tiny("samples.npz"));
  CAPTURE(outcome.err);
  REQUIRE(outcome.code == 0);
  std::string text = Run("inspect " + scratch / "out.tflite" + " --json").out;
  CHECK_THAT(text, Contains("uint8"));
  CHECK_THAT(text, Contains("int8"));
}

TEST_CASE("several signatures take their samples apart") {
  Scratch scratch;
  std::string base = "convert " + Tiny("two_signatures") + " -o " + scratch / "out.tflite" +
                     " --signature encode --signature decode --mode int8 --data ";
  Outcome outcome = Run(base + Tiny("two_signatures.npz"));
  CAPTURE(outcome.err);
  CHECK(outcome.code == 0);
  std::string text = Run("inspect " + scratch / "out.tflite").out;
  CHECK_THAT(text, Contains("encode") && Contains("decode"));
}

TEST_CASE("inspect shows operators and tensors") {
  Outcome text = Run("inspect " + Tiny("classifier.tflite"));
  CHECK(text.code == 0);
  CHECK_THAT(text.out, Contains("CONV_2D") && Contains("serving_default"));
  Outcome json = Run("inspect --json " + Tiny("classifier.tflite"));
  CHECK_THAT(json.out, StartsWith("{") && Contains("CONV_2D"));
}

TEST_CASE("the same command gives the same bytes on any number of threads") {
  Scratch scratch;
  std::string base = ConvertInt8(scratch, Tiny("samples.npz")) + " -q --threads ";
  REQUIRE(Run(base + "1").code == 0);
  std::string one = ReadFile(scratch / "out.tflite");
  REQUIRE(Run(base + "7").code == 0);
  CHECK(ReadFile(scratch / "out.tflite") == one);
}

TEST_CASE("a limit of memory gives the same bytes, or an error that tells the least that would do") {
  Scratch scratch;
  const std::string base = ConvertInt8(scratch, Tiny("samples.npz"));
  REQUIRE(Run(base + " -q").code == 0);
  const std::string free = ReadFile(scratch / "out.tflite");
  const Outcome limited = Run(base + " -v --threads 3 --max-memory 64M");
  REQUIRE(limited.code == 0);
  CHECK_THAT(limited.err, Contains("memory of calibration: planned") && Contains("3 threads x"));
  CHECK(ReadFile(scratch / "out.tflite") == free);
  const Outcome refused = Run(base + " --max-memory 1K");
  CHECK(refused.code != 0);
  CHECK_THAT(refused.err, Contains("max_memory is 1024 bytes, but calibration takes"));
  CheckError(Run(base + " --max-memory plenty"), 2, "--max-memory");
}

TEST_CASE("wrong usage exits with 2") {
  Scratch scratch;
  std::string out = " -o " + scratch / "out.tflite";
  CheckError(Run(""), 2, "subcommand");
  CheckError(Run("convert"), 2, "MODEL");
  CheckError(Run("convert " + Tiny("classifier") + out), 2, "--mode");
  CheckError(Run("convert " + Tiny("classifier") + out + " --mode int4"), 2, "int4");
  CheckError(Run("convert " + Tiny("classifier") + out + " --mode int8"), 2, "--data");
  CheckError(Run("convert " + Tiny("classifier") + out + " --mode float --input-type int7"), 2, "int7");
  CheckError(Run("convert " + Tiny("classifier") + out + " --mode float --input-type int8"), 2, "int8");
  CheckError(Run("convert " + Tiny("classifier") + out + " --mode float --no-such-option"), 2, "--no-such-option");
  CHECK(scratch.files() == 0);
}

TEST_CASE("missing files and folders exit with 3") {
  Scratch scratch;
  std::string out = " -o " + scratch / "out.tflite";
  CheckError(Run("convert " + scratch / "nowhere" + out + " --mode float"), 3, "nowhere");
  CheckError(Run("convert " + scratch / "nowhere.tflite" + out + " --mode float"), 3, "nowhere.tflite");
  CheckError(Run(ConvertInt8(scratch, scratch / "none.npz")), 3, "none.npz");
  CheckError(Run("inspect " + scratch / "none.tflite"), 3, "none.tflite");
  CheckError(Run("convert " + Tiny("classifier") + " -o " + scratch / "none/out.tflite" + " --mode float"), 3, "none");
  CheckError(Run("convert " + Tiny("classifier") + out + " --mode float --report " + scratch / "none/r.json"), 3,
             "none");
  CHECK(scratch.files() == 0);
}

TEST_CASE("what is no model exits with 4") {
  Scratch scratch;
  std::string tail = " -o " + scratch / "out.tflite" + " --mode float";
  WriteFile(scratch / "text.tflite", "not a model, whatever its name says\n");
  CheckError(Run("convert " + scratch / "text.tflite" + tail), 4, "text.tflite");
  CheckError(Run("inspect " + scratch / "text.tflite"), 4, "text.tflite");
  CheckError(Run("convert " + Tiny("classifier") + tail + " --signature absent"), 4, "absent");
  CheckError(Run("convert " + Tiny("classifier") + tail + " --tag train"), 4, "train");
  WriteFile(scratch / "half.tflite", ReadFile(Tiny("classifier.tflite")).substr(0, 1000));
  CheckError(Run("convert " + scratch / "half.tflite" + tail), 4, "half.tflite");
  CHECK(scratch.files() == 2);
}

TEST_CASE("truncated and altered variables exit with 4") {
  Scratch scratch;
  std::string tail = " -o " + scratch / "out.tflite" + " --mode float";
  std::filesystem::copy(Tiny("classifier"), scratch / "model", std::filesystem::copy_options::recursive);
  std::string data = scratch / "model/variables/variables.data-00000-of-00001";
  std::string whole = ReadFile(data);
  WriteFile(data, whole.substr(0, 100));
  CheckError(Run("convert " + scratch / "model" + tail), 4, "variables");
  whole[40] = static_cast<char>(whole[40] ^ 1);  // one bit of a weight: only the checksum knows
  WriteFile(data, whole);
  CheckError(Run("convert " + scratch / "model" + tail), 4, "variables");
  CHECK(scratch.files() == 1);
}

TEST_CASE("samples that do not fit exit with 5 and are named") {
  Scratch scratch;
  std::vector<float> images = Images(20);
  std::string npy = scratch / "samples.npy";

  images[17 * 64 + 3] = std::numeric_limits<float>::quiet_NaN();
  WriteFile(npy, NpyText("<f4", {20, 8, 8, 1}, images));
  CheckError(Run(ConvertInt8(scratch, npy)), 5, "sample 17");
  WriteFile(npy, NpyText("<f4", {20, 4, 16, 1}, Images(20)));
  CheckError(Run(ConvertInt8(scratch, npy)), 5, "image");
  WriteFile(npy, NpyText("<i4", {20, 8, 8, 1}, Images(20)));
  CheckError(Run(ConvertInt8(scratch, npy)), 5, "int32");
  WriteFile(npy, NpyText("<f8", {10, 8, 8, 1}, Images(20)));
  CheckError(Run(ConvertInt8(scratch, npy)), 5, "float64");
  WriteFile(npy, NpyText("<f4", {0, 8, 8, 1}, {}));
  CheckError(Run(ConvertInt8(scratch, npy)), 5, "no samples");
  WriteFile(npy, "text");
  CheckError(Run(ConvertInt8(scratch, npy)), 5, "samples.npy");
  CheckError(Run(ConvertInt8(scratch, Tiny("two_signatures.npz"))), 5, "'image'");
  CHECK(scratch.files() == 1);
}

TEST_CASE("an operator we do not know exits with 7 and is named") {
  Scratch scratch;
  const std::string unknown = "convert " + Tiny("unknown_op") + " -o " + scratch / "out.tflite" + " --mode float";
  const Outcome refused = Run(unknown);
  CHECK(refused.code == 7);
  CHECK_THAT(refused.err, StartsWith("zeropoint: error: no LiteRT form for 1 node (file "));
  CHECK_THAT(refused.err, Contains("\n  tf.Cholesky (Cholesky): "));
  CHECK_THAT(refused.err, Contains("--allow-custom-ops"));
  CHECK(scratch.files() == 0);
  CHECK(Run(unknown + " --allow-custom-ops").code == 0);
  CHECK_THAT(Run("inspect " + scratch / "out.tflite").out, Contains("custom.Cholesky"));
}

// Runs its arguments and sends them SIGINT (bit 1 of the mask of caught signals) as soon as they have a handler for it.
// Until it becomes the program, the new process is a copy of the shell, which may have a handler of its own.
constexpr char kInterruptOnceHandled[] = R"sh("$@" &
until [ "$(readlink /proc/$!/exe)" != "$(readlink /proc/$$/exe)" ]; do sleep 0.01; done
until [ $((0x$(sed -n 's/^SigCgt:[[:space:]]*//p' /proc/$!/status) & 2)) -ne 0 ]; do sleep 0.01; done
kill -INT $!
wait $!
)sh";

TEST_CASE("Ctrl-C ends a conversion cleanly with 8") {
  Scratch scratch, script;
  WriteFile(script / "interrupt.sh", kInterruptOnceHandled);
  std::string npy = scratch / "samples.npy";
  // So many samples that none of it would end by itself; the file is sparse and takes no space.
  constexpr int64_t kSamples = int64_t{1} << 28;
  WriteFile(npy, NpyText("<f4", {kSamples, 8, 8, 1}, {}));
  std::filesystem::resize_file(npy,
                               std::filesystem::file_size(npy) + static_cast<uintmax_t>(kSamples) * 64 * sizeof(float));
  Outcome outcome = Run(ConvertInt8(scratch, npy), "sh " + script / "interrupt.sh");
  CheckError(outcome, 8, "cancelled");
  CHECK(scratch.files() == 1);
}

TEST_CASE("a file that is there stays as it was when a conversion fails") {
  Scratch scratch;
  WriteFile(scratch / "out.tflite", "before");
  WriteFile(scratch / "samples.npy", NpyText("<f4", {20, 4, 16, 1}, Images(20)));
  CHECK(Run(ConvertInt8(scratch, scratch / "samples.npy")).code == 5);
  CHECK(ReadFile(scratch / "out.tflite") == "before");
}

}  // namespace
}  // namespace zeropoint::cli
