// How a detached signature names its file: a relative reference of one segment (RFC 3986 §4.2).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sceau::xades {

// The name, UTF-8, with everything but unreserved characters percent-encoded (RFC 3986 §2.3).
std::string UriOfFileName(std::string_view name);

// The name of a file in the same folder; unset when the reference names anything else: another
// folder, a scheme, a query, a part of a document.
std::optional<std::string> FileNameOfUri(std::string_view uri);

}  // namespace sceau::xades
