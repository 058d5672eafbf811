// Keras' own files: whatever opens a model tells the line that exports a SavedModel.
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "zeropoint/converter.h"
#include "zeropoint/model.h"
#include "zeropoint/runner.h"

namespace zeropoint {
namespace {

void CheckRefused(const absl::Status& status, const std::string& path) {
  INFO(status);
  CHECK(status.code() == absl::StatusCode::kInvalidArgument);
  CHECK_THAT(std::string(status.message()),
             Catch::Contains("keras.models.load_model('" + path + "').export('saved_model')"));
}

TEST_CASE("a file of Keras is refused with the line that exports it, however it is opened") {
  for (const std::string suffix : {".keras", ".h5", ".hdf5", ".H5"}) {
    const std::string path =
        std::filesystem::temp_directory_path() / ("keras_file_test_" + std::to_string(::getpid()) + suffix);
    std::ofstream(path) << "PK";
    CheckRefused(Converter::FromPath(path).status(), path);
    CheckRefused(Converter::FromTflite(path).status(), path);
    CheckRefused(Converter::FromSavedModel(path).status(), path);
    CheckRefused(ModelInfo::FromFile(path).status(), path);
    CheckRefused(Runner::FromFile(path).status(), path);
    std::filesystem::remove(path);
  }
}

TEST_CASE("a file of Keras that is not there is a missing file") {
  CHECK(Converter::FromPath("/nowhere/model.keras").status().code() == absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace zeropoint
