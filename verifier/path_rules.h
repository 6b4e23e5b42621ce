// What RFC 5280 demands of the certificates of a path and OpenSSL does not look at.
#pragma once

#include <optional>
#include <string>

#include "verifier/path_building.h"

namespace sceau::verifier {

struct RuleBreach {
  std::string rule;     // stable, e.g. "SERIAL_NUMBER_NOT_POSITIVE"
  std::string subject;  // of the certificate (RFC 4514)
};

// The first breach; asked before OpenSSL judges the path.
std::optional<RuleBreach> FindRuleBreach(const Path& path);

}  // namespace sceau::verifier
