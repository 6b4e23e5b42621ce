// Data files compiled into the program (profiles, policies, default configuration).
#pragma once

#include <string_view>

#include "absl/types/span.h"

namespace sceau {

struct EmbeddedFile {
  std::string_view name;  // file name without folder
  std::string_view text;
};

}  // namespace sceau
