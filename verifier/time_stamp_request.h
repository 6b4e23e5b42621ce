// Asks a time-stamp authority for a token (RFC 3161, over HTTP as its §3.4 says).
#pragma once

#include <string>
#include <string_view>

#include "base/status.h"
#include "verifier/http_exchange.h"

namespace sceau::verifier {

// The token (DER) over the SHA-256 of these octets, with the authority's certificates. It was
// granted, and has the imprint and the nonce that were asked for; whether the authority is trusted
// is judged by who uses it (TimeStamp::Fault).
// Error: kServiceUnavailable with the host, and what was wrong.
StatusOr<std::string> RequestTimeStamp(const std::string& url, std::string_view octets,
                                       const HttpLimits& limits = {});

}  // namespace sceau::verifier
