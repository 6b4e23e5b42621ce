#include "tests/support/temporary_folder.h"

#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "tests/support/require.h"

namespace sceau::test {

TemporaryFolder::TemporaryFolder() {
  path_ = std::filesystem::temp_directory_path() / "sceau-test-XXXXXX";
  Require(::mkdtemp(path_.data()) != nullptr, path_);
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string TemporaryFolder::Write(const std::string& name, std::string_view content) const {
  const std::string path = path_ + "/" + name;
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(content.data(), static_cast<std::streamsize>(content.size()));
  file.close();
  Require(file.good(), path);
  return path;
}

}  // namespace sceau::test
