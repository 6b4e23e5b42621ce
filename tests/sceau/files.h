// Names and contents of files in a test's folder.
#pragma once

#include <fstream>
#include <iterator>
#include <string>

#include "tests/support/temporary_folder.h"

namespace sceau::cli {

using test::TemporaryFolder;

inline std::string In(const TemporaryFolder& folder, const std::string& name) {
  return folder.path() + "/" + name;
}

inline std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace sceau::cli
