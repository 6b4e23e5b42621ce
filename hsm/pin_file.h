// The file that a PKCS#11 URI names for its PIN (RFC 7512 §2.4, pin-source).
#pragma once

#include <string>

#include "base/status.h"

namespace sceau::hsm {

// Its path; empty: the URI names none. Error kKeyUriInvalid.
StatusOr<std::string> PinFileOf(const std::string& uri);

}  // namespace sceau::hsm
