#include "server/key_uri.h"

#include <algorithm>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_split.h"
#include "base/strings.h"

namespace sceau::server {
namespace {

constexpr std::string_view kScheme = "pkcs11:";

// RFC 3986 §2.1.
bool PercentDecode(std::string_view text, std::string& out) {
  for (size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '%') {
      out += text[at];
      continue;
    }
    const std::string_view hex = text.substr(at + 1, 2);
    const bool good = hex.size() == 2 && std::all_of(hex.begin(), hex.end(), [](char c) {
                        return absl::ascii_isxdigit(static_cast<unsigned char>(c));
                      });
    if (!good) return false;
    out += absl::HexStringToBytes(Absl(hex));
    at += 2;
  }
  return true;
}

// The detail never holds the URI: it may hold a PIN.
StatusOr<std::map<std::string, std::string>> PathAttributes(std::string_view path) {
  std::map<std::string, std::string> attributes;
  const std::vector<std::string> pieces =
      absl::StrSplit(Absl(path.substr(kScheme.size())), ';', absl::SkipEmpty());
  for (const std::string& piece : pieces) {
    const size_t equals = piece.find('=');
    std::string value;
    if (equals == 0 || equals == std::string::npos ||
        !PercentDecode(std::string_view(piece).substr(equals + 1), value)) {
      return Error(Reason::kKeyUriInvalid, "attribute");
    }
    if (!attributes.emplace(piece.substr(0, equals), value).second) {
      return Error(Reason::kKeyUriInvalid, "attribute twice");
    }
  }
  return attributes;
}

}  // namespace

StatusOr<std::map<std::string, std::string>> ClientKeyAttributes(std::string_view uri) {
  if (uri.substr(0, kScheme.size()) != kScheme) return Error(Reason::kKeyUriInvalid, "scheme");
  if (uri.find('?') != std::string_view::npos) {
    return Error(Reason::kKeyUriInvalid, "query attributes are refused");
  }
  return PathAttributes(uri);
}

StatusOr<bool> ClientUriNames(std::string_view uri, std::string_view configured) {
  SCEAU_ASSIGN_OR_RETURN(const auto asked, ClientKeyAttributes(uri));
  SCEAU_ASSIGN_OR_RETURN(const auto known,
                         PathAttributes(configured.substr(0, configured.find('?'))));
  return std::all_of(asked.begin(), asked.end(), [&](const auto& attribute) {
    const auto found = known.find(attribute.first);
    return found != known.end() && found->second == attribute.second;
  });
}

}  // namespace sceau::server
