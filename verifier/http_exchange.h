// One HTTP request, bounded in time and size (libcurl).
#pragma once

#include <string>

#include "absl/time/time.h"
#include "base/status.h"

namespace sceau::verifier {

struct HttpRequest {
  std::string url;           // http or https; a redirect stays within the scheme
  std::string body;          // not empty: POST
  std::string content_type;  // of the body
};

struct HttpLimits {
  absl::Duration deadline = absl::Seconds(10);  // from the first step to the last byte
  size_t max_size = size_t{16} << 20;           // bytes of the answer
  int max_redirects = 3;
};

// The body of a 200 answer. Error: kServiceUnavailable with the host and what went wrong; nothing
// of the answer is in it.
StatusOr<std::string> HttpExchange(const HttpRequest& request, const HttpLimits& limits);

}  // namespace sceau::verifier
