// The description of prepared work as it is kept: JSON, version 1, bytes in base64.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "server/prepared_work.h"

namespace sceau::server {

// `over`: it served or was declined.
std::string TextOf(const PreparedWork& work, bool over);

struct DescribedWork {
  PreparedWork work;
  bool over = false;
};
// nullopt when it is not such a text.
std::optional<DescribedWork> WorkFromText(std::string_view text);

}  // namespace sceau::server
