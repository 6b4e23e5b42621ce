#include "verifier/http_exchange.h"

#include <curl/curl.h>

#include <string_view>

#include "absl/strings/match.h"
#include "base/c_handle.h"
#include "base/strings.h"

namespace sceau::verifier {
namespace {

using CurlHandle = CHandle<CURL, curl_easy_cleanup>;
using HeadersHandle = CHandle<curl_slist, curl_slist_free_all>;

struct Answer {
  std::string body;
  size_t max_size = 0;
};

// Less than it was given makes curl give up.
size_t OnBytes(const char* data, size_t size, size_t count, void* user) {
  auto* answer = static_cast<Answer*>(user);
  if (answer->body.size() + size * count > answer->max_size) return 0;
  answer->body.append(data, size * count);
  return size * count;
}

// Scheme and host: the rest of an address may be long.
std::string ShownAddress(const std::string& url) {
  const size_t begin = url.find("://");
  if (begin == std::string::npos) return "?";
  return url.substr(0, url.find('/', begin + 3));
}

// "http" or "https", else empty.
std::string_view SchemeOf(const std::string& url) {
  if (absl::StartsWithIgnoreCase(url, "http://")) return "http";
  if (absl::StartsWithIgnoreCase(url, "https://")) return "https";
  return {};
}

}  // namespace

StatusOr<std::string> HttpExchange(const HttpRequest& request, const HttpLimits& limits) {
  static const CURLcode kReady = curl_global_init(CURL_GLOBAL_DEFAULT);
  const auto fail = [&](std::string_view why) {
    return Error(Reason::kServiceUnavailable, Concat(ShownAddress(request.url), ": ", why));
  };
  const std::string scheme(SchemeOf(request.url));
  if (scheme.empty()) return fail("http, https");
  const CurlHandle curl(curl_easy_init());
  if (kReady != CURLE_OK || curl == nullptr) return fail("libcurl");
  Answer answer{"", limits.max_size};
  const HeadersHandle headers(
      request.body.empty()
          ? nullptr
          : curl_slist_append(nullptr, Concat("Content-Type: ", request.content_type).c_str()));
  CURL* const it = curl.get();
  curl_easy_setopt(it, CURLOPT_URL, request.url.c_str());
  curl_easy_setopt(it, CURLOPT_PROTOCOLS_STR, scheme.c_str());
  curl_easy_setopt(it, CURLOPT_REDIR_PROTOCOLS_STR, scheme.c_str());
  curl_easy_setopt(it, CURLOPT_FOLLOWLOCATION, 1L);
  curl_easy_setopt(it, CURLOPT_MAXREDIRS, static_cast<long>(limits.max_redirects));
  curl_easy_setopt(it, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(it, CURLOPT_TIMEOUT_MS,
                   static_cast<long>(absl::ToInt64Milliseconds(limits.deadline)));
  curl_easy_setopt(it, CURLOPT_MAXFILESIZE_LARGE, static_cast<curl_off_t>(limits.max_size));
  curl_easy_setopt(it, CURLOPT_WRITEFUNCTION, &OnBytes);
  curl_easy_setopt(it, CURLOPT_WRITEDATA, &answer);
  curl_easy_setopt(it, CURLOPT_USERAGENT, "sceau");
  if (!request.body.empty()) {
    curl_easy_setopt(it, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    curl_easy_setopt(it, CURLOPT_POSTFIELDS, request.body.data());
    curl_easy_setopt(it, CURLOPT_HTTPHEADER, headers.get());
  }
  const CURLcode result = curl_easy_perform(it);
  if (result != CURLE_OK) return fail(curl_easy_strerror(result));
  long status = 0;
  curl_easy_getinfo(it, CURLINFO_RESPONSE_CODE, &status);
  constexpr long kOk = 200;
  if (status != kOk) return fail(Concat("HTTP ", status));
  return std::move(answer.body);
}

}  // namespace sceau::verifier
