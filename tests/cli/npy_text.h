// The text of a .npy file, for tests.
#ifndef ZEROPOINT_TESTS_CLI_NPY_TEXT_H_
#define ZEROPOINT_TESTS_CLI_NPY_TEXT_H_

#include <cstdint>
#include <string>
#include <vector>

namespace zeropoint::cli {

// Version 1, padded as NumPy does. The bytes of `values` stand for whatever `descr` says.
template <typename T>
std::string NpyText(const std::string& descr, const std::vector<int64_t>& shape, const std::vector<T>& values,
                    bool fortran_order = false) {
  std::string dims;
  for (int64_t dim : shape) dims += std::to_string(dim) + ", ";
  std::string header = "{'descr': '" + descr + "', 'fortran_order': " + (fortran_order ? "True" : "False") +
                       ", 'shape': (" + dims + "), }";
  while ((header.size() + 11) % 64 != 0) header += ' ';
  header += '\n';
  std::string text("\x93NUMPY\x01\x00", 8);
  text += static_cast<char>(header.size() & 0xFF);
  text += static_cast<char>(header.size() >> 8);
  text += header;
  text.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T));
  return text;
}

inline std::string NpyText(const std::string& descr, const std::vector<int64_t>& shape,
                           std::initializer_list<float> values) {
  return NpyText(descr, shape, std::vector<float>(values));
}

}  // namespace zeropoint::cli

#endif  // ZEROPOINT_TESTS_CLI_NPY_TEXT_H_
