#include "tests/support/shared_folder.h"

#include <cstdlib>

namespace sceau::test {

std::string SharedFolder() {
  const char* given = std::getenv("SCEAU_SHARED");
  return given != nullptr ? given : std::string(SCEAU_SOURCE_DIR) + "/../shared";
}

}  // namespace sceau::test
