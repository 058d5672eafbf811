// usage: consumer_cpp MODEL OUT: converts without quantization through the C++ API.
#include <zeropoint/converter.h>
#include <zeropoint/dataset.h>
#include <zeropoint/model.h>
#include <zeropoint/report.h>
#include <zeropoint/report_page.h>
#include <zeropoint/types.h>
#include <zeropoint/version.h>

#include <iostream>

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  absl::StatusOr<zeropoint::Converter> converter = zeropoint::Converter::FromSavedModel(argv[1]);
  if (!converter.ok()) {
    std::cerr << zeropoint::DescribeError(converter.status()) << "\n";
    return 1;
  }
  absl::StatusOr<zeropoint::Report> report = converter->ConvertToFile(argv[2]);
  if (!report.ok()) {
    std::cerr << zeropoint::DescribeError(report.status()) << "\n";
    return 1;
  }
  return report->mode == "float" ? 0 : 1;
}
