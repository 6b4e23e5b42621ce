// PKCS#11 URIs (RFC 7512) as clients give them: compared, never opened.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/status.h"

namespace sceau::server {

// The path attributes with their values decoded ("token" -> "sceau").
// Error kKeyUriInvalid: not such a URI, an attribute twice, or with query attributes (a client
// gives no PIN and no module).
StatusOr<std::map<std::string, std::string>> ClientKeyAttributes(std::string_view uri);

// Whether everything the client's URI says is also said by `configured`.
StatusOr<bool> ClientUriNames(std::string_view uri, std::string_view configured);

}  // namespace sceau::server
